"""Memory as text: what the network needs, line by line, and a bar for each layer."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.engine.reports.memory import Fit, Memory
from cnnparams.render import memory_notes as notes
from cnnparams.render.cells import size
from cnnparams.render.view import View

_BAR = 40
_SHOWN = 12


def render(memory: Memory, view: View) -> Iterator[str]:
    """Yield the sections."""
    setting = memory.setting
    yield f"{memory.report.name}, batch {setting.batch}, {setting.dtype}\n"
    for title, lines in notes.sections(memory).items():
        yield f"\n{title}\n"
        marks = notes.estimated(memory, title)
        yield from (f"  {name:<24}{size(count):>14}{marks.get(name, '')}\n" for name, count in lines.items())
    report = memory.report
    yield f"\nThe peak is at {report.peak_layer}: {_alive(memory)}.\n"
    yield f"Without reuse in place it would be {size(report.peak_activation_bytes_out_of_place)}.\n"
    if memory.fit:
        yield f"{_fitting(memory.fit, notes.by_estimate(memory))}\n"
    yield from (f"{said}\n" for said in (notes.verdict(memory), notes.doubts(memory)) if said)
    yield from _arena(memory)
    yield f"\nAlive while each layer runs\n{''.join(_bars(memory))}"
    yield f"\n{notes.left_out(memory)}\n"


def _alive(memory: Memory) -> str:
    shown = [f"{alive.name} {size(alive.bytes)}" for alive in memory.alive[:_SHOWN]]
    more = len(memory.alive) - _SHOWN
    return ", ".join([*shown, *([f"and {more} more"] if more > 0 else [])])


def _fitting(fit: Fit, aside: str) -> str:
    if fit.batch == 0:
        return f"Not even one sample fits in {size(fit.limit)}: it needs {size(fit.bytes)}{aside}."
    if fit.batch is None:
        return f"Any batch fits in {size(fit.limit)}: samples keep nothing, and the rest is {size(fit.bytes)}{aside}."
    return f"The largest batch in {size(fit.limit)} is {fit.batch:,}: it needs {size(fit.bytes)}{aside}."


def _arena(memory: Memory) -> Iterator[str]:
    if memory.int8:
        yield "\nThe arena: each tensor's first byte and its bytes\n"
        widest = max((len(slot.name) for slot in memory.int8.slots), default=0)
        yield from (f"  {slot.name:<{widest}}  {slot.offset:>12,}  {slot.bytes:>12,}\n" for slot in memory.int8.slots)


def _bars(memory: Memory) -> Iterator[str]:
    layers = memory.report.layers
    most = max((layer.live_bytes for layer in layers), default=0) or 1
    widest = max((len(layer.name) for layer in layers), default=0)
    for layer in layers:
        bar = "█" * max(1, round(_BAR * layer.live_bytes / most))
        yield f"  {layer.name:<{widest}}  {bar:<{_BAR}}  {size(layer.live_bytes):>12}\n"
