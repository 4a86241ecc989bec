"""Layers of another dtype than the network's: bytes by hand arithmetic, as PyTorch keeps them, and who inherits it."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest

from cnnparams.dtypes import DTYPES, Dtype
from cnnparams.engine.memory.int8 import SCALE, quantized
from cnnparams.engine.memory.saved import saved
from cnnparams.engine.network.resize import KnownResults, Resizer
from cnnparams.engine.network.stack import stack
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.setting import Setting
from cnnparams.errors import SpecError
from tests.bad_runs import cnnparams
from tests.specs import graph_of

FIELDS = ("weight_bytes", "buffer_bytes", "output_bytes", "live_bytes", "training_bytes")
MIXED = """
input: {channels: 3, height: 8, width: 8}
layers:
  - {type: conv2d, name: full, out_channels: 4, kernel_size: 1}
  - {type: conv2d, name: half, out_channels: 4, kernel_size: 1, dtype: bfloat16}
  - {type: batch_norm2d, name: norm}
"""


def dtypes(text: str, **values: Any) -> list[str | None]:
    return [node.dtype for node in graph_of(f"input: {{channels: 4, height: 8, width: 8}}\n{text}", **values).nodes]


def test_a_dtype_has_its_bytes() -> None:
    assert tuple(DTYPES) == get_args(Dtype)


def test_weights_and_outputs_take_the_bytes_of_their_own_dtype() -> None:
    report = measure(graph_of(MIXED), FIELDS)
    full, half, norm = report.layers
    assert [layer.weight_bytes for layer in report.layers] == [4 * (3 * 4 + 4), 2 * (4 * 4 + 4), 4 * (4 + 4)]
    assert (norm.buffer_bytes, report.buffer_bytes) == (4 * 8 + 8, 40)
    assert [layer.output_bytes for layer in report.layers] == [4 * 256, 2 * 256, 4 * 256]
    assert [layer.dtype for layer in (full, half, norm)] == [None, "bfloat16", None]


def test_a_layer_reads_a_copy_of_what_has_another_dtype() -> None:
    """It is alive while the layer runs: beside the input at first, then beside the output."""
    report = measure(graph_of(MIXED), FIELDS)
    assert [layer.live_bytes for layer in report.layers] == [768 + 1024, 1024 + 512, 512 + 1024]
    assert report.peak_layer == "full"


def test_a_view_in_another_dtype_is_a_copy() -> None:
    report = measure(graph_of(MIXED + "  - {type: flatten, dtype: float64}\n"), FIELDS)
    assert report.layers[-1].live_bytes == 1024 + 8 * 256


def test_a_branch_is_copied_for_each_layer_that_reads_it_and_once_for_a_layer_that_reads_it_twice() -> None:
    twice = "  - {type: multiply, from: [norm, norm], dtype: float16}\n"
    report = measure(graph_of(MIXED + twice), FIELDS)
    assert report.layers[-1].live_bytes == 1024 + 512  # and the product goes where the copy was


def test_training_keeps_copies_gradients_and_state_in_the_dtype_of_the_layer() -> None:
    graph = graph_of(MIXED)
    kept = saved(graph, Setting())
    statistics = 4 * 2 * 4  # of the batch, and the running ones, of four channels
    assert kept.per_node == (768, 512, 1024 + 2 * statistics)
    report = measure(graph, FIELDS, Setting(optimizer="adam"))
    assert report.gradient_bytes == 64 + 40 + 32
    assert report.optimizer_bytes == 2 * (64 + 40 + 32)


def test_pytorch_keeps_as_much(torch: ModuleType) -> None:
    """A network of its modules, of which each gets its input in its own dtype."""
    nn, dtype = torch.nn, torch.bfloat16
    full, half, norm = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 1).to(dtype), nn.BatchNorm2d(4)
    params = {p.untyped_storage().data_ptr() for module in (full, half, norm) for p in module.parameters()}
    pieces: dict[int, Any] = {}

    def pack(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in params:
            pieces[storage.data_ptr()] = storage
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        norm(half(full(torch.zeros(2, 3, 8, 8)).to(dtype)).float())
    assert sum(storage.nbytes() for storage in pieces.values()) == saved(graph_of(MIXED), Setting(batch=2)).total


def test_what_says_no_dtype_has_that_of_the_setting() -> None:
    report = measure(graph_of(MIXED), FIELDS, Setting(dtype="float64"))
    assert [layer.output_bytes for layer in report.layers] == [8 * 256, 2 * 256, 8 * 256]
    everywhere = "{type: sequence, dtype: bfloat16, layers: [{type: conv2d, out_channels: 4, kernel_size: 1}, relu]}"
    text = "input: {channels: 3, height: 8, width: 8}\nlayers: [%s]"
    said = measure(graph_of(text % everywhere), FIELDS)
    whole = measure(graph_of(text % everywhere.replace("dtype: bfloat16, ", "")), FIELDS, Setting(dtype="bfloat16"))
    assert [layer.weight_bytes for layer in said.layers] == [layer.weight_bytes for layer in whole.layers] == [32, 0]
    assert said.layers[1].live_bytes == whole.layers[1].live_bytes == 512


def test_tokens_stay_tokens() -> None:
    text = "input: {shape: [5]}\nlayers: [{type: embedding, num_embeddings: 10, embedding_dim: 3, dtype: float16}]"
    (layer,) = measure(graph_of(text), FIELDS).layers
    assert (layer.weight_bytes, layer.live_bytes) == (2 * 30, 4 * 5 + 2 * 15)


def test_in_8_bits_a_layer_that_says_otherwise_stays_as_it_is() -> None:
    found = quantized(graph_of(MIXED))
    full, half, norm = found.nodes
    assert (full.weights, full.biases, full.scales) == (12, 4, 8)
    assert (half.bytes, half.weights, half.channels) == (2 * 20, 2 * 20, 0)
    assert (norm.into, norm.bytes) == (None, 8 + 2 * SCALE)  # it is not folded into what has another dtype
    assert "half" not in {node.into for node in found.nodes}
    assert {slot.name: slot.bytes for slot in found.slots}["half"] == 512


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("{type: sequence, dtype: float16, layers: [relu, {type: relu, dtype: float64}, relu]}", "16 64 16"),
        ("{type: residual, dtype: float16, layers: [relu]}", "16 16"),
        ("{type: parallel, branches: [[relu], [{type: gelu, dtype: int8}]], dtype: float16}", "16 8 16"),
        ("{block: act, dtype: float16}, {block: act}, {block: act, dtype: float64}, {block: act}", "16 None 64 None"),
        ("{block: inner, dtype: float16}", "64"),
        ("{type: relu, repeat: 3, dtype: float16 if index == 1 else float32}", "32 16 32"),
        ("{type: relu, dtype: low}", "16"),
        ("{type: relu, dtype: null}", "None"),
    ],
)
def test_what_is_inside_inherits_and_the_innermost_wins(layers: str, expected: str) -> None:
    blocks = "{act: {layers: [relu]}, inner: {layers: [{type: relu, dtype: float64}]}}"
    found = dtypes(f"vars: {{low: float16}}\nblocks: {blocks}\nlayers: [{layers}]")
    assert [str(each).removeprefix("float").removeprefix("int") for each in found] == expected.split()


def test_a_var_may_say_it() -> None:
    text = "vars: {low: float16}\nlayers: [{type: relu, dtype: low}]"
    assert dtypes(text, low="bfloat16") == ["bfloat16"]
    with pytest.raises(SpecError, match="expected a dtype such as float16, but found 'same'"):
        dtypes(text, low="same")


def test_what_a_spec_stands_for_has_the_dtypes() -> None:
    graph = graph_of(MIXED)
    again = graph_of(json.dumps(stack(graph)))
    assert [node.dtype for node in again.nodes] == [node.dtype for node in graph.nodes]
    assert ["dtype" in layer for layer in stack(graph)["layers"]] == [False, True, False]


def test_another_input_size_changes_no_dtype() -> None:
    graph, larger = graph_of(MIXED), graph_of(MIXED.replace("8", "16").replace("bfloat1616", "bfloat16"))
    resized = Resizer(graph, KnownResults()).resize(larger.inputs)
    assert resized is not None
    assert [node.dtype for node in resized.spelt_out().nodes] == [None, "bfloat16", None]


def test_tensors_have_one_dtype_wherever_they_are_used() -> None:
    linear = "input: {features: 4}\nlayers:\n  - {type: linear, name: a, out_features: 4, dtype: float16}\n"
    with pytest.raises(SpecError, match="its dtype is not said, but that of a, whose tensors it shares, is float16"):
        graph_of(f"{linear}  - {{type: linear, share: a}}")
    shared = graph_of(f"{linear}  - {{type: linear, share: a, dtype: float16}}")
    assert measure(shared, FIELDS).weight_bytes == 2 * 20


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.yaml"
    path.write_text(MIXED)
    return path


def test_json_has_the_key_only_where_the_spec_does(mixed: Path) -> None:
    document = json.loads(cnnparams("count", mixed, "--json").out)
    assert [layer.get("dtype", "-") for layer in document["layers"]] == ["-", "bfloat16", "-"]
    assert cnnparams("count", mixed, "--columns", "layer,dtype", "--format", "csv").out.split() == [
        "network,layer,dtype",
        "mixed,full,",
        "mixed,half,bfloat16",
        "mixed,norm,",
    ]


def test_show_keeps_it_and_export_tells_that_it_does_not(mixed: Path) -> None:
    assert (
        "{type: conv2d, name: half, out_channels: 4, kernel_size: 1, dtype: bfloat16}" in cnnparams("show", mixed).out
    )
    done = cnnparams("export", mixed)
    assert (done.code, "bfloat16" in done.out) == (0, False)
    assert done.err == (
        f"{mixed}: warning: the code has PyTorch's default dtype throughout, not that of layers which say one: "
        "half bfloat16\n"
    )


def test_a_difference_of_dtypes_is_told(mixed: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(MIXED.replace("bfloat16", "float64"))
    (change,) = [
        each for each in json.loads(cnnparams("diff", mixed, other, "--json").out)["layers"] if each["changes"]
    ]
    assert [(c["key"], c["before"], c["after"]) for c in change["changes"]] == [("dtype", "bfloat16", "float64")]
