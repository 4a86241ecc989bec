"""Layers are called as the modules were that a file was exported from, as far as it tells."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from cnnparams.sources.onnx.model import OnnxNode
from cnnparams.sources.onnx.names import module_of, path_of, safe
from tests.sources.onnx.models import File, node, whole


@pytest.mark.parametrize(
    ("tensor", "module"),
    [
        ("layer1.0.conv1.weight", "layer1.0.conv1"),
        ("lstm.weight_ih_l0", "lstm"),
        ("resnetv17_conv0_weight", "resnetv17_conv0"),
        ("conv1_w_0", "conv1"),
        ("model/conv1/kernel", "model.conv1"),
        ("onnx::Conv_77", None),
        ("val_3", None),
        ("weight", None),
        ("pos_embed", None),
        ("a b.weight", "a_b"),
        ("..weight", None),
        ("-a.weight", None),
    ],
)
def test_a_tensor_tells_its_module(tensor: str, module: str | None) -> None:
    assert module_of(tensor) == module


@pytest.mark.parametrize(
    ("name", "kind", "path"),
    [
        ("/layer1/layer1.0/conv1/Conv", "Conv", "layer1.0.conv1"),
        ("/layer1/layer1.1/down/down.0/Conv", "Conv", "layer1.1.down.0"),
        ("/layer1/layer1.0/relu_1/Relu", "Relu", "layer1.0.relu_1"),
        ("/Relu_4", "Relu", None),
        ("Conv_0", "Conv", None),
        ("model/conv1/Conv2D", "Conv", "model.conv1"),
        ("resnetv17_conv0_fwd", "Conv", "resnetv17_conv0_fwd"),
        ("conv1", "Conv", "conv1"),
        ("node_conv2d_3", "Conv", None),
        ("", "Conv", None),
        ("17", "Conv", None),
        ("a\n'b\"\x1b", "Relu", "a__b__"),
    ],
)
def test_a_node_tells_its_module(name: str, kind: str, path: str | None) -> None:
    assert path_of(OnnxNode(kind, name, (), (), {})) == path


def test_a_name_too_long_is_none() -> None:
    assert safe(["a" * 200]) == "a" * 200
    assert safe(["a" * 201]) is None


def chain(*nodes: tuple[str, str], scopes: Sequence[str] = ()) -> File:
    """Return a file of nodes one after another, each given as (operation, name), and the scopes they come from."""
    steps = [node(kind, [f"v{i}"], [f"v{i + 1}"], name=name) for i, (kind, name) in enumerate(nodes)]
    steps[0].input[0], steps[-1].output[0] = "x", "y"
    for step, scope in zip(steps, scopes, strict=False):
        step.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=scope)
    return File(steps, (1, 4, 6, 6))


def names(file: File, folder: Path) -> list[str]:
    return [entry["name"] for entry in whole(file.save(folder)).spec["layers"]]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (chain(("Relu", ""), ("Tanh", ""), ("Relu", "")), ["relu1", "tanh1", "relu2"]),
        (chain(("Relu", "a"), ("Tanh", "a"), ("Relu", "a")), ["a", "a_1", "a_2"]),
        (chain(("Relu", "a"), ("Relu", "a"), ("Tanh", "a_1")), ["a", "a_1", "a_1_1"]),
        (chain(("Relu", "relu1"), ("Relu", "")), ["relu1", "relu2"]),
        (chain(("Relu", ""), ("Relu", "relu1")), ["relu2", "relu1"]),
        (chain(("Relu", "input"), ("Tanh", "y")), ["input_1", "y"]),
        (chain(("Relu", "/block/act/Relu"), ("Tanh", "/block/Tanh")), ["block.act", "block.tanh"]),
        (
            chain(("Relu", "node_relu"), ("Tanh", "node_tanh"), scopes=["['', 'a', 'a.0', 'relu']", "['', 'tanh']"]),
            ["a.0", "tanh1"],
        ),
        (chain(("Relu", "n"), scopes=["not a list, but as long as one: ['"]), ["n"]),
        (chain(("Relu", "a\nb"), ("Tanh", "'\x1b[31m")), ["a_b", "___31m"]),
    ],
)
def test_names_are_kept_and_each_is_given_once(file: File, expected: list[str], tmp_path: Path) -> None:
    assert names(file, tmp_path) == expected


def test_weights_name_their_layer_before_other_nodes_of_the_module(tmp_path: Path) -> None:
    nodes = [node("Relu", ["x"], ["a"], name="/c/Relu"), node("Conv", ["a", "c.weight"], ["y"], name="/c/Conv")]
    assert names(File(nodes, (1, 4, 6, 6), {"c.weight": (2, 4, 1, 1)}), tmp_path) == ["c.relu", "c"]


def test_a_learned_tensor_is_called_as_it_is(tmp_path: Path) -> None:
    file = File([node("Add", ["x", "blocks.0.scale"], ["y"], name="/blocks.0/Add")], (1, 4), {"blocks.0.scale": (4,)})
    assert names(file, tmp_path) == ["blocks.0.scale"]
