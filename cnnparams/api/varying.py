"""A network that varies: its inputs may have several shapes, for each of which it is read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import NamedTuple

from cnnparams.api.loading import AnyNetwork, is_spec, network_of, resized, shapes
from cnnparams.api.network import Network
from cnnparams.engine.choosing.axis import InputAxis, SweepAxis, parse_input_axis
from cnnparams.engine.choosing.evaluation import Varying
from cnnparams.errors import ArgumentError, CnnparamsError, about, argument
from cnnparams.schema.input_shape import InputShape, InputSizes
from cnnparams.schema.spec import Spec

ShapesOfInput = InputSizes | Sequence[InputSizes]
"""Shapes that an input goes through: [(3, 160, 160), (3, 192, 192)], or "3x160:224:32x160:224:32"."""
InputShapes = ShapesOfInput | Mapping[str, ShapesOfInput]
"""The shapes of one input, or of several by their names."""

Load = Callable[[tuple[InputShape, ...]], Network]


class Varied(NamedTuple):
    """A network, the inputs that have to be said to read it, and those of them that vary, with all their shapes.

    `said` are the vars that stand for sizes of its inputs: an input that is given says what they are.
    """

    network: Network
    inputs: Mapping[str, InputShape]
    axes: tuple[SweepAxis, ...]
    said: frozenset[str]

    def varying(self, spec: Spec) -> Varying:
        """Return the spec, of this network or of one of its variants, as it varies."""
        return Varying(spec, self.inputs, self.network.reread)

    def check_free(self, names: Iterable[str], blamed: str) -> None:
        """Raise ArgumentError for a var, given other values by the argument that is `blamed`, that an input says."""
        for name in names:
            if name in self.said:
                raise ArgumentError(blamed, f"{argument('input')} says what {name} is: give one of them")
            if name in {axis.name for axis in self.axes}:
                raise ArgumentError(blamed, f"{name} is an input, of which {argument('input')} gives shapes")


def input_axes(given: InputShapes | None) -> tuple[InputAxis, ...]:
    """Return the shapes of each input, however they are given; raise ArgumentError for what is none."""
    if given is None:
        return ()
    if isinstance(given, Mapping):
        return tuple(_named(_input_axis(each), name) for name, each in given.items())
    return (_input_axis(given),)


def _input_axis(given: ShapesOfInput) -> InputAxis:
    with about("input"):
        if isinstance(given, str):
            return parse_input_axis(given)
        found = shapes(given)
        if not found:
            raise CnnparamsError("no shapes to go through")
        return InputAxis(found[0].name, found)


def _named(axis: InputAxis, name: str) -> InputAxis:
    return InputAxis(name, tuple(shape._replace(name=name) for shape in axis.shapes))


def varied(given: AnyNetwork, axes: Sequence[InputAxis], load: Load | None = None) -> Varied:
    """Return a network at the first shapes of its inputs that it takes; raise CnnparamsError where it takes none.

    `load` reads what is given with these inputs, where more has to be said for that.
    """
    read = load or (lambda inputs: _read(given, inputs))
    if all(len(axis.shapes) == 1 for axis in axes):
        alone = tuple(axis.shapes[0] for axis in axes)
        network = read(alone)
        return Varied(network, {}, (), _said(network, alone))
    base = read(()) if isinstance(given, Network) or is_spec(given) else None  # what is no spec may need its inputs
    found, entering = _first_valid(base.resized if base else read, [*product(*(axis.shapes for axis in axes))])
    called = _axes(found, axes)
    varying = tuple(axis for axis in called if len(axis.values) > 1)
    return Varied(base or found, {axis.name: axis.values[0] for axis in called}, varying, _said(found, entering))


def _read(given: AnyNetwork, inputs: tuple[InputShape, ...]) -> Network:
    if isinstance(given, Network):
        return given.resized(inputs) if inputs else given
    return network_of(given, input=inputs)


def _first_valid(make: Load, items: Sequence[tuple[InputShape, ...]]) -> tuple[Network, tuple[InputShape, ...]]:
    """Return what is made of the first shapes of which something can be; raise the error of the very first."""
    try:
        return make(items[0]), items[0]
    except CnnparamsError:
        for item in items[1:]:
            with suppress(CnnparamsError):
                return make(item), item
        raise


def _axes(network: Network, axes: Sequence[InputAxis]) -> list[SweepAxis]:
    """Return the shapes of each input by its name; where none is said, that of the network."""
    said = {axis.name for axis in axes}
    others = (name for name in network.spec.inputs if name not in said)
    return [SweepAxis(axis.name or next(others, "input"), axis.shapes) for axis in axes]


def _said(network: Network, inputs: tuple[InputShape, ...]) -> frozenset[str]:
    """Return the vars of a spec that these inputs set, whatever else sets them."""
    if network.reread:
        return frozenset()
    spec = network.spec
    plain = spec._replace(choice=spec.choice._replace(values={}))
    return frozenset(resized(plain, inputs).choice.values)
