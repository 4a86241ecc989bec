"""The network of a sweep or of solve: its inputs may have several shapes, for each of which it is read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import Any, NamedTuple, TypeVar

import click

from cnnparams.api.network import Network
from cnnparams.cli.networks import load_one
from cnnparams.cli.options import Opening, VaryingOpening
from cnnparams.engine.choosing.axis import SweepAxis
from cnnparams.engine.choosing.evaluation import Varying
from cnnparams.errors import CnnparamsError
from cnnparams.schema.input_shape import InputShape
from cnnparams.schema.spec import Spec
from cnnparams.sources.register import source_of

T = TypeVar("T")
U = TypeVar("U")


class Varied(NamedTuple):
    """A network, the inputs that have to be said to read it, and those of them that vary, with all their shapes.

    `vars_set` are the vars that stand for sizes of the inputs: an input that is given says what they are.
    """

    network: Network
    inputs: Mapping[str, InputShape]
    axes: tuple[SweepAxis, ...]
    vars_set: frozenset[str]

    def varying(self, spec: Spec) -> Varying:
        """Return the spec, of this network or of one of its variants, as it varies."""
        return Varying(spec, self.inputs, self.network.reread)

    def check_free(self, names: Iterable[str], option: str) -> None:
        """Raise BadParameter for a var, given other values by an option, that an input says."""
        for name in names:
            if name in self.vars_set:
                raise click.BadParameter(f"--input says what {name} is: give one of them", param_hint=option)
            if name in {axis.name for axis in self.axes}:
                raise click.BadParameter(f"{name} is an input, of which --input gives shapes", param_hint=option)


def load_varied(name: str, values: Mapping[str, Any], opening: VaryingOpening) -> Varied:
    """Load a network at the first shapes of its inputs that it takes; raise CnnparamsError where it takes none."""
    axes = opening.axes
    if all(len(axis.shapes) == 1 for axis in axes):
        network = load_one(name, values, Opening(tuple(axis.shapes[0] for axis in axes), opening.mode))
        return Varied(network, {}, (), _vars_set(network, values))
    spec = load_one(name, values, Opening(mode=opening.mode)) if source_of(name) is None else None

    def at(shapes: tuple[InputShape, ...]) -> Network:
        return spec.resized(shapes) if spec else load_one(name, values, Opening(shapes, opening.mode))

    found = _first_valid(at, [*product(*(axis.shapes for axis in axes))])
    named = _named(found, opening)
    varying = tuple(axis for axis in named if len(axis.values) > 1)
    return Varied(spec or found, {axis.name: axis.values[0] for axis in named}, varying, _vars_set(found, values))


def _vars_set(network: Network, values: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(network.spec.choice.values) - values.keys()


def _first_valid(make: Callable[[T], U], items: Sequence[T]) -> U:
    """Return what is made of the first item of which something can be; raise the error of the very first."""
    try:
        return make(items[0])
    except CnnparamsError:
        for item in items[1:]:
            with suppress(CnnparamsError):
                return make(item)
        raise


def _named(network: Network, opening: VaryingOpening) -> list[SweepAxis]:
    """Return the shapes of each input by its name; where none is said, that of the network."""
    said = {axis.name for axis in opening.axes}
    others = (name for name in network.spec.inputs if name not in said)
    return [SweepAxis(axis.name or next(others, "input"), axis.shapes) for axis in opening.axes]
