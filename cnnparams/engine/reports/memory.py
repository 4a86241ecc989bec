"""Graph -> Memory: what a network needs to be used and to be trained, and where the peak is."""

from __future__ import annotations

from dataclasses import dataclass

from cnnparams.engine.devices import Room, room_left
from cnnparams.engine.memory.int8 import Quantized, quantized
from cnnparams.engine.memory.liveness import liveness
from cnnparams.engine.memory.saved import saved
from cnnparams.engine.network.graph import Graph, batchless
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import Report
from cnnparams.engine.setting import Setting
from cnnparams.engine.shown import Shown

USE = ("weight_bytes", "peak_activation_bytes")
TRAINING = ("training_bytes",)


@dataclass(frozen=True, slots=True)
class Alive:
    """A tensor that is alive at the peak."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The largest batch within a limit, and the bytes that it needs.

    The batch is 0 where not even one sample fits, and None where samples cost nothing.
    """

    limit: int
    batch: int | None
    bytes: int


@dataclass(frozen=True, slots=True, repr=False)
class Memory(Shown):
    """The costs of a network in a setting, the tensors alive at the peak, and what else was asked.

    `uncertain` names the layers of which what they save for the backward pass is an estimate. `told` has what
    is told of the layers, where that is not all of `report`.
    """

    report: Report
    setting: Setting
    training: bool
    alive: tuple[Alive, ...]
    uncertain: tuple[str, ...]
    fit: Fit | None = None
    int8: Quantized | None = None
    told: Report | None = None

    @property
    def room(self) -> Room | None:
        """What the network in 8 bits leaves of the device's memories."""
        device = self.setting.device
        return room_left(device, self.int8.flash_bytes, self.int8.sram_bytes) if device and self.int8 else None

    @property
    def fits(self) -> bool:
        """Whether all that was asked to fit does."""
        return not (self.fit and self.fit.batch == 0) and not (self.room and not self.room.fits)


def memory(
    graph: Graph,
    setting: Setting,
    *,
    training: bool = False,
    limit: int | None = None,
    int8: bool = False,
) -> Memory:
    """Return what a network needs.

    With a `limit` in bytes, also the largest batch that stays within it; in 8 bits where asked, and for a device.
    """
    report = measure(graph, (*USE, *(TRAINING if training else ())), setting)
    live = liveness(graph, setting.dtype, setting.batch)
    alive = tuple(Alive(life.name, life.bytes) for life in live.alive_at(live.peak) if life.bytes)
    fit = None if limit is None else _fit(graph, setting, limit, training=training)
    uncertain = saved(graph, setting).uncertain if training else ()
    small = quantized(graph) if int8 or setting.device else None
    return Memory(report, setting, training, alive, uncertain, fit, small)


def bytes_needed(graph: Graph, setting: Setting, *, training: bool) -> int:
    """Return all bytes that a network needs to be used, or to be trained."""
    if training:
        return int(measure(graph, TRAINING, setting).training_bytes)
    report = measure(graph, USE, setting)
    return int(report.weight_bytes + report.buffer_bytes + report.peak_activation_bytes)


def _fit(graph: Graph, setting: Setting, limit: int, *, training: bool) -> Fit:
    """Return the largest batch: what a network needs grows by the same for each sample from the second on.

    The first is another case, as a slice of one sample may lie in memory as if it were no slice.
    """
    one, two, three = (bytes_needed(graph, setting._replace(batch=batch), training=training) for batch in (1, 2, 3))
    if one > limit:
        return Fit(limit, 0, one)
    if two > limit:
        return Fit(limit, 1, one)
    if two == three:
        return Fit(limit, None, two)
    batch, more = 2 + (limit - two) // (three - two), three - two
    needed = two + (batch - 2) * more
    if batchless(graph.nodes):  # where another layer has the peak in larger batches, each sample needs more
        while (needed := bytes_needed(graph, setting._replace(batch=batch), training=training)) > limit:
            more = needed - bytes_needed(graph, setting._replace(batch=batch - 1), training=training)
            batch -= -(-(needed - limit) // more)
    return Fit(limit, batch, needed)
