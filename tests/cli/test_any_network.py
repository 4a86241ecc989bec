"""Every command takes any network: a spec, an ONNX file, the code of a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bad_runs import cnnparams
from tests.cli.run import run

MODELS = """
import torch
from torch import nn

def small():
    print("making it")
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 5))

class Spectrum(nn.Module):
    def forward(self, x):
        return x / x.max()

class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x):
        return self.conv(self.conv(x)) if self.training else self.conv(x)

def broken():
    raise RuntimeError("boom")

def gaps():
    return nn.Sequential(nn.Conv2d(3, 8, 3), Spectrum())
"""
ONNX = str(Path(__file__).parent.parent.parent / "docs/examples/simple_cnn.onnx")
CODE = ("models_of_any:small", "--input", "3x8x8")
PARAMS = 224 + 288 * 5 + 5
COMMANDS = {
    "count": (),
    "explain": (),
    "memory": (),
    "receptive-field": (),
    "compare": (),
    "check": ("--max", "params=1M"),
    "export": (),
    "show": (),
    "import": (),
    "verify": (),
}


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models_of_any.py").write_text(MODELS)
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_the_code_of_a_model(command: str) -> None:
    pytest.importorskip("torch")
    done = cnnparams(command, *CODE, *COMMANDS[command])
    assert (done.code, "making it" in done.out) == (0, False), done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_an_onnx_file(command: str) -> None:
    pytest.importorskip("onnx")
    assert cnnparams(command, ONNX, *COMMANDS[command]).code == 0


def test_a_model_counts_as_its_spec_does() -> None:
    pytest.importorskip("torch")
    assert json.loads(cnnparams("count", *CODE, "--json").out)["total_params"] == PARAMS


def test_an_onnx_file_and_its_spec_differ_in_nothing() -> None:
    pytest.importorskip("onnx")
    done = cnnparams("diff", "simple_cnn", ONNX, "--json")
    assert (done.code, json.loads(done.out)["totals"]["total_params"]["difference"]) == (0, 0)


def test_a_network_with_gaps_is_not_counted_and_they_are_named() -> None:
    pytest.importorskip("torch")
    done = cnnparams("count", "models_of_any:gaps", "--input", "3x8x8")
    assert (done.code, done.out) == (2, "")
    assert "models_of_any.py:11: 1: Tensor.max gives one result for all samples of a batch" in done.err
    assert "models_of_any:gaps: cannot be counted: some of its operations have no layer type" in done.err


def test_code_without_the_shape_of_its_input_is_not_run() -> None:
    done = cnnparams("count", "models_of_any:small")
    assert (done.code, done.out) == (2, "")
    assert "--input says what enters the model, such as --input 3x224x224" in done.err


def test_explain_tells_where_a_layer_stood() -> None:
    pytest.importorskip("onnx")
    (layer,) = json.loads(cnnparams("explain", ONNX, "fc1", "--json").out)["layers"]
    assert layer["origin"].startswith("node")
    assert layer["origin"] in cnnparams("explain", ONNX, "fc1").out


def test_a_spec_may_have_another_size() -> None:
    smaller = json.loads(cnnparams("count", "resnet18", "--input", "3x160x160", "--json").out)
    assert smaller == json.loads(cnnparams("count", "resnet18", "--set", "size=160", "--json").out)
    oblong = json.loads(cnnparams("count", "resnet18", "--input", "3x160x192", "--json").out)
    assert oblong["input_shape"] == [160, 192, 3]


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("160x160", "the shape of 'input' is CHANNELSxHEIGHTxWIDTH: 3 sizes, not 2"),
        ("1x3x224x224", "3 sizes, not 4\n  hint: leave out the batch: --input 3x224x224"),
        ("image=3x8x8", "no input is called image; it has 1: input"),
        ("3x8x8:int64", "a spec does not declare the type of its input"),
    ],
)
def test_an_input_that_a_spec_does_not_have(shape: str, said: str) -> None:
    done = cnnparams("count", "resnet18", "--input", shape)
    assert (done.code, said in done.err) == (2, True), done.err


def test_choosing_takes_another_size_in_every_process() -> None:
    asked = ("sweep", "mobilenet_v1", "--set", "width=0.5,1", "--input", "3x96x128", "--format", "csv")
    one, two = (run(*asked, "--jobs", jobs) for jobs in ("1", "2"))
    assert (one.code, one.stderr) == (0, "")
    assert one == two
    assert one != run(*asked[:-4], "--format", "csv")


@pytest.mark.parametrize("command", [*COMMANDS, "sweep", "solve"])
def test_every_command_takes_a_mode_for_models_alone(command: str) -> None:
    own = {"sweep": ("--set", "size=160"), "solve": ("--var", "size", "--max", "params=1M")}
    done = cnnparams(command, "resnet18", *own.get(command, ()), "--mode", "eval")
    assert (done.code, done.out) == (2, "")
    assert "--mode is for PyTorch models: a spec has none" in done.err


def test_a_model_is_read_in_either_mode() -> None:
    pytest.importorskip("torch")
    asked = ("count", "models_of_any:Twice", "--input", "3x8x8", "--json")
    layers = {
        mode: len(json.loads(cnnparams(*asked, "--mode", mode).out)["layers"])
        for mode in ("train", "training", "eval", "evaluation")
    }
    assert layers == {"train": 2, "training": 2, "eval": 1, "evaluation": 1}
    assert len(json.loads(cnnparams(*asked).out)["layers"]) == 2


def test_among_several_the_mode_is_that_of_the_models() -> None:
    pytest.importorskip("torch")
    asked = ("resnet18", "models_of_any:Twice", "--input", "3x64x64", "--mode", "eval", "--json")
    assert [row["layer_count"] for row in map(json.loads, cnnparams("compare", *asked).out.splitlines())] == [51, 1]
    assert json.loads(cnnparams("diff", *asked).out)["totals"]["layer_count"]["after"] == 1


def test_a_size_is_said_once() -> None:
    done = cnnparams("count", "resnet18", "--input", "3x160x160", "--set", "size=128")
    assert (done.code, done.out) == (2, "")
    assert "size is set to 128, but the input says 160: give one of them" in done.err
    assert cnnparams("count", "resnet18", "--input", "3x160x160", "--set", "size=160").code == 0


@pytest.mark.parametrize("command", ["count", "compare", "diff", "check"])
def test_a_network_that_fails_among_several_is_named(command: str) -> None:
    pytest.importorskip("torch")
    done = cnnparams(command, "lenet5", "models_of_any:broken", "--input", "1x32x32")
    assert (done.code, done.out) == (2, "")
    assert "calling 'models_of_any:broken' failed: RuntimeError: boom" in done.err
    done = cnnparams(command, "lenet5", "models_of_any:small", "--input", "1x32x32")
    assert (done.code, done.out) == (2, "")
    assert "models_of_any:small: running the model failed: RuntimeError" in done.err


@pytest.mark.parametrize("command", [*COMMANDS, "diff"])
def test_an_onnx_file_may_come_on_standard_input(command: str) -> None:
    pytest.importorskip("onnx")
    other = ("simple_cnn",) if command == "diff" else ()
    done = cnnparams(command, "-", *other, *COMMANDS.get(command, ()), stdin=Path(ONNX).read_bytes())
    assert done.code == 0, done.err


def test_what_comes_on_standard_input_is_told_by_its_bytes() -> None:
    pytest.importorskip("onnx")
    data = Path(ONNX).read_bytes()
    named = json.loads(cnnparams("count", ONNX, "--json").out)
    piped = json.loads(cnnparams("count", "-", "--json", stdin=data).out)
    assert (named["total_params"], named["layers"]) == (piped["total_params"], piped["layers"])
    assert piped["name"] == "stdin"
    assert cnnparams("count", "-", stdin=data[:300]).err.startswith("<stdin>: is not an ONNX model, or was cut off")
    assert cnnparams("count", "-", stdin=b"\x1c\0\0\0TFL3").err.startswith("<stdin>: is a TensorFlow Lite model")
    assert cnnparams("count", "-", stdin=b"input: {features: 3}\nlayers: [relu]").code == 0
    assert cnnparams("count", "-", stdin=b"").code == 2


def test_standard_input_is_read_once_however_many_sizes_are_asked_for() -> None:
    pytest.importorskip("onnx")
    done = cnnparams("sweep", "-", "--input", "3x64x64,3x96x96", "--csv", stdin=Path(ONNX).read_bytes())
    assert (done.code, done.out.splitlines()[1:]) == (0, ["3x64x64,707690,13666304"])
    assert "<stdin>: has been read, which can be done once" in done.err


SHAPED = b"vars: {n: 4, dims: [2, 3]}\ninput: {shape: %s}\nlayers: [relu, {type: linear, out_features: n}]"


@pytest.mark.parametrize(
    ("shape", "given", "entered", "features"),
    [
        (b"[2, 8]", "3x9", [3, 9], 4),
        (b"[2, n]", "3x9", [3, 9], 9),
        (b"[n, 2 * n]", "3x9", [3, 9], 3),
        (b"dims", "3x9", [3, 9], 4),
    ],
)
def test_a_shape_has_other_sizes(shape: bytes, given: str, entered: list[int], features: int) -> None:
    done = cnnparams("count", "-", "--input", given, "--json", "--layout", "chw", stdin=SHAPED % shape)
    found = json.loads(done.out)
    assert (found["input_shape"], found["output_shape"]) == (entered, [entered[0], features])


@pytest.mark.parametrize("given", ["3x8x8", "8"])
def test_a_shape_keeps_its_rank(given: str) -> None:
    done = cnnparams("count", "-", "--input", given, stdin=SHAPED % b"[2, n]")
    assert done.code == 2
    assert f"<stdin>: the shape of 'input' has 2 sizes, not {given.count('x') + 1}" in done.err
