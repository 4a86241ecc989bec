"""JSON, which is YAML too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cnnparams.render.view import View


def render(spec: Mapping[str, Any], view: View) -> Iterator[str]:
    """Yield the spec as one document."""
    yield json.dumps(spec) + "\n"
