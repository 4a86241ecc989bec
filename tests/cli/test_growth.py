"""No command takes more than twice the work for twice the layers. The work is counted in calls: it is not timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnparams.engine.difference import alignment
from tests.bad_runs import cnnparams

INPUT = "input: {channels: 3, height: 8, width: 8}\n"
SIZES = (200, 400, 800)
LINEAR, QUADRATIC = 2, 4
"""How many times the layers that come last cost what came before: the second half of 4n, beside that of 2n."""
NETWORKS: dict[str, Callable[[int], str]] = {
    "a stack": lambda n: f"layers: [{{type: conv2d, out_channels: 3, kernel_size: 1, repeat: {n}}}]",
    "layers that differ": lambda n: f"layers: [{{type: conv2d, out_channels: index + 1, kernel_size: 1, repeat: {n}}}]",
    "tensors that wait for long": lambda n: (
        f"layers: [{{type: relu, name: b, repeat: {n // 2}}},"
        f" {{type: add, from: ['b[-1 - index]', 'b[index]'], repeat: {n // 2}}}]"
    ),
    "one tensor for all": lambda n: (
        f"layers: [{{type: relu, name: a}}, {{type: tanh, from: a, name: b, repeat: {n}}},"
        f" {{type: add, from: [{', '.join(f'b{i}' for i in range(1, n + 1))}]}}]"
    ),
    "residual blocks": lambda n: (
        "blocks: {unit: {params: {out: null}, layers: [{type: residual, layers: ["
        "{type: conv2d, out_channels: out, kernel_size: 3, padding: 1}, batch_norm2d]}]}}\n"
        f"layers: [{{block: unit, repeat: {n // 3}, out: channels}}]"
    ),
}
COMMANDS = [
    "count A",
    "count A --json",
    "count A --depth 1",
    "explain A",
    "memory A --training",
    "memory A --int8",
    "receptive-field A",
    "compare A --json",
    "check A --max params=1",
    "show A",
    "export A",
    "diff A B",
]


def calls(arguments: list[str]) -> int:
    """Return how many calls of functions a run takes."""
    count = 0

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        outcome = cnnparams(*arguments)
    finally:
        sys.setprofile(None)
    assert outcome.code < 2
    return count


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("command", COMMANDS)
def test_twice_the_layers_take_twice_the_work(
    command: str, network: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alignment, "MOST_CELLS", 10_000)  # up to which the best alignment is searched for
    a, b = tmp_path / "a.yaml", tmp_path / "b.yaml"

    def work(layers: int) -> int:
        a.write_text(INPUT + NETWORKS[network](layers))
        b.write_text(INPUT + NETWORKS[network](layers).replace("layers: [{", "layers: [tanh, {", 1))
        paths = {"A": str(a), "B": str(b)}
        return calls([paths.get(word, word) for word in command.split()])

    work(2)  # imports, and what is remembered for ever
    small, middle, large = map(work, SIZES)
    assert large - middle < (LINEAR + QUADRATIC) / 2 * (middle - small)
