"""Which rows of the image a place of a network depends on, found with PyTorch's gradients.

Weights are positive, maxima are means and activations let everything pass, so that a gradient is zero only where
nothing is seen.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection
from types import ModuleType
from typing import Any

from cnnparams.engine.network.graph import Graph, Node
from cnnparams.engine.receptive_field.field import Span
from cnnparams.layers.contract import registry
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.shape import Shape
from tests.engine.torch_networks import built_of

Substitute = tuple[Layer, tuple[Shape, ...]]
_SAME_PLACE = ("batch_norm", "dropout", "prelu", "parameter", "layer_scale", "channel_shuffle")


class Support:
    """A network as far as some layers need it, with values for a random image, and what values at a place depend on."""

    def __init__(
        self, torch: ModuleType, graph: Graph, of: Callable[[Node], Substitute], names: Collection[str]
    ) -> None:
        self.torch = torch
        torch.manual_seed(1)
        (port,) = graph.inputs
        channels = of(graph.nodes[0])[1][0].channels
        self.image = torch.rand(1, channels, *port.shape.spatial, dtype=torch.float64, requires_grad=True)
        self.values = {port.source: self.image}
        needed = set(names)
        for node in reversed(graph.nodes):
            needed.update(node.inputs if node.name in needed else ())
        for node in (node for node in graph.nodes if node.name in needed):
            entering = [self.values[source] for source in node.inputs]
            self.values[node.name] = _positive(torch, *of(node))(*entering)

    def rows(self, name: str, place: tuple[int, ...], noise: float = 0) -> tuple[Span | None, ...]:
        """Return the first and the last row along each axis of the image that a place of a layer depends on.

        What is less than `noise` of the largest gradient is none: upsampling works out its positions in floating point,
        and a weight of exactly 0 may come out as 1e-15. Of a deep network, the true ones at the border are less.
        """
        output = self.values[name][(0, slice(None), *place)].sum()
        (gradient,) = self.torch.autograd.grad(output, self.image, retain_graph=True)
        sizes = gradient[0].abs()
        seen = sizes > noise * sizes.max() if noise else gradient[0]  # in a deep network some may overflow
        where = seen.nonzero()[:, 1:]
        return tuple(Span(int(rows.min()), int(rows.max())) if len(rows) else None for rows in where.T)


def whole(node: Node) -> Substitute:
    """Return a layer with all its channels."""
    return _soft(node.layer), node.input_shapes


def narrow(node: Node) -> Substitute:
    """Return a layer with one channel everywhere, which sees what all of them see, and is quick at any width."""
    layer, shapes = node.layer, tuple(_one_channel(x) for x in node.input_shapes)
    if "norm" in layer.type or (layer.type in ("slice", "pad") and getattr(layer, "dim", None) in (1, -3)):
        return _layer("identity"), shapes
    if layer.type == "concat":
        return _layer("add"), shapes
    one = {"in_channels", "out_channels", "groups", "in_features", "out_features"} & set(type(layer).model_fields)
    return _soft(layer.model_copy(update=dict.fromkeys(one, 1))), shapes


def _one_channel(x: Shape) -> Shape:
    """Return a shape with one channel, or one feature."""
    at = x.channel_axis or 0
    return Shape((*x.dims[:at], 1, *x.dims[at + 1 :]), x.channel_axis)


def _soft(layer: Layer) -> Layer:
    """Return a layer that sees the same and has gradients wherever it looks."""
    if layer.type.startswith(_SAME_PLACE) or (layer.is_activation and "softmax" not in layer.type):
        return _layer("identity")
    if "max_pool" not in layer.type:
        return layer
    settings = dict(layer)
    if set(settings.pop("dilation", (1,))) == {1}:
        return _layer(layer.type.replace("max", "avg"), **settings)
    del settings["ceil_mode"]
    return _layer(layer.type.replace("max_pool", "depthwise_conv"), **settings, dilation=layer.dilations())  # type: ignore[attr-defined]


def _layer(name: str, **settings: Any) -> Layer:
    declaration = registry.find_type(name)
    assert declaration is not None
    return registry.layer_class(declaration).model_validate(settings)


def _positive(torch: ModuleType, layer: Layer, shapes: tuple[Shape, ...]) -> Callable[..., Any]:
    with warnings.catch_warnings(action="ignore"):
        built = built_of(torch, layer.resolve(*shapes), shapes)
        module = built.module.double().eval()
    for tensor in module.parameters():
        torch.nn.init.constant_(tensor, 1 / max(tensor[0].numel(), 1))
    return built.forward
