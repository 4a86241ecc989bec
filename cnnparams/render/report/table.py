"""The layer table in the terminal.

rich draws the frame, fits the columns to the terminal and draws one row as a pattern, with which all rows are stamped:
a rich table lays out about a thousand rows a second, a pattern stamps hundreds of thousands, and they look the same.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console, RenderableType
from rich.table import Table

from cnnparams.engine.report import Column, Report
from cnnparams.render import cells
from cnnparams.render.screen import console_for
from cnnparams.render.totals import totals
from cnnparams.render.view import View

_MARK = 0xE000  # a private character for each column, to find its place in the pattern
_MARKS = re.compile("[\ue000-\uf8ff]+")
_NARROWEST = 6
_STYLES = {"layer": "cyan", "params": "bold"}


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield each network's title, table and totals: in a terminal's width, elsewhere as wide as they need."""
    console = console_for(view.stream)
    for i, report in enumerate(reports):
        rows = [[cells.text(layer, column, view.layout) for column in view.columns] for layer in report.layers]
        yield "\n" if i else ""
        yield from _table(console, report.name, view.columns, rows)
        yield _captured(console, _totals(report))


def _table(console: Console, title: str, columns: Sequence[Column], rows: list[list[str]]) -> Iterator[str]:
    natural = [max(map(_width, cells)) for cells in zip(*rows, [column.title for column in columns], strict=True)]
    pattern = _pattern(console, title, columns, natural)
    yield pattern.head
    yield from (pattern.stamp(row) for row in rows)
    yield pattern.foot


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A table without its rows: what stands above them, one row with a %s for each cell, what stands below."""

    head: str
    row: str
    foot: str
    widths: tuple[int, ...]
    right: tuple[bool, ...]

    def stamp(self, row: Sequence[str]) -> str:
        """Return a row of the table, on more than one line where a cell is wider than its column."""
        if all(_width(cell) <= width for cell, width in zip(row, self.widths, strict=True)):
            return self.row % tuple(map(_fit, row, self.widths, self.right))
        wrapped = (textwrap.wrap(cell, width) for cell, width in zip(row, self.widths, strict=True))
        return "".join(
            self.row % tuple(map(_fit, line, self.widths, self.right)) for line in zip_longest(*wrapped, fillvalue="")
        )


def _pattern(console: Console, title: str, columns: Sequence[Column], natural: Sequence[int]) -> _Pattern:
    right = tuple(column.kind in cells.RIGHT_ALIGNED for column in columns)
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for column, width, numeric in zip(columns, natural, right, strict=True):
        table.add_column(
            column.title,
            style=_STYLES.get(column.key),
            justify="right" if numeric else "left",
            min_width=width if numeric else min(width, _NARROWEST),
            overflow="fold",
            no_wrap=numeric,
        )
    table.add_row(*(chr(_MARK + i) * width for i, width in enumerate(natural)))
    lines = _captured(console, table).splitlines(keepends=True)
    marked = [i for i, line in enumerate(lines) if _MARKS.search(line)]
    line = lines[marked[0]]
    widths = tuple(len(marks) for marks in _MARKS.findall(line))
    row = _MARKS.sub("%s", line.replace("%", "%%"))
    return _Pattern("".join(lines[: marked[0]]), row, "".join(lines[marked[-1] + 1 :]), widths, right)


def _totals(report: Report) -> Table:
    grid = Table.grid(padding=(0, 3))
    grid.add_column()
    grid.add_column(justify="right", style="bold")
    for row in totals(report):
        grid.add_row(*row)
    return grid


def _captured(console: Console, renderable: RenderableType) -> str:
    with console.capture() as capture:
        console.print(renderable, crop=False)
    return "\n".join(line.rstrip() for line in capture.get().split("\n"))


def _width(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _fit(text: str, width: int, right: bool) -> str:
    if not text.isascii():
        return set_cell_size(text, width)
    return text.rjust(width) if right else text.ljust(width)
