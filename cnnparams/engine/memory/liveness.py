"""Which tensors are alive while each layer runs, a batch of samples on its way through the network, without training.

A tensor lives from the layer that makes it to the last that reads it; the results of the network live to the end. What
a layer overwrites, or only looks at in another shape, needs no memory of its own. A layer whose spec says another dtype
than its input has reads a copy, which lives while that layer runs (as of x.to(dtype) in PyTorch).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnnparams.dtypes import DTYPES
from cnnparams.engine.network.graph import Graph, Node, batchless
from cnnparams.layers.contract.base import Footprint


class KernelCall(NamedTuple):
    """One thing that is computed: by the layer of a node or by its activation, or a copy of an input in its dtype."""

    node: int
    output: str
    inputs: tuple[str, ...]
    bytes: int
    footprint: Footprint


class Lifetime(NamedTuple):
    """A stretch of memory: the tensor it is first made for, its bytes, and the operations it lives through."""

    name: str
    bytes: int
    first: int
    last: int


class Liveness(NamedTuple):
    """The lifetimes of a network's memory, and for each node the bytes that are alive while it runs."""

    lifetimes: tuple[Lifetime, ...]
    per_node: tuple[int, ...]
    operations: tuple[KernelCall, ...]

    @property
    def peak(self) -> int:
        """The number of the node where most is alive; the first of several."""
        return max(range(len(self.per_node)), key=self.per_node.__getitem__, default=-1)

    def alive_at(self, node: int) -> tuple[Lifetime, ...]:
        """Return what is alive at the operation of a node that needs most, largest first."""
        times = [time for time, operation in enumerate(self.operations) if operation.node == node]
        alive = ([life for life in self.lifetimes if life.first <= time <= life.last] for time in times)
        most = max(alive, key=lambda lives: sum(life.bytes for life in lives), default=[])
        return tuple(sorted(most, key=lambda life: -life.bytes))


def liveness(graph: Graph, dtype: str, batch: int = 1, *, in_place: bool = True) -> Liveness:
    """Return what lives when; `dtype` is that of the input, and of each layer whose spec says none.

    What depends on no sample is there once, and what a layer holds is no memory of its own. `in_place` lets elementwise
    layers overwrite an input that nobody needs any more.
    """
    operations = tuple(_operations(graph, dtype, batch))
    last_read = {name: time for time, operation in enumerate(operations) for name in operation.inputs}
    last_read |= {port.source: len(operations) for port in graph.outputs}
    return _Homes(graph, DTYPES[dtype] * batch, operations, last_read, in_place=in_place).run()


def _operations(graph: Graph, usual: str, batch: int) -> Iterator[KernelCall]:
    """Yield what is computed, in order. The value of a node is called like it; before its activation, it has a dot."""
    given = {port.source: usual for port in graph.inputs}
    once = batchless(graph.nodes)
    mixed = any(node.dtype for node in graph.nodes)
    for i, node in enumerate(graph.nodes):
        dtype = given[node.name] = node.dtype or usual
        samples, inputs = 1 if node.name in once else batch, node.inputs
        size = samples * node.output_shape.size * DTYPES[dtype]
        if mixed and node.layer.input_dtype is None and any(given[source] != dtype for source in inputs):
            for source, shape in dict(zip(inputs, node.input_shapes, strict=True)).items():
                if given[source] != dtype:
                    copy = _copied(source, dtype, node)
                    copied = (1 if source in once else batch) * shape.size * DTYPES[dtype]
                    yield KernelCall(i, copy, (source,), copied, Footprint.NEW)
            inputs = tuple([source if given[source] == dtype else _copied(source, dtype, node) for source in inputs])
        made = f"{node.name}." if node.activation else node.name
        footprint = node.layer.footprint
        yield KernelCall(i, made, inputs, 0 if footprint is Footprint.HELD else size, footprint)
        if node.activation:
            yield KernelCall(i, node.name, (made,), size, node.activation.footprint)


def _copied(source: str, dtype: str, node: Node) -> str:
    """Return what the copy is called that a node reads of what has another dtype."""
    return f"{source} as {dtype} for {node.name}"


class _Homes:
    """Memory on its way through the operations: which stretch each value is in, and when its last reader comes."""

    def __init__(
        self,
        graph: Graph,
        port_bytes: int,
        operations: tuple[KernelCall, ...],
        last_read: dict[str, int],
        *,
        in_place: bool,
    ) -> None:
        self.graph = graph
        self.port_bytes = port_bytes
        self.operations = operations
        self.last_read = last_read
        self.in_place = in_place
        self.home: dict[str, int] = {}
        self.stretches: list[Lifetime] = []

    def run(self) -> Liveness:
        """Go through the operations."""
        for port in self.graph.inputs:
            self._give_home(port.source, port.shape.size * self.port_bytes, 0)
        for time, operation in enumerate(self.operations):
            home = self._home_of_input(operation, time)
            if home is None:
                self._give_home(operation.output, operation.bytes, time)
            else:
                self._move_in(operation.output, home)
        return Liveness(tuple(self.stretches), self._per_node(), self.operations)

    def _home_of_input(self, operation: KernelCall, time: int) -> int | None:
        """Return the stretch of an input that the output can be in; None where it needs its own."""
        if operation.footprint is Footprint.VIEW:
            return self.home[operation.inputs[0]]
        if operation.footprint is Footprint.ELEMENTWISE and self.in_place:
            homes = (self.home[name] for name in operation.inputs)
            return next((home for home in homes if self._is_free(home, operation, time)), None)
        return None

    def _is_free(self, home: int, operation: KernelCall, time: int) -> bool:
        stretch = self.stretches[home]
        return stretch.last <= time and stretch.bytes == operation.bytes

    def _give_home(self, value: str, size: int, time: int) -> None:
        self.home[value] = len(self.stretches)
        name = _before_activation(value[:-1]) if value.endswith(".") else value
        self.stretches.append(Lifetime(name, size, time, max(time, self.last_read.get(value, time))))

    def _move_in(self, value: str, home: int) -> None:
        self.home[value] = home
        stretch = self.stretches[home]
        name = value if stretch.name == _before_activation(value) else stretch.name
        self.stretches[home] = stretch._replace(name=name, last=max(stretch.last, self.last_read.get(value, 0)))

    def _per_node(self) -> tuple[int, ...]:
        """Sum up what is alive at each operation, by what begins and ends; a node needs what its largest does."""
        change = [0] * (len(self.operations) + 2)
        for stretch in self.stretches:
            change[stretch.first] += stretch.bytes
            change[min(stretch.last, len(self.operations)) + 1] -= stretch.bytes
        most = [0] * len(self.graph.nodes)
        alive = 0
        for time, operation in enumerate(self.operations):
            alive += change[time]
            most[operation.node] = max(most[operation.node], alive)
        return tuple(most)


def _before_activation(name: str) -> str:
    return f"{name} before its activation"
