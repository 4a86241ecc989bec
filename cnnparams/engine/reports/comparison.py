"""Reports -> Comparison: networks side by side, with ratios to the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnnparams.engine.costs.quantity import Heading, Total
from cnnparams.engine.reports.grid import Grid, ranked, side_by_side, with_ratios
from cnnparams.engine.reports.ranking import Ranking
from cnnparams.engine.reports.report import Report
from cnnparams.engine.shown import LayoutName, Shown


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Shown):
    """Networks side by side: what each is and costs, and the table of them in its order."""

    reports: tuple[Report, ...]
    grid: Grid
    is_plotted: bool = False

    def to_dict(self, *, layout: LayoutName = "hwc") -> dict[str, Any]:
        """Return the rows of `to_dicts` as one document."""
        return {"networks": self.to_dicts(layout=layout)}


def compared(
    reports: Sequence[Report], shown: Sequence[Heading | Total] | None, ranking: Ranking, *, is_plotted: bool = False
) -> Comparison:
    """Return the comparison of networks by what is shown, or by default by what tells most, in an order."""
    also = [ranking.column] if isinstance(ranking.column, Total) else []
    grid = ranked(with_ratios(side_by_side(reports, also, shown)), reports, ranking)
    return Comparison(tuple(reports), grid, is_plotted)
