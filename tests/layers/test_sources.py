"""Tensors that nothing computes, what is made of them alone, and steps of which only the result is known."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest

from cnnparams.api.loading import load
from cnnparams.engine.memory.liveness import liveness
from cnnparams.engine.memory.saved import saved
from cnnparams.engine.network.graph import Graph, batchless
from cnnparams.engine.receptive_field.fields import receptive_fields
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.setting import Setting
from cnnparams.errors import CnnparamsError, SpecError
from cnnparams.targets.code.module import export
from tests.specs import graph_of, spec_of

TOKENS = {
    "name": "tokens",
    "input": {"shape": [8, 16]},
    "layers": [
        {"type": "tensor", "name": "cls", "shape": [1, 16]},
        {"type": "concat", "name": "cat", "from": ["cls", "input"], "dim": 1},
        {"type": "tensor", "name": "table", "shape": [16, 9], "kind": "buffer"},
        {"type": "permute", "name": "turned", "dims": [2, 1]},
        {"type": "linear", "name": "fc0", "out_features": 16},
        {"type": "multiply", "name": "product", "from": ["cat", "fc0"]},
        {"type": "tensor", "name": "mask", "shape": [9, 16], "kind": "constant"},
        {"type": "add", "name": "sum", "from": ["product", "mask"]},
        {"type": "flatten", "name": "flat"},
        {"type": "linear", "name": "fc", "out_features": 2},
    ],
}
OPAQUE: dict[str, Any] = {
    "input": {"channels": 3, "height": 8, "width": 8},
    "layers": [
        {"type": "conv2d", "name": "conv1", "out_channels": 4, "kernel_size": 3},
        {"type": "opaque", "op": "torchvision.ops.roi_align", "shape": [4, 2, 2]},
        {"type": "conv2d", "name": "conv2", "out_channels": 4, "kernel_size": 1},
    ],
}


def graph(spec: dict[str, Any]) -> Graph:
    return graph_of(json.dumps(spec))


def test_what_they_hold_counts_by_its_kind() -> None:
    report = measure(graph(TOKENS))
    # 16 of the token, 16 x 16 + 16 of fc0, 144 x 2 + 2 of fc; 144 of the table; the mask is neither
    assert (report.total_params, report.buffers) == (16 + 272 + 290, 144)
    assert report.total_macs == 9 * 16 * 16 + 144 * 2  # fc0 works on no sample, and counts once


def test_what_depends_on_no_sample_has_no_batch() -> None:
    assert batchless(graph(TOKENS).nodes) == {"cls", "table", "turned", "fc0", "mask"}


def test_what_is_held_is_no_activation_and_what_is_made_of_it_is_there_once() -> None:
    found = liveness(graph(TOKENS), "float32", batch=4)
    lives = {life.name: life.bytes for life in found.lifetimes}
    assert lives["cls"] == lives["table"] == lives["mask"] == 0
    assert lives["fc0"] == 9 * 16 * 4
    # the samples with their tokens, 9 x 16 each, which the product is written over; and fc0
    assert found.per_node[5] == 4 * 9 * 16 * 4 + 9 * 16 * 4


@pytest.mark.parametrize("batch", [1, 3])
def test_pytorch_keeps_the_same_for_backward(torch: ModuleType, batch: int) -> None:
    from tests.engine.torch_networks import TorchNetwork

    network = graph(TOKENS)
    found = saved(network, Setting(batch))
    assert not found.uncertain
    assert found.total == TorchNetwork(torch, network).saved_bytes(batch)


def test_every_figure_is_pytorch_s(torch: ModuleType) -> None:
    from cnnparams.targets.torch.verify import verify

    assert verify(graph(TOKENS)).same


def test_the_exported_module_repeats_them_for_each_sample(torch: ModuleType) -> None:
    names: dict[str, Any] = {}
    exec(export(spec_of(json.dumps(TOKENS))), names)
    model = names["Tokens"]()
    assert tuple(model(torch.zeros(3, 8, 16)).shape) == (3, 2)
    assert sum(p.numel() for p in model.parameters()) == 578
    assert sum(b.numel() for b in model.buffers()) == 144


def test_an_input_of_a_tensor_is_refused() -> None:
    with pytest.raises(SpecError, match="reads nothing"):
        graph({**TOKENS, "layers": [{"type": "tensor", "shape": [2], "from": "input"}]})


def test_beyond_an_opaque_step_nothing_is_known_of_the_receptive_field() -> None:
    conv1, opaque, conv2 = receptive_fields(graph(OPAQUE))
    assert conv1
    assert opaque is conv2 is None


def test_what_training_keeps_beyond_an_opaque_step_is_an_estimate() -> None:
    assert "opaque1" in saved(graph(OPAQUE), Setting()).uncertain


def test_an_opaque_step_is_not_written_as_code() -> None:
    with pytest.raises(CnnparamsError, match="roi_align is opaque"):
        export(spec_of(json.dumps(OPAQUE)))


def test_an_opaque_step_does_not_follow_another_size_of_the_input() -> None:
    with pytest.raises(SpecError, match="cannot follow another size"):
        load(OPAQUE, input=(3, 16, 16))
