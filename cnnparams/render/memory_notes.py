"""What every format says of a network's memory: the lines of its parts, and what no figure has in it."""

from __future__ import annotations

from cnnparams.engine.reports.memory import Memory
from cnnparams.render.cells import size

_NAMED = 5
_TRAIN = "To train it"
_ASIDE = " (an estimate)"

_USE = {"Weights": "weight_bytes", "Buffers": "buffer_bytes", "Peak activations": "peak_activation_bytes"}
_TRAINING = {
    "Weights": "weight_bytes",
    "Gradients": "gradient_bytes",
    "Optimizer state": "optimizer_bytes",
    "Saved for backward": "saved_for_backward_bytes",
}


def sections(memory: Memory) -> dict[str, dict[str, int]]:
    """Return what the network needs to be used and, where asked for, to be trained: bytes by name, and together."""
    found = {"To use it": _summed(_lines(memory, _USE))}
    if memory.training:
        lines = _lines(memory, _TRAINING)
        others = int(memory.report.training_bytes) - sum(lines.values())  # buffers that are not among what is saved
        found[f"{_TRAIN} with {memory.setting.optimizer}"] = _summed({**lines, "Other buffers": others})
    if memory.int8:
        parts = {"Weights": memory.int8.weight_bytes, "Biases": memory.int8.bias_bytes}
        flash = {**parts, "Scales": memory.int8.scale_bytes, "Names and shapes": memory.int8.structure_bytes}
        sram = {"Arena": memory.int8.arena_bytes, "Multipliers": memory.int8.multiplier_bytes}
        found["In 8 bits on a microcontroller, flash (an estimate)"] = _summed(flash)
        found["In 8 bits on a microcontroller, SRAM (an estimate)"] = _summed(sram)
    return found


def estimated(memory: Memory, title: str) -> dict[str, str]:
    """Return what stands behind those of the lines of a section that are estimates, by their names."""
    doubted = memory.uncertain and title.startswith(_TRAIN)
    return dict.fromkeys(("Saved for backward", "Together"), f" {_ASIDE}") if doubted else {}


def by_estimate(memory: Memory) -> str:
    """Return what stands behind what is needed in all, where that is an estimate."""
    return _ASIDE if memory.uncertain else ""


def verdict(memory: Memory) -> str | None:
    """Say whether the network fits on the device, and what is left."""
    room, device = memory.room, memory.device
    if room is None or device is None:
        return None
    says = "fits" if room.fits else "does not fit"
    return f"It {says} on {device.name}: {_left('flash', room.flash)}, {_left('SRAM', room.sram)}."


def doubts(memory: Memory) -> str | None:
    """Say of which layers what is saved for the backward pass is an estimate."""
    if not memory.uncertain:
        return None
    shown = ", ".join(memory.uncertain[:_NAMED]) + (", ..." if len(memory.uncertain) > _NAMED else "")
    return f"What is saved for the backward pass is an estimate for {shown}: PyTorch may keep more."


def _left(what: str, count: int) -> str:
    return f"{size(count)} of {what} left" if count >= 0 else f"{size(-count)} of {what} too much"


def left_out(memory: Memory) -> str:
    """Say what the figures leave out."""
    use = "the framework itself, its kernels' workspace, and what its allocator rounds up"
    training = ", the gradients of activations, and the optimizer's counters" if memory.training else ""
    small = "; in 8 bits, the interpreter and the scratch memory of its kernels" if memory.int8 else ""
    return f"Left out: {use}{training}{small}."


def _lines(memory: Memory, parts: dict[str, str]) -> dict[str, int]:
    return {name: int(memory.report.costs[field]) for name, field in parts.items()}


def _summed(lines: dict[str, int]) -> dict[str, int]:
    return {**lines, "Together": sum(lines.values())}
