"""What differs between two layers, one in either network, that are the same layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cnnparams.engine.decided import decided
from cnnparams.engine.difference import Change
from cnnparams.engine.quantity import Kind
from cnnparams.engine.report import LayerReport, PortReport, Report, Shape
from cnnparams.layers.registry import find, layer_class
from cnnparams.layers.settings import Hyperparameter

Ancestry = Mapping[str, tuple[str, ...]]
"""What the names of a network stand for, which is the same for the names of one layer in both."""


class Names(NamedTuple):
    """What the layers and inputs of the first network are called in the second; and what those of either stand for."""

    known: Mapping[str, str]
    before: Ancestry
    after: Ancestry


def names(before: Report, after: Report, known: Mapping[str, str]) -> Names:
    """Return what the names of two networks stand for; `known` are those of the first that the second has too."""
    same = {name: name for name in known.values()}
    return Names(known, _ancestry(before, known, "before"), _ancestry(after, same, "after"))


def _ancestry(report: Report, known: Mapping[str, str], side: str) -> Ancestry:
    """Return what each name stands for: itself, or, where the other network has no such layer, what it comes from.

    Whoever reads a part with one way in that was put there, or was taken away, has not been changed for that.
    """
    found: dict[str, tuple[str, ...]] = {}
    read = [*((port.name, ()) for port in report.inputs), *((layer.name, layer.inputs) for layer in report.layers)]
    for name, inputs in read:
        sources = {found[source] for source in inputs}
        own = (known[name],) if name in known else (side, name)
        found[name] = sources.pop() if name not in known and len(sources) == 1 else own
    return found


def changes(before: LayerReport, after: LayerReport, names: Names) -> Iterator[Change]:
    """Yield what differs, what an author wrote first."""
    settings = list(_settings(before, after))
    yield from _differing("type", Kind.TEXT, before.type, after.type)
    yield from (change for change in settings if change.own)
    yield from _activation(before, after)
    if [names.before[name] for name in before.inputs] != [names.after[name] for name in after.inputs]:
        yield Change("inputs", Kind.NAMES, before.inputs, after.inputs)
    if after.shares != (before.shares and names.known.get(before.shares, before.shares)):
        yield Change("shares", Kind.TEXT, before.shares, after.shares)
    if None not in (learns := (_learns(before), _learns(after))):
        yield from _differing("trainable", Kind.FLAG, *learns)
    yield from (change for change in settings if not change.own)
    yield from _differing("input_shapes", Kind.SHAPES, before.input_shapes, after.input_shapes, own=False)
    yield from _differing("output_shape", Kind.SHAPE, before.output_shape, after.output_shape, own=False)


def network_changes(before: Report, after: Report, names: Names) -> Iterator[Change]:
    """Yield how the inputs differ, and which layers give the results."""
    old = {names.before[port.name]: port.shape for port in before.inputs}
    if old != {names.after[port.name]: port.shape for port in after.inputs}:
        yield Change("inputs", Kind.SHAPES, _shapes(before.inputs), _shapes(after.inputs))
    given = [names.before[port.source] for port in before.outputs]
    if given != [names.after[port.source] for port in after.outputs]:
        yield Change("outputs", Kind.NAMES, _sources(before.outputs), _sources(after.outputs))


def _shapes(ports: Sequence[PortReport]) -> tuple[Shape, ...]:
    return tuple(port.shape for port in ports)


def _sources(ports: Sequence[PortReport]) -> tuple[str, ...]:
    return tuple(port.source for port in ports)


def _differing(key: str, kind: Kind, before: Any, after: Any, *, own: bool = True) -> Iterator[Change]:
    if before != after:
        yield Change(key, kind, before, after, own)


def _settings(before: LayerReport, after: LayerReport) -> Iterator[Change]:
    pairs = list(_unequal(before.hyperparameters, after.hyperparameters))
    follow = _decided(before) & _decided(after) if pairs else set()
    yield from (Change(one.name, Kind.SETTING, one, other, one.name not in follow) for one, other in pairs)


def _activation(before: LayerReport, after: LayerReport) -> Iterator[Change]:
    yield from _differing("activation", Kind.TEXT, before.activation, after.activation)
    if before.activation == after.activation:
        pairs = _unequal(before.activation_hyperparameters, after.activation_hyperparameters)
        yield from (Change(f"activation.{one.name}", Kind.SETTING, one, other) for one, other in pairs)


def _unequal(
    before: Sequence[Hyperparameter], after: Sequence[Hyperparameter]
) -> Iterator[tuple[Hyperparameter, Hyperparameter]]:
    """Yield the settings that both have, with different values."""
    known = {setting.name: setting for setting in after}
    both = ((setting, known[setting.name]) for setting in before if setting.name in known)
    yield from ((one, other) for one, other in both if one.value != other.value)


def _decided(layer: LayerReport) -> set[str]:
    """Return the settings that the input decides."""
    declaration = find(layer.type)
    if declaration is None:
        return set()
    values = {setting.name: setting.value for setting in layer.hyperparameters}
    return set(decided(layer_class(declaration).model_construct(**values), layer.input_shapes))


def _learns(layer: LayerReport) -> bool | None:
    """Tell whether what a layer learns is trainable; None where it learns nothing."""
    roles = {tensor.role for tensor in layer.tensors} - {"buffer"}
    return "trainable" in roles if roles else None
