"""`cnnparams.load` takes a network in whatever form a program has it."""

from __future__ import annotations

import io
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest

import cnnparams
from cnnparams.api.loading import Loadable
from cnnparams.schema.plain import document_of

ROOT = Path(__file__).parent.parent
PLAIN: dict[str, Any] = {
    "name": "plain",
    "vars": {"wide": 4},
    "input": {"channels": 3, "height": 8, "width": 8},
    "layers": [
        {"type": "conv2d", "out_channels": "wide", "kernel_size": 3},
        "flatten",
        {"type": "linear", "out_features": 5},
    ],
}
TEXT = """
vars: {wide: 4}
input: {channels: 3, height: 8, width: 8}
layers: [{type: conv2d, out_channels: wide, kernel_size: 3}, flatten, {type: linear, out_features: 5}]
"""
PARAMS = 4 * 27 + 4 + 5 * 144 + 5


@pytest.mark.parametrize(
    "given", [PLAIN, TEXT, io.StringIO(TEXT), io.BytesIO(TEXT.encode())], ids=["dict", "text", "open", "open in bytes"]
)
def test_a_spec_in_any_form(given: Loadable) -> None:
    network = cnnparams.load(given)
    assert network.report().total_params == PARAMS
    assert network.set(wide=8).report().total_params > PARAMS


def test_a_path_and_a_name() -> None:
    path = ROOT / "specs" / "simple_cnn.yaml"
    assert cnnparams.load(path).report() == cnnparams.load("simple_cnn").report() == cnnparams.count(str(path))


def test_an_onnx_file() -> None:
    pytest.importorskip("onnx")
    assert cnnparams.count(ROOT / "docs/examples/simple_cnn.onnx").total_params == 707690


def test_a_live_module() -> None:
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.Linear(144, 5))
    network = cnnparams.load(model, input=(3, 8, 8))
    assert (network.name, network.report().total_params) == ("Sequential", PARAMS)
    with pytest.raises(cnnparams.CnnparamsError, match=r"say what enters the model: input=\(3, 224, 224\)"):
        cnnparams.load(model)


@pytest.mark.parametrize("size", ["3x9x9", (3, 9, 9), [3, 9, 9], {"input": (3, 9, 9)}, [(3, 9, 9)], "input=3x9x9"])
def test_an_input_in_any_form(size: Any) -> None:
    assert cnnparams.load(PLAIN, input=size).graph.inputs[0].shape.dims == (3, 9, 9)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({**PLAIN, "layers": [{"type": "conv2d", "out_chanels": 3}]}, "<dict>: layers[0].out_chanels: "),
        (
            {
                **PLAIN,
                "layers": [
                    {"type": "linear", "out_features": 2},
                    {"type": "conv2d", "out_channels": 3, "kernel_size": 99},
                ],
            },
            "<dict>: layers[1]",
        ),
        ({**PLAIN, "vars": {1: 2}}, "<dict>: the key '1' is not text"),
        ({**PLAIN, "vars": {"wide": object()}}, "a spec cannot hold an object of type 'object'"),
        ({**PLAIN, "vars": {"wide": float("nan")}}, "'nan' is not a number that 64 bits can hold"),
        ({**PLAIN, "vars": {"wide": 2**70}}, "is not a number that 64 bits can hold"),
        ({}, "<dict>: missing key 'layers'"),
        (7, "an object of type 'int' is not a network"),
        ("input: 3\n", "<text>:1:8: "),
        (io.BytesIO(b"\xff\xfe\0"), "<file>: is UTF-16 text"),
    ],
)
def test_what_is_no_network_is_told(given: Any, said: str) -> None:
    with pytest.raises(cnnparams.CnnparamsError) as raised:
        _ = cnnparams.load(given).graph
    assert said in str(raised.value)


def test_a_mapping_within_itself_has_no_end() -> None:
    endless: dict[str, Any] = {}
    endless["layers"] = [endless]
    with pytest.raises(cnnparams.CnnparamsError, match="nested more than 100 levels deep"):
        cnnparams.load(endless)


@pytest.mark.parametrize("size", ["3x9y", (3, 0, 3), "", [()]])
def test_a_wrong_input_is_told(size: Any) -> None:
    with pytest.raises(cnnparams.CnnparamsError, match="input: "):
        cnnparams.load(PLAIN, input=size)


def test_a_network_has_its_input() -> None:
    with pytest.raises(cnnparams.CnnparamsError, match="give another one to load"):
        cnnparams.count(cnnparams.load(PLAIN), input=(3, 9, 9))


def test_loading_imports_no_framework() -> None:
    assert cnnparams.load(PLAIN).report().total_params == PARAMS
    import subprocess

    program = "import cnnparams, sys; cnnparams.load('resnet18').report(); print({'torch', 'onnx'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_document_that_was_no_text_can_be_sent_to_another_process() -> None:
    document = document_of(PLAIN, "plain", {"conv1": "models.py:3"})._replace(origins={})
    assert pickle.loads(pickle.dumps(document)) == document
