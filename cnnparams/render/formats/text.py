"""Text, for a terminal: tables fit its width, where there is one, and use its colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cnnparams.engine.costs.quantity import Kind
from cnnparams.engine.reports.grid import Row
from cnnparams.inert import printable
from cnnparams.render import cells
from cnnparams.render.answer import Answer
from cnnparams.render.sections import Bars, Details, Example, Facts, Items, Note, Scatter, Table, Title, Working
from cnnparams.render.view import View
from cnnparams.render.writing import shapes, shown

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {"layer": "cyan", "params": "bold", "difference": "bold"}
_INDENT = "  "
_NAME, _NUMBER = 24, 12
"""Columns that a name and a number have at least, where they stand below one another in several lists."""
_BAR = 40


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
    def console(self) -> Console:
        """The console that tables are laid out for."""
        from cnnparams.render.terminal import console_for

        return console_for(self.view.stream)

    def title(self, title: Title) -> Iterator[str]:
        first, *others = title.about or ("",)
        yield _line(f"{title.text}: {first}" if first else title.text)
        yield from map(_line, others)

    def table(self, table: Table) -> Iterator[str]:
        """Yield a row as whole lines, as soon as it is known; below each row, its numbers as ratios to the first's."""
        if table.is_list:
            yield from self._list(table)
            return
        from cnnparams.render.terminal import ColumnHead, stamp

        kinds = [head.kind for head in table.heads]
        heads = [
            ColumnHead(printable(head.title), head.kind in cells.RIGHT_ALIGNED, _STYLES.get(head.key))
            for head in table.heads
        ]
        if table.widest:
            rows: Iterable[tuple[list[str], Row]] = ((self._texts(row.values, kinds), row) for row in table.rows)
            widest = [self._texts(table.widest, kinds)]
        else:
            rows = [(self._texts(row.values, kinds), row) for row in table.rows]
            widest = [texts for texts, _ in rows]
        drawn = stamp(self.console, printable(table.title), heads, widest)
        yield drawn.above if table.title else drawn.above.removeprefix("\n")
        for texts, row in rows:
            yield drawn.stamp(texts)
            if any(ratio not in (None, 1) for ratio in row.ratios):
                yield drawn.stamp(list(map(cells.times, row.ratios)))

    def _list(self, table: Table) -> Iterator[str]:
        kinds = [head.kind for head in table.heads]
        rows = [self._texts(row.values, kinds) for row in table.rows]
        least = [_NUMBER if kind in cells.RIGHT_ALIGNED else 0 for kind in kinds]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        widths = list(map(max, widths, least))
        if table.title:
            yield _line(table.title)
        for row in rows:
            yield self._line(row, kinds, widths, _INDENT if table.title else "")

    def _line(self, row: Sequence[str], kinds: Sequence[Kind], widths: Sequence[int], indent: str) -> str:
        padded = (
            text.rjust(width) if kind in cells.RIGHT_ALIGNED else text.ljust(width)
            for text, kind, width in zip(row, kinds, widths, strict=True)
        )
        return f"{indent}{_INDENT.join(padded)}".rstrip() + "\n"

    def _texts(self, values: Iterable[Any], kinds: Sequence[Kind]) -> list[str]:
        layout = self.view.layout
        return [shown(value, kind, layout, "CODE") for value, kind in zip(values, kinds, strict=True)]

    def facts(self, facts: Facts) -> Iterator[str]:
        written = [(fact, shown(fact.value, fact.kind, self.view.layout)) for fact in facts.facts]
        if not facts.title:
            from cnnparams.render.terminal import pairs

            yield pairs(self.console, [(printable(fact.name), text) for fact, text in written])
            return
        yield _line(facts.title)
        for fact, text in written:
            remark = f"{_INDENT}{fact.remark}" if fact.remark else ""
            yield _line(f"{_INDENT}{fact.name:<{_NAME}}{_INDENT}{text:>{_NUMBER}}{remark}")

    def note(self, note: Note) -> Iterator[str]:
        yield from map(_line, note.lines)

    def items(self, items: Items) -> Iterator[str]:
        if items.title:
            yield _line(items.title)
        indent = _INDENT if items.title else ""
        yield from (_line(f"{indent}{line}") for line in items.lines)

    def example(self, example: Example) -> Iterator[str]:
        yield from map(_line, ("Example", f"{_INDENT}- {example.entry}", f"{_INDENT}{example.comment}"))

    def working(self, working: Working) -> Iterator[str]:
        """Yield a derivation the way it is written by hand."""
        from cnnparams.render import formula

        style = formula.TEXT if self._can_write(formula.TEXT.calls["floor"]) else formula.CODE
        passes = f" ({working.type}): {shapes(working, self.view.layout)}" if working.type else ""
        yield _line(f"{working.name}{passes}")
        yield _line(f"{_INDENT}{working.legend}") if working.legend else ""
        yield "\n"
        steps, symbols = working.derivation.steps, working.derivation.symbols
        width = max(len(step.quantity) for step in steps)
        for step in steps:
            named = f"{step.symbol} " if step.named else ""
            first, *rest = formula.substituted(step, symbols, style)
            yield f"{_INDENT}{step.quantity:<{width}}  {named}= {first}\n"
            margin = _INDENT + " " * (width + 2 + len(named))
            yield from (f"{margin}= {side}\n" for side in rest)
            yield _line(f"{margin}  {step.note}") if step.note else ""

    def _can_write(self, text: str) -> bool:
        try:
            text.encode(getattr(self.view.stream, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            return False
        return True

    def bars(self, bars: Bars) -> Iterator[str]:
        most = max((value for _, value in bars.bars), default=0) or 1
        widest = max((len(name) for name, _ in bars.bars), default=0)
        yield _line(bars.title)
        for name, value in bars.bars:
            bar = "█" * max(1, round(_BAR * value / most))
            text = cells.write(value, bars.kind, self.view.layout)
            yield _line(f"{_INDENT}{name:<{widest}}{_INDENT}{bar:<{_BAR}}{_INDENT}{text:>{_NUMBER}}")

    def scatter(self, scatter: Scatter) -> Iterator[str]:
        from cnnparams.render.scatter import drawing

        yield from map(_line, drawing(scatter))


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
