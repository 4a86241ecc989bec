"""A layer costs the same in a stack of a thousand and in one of a hundred thousand, written out or by repeat."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark

SIZES = (1_000, 10_000, 100_000)
RUNS = 3
STACK = Path(__file__).parent / "stack.py"


def per_layer(layers: int, form: str) -> tuple[float, float]:
    """Return the least CPU seconds of some processes and their least peak memory in kilobytes, for one layer."""
    runs = RUNS if layers < SIZES[-1] else 1
    arguments = [sys.executable, str(STACK), str(layers), form]
    texts = [subprocess.run(arguments, capture_output=True, text=True, check=True).stdout for _ in range(runs)]
    seconds, kilobytes = zip(*map(json.loads, texts), strict=True)
    return min(seconds), min(kilobytes)


@pytest.mark.parametrize("form", ["written", "repeat", "block"])
def test_cost_of_a_layer(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    costs = {layers: per_layer(layers, form) for layers in SIZES}
    first = costs[SIZES[0]][0]
    with capsys.disabled():
        for layers, (seconds, kilobytes) in costs.items():
            ratio = f"{seconds / first:.2f} of the first"
            print(
                f"\n{layers:>9,} layers, {form}: {seconds * 1e6:.1f} us ({ratio}), {kilobytes:.2f} KiB a layer", end=""
            )
    assert costs[SIZES[-1]][0] < 2 * first
