"""What every format says of a verification: both figures side by side, what differs, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnparams.engine.reports.report import Kind, TensorReport
from cnnparams.inert import printable
from cnnparams.render import cells
from cnnparams.render.view import Layout
from cnnparams.targets.verification import Figure, LayerCheck, Verification

Grid = tuple[list[tuple[str, bool]], list[list[str]]]
"""The columns, each with its title and whether it is aligned to the right, and the rows."""


def layers(verification: Verification, layout: Layout) -> Grid:
    """Return the table of the layers."""
    figures = verification.layers[0].figures
    pairs = [(title, figure.kind) for figure in figures for title in (figure.title, f"in {verification.other}")]
    heads = [("Layer", False), *((title, kind in cells.RIGHT_ALIGNED) for title, kind in pairs), ("Same", False)]
    return heads, [_row(layer, layout) for layer in verification.layers]


def totals(verification: Verification, layout: Layout) -> Grid:
    """Return the table of the totals."""
    heads = [("Total", False), ("cnnparams", True), (printable(verification.other), True)]
    return heads, [[figure.title, *_both(figure, layout)] for figure in verification.totals]


def verdict(verification: Verification) -> str:
    """Say in a line whether all is the same."""
    other, count = printable(verification.other), len(verification.layers)
    if not verification.same:
        return f"{verification.name} differs from {other}:"
    if not count:
        return f"Verified: {verification.name} has the tensors of {other}, and an output of the same shape."
    tensors = sum(len(layer.tensors.ours) for layer in verification.layers)
    return f"Verified: all figures of {count} layers and {tensors} tensors are those of {other}."


def differences(verification: Verification, layout: Layout) -> Iterator[str]:
    """Yield what differs, a line each."""
    other = printable(verification.other)
    for layer in verification.layers:
        yield from _of_layer(layer, other, layout)
    for figure in verification.totals:
        if not figure.same:
            yield _difference(figure, other, layout)
    for whose, tensors in ((verification.name, verification.only_ours), (other, verification.only_theirs)):
        yield from (f"only in {whose}: {_tensor(tensor)}" for tensor in tensors)
    if verification.failure:
        yield from verification.failure.splitlines()


def _row(layer: LayerCheck, layout: Layout) -> list[str]:
    pairs = [text for figure in layer.figures for text in _both(figure, layout)]
    return [layer.name, *pairs, cells.write(layer.same, Kind.FLAG, layout)]


def _of_layer(layer: LayerCheck, other: str, layout: Layout) -> Iterator[str]:
    if layer.refusal:
        yield f"{layer.name}: {other} refuses this {layer.type}: {printable(layer.refusal)}"
        return
    for figure in layer.figures:
        if not figure.same:
            yield f"{layer.name}: {_difference(figure, other, layout)}"
    if not layer.tensors.same:
        ours, theirs = layer.tensors.ours, layer.tensors.theirs
        apart = [[tensor for tensor in a if tensor not in b] for a, b in ((ours, theirs), (theirs, ours))]
        here, there = ("; ".join(map(_tensor, tensors)) or "no such tensor" for tensors in apart)
        yield f"{layer.name}: {here}, in {other} {there}"


def _difference(figure: Figure, other: str, layout: Layout) -> str:
    ours, theirs = _both(figure, layout)
    return f"{figure.title} {ours}, in {other} {theirs}"


def _both(figure: Figure, layout: Layout) -> tuple[str, str]:
    return _text(figure.ours, figure.kind, layout), _text(figure.theirs, figure.kind, layout)


def _text(value: Any, kind: Kind, layout: Layout) -> str:
    if kind is Kind.SHAPES:
        return ", ".join(_text(shape, Kind.SHAPE, layout) for shape in value)
    if value is None or isinstance(value, str):
        return value or "-"
    return cells.write(value, kind, layout)


def _tensor(tensor: TensorReport) -> str:
    return f"{printable(tensor.name)} ({', '.join(map(str, tensor.shape))}) {tensor.role}"
