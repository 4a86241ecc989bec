"""Attention that is written out, read as products: counted as torch counts it, and written so that it computes that."""

from __future__ import annotations

from types import ModuleType

import pytest

from cnnparams.schema.input_shape import shape_of
from cnnparams.sources.checking import spec_differences
from cnnparams.targets.code.module import export
from tests.sources.read_back import counted, named, read, text, torchs
from tests.specs import spec_of
from tests.targets.code.exported import model_of

LEARNED = (
    *("right", "turned", "left", "vector", "for_each_head", "for_each_sample", "columns", "steps_first", "each_step"),
    *("repeated", "with_bias", "bias", "equation", "table"),
)
WAYS = ("matmul", "function", "causal", "masked", "shared", "einsum", "bmm", "added")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("training", [True, False])
def test_attention_is_counted_as_torch_counts_its_products(torch: ModuleType, way: str, training: bool) -> None:
    model = named("products:Encoder")(way).train(training)
    assert counted(read(model, "3x16x16")) == torchs(model, torch.zeros(2, 3, 16, 16))


@pytest.mark.parametrize("way", LEARNED)
def test_products_with_a_parameter_are_counted_as_torch_counts_them(torch: ModuleType, way: str) -> None:
    """At a batch of one: what is made of parameters alone counts once."""
    model = named("products:Learned")(way)
    assert counted(read(model, "7x6")) == torchs(model, torch.zeros(1, 7, 6))


@pytest.mark.parametrize("way", ["matmul", "function", "masked", "einsum"])
def test_windows_that_are_folded_into_the_batch_are_counted(torch: ModuleType, way: str) -> None:
    model = named("products:Windows")(way)
    assert counted(read(model, "3x8x8")) == torchs(model, torch.zeros(2, 3, 8, 8))


def test_the_batch_is_the_first_letter_wherever_the_model_has_it(torch: ModuleType) -> None:
    model = named("products:StepsFirst")()
    reading = read(model, "5x6")
    assert counted(reading) == torchs(model, torch.zeros(2, 5, 6))
    first, second = (line for line in text(reading).splitlines() if "einsum" in line)
    assert 'equation: "bnd,bmd->bnm"' in first
    assert 'equation: "bnm,bmd->bnd"' in second


@pytest.mark.parametrize("batch_first", [True, False])
def test_a_mask_of_a_module_counts_nothing(torch: ModuleType, batch_first: bool) -> None:
    model = named("products:Causal")(batch_first=batch_first)
    reading = read(model, "5x6", "5")
    assert reading.totals
    assert list(spec_differences(text(reading), reading.totals)) == []
    assert counted(reading) == torchs(model, torch.zeros(2, 5, 6), torch.zeros(2, 5))


@pytest.mark.parametrize("batch_first", [True, False])
def test_attention_in_windows_is_that_of_a_module(torch: ModuleType, batch_first: bool) -> None:
    model = named("products:AttentionInWindows")(batch_first=batch_first)
    assert counted(read(model, "12x6")) == torchs(model, torch.zeros(2, 12, 6))


@pytest.mark.parametrize("batch_first", [True, False])
def test_the_weights_of_attention_are_a_step_of_their_own(torch: ModuleType, batch_first: bool) -> None:
    model = named("products:Shown")(batch_first=batch_first)
    reading = read(model, "5x8")
    assert counted(reading) == torchs(model, torch.zeros(2, 5, 8))
    assert "torch.nn.MultiheadAttention weights" in text(reading)


def test_a_bias_that_is_also_read_by_itself_counts_once(torch: ModuleType) -> None:
    model = named("products:KeysWithoutBias")()
    assert counted(read(model, "5x8")) == torchs(model, torch.zeros(2, 5, 8))


def test_bilinear_layers_are_read_and_counted_as_the_products_that_they_are(torch: ModuleType) -> None:
    """PyTorch's counter sees nothing in their kernel: rows times weights, and each result times a feature of b."""
    model = named("products:Pairs")()
    rows = 7
    macs = rows * (5 * 6 * 4 + 5 * 4) + rows * (3 * 5 * 4 + 3 * 4)
    expected = torchs(model, torch.zeros(2, 7, 6), torch.zeros(2, 7, 4))
    assert counted(read(model, "7x6", "7x4")) == expected._replace(macs=macs)


@pytest.mark.parametrize(
    ("equation", "what"),
    [("bnd,cmd->bcnm", "mixes the samples of a batch"), ("bnd,bmd->nm", "mixes the samples of a batch")],
)
def test_an_equation_that_mixes_samples_is_a_gap(torch: ModuleType, equation: str, what: str) -> None:
    class Mixing(torch.nn.Module):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.fc = torch.nn.Linear(6, 8)

        def forward(self, x: object) -> object:
            x = self.fc(x)
            return torch.einsum(equation, x, x)

    (gap, *_) = read(Mixing(), "5x6").gaps
    assert what in gap.what


@pytest.mark.parametrize(
    ("name", "way", "shape"),
    [
        *(("Encoder", way, "3x16x16") for way in WAYS),
        *(("Learned", way, "7x6") for way in LEARNED),
        *(("Windows", way, "3x8x8") for way in ("matmul", "function", "einsum")),
    ],
)
def test_what_is_exported_computes_what_the_model_does(torch: ModuleType, name: str, way: str, shape: str) -> None:
    model = named(f"products:{name}")(way).eval()
    exported = model_of(export(spec_of(text(read(model, shape)))), "cpu").eval()
    exported.load_state_dict(model.state_dict())
    x = torch.rand(2, *shape_of(shape).dims)
    torch.testing.assert_close(exported(x), model(x))
