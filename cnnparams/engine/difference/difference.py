"""What leads from one network to another: nothing but numbers and names, for every renderer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from cnnparams.engine.costs.quantity import Column, Kind, Total, magnitude, quotient
from cnnparams.engine.reports.report import LayerReport, Report
from cnnparams.engine.shown import Shown


class Status(Enum):
    """What became of a layer: it was changed itself, or is affected by other changes, or has another name only."""

    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"
    AFFECTED = "affected"
    RENAMED = "renamed"
    SAME = "same"


class Change(NamedTuple):
    """A value that differs; `own` is one that an author wrote, the others follow from what enters the layer."""

    key: str
    kind: Kind
    before: Any
    after: Any
    own: bool = True


@dataclass(frozen=True, slots=True)
class LayerDifference:
    """A layer of either network, or of both; `costs` are the differences in the columns that add up."""

    before: LayerReport | None
    after: LayerReport | None
    changes: tuple[Change, ...]
    costs: Mapping[str, int]

    @property
    def layer(self) -> LayerReport:
        """The layer as it is, or as it was where it was removed."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def status(self) -> Status:
        """What became of the layer."""
        if self.before is None or self.after is None:
            return Status.ADDED if self.before is None else Status.REMOVED
        if any(change.own for change in self.changes):
            return Status.CHANGED
        if self.changes or any(self.costs.values()):
            return Status.AFFECTED
        return Status.SAME if self.before.name == self.after.name else Status.RENAMED


class TotalDifference(NamedTuple):
    """A total of both networks."""

    total: Total
    before: Any
    after: Any

    @property
    def by(self) -> float | None:
        """How much more it is; of one for each axis the largest counts. None where either has none."""
        before, after = self._magnitudes()
        return None if before is None or after is None else after - before

    @property
    def ratio(self) -> float | None:
        """How many times as much it is; None where either has none, or the first is 0."""
        before, after = self._magnitudes()
        return quotient(after, before) if before and after is not None else None

    def _magnitudes(self) -> tuple[float | None, float | None]:
        return magnitude(self.before, self.total.kind), magnitude(self.after, self.total.kind)


@dataclass(frozen=True, kw_only=True, repr=False)
class Difference(Shown):
    """What leads from one network to another.

    `layers` are all layers of both in the order of the second, each that was removed behind what stood before it.
    `columns` are those that add up over the layers, `totals` those that stand side by side and the others that differ.
    `changes` are those of the network itself: its inputs, which layers give its results, and the order of layers.
    """

    before: Report
    after: Report
    changes: tuple[Change, ...]
    layers: tuple[LayerDifference, ...]
    columns: tuple[Column, ...]
    totals: tuple[TotalDifference, ...]

    @property
    def is_none(self) -> bool:
        """Whether both are the same network."""
        return not self.changes and all(layer.status is Status.SAME for layer in self.layers)
