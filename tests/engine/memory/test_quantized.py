"""A network in 8 bits takes what TensorFlow's converter writes, and what its interpreter for controllers allocates."""

from __future__ import annotations

import pytest

from cnnparams.engine.memory.int8 import BIAS, MULTIPLIER, SCALE, Quantized, QuantizedNode, quantized
from cnnparams.engine.memory.liveness import liveness
from cnnparams.engine.network.build import build
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.engine.small_specs import INPUT
from tests.engine.tflm_specs import BRANCHES, INVERTED
from tests.specs import graph_of, reference

TFLM = reference("tflm.json")
NETWORKS = TFLM["networks"]
TINY = ("ds_cnn", "resnet8", "autoencoder", "mobilenet_v1_025_vww")
CONV = "type: conv2d, out_channels: 8, kernel_size: 3, bias: false"
NORM = "{type: batch_norm2d, name: bn}"
SQUARE = "{type: reshape, shape: [16, 16]}"


def of(text: str) -> Quantized:
    return quantized(graph_of(text if "input:" in text else INPUT + text))


def rows(text: str) -> dict[str, QuantizedNode]:
    return {node.name: node for node in of(text).nodes}


def network(name: str) -> Quantized:
    written = {"branches": BRANCHES, "inverted": INVERTED}
    return of(written[name]) if name in written else quantized(build(load(name)))


@pytest.mark.parametrize("name", NETWORKS)
def test_constants_and_arena_are_to_the_byte_what_they_are_in_tensorflow(name: str) -> None:
    expected, found = NETWORKS[name], network(name)
    assert found.weight_bytes == expected["weights"]
    assert found.bias_bytes == BIAS * expected["biases"]
    assert found.scale_bytes == SCALE * expected["scales"]
    assert found.arena_bytes == expected["arena_bytes"]


@pytest.mark.parametrize("name", NETWORKS)
def test_multipliers_are_what_grows_of_the_interpreters_own_memory(name: str) -> None:
    """The rest is 40 to 80 bytes an operation."""
    expected, found = NETWORKS[name], network(name)
    rest = expected["persistent_bytes"] - found.multiplier_bytes
    assert 40 * expected["operations"] < rest < 80 * expected["operations"]


@pytest.mark.parametrize("name", NETWORKS)
def test_flash_is_about_the_size_of_the_file(name: str) -> None:
    assert network(name).flash_bytes == pytest.approx(NETWORKS[name]["file_bytes"], rel=0.05)


@pytest.mark.parametrize(
    ("name", "more"), [("ds_cnn", -0.148), ("resnet8", -0.034), ("mobilenet_v1_025_vww", -0.088), ("autoencoder", 0.15)]
)
def test_flash_beside_the_files_of_mlperf_tiny(name: str, more: float) -> None:
    """They were converted in 2021: with longer names, and one scale for each linear layer."""
    assert network(name).flash_bytes == pytest.approx((1 + more) * TFLM["published"][name]["bytes"], rel=0.005)


@pytest.mark.parametrize("name", TINY)
def test_totals_are_the_sums_of_the_nodes(name: str) -> None:
    found = network(name)
    constants = found.weight_bytes + found.bias_bytes + found.scale_bytes
    assert constants == sum(node.bytes for node in found.nodes)
    assert found.flash_bytes == constants + found.structure_bytes
    assert found.sram_bytes == found.arena_bytes + found.multiplier_bytes
    assert found.multiplier_bytes == MULTIPLIER * sum(node.channels for node in found.nodes)


@pytest.mark.parametrize(
    "layers",
    [
        f"[{{{CONV}, name: host}}, {NORM}, relu]",
        f"[{{{CONV}, name: host}}, {{type: batch_norm2d, name: bn, affine: false, activation: silu}}]",
        f"[{{type: depthwise_conv2d, kernel_size: 3, bias: false, name: host}}, {NORM}]",
        f"[{{type: separable_conv2d, out_channels: 8, kernel_size: 3, name: host}}, {NORM}]",
        f"[{{type: conv_transpose2d, out_channels: 6, kernel_size: 2, name: host}}, {NORM}]",
        "[flatten, {type: linear, out_features: 5, bias: false, name: host}, {type: batch_norm1d, name: bn}]",
    ],
)
def test_a_batch_norm_is_folded_into_what_it_alone_reads_which_then_has_a_bias(layers: str) -> None:
    found = rows(f"layers: {layers}")
    assert found["bn"] == QuantizedNode("bn", into="host")
    assert found["host"].biases == found["host"].channels > 0
    assert found["host"].scales == 2 * found["host"].channels


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        (f"layers: [{NORM}, {{{CONV}}}]", 4),
        (f"layers: [{{type: max_pool2d, kernel_size: 2}}, {NORM}]", 4),
        (f"layers: [{{{CONV}, activation: relu}}, {NORM}]", 8),
        (f"layers: [{{{CONV}}}, relu, {NORM}]", 8),
        (f"layers: [{{{CONV}, name: a}}, {NORM}, {{type: add, from: [a, bn]}}]", 8),
        (f"layers: [{{{CONV}, name: a}}, {NORM}]\noutputs: [a, bn]", 8),
        (f"layers: [{{{CONV}}}, {{type: batch_norm2d, name: bn, track_running_stats: false}}]", 8),
        (f"layers: [{SQUARE}, {{type: linear, out_features: 5}}, {{type: batch_norm1d, name: bn}}]", 16),
    ],
)
def test_what_cannot_be_folded_stays_as_a_scale_and_a_shift(text: str, channels: int) -> None:
    assert rows(text)["bn"] == QuantizedNode("bn", weights=2 * channels, scales=2, constants=2)


def test_shared_tensors_are_in_flash_once_but_scale_twice_and_are_not_folded_into() -> None:
    conv = "type: conv2d, out_channels: 4, kernel_size: 1"
    found = rows(f"layers: [{{{conv}, name: a}}, relu, {{type: conv2d, name: b, share: a}}, {NORM}]")
    assert found["a"] == QuantizedNode("a", weights=16, biases=4, scales=8, channels=4, constants=2)
    assert found["b"] == QuantizedNode("b", channels=4)
    assert found["bn"].weights == 8


@pytest.mark.parametrize(
    ("layer", "row"),
    [
        ("{type: conv2d, out_channels: 6, kernel_size: 3, groups: 2}", (6 * 2 * 9, 6, 12, 6, 2)),
        ("{type: conv2d, out_channels: 6, kernel_size: 3, bias: false}", (6 * 4 * 9, 6, 12, 6, 2)),
        ("{type: conv_transpose2d, out_channels: 6, kernel_size: 2}", (4 * 6 * 4, 6, 12, 6, 2)),
        ("{type: depthwise_conv2d, kernel_size: 3, depth_multiplier: 2}", (8 * 9, 8, 16, 8, 2)),
        ("{type: separable_conv2d, out_channels: 6, kernel_size: 3}", (4 * 9 + 4 * 6, 4 + 6, 20, 10, 4)),
        ("{type: linear, out_features: 3}", (3 * 8, 3, 6, 3, 2)),
        ("{type: linear, out_features: 3, bias: false}", (3 * 8, 0, 3, 3, 1)),
        ("{type: prelu, num_parameters: 4}", (4, 0, 1, 0, 1)),
        ("{type: group_norm, num_groups: 2}", (8, 0, 2, 0, 2)),
        ("layer_scale", (4, 0, 1, 0, 1)),
        ("{type: parameter, shape: [4, 8, 8]}", (256, 0, 1, 0, 1)),
        ("{type: max_pool2d, kernel_size: 2}", (0, 0, 0, 0, 0)),
    ],
)
def test_what_a_layer_leaves_in_flash(layer: str, row: tuple[int, ...]) -> None:
    (found,) = of(f"layers: [{layer}]").nodes
    assert (found.weights, found.biases, found.scales, found.channels, found.constants) == row


def test_an_embedding_is_one_tensor_with_one_scale() -> None:
    found = rows("input: {shape: [12]}\nlayers: [{type: embedding, num_embeddings: 100, embedding_dim: 8, name: e}]")
    assert found["e"] == QuantizedNode("e", weights=800, scales=1, constants=1)


def test_attention_is_its_projections() -> None:
    found = rows("input: {shape: [5, 8]}\nlayers: [{type: multihead_attention, num_heads: 2, name: a}]")["a"]
    assert (found.weights, found.biases, found.channels) == (4 * 64, 4 * 8, 4 * 8)


@pytest.mark.parametrize(
    ("layers", "places"),
    [
        (f"[{{{CONV}, activation: relu}}]", 2),
        (f"[{{{CONV}}}, {NORM}, relu6]", 2),
        (f"[{{{CONV}}}, {NORM}, {{type: dropout, p: 0.1}}, identity]", 2),
        (f"[{{{CONV}, activation: sigmoid}}]", 3),
        (f"[{{{CONV}}}, leaky_relu]", 3),
        (f"[{{{CONV}}}, flatten]", 3),
        ("[relu]", 2),
        (f"[{{{CONV}, name: a}}, {{type: relu, name: b}}, {{type: add, from: [a, b]}}]", 4),
        (f"[{{{CONV}}}, {{type: add, name: b, from: [input, input]}}]", 3),
    ],
)
def test_what_has_memory_of_its_own(layers: str, places: int) -> None:
    """The input, and the result of each operation that is not part of the one before it."""
    assert len(of(f"layers: {layers}").slots) == places


def test_an_addition_needs_a_third_place() -> None:
    """In ResNet8 the first sum is where most is alive: 3 x 16 KiB, as the interpreter says."""
    live = of(f"{INPUT}layers: [{{type: residual, layers: [{{type: conv2d, out_channels: 4, kernel_size: 1}}]}}]")
    assert live.arena_bytes == 3 * 4 * 8 * 8


@pytest.mark.parametrize("name", [member.name for member in zoo.members()])
def test_every_network_of_the_zoo(name: str) -> None:
    """Everything learned is there, but for the affine parameters of norms that are folded."""
    graph = build(load(name))
    found = quantized(graph)
    learned = sum(t.size for n in graph.nodes if not n.shares for t in n.layer.tensors(*n.input_shapes) if t.learned)
    folded = {node.name for node in found.nodes if node.into}
    norms = sum(2 * node.input_shapes[0].channels for node in graph.nodes if node.name in folded)
    assert learned - norms <= found.weight_bytes + found.bias_bytes // BIAS <= learned
    assert found.arena_bytes >= max(liveness(graph, "int8").per_node)
    assert found.flash_bytes > found.weight_bytes


@pytest.mark.parametrize("name", NETWORKS)
def test_the_reference_agrees_with_itself(name: str) -> None:
    expected = NETWORKS[name]
    constants = expected["weights"] + BIAS * expected["biases"] + SCALE * expected["scales"]
    structure = expected["file_bytes"] - constants
    assert 195 <= structure / expected["tensors"] <= 275
