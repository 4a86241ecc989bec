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


def test_a_function_without_a_layer_is_named_by_its_module_and_line(torch: ModuleType) -> None:
    first, second = gaps(named("unusual:OwnAttention")(), "5x8")
    where = line_of("unusual:Products", "query @ key")
    assert first.splitlines()[0] == f"{where}: attention: operator.matmul is a matrix product without a layer type"
    assert second.startswith(line_of("unusual:Products", ") @ value"))


def test_a_way_that_values_decide_ends_the_reading(torch: ModuleType) -> None:
    *_, last = gaps(named("unusual:Values")(), "3x8x8")
    where = line_of("unusual:Values", "x.max()")
    told = "depends on the values of a tensor, which are only known when the model runs"
    assert last.splitlines() == [f"{where}: {told}", "  hint: a spec cannot express a path that depends on the data"]


def test_what_is_never_used_is_named_with_what_it_holds(torch: ModuleType) -> None:
    token, extra = gaps(named("unusual:Spare")(), "3x8x8")
    assert token.startswith("token: torch.nn.Parameter is never used: its 4 parameters would not be counted")
    assert extra.startswith("extra: torch.nn.Sequential is never used: its 46 parameters would not be counted")


def test_a_module_that_is_called_is_not_what_is_never_used(torch: ModuleType) -> None:
    (gap,) = gaps(named("unusual:SpareInside")(), "3x8x8")
    assert gap.startswith("doubled.norm: torch.nn.BatchNorm2d is never used: its 16 parameters and 17 buffers would")


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda _, x: x - 1, "operator.sub is an element-wise operation without a layer type"),
        (lambda _, x: x * 2, "operator.mul computes with the constant 2, which no layer type does"),
        (lambda _, x: x.clamp(0, 5), "Tensor.clamp clamps to bounds that no rectifier has"),
        (lambda _, x: x.sum(1), "Tensor.sum is a function without a layer type"),
        (lambda _, x: x.mean(), "Tensor.mean reduces over the batch"),
        (lambda _, x: x.softmax(0), "Tensor.softmax works along the batch, but a spec describes a single sample"),
        (
            lambda _, x: x.reshape(-1, 36),
            "Tensor.reshape mixes the samples of a batch: (N, 8, 6, 6) becomes (8 N, 36)",
        ),
        (lambda _, x: x[:, [0, 2]], "operator.getitem indexes with a list or a tensor"),
        (lambda model, x: x + model.buffer, "operator.add computes with the buffer buffer, which no layer type does"),
    ],
)
def test_what_a_function_does_that_layers_do_not_is_told(torch: ModuleType, function: Any, told: str) -> None:
    model = sequence(torch, function)
    model.register_buffer("buffer", torch.zeros(6) if "buffer" in told else None)
    (gap,) = gaps(model, "3x8x8")
    where, _, what = gap.splitlines()[0].partition(": ")
    assert where.startswith("tests/sources/pytorch/test_gaps.py:")
    assert what == told


def test_weights_that_are_made_on_the_way_are_told(torch: ModuleType) -> None:
    conv = torch.nn.functional.conv2d
    model = sequence(torch, lambda own, x: conv(x, own.w.sigmoid()), w=torch.nn.Parameter(torch.zeros(4, 8, 3, 3)))
    (gap,) = gaps(model, "3x8x8")
    assert "torch.nn.functional.conv2d has what Tensor.sigmoid makes of w as a weight" in gap


@pytest.mark.parametrize(("model", "shape"), [("Growing", "3x8x8"), ("MixedBatch", "10x16")])
def test_an_explanation_does_not_grow_with_the_steps_that_lead_to_it(torch: ModuleType, model: str, shape: str) -> None:
    """Each step uses the one before twice: spelled out, forty steps would take 2 ** 40 words."""
    few, many = (gaps(named(f"unusual:{model}")(steps), shape) for steps in (2, 40))
    assert few[0] == many[0]
    assert len(many) < 40


def test_of_many_origins_a_few_are_named(torch: ModuleType) -> None:
    first, *_ = gaps(named("unusual:ManyWeights")(), "3x8x8")
    assert first.endswith("uses what operator.add makes of scales.0 and scales.1 and scales.2 and others")


def test_a_layer_of_which_a_part_is_frozen_is_told(torch: ModuleType) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(4, 2))
    model[0].weight.requires_grad = False
    (gap,) = gaps(model, "4")
    assert gap.startswith("0: torch.nn.Linear 0.weight is frozen, and the layer's other parameters are not")


def test_what_follows_from_a_gap_is_not_told_again(torch: ModuleType) -> None:
    token = torch.nn.Parameter(torch.zeros(8, 6, 6))
    (gap,) = gaps(sequence(torch, lambda own, x: (x + own.token.cumsum(0)).relu(), token=token), "3x8x8")
    assert "operator.add uses what Tensor.cumsum makes of token" in gap


@pytest.mark.parametrize(
    ("model", "shape"), [("unusual:OwnAttention", "5x8"), ("unusual:Values", "3x8x8"), ("unusual:Spare", "3x8x8")]
)
def test_a_spec_with_gaps_cannot_be_counted(torch: ModuleType, model: str, shape: str) -> None:
    reading = read(named(model)(), shape)
    assert all(f"name: {gap.entry}" in text(reading) for gap in reading.gaps)
    with pytest.raises(SpecError, match="unknown layer type"):
        report_of(text(reading))
