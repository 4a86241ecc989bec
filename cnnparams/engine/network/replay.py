"""A block laid out again: the same values and shapes give the same layers, under other names."""

from typing import NamedTuple

from cnnparams.engine.network.builder import GraphBuilder
from cnnparams.engine.network.graph import Node
from cnnparams.schema.structures import Edge, Edges, Extent


class Recording(NamedTuple):
    """Where a block has been laid out: its name, what entered and left, and how far the network was before and after.

    Before and after are numbers of nodes and of entries.
    """

    name: str
    entered: Edges
    left: Edges
    before: tuple[int, int]
    after: tuple[int, int]


def pattern(x: Edges) -> tuple[object, ...]:
    """Return what must agree of two inputs for one to stand for the other: shapes, and which tensors are the same."""
    sources = [edge.source for edge in x]
    return tuple([(edge.shape, sources.index(edge.source)) for edge in x])


def replay(network: GraphBuilder, recording: Recording, name: str, x: Edges) -> Edges:
    """Lay the block out again under a name; return the tensors that leave it."""
    (first, entries), (last, entries_after) = recording.before, recording.after
    network.expect(Extent(last - first, entries_after - entries))
    network.count_entries(entries_after - entries)
    cut = len(recording.name) + 1 if recording.name else 0
    under = f"{name}." if name else ""
    entering = {old.source: new.source for old, new in zip(recording.entered, x, strict=True)}
    for old, layer, activation, trainable, shares, sources, shapes, output, path, dtype in network.order[first:last]:
        inputs = tuple([entering.get(source) or under + source[cut:] for source in sources])
        shared = shares and under + shares[cut:]
        network.put(Node(under + old[cut:], layer, activation, trainable, shared, inputs, shapes, output, path, dtype))
        if result := network.results.get(old):
            network.results[under + old[cut:]] = result._replace(name=under + result.name[cut:])
    return tuple(Edge(entering.get(edge.source) or under + edge.source[cut:], edge.shape) for edge in recording.left)
