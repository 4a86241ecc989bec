"""What formats for people share: a cell as text, and sections that a format without pictures writes as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cnnparams.engine.costs.quantity import Kind
from cnnparams.engine.reports.grid import Heading, Row
from cnnparams.inert import printable
from cnnparams.render import cells
from cnnparams.render.sections import (
    PICTURES,
    Details,
    Estimated,
    FormulaCell,
    Phrase,
    Section,
    SpecWord,
    Table,
    Title,
    Working,
)
from cnnparams.render.view import Layout


def shown(cell: Any, kind: Kind, layout: Layout, style: str = "TEXT") -> str:
    """Write a cell for people, formulas in a style of `formula`; an estimate begins with ~."""
    if isinstance(cell, Phrase | SpecWord):
        return printable(cell.text)
    if isinstance(cell, Estimated):
        return cells.estimated(cells.write(cell.value, kind, layout))
    if isinstance(cell, FormulaCell):
        return formula_text(cell, style)
    return cells.write(cell, kind, layout)


def formula_text(cell: FormulaCell, style: str) -> str:
    """Write a formula, and before it the symbol of what it gives."""
    from cnnparams.render import formula  # which few answers need

    chosen: formula.Style = getattr(formula, style)
    named = f"{chosen.symbol(cell.symbol)} = " if cell.symbol else ""
    return named + formula.write(cell.formula, chosen, cell.values)


def plain(cell: Any, kind: Kind, layout: Layout) -> str | int | float | None:
    """Return a cell for programs: numbers stay numbers."""
    if isinstance(cell, Phrase | SpecWord | FormulaCell | Estimated):
        return shown(cell, kind, layout, "CODE")
    return cells.plain(cell, kind, layout)


def texts(row: Row, kinds: Sequence[Kind], layout: Layout) -> list[str]:
    """Write a row; a number as a ratio to the first row's stands behind it."""
    written = [shown(value, kind, layout) for value, kind in zip(row.values, kinds, strict=True)]
    if not row.ratios:
        return written
    times = map(cells.times, row.ratios)
    return [f"{text} ({ratio})" if ratio else text for text, ratio in zip(written, times, strict=True)]


def of_page(sections: Iterable[Section], layout: Layout) -> Iterator[Section]:
    """Yield the sections of a page without pictures: details too, and for each picture the numbers behind it.

    How numbers come about is a table there, below a title.
    """
    for section in sections:
        if isinstance(section, Details):
            yield from of_page(section.sections, layout)
        elif isinstance(section, Working):
            about = tuple(filter(None, (shapes(section, layout), section.legend)))
            yield Title(f"{section.name} ({section.type})" if section.type else "Totals", about, level=3)
            yield _steps(section)
        else:
            yield section.table if isinstance(section, PICTURES) else section


def _steps(working: Working) -> Table:
    """Return the steps of a derivation as rows."""
    titles = ("Quantity", "Formula", "Numbers", "Result", "Note")
    kinds = (Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.COUNT, Kind.TEXT)
    heads = tuple(Heading(title.lower(), title, kind) for title, kind in zip(titles, kinds, strict=True))
    symbols = working.derivation.symbols
    rows = (
        Row(
            (
                step.quantity,
                FormulaCell(step.formula),
                FormulaCell(step.formula, values=symbols),
                step.result,
                step.note,
            )
        )
        for step in working.derivation.steps
    )
    return Table(heads, rows)


def shapes(working: Working, layout: Layout, arrow: str = "->") -> str:
    """Write what enters a layer and what leaves it; nothing of a whole network."""
    if working.output_shape is None:
        return ""
    return f"{layout.texts(working.input_shapes)} {arrow} {layout.text(working.output_shape)}"
