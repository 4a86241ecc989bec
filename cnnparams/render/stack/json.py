"""JSON, which is YAML too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cnnparams.inert import to_json
from cnnparams.render.view import View


def render(spec: Mapping[str, Any], view: View) -> Iterator[str]:
    """Yield the spec as one document."""
    yield to_json(spec) + "\n"
