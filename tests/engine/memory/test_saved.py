"""What autograd keeps: golden bytes of PyTorch, what counts once and where, and what is not kept at all."""

from __future__ import annotations

from typing import Any

import pytest

from cnnparams.engine.memory.saved import Saved, saved
from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph, Node, Port
from cnnparams.engine.setting import Setting
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.memory import TrainingMemory
from cnnparams.layers.contract.shape import Shape
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.layers.answers import TYPES
from tests.specs import SIMPLE_CNN, graph_of, reference

BY_TORCHVISION = reference("saved_for_backward.json")
CONV = "{type: conv2d, out_channels: 4, kernel_size: 3, padding: 1"


def kept(*layers: str, dims: str = "{channels: 4, height: 8, width: 8}", **setting: Any) -> Saved:
    """Return what is kept of entries; 4 channels of 8 x 8 are 1,024 bytes in float32."""
    entries = "\n".join(f"  - {layer}" for layer in layers)
    return saved(graph_of(f"input: {dims}\nlayers:\n{entries}"), Setting(**setting))


def test_the_tutorials_network() -> None:
    """The total is PyTorch's: its storages under saved_tensors_hooks, counted once, without the parameters'."""
    found = saved(build(load(SIMPLE_CNN)), Setting())
    conv1 = 3 * 64 * 64 + 16 * 60 * 60  # the image, and what relu leaves, which pool and conv2 read
    maxpool1 = 2 * 16 * 30 * 30  # indices of 64 bits
    conv2 = 16 * 30 * 30 + 32 * 26 * 26
    maxpool2 = 2 * 32 * 13 * 13
    fc1 = 32 * 13 * 13 + 128  # what flatten gives is a view
    assert found.per_node == tuple(4 * n for n in (conv1, maxpool1, conv2, maxpool2, 0, fc1, 0))
    assert (found.total, found.uncertain) == (604_288, ())


SAME = "kernel_size: 3, stride: 2, padding: same"


@pytest.mark.parametrize(
    ("layer", "rows", "more"),
    [
        (f"{{type: conv2d, out_channels: 4, {SAME}}}", 11 * 9, 0),  # a pad of its own: a row on both sides, a column
        (f"{{type: conv2d, out_channels: 4, {SAME}, padding_mode: circular}}", 11 * 9, 0),
        ("{type: conv2d, out_channels: 4, kernel_size: [3, 2], padding: same}", 9 * 9, 0),  # PyTorch's: the odd column
        (f"{{type: depthwise_conv2d, {SAME}}}", 11 * 9, 0),
        (f"{{type: separable_conv2d, out_channels: 4, {SAME}}}", 11 * 9, 2 * 5 * 4),
    ],
)
def test_the_pad_before_a_convolution_is_what_is_kept(layer: str, rows: int, more: int) -> None:
    """An image of 2 x 9 x 8; PyTorch's saved_tensors_hooks see of the exported module: 2,376 for the first."""
    assert kept(layer, dims="{channels: 2, height: 9, width: 8}", batch=3).total == 3 * 4 * (2 * rows + more)


@pytest.mark.parametrize(("counts", "divisor"), [("true", 0), ("false", 2 * 5 * 4)])
def test_a_mean_that_leaves_out_its_pad_keeps_what_it_divides_by(counts: str, divisor: int) -> None:
    pool = f"{{type: avg_pool2d, {SAME}, count_include_pad: {counts}}}"
    found = kept("{type: parameter, shape: [1]}", pool, dims="{channels: 2, height: 9, width: 8}")
    assert found.total == 4 * (2 * 11 * 9 + divisor)


def test_a_network_with_batch_norm_and_dropout() -> None:
    """The total is PyTorch's, and counts the 768 bytes of running statistics."""
    layers = [
        "{type: conv2d, out_channels: 32, kernel_size: 3, padding: 1}",
        "{type: batch_norm2d, activation: relu}",
        "{type: max_pool2d, kernel_size: 2}",
        "{type: conv2d, out_channels: 64, kernel_size: 3, padding: 1}",
        "{type: batch_norm2d, activation: relu}",
        "{type: max_pool2d, kernel_size: 2}",
        "flatten",
        "{type: linear, out_features: 128, activation: relu}",
        "{type: dropout, p: 0.5}",
        "{type: linear, out_features: 10}",
    ]
    found = kept(*layers, dims="{channels: 3, height: 32, width: 32}", batch=16)
    assert (found.total, found.buffers) == (8_873_472, 2 * 4 * (32 + 64))


@pytest.mark.parametrize("name", BY_TORCHVISION["bytes"])
def test_torchvisions_models(name: str) -> None:
    found = saved(build(load(name)), Setting(batch=BY_TORCHVISION["batch"]))
    assert found.total == BY_TORCHVISION["bytes"][name]


@pytest.mark.parametrize("name", [member.name for member in zoo.members()])
def test_nodes_sum_to_the_total_and_are_certain(name: str) -> None:
    graph = build(load(name))
    found = saved(graph, Setting(batch=2))
    assert (len(found.per_node), sum(found.per_node)) == (len(graph.nodes), found.total)
    assert found.uncertain == ()


@pytest.mark.parametrize(
    ("layers", "per_node"),
    [
        ([f"{CONV}}}", f"{CONV}}}"], [1024, 1024]),
        ([f"{CONV}, activation: relu}}", f"{CONV}}}"], [2048, 0]),
        ([f"{CONV}, activation: silu}}", f"{CONV}}}"], [2048, 1024]),
        ([f"{CONV}}}", "{type: silu, inplace: true}", f"{CONV}}}"], [1024, 1024, 1024]),
        ([f"{CONV}}}", "{type: elu, inplace: true}", f"{CONV}}}"], [1024, 1024, 0]),
        ([f"{CONV}}}", "batch_norm2d", "{type: dropout, p: 0.5}"], [1024, 1024 + 4 * 16, 1024]),
        ([f"{CONV}}}", "{type: batch_norm2d, track_running_stats: false}"], [1024, 1024 + 2 * 16]),
        ([f"{CONV}}}", "{type: instance_norm2d, affine: true, track_running_stats: true}"], [1024, 1024 + 5 * 16]),
        ([f"{CONV}}}", "{type: dropout2d, p: 0.5}", "{type: dropout, p: 0}"], [1024, 16, 0]),
        ([f"{CONV}}}", "{type: slice, end: 1}", "sigmoid", "flatten"], [1024, 0, 256, 0]),
        ([f"{CONV}}}", "{type: slice, end: 1}", "gelu"], [1024, 0, 1024]),
        ([f"{CONV}}}", "{type: permute, dims: [2, 3, 1]}", "flatten", "silu"], [1024, 0, 0, 1024]),
        ([f"{CONV}}}", "{type: residual, layers: [relu]}"], [1024, 1024, 0]),
        ([f"{CONV}, name: a}}", "{type: multiply, from: [a, a]}"], [1024, 1024]),
        ([f"{CONV}, name: a}}", "{type: multiply, from: [a, input]}"], [1024, 0]),
        ([f"{CONV}}}", "{type: max_pool2d, kernel_size: 2}"], [1024, 1024 + 2 * 256]),
        ([f"{CONV}}}", "{type: adaptive_avg_pool2d, output_size: 1}", "flatten"], [1024, 0, 0]),
        ([f"{CONV}}}", "{type: adaptive_avg_pool2d, output_size: 2}"], [1024, 1024]),
        ([f"{CONV}, padding_mode: reflect}}"], [1600]),
    ],
)
def test_a_tensor_counts_once_where_it_is_first_kept(layers: list[str], per_node: list[int]) -> None:
    assert list(kept(*layers).per_node) == per_node


def test_frozen_layers() -> None:
    """A frozen stem keeps nothing; behind what learns a convolution keeps its input still, a linear layer does not."""
    frozen = f"{CONV}, trainable: false}}"
    assert kept(frozen, "relu", f"{CONV}}}").per_node == (0, 0, 1024)
    assert kept(f"{CONV}}}", frozen).per_node == (1024, 1024)
    linear = "{type: linear, out_features: 8"
    assert kept(f"{linear}}}", f"{linear}, trainable: false}}", f"{linear}}}").per_node == (1024, 0, 1024)


def test_what_is_shared_learns_where_its_owner_does() -> None:
    shared = "{type: linear, share: first, trainable: false}"
    assert kept("{type: linear, name: first, out_features: 8}", shared).per_node == (1024, 1024)
    assert kept("{type: linear, name: first, out_features: 8, trainable: false}", shared).total == 0
    norms = kept("{type: batch_norm2d, name: first}", "{type: batch_norm2d, share: first}")
    assert (norms.per_node, norms.buffers) == ((1024 + 4 * 16, 1024 + 2 * 16), 2 * 16)


def test_the_batch_and_the_dtype() -> None:
    layers = (f"{CONV}}}", "batch_norm2d", "{type: max_pool2d, kernel_size: 2}")
    assert kept(*layers, batch=3).per_node == (3 * 1024, 3 * 1024 + 4 * 16, 3 * (1024 + 2 * 256))
    assert kept(*layers, dtype="float16").per_node == (512, 512 + 4 * 8, 512 + 2 * 256)


def test_tokens_are_integers() -> None:
    found = kept("{type: embedding, num_embeddings: 9, embedding_dim: 2}", dims="{features: 5}", dtype="float16")
    assert found.total == 5 * 8


def test_what_cannot_be_known_is_named() -> None:
    lstm = "{type: lstm, name: reader, hidden_size: 3"
    assert kept(f"{lstm}}}", dims="{shape: [5, 2]}").uncertain == ("reader",)
    assert kept(f"{lstm}, proj_size: 2}}", dims="{shape: [5, 2]}").uncertain == ()
    shrinking = "{type: conv_transpose3d, out_channels: 1, kernel_size: 1}"
    assert kept("identity", shrinking, dims="{shape: [2, 3, 3, 3]}").uncertain == ("convtranspose1",)


class Riddle(Layer):
    """A layer that does not say what it keeps."""

    type = "riddle"
    stem = "riddle"


def test_a_layer_that_says_nothing_is_named() -> None:
    (port,), (conv, *_) = graph_of(f"input: {{shape: [4, 8, 8]}}\nlayers:\n  - {CONV}}}")[1:3]
    shape = Shape.image(4, (8, 8))
    riddle = Node("riddle1", Riddle(), None, True, None, (conv.name,), (shape,), shape, ())
    graph = Graph("test", (port,), (conv, riddle), (Port("riddle1", "riddle1", shape),))
    assert saved(graph, Setting()) == Saved(1024, (1024, 0), ("riddle1",), 0)


@pytest.mark.parametrize("name", TYPES)
def test_every_layer_type_says_what_it_keeps(name: str) -> None:
    assert TYPES[name].family.saved_for_backward is not TrainingMemory.saved_for_backward
