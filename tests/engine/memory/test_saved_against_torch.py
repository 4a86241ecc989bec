"""What autograd keeps, to the byte, against PyTorch's own saved tensors: every layer type, random graphs, the zoo."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnparams.engine.memory.saved import saved
from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.setting import Setting
from cnnparams.errors import SpecError
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.engine.drawn_specs import VARIANTS, specs
from tests.engine.saved_cases import specs_around
from tests.engine.torch_networks import TorchNetwork
from tests.layers.answers import TYPES, entering
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES
from tests.specs import graph_of

SIZE = 64
LARGEST = 250_000_000
"""Parameters of the largest network that is run: its weights are a gigabyte."""

BATCHES = st.integers(1, 3)
DTYPES = st.sampled_from(("float32", "float32", "float64", "bfloat16"))
UNTOLD = {*(f"lp_pool{rank}d" for rank in (1, 2, 3)), "lstm", "where", "masked_fill", "gather", "unfold"}
"""Types whose memory PyTorch leaves to oneDNN, or that depends on the dtype in which masks and indices come."""

MODES = ("zeros", "zeros", "reflect", "replicate", "circular")

MIXED = [
    {"type": "multihead_attention", "num_heads": 2, "from": ["a", "a", "a"]},
    {"type": "multihead_attention", "num_heads": 2, "from": ["a", "b", "b"]},
    {"type": "multihead_attention", "num_heads": 2, "from": ["a", "b", "a"]},
    {"type": "multihead_attention", "num_heads": 2, "from": ["a", "a", "b"], "dropout": 0.5},
    {"type": "multihead_attention", "num_heads": 2, "from": ["a", "a", "b"], "dropout": 1},
    {"type": "multihead_attention", "num_heads": 2, "from": ["a", "b"], "add_zero_attn": True},
    {"type": "multiply", "from": ["a", "b", "a"]},
    {"type": "multiply", "from": ["a", "a", "b"]},
    {"type": "multiply", "from": ["b", "b", "a"]},
]


def drawn(count: int) -> settings:
    return settings(examples(count), suppress_health_check=[HealthCheck.too_slow])


def compare(torch: ModuleType, graph: Graph, batch: int, dtype: str = "float32") -> bool:
    """Compare what is certain; tell whether there was anything to compare, as PyTorch refuses to train some networks.

    A norm over a batch needs more than one value; other refusals are those of tests/layers.
    """
    found = saved(graph, Setting(batch, dtype))
    assert sum(found.per_node) == found.total
    try:
        expected = TorchNetwork(torch, graph, dtype).saved_bytes(batch)
    except (ValueError, RuntimeError):
        return False
    assert found.uncertain or found.total == expected
    return True


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@drawn(10)
def test_a_layer(torch: ModuleType, name: str, data: st.DataObject) -> None:
    spec = data.draw(specs_around(name, ORACLES[name].cases))
    try:
        graph = graph_of(json.dumps(spec))
    except SpecError:
        return
    compare(torch, graph, data.draw(BATCHES), data.draw(DTYPES))


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("learns", [True, False])
@pytest.mark.parametrize("behind", [True, False])
def test_the_example_of_a_layer(torch: ModuleType, name: str, learns: bool, behind: bool) -> None:
    declaration = TYPES[name]
    first = {"type": "parameter", "shape": [1]} if behind and name != "embedding" else {"type": "identity"}
    layer = {"type": name, **declaration.example, "trainable": learns}
    if (inputs := declaration.family.least_inputs) > 1:
        layer["from"] = ["input", *["first"] * (inputs - 1)]
    spec = {"input": entering(name, declaration.example_input), "layers": [{"name": "first", **first}, layer]}
    graph = graph_of(json.dumps(spec))
    assert compare(torch, graph, 2) or name == "gather"  # which takes no other numbers than indices
    assert not saved(graph, Setting()).uncertain or name in UNTOLD


def windows(data: st.DataObject, kind: str, rank: int) -> dict[str, Any]:
    """Draw a layer of a kind with a window and padding of "same": axes that are unlike, any stride, any mode."""
    each = [st.integers(1, most) for most in (4, 3, 2)]
    kernel, stride, dilation = (data.draw(st.lists(one, min_size=rank, max_size=rank)) for one in each)
    mode: str = data.draw(st.sampled_from(MODES))
    words: dict[str, dict[str, Any]] = {
        "conv": {"out_channels": 4, "dilation": dilation, "padding_mode": mode},
        "depthwise_conv": {"dilation": dilation},
        "separable_conv": {"out_channels": 4, "dilation": dilation},
        "max_pool": {"dilation": dilation, "ceil_mode": data.draw(st.booleans())},
        "avg_pool": {"count_include_pad": data.draw(st.booleans()), "ceil_mode": data.draw(st.booleans())},
    }
    return {"type": f"{kind}{rank}d", "kernel_size": kernel, "stride": stride, "padding": "same", **words[kind]}


@pytest.mark.parametrize("kind", ["conv", "depthwise_conv", "separable_conv", "max_pool", "avg_pool"])
@given(data=st.data())
@drawn(40)
def test_a_pad_of_its_own_is_what_is_kept(torch: ModuleType, kind: str, data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, 2 if "able" in kind or "depth" in kind else 3))
    layer = windows(data, kind, rank)
    before = data.draw(st.sampled_from(([], [{"type": "parameter", "shape": [1]}])))
    after = data.draw(st.sampled_from(([], [{"type": "layer_norm"}])))
    dims = data.draw(st.lists(st.integers(3, 9), min_size=rank, max_size=rank))
    spec = {"input": {"shape": [2, *dims]}, "layers": [*before, layer, *after]}
    try:
        graph = graph_of(json.dumps(spec))
    except SpecError:  # a padding that a mode does not have
        return
    assert compare(torch, graph, data.draw(BATCHES))


@pytest.mark.parametrize("layer", MIXED)
@pytest.mark.parametrize("learned", ["a", "b"])
@pytest.mark.parametrize("learns", [True, False])
def test_inputs_that_are_the_same_tensor(torch: ModuleType, layer: dict[str, Any], learned: str, learns: bool) -> None:
    given_names = [{"type": "parameter", "name": name, "shape": [1], "from": f"x_{name}"} for name in "ab"]
    first = [{**entry, "trainable": entry["name"] == learned} for entry in given_names]
    inputs = {"x_a": {"shape": [3, 4]}, "x_b": {"shape": [3, 4]}}
    spec = {"inputs": inputs, "layers": [*first, {**layer, "trainable": learns}]}
    assert compare(torch, graph_of(json.dumps(spec)), 2)


@pytest.mark.parametrize("layers", [1, 2])
def test_the_estimate_for_lstm_is_what_is_kept_where_onednn_has_no_part(torch: ModuleType, layers: int) -> None:
    lstm = {"type": "lstm", "hidden_size": 4, "num_layers": layers, "bidirectional": True, "dropout": 0.5}
    graph = graph_of(json.dumps({"input": {"shape": [5, 3]}, "layers": [lstm]}))
    assert compare(torch, graph, 2, "float64")
    estimate, exact = (saved(graph, Setting(2, dtype)) for dtype in ("float32", "float64"))
    assert (bool(estimate.uncertain), bool(exact.uncertain)) == (True, False)
    assert 2 * estimate.total == exact.total


@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)), batch=BATCHES)
@drawn(40)
def test_a_random_graph(torch: ModuleType, spec: dict[str, Any], variant: str, batch: int) -> None:
    compare(torch, graph_of(json.dumps(spec), variant), batch)


def graph_of_the_zoo(name: str) -> Graph:
    """Return a network, for a small image where it takes one."""
    try:
        return build(load(name, {"size": SIZE}))
    except SpecError:
        return build(load(name))


@pytest.mark.parametrize("name", [member.name for member in zoo.members()])
def test_the_zoo(torch: ModuleType, name: str) -> None:
    graph = graph_of_the_zoo(name)
    if measure(graph).total_params > LARGEST:
        pytest.skip(f"more than {LARGEST:,} parameters")
    compare(torch, graph, 1)
    assert compare(torch, graph, 2)


def test_one_network_of_the_zoo_is_too_large_to_run() -> None:
    names = [member.name for member in zoo.members()]
    assert [name for name in names if measure(build(load(name))).total_params > LARGEST] == ["regnet_y_128gf"]
