"""A verification: both figures side by side, what differs, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnnparams.engine.reports.grid import Heading, Row
from cnnparams.engine.reports.report import Kind, TensorReport
from cnnparams.inert import printable
from cnnparams.render import cells
from cnnparams.render.answer import Answer
from cnnparams.render.documents import encode, layer_a_line
from cnnparams.render.sections import Items, Phrase, Section, Table, Title
from cnnparams.render.view import Layout
from cnnparams.targets.verification import Figure, LayerCheck, Verification

SCHEMA_VERSION = 1
_RECORD = ("network", "layer", "type", "figure", "cnnparams", "pytorch")


class VerificationAnswer(Answer):
    """What was held against PyTorch."""

    json = staticmethod(layer_a_line)

    def __init__(self, verifications: Sequence[Verification]) -> None:
        self.verifications = verifications

    @classmethod
    def of(cls, found: Verification) -> VerificationAnswer:
        """Return what shows one."""
        return cls([found])

    def sections(self, layout: Layout) -> Iterator[Section]:
        """Yield for each network the tables of its layers and totals, and the verdict."""
        for verification in self.verifications:
            yield Title(verification.name)
            if verification.layers:
                yield _layers(verification, layout)
            yield _totals(verification, layout)
            yield Items(tuple(_differences(verification, layout)), _verdict(verification))

    def records(self, layout: Layout) -> Table:
        """Return a row for each figure of each layer; those of the totals have no layer."""
        heads = tuple(Heading(key, key.capitalize(), Kind.TEXT) for key in _RECORD)
        same = Heading("same", "Same", Kind.FLAG)
        return Table((*heads, same), (row for found in self.verifications for row in _rows(found, layout)))

    def documents(self, layout: Layout) -> Iterator[Mapping[str, Any]]:
        """Yield a document for each network."""
        return (_document(verification, layout) for verification in self.verifications)


def _layers(verification: Verification, layout: Layout) -> Table:
    figures = verification.layers[0].figures
    pairs = [(fig, title) for fig in figures for title in (fig.title, f"{fig.title} in {verification.other}")]
    heads = (Heading(figure.key, printable(title), figure.kind) for figure, title in pairs)
    own = Heading("layer", "Layer", Kind.TEXT), Heading("same", "Same", Kind.TEXT)
    return Table((own[0], *heads, own[1]), [_row(layer, layout) for layer in verification.layers])


def _totals(verification: Verification, layout: Layout) -> Table:
    whose = (Heading(name, printable(name), Kind.COUNT) for name in ("cnnparams", verification.other))
    rows = [Row(tuple(map(Phrase, (fig.title, *_both(fig, layout))))) for fig in verification.totals]
    return Table((Heading("total", "Total", Kind.TEXT), *whose), rows)


def _rows(verification: Verification, layout: Layout) -> Iterator[Row]:
    whole = (("", "", figure) for figure in verification.totals)
    parts = ((layer.name, layer.type, figure) for layer in verification.layers for figure in layer.figures)
    for name, type_, figure in (*parts, *whole):
        yield Row((verification.name, name, type_, figure.key, *_both(figure, layout), figure.same))


def _verdict(verification: Verification) -> str:
    """Say in a line whether all is the same."""
    other, count = printable(verification.other), len(verification.layers)
    if not verification.same:
        return f"{verification.name} differs from {other}:"
    if not count:
        return f"Verified: {verification.name} has the tensors of {other}, and an output of the same shape."
    tensors = sum(len(layer.tensors.ours) for layer in verification.layers)
    return f"Verified: all figures of {count} layers and {tensors} tensors are those of {other}."


def _differences(verification: Verification, layout: Layout) -> Iterator[str]:
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


def _row(layer: LayerCheck, layout: Layout) -> Row:
    pairs = [text for figure in layer.figures for text in _both(figure, layout)]
    return Row(tuple(map(Phrase, (layer.name, *pairs, cells.write(layer.same, Kind.FLAG, layout)))))


def _of_layer(layer: LayerCheck, other: str, layout: Layout) -> Iterator[str]:
    if layer.refusal:
        yield f"{layer.name}: {other} rejects this {layer.type}: {printable(layer.refusal)}"
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


def _document(verification: Verification, layout: Layout) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "name": verification.name,
        "against": verification.other,
        "torch_version": verification.torch_version,
        "layout": layout.name,
        "same": verification.same,
        "differences": list(_differences(verification, layout)),
        "totals": _figures(verification.totals, layout),
        "only_in_spec": [tensor._asdict() for tensor in verification.only_ours],
        "only_in_model": [tensor._asdict() for tensor in verification.only_theirs],
        "layers": [_layer(layer, layout) for layer in verification.layers],
    }


def _layer(layer: LayerCheck, layout: Layout) -> dict[str, Any]:
    figures = _figures((*layer.figures, layer.tensors), layout)
    return {"name": layer.name, "type": layer.type, "same": layer.same, **figures, "refusal": layer.refusal}


def _figures(figures: Sequence[Figure], layout: Layout) -> dict[str, Any]:
    return {
        figure.key: {
            "cnnparams": _value(figure.ours, figure.kind, layout),
            "pytorch": _value(figure.theirs, figure.kind, layout),
        }
        for figure in figures
    }


def _value(value: Any, kind: Kind, layout: Layout) -> Any:
    if kind is Kind.SHAPES:
        return [_value(shape, Kind.SHAPE, layout) for shape in value]
    return encode(value, kind, layout) if not isinstance(value, str | None) else value
