"""What reading another framework's model gives: a spec, and what of the model it does not say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from cnnparams.engine.network.stack import Plain
from cnnparams.errors import some
from cnnparams.inert import printable
from cnnparams.sources.tensor_difference import TensorKind


class Gap(NamedTuple):
    """Something of a model that no layer says: where in the model, what it is, and what to do about it.

    `path` is the module that it belongs to, such as layer1.0.conv1, or empty for the model itself; `source` is the line
    of code, as file:line, where it is known. `entry` is the name of the spec's entry that stands in its place, if any.
    `kind` is what it has in common with others that are told with it; by default its line of code.
    """

    path: str
    what: str
    source: str | None = None
    remedy: str | None = None
    entry: str | None = None
    kind: str | None = None

    def __str__(self) -> str:
        lines = [": ".join(part for part in (self.source, self.path, self.what) if part)]
        if self.remedy:
            lines.append(f"hint: {self.remedy}")
        return "\n  ".join(map(printable, lines))


def told_once(gaps: Iterable[Gap]) -> Iterator[Gap]:
    """Yield the first gap of each kind, with the number of the other places that have one."""
    kinds: dict[object, list[Gap]] = {}
    for gap in gaps:
        kinds.setdefault(gap.kind or (gap.what, gap.source or gap.path), []).append(gap)
    for first, *others in kinds.values():
        more = f", and so at {len(others):,} other place{'s' if len(others) > 1 else ''}" if others else ""
        yield first._replace(what=f"{first.what}{more}")


class ModelTotals(NamedTuple):
    """What a spec must come to: the elements of a model's tensors, the shapes of its results without the batch, MACs.

    `tensors` are the shapes and roles of the tensors themselves, each with how many there are. None where something is
    not known; buffers are then no matter.
    """

    trainable: int
    frozen: int
    buffers: int | None = None
    outputs: tuple[tuple[int, ...], ...] | None = None
    macs: int | None = None
    tensors: Mapping[TensorKind, int] | None = None


def unsaid_dtypes(dtypes: Collection[str]) -> Iterator[str]:
    """Yield the remark that a spec does not carry the dtypes of a model's weights, where they are not float32."""
    if found := sorted(set(dtypes) - {"float32"}):
        also = " and float32" if "float32" in dtypes else ""
        yield f"warning: the spec says no dtype, and the model holds {some(found)}{also}: count with --dtype"


class Reading(NamedTuple):
    """A model as a spec: a plain list of layers named by their paths, as `engine.stack` gives it, and the gaps.

    `remarks` are what is right but not plain to see; `totals` are the model's own, where the reader knows them.
    `classes` are what the model's author called the modules at these paths; `origins` tell where layers stood, by name.
    """

    spec: Plain
    gaps: tuple[Gap, ...] = ()
    remarks: tuple[str, ...] = ()
    totals: ModelTotals | None = None
    classes: Mapping[str, str] = MappingProxyType({})
    origins: Mapping[str, str] = MappingProxyType({})
