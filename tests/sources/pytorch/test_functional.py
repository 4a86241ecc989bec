"""Steps that learn and multiply nothing: exported again, they compute the same, whichever way a model was traced."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from cnnparams.targets.code.module import export
from tests.sources.read_back import named, read, text
from tests.specs import spec_of
from tests.targets.code.exported import model_of

NAMES = ("Scaled", "Compared", "Reduced", "DroppedPath", "Padded", "Activated", "Moved")
SHAPE = "3x8x8"


def strict(torch: ModuleType, name: str) -> Any:
    """Return a model that takes nothing which stands for a tensor, so that torch.export alone can follow it."""
    plain = named(f"functional:{name}")

    def forward(self: Any, x: Any) -> Any:
        if not isinstance(x, torch.Tensor):
            raise TypeError("a tensor is due")
        return plain.forward(self, x)

    return type(name, (plain,), {"forward": forward})()


def results(made: Any) -> list[Any]:
    """Return the results, of which a number for each sample is one of its dimensions."""
    return [each[:, None] if each.dim() == 1 else each for each in (made if isinstance(made, tuple) else (made,))]


@pytest.mark.parametrize(
    ("name", "exported"),
    [*((name, False) for name in NAMES), *((name, True) for name in NAMES if name != "Moved")],  # ATen picks by tensors
)
def test_what_is_exported_computes_what_the_model_does(torch: ModuleType, name: str, exported: bool) -> None:
    model = (strict(torch, name) if exported else named(f"functional:{name}")()).eval()
    reading = read(model, SHAPE)
    assert reading.gaps == ()
    assert "opaque" not in text(reading)
    made = model_of(export(spec_of(text(reading))), "cpu").eval()
    made.load_state_dict(model.state_dict())
    x = torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(results(made(x)), results(model(x)), equal_nan=True)


def test_a_path_that_is_dropped_is_scaled_as_the_model_does_it(torch: ModuleType) -> None:
    lines = [line for line in text(read(named("functional:DroppedPath")(), SHAPE)).splitlines() if "type: " in line]
    assert [line.split("type: ")[1].split(",")[0] for line in lines] == [
        *("conv2d", "stochastic_depth", "add"),
        *("conv2d", "divide", "stochastic_depth", "multiply", "add"),
        "global_avg_pool2d",
    ]
    assert all("p: 0.25" in line for line in lines if "stochastic_depth" in line)


@pytest.mark.parametrize(
    ("step", "types"),
    [
        (lambda x: x * 1 + 0 - 0, []),
        (lambda x: x / 1, []),
        (lambda x: 1 / x, ["divide"]),
        (lambda x: 2**x, ["pow"]),
        (lambda x: x**1, []),
        (lambda x: x.clamp(max=0), ["clamp"]),
        (lambda x: x.clamp(min=0), ["relu"]),
        (lambda x: x.clip(0, 6), ["relu6"]),
        (lambda x: x.div(2, rounding_mode="trunc"), ["divide", "trunc"]),
        (lambda x: x.div(2, rounding_mode="floor"), ["floor_divide"]),
        (lambda x: x.sub(x, alpha=2), ["add"]),
        (lambda x: x.neg_().exp_(), ["neg", "exp"]),
        (lambda x: x.max(2)[0], ["amax"]),
        (lambda x: x.max(2)[1], ["argmax"]),
        (lambda x: x.mean((1, 2)), ["mean"]),
        (lambda x: x.std(1, unbiased=False), ["std"]),
        (lambda x: x.norm(p=float("inf"), dim=1), ["norm"]),
        (lambda x: x.addcmul(x, x, value=0.5), ["multiply", "add"]),
    ],
)
def test_a_step_is_the_type_of_its_name(torch: ModuleType, step: Any, types: list[str]) -> None:
    class Model(torch.nn.Module):  # type: ignore[name-defined,misc]
        def forward(self, x: Any) -> Any:
            return step(x.tanh())

    layers = read(Model(), "3x6x6").spec["layers"]
    assert [each if isinstance(each, str) else each["type"] for each in layers] == ["tanh", *types]
