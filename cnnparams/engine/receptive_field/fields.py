"""What every node sees of each input: a field along each axis of the image, carried through the graph in order."""

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import NamedTuple

from cnnparams.engine.network.graph import Graph, Node, Port, of_each
from cnnparams.engine.receptive_field.field import Field, Span, hull
from cnnparams.layers.contract.reach import SAME_PLACE, UNKNOWN, Reaches, all_taps, same_places
from cnnparams.layers.contract.shape import Shape


class Scattered(NamedTuple):
    """Fields of places in no order, as flatten leaves them: the size of the largest, and the hull of all."""

    size: int
    span: Span | None


class AxisView(NamedTuple):
    """What places see along one axis of an image.

    `local` is what depends on the place, along the tensor's dimensions `dims`; `everywhere` is what all places see,
    through a layer that takes in all of its input: a global pool, a linear layer over a flattened image, statistics.
    """

    dims: tuple[int, ...]
    local: Field | Scattered | None
    everywhere: Span | None = None

    @property
    def size(self) -> int:
        """The rows that a place sees; of all places together, where they all see the same."""
        if self.local:
            return self.local.size
        return self.everywhere.size if self.everywhere else 0

    def sees_all(self, n: int) -> bool:
        """Tell whether that is the whole image of n rows."""
        if self.local:
            return self.local.size >= n
        return bool(self.everywhere and self.everywhere.first <= 0 and self.everywhere.last >= n - 1)


ImageView = tuple[AxisView, ...]
"""What places see along each axis of an image."""


class NodeView(NamedTuple):
    """What a node sees of an image: through each of its inputs (None: nothing), and what its places see of it."""

    image: tuple[int, ...]
    before: tuple[ImageView | None, ...]
    after: ImageView


def receptive_fields(graph: Graph) -> list[NodeView | None]:
    """Return what each node sees of the first input that it sees; None where it sees no image."""
    reaches = of_each(graph, _reach)
    images = [port for port in graph.inputs if port.shape.channel_axis is not None]
    passes = [_pass(graph, image, reaches) for image in images]
    rows = zip(*passes, strict=True) if passes else ([] for _ in graph.nodes)
    return [next((seen for seen in row if seen), None) for row in rows]


def _reach(node: Node) -> tuple[Reaches, ...]:
    """Return what a layer sees of each of its inputs."""
    return node.layer.reach(*node.input_shapes)


def _pass(graph: Graph, image: Port, reaches: Iterable[tuple[Reaches, ...]]) -> Iterator[NodeView | None]:
    """Yield what each node sees of an image."""
    spatial = tuple(dim for dim in range(len(image.shape.dims)) if dim != image.shape.channel_axis)
    extent = tuple(image.shape.dims[dim] for dim in spatial)
    lost: set[str] = set()
    """What sees the image in a way that is not known."""
    views: dict[str, ImageView] = {image.source: tuple(AxisView((dim,), Field((Span(0, 0),))) for dim in spatial)}
    for node, own in zip(graph.nodes, reaches, strict=True):
        before = tuple(map(views.get, node.inputs))
        if not lost.isdisjoint(node.inputs) or (UNKNOWN in own and any(before)):
            lost.add(node.name)
            yield None
            continue
        if view := _view(before, own, node):
            views[node.name] = view
        yield NodeView(extent, before, view) if view else None


def _view(before: Iterable[ImageView | None], reaches: Iterable[Reaches], node: Node) -> ImageView | None:
    out = node.output_shape
    entering = zip(before, reaches, node.input_shapes, strict=True)
    carried = [_carried_view(view, own, x, out) for view, own, x in entering if view]
    if not carried:
        return None
    view = carried[0]
    if len(carried) > 1:
        view = tuple([reduce(lambda a, b: _joined(a, b, out), axes) for axes in zip(*carried, strict=True)])
    if node.activation is None:
        return view
    (after,) = node.activation.reach(out)
    return _carried_view(view, after, out, out)


def _carried_view(view: ImageView, reaches: Reaches, x: Shape, out: Shape) -> ImageView:
    """Return what the places of a layer's output see through one input: the same view where it is elementwise."""
    if reaches == same_places(len(reaches)):
        return view
    return tuple([_carried(axis, reaches, x, out) for axis in view])


def _carried(axis: AxisView, reaches: Reaches, x: Shape, out: Shape) -> AxisView:
    """Return what the places of a layer's output see, by what it sees of one input."""
    dims, local, everywhere = axis
    own = [reaches[dim] for dim in dims]
    if local is None:
        return axis
    if any(reach.statistics for reach in own):
        everywhere = hull(everywhere, _whole(axis, x))
    if isinstance(local, Scattered) or own[0].taps is None:
        if any(reach.taps not in (None, SAME_PLACE) for reach in own):
            return AxisView((), None, hull(everywhere, _whole(axis, x)))
        after = tuple(sorted({dim for reach in own for dim in reach.dims}))
        return AxisView(after, Scattered(local.size, _whole(axis, x)), everywhere)
    moved, taps = own[0].dims, own[0].taps
    return _axis(moved, local.through(taps, x.dims[dims[0]], out.dims[moved[0]] if moved else 1), everywhere)


def _joined(a: AxisView, b: AxisView, out: Shape) -> AxisView:
    """Return what places see that see as two inputs do."""
    everywhere = hull(a.everywhere, b.everywhere)
    if a.local is None or b.local is None:
        return (b if a.local is None else a)._replace(everywhere=everywhere)
    if isinstance(a.local, Field) and isinstance(b.local, Field) and a.dims == b.dims:
        return _axis(a.dims, a.local.beside(b.local, out.dims[a.dims[0]]), everywhere)
    dims = tuple(sorted({*a.dims, *b.dims}))
    span = hull(_whole(a, out), _whole(b, out))
    return AxisView(dims, Scattered(max(a.local.size, b.local.size), span), everywhere)


def _axis(dims: tuple[int, ...], field: Field, everywhere: Span | None) -> AxisView:
    return AxisView(dims, field, everywhere) if field.rise else AxisView((), None, hull(everywhere, *field.phases))


def _whole(axis: AxisView, x: Shape) -> Span | None:
    """Return the rows that all places of a tensor see together."""
    if not isinstance(axis.local, Field):
        return axis.local.span if axis.local else None
    n = x.dims[axis.dims[0]]
    return axis.local.through(all_taps(n), n, 1).phases[0]
