"""Whether a node has the inputs, outputs and attributes that ONNX says of its operation, as far as onnx knows it."""

from __future__ import annotations

from functools import cache
from typing import Any

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.extra import extra
from cnnparams.sources.onnx.model import Known, Op, Unread

_TYPES: dict[type, str] = {float: "FLOAT", int: "INT", str: "STRING", Known: "TENSOR"}
_READ = frozenset(_TYPES.values())


def check_signature(op: Op, opset: int) -> None:
    """Raise NoLayerError where a node is not what the operation of its name must be, in that version of ONNX."""
    schema = _schema(op.kind, opset)
    if schema is None or schema.deprecated:
        return
    problem = _inputs(op, schema) or _attributes(op, schema)
    if problem:
        raise NoLayerError(problem, "export it again")


def _inputs(op: Op, schema: Any) -> str | None:
    """Return what is wrong with the inputs and outputs of a node."""
    for i, formal in enumerate(schema.inputs[: schema.min_input]):
        if i >= len(op.inputs) or (not op.inputs[i] and formal.option.name == "Single"):
            return f"lacks its input {i}"
    for what, names, most in (("inputs", op.inputs, schema.max_input), ("outputs", op.outputs, schema.max_output)):
        if len(names) > most:
            return f"has {len(names)} {what}, where its operation has {most} at most"
    return None


def _attributes(op: Op, schema: Any) -> str | None:
    """Return what is wrong with the attributes of a node."""
    for name, attribute in schema.attributes.items():
        if name in op.attributes and not _is_of(attribute.type.name, op.attributes[name]):
            return f"has a {name} of a wrong type: {_name(op.attributes[name])}"
        if attribute.required and name not in op.attributes:
            return f"lacks its {name}"
    return None


@cache
def _schema(kind: str, opset: int) -> Any:
    """Return what onnx says of an operation in a version, or else in the newest; None where it does not know it."""
    defs = extra("onnx").defs
    try:
        return defs.get_schema(kind, opset, "")
    except defs.SchemaError:
        return defs.get_schema(kind) if defs.has(kind) else None


def _is_of(wanted: str, value: Any) -> bool:
    """Tell whether an attribute's value is of a type."""
    if isinstance(value, Unread):
        return wanted.removesuffix("S") not in _READ or value.kind.upper() == wanted
    if type(value) is tuple:  # and not a tensor, which is a named tuple
        return wanted.endswith("S") and all(_TYPES[type(one)] == wanted[:-1] for one in value)
    return _TYPES[type(value)] == wanted


def _name(value: Any) -> str:
    return value.kind if isinstance(value, Unread) else _TYPES.get(type(value), "list").lower()
