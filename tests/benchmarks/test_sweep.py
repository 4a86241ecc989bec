"""Points per second of a sweep over widths and resolutions, beside building each network in PyTorch."""

import gc
import time
import warnings
from collections.abc import Callable
from functools import partial
from statistics import median
from types import ModuleType
from typing import Any

import pytest

from cnnparams.engine.choosing.evaluation import Evaluator, Points, Varying, outcomes
from cnnparams.engine.setting import USUAL
from cnnparams.schema.load import load
from tests.benchmarks.torch_models import parameters

pytestmark = pytest.mark.benchmark

RUNS = 5
FIELDS = ["total_params", "total_macs"]
WIDTHS: dict[str, tuple[str, list[float]]] = {
    "resnet50": ("group_width", [*range(8, 136, 8)]),
    "mobilenet_v2": ("width", [0.25 + i / 16 for i in range(16)]),
}


def seconds(run: Callable[[], Any]) -> float:
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        run()
        return time.perf_counter() - start
    finally:
        gc.enable()


def points(model: str, sizes: int) -> Points:
    var, widths = WIDTHS[model]
    each = [{var: width, "size": 64 + 448 // sizes * i} for width in widths for i in range(sizes)]
    return Points(iter(each), len(each))


def swept(model: str, sizes: int, jobs: int) -> None:
    """Work out every point, from the file on."""
    assert sum(1 for _ in outcomes(Varying(load(model)), FIELDS, USUAL, points(model, sizes), jobs)) == 16 * sizes


def built(torch: ModuleType, model: str) -> None:
    """Build the model at every width in PyTorch: its size changes nothing."""
    for width in WIDTHS[model][1]:
        parameters(torch, model, width)


@pytest.mark.parametrize("model", WIDTHS)
def test_a_sweep_beside_torch(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings(action="ignore"):
        torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    var, widths = WIDTHS[model]
    evaluator = Evaluator(load(model), FIELDS, USUAL)
    for width in widths:
        assert parameters(torch, model, width) == evaluator({var: width, "size": 224})["total_params"]
    for sizes in (8, 16, 64):
        rounds = [
            (
                seconds(partial(built, torch, model)) / len(widths),
                *(seconds(partial(swept, model, sizes, jobs)) / (16 * sizes) for jobs in (1, 2)),
            )
            for _ in range(RUNS)
        ]
        by_torch, one, two = (median(column) for column in zip(*rounds, strict=True))
        ratio = median(row[0] / row[1] for row in rounds)
        with capsys.disabled():
            print(
                f"\n{model}, 16 widths x {sizes} sizes: {1 / one:,.0f} points a second ({1 / two:,.0f} in two", end=""
            )
            print(f" processes), {1 / by_torch:,.0f} built in torch: {ratio:.0f} times as many", end="")
        assert ratio > 10
