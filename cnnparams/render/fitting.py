"""How a table fits a terminal: its columns give way in a stated order, and no word or number is broken.

The order is that of `Yielded`. Where all of them are not enough, a column goes: shapes first, then the last one, and a
line below says which. A table whose columns all have to stay then shows the little of them that `Yielded.LEAST` leaves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from cnnparams.engine.costs.quantity import Kind
from cnnparams.render.cells import RIGHT_ALIGNED

GAP = 3  # columns of the terminal between two columns of the table
ELLIPSIS = "…"
_WIDEST = 500
"""Room that a column has at most: one cell of a megabyte would make every row as long."""
_LISTS = {Kind.SETTINGS, Kind.TENSORS}
_SHAPES = {Kind.SHAPE, Kind.SHAPES}
_LIST, _TEXT, _NAME, _LEAST = 10, 16, 12, 6
"""Room that a list, text of several words, and a long name have at least; and a name in the last step."""
_SPACE_OUTSIDE_PARENTHESES = re.compile(r" (?![^()]*\))")
_COMMA_OUTSIDE_PARENTHESES = re.compile(r", (?![^()]*\))")
_SHAPE = re.compile(r"\((\d+(?:, \d+)+)\)")


class Yielded(IntEnum):
    """How far columns give way; each step allows what those before it do."""

    WHOLE = 0
    TITLES = 1  # titles stand on several lines
    STACKED = 2  # several shapes stand on several lines
    LINES = 3  # text stands on several lines: between words
    LISTS = 4  # settings end in an ellipsis
    SHAPES = 5  # shapes are written shorter: 112x112x64
    NAMES = 6  # names keep their ends: …shortcut.0
    LEAST = 7  # of settings there may be nothing but the ellipsis


class ColumnText(NamedTuple):
    """A column as text: its title, what it holds, and its cells."""

    title: str
    kind: Kind
    texts: Collection[str]

    @property
    def natural(self) -> int:
        """The room that all of it needs, on a line each."""
        return min(max(map(width_of, (self.title, *self.texts))), _WIDEST)


class Fitted(NamedTuple):
    """The columns that are shown, by their places, how wide each is, and whether shapes are written shorter."""

    shown: tuple[int, ...]
    widths: tuple[int, ...]
    short_shapes: bool = False


def fitted(columns: Sequence[ColumnText], available: int, *, kept: int, whole_shapes: bool) -> Fitted:
    """Return how columns fit the available width; `kept` of them never go, and `whole_shapes` are shortened last."""
    every = Fitted(tuple(range(len(columns))), tuple(column.natural for column in columns))
    steps = [step for step in Yielded if step < Yielded.LEAST and not (whole_shapes and step is Yielded.SHAPES)]
    shown = list(every.shown)
    while True:
        for step in steps:
            short_shapes = step >= Yielded.SHAPES and not whole_shapes
            if widths := _widths([columns[i] for i in shown], available, step, short_shapes=short_shapes):
                return Fitted(tuple(shown), widths, short_shapes)
        if len(shown) <= kept:
            break
        shapes = [i for i in shown[1:] if columns[i].kind in _SHAPES]
        shown.remove(shapes[-1] if shapes else shown[-1])
    for short_shapes in (False, True):
        if widths := _widths([columns[i] for i in shown], available, Yielded.LEAST, short_shapes=short_shapes):
            return Fitted(tuple(shown), widths, short_shapes)
    return every


def fits_whole(columns: Sequence[ColumnText], available: int) -> bool:
    """Tell whether nothing has to be left out or cut: titles and several shapes alone may stand on several lines."""
    return _widths(columns, available, Yielded.STACKED) is not None


def lines_of(text: str, kind: Kind, width: int, *, short_shapes: bool = False) -> list[str]:
    """Return a cell as lines of at most this width; a number is always whole."""
    if short_shapes and kind in _SHAPES:
        text = shortened(text)
    if width_of(text) <= width or kind in RIGHT_ALIGNED:
        return [text]
    return [_first(text, width)] if kind in _LISTS else wrapped(text, width)


def title_lines(title: str, width: int) -> list[str]:
    """Return a title as lines; a word of it that is too long ends in an ellipsis."""
    return [_begin(line, width) for line in filled(title.split(" "), width)]


def wrapped(text: str, width: int) -> list[str]:
    """Return text as lines, broken between words, if possible outside of parentheses; a word too long keeps its end."""
    words = _SPACE_OUTSIDE_PARENTHESES.split(text)
    apart = (part for word in words for part in ([word] if width_of(word) <= width else word.split(" ")))
    return list(filled([end_of(word, width) for word in apart], width))


def filled(words: Sequence[str], width: int) -> Iterator[str]:
    """Yield lines of as many words as fit."""
    line, *others = words
    for word in others:
        if width_of(line) + 1 + width_of(word) <= width:
            line += f" {word}"
        else:
            yield line
            line = word
    yield line


def hung(text: str, width: int, hanging: str) -> Iterator[str]:
    """Yield a line of text that fits, and the rest of it as lines that are indented by what is `hanging`."""
    if width_of(text) <= width:
        yield text
        return
    first, *others = filled(text.split(" "), width - len(hanging))
    yield first
    yield from (f"{hanging}{line}" for line in others)


def end_of(name: str, width: int) -> str:
    """Return a name, or as many of its last parts as there is room for: …shortcut.0; else its last letters."""
    if width_of(name) <= width:
        return name
    ends = (name[at.end() :] for at in re.finditer(r"\.", name))
    whole = next((end for end in ends if end and width_of(end) < width), None)
    if whole is None:
        whole = name[-(width - 1) :] if width > 1 else ""
        while width_of(whole) >= width > 1:  # letters may take two places
            whole = whole[1:]
    return ELLIPSIS + whole


def shortened(text: str) -> str:
    """Write shapes shorter: 112x112x64."""
    return _SHAPE.sub(lambda match: match[1].replace(", ", "x"), text)


def width_of(text: str) -> int:
    """Return the places that text takes in a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # whose tables few texts need

    return cell_len(text)


def _widths(
    columns: Sequence[ColumnText], available: int, step: Yielded, *, short_shapes: bool = False
) -> tuple[int, ...] | None:
    """Return the columns' widths where they give way as far as a step allows; None where that is not enough."""
    written = [
        column._replace(texts={*map(shortened, column.texts)}) if short_shapes and column.kind in _SHAPES else column
        for column in columns
    ]
    natural = [column.natural for column in written]
    least = [min(_least(column, step), most) for column, most in zip(written, natural, strict=True)]
    spare = available - sum(least) - GAP * len(least) + 1
    if spare < 0:
        return None
    for i in sorted(range(len(least)), key=lambda i: (_place(columns[i].kind), natural[i] - least[i])):
        gain = min(natural[i] - least[i], spare)
        least[i], spare = least[i] + gain, spare - gain
    return tuple(least)


def _place(kind: Kind) -> int:
    """Return which columns get what is spare: names and text, then settings, then shapes, then the titles of numbers.

    Of the same, those that need the least to be whole.
    """
    if kind in RIGHT_ALIGNED:
        return 3
    return 1 if kind in _LISTS else 2 if kind in _SHAPES else 0


def _least(column: ColumnText, step: Yielded) -> int:
    """Return the room that a column needs at a step."""
    title = column.title if step < Yielded.TITLES else max(column.title.split(" "), key=width_of)
    room = width_of(title)
    if column.kind in _LISTS and step >= Yielded.LISTS:
        room = 1
    return max((room, *(_least_of_cell(text, column.kind, step) for text in set(column.texts))))


def _least_of_cell(text: str, kind: Kind, step: Yielded) -> int:
    whole = width_of(text)
    if kind in _SHAPES and step >= Yielded.STACKED:
        return max(map(width_of, _SPACE_OUTSIDE_PARENTHESES.split(text)))
    if kind in RIGHT_ALIGNED | _SHAPES or step < Yielded.LINES:
        return whole
    if kind in _LISTS:
        return whole if step < Yielded.LISTS else min(whole, 1 if step >= Yielded.LEAST else _LIST)
    return _least_of_words(text, whole, step)


def _least_of_words(text: str, whole: int, step: Yielded) -> int:
    words = (text.split(" ") if step >= Yielded.NAMES else _SPACE_OUTSIDE_PARENTHESES.split(text)) or [""]
    longest = max(map(width_of, words))
    if step >= Yielded.NAMES:
        longest = min(longest, _LEAST if step >= Yielded.LEAST else _NAME)
    return min(whole, max(longest, _TEXT)) if len(words) > 1 and step < Yielded.LEAST else longest


def _first(text: str, width: int) -> str:
    """Return the elements of a list that there is room for, and an ellipsis."""
    told = ELLIPSIS
    for at in _COMMA_OUTSIDE_PARENTHESES.finditer(text):
        longer = f"{text[: at.start()]}, {ELLIPSIS}"
        if width_of(longer) > width:
            break
        told = longer
    return told


def _begin(word: str, width: int) -> str:
    return word if width_of(word) <= width else word[: width - 1] + ELLIPSIS
