"""JSON: one document, or a line for each of several, as of rows."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.render.answer import Answer
from cnnparams.render.view import View


def render(answer: Answer, view: View) -> Iterator[str]:
    """Yield the documents, laid out as the answer asks for."""
    return answer.json(answer.documents(view.layout))
