"""LaTeX, for a document that uses amsmath: tables, and a paragraph for each derivation with its steps aligned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cnnparams.engine.reports.explain import Step
from cnnparams.inert import latex
from cnnparams.render.answer import Answer
from cnnparams.render.cells import RIGHT_ALIGNED
from cnnparams.render.formula import LATEX, substituted
from cnnparams.render.sections import PICTURES, Details, Example, Facts, FormulaCell, Items, Note, Table, Title, Working
from cnnparams.render.view import Layout, View
from cnnparams.render.writing import formula_text, shapes, shown

TO = r"\to"


def render(answer: Answer, view: View) -> Iterator[str]:
    """Yield each section, an empty line between them."""
    gap = ""
    sections = (section for section in answer.sections(view.layout) if not isinstance(section, Details))
    for section in sections:
        block = section.table if isinstance(section, PICTURES) else section
        yield gap + "".join(_BLOCKS[type(block)](block, view.layout))
        gap = "\n"


def _title(title: Title, _: Layout) -> Iterator[str]:
    yield f"\\paragraph{{{latex(title.text)}}} {' '.join(map(latex, title.about))}".rstrip() + "\n"


def _table(table: Table, layout: Layout) -> Iterator[str]:
    if table.title:
        yield f"\\paragraph{{{latex(table.title)}}}\n\n"
    columns = "".join("r" if head.kind in RIGHT_ALIGNED else "l" for head in table.heads)
    yield f"\\begin{{tabular}}{{{columns}}}\n{_row(latex(head.title) for head in table.heads)}\\hline\n"
    kinds = [head.kind for head in table.heads]
    for row in table.rows:
        yield _row(_cell(value, kind, layout) for value, kind in zip(row.values, kinds, strict=True))
    yield "\\end{tabular}\n"


def _cell(value: Any, kind: Any, layout: Layout) -> str:
    return f"${formula_text(value, 'LATEX')}$" if isinstance(value, FormulaCell) else latex(shown(value, kind, layout))


def _row(cells: Iterable[str]) -> str:
    return f"  {' & '.join(cells)} \\\\\n"


def _facts(facts: Facts, layout: Layout) -> Iterator[str]:
    if facts.title:
        yield f"\\paragraph{{{latex(facts.title)}}}\n\n"
    written = ((fact, shown(fact.value, fact.kind, layout)) for fact in facts.facts)
    rows = (_row((latex(fact.name), latex(f"{text} {fact.remark}".rstrip()))) for fact, text in written)
    yield f"\\begin{{tabular}}{{lr}}\n{''.join(rows)}\\end{{tabular}}\n"


def _note(note: Note, _: Layout) -> Iterator[str]:
    yield "".join(f"{latex(line)}\n" for line in note.lines)


def _items(items: Items, _: Layout) -> Iterator[str]:
    yield f"{latex(items.title)}\n" if items.title else ""
    lines = "".join(f"  \\item {latex(line)}\n" for line in items.lines)
    yield f"\\begin{{itemize}}\n{lines}\\end{{itemize}}\n" if lines else ""


def _example(example: Example, _: Layout) -> Iterator[str]:
    yield f"\\texttt{{- {latex(example.entry)}}} ({latex(example.comment)})\n"


def _working(working: Working, layout: Layout) -> Iterator[str]:
    name, passes = latex(working.name), ""
    if working.type:
        name, passes = f"{name} ({latex(working.type)})", f" ${shapes(working, layout, TO)}$"
    body = " \\\\\n".join(_step(step, working) for step in working.derivation.steps)
    yield f"\\paragraph{{{name}}}{passes}\n\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def _step(step: Step, working: Working) -> str:
    named = rf"\; {LATEX.symbol(step.symbol)}" if step.named else ""
    sides = " \\\\\n  &= ".join(substituted(step, working.derivation.symbols, LATEX))
    note = f" \\quad\\text{{({latex(step.note)})}}" if step.note else ""
    return f"  \\text{{{latex(step.quantity)}}}{named} &= {sides}{note}"


_BLOCKS: dict[type, Callable[[Any, Layout], Iterator[str]]] = {
    Title: _title,
    Table: _table,
    Facts: _facts,
    Note: _note,
    Items: _items,
    Example: _example,
    Working: _working,
}
