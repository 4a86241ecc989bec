"""Every figure is PyTorch's: of the zoo, of every layer type, of random networks."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.errors import SpecError
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from cnnparams.targets.verification import Figure, LayerCheck, Verification
from tests.engine.drawn_specs import VARIANTS, specs
from tests.engine.saved_cases import specs_around
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES
from tests.specs import graph_of

MANY_LAYERS = 300


def verified(graph: Graph) -> Verification:
    from cnnparams.targets.torch.verify import verify

    return verify(graph)


def drawn(count: int) -> settings:
    return settings(examples(count), suppress_health_check=[HealthCheck.too_slow])


def wrong(verification: Verification) -> list[Figure | LayerCheck]:
    """Return what differs."""
    parts: list[Figure | LayerCheck] = [*verification.layers, *verification.totals]
    return [part for part in parts if not part.same]


@pytest.mark.parametrize("name", [member.name for member in zoo.members()])
def test_the_zoo(torch: ModuleType, name: str) -> None:
    graph = build(load(name))
    verification = verified(graph)
    assert wrong(verification) == []
    assert verification.same
    assert [layer.name for layer in verification.layers] == [node.name for node in graph.nodes]


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@drawn(8)
def test_a_layer(torch: ModuleType, name: str, data: st.DataObject) -> None:
    try:
        graph = graph_of(json.dumps(data.draw(specs_around(name, ORACLES[name].cases))))
    except SpecError:
        return
    assert wrong(verified(graph)) == []


@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)))
@drawn(20)
def test_a_random_network(torch: ModuleType, spec: dict[str, Any], variant: str) -> None:
    assert wrong(verified(graph_of(json.dumps(spec), variant))) == []


def test_pytorch_s_figures_are_its_own(torch: ModuleType) -> None:
    found = verified(build(load("simple_cnn")))
    nn = torch.nn
    convolutions = [nn.Conv2d(3, 16, 5), nn.MaxPool2d(2, 2), nn.Conv2d(16, 32, 5), nn.MaxPool2d(2, 2), nn.Flatten()]
    tutorial = nn.Sequential(*convolutions, nn.Linear(5408, 128), nn.Linear(128, 10))
    with torch.utils.flop_counter.FlopCounterMode(display=False) as counter:
        tutorial(torch.zeros(1, 3, 64, 64))
    theirs = {figure.key: figure.theirs for figure in found.totals}
    assert theirs["trainable_params"] == sum(p.numel() for p in tutorial.parameters() if p.requires_grad) == 707_690
    assert theirs["total_macs"] == counter.get_total_flops() / 2


def test_what_pytorch_refuses_is_told_and_the_rest_is_checked(torch: ModuleType) -> None:
    layers = [{"type": "relu", "name": "first"}, {"type": "embedding", "num_embeddings": 2, "embedding_dim": 3}]
    weighted = {"type": "linear", "name": "before", "out_features": 4}
    found = verified(graph_of(json.dumps({"input": {"features": 4}, "layers": [weighted, *layers, "relu"]})))
    assert not found.same
    refused = [layer for layer in found.layers if layer.refusal]
    assert [layer.name for layer in refused] == ["embedding1"]
    assert str(refused[0].refusal).startswith("RuntimeError: Expected tensor for argument #1 'indices'")
    assert [layer.same for layer in found.layers] == [True, True, False, True]


def test_a_network_of_many_layers(torch: ModuleType) -> None:
    layer = {"type": "linear", "out_features": 4, "repeat": MANY_LAYERS}
    assert verified(graph_of(json.dumps({"input": {"features": 4}, "layers": [layer]}))).same
