"""The JSON Schema of a spec file, from the same models that validate it.

It knows the canonical spelling of each type only, so that an editor offers one. An entry hangs its settings on its type
by if/then: an editor then completes the settings of that type alone and points at a misspelt one. Where a number may
stand, an expression may stand too, of which a schema sees no more than that it is text.
"""

from collections.abc import Mapping

from cnnparams.layers.contract import registry
from cnnparams.layers.contract.base import Layer
from cnnparams.schema.bounds import VarKeys
from cnnparams.schema.budget import BUDGET
from cnnparams.schema.draft import BLOCK, TYPE
from cnnparams.schema.keys import BlockKeys, EntryKeys, Input, SeveralInputs, SingleInput
from cnnparams.schema.model_schema import EXPRESSION, NEEDED, Json, computed, computed_object, object_schema
from cnnparams.schema.structures import STRUCTURES, KeyKind, Structure
from cnnparams.schema.wording import keys

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VALUE: Json = {"$ref": "#/$defs/value"}
_ENTRIES: Json = {"type": "array", "items": {"$ref": "#/$defs/entry"}}
_VALUES: Json = {"type": "object", "additionalProperties": _VALUE}


def json_schema(totals: Mapping[str, str]) -> Json:
    """Return the schema of a whole file; `totals` are the words of a budget, each with what it means."""
    types = [registry.layer_class(declaration) for declaration in registry.declarations()]
    layers = {layer.type: computed_object(layer) for layer in types}
    activations = {layer.type: layers[layer.type] for layer in types if layer.is_activation}
    structures = {name: _structure(structure) for name, structure in STRUCTURES.items()}
    entries = {layer.type: _entry(layer, layers[layer.type]) for layer in types} | structures
    definitions = {
        "input": _input(),
        "entry": _choice(
            "a layer, a structure, or a block that is used", {"enum": _bare(layers)}, _used(_typed(entries))
        ),
        "activation": _choice(
            "an activation", {"anyOf": [{"enum": _bare(activations)}, EXPRESSION]}, _typed(activations)
        ),
        "entryKeys": {"properties": _entry_keys()},
        "block": _block(),
        "amount": {
            "description": "a number, an amount such as 256KiB, or an expression over vars",
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "minLength": 1}],
        },
        "expression": {"type": "string", "description": "arithmetic over vars, params, index and channels"},
        "var": _var(),
        "value": {
            "description": "a number, true or false, a word, an expression, or a list of these",
            "anyOf": [{"type": ["number", "boolean", "string", "null"]}, {"type": "array", "items": _VALUE}],
        },
    }
    return {"$schema": DIALECT, "title": "cnnparams spec", **_head(totals), "$defs": definitions}


def settings_schema(layer: type[Layer]) -> dict[str, Json]:
    """Return the schema of each setting of a layer type, by name, as it is where nothing is computed."""
    properties: dict[str, Json] = object_schema(layer)["properties"]
    return properties


def _head(totals: Mapping[str, str]) -> Json:
    properties = object_schema(SeveralInputs)["properties"] | object_schema(SingleInput)["properties"]
    properties |= {
        "vars": _noted(properties["vars"], {"additionalProperties": {"anyOf": [_VALUE, {"$ref": "#/$defs/var"}]}}),
        "variants": _noted(properties["variants"], {"additionalProperties": {"anyOf": [_VALUES, {"type": "null"}]}}),
        BUDGET: _noted(properties[BUDGET], {"properties": _limits(totals), "additionalProperties": False}),
        "blocks": _noted(properties["blocks"], {"additionalProperties": {"$ref": "#/$defs/block"}}),
        "input": {"$ref": "#/$defs/input"},
        "inputs": _noted(properties["inputs"], {"additionalProperties": {"$ref": "#/$defs/input"}})
        | {"minProperties": 1},
        "layers": properties["layers"] | _ENTRIES,
    }
    given = [{"required": ["input", "layers"]}, {"required": ["inputs", "layers"]}]
    return {"type": "object", "properties": properties, "oneOf": given, "additionalProperties": False}


def _limits(totals: Mapping[str, str]) -> Json:
    return {word: {"description": f"{title}, at most", "$ref": "#/$defs/amount"} for word, title in totals.items()}


def _noted(of: Json, schema: Json) -> Json:
    return {"description": of["description"], "type": "object", **schema}


def _choice(description: str, words: Json, mapping: Json) -> Json:
    return {"description": description, "if": {"type": "string"}, "then": words, "else": mapping}


def _typed(objects: Mapping[str, Json]) -> Json:
    """Return the schema of a mapping that its type decides."""
    rules = [_rule(name, schema) for name, schema in objects.items()]
    return {"type": "object", "required": [TYPE], "properties": {TYPE: {"enum": list(objects)}}, "allOf": rules}


def _used(typed: Json) -> Json:
    """Return the schema of what may also be a block that is used."""
    return {"if": {"required": [BLOCK]}, "then": _call(), "else": typed}


def _bare(objects: Mapping[str, Json]) -> list[str]:
    """Return the types that need no settings."""
    return [name for name, schema in objects.items() if not schema.keys() & {*NEEDED}]


def _rule(type_: str, schema: Json) -> Json:
    settings = {**schema, "properties": {TYPE: True, **schema["properties"]}}
    return {"if": {"properties": {TYPE: {"const": type_}}}, "then": settings}


def _call() -> Json:
    """Return the schema of a block that is used: its params are the file's own."""
    return {"type": "object", "properties": {BLOCK: {"type": "string"}, **_OWN}, "additionalProperties": _VALUE}


def _entry_keys() -> Json:
    """Return the schemas of the keys that every entry may have."""
    properties = object_schema(EntryKeys)["properties"]
    may_be_computed = ("repeat", "when", "trainable", "dtype")
    return {key: computed(schema) if key in may_be_computed else schema for key, schema in properties.items()}


_OWN: Json = {key: {"$ref": f"#/$defs/entryKeys/properties/{key}"} for key in keys(EntryKeys)}


def _entry(layer: type[Layer], settings: Json) -> Json:
    activation = {"activation": {"$ref": "#/$defs/activation"}} if layer.accepts_activation else {}
    schema = {**settings, "properties": {**settings["properties"], **_OWN, **activation}}
    needed = {key: schema.pop(key) for key in NEEDED if key in schema}
    return {**schema, "if": {"not": {"required": ["share"]}}, "then": needed} if needed else schema


def _structure(structure: type[Structure]) -> Json:
    schema = object_schema(structure)
    for name, field in structure.model_fields.items():
        part = next((mark for mark in field.metadata if isinstance(mark, KeyKind)), None)
        if part:
            kept = {
                key: value for key, value in schema["properties"][name].items() if key in ("description", "minItems")
            }
            schema["properties"][name] = {**kept, **_PARTS[part]}
    schema["properties"] |= _OWN
    return schema


_PARTS: dict[KeyKind, Json] = {
    KeyKind.ENTRIES: _ENTRIES,
    KeyKind.SHORTCUT: _ENTRIES,
    KeyKind.BRANCHES: {"type": "array", "items": _ENTRIES},
    KeyKind.ACTIVATION: {"anyOf": [{"$ref": "#/$defs/activation"}, {"type": "null"}]},
}


def _block() -> Json:
    schema = object_schema(BlockKeys)
    schema["properties"] |= {
        "params": _noted(schema["properties"]["params"], _VALUES),
        "layers": schema["properties"]["layers"] | _ENTRIES,
    }
    return schema


def _var() -> Json:
    schema = object_schema(VarKeys)
    schema["properties"]["default"] = {**schema["properties"]["default"], **_VALUE}
    return schema | {"anyOf": [{"required": [key]} for key in ("min", "max", "kind")]}


def _input() -> Json:
    sizes = {
        name: computed(schema["anyOf"][0]) | {"description": schema["description"]}
        for name, schema in object_schema(Input)["properties"].items()
    }
    forms = [
        {"properties": {name: sizes[name] for name in form}, "required": list(form), "additionalProperties": False}
        for form in Input.FORMS
    ]
    return {"description": "shape of one sample", "type": "object", "oneOf": forms}
