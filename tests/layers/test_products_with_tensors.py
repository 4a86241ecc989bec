"""Products of what enters and what every sample meets alike: counted, and kept for training, as PyTorch has them."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest

from cnnparams.engine.memory.saved import saved
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.setting import Setting
from tests.specs import graph_of

Entries = list[dict[str, Any]]


def tensor(name: str, *shape: int, kind: str = "parameter") -> dict[str, Any]:
    return {"type": "tensor", "name": name, "shape": list(shape), "kind": kind}


PRODUCTS: dict[str, Entries] = {
    "from the right": [tensor("w", 2, 4, 3), {"type": "matmul", "from": ["fc", "w"]}],
    "one for all heads": [tensor("w", 1, 4, 3), {"type": "matmul", "from": ["fc", "w"]}],
    "from the left": [tensor("w", 2, 3, 5, kind="buffer"), {"type": "matmul", "from": ["w", "fc"]}],
    "in an equation": [tensor("w", 2, 4, 3), {"type": "einsum", "equation": "bhnd,bhdc->bnc", "from": ["fc", "w"]}],
    "a learned mask": [
        tensor("mask", 2, 5, 5),
        {"type": "scaled_dot_product_attention", "from": ["fc", "fc", "fc", "mask"]},
    ],
    "a mask that is kept": [
        tensor("mask", 1, 5, 5, kind="buffer"),
        {"type": "scaled_dot_product_attention", "from": ["fc", "fc", "fc", "mask"]},
    ],
    "a mask for each query": [
        tensor("mask", 1, 5, 1, kind="buffer"),
        {"type": "scaled_dot_product_attention", "from": ["fc", "fc", "fc", "mask"]},
    ],
    "a mask for each key": [
        tensor("mask", 2, 1, 5),
        {"type": "scaled_dot_product_attention", "from": ["fc", "fc", "fc", "mask"]},
    ],
    "a learned query": [
        tensor("query", 2, 3, 4),
        {"type": "scaled_dot_product_attention", "from": ["query", "fc", "fc"]},
    ],
    "a learned partner": [tensor("other", 2, 5, 3), {"type": "bilinear", "out_features": 2, "from": ["fc", "other"]}],
}


def network(entries: Entries) -> Graph:
    first = {"type": "linear", "name": "fc", "out_features": 4}
    last = [{"type": "flatten", "name": "flat"}, {"type": "linear", "name": "head", "out_features": 2}]
    return graph_of(json.dumps({"input": {"shape": [2, 5, 6]}, "layers": [first, *entries, *last]}))


@pytest.mark.parametrize("entries", PRODUCTS.values(), ids=PRODUCTS.keys())
def test_every_figure_is_pytorch_s(torch: ModuleType, entries: Entries) -> None:
    from cnnparams.targets.torch.verify import verify

    assert verify(network(entries)).same


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("entries", PRODUCTS.values(), ids=PRODUCTS.keys())
def test_what_is_kept_for_backward_is_pytorch_s(torch: ModuleType, entries: Entries, batch: int) -> None:
    from tests.engine.torch_networks import TorchNetwork

    graph = network(entries)
    found = saved(graph, Setting(batch))
    assert not found.uncertain
    assert found.total == TorchNetwork(torch, graph).saved_bytes(batch)


def test_a_product_of_parameters_alone_counts_once() -> None:
    entries = [tensor("a", 2, 5, 7), tensor("b", 2, 7, 4), {"type": "matmul", "name": "ab", "from": ["a", "b"]}]
    graph = network([*entries, {"type": "add", "from": ["fc", "ab"]}])
    assert {layer.name: layer.macs for layer in measure(graph).layers}["ab"] == 2 * 5 * 7 * 4
