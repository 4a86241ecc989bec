"""Receptive fields against the gradients that PyTorch finds: a place depends on what it sees, and on nothing else."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph, Node
from cnnparams.engine.receptive_field.field import Field, Span, hull
from cnnparams.engine.receptive_field.fields import ImageView, NodeView, receptive_fields
from cnnparams.errors import SpecError
from cnnparams.schema.load import load
from tests.engine.drawn_windows import windows
from tests.engine.torch_support import Support, narrow, whole
from tests.layers.effort import examples
from tests.specs import graph_of

SIZES = {1: 240, 2: 72}
# The size of the image at which a network is looked at, up to fields that leave a border around them.
ZOO = {
    **dict.fromkeys(("alexnet", "vgg16", "googlenet", "resnet50", "squeezenet1_0", "unet", "unet_transposed"), 512),
    **dict.fromkeys(("densenet121", "convnext_tiny", "regnet_y_400mf", "shufflenet_v2_x1_0", "mnasnet1_0"), 512),
    **dict.fromkeys(
        ("mobilenet_v1", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "efficientnet_v2_s"), 512
    ),
    **dict.fromkeys(("fcn_resnet50", "deeplabv3_resnet50", "lraspp_mobilenet_v3_large"), 640),
    "inception_v3": 1472,
}


def expected(view: ImageView, place: tuple[int, ...], image: tuple[int, ...]) -> tuple[Span | None, ...]:
    """Return the rows that a place sees along each axis, without those outside of the image."""
    spans = [
        hull(axis.local.at(u) if isinstance(axis.local, Field) else None, axis.everywhere)
        for axis, u in zip(view, place, strict=True)
    ]
    return tuple(_inside(span, n) for span, n in zip(spans, image, strict=True))


def _inside(span: Span | None, n: int) -> Span | None:
    if span is None or span.last < 0 or span.first >= n:
        return None
    return Span(max(span.first, 0), min(span.last, n - 1))


def is_far_from_the_border(spans: tuple[Span | None, ...], image: tuple[int, ...]) -> bool:
    """Tell whether no path to these rows leads through padding."""
    return all(span and span.first >= n // 4 and span.last < n - n // 4 for span, n in zip(spans, image, strict=True))


@pytest.mark.parametrize("rank", [1, 2])
@given(data=st.data())
@examples(300)
def test_a_place_depends_on_its_field(torch: ModuleType, rank: int, data: st.DataObject) -> None:
    spec = data.draw(windows(rank, SIZES[rank]))
    try:
        graph = graph_of(spec)
    except SpecError:
        assume(False)
    node, seen = graph.nodes[-1], receptive_fields(graph)[-1]
    assert seen is not None
    support = Support(torch, graph, whole, [node.name])
    for part in (0.5, 0.55, data.draw(st.floats(0, 1))):
        place = tuple(min(int(n * part), n - 1) for n in node.output_shape.spatial)
        found, sees = support.rows(node.name, place, noise=1e-13), expected(seen.after, place, seen.image)
        if is_far_from_the_border(sees, seen.image):
            assert found == sees
        elif None not in found:
            assert hull_of(found, sees) == sees


def hull_of(a: tuple[Span | None, ...], b: tuple[Span | None, ...]) -> tuple[Span | None, ...]:
    return tuple(map(hull, a, b))


def looked_at(graph: Graph, largest: int) -> list[tuple[Node, NodeView]]:
    """Return some layers up to the last whose fields are no larger."""
    fields = [(node, seen) for node, seen in zip(graph.nodes, receptive_fields(graph), strict=True) if seen]
    local = [
        (node, seen)
        for node, seen in fields
        if node.output_shape.channel_axis == 0
        and all(isinstance(axis.local, Field) and axis.size <= largest for axis in seen.after)
    ]
    return local[:: -max(len(local) // 5, 1)]


@pytest.mark.parametrize(("name", "size"), ZOO.items())
def test_a_place_in_a_network_of_the_zoo_depends_on_its_field(torch: ModuleType, name: str, size: int) -> None:
    graph = build(load(name, {"size": size}))
    chosen = looked_at(graph, size * 9 // 10)
    support = Support(torch, graph, narrow, [node.name for node, _ in chosen])
    for node, seen in chosen:
        place = tuple(n // 2 for n in node.output_shape.spatial)
        assert support.rows(node.name, place) == expected(seen.after, place, seen.image)
