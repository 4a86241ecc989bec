"""What can be wrong, and how it reads. Nothing here prints."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_WIDEST_LINE = 100
_TOKEN = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s,:\[\]{}#]+")


class CnnparamsError(Exception):
    """Anything that keeps cnnparams from answering; its text is meant for the user."""


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a source: file name, line and column (from 1), and the text of that line."""

    source: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"

    def excerpt(self) -> str:
        """Return the source line, clipped around the column, with carets under the token that starts there."""
        start = max(0, self.column - _WIDEST_LINE // 2) if len(self.text) > _WIDEST_LINE else 0
        shown = self.text[start : start + _WIDEST_LINE].rstrip()
        at = self.column - 1 - start
        token = _TOKEN.match(shown, at)
        carets = "^" * (_cells(token.group()) if token else 1)
        return f"  {printable(shown)}\n  {' ' * _cells(shown[:at])}{carets}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, with what, and what to do about it."""

    message: str
    place: Place | None = None
    source: str | None = None
    subject: str | None = None
    hint: str | None = None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = str(self.place) if self.place else self.source
        lines = [": ".join(part for part in (where, self.subject, self.message) if part)]
        if self.place and self.place.text.strip():
            lines.append(self.place.excerpt())
        lines.extend(f"  {note}" for note in self.notes)
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class SpecError(CnnparamsError):
    """A spec that gives no answer; `problems` holds everything that was found wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class LayerError(ValueError):
    """A layer that cannot take its input: the bare fact, to which its caller adds name and place.

    `field` names the setting at fault, or is None where the input itself is.
    """

    def __init__(self, message: str, field: str | None = None, hint: str | None = None) -> None:
        self.field = field
        self.hint = hint
        super().__init__(message)


def quote(value: object, limit: int = 40) -> str:
    """Show a value from a spec inside a message: on one line, printable, and not longer than `limit`."""
    text = printable(value) if isinstance(value, str) else _yaml_like(value)
    text = text if len(text) <= limit else text[: limit - 3] + "..."
    return f"'{text}'" if isinstance(value, str) else text


def printable(text: str) -> str:
    """Replace what would move the cursor or change a terminal's state."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " if c == "\t" else "?" for c in text)


def _yaml_like(value: object) -> str:
    words = {None: "nothing", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, dict):
        return "a mapping"
    return printable(str(value)) if isinstance(value, int | float) else "a list"


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))
