"""A model, imported and exported again: a checkpoint of the one loads into the other, to the last name."""

from __future__ import annotations

import json
from types import ModuleType

import pytest

from cnnparams.sources.structure.recover import recovered
from tests.sources.pytorch.test_models import SAMPLES, Sample
from tests.sources.read_back import named, read
from tests.targets.code.exported import first_names, model_of, text_of

NAMING = [
    Sample("naming:Numbered", ("3x8x8",)),
    Sample("naming:Top", ("3x8x8",)),
    Sample("naming:Words", ("3x8x8",)),
    Sample("naming:ByHand", ("6",)),
    Sample("naming:Inputs", ("4", "5", "3")),
]
OTHERWISE = "classic:Functional"
"""A model whose weights belong to no module that is their layer."""
NOT_WRITTEN = ("Spectral", "Spare", "SpareInside", "PartlyFrozen", "Standardised", "Tokens")
"""Models of which a step is opaque, which is not written as code, or something is told."""


@pytest.mark.parametrize("flat", [True, False], ids=["flat", "blocks"])
@pytest.mark.parametrize("sample", [*SAMPLES, *NAMING], ids=lambda sample: sample.model)
def test_a_checkpoint_loads(torch: ModuleType, sample: Sample, flat: bool) -> None:
    if sample.model in (OTHERWISE, *(f"unusual:{name}" for name in NOT_WRITTEN)):
        pytest.skip("its names are told")
    model = named(sample.model)().train(sample.modes[0] == "training")
    reading = read(model, *sample.inputs)
    assert (reading.gaps, reading.remarks) == ((), ())
    again = model_of(text_of(reading.spec if flat else recovered(reading.spec, reading.classes)), "cpu")
    state, ours = model.state_dict(), first_names(again)
    theirs = first_names(model)
    assert {*theirs.values()} == {theirs[name] for name in ours.values()}  # whichever name of a shared tensor it kept
    loaded = {name: state[first] for name, first in ours.items()}
    assert again.load_state_dict(loaded, strict=True).missing_keys == []
    assert {name: tensor.shape for name, tensor in again.state_dict().items() if name in state} == {
        name: state[name].shape for name in ours if name in state
    }


def test_names_that_cannot_be_kept_are_told(torch: ModuleType) -> None:
    (remark,) = read(named(OTHERWISE)(), "3x32x32").remarks
    assert remark.startswith("warning: a checkpoint does not fit a module that is exported from the spec")
    assert "'conv1_weight', 'conv1_bias'" in remark
    spaced = torch.nn.Sequential()
    spaced.add_module("a b", torch.nn.Linear(4, 4))
    (remark,) = read(spaced, "4").remarks
    assert "'a b.weight', 'a b.bias'" in remark


def test_inputs_make_room_for_modules_of_their_names(torch: ModuleType) -> None:
    spec = read(named("naming:Inputs")(), "4", "5", "3").spec
    assert [*spec["inputs"]] == ["image_input", "meta_input2", "meta_input"]
    assert {layer["name"] for layer in spec["layers"]} >= {"image", "meta"}


def test_what_is_exported_is_what_was_imported(torch: ModuleType) -> None:
    """The list of the issue: without its activation, the second module of a list is still the one of number 1."""
    model = torch.nn.ModuleDict({"f": torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Conv2d(3, 8, 3))})
    model.forward = lambda x: model["f"](x)
    again = model_of(text_of(json.loads(json.dumps(read(model, "3x8x8").spec))))
    assert [*again.state_dict()] == ["f.1.weight", "f.1.bias"]
