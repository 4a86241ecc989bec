"""The page of docs/ that lists every quantity, made from what the costs declare."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import COSTS
from cnnparams.engine.reports.report import base_columns

_HEAD = """# Quantities

What cnnparams measures, by the one word that each quantity has wherever it is asked for: as a column
(`count --columns`), as a total that networks are compared and swept by (`compare --sort`, `sweep --columns`,
`--where` and `--pareto`; in expressions with `_` for `-`), and as a budget (`budget:` in a spec, `--max`). `-` and `_`
are the same in a word, as are capitals and small letters, and old words are taken too. The keys of the
[JSON](json.md) are names of their own, which stay as they are.

This page is made from the code.
"""
_TABLE = """
| word | old words | what | kind (unit) | where | of a layer in JSON | of the network in JSON | needs |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
_UNNAMED = """
## Without a word

Told where what they belong to is measured, and not to be asked for by themselves:

| what | kind (unit) | of the network in JSON |
| --- | --- | --- |
"""
_OWN = """
## What a layer is

Columns of what is not measured:

| word | what | kind | of a layer in JSON |
| --- | --- | --- | --- |
"""


def page() -> str:
    """Return the page."""
    unnamed = [total for listed in COSTS for total in listed.cost.TOTALS if not total.word]
    parts = [
        _HEAD,
        _TABLE,
        *_rows(),
        _UNNAMED,
        *(_line(total.title, _kind(total.kind), _code(total.field)) for total in unnamed),
        _OWN,
        *(_line(_code(each.key), each.title, _kind(each.kind), _code(each.field)) for each in base_columns()),
    ]
    return "".join(parts)


def _rows() -> Iterator[str]:
    for listed in COSTS:
        columns = {column.key: column for column in listed.cost.COLUMNS}
        totals = {total.word: total for total in listed.cost.TOTALS if total.word}
        for word in dict.fromkeys((*columns, *totals)):
            needs = _code(f"--{listed.needs.field}") if listed.needs else ""
            yield _row(word, columns.get(word), totals.get(word), needs)


def _row(word: str, column: Column | None, total: Total | None, needs: str) -> str:
    titles = dict.fromkeys(each.title for each in (column, total) if each)
    kinds = dict.fromkeys(_kind(each.kind) for each in (column, total) if each)
    where = ["column"] * bool(column) + ["total, budget, sort, sweep"] * bool(total)
    old = ", ".join(map(_code, column.aliases)) if column else ""
    keys = [_code(each.field) if each else "" for each in (column, total)]
    return _line(_code(word), old, " / ".join(titles), " / ".join(kinds), ", ".join(where), *keys, needs)


def _kind(kind: Kind) -> str:
    words = {Kind.FLAG: "yes or no", Kind.MARK: "yes or nothing"}.get(kind) or kind.name.lower().replace("_", " ")
    return f"{words} ({kind.unit.symbol})" if kind.unit.symbol else words


def _code(text: str) -> str:
    return f"`{text}`"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"
