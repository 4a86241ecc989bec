"""What was compared with PyTorch: its figures beside ours, of each layer and of the whole. Nothing here needs torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cnnparams.engine.reports.report import Kind, Report, TensorReport
from cnnparams.engine.shown import Shown


class Figure(NamedTuple):
    """What both say of one thing, for one sample.

    `key` and `title` are those of the report. PyTorch's is None where it refuses the layer, and text where it has
    something else altogether.
    """

    key: str
    title: str
    kind: Kind
    ours: Any
    theirs: Any

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return bool(self.ours == self.theirs)


class LayerCheck(NamedTuple):
    """One layer: its figures, its tensors, and what PyTorch says where it refuses the layer."""

    name: str
    type: str
    figures: tuple[Figure, ...]
    tensors: Figure
    refusal: str | None = None

    @property
    def same(self) -> bool:
        """Whether every figure is PyTorch's."""
        return all(figure.same for figure in (*self.figures, self.tensors))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verification(Shown):
    """A network beside PyTorch's, or beside a model that someone wrote, which `other` names.

    Of such a model the layers are not known, but its tensors: those that only one of both has, under the names there.
    `failure` tells why the model could not be run.
    """

    name: str
    other: str
    torch_version: str
    totals: tuple[Figure, ...]
    layers: tuple[LayerCheck, ...] = ()
    only_ours: tuple[TensorReport, ...] = ()
    only_theirs: tuple[TensorReport, ...] = ()
    failure: str | None = None

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return all(part.same for part in self._parts()) and not (self.only_ours or self.only_theirs or self.failure)

    def __bool__(self) -> bool:
        return self.same

    def _parts(self) -> Iterator[Figure | LayerCheck]:
        yield from self.totals
        yield from self.layers


def compared(report: Report, found: Mapping[str, Any]) -> tuple[Figure, ...]:
    """Return the report's totals beside those that were found."""
    return tuple(
        Figure(total.field, total.title, total.kind, report.costs[total.field], found[total.field])
        for total in report.totals
        if total.field in found
    )
