"""A layer that cannot take its input, told: where, used by whom, and what was known so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NoReturn

from cnnparams.engine.context import Context
from cnnparams.engine.graph import Node, Port
from cnnparams.engine.network import Network, Remark
from cnnparams.errors import LayerError, Problem, SpecError, brief
from cnnparams.schema.spec import Entry, Spec
from cnnparams.schema.structures import Edges

_LAST_SHOWN = 3
_USES_SHOWN = 5
_WIDEST = 80


def stopper(
    spec: Spec, inputs: tuple[Port, ...], network: Network
) -> Callable[[Context, Entry, str, Edges, LayerError], NoReturn]:
    """Return what raises the SpecError of an entry, given its context, its name, what enters it and what is wrong."""

    def stop(context: Context, entry: Entry, name: str, x: Edges, error: LayerError) -> NoReturn:
        path = entry.path if error.field is None else (*entry.path, error.field)
        subject = f"{name} ({brief(entry.kind)})" if name else brief(entry.kind)
        notes = (*_why(network, x), *_uses(spec, context), *_so_far(inputs, network))
        raise SpecError([Problem(str(error), spec.document.place(path), subject=subject, hint=error.hint, notes=notes)])

    return stop


def placed(spec: Spec, remark: Remark) -> Problem:
    """Return the remark on a layer, with its place."""
    subject = f"{remark.name} ({remark.type})"
    return Problem(f"remark: {remark.text}", spec.document.place(remark.path), subject=subject)


def _why(network: Network, x: Edges) -> Iterator[str]:
    """Say where the size of the layer's input comes from, looking through what keeps it (dropout, activations)."""
    source = x[0].source if len(x) == 1 else ""
    while node := network.nodes.get(source):
        if reason := node.layer.provenance(*node.input_shapes):
            yield f"{node.name} gives {reason}"
            return
        if not _keeps_shape(node):
            return
        source = node.inputs[0]


def _keeps_shape(node: Node) -> bool:
    return len(node.inputs) == 1 and node.output_shape.dims == node.input_shapes[0].dims


def _uses(spec: Spec, context: Context) -> Iterator[str]:
    """Yield the lines that used the blocks which the entry is in, innermost first."""
    for block, path in list(reversed(context.uses))[:_USES_SHOWN]:
        place = spec.document.place(path)
        yield f"in block {block}, used in line {place.line}: {brief(place.text.strip(), _WIDEST)}"
    if len(context.uses) > _USES_SHOWN:
        yield f"and {len(context.uses) - _USES_SHOWN} blocks around it"


def _so_far(inputs: tuple[Port, ...], network: Network) -> Iterator[str]:
    last = [(node.name, node.output_shape) for node in network.order[-_LAST_SHOWN:]]
    known = [*((port.name, port.shape) for port in inputs), *last]
    shown = " -> ".join(f"{name} {shape}" for name, shape in known[-_LAST_SHOWN:])
    all_shown = len(inputs) + len(network.order) <= _LAST_SHOWN
    yield f"known so far: {shown if all_shown else f'... -> {shown}'}"
