"""What rich draws in a terminal: tables of any length, and values with names.

Rich draws a table's frame and one row, with which all rows are stamped. A rich table lays out about a thousand rows a
second, a stamp some hundred thousand, and they look the same.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import NamedTuple, TextIO

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console, RenderableType
from rich.table import Table

_UNBOUNDED = 100_000
_PAIRS_WIDTH = 80
_MARK = 0xE000  # a private character for each column, to find its place in the row that rich draws
_MARKS = re.compile("[\ue000-\uf8ff]+")
_WIDEST = 500
"""Room that a column has at most: one cell of a megabyte would make every row as long."""
_GAP = 3  # columns of the terminal between two columns of the table
_SPACE = re.compile(" ")
_SPACE_OUTSIDE_PARENTHESES = re.compile(r" (?![^()]*\))")


class ColumnHead(NamedTuple):
    """A column: its title, whether its cells are aligned to the right (and never broken), and rich's style for it."""

    title: str
    right: bool = False
    style: str | None = None


class Stamp(NamedTuple):
    """A table without its rows: what stands above them, one row with a %s for each cell, what stands below."""

    above: str
    row: str
    below: str
    heads: tuple[ColumnHead, ...]
    widths: tuple[int, ...]
    space: re.Pattern[str]

    def stamp(self, cells: Sequence[str]) -> str:
        """Return a row of the table, on several lines where a cell is wider than its column."""
        if all(map(_fits, cells, self.widths)):
            return self._line(cells)
        wrapped = (_wrapped(cell, width, self.space) for cell, width in zip(cells, self.widths, strict=True))
        return "".join(map(self._line, zip_longest(*wrapped, fillvalue="")))

    def _line(self, cells: Sequence[str]) -> str:
        line = self.row % tuple(map(_padded, cells, self.widths, self.heads))
        return line if "\x1b" in line else line.rstrip() + "\n"


def stamp(console: Console, title: str, heads: Sequence[ColumnHead], rows: Sequence[Sequence[str]]) -> Stamp:
    """Return the stamp of a table that fits the console.

    Where there is no room, text is broken between words but not inside parentheses; then inside them too. Where there
    is still none, the table is as wide as it needs, and the terminal breaks the lines: nothing is lost, nor is it of a
    cell that is longer than a column may be wide.
    """
    columns = list(zip([head.title for head in heads], *rows, strict=True))
    natural = [min(max(map(_width, column)), _WIDEST) for column in columns]
    widths, space = _fitted(console.width, natural, columns, heads)
    lines = _drawn(console, title, heads, widths)
    at = next(i for i, line in enumerate(lines) if _MARKS.search(line))
    row = _MARKS.sub("%s", lines[at].replace("%", "%%"))
    return Stamp("".join(lines[:at]), row, "".join(lines[at + 1 :]), tuple(heads), tuple(widths), space)


def _fitted(
    available: int, natural: Sequence[int], columns: Sequence[Sequence[str]], heads: Sequence[ColumnHead]
) -> tuple[Sequence[int], re.Pattern[str]]:
    """Return the columns' widths, and where their text may be broken."""
    if _total(natural) > available:
        for space in (_SPACE_OUTSIDE_PARENTHESES, _SPACE):
            least = [_longest_word(column, head, space) for column, head in zip(columns, heads, strict=True)]
            if (spare := available - _total(least)) >= 0:
                return _widened(least, natural, spare), space
    return natural, _SPACE


def _widened(least: Sequence[int], natural: Sequence[int], spare: int) -> list[int]:
    """Give what is spare to the columns, first to those that need the least to be whole."""
    widths = list(least)
    for i in sorted(range(len(widths)), key=lambda i: natural[i] - least[i]):
        gain = min(natural[i] - least[i], spare)
        widths[i], spare = widths[i] + gain, spare - gain
    return widths


def _drawn(console: Console, title: str, heads: Sequence[ColumnHead], widths: Sequence[int]) -> list[str]:
    """Return the lines that rich draws for a table of one row, each cell filled with its column's mark."""
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for head, width in zip(heads, widths, strict=True):
        table.add_column(head.title, style=head.style, justify="right" if head.right else "left", width=width)
    table.add_row(*(chr(_MARK + i) * width for i, width in enumerate(widths)))
    return _captured(console, table, _total(widths)).splitlines(keepends=True)


def console_for(stream: TextIO | None) -> Console:
    """Return a console as wide as the terminal behind `stream`, or else as wide as anything needs.

    Colour goes to terminals, and to pipes where FORCE_COLOR asks for it; never to a file, and never under NO_COLOR.
    """
    console = Console(
        file=stream or io.StringIO(),
        color_system=None if stream is None or os.environ.get("NO_COLOR") else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    )
    if stream is None or not stream.isatty():
        console.width = _UNBOUNDED
    return console


def pairs(console: Console, rows: Iterable[tuple[str, str]]) -> str:
    """Return names and values, in two columns."""
    grid = Table.grid(padding=(0, 3))
    grid.add_column()
    grid.add_column(justify="right", style="bold")
    for row in rows:
        grid.add_row(*row)
    return _captured(console, grid, _PAIRS_WIDTH)


def _captured(console: Console, renderable: RenderableType, width: int) -> str:
    """Return what the console would print in so many columns, without the spaces at the ends of lines."""
    shown, console.width = console.width, width  # print's own `width` cannot exceed that of the console
    with console.capture() as capture:
        console.print(renderable, crop=False)
    console.width = shown
    return "\n".join(line.rstrip() for line in capture.get().split("\n"))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * len(widths)


def _longest_word(column: Sequence[str], head: ColumnHead, space: re.Pattern[str]) -> int:
    title, *cells = column
    unbroken = cells if head.right else [word for cell in cells for word in space.split(cell)]
    return max(map(_width, (*space.split(title), *unbroken)))


def _wrapped(text: str, width: int, space: re.Pattern[str]) -> list[str]:
    first, *words = space.split(text)
    lines = [first]
    for word in words:
        if _fits(f"{lines[-1]} {word}", width):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _width(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _fits(text: str, width: int) -> bool:
    return _width(text) <= width


def _padded(text: str, width: int, head: ColumnHead) -> str:
    if not text.isascii():
        return set_cell_size(text, max(width, cell_len(text)))
    return text.rjust(width) if head.right else text.ljust(width)
