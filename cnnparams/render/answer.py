"""The answer of a command, as formats read it: in one of three ways.

Formats for people (text, Markdown, HTML, LaTeX) write its `sections`, CSV its `records`, JSON its `documents`.

To add a format: a file in `formats` with `render(answer, view)`, which yields text. It then is a choice of --format in
every command. One that writes sections has a function for each class of them (sections.py); `writing.of_page` makes
tables of those that it does not draw.

To add an answer: a file in `answers` with a subclass of Answer. It then has every format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cnnparams.render.documents import in_a_line

if TYPE_CHECKING:
    from cnnparams.render.sections import Section, Table
    from cnnparams.render.view import Layout


class Answer:
    """What a command found."""

    json = staticmethod(in_a_line)
    """How the documents are laid out as JSON: a function of `documents`."""

    @classmethod
    def of(cls, found: Any) -> Answer:
        """Return what shows the answer of one network."""
        return cls(found)  # type: ignore[call-arg]  # each takes its own

    def sections(self, layout: Layout) -> Iterator[Section]:
        """Yield what people read, in order."""
        raise NotImplementedError

    def records(self, layout: Layout) -> Table:
        """Return what programs read as rows; the columns' keys are the header."""
        raise NotImplementedError

    def documents(self, layout: Layout) -> Iterable[Mapping[str, Any]]:
        """Return what programs read as JSON: an object for each network, or row."""
        raise NotImplementedError
