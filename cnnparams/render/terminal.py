"""What rich draws in a terminal: tables of any length, and values with names.

Rich draws a table's frame and one row, with which all rows are stamped. A rich table lays out about a thousand rows a
second, a stamp some hundred thousand, and they look the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple, TextIO

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cnnparams.engine.costs.quantity import Kind
from cnnparams.render.cells import RIGHT_ALIGNED
from cnnparams.render.fitting import GAP, end_of, lines_of, title_lines, width_of, wrapped
from cnnparams.screen import has_colour, width_for

_PAIRS_WIDTH = 80
_VALUE = 20  # room for any number
_MARK = 0xE000  # a private character for each column, to find its place in the row that rich draws
_MARKS = re.compile("[\ue000-\uf8ff]+")


class ColumnHead(NamedTuple):
    """A column: its title, what it holds, how wide it is, and rich's style for it."""

    title: str
    kind: Kind
    width: int
    style: str | None = None

    @property
    def right(self) -> bool:
        """Whether its cells are aligned to the right."""
        return self.kind in RIGHT_ALIGNED


class Stamp(NamedTuple):
    """A table without its rows: what stands above them, one row with a %s for each cell, what stands below."""

    above: str
    row: str
    below: str
    heads: tuple[ColumnHead, ...]
    short_shapes: bool

    def stamp(self, cells: Sequence[str]) -> str:
        """Return a row of the table, on several lines where a cell is wider than its column."""
        if not self.short_shapes and all(map(_fits, cells, self.heads)):
            return self._line(cells)
        lines = (
            lines_of(cell, head.kind, head.width, short_shapes=self.short_shapes)
            for cell, head in zip(cells, self.heads, strict=True)
        )
        return "".join(map(self._line, zip_longest(*lines, fillvalue="")))

    def _line(self, cells: Sequence[str]) -> str:
        line = self.row % tuple(map(_padded, cells, self.heads))
        return line if "\x1b" in line else line.rstrip() + "\n"


def stamp(console: Console, heads: Sequence[ColumnHead], *, short_shapes: bool = False) -> Stamp:
    """Return the stamp of a table, in which shapes may be written shorter."""
    lines = _drawn(console, heads)
    at = next(i for i, line in enumerate(lines) if _MARKS.search(line))
    row = _MARKS.sub("%s", lines[at].replace("%", "%%"))
    return Stamp("".join(lines[:at]), row, "".join(lines[at + 1 :]), tuple(heads), short_shapes)


def _drawn(console: Console, heads: Sequence[ColumnHead]) -> list[str]:
    """Return the lines that rich draws for a table of one row, each cell filled with its column's mark."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        title = "\n".join(title_lines(head.title, head.width))
        table.add_column(title, style=head.style, justify="right" if head.right else "left", width=head.width)
    table.add_row(*(chr(_MARK + i) * head.width for i, head in enumerate(heads)))
    return _captured(console, table, sum(head.width for head in heads) + GAP * len(heads)).splitlines(keepends=True)


def console_for(stream: TextIO | None) -> Console:
    """Return a console as wide as the terminal behind `stream`, or else as wide as anything needs."""
    colour = has_colour(stream)
    console = Console(
        file=stream or io.StringIO(),
        color_system="auto" if colour else None,
        force_terminal=True if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.width = width_for(stream)
    return console


def heading(console: Console, text: str) -> str:
    """Return a title in bold, on as many lines as it needs."""
    lines = (Text(line, style="bold") for line in wrapped(text, console.width))
    return "".join(_captured(console, line, max(1, width_of(line.plain))) for line in lines)


def pairs(console: Console, rows: Sequence[tuple[str, str]]) -> str:
    """Return names and values, in two columns; of a value that is a long name, its end."""
    grid = Table.grid(padding=(0, 3))
    grid.add_column()
    grid.add_column(justify="right", style="bold")
    room = min(_PAIRS_WIDTH, console.width)
    for name, value in rows:
        grid.add_row(name, end_of(value, max(room - GAP - max(width_of(name) for name, _ in rows), _VALUE)))
    return _captured(console, grid, room)


def _captured(console: Console, renderable: RenderableType, width: int) -> str:
    """Return what the console would print in so many columns, without the spaces at the ends of lines."""
    shown, console.width = console.width, width  # print's own `width` cannot exceed that of the console
    with console.capture() as capture:
        console.print(renderable, crop=False)
    console.width = shown
    return "\n".join(line.rstrip() for line in capture.get().split("\n"))


def _fits(text: str, head: ColumnHead) -> bool:
    return width_of(text) <= head.width


def _padded(text: str, head: ColumnHead) -> str:
    if not text.isascii():
        return set_cell_size(text, max(head.width, cell_len(text)))
    return text.rjust(head.width) if head.right else text.ljust(head.width)
