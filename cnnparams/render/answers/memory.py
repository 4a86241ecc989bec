"""A network's memory: its parts, the peak, what fits, and what is alive while each layer runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from cnnparams.engine.reports.grid import Heading, Row
from cnnparams.engine.reports.memory import Fit, Memory
from cnnparams.engine.reports.ranking import AS_THEY_RUN, Ranking
from cnnparams.engine.reports.report import Column, Kind, Layers, Report
from cnnparams.render.answer import Answer
from cnnparams.render.answers.report import layer_table
from cnnparams.render.cells import size
from cnnparams.render.documents import indented
from cnnparams.render.sections import Bars, Fact, Facts, Note, Section, Table, Title
from cnnparams.render.view import Layout

SCHEMA_VERSION = 1

_NAMED = 5
_SHOWN = 12
_BARS = 24
"""Bars that are drawn unasked: what fits a screen."""
_TRAIN = "Training"
_ESTIMATE = "(an estimate)"

_USE = {"Weights": "weight_bytes", "Buffers": "buffer_bytes", "Peak activations": "peak_activation_bytes"}
_TRAINING = {
    "Weights": "weight_bytes",
    "Gradients": "gradient_bytes",
    "Optimizer state": "optimizer_bytes",
    "Saved for backward": "saved_for_backward_bytes",
}


class MemoryAnswer(Answer):
    """What a network needs to be used and, where asked for, to be trained."""

    json = staticmethod(indented)

    def __init__(
        self,
        memory: Memory,
        layers: Report | None = None,
        columns: Sequence[Column] = (),
        ranking: Ranking = AS_THEY_RUN,
    ) -> None:
        """Take a memory, and what is told of layers: their live memory as bars, or a table of columns."""
        self.memory = memory
        self.layers = layers or memory.report
        self.columns = columns
        self.ranking = ranking

    @classmethod
    def of(cls, found: Memory) -> MemoryAnswer:
        """Return what shows it as it was asked for."""
        told = found.told
        if told is None or told.table is None:
            return cls(found)
        table = told.table
        return cls(found, replace(told, layers=table.every), table.columns, table.ranking)

    def sections(self, layout: Layout) -> Iterator[Section]:
        """Yield what it needs and whether that fits, then each part of that, the peak, and bars for layers."""
        memory, report = self.memory, self.memory.report
        yield Title(f"{report.name}, batch {memory.setting.batch}, {memory.setting.dtype}")
        yield Note(tuple(_verdict(memory)))
        for title, lines in _needs(memory).items():
            marks = _estimated(memory, title)
            yield Facts(tuple(Fact(name, n, Kind.BYTES, marks.get(name, "")) for name, n in lines.items()), title)
        yield Note(tuple(_told(memory)))
        if memory.int8:
            numbers = (("offset", "First byte", Kind.COUNT), ("bytes", "Bytes", Kind.COUNT))
            heads = (("tensor", "Tensor", Kind.TEXT), *numbers)
            rows = [Row((slot.name, slot.offset, slot.bytes)) for slot in memory.int8.slots]
            title = "The arena: each tensor's first byte and its bytes"
            yield Table(tuple(Heading(*head) for head in heads), rows, title, is_list=True)
        yield from self._table() if self.columns else self._bars()
        yield Note((_left_out(memory),))

    def _table(self) -> Iterator[Section]:
        told = self.ranking.told(len(self.layers.layers))
        yield layer_table(self.ranking.of(self.layers).layers, self.columns)
        if told:
            yield Note((told,))

    def _bars(self) -> Iterator[Section]:
        """Yield a bar for each layer; unless asked for others, those of the most, in the order in which they run."""
        told = self.ranking.told(len(self.layers.layers))
        shown = self.ranking.of(self.layers).layers
        if self.ranking == AS_THEY_RUN and len(shown) > _BARS:
            most = sorted(shown, key=lambda layer: -layer.live_bytes)[:_BARS]
            named = {layer.name for layer in most}
            told = f"{_BARS} of {len(shown):,} layers, those with the most; --depth 1 sums up, --top N shows N of them."
            shown = Layers(layer for layer in shown if layer.name in named)
        yield Bars("Live memory per layer", tuple((layer.name, layer.live_bytes) for layer in shown), Kind.BYTES)
        if told:
            yield Note((told,))

    def records(self, layout: Layout) -> Table:
        """Return a row for each part of what is needed."""
        heads = (("use", Kind.TEXT), ("part", Kind.TEXT), ("bytes", Kind.BYTES), ("estimate", Kind.MARK))
        rows = (
            Row((title, name, count, name in _estimated(self.memory, title)))
            for title, lines in _needs(self.memory).items()
            for name, count in lines.items()
        )
        return Table(tuple(Heading(key, key.capitalize(), kind) for key, kind in heads), rows)

    def documents(self, layout: Layout) -> Iterator[Mapping[str, Any]]:
        """Yield one document; the totals have the keys that the report gives them."""
        memory = self.memory
        report, setting = memory.report, memory.setting
        layers = self.ranking.of(self.layers).layers
        yield {
            "schema_version": SCHEMA_VERSION,
            "name": report.name,
            "batch": setting.batch,
            "dtype": setting.dtype,
            "optimizer": setting.optimizer,
            **report.costs,
            "alive_at_peak": [asdict(alive) for alive in memory.alive],
            "timeline": [{"name": layer.name, "live_bytes": layer.live_bytes} for layer in layers],
            "uncertain": list(memory.uncertain),
            "fit": asdict(memory.fit) if memory.fit else None,
            "int8": _int8(memory),
            "left_out": _left_out(memory),
        }


def _int8(memory: Memory) -> dict[str, Any] | None:
    small, device, room = memory.int8, memory.setting.device, memory.room
    if small is None:
        return None
    parts = {name: value for name, value in small._asdict().items() if name.endswith("_bytes")}
    fitting = {"device": device._asdict(), "fits": room.fits, "left": room._asdict()} if device and room else {}
    slots = [{"name": slot.name, "offset": slot.offset, "bytes": slot.bytes} for slot in small.slots]
    return {"flash_bytes": small.flash_bytes, "sram_bytes": small.sram_bytes, **parts, **fitting, "arena": slots}


def _verdict(memory: Memory) -> Iterator[str]:
    """Yield whether it fits, and what it needs."""
    aside = f" {_ESTIMATE}" if memory.uncertain else ""
    if told := _on_device(memory):
        yield told
    if memory.fit:
        yield _fitting(memory.fit, aside)
    use = f"It needs {size(sum(_lines(memory, _USE).values()))} for inference"
    training = f", {size(memory.report.training_bytes)}{aside} for training" if memory.training else ""
    precision = f", in {memory.setting.dtype}" if memory.int8 else ""  # beside what it is in int8
    yield f"{use}{training}{precision}."


def _told(memory: Memory) -> Iterator[str]:
    report = memory.report
    yield f"The peak is at {report.peak_layer}: {_alive(memory)}."
    yield f"Without in-place reuse it would be {size(report.peak_activation_bytes_out_of_place)}."
    if told := _doubts(memory):
        yield told


def _alive(memory: Memory) -> str:
    shown = [f"{alive.name} {size(alive.bytes)}" for alive in memory.alive[:_SHOWN]]
    more = len(memory.alive) - _SHOWN
    return ", ".join([*shown, *([f"and {more} more"] if more > 0 else [])])


def _fitting(fit: Fit, aside: str) -> str:
    if fit.batch == 0:
        return f"Not even one sample fits in {size(fit.limit)}: it needs {size(fit.bytes)}{aside}."
    if fit.batch is None:
        return f"Any batch fits in {size(fit.limit)}: memory does not depend on it, and is {size(fit.bytes)}{aside}."
    return f"The largest batch in {size(fit.limit)} is {fit.batch:,}: it needs {size(fit.bytes)}{aside}."


def _needs(memory: Memory) -> dict[str, dict[str, int]]:
    """Return what the network needs to be used and, where asked for, to be trained: bytes by name, and together."""
    found = {"Inference": _summed(_lines(memory, _USE))}
    if memory.training:
        lines = _lines(memory, _TRAINING)
        others = int(memory.report.training_bytes) - sum(lines.values())  # buffers that are not among what is saved
        found[f"{_TRAIN} with {memory.setting.optimizer}"] = _summed({**lines, "Other buffers": others})
    if memory.int8:
        parts = {"Weights": memory.int8.weight_bytes, "Biases": memory.int8.bias_bytes}
        flash = {**parts, "Scales": memory.int8.scale_bytes, "Names and shapes": memory.int8.structure_bytes}
        sram = {"Arena": memory.int8.arena_bytes, "Multipliers": memory.int8.multiplier_bytes}
        found["Microcontroller, int8: flash (estimate)"] = _summed(flash)
        found["Microcontroller, int8: SRAM (estimate)"] = _summed(sram)
    return found


def _estimated(memory: Memory, title: str) -> dict[str, str]:
    """Return what stands behind those of the lines of a section that are estimates, by their names."""
    doubted = memory.uncertain and title.startswith(_TRAIN)
    return dict.fromkeys(("Saved for backward", "Total"), _ESTIMATE) if doubted else {}


def _on_device(memory: Memory) -> str | None:
    """Say whether the network fits on the device, and what is left."""
    room, device = memory.room, memory.setting.device
    if room is None or device is None:
        return None
    says = "fits" if room.fits else "does not fit"
    return f"It {says} on {device.name}: {_left('flash', room.flash)}, {_left('SRAM', room.sram)}."


def _doubts(memory: Memory) -> str | None:
    """Say of which layers what is saved for the backward pass is an estimate."""
    if not memory.uncertain:
        return None
    shown = ", ".join(memory.uncertain[:_NAMED]) + (", ..." if len(memory.uncertain) > _NAMED else "")
    return f"What is saved for the backward pass is an estimate for {shown}: PyTorch may keep more."


def _left(what: str, count: int) -> str:
    return f"{size(count)} of {what} left" if count >= 0 else f"{size(-count)} of {what} over"


def _left_out(memory: Memory) -> str:
    """Say what the figures leave out."""
    use = "the framework itself, its kernels' workspace, and what its allocator rounds up"
    training = ", the gradients of activations, and the optimizer's counters" if memory.training else ""
    small = "; in 8 bits, the interpreter and the scratch memory of its kernels" if memory.int8 else ""
    return f"Not included: {use}{training}{small}."


def _lines(memory: Memory, parts: dict[str, str]) -> dict[str, int]:
    return {name: int(memory.report.costs[field]) for name, field in parts.items()}


def _summed(lines: dict[str, int]) -> dict[str, int]:
    return {**lines, "Total": sum(lines.values())}
