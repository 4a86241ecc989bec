"""The JSON Schema of a spec file, from the same models that validate it.

It knows the canonical spelling of each type only, so that an editor offers one. A layer's settings hang on its type by
if/then: an editor then completes the settings of that type alone and points at a misspelt one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel

from cnnparams.layers import registry
from cnnparams.layers.base import Layer
from cnnparams.layers.settings import per_axis
from cnnparams.schema.spec import EntryKeys, Head, Input

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> Json:
    """Return the schema of a whole file."""
    types = [registry.layer_class(declaration) for declaration in registry.declarations()]
    activations = [layer for layer in types if layer.is_activation]
    head = _object(Head)
    head["properties"]["input"] = {"$ref": "#/$defs/input"}
    head["properties"]["layers"]["items"] = {"$ref": "#/$defs/entry"}
    definitions = {
        "input": _input(),
        "entry": _choice("a layer: the bare name of its type, or a mapping with its settings", types, _entry),
        "activation": _choice(
            "an activation: the bare name of its type, or a mapping with its settings", activations, _object
        ),
    }
    return {"$schema": DIALECT, "title": "cnnparams spec", **head, "$defs": definitions}


def settings_schema(layer: type[Layer]) -> dict[str, Json]:
    """Return the schema of each setting of a layer type, by name."""
    properties: dict[str, Json] = _layer(layer)["properties"]
    return properties


def _choice(description: str, types: Sequence[type[Layer]], schema_of: Callable[[type[Layer]], Json]) -> Json:
    """Return a schema of any of these types: a word where nothing must be set, or a mapping that its type decides."""
    objects = {layer.type: schema_of(layer) for layer in types}
    words = [name for name, schema in objects.items() if not schema.keys() & {"required", "oneOf"}]
    rules = [_rule(name, schema) for name, schema in objects.items()]
    mapping = {"type": "object", "required": ["type"], "properties": {"type": {"enum": list(objects)}}, "allOf": rules}
    return {"description": description, "if": {"type": "string"}, "then": {"enum": words}, "else": mapping}


def _rule(type_: str, schema: Json) -> Json:
    settings = {**schema, "properties": {"type": True, **schema["properties"]}}
    return {"if": {"properties": {"type": {"const": type_}}}, "then": settings}


def _entry(layer: type[Layer]) -> Json:
    schema = _layer(layer)
    schema["properties"] |= _object(EntryKeys)["properties"]
    if layer.accepts_activation:
        schema["properties"]["activation"] = {"$ref": "#/$defs/activation"}
    return schema


def _layer(layer: type[Layer]) -> Json:
    """Return the schema of a layer type; pydantic does not know how many numbers an axis has."""
    schema = _object(layer)
    for name, axes in per_axis(layer).items():
        nullable = layer.model_fields[name].default is None
        schema["properties"][name] |= axes.json_schema(layer.rank, nullable=nullable)  # type: ignore[attr-defined]
    return schema


def _input() -> Json:
    sizes = {
        name: schema["anyOf"][0] | {"description": schema["description"]}
        for name, schema in _object(Input)["properties"].items()
    }
    forms = [
        {"properties": {name: sizes[name] for name in form}, "required": list(form), "additionalProperties": False}
        for form in Input.FORMS
    ]
    return {"description": "shape of one sample", "type": "object", "oneOf": forms}


def _object(model: type[BaseModel]) -> Json:
    """Return pydantic's schema of a model without the titles that it makes up; definitions are ours to write."""
    schema = model.model_json_schema()
    properties = (
        {
            name: {key: value for key, value in prop.items() if key != "title"}
            for name, prop in schema["properties"].items()
        }
        if "properties" in schema
        else {}
    )
    kept: Json = {key: schema[key] for key in ("required", "oneOf") if key in schema}
    return {"type": "object", "properties": properties, **kept, "additionalProperties": False}
