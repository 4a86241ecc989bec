"""What was verified, as JSON: one network as a document with a layer a line; several as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnnparams.engine.reports.report import Kind
from cnnparams.inert import to_json
from cnnparams.render import verification_notes as notes
from cnnparams.render.json_document import encode, laid_out
from cnnparams.render.view import Layout, View
from cnnparams.targets.verification import Figure, LayerCheck, Verification

SCHEMA_VERSION = 1


def render(verifications: Sequence[Verification], view: View) -> Iterator[str]:
    """Yield one document, or a line for each of several."""
    documents = (_document(verification, view.layout) for verification in verifications)
    if len(verifications) == 1:
        yield laid_out(next(documents))
    else:
        yield from (to_json(document) + "\n" for document in documents)


def _document(verification: Verification, layout: Layout) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "name": verification.name,
        "against": verification.other,
        "torch_version": verification.torch_version,
        "layout": layout.name,
        "same": verification.same,
        "differences": list(notes.differences(verification, layout)),
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
