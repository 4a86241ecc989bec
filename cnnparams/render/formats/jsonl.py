"""JSON Lines: one document a line, whatever their number."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.render.answer import Answer
from cnnparams.render.documents import in_a_line
from cnnparams.render.view import View


def render(answer: Answer, view: View) -> Iterator[str]:
    """Yield each document on a line of its own, as soon as it is known."""
    return in_a_line(answer.documents(view.layout))
