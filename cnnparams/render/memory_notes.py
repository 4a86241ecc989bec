"""What every format says of a network's memory: the lines of its parts, and what no figure has in it."""

from __future__ import annotations

from cnnparams.engine.memory import Memory

_USE = {"Weights": "weight_bytes", "Buffers": "buffer_bytes", "Peak activations": "peak_activation_bytes"}
_TRAINING = {
    "Weights": "weight_bytes",
    "Buffers": "buffer_bytes",
    "Gradients": "gradient_bytes",
    "Optimizer state": "optimizer_bytes",
    "Saved for backward": "saved_for_backward_bytes",
}


def sections(memory: Memory) -> dict[str, dict[str, int]]:
    """Return what the network needs to be used and, where asked for, to be trained: bytes by name, and together."""
    found = {"To use it": _section(memory, _USE)}
    if memory.training:
        found[f"To train it with {memory.setting.optimizer}"] = _section(memory, _TRAINING)
    return found


def left_out(memory: Memory) -> str:
    """Say what the figures leave out."""
    use = "the framework itself, its kernels' workspace, and what its allocator rounds up"
    training = ", the gradients of activations, and the optimizer's counters" if memory.training else ""
    return f"Left out: {use}{training}."


def _section(memory: Memory, parts: dict[str, str]) -> dict[str, int]:
    lines = {name: int(memory.report.costs[field]) for name, field in parts.items()}
    return {**lines, "Together": sum(lines.values())}
