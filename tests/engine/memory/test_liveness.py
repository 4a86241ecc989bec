"""What is alive while each layer runs: golden values, a naive second way, and laws."""

import pytest

from cnnparams.engine.memory.liveness import Liveness, liveness
from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.setting import Setting
from cnnparams.layers.contract.base import Footprint
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.specs import graph_of

CONV = "{type: conv2d, out_channels: 4, kernel_size: 1}"
TWO = "".join(f"  - {{type: conv2d, name: {name}, out_channels: 4, kernel_size: 1}}\n" for name in "ab")
SUM = "  - {type: add, name: s, from: [a, b]}\n"
IMAGE = "input: {channels: 4, height: 8, width: 8}\nlayers:\n"
OUT = (("a", 8), ("b", 1), ("c", 1))
BYTE = "int8"
"""In which a tensor has as many bytes as elements."""
ZOO = [member.name for member in zoo.members()]


def peak(layers: str, *, in_place: bool = True) -> tuple[int, str]:
    graph = graph_of(IMAGE + layers)
    live = liveness(graph, BYTE, in_place=in_place)
    return live.per_node[live.peak], graph.nodes[live.peak].name


def test_the_tutorials_network_needs_72000_elements_at_its_first_pool() -> None:
    graph = build(load("simple_cnn"))
    live = liveness(graph, BYTE)
    assert (live.per_node[live.peak], graph.nodes[live.peak].name) == (72_000, "maxpool1")
    assert [(life.name, life.bytes) for life in live.alive_at(live.peak)] == [
        ("conv1", 57_600),
        ("maxpool1", 14_400),
    ]


def test_without_reuse_in_place_an_activation_needs_memory_of_its_own() -> None:
    graph = build(load("simple_cnn"))
    live = liveness(graph, BYTE, in_place=False)
    assert (live.per_node[live.peak], graph.nodes[live.peak].name) == (2 * 57_600, "conv1")
    assert [life.name for life in live.alive_at(live.peak)] == ["conv1 before its activation", "conv1"]


def test_an_input_lives_until_its_last_reader() -> None:
    residual = f"  - {{type: residual, layers: [{CONV}, {CONV}]}}"
    assert peak(residual) == (3 * 256, "conv2")


def test_a_view_needs_nothing() -> None:
    assert peak("  - flatten\n  - {type: reshape, shape: [16, 16]}\n  - {type: dropout, p: 0.5}") == (256, "flatten1")


def test_a_sum_takes_the_place_of_an_input_that_nobody_needs_any_more() -> None:
    assert peak(TWO + SUM) == (512, "a")
    assert peak(TWO + SUM, in_place=False) == (768, "s")
    kept = peak(TWO + SUM + "  - {type: concat, from: [a, b, s]}")
    assert kept == (2 * 3 * 256, "concat1")


def test_results_live_to_the_end() -> None:
    layers = "".join(f"  - {{type: conv2d, name: {name}, out_channels: {n}, kernel_size: 1}}\n" for name, n in OUT)
    spec = f"outputs: [a, c]\n{IMAGE}{layers}"
    assert liveness(graph_of(spec), BYTE).per_node[-1] == 512 + 64 + 64


def naive(graph: Graph, live: Liveness, *, in_place: bool) -> list[int]:
    """Work out what is alive by looking, at every operation, at every value again."""
    results = {port.source for port in graph.outputs}
    readers = {name: [t for t, op in enumerate(live.operations) if name in op.inputs] for name in values(graph, live)}

    def last(name: str) -> int:
        return len(live.operations) if name in results else max(readers[name], default=-1)

    homes: dict[str, list[str]] = {port.source: [port.source] for port in graph.inputs}
    sizes = {port.source: port.shape.size for port in graph.inputs}
    born = dict.fromkeys(sizes, 0)
    for t, op in enumerate(live.operations):
        home = None
        if op.footprint is Footprint.VIEW:
            home = homes[op.inputs[0]]
        elif op.footprint is Footprint.ELEMENTWISE and in_place:
            free = [
                homes[name]
                for name in op.inputs
                if max(map(last, homes[name])) <= t and sizes[homes[name][0]] == op.bytes
            ]
            home = free[0] if free else None
        if home is None:
            home, sizes[op.output], born[op.output] = [], op.bytes, t
        home.append(op.output)
        homes[op.output] = home
    stretches = {id(home): home for home in homes.values()}.values()
    alive = [0] * len(graph.nodes)
    for t, op in enumerate(live.operations):
        now = sum(sizes[home[0]] for home in stretches if born[home[0]] <= t <= max([*map(last, home), born[home[0]]]))
        alive[op.node] = max(alive[op.node], now)
    return alive


def values(graph: Graph, live: Liveness) -> list[str]:
    return [*(port.source for port in graph.inputs), *(op.output for op in live.operations)]


@pytest.mark.parametrize("in_place", [True, False])
@pytest.mark.parametrize(
    "name",
    ["simple_cnn", "resnet18", "googlenet", "shufflenet_v2_x0_5", "unet", "convnext_tiny", "lraspp_mobilenet_v3_large"],
)
def test_a_naive_second_way_agrees(name: str, in_place: bool) -> None:
    graph = build(load(name))
    live = liveness(graph, BYTE, in_place=in_place)
    assert list(live.per_node) == naive(graph, live, in_place=in_place)


@pytest.mark.parametrize("name", ZOO)
def test_no_layer_needs_less_than_its_input_and_its_output(name: str) -> None:
    graph = build(load(name))
    live, plain = liveness(graph, BYTE), liveness(graph, BYTE, in_place=False)
    for node, reused, alone in zip(graph.nodes, live.per_node, plain.per_node, strict=True):
        if node.layer.footprint is Footprint.NEW:
            assert reused >= sum(
                shape.size for shape in dict(zip(node.inputs, node.input_shapes, strict=True)).values()
            )
            assert reused >= node.output_shape.size + max(shape.size for shape in node.input_shapes)
        assert alone >= reused >= node.output_shape.size


@pytest.mark.parametrize("name", ["simple_cnn", "resnet18", "mobilenet_v2"])
def test_activation_memory_grows_linearly_in_the_batch_and_in_the_bytes_of_an_element(name: str) -> None:
    graph = build(load(name))
    one = measure(graph, ["peak_activation_bytes"]).peak_activation_bytes
    for batch, dtype, size in ((3, "float32", 4), (16, "float16", 2), (7, "int8", 1), (2, "float64", 8)):
        setting = Setting(batch, dtype)
        assert measure(graph, ["peak_activation_bytes"], setting).peak_activation_bytes * 4 == one * batch * size
