"""The words that say which columns a layer table has, and which layers in which order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cnnparams.api.network_table import words_of
from cnnparams.engine.costs.register import find_total, total_titled
from cnnparams.engine.reports.ranking import LayerTable, Ranking, has_order
from cnnparams.engine.reports.report import Column, Report, columns, default_columns, find_column
from cnnparams.errors import CnnparamsError, about, quote, suggest

_NAME = "name"

RECEPTIVE_FIELD = (
    "layer",
    "output",
    "receptive-field",
    "effective-stride",
    "effective-padding",
    "aligned",
    "sees-all",
)
"""The columns of a table of receptive fields."""


class LayerWords(NamedTuple):
    """What was asked: the columns, the order, and the fields to measure for both."""

    columns: tuple[Column, ...]
    ranking: Ranking
    fields: tuple[str, ...]
    is_usual: bool

    @classmethod
    def of(
        cls, costs: Iterable[str], shown: Iterable[str] | None, sort: str | None, top: int | None, *, most: str
    ) -> LayerWords:
        """Read the words; `most` is the column of which `top` keeps the layers with the most, where none is sorted by.

        Raise CnnparamsError for one that names nothing.
        """
        usual = default_columns() if shown is None else columns_of(shown)
        asked = {word: _meant(word) for word in costs}
        fields = [column.field if column else find_total(word).field for word, column in asked.items()]
        joined = dict.fromkeys((*usual, *(column for column in asked.values() if column)))
        ranking = ranking_of(sort or (f"-{most}" if top else None), top)
        return cls(
            tuple(joined),
            ranking,
            (*fields, *(column.field for column in joined), ranking.field),
            shown is None and len(joined) == len(usual),
        )

    def table(self, report: Report, depth: int | None) -> Report:
        """Return the report as it was asked for: folded, in order, and with its table."""
        from dataclasses import replace

        if depth is not None:
            from cnnparams.engine.reports.fold import fold

            report = fold(report, depth)
        table = LayerTable(self.columns, self.ranking, report.layers, self.is_usual)
        return replace(self.ranking.of(report), table=table)


def ranking_of(sort: str | None, top: int | None) -> Ranking:
    """Return the order of a word such as "-params"; raise ArgumentError for one that gives none."""
    if sort is None:
        return Ranking()
    word = sort.removeprefix("-")
    with about("sort"):
        column = column_of("layer" if word == _NAME else word)
        if not has_order(column):
            raise CnnparamsError(f"layers have no order by {column.key}")
    return Ranking(column, sort.startswith("-"), top)


def column_of(word: str) -> Column:
    """Return the column that a word, old or new, or a title means; raise CnnparamsError for another."""
    found = _meant(word)
    if found is None:
        known, wrong = columns(), word.strip().casefold()
        titled = total_titled(wrong)
        guess = (titled and titled.column) or suggest(wrong, known)
        hint = f"did you mean {quote(guess)}?" if guess else f"choose from {', '.join(known)}"
        raise CnnparamsError(f"unknown column {quote(wrong)}", hint)
    return found


def _meant(word: str) -> Column | None:
    found, title = find_column(word), word.strip().casefold()
    return found or next((column for column in columns().values() if column.title.casefold() == title), None)


def columns_of(words: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns that words, or text with commas between them, name; raise ArgumentError for others."""
    with about("columns"):
        return tuple(map(column_of, words_of(words)))
