"""Every network of the zoo, counted from its file in one process that has loaded what it needs."""

import gc
import time

import pytest

import cnnparams
from cnnparams.schema import zoo

pytestmark = pytest.mark.benchmark

RUNS = 7


def seconds(name: str) -> float:
    """Return the least CPU seconds of some runs, from the file to the report."""
    least = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        cnnparams.count(name)
        least = min(least, time.process_time() - start)
    return least


def test_time_of_each_network(capsys: pytest.CaptureFixture[str]) -> None:
    names = [member.name for member in zoo.members()]
    layers = {name: len(cnnparams.count(name).layers) for name in names}
    gc.collect()
    gc.disable()
    try:
        taken = {name: seconds(name) for name in names}
    finally:
        gc.enable()
    with capsys.disabled():
        for name, least in sorted(taken.items(), key=lambda item: item[1]):
            print(f"\n{name:<30} {layers[name]:>4} layers {least * 1e3:6.2f} ms", end="")
        print(f"\nwhole zoo: {len(names)} networks, {sum(taken.values()) * 1e3:.0f} ms")
    assert taken["resnet152"] / taken["resnet18"] < layers["resnet152"] / layers["resnet18"]
