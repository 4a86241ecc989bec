"""What no layer says is named, by module and line, and stands in a spec as what cannot be counted."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import pytest

from cnnparams.errors import SpecError
from tests.sources.read_back import named, read, text
from tests.specs import report_of


def line_of(model: str, code: str) -> str:
    """Return where a line of a model's code stands, as file:line."""
    cls = named(model)
    lines, first = inspect.getsourcelines(cls)
    number = first + next(i for i, each in enumerate(lines) if code in each)
    return f"tests/sources/models/{model.partition(':')[0]}.py:{number}"


def gaps(model: Any, *inputs: str) -> list[str]:
    return [str(gap) for gap in read(model, *inputs).gaps]


def sequence(torch: ModuleType, function: Any, **tensors: Any) -> Any:
    """Return a model of a convolution and what a function makes of its output."""

    class Model(torch.nn.Module):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv2d(3, 8, 3)
            for name, tensor in tensors.items():
                setattr(self, name, tensor)

        def forward(self, x: Any) -> Any:
            return function(self, self.conv(x))

    return Model()


def test_a_way_that_values_decide_ends_the_reading(torch: ModuleType) -> None:
    *_, last = gaps(named("unusual:Values")(), "3x8x8")
    where = line_of("unusual:Values", "x.max()")
    told = "depends on the values of a tensor, which are only known when the model runs"
    assert last.splitlines() == [f"{where}: {told}", "  hint: a spec cannot express a path that depends on the data"]


def test_what_is_never_used_counts_and_is_told(torch: ModuleType) -> None:
    token, extra, _ = read(named("unusual:Spare")(), "3x8x8").remarks
    assert token == "warning: token (torch.nn.Parameter) is never used by forward; its 4 parameters count all the same"
    assert extra == (
        "warning: extra (torch.nn.Sequential) is never used by forward; its 46 parameters count all the same"
    )


def test_a_module_that_is_called_is_not_what_is_never_used(torch: ModuleType) -> None:
    remark, _ = read(named("unusual:SpareInside")(), "3x8x8").remarks
    assert remark.startswith("warning: doubled.norm (torch.nn.BatchNorm2d) is never used by forward; its 16 parameters")


def test_a_step_that_no_layer_says_is_opaque_and_named(torch: ModuleType) -> None:
    layers = read(named("unusual:Spectral")(), "5x8").spec["layers"]
    opaque = [layer for layer in layers if layer["type"] == "opaque"]
    assert [layer["op"] for layer in opaque] == ["torch.linalg.pinv", "torch.matrix_exp"]
    assert [layer["shape"] for layer in opaque] == [[8, 5], [5, 5]]


@pytest.mark.parametrize("function", [lambda _, x: x.sum(0), lambda _, x: x.mean()])
def test_what_goes_over_all_samples_is_a_gap(torch: ModuleType, function: Any) -> None:
    (gap,) = gaps(sequence(torch, function), "3x8x8")
    where, _, what = gap.splitlines()[0].partition(": ")
    assert where.startswith("tests/sources/pytorch/test_gaps.py:")
    assert what.endswith("gives one result for all samples of a batch")


def test_a_step_without_a_layer_that_multiplies_is_a_gap(torch: ModuleType) -> None:
    conv = torch.nn.functional.conv2d
    model = sequence(torch, lambda _, x: conv(x, x.mean(0, keepdim=True).expand(4, 8, 6, 6)))
    assert gaps(model, "3x8x8")


@pytest.mark.parametrize(("model", "shape"), [("Growing", "3x8x8"), ("MixedBatch", "10x16")])
def test_a_spec_grows_as_its_model_does(torch: ModuleType, model: str, shape: str) -> None:
    """Each step uses the one before twice: spelled out, forty steps would take 2 ** 40 words."""
    few, many = (len(read(named(f"unusual:{model}")(steps), shape).spec["layers"]) for steps in (20, 40))
    assert many < 2.2 * few


def test_a_spec_with_gaps_cannot_be_counted(torch: ModuleType) -> None:
    reading = read(named("unusual:Values")(), "3x8x8")
    assert all(f"name: {gap.entry}" in text(reading) for gap in reading.gaps)
    with pytest.raises(SpecError, match="unknown layer type"):
        report_of(text(reading))
