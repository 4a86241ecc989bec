"""YAML: a layer a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cnnparams.render.view import View

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_WORDS = ("true", "false", "null")


def render(spec: Mapping[str, Any], view: View) -> Iterator[str]:
    """Yield the spec, key by key, its lists item by item."""
    for key, value in spec.items():
        if not isinstance(value, list):
            yield f"{key}: {_flow(value)}\n"
            continue
        yield f"{key}:\n"
        yield from (f"  - {_flow(item)}\n" for item in value)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_text(key)}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    """Return text so that YAML reads it as text."""
    is_plain = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS
    if is_plain:
        return text
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in json.dumps(text, ensure_ascii=False))
