"""Reading a model takes work in proportion to its size: of twice the steps, twice as much."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache, partial
from types import FrameType, ModuleType
from typing import Any

import pytest

from cnnparams.sources.structure.recover import recovered
from tests.sources.read_back import named, read

SHAPE = "4x6x6"
FEW, MANY = 25, 200
COUNTED = ("/cnnparams/", "/torch/fx/", "/torch/nn/modules/module.py")
"""Where work may grow too much: what of torch looks through a model's modules; the rest of it is much, and steady."""

MODELS = ["Sharing", "Repeated", "Functional", "Residual", "Branches", "Unknown", "Unused", "Constants", "InPlace"]


@cache
def is_counted(filename: str) -> bool:
    return any(part in filename.replace(os.sep, "/") for part in COUNTED)


def work(run: Callable[[], Any]) -> int:
    """Return how many instructions of Python run, those of comprehensions for each element."""
    instructions = 0

    def count(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal instructions
        if event == "opcode":
            instructions += 1
        elif event == "call":
            if not is_counted(frame.f_code.co_filename):
                return None
            frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        run()
    finally:
        sys.settrace(before)
    return instructions


def imported(model: Any) -> None:
    reading = read(model, SHAPE)
    recovered(reading.spec, reading.classes)


@pytest.mark.parametrize("name", MODELS)
def test_eight_times_the_steps_are_eight_times_the_work(torch: ModuleType, name: str) -> None:
    """What a model of one step takes as well is left out; work that grew as n * n would be 64 times as much."""
    model = named(f"growing:{name}")
    imported(model(1))  # what is loaded and kept at first
    least, few, many = (work(partial(imported, model(steps))) for steps in (1, FEW, MANY))
    assert many - least < 1.15 * (MANY - 1) / (FEW - 1) * (few - least)
