"""Text, for a terminal: tables fit its width, where there is one, and use its colours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from cnnparams.engine.costs.quantity import Kind
from cnnparams.engine.reports.grid import Row
from cnnparams.inert import printable
from cnnparams.render import cells
from cnnparams.render.answer import Answer
from cnnparams.render.fitting import ColumnText, end_of, filled, fits_whole, fitted, hung, width_of
from cnnparams.render.sections import (
    Bars,
    Details,
    Example,
    Facts,
    Items,
    Joining,
    Note,
    Scatter,
    Table,
    Title,
    Working,
)
from cnnparams.render.view import View
from cnnparams.render.writing import shapes, shown
from cnnparams.screen import NO_END, has_colour, width_for

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {"layer": "cyan", "params": "bold", "difference": "bold"}
_INDENT = "  "
_NAME, _NUMBER = 24, 12
"""Columns that a name and a number have at least, where they stand below one another in several lists."""
_READABLE = 24
"""Room that text has at least beside other columns; where there is less, it stands below them."""
_BAR, _SHORT_BAR = 40, 10
"""How long the longest bar is, and how short it may be where there is little room."""
_OPERATOR = re.compile(r" (?=[^\w ()] )")
"""Where a formula may be parted."""


def render(answer: Answer, view: View) -> Iterator[str]:
    """Yield each section, an empty line between them."""
    terminal = _Terminal(view)
    shown_here = (section for section in answer.sections(view.layout) if not isinstance(section, Details))
    for i, section in enumerate(shown_here):
        has_gap = i or (isinstance(section, Table) and not section.title and not section.is_list)
        yield "\n" if has_gap else ""
        yield from _WRITERS[type(section)](terminal, section)


class _Terminal:
    """Where the text goes; rich is loaded for those sections alone that it draws."""

    def __init__(self, view: View) -> None:
        self.view = view

    @cached_property
    def width(self) -> int:
        """How long lines may be."""
        return width_for(self.view.stream)

    @cached_property
    def console(self) -> Console:
        """The console that tables are laid out for."""
        from cnnparams.render.terminal import console_for

        return console_for(self.view.stream)

    def title(self, title: Title) -> Iterator[str]:
        first, *others = title.about or ("",)
        yield self._heading(f"{title.text}: {first}" if first else title.text)
        yield from map(self._wrapped, others)

    def table(self, table: Table) -> Iterator[str]:
        """Yield a row as whole lines, as soon as it is known; below each row, its numbers as ratios to the first's."""
        if table.is_list:
            yield from self._list(table)
            return
        from cnnparams.render.terminal import ColumnHead, heading, stamp

        table, texts = self._joined(table)
        columns = self._columns(table, texts)
        plan = fitted(columns, self.width, kept=table.kept, whole_shapes=table.whole_shapes)
        heads = [
            ColumnHead(columns[i].title, columns[i].kind, width, _STYLES.get(table.heads[i].key))
            for i, width in zip(plan.shown, plan.widths, strict=True)
        ]
        drawn = stamp(self.console, heads, short_shapes=plan.short_shapes)
        yield heading(self.console, printable(table.title)) + drawn.above if table.title else drawn.above[1:]
        for row in texts:
            for line in row:
                yield drawn.stamp([line[i] for i in plan.shown])
        yield from self._not_shown([columns[i].title for i in range(len(columns)) if i not in plan.shown], table.option)

    def _joined(self, table: Table) -> tuple[Table, Iterable[list[list[str]]]]:
        """Return the table with those of the joining columns for which there is room, and its rows as texts."""
        kinds = [head.kind for head in table.heads]
        written = (self._row_texts(row, kinds) for row in table.rows)
        if table.widest:
            return table, written
        texts = list(written)
        if self.width < NO_END:
            for column in table.joining:
                wider, rows = self._with(table, texts, column)
                if fits_whole(self._columns(wider, rows), self.width):
                    table, texts = wider, rows
        return table, texts

    def _with(self, table: Table, texts: list[list[list[str]]], column: Joining) -> tuple[Table, list[list[list[str]]]]:
        keys = [head.key for head in table.heads]
        at = keys.index(column.before) if column.before else len(keys)
        heads = (*table.heads[:at], column.head, *table.heads[at:])
        cells = self._texts(column.cells, [column.head.kind] * len(column.cells))
        rows = [
            [[*line[:at], cell if i == 0 else "", *line[at:]] for i, line in enumerate(row)]
            for row, cell in zip(texts, cells, strict=True)
        ]
        return table._replace(heads=heads, kept=table.kept + 1), rows

    def _columns(self, table: Table, texts: Iterable[list[list[str]]]) -> list[ColumnText]:
        """Return the columns with all of their cells, or with those that are as long as any."""
        kinds = [head.kind for head in table.heads]
        lines = [self._texts(table.widest, kinds)] if table.widest else [line for row in texts for line in row]
        cells = zip(*lines, strict=True) if lines else [()] * len(kinds)
        return [
            ColumnText(printable(head.title), head.kind, set(column))
            for head, column in zip(table.heads, cells, strict=True)
        ]

    def _row_texts(self, row: Row, kinds: Sequence[Kind]) -> list[list[str]]:
        """Return a row as a line, and a second one with its ratios where it has some that say anything."""
        texts = self._texts(row.values, kinds)
        if all(ratio in (None, 1) for ratio in row.ratios):
            return [texts]
        _, *others = map(cells.times, row.ratios)
        return [texts, [f"{_INDENT}/ {printable(row.base)}", *others]]

    def _not_shown(self, titles: Sequence[str], option: str) -> Iterator[str]:
        if titles:
            option_too = f", {option}" if option else ""
            ways = f"A wider terminal{option_too} or a pipe shows more."
            yield self._wrapped(f"Left out, as there is no room: {', '.join(titles)}. {ways}")

    def _list(self, table: Table) -> Iterator[str]:
        kinds = [head.kind for head in table.heads]
        rows = [self._texts(row.values, kinds) for row in table.rows]
        least = [_NUMBER if kind in cells.RIGHT_ALIGNED else 0 for kind in kinds]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        widths = list(map(max, widths, least))
        if table.title:
            yield _line(table.title)
        indent = _INDENT if table.title else ""
        taken = len(indent) + sum(widths[:-1]) + len(_INDENT) * (len(widths) - 1)
        if kinds[-1] in cells.RIGHT_ALIGNED:
            widths[0] = max(min(widths[0], self.width - taken - widths[-1] + widths[0]), _NUMBER)
            rows = [[end_of(row[0], widths[0]), *row[1:]] for row in rows]
            yield from (self._line(row, kinds, widths, indent) for row in rows)
            return
        at = taken if self.width - taken >= _READABLE else len(indent) + len(_INDENT)
        too_wide = taken - len(_INDENT) - self.width
        if too_wide > 0 and len(widths) > 2:
            widest = max(range(1, len(widths) - 1), key=widths.__getitem__)
            widths[widest] -= too_wide
        for *row, last in rows:
            first, *others = filled(last.split(" "), self.width - at) if taken + width_of(last) > self.width else [last]
            below = [*([first] if at < taken else []), *others]
            parts = [list(filled(text.split(" "), width)) for text, width in zip(row, widths, strict=False)]
            top, *rest = zip_longest(*parts, fillvalue="")
            yield self._line([*top, "" if at < taken else first], kinds, widths, indent)
            yield from (self._line([*line, ""], kinds, widths, indent) for line in rest)
            yield from (f"{' ' * at}{line}\n" for line in below)

    def _line(self, row: Sequence[str], kinds: Sequence[Kind], widths: Sequence[int], indent: str) -> str:
        padded = (
            text.rjust(width) if kind in cells.RIGHT_ALIGNED else text.ljust(width)
            for text, kind, width in zip(row, kinds, widths, strict=True)
        )
        return f"{indent}{_INDENT.join(padded)}".rstrip() + "\n"

    def _texts(self, values: Iterable[Any], kinds: Sequence[Kind]) -> list[str]:
        layout = self.view.layout
        return [shown(value, kind, layout, self._formulas) for value, kind in zip(values, kinds, strict=True)]

    def facts(self, facts: Facts) -> Iterator[str]:
        written = [(fact, shown(fact.value, fact.kind, self.view.layout)) for fact in facts.facts]
        if not facts.title:
            from cnnparams.render.terminal import pairs

            yield pairs(self.console, [(printable(fact.name), text) for fact, text in written])
            return
        yield self._heading(facts.title)
        for fact, text in written:
            remark = f"{_INDENT}{fact.remark}" if fact.remark else ""
            yield _line(f"{_INDENT}{fact.name:<{_NAME}}{_INDENT}{text:>{_NUMBER}}{remark}")

    def note(self, note: Note) -> Iterator[str]:
        yield from map(self._wrapped, note.lines)

    def items(self, items: Items) -> Iterator[str]:
        if items.title:
            yield self._wrapped(items.title)
        indent = _INDENT if items.title else ""
        yield from (self._wrapped(line, indent, hanging=_INDENT) for line in items.lines)

    def example(self, example: Example) -> Iterator[str]:
        yield _line("Example")
        yield self._wrapped(f"- {example.entry}", _INDENT, hanging=_INDENT)
        yield self._wrapped(example.comment, _INDENT)

    def working(self, working: Working) -> Iterator[str]:
        """Yield a derivation the way it is written by hand."""
        from cnnparams.render import formula

        style = getattr(formula, self._formulas)
        passes = f" ({working.type}): {shapes(working, self.view.layout)}" if working.type else ""
        yield self._heading(f"{working.name}{passes}")
        yield self._wrapped(working.legend, _INDENT) if working.legend else ""
        yield "\n"
        steps, symbols = working.derivation.steps, working.derivation.symbols
        width = max(len(step.quantity) for step in steps)
        for step in steps:
            named = f"{step.symbol} " if step.named else ""
            first, *rest = formula.substituted(step, symbols, style)
            yield from self._side(f"{_INDENT}{step.quantity:<{width}}  {named}= ", first)
            margin = _INDENT + " " * (width + 2 + len(named))
            for side in rest:
                yield from self._side(f"{margin}= ", side)
            yield self._wrapped(step.note, f"{margin}  ") if step.note else ""

    def _side(self, before: str, formula: str) -> Iterator[str]:
        """Yield a side of an equation; a line that is full ends before an operator."""
        terms = [formula] if self.width >= NO_END else _OPERATOR.split(formula)
        first, *others = filled(terms, self.width - len(before))
        yield f"{before}{first}\n"
        yield from (f"{'':{len(before)}}{line}\n" for line in others)

    @property
    def _formulas(self) -> str:
        """The style of formulas: that of people where the stream has its characters."""
        return "TEXT" if self._can_write("⌊×⌋") else "CODE"  # noqa: RUF001

    def _can_write(self, text: str) -> bool:
        try:
            text.encode(getattr(self.view.stream, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            return False
        return True

    def bars(self, bars: Bars) -> Iterator[str]:
        """Yield a line for each bar; where there is little room, bars are shorter, then names keep their ends."""
        most = max((value for _, value in bars.bars), default=0) or 1
        widest = max((width_of(name) for name, _ in bars.bars), default=0)
        room = self.width - _NUMBER - len(_INDENT) * 3
        longest = max(min(_BAR, room - widest), _SHORT_BAR)
        widest = min(widest, max(room - longest, _NUMBER))
        yield self._heading(bars.title)
        for name, value in bars.bars:
            bar = "█" * max(1, round(longest * value / most))
            text = cells.write(value, bars.kind, self.view.layout)
            shown_name = end_of(name, widest)
            yield _line(f"{_INDENT}{shown_name:<{widest}}{_INDENT}{bar:<{longest}}{_INDENT}{text:>{_NUMBER}}")

    def scatter(self, scatter: Scatter) -> Iterator[str]:
        from cnnparams.render.scatter import drawing

        yield from map(self._wrapped, drawing(scatter, self.width))

    def _heading(self, text: str) -> str:
        """Return a title, in bold where colour goes."""
        if self.width >= NO_END and not has_colour(self.view.stream):
            return self._wrapped(text)
        from cnnparams.render.terminal import heading

        return heading(self.console, printable(text))

    def _wrapped(self, text: str, indent: str = "", hanging: str = "") -> str:
        """Return text, of one or more lines, as lines that fit: a word that is too long is as long as it is.

        What follows on another line is indented further by what is `hanging`.
        """
        if self.width >= NO_END:
            return _line("\n".join(f"{indent}{line}" for line in text.split("\n")))
        room = self.width - len(indent)
        return "".join(
            f"{indent}{line}\n" for part in text.split("\n") for line in hung(printable(part), room, hanging)
        )


def _line(text: str) -> str:
    """Return text, of one or more lines, as lines."""
    return "".join(f"{printable(line)}\n" for line in text.split("\n"))


_WRITERS: dict[type, Callable[[_Terminal, Any], Iterator[str]]] = {
    Title: _Terminal.title,
    Table: _Terminal.table,
    Facts: _Terminal.facts,
    Note: _Terminal.note,
    Items: _Terminal.items,
    Example: _Terminal.example,
    Working: _Terminal.working,
    Bars: _Terminal.bars,
    Scatter: _Terminal.scatter,
}
