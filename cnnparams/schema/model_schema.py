"""pydantic's schema of a model, as this project writes schemas; and that of a model whose settings may be computed."""

from typing import Any

from pydantic import BaseModel

from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.settings import per_axis

Json = dict[str, Any]

EXPRESSION: Json = {"$ref": "#/$defs/expression"}
NEEDED = ("required", "oneOf", "anyOf")
"""What of a schema says which keys must be there."""


def computed_object(layer: type[Layer]) -> Json:
    """Return the schema of a layer type in a spec, where each setting may be computed."""
    schema = object_schema(layer)
    return {**schema, "properties": {name: computed(value) for name, value in schema["properties"].items()}}


def computed(schema: Json) -> Json:
    """Return a schema that also takes an expression, for the whole and, in a list, for its items."""
    kept = {key: value for key, value in schema.items() if key in ("description", "default")}
    choices = [
        _of_items(choice) for choice in schema.get("anyOf", [{k: v for k, v in schema.items() if k not in kept}])
    ]
    return {**kept, "anyOf": [*choices, EXPRESSION]}


def _of_items(schema: Json) -> Json:
    return {**schema, "items": computed(schema["items"])} if "items" in schema else schema


def object_schema(model: type[BaseModel]) -> Json:
    """Return pydantic's schema of a model without the titles that it makes up; definitions are ours to write."""
    schema = model.model_json_schema()
    properties = {
        name: {key: value for key, value in prop.items() if key != "title"}
        for name, prop in schema.get("properties", {}).items()
    }
    if issubclass(model, Layer):  # pydantic does not know how many numbers an axis has
        for name, axes in per_axis(model).items():
            nullable = model.model_fields[name].default is None
            properties[name] |= axes.json_schema(model.rank, nullable=nullable)  # type: ignore[attr-defined]
    kept: Json = {key: schema[key] for key in NEEDED if key in schema}
    return {"type": "object", "properties": properties, **kept, "additionalProperties": False}
