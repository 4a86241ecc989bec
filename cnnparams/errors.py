"""What can be wrong, and how it reads. Nothing here prints."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import ClassVar, NamedTuple

from cnnparams.inert import printable

_WIDEST_LINE = 100
_WIDEST_WORD = 40
_ALIKE = 0.6
_CUT = "..."
_MOST_NAMED = 20
_MOST_COMPARED = 2000
_WORDS = {None: "null", True: "true", False: "false"}
_FLOW = re.compile(r"[,\[\]{}]")
_CHARACTER = r"(?:[^\s,:\[\]{}#]|:(?=[^\s,\[\]{}])|(?<=\S)#)"
_TOKEN = re.compile(rf"\"[^\"]*\"|'[^']*'|{_CHARACTER}+(?: +{_CHARACTER}+)*")


class CnnparamsError(Exception):
    """Anything that keeps cnnparams from answering; its text is meant for the user.

    `hint` is what to do about it, and `problems` is everything that was found wrong with a spec; `file`, `line` and
    `column` are where the first of these is. Each is None, or empty, where there is none.
    """

    problems: tuple[Problem, ...] = ()

    def __init__(self, message: str = "", hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message}\n  hint: {hint}" if hint else message)

    def __str__(self) -> str:
        return str(self.args[0])  # also where it is a KeyError too, which would quote it

    @property
    def file(self) -> str | None:
        """What was read: the name of a file, or whatever else the network was named by."""
        first = self.problems[0] if self.problems else None
        return (first.place.source if first.place else first.source) if first else None

    @property
    def line(self) -> int | None:
        """The line, from 1."""
        return self._place.line or None if self._place else None

    @property
    def column(self) -> int | None:
        """The column, from 1."""
        return self._place.column if self._place and self._place.line else None

    @property
    def _place(self) -> Place | None:
        return self.problems[0].place if self.problems else None


class ArgumentError(CnnparamsError):
    """What an argument cannot be: `argument` is its name, such as where; `fact` is what is wrong, which has no name.

    The argument is None where one is missing.
    """

    def __init__(self, argument: str | None, fact: str, hint: str | None = None) -> None:
        self.argument = argument
        self.fact = fact
        super().__init__(f"{argument}: {fact}" if argument else fact, hint)


@contextmanager
def about(argument: str) -> Iterator[None]:
    """Let an error say which argument it is about; but not one in a spec, which has a place."""
    try:
        yield
    except (SpecError, ArgumentError):
        raise
    except CnnparamsError as error:
        raise ArgumentError(argument, error.message, error.hint) from None


class Arguments:
    """How messages name arguments: as Python does, unless the command line is asked, which has options."""

    spelling: ClassVar[Callable[[str, str], str] | None] = None


def argument(name: str, value: str = "") -> str:
    """Return an argument as whoever asks would write it: input='3x8x8' in Python, --input 3x8x8 of a command."""
    if Arguments.spelling is not None:
        return Arguments.spelling(name, value)
    return f"{name}={quote(value) if value else ''}"


class CnnparamsWarning(UserWarning):
    """What should be known of a network that has an answer all the same."""


class Place(NamedTuple):
    """A position in a source: file name, line and column (from 1), and the text of that line.

    A source that is no text has no lines: its line is 0, and what it is called says where in it this is.
    """

    source: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source

    def excerpt(self) -> str:
        """Return the source line, clipped around the column, with carets under the token that starts there."""
        start = max(0, self.column - _WIDEST_LINE // 2) if len(self.text) > _WIDEST_LINE else 0
        end = start + _WIDEST_LINE
        before, after = printable(self.text[start : self.column - 1]), printable(self.text[self.column - 1 : end])
        lead, tail = _CUT if start else "", _CUT if len(self.text) > end else ""
        carets = "^" * self._width(self.text[self.column - 1 : end])
        return f"  {lead}{before}{after.rstrip()}{tail}\n  {' ' * _cells(lead + before)}{carets}"

    @staticmethod
    def _width(rest: str) -> int:
        token = _TOKEN.match(rest)
        return _cells(token.group()) if token and printable(rest[0]) == rest[0] else 1


class Problem(NamedTuple):
    """One thing that is wrong: where, with what, and what to do about it."""

    message: str
    place: Place | None = None
    source: str | None = None
    subject: str | None = None
    hint: str | None = None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = str(self.place) if self.place else self.source
        lines = [printable(": ".join(part for part in (where, self.subject, self.message) if part))]
        if self.place and self.place.text.strip():
            lines.append(self.place.excerpt())
        lines.extend(f"  {printable(note)}" for note in self.notes)
        if self.hint:
            lines.append(f"  hint: {printable(self.hint)}")
        return "\n".join(lines)


class SpecError(CnnparamsError):
    """A spec that gives no answer; `problems` holds everything that was found wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
        self.hint = self.problems[0].hint if self.problems else None


class LayerError(ValueError):
    """A layer that cannot take its input: the bare fact, to which its caller adds name and place.

    `field` names the setting at fault, or is None where the input itself is.
    """

    def __init__(self, message: str, field: str | None = None, hint: str | None = None) -> None:
        self.field = field
        self.hint = hint
        super().__init__(message)


def quote(value: object) -> str:
    """Show a value from a spec inside a message: text in quotes, on one line, printable and short."""
    return f"'{brief(value)}'" if isinstance(value, str) else brief(_described(value))


def brief(text: str, limit: int = _WIDEST_WORD) -> str:
    """Return text as a part of one line: printable, and not longer than `limit`."""
    return printable(text if len(text) <= limit else text[: limit - len(_CUT)] + _CUT)


def listed(words: Sequence[str], conjunction: str) -> str:
    """Join words as a sentence does: "a, b or c"."""
    return f" {conjunction} ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def some(words: Iterable[str], separator: str = ", ") -> str:
    """Join the first words of what may be many."""
    first = list(islice(words, _MOST_NAMED + 1))
    return separator.join(first if len(first) <= _MOST_NAMED else [*first[:_MOST_NAMED], _CUT])


def yaml_text(value: object) -> str:
    """Write a value as YAML has it, in one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {yaml_text(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(yaml_text, value))}]"
    if isinstance(value, str) and _FLOW.search(value):
        return f'"{value}"'
    return _WORDS[value] if isinstance(value, bool | None) else str(value)


def suggest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a misspelt one most resembles; of several alike, the first."""
    from difflib import SequenceMatcher  # only mistakes pay for it

    if len(word) > _WIDEST_WORD:
        return None
    folded, names = word.casefold(), list(islice(known, _MOST_COMPARED))
    matcher = SequenceMatcher(b=folded)
    alike = {}
    for name in names:
        matcher.set_seq1(name.casefold())
        alike[name] = matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0
    best = max(names, key=alike.__getitem__, default=None)
    begun = [name for name in names if len(word) > 5 and name.casefold().startswith(folded)]
    part = next((name for name in names if len(word) > 2 and folded in name.casefold()), None)
    if begun:
        return begun[0]
    return best if best and alike[best] >= _ALIKE else part


def _described(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    return yaml_text(value) if isinstance(value, int | float) else "a list"


def _cells(text: str) -> int:
    """Return how many columns of a terminal the text takes: marks stand on the letter before, wide letters take two."""
    upright = (c for c in text if unicodedata.category(c) not in ("Mn", "Me"))
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in upright)
