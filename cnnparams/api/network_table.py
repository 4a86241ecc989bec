"""The words that say which columns a table of networks has, and which networks in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cnnparams.engine.costs.quantity import Heading, Total
from cnnparams.engine.costs.register import UnknownTotalError, find_total, measurable, short_totals
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.comparison import Comparison, compared
from cnnparams.engine.reports.grid import OWN, Grid, ranked, side_by_side
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.ranking import Ranking
from cnnparams.engine.reports.report import Report
from cnnparams.engine.setting import Setting
from cnnparams.errors import CnnparamsError, about, quote, suggest

_MOST = "-params"


class NetworkWords(NamedTuple):
    """What was asked of networks side by side: the columns, or None for those that tell most; the order; the setting.

    Each network is measured by itself, as it comes; then their reports make a table.
    """

    columns: tuple[Heading | Total, ...] | None
    ranking: Ranking
    setting: Setting

    @classmethod
    def of(cls, columns: Iterable[str] | None, sort: str | None, top: int | None, setting: Setting) -> NetworkWords:
        """Read the words; raise ArgumentError for one that names nothing, or nothing that can be measured."""
        ranking = ranking_of(sort, top, OWN, setting)
        return cls(None if columns is None else columns_of(columns, OWN, setting), ranking, setting)

    def measured(self, graph: Graph) -> Report:
        """Return what a network costs."""
        shown = short_totals(self.setting) if self.columns is None else totals_among(self.columns)
        return measure(graph, [*(total.field for total in shown), self.ranking.field], self.setting)

    def comparison(self, reports: Sequence[Report], *, is_plotted: bool = False) -> Comparison:
        """Return networks with ratios to the first."""
        return compared(reports, self.columns, self.ranking, is_plotted=is_plotted)

    def table(self, reports: Sequence[Report]) -> Grid:
        """Return networks each by itself."""
        return ranked(side_by_side(reports, totals_among([self.ranking.column]), self.columns), reports, self.ranking)


def column_of(word: str, own: Mapping[str, Heading]) -> Heading | Total:
    """Return one of the table's own columns, or the total of a word; raise CnnparamsError for another."""
    try:
        return own.get(word.strip()) or find_total(word)
    except UnknownTotalError as error:
        guess = suggest(word, own)
        raise CnnparamsError(error.message, f"did you mean {quote(guess)}?" if guess else error.hint) from None


def columns_of(words: Iterable[str], own: Mapping[str, Heading], setting: Setting) -> tuple[Heading | Total, ...]:
    """Return the columns that words, or text with commas between them, name; raise ArgumentError for others."""
    with about("columns"):
        found = tuple(column_of(word, own) for word in words_of(words))
        measurable(totals_among(found), setting)
    return found


def words_of(words: Iterable[str]) -> list[str]:
    """Return the words of a list, or of text with commas between them."""
    return words.split(",") if isinstance(words, str) else list(words)


def totals_among(columns: Iterable[object]) -> list[Total]:
    """Return those of the columns that are totals."""
    return [column for column in columns if isinstance(column, Total)]


def ranking_of(sort: str | None, top: int | None, own: Mapping[str, Heading], setting: Setting) -> Ranking:
    """Return the order of a word such as "-params", which `top` keeps the first of; without a word, by the most of it.

    Raise ArgumentError for a word that gives none.
    """
    by = sort or (_MOST if top else None)
    if not by:
        return Ranking()
    with about("sort"):
        column = column_of(by.removeprefix("-"), own)
        measurable(totals_among([column]), setting)
    return Ranking(column, by.startswith("-"), top)
