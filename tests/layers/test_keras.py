"""Words of Keras' against what Keras says of them: the figures are kept, and with --keras made anew and compared."""

from __future__ import annotations

import json
import math
import os
import re
from types import ModuleType
from typing import Any

import pytest

from cnnparams.engine.reports.report import Report
from cnnparams.errors import SpecError
from cnnparams.layers.contract import registry
from tests.layers.keras_figures import TOKENS, WORDS, drawn, measured
from tests.specs import reference, report_of

CASES: list[dict[str, Any]] = reference("keras.json")["cases"]
COUNT_OF_BATCHES = "num_batches_tracked"
AXES = (("features",), ("length",), ("height", "width"), ("depth", "height", "width"))

PYTORCHS = {"Conv1D", "Conv2D", "Conv3D", "Add", "Multiply", "Dropout", "Flatten", "Embedding", "GRU"}
"""Words that PyTorch has too, but for their case."""
ANYWHERE = {"Dense", "LayerNormalization", "Concatenate"} | PYTORCHS
"""Words that do not ask that the channels are first."""


def meant(case: dict[str, Any]) -> bool:
    """Tell whether the word is refused where Keras has an answer."""
    word, settings, dims = case["word"], case["settings"], case["inputs"][0]
    if case["kind"] == "tokens":
        return word not in ANYWHERE
    if word == "Dense":
        return len(dims) > 1
    if word == "LayerNormalization":
        return len(dims) in (2, 4)
    if word.endswith("Transpose") and "output_padding" not in settings:
        kernel, stride = settings["kernel_size"], settings.get("stride", 1)
        return any(stride > k for k in (kernel if isinstance(kernel, list) else [kernel]))
    return False


def described(case: dict[str, Any], dims: list[int]) -> dict[str, Any]:
    """Return the `input` of a spec for a shape of Keras'."""
    if case["kind"] == "tokens":
        return {"shape": dims}
    *sizes, channels = dims
    return dict(zip(AXES[len(sizes)], sizes, strict=True)) | {"channels": channels} if sizes else {"features": channels}


def spec(case: dict[str, Any]) -> str:
    entry = {"type": case["word"], **case["settings"]}
    if len(case["inputs"]) > 1:
        entry["from"] = ["input", "same"]
    layers = [{"type": "identity", "name": "same"}, entry] if "from" in entry else [entry]
    return json.dumps({"input": described(case, case["inputs"][0]), "layers": layers})


def counted(report: Report) -> dict[str, Any]:
    """Return the last layer in Keras' terms: shape, weights that are trained, and the others but a count of batches."""
    layer = report.layers[-1]
    tensors = [(tensor.role, math.prod(tensor.shape)) for tensor in layer.tensors if tensor.name != COUNT_OF_BATCHES]
    return {
        "output": list(layer.output_shape.channels_last),
        "trainable": sum(size for role, size in tensors if role == "trainable"),
        "non_trainable": sum(size for role, size in tensors if role != "trainable"),
    }


@pytest.mark.parametrize("word", WORDS)
def test_a_word_counts_as_keras_does_or_is_refused(word: str) -> None:
    for case in (case for case in CASES if case["word"] == word):
        if "refused" in case or meant(case):
            with pytest.raises(SpecError):
                report_of(spec(case))
        else:
            found = counted(report_of(spec(case)))
            assert found == {kind: case[kind] for kind in found}, case


@pytest.mark.parametrize("word", sorted(TOKENS))
def test_what_is_refused_of_tokens_says_why(word: str) -> None:
    refused = [case for case in CASES if case["word"] == word and case["kind"] == "tokens" and meant(case)]
    for case in refused:
        if "refused" not in case:
            with pytest.raises(SpecError, match="Keras'"):
                report_of(spec(case))


def test_every_alias_has_figures() -> None:
    aliases = {alias for declaration in registry.declarations() for alias in declaration.aliases}
    assert aliases - WORDS.keys() == {"swish"}  # an activation, which learns nothing


@pytest.fixture
def keras(torch: ModuleType, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if not pytestconfig.getoption("--keras"):
        pytest.skip("runs with --keras")
    monkeypatch.setitem(os.environ, "KERAS_BACKEND", "torch")
    module: ModuleType = pytest.importorskip("keras")
    return module


@pytest.mark.filterwarnings("default")
def test_the_figures_are_those_of_the_keras_that_is_installed(keras: ModuleType) -> None:
    assert [json.loads(json.dumps({**case, **measured(keras, case)})) for case in drawn()] == CASES


READ = [
    ("LSTM", "{hidden_size: 16}", "{shape: [5, 8]}", 4 * 16 * (8 + 16) + 2 * 4 * 16),  # Keras has one bias: 1,600
    ("GRU", "{hidden_size: 16, bias: false}", "{shape: [5, 8]}", 3 * 16 * (8 + 16)),
    ("PReLU", "{}", "{channels: 4, height: 8, width: 8}", 1),  # Keras has a slope for each element: 256
    ("MultiHeadAttention", "{num_heads: 2}", "{shape: [5, 8]}", 4 * 8 * 8 + 4 * 8),
    ("Linear", "{out_features: 5}", "{channels: 3, height: 8, width: 6}", 6 * 5 + 5),
]


@pytest.mark.parametrize(("word", "settings", "input_", "parameters"), READ)
def test_a_word_that_pytorch_has_too_is_pytorch_s(word: str, settings: str, input_: str, parameters: int) -> None:
    entry = "{" + ", ".join(filter(None, (f"type: {word}", settings.strip("{}")))) + "}"
    assert report_of(f"input: {input_}\nlayers: [{entry}]").total_params == parameters


@pytest.mark.parametrize("word", ["dense", "DENSE", "De_nse"])
def test_case_and_underscores_of_a_word_do_not_matter(word: str) -> None:
    with pytest.raises(SpecError, match=re.escape("Dense is Keras'")):
        report_of(f"input: {{channels: 3, height: 8, width: 6}}\nlayers: [{{type: {word}, out_features: 4}}]")


def test_a_word_becomes_the_layer_of_pytorch_with_keras_defaults() -> None:
    """BatchNormalization(momentum=0.99, epsilon=0.001): PyTorch's momentum is the weight of what is new."""
    (layer,) = report_of("input: {features: 6}\nlayers: [BatchNormalization]").layers
    assert layer.type == "batch_norm1d"
    settings = {setting.name: setting.value for setting in layer.hyperparameters}
    assert (settings["eps"], settings["momentum"]) == (0.001, 0.01)


def test_tensors_are_shared_between_a_word_of_keras_and_the_type() -> None:
    layers = "[{type: Dense, name: a, out_features: 6}, {type: linear, share: a}, {type: Dense, share: a}]"
    assert report_of(f"input: {{features: 6}}\nlayers: {layers}").total_params == 6 * 6 + 6
