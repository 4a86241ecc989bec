"""A spec worked out: the document itself, as YAML or as JSON, which is YAML too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cnnparams.render.answer import Answer
from cnnparams.render.view import Layout


class StackAnswer(Answer):
    """A spec, which has no other form than its own."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.spec = spec

    def documents(self, layout: Layout) -> Iterator[Mapping[str, Any]]:
        """Yield the spec."""
        yield self.spec
