"""The layer types described: settings, formulas, an example; all from the classes themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic.fields import FieldInfo

from cnnparams.engine.shown import Shown
from cnnparams.errors import CnnparamsError, listed, quote
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.registry import Declaration, declarations, find_type, layer_class
from cnnparams.layers.contract.settings import display
from cnnparams.layers.contract.shape import Shape
from cnnparams.schema.json_schema import settings_schema
from cnnparams.schema.structures import STRUCTURES, KeyKind, Structure
from cnnparams.schema.type_hints import guess_type


@dataclass(frozen=True, slots=True)
class SettingEntry:
    """One setting of a layer type; without a default it must be given."""

    name: str
    values: str
    required: bool
    default: Any
    description: str
    keras: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """One layer type, or a family that has it in several ranks, whose formulas and example are then those of one."""

    types: tuple[str, ...]
    keras: tuple[str, ...]
    keras_notes: tuple[str, ...]
    summary: str
    accepts_activation: bool
    settings: tuple[SettingEntry, ...]
    legend: str
    steps: tuple[Step, ...]
    example: dict[str, Any]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape


@dataclass(frozen=True, slots=True, repr=False)
class Catalogue(Shown):
    """Layer types: their cards and, where none was named, a line on each."""

    cards: tuple[Card, ...]
    summaries: Mapping[str, str] | None = None


def catalogue(words: Iterable[str] = ()) -> Catalogue:
    """Describe the layer types that words mean, or all; raise UnknownTypeError for a word that means none."""
    cards = tuple(map(card, words))
    return Catalogue(cards) if cards else Catalogue(tuple(types_by_family()), summaries())


def summaries() -> dict[str, str]:
    """Return each layer type with a line on what it does."""
    return {declaration.name: _summary(declaration) for declaration in declarations()}


def types_by_family() -> Iterator[Card]:
    """Yield a card for each family of layer types."""
    by_family: dict[type, list[Declaration]] = {}
    for declaration in declarations():
        by_family.setdefault(declaration.family, []).append(declaration)
    return map(_card, by_family.values())


class UnknownTypeError(CnnparamsError):
    """A word that names no layer type; its text has a guess."""


def card(word: str) -> Card:
    """Describe the layer type that a word means, or the family (conv is conv1d, conv2d and conv3d), or a structure.

    Raise UnknownTypeError where there is none.
    """
    if structure := STRUCTURES.get(word.casefold()):
        return _structure(structure)
    if declaration := find_type(word):
        return _card([find_type(declaration.name) or declaration])
    if family := [
        each for each in declarations() if each.rank and _same(word, each.name.removesuffix(f"{each.rank}d"))
    ]:
        return _card(family)
    guess = guess_type(word)
    remedy = f"did you mean {quote(guess)}?" if guess else "list the types with: cnnparams layers"
    raise UnknownTypeError(f"unknown layer type {quote(word)}; {remedy}")


def _structure(structure: type[Structure]) -> Card:
    """Describe a structure; its example has the keys that must be there."""
    from cnnparams.engine.network.build import build
    from cnnparams.schema.parse import parse
    from cnnparams.schema.plain import document_of

    fields = structure.model_fields
    example = {"type": structure.type, **{name: field.examples[0] for name, field in fields.items() if field.examples}}
    image = {"channels": 16, "height": 32, "width": 32}
    graph = build(parse(document_of({"input": image, "layers": [example]}, structure.type)))
    return Card(
        types=(structure.type,),
        keras=(),
        keras_notes=(),
        summary=_first_line(structure),
        accepts_activation="activation" in fields,
        settings=tuple(_key(name, field) for name, field in fields.items()),
        legend="",
        steps=(),
        example=example,
        input_shapes=tuple(port.shape for port in graph.inputs),
        output_shape=graph.outputs[-1].shape,
    )


def _key(name: str, field: FieldInfo) -> SettingEntry:
    """Describe a key of a structure: a list of entries, an activation, or one of several words."""
    kind = next((mark for mark in field.metadata if isinstance(mark, KeyKind)), None)
    values = kind.words if kind else listed(get_args(field.annotation), "or")
    default = field.default if isinstance(field.default, str) else None
    return SettingEntry(name, values, field.is_required(), default, field.description or "", None)


def _same(word: str, name: str) -> bool:
    return word.replace("_", "").casefold() == name.replace("_", "")


def _card(members: Sequence[Declaration]) -> Card:
    """Describe layer types of one family; of several ranks, the images' (2d) is the example."""
    shown = next((declaration for declaration in members if declaration.rank == 2), members[0])
    layer = layer_class(shown)
    inputs = (layer.reads(Shape.of(shown.example_input)),) * layer.least_inputs
    example = layer.model_validate(dict(shown.example)).resolve(*inputs)
    return Card(
        types=tuple(declaration.name for declaration in members),
        keras=tuple(alias for declaration in members for alias in declaration.aliases),
        keras_notes=tuple(_keras_notes(layer, members)),
        summary=_summary(shown) if len(members) == 1 else _first_line(shown.family),
        accepts_activation=layer.accepts_activation,
        settings=tuple(_settings(shown)),
        legend=layer.legend,
        steps=example.derivation(*inputs).steps,
        example={"type": shown.name, **_sources(len(inputs)), **shown.example},
        input_shapes=inputs,
        output_shape=example.output_shape(*inputs),
    )


def _keras_notes(layer: type[Layer], members: Sequence[Declaration]) -> Iterator[str]:
    """Yield what words of Keras' mean, where that is more than the type, and how Keras' type of the name differs."""
    words = [find_type(alias) for declaration in members for alias in declaration.aliases]
    families = dict.fromkeys(word.family for word in words if word and word.word)
    for family in families:
        named = [word.word for word in words if word and word.family is family]
        yield f"{listed(named, 'and')}: {_first_line(family)}"
    if layer.unlike_keras:
        yield f"{layer.type}: {layer.unlike_keras}."


def _sources(count: int) -> dict[str, list[str]]:
    """Return the key that names the layers which an entry reads, where those are several."""
    return {"from": [f"conv{i}" for i in range(1, count + 1)]} if count > 1 else {}


def _settings(declaration: Declaration) -> Iterator[SettingEntry]:
    layer = layer_class(declaration)
    schema = settings_schema(layer)
    for name, field in layer.model_fields.items():
        required = field.is_required()
        default = None if required else field.default
        yield SettingEntry(
            name, _values(schema[name]), required, default, field.description or "", display(field).keras
        )


def _summary(declaration: Declaration) -> str:
    return declaration.function.does if declaration.function else _first_line(declaration.family)


def _first_line(documented: type) -> str:
    return (documented.__doc__ or "").strip().splitlines()[0]


def _values(schema: dict[str, Any]) -> str:
    """Say in words what a schema admits; null goes without saying, as the setting is optional."""
    if "anyOf" in schema:
        return _either(_values(choice) for choice in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return _either(map(str, schema.get("enum", [schema.get("const")])))
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return _either(_words(kind, schema) for kind in kinds)


def _either(choices: Iterable[str]) -> str:
    return listed([choice for choice in dict.fromkeys(choices) if choice], "or")


def _words(kind: str, schema: dict[str, Any]) -> str:
    numbers = {"integer": "whole number", "number": "number"}
    names = {**numbers, "boolean": "true or false", "null": "", "array": "list", "string": "text"}
    bounds = {"minimum": ">=", "exclusiveMinimum": ">", "maximum": "<=", "exclusiveMaximum": "<"}
    limits = [f"{sign} {schema[key]}" for key, sign in bounds.items() if key in schema] if kind in numbers else []
    return " ".join([names[kind], " and ".join(limits)]).strip()
