"""Remarks in a spec's text, above the layers that they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

_ENTRY = re.compile(r'(?P<indent> *)- \{type: [^,]+, name: "?(?P<name>[^,"}]+)')


def marked(lines: Iterable[str], remarks: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of YAML with a layer in each, and before some of them, by name, comments."""
    for line in lines:
        entry = _ENTRY.match(line)
        if entry and entry["name"] in remarks:
            yield from (f"{entry['indent']}# {text}\n" for text in remarks[entry["name"]].splitlines())
        yield line
