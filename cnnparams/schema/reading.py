"""What an entry is: read from the keys beside those that all entries have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnparams.errors import brief, quote
from cnnparams.layers import registry
from cnnparams.layers.base import Layer
from cnnparams.schema.bodies import Call, Leaf, NamedActivation, misfits
from cnnparams.schema.computed import Computed, Reader
from cnnparams.schema.draft import BLOCK, TYPE, Draft, draft_activation
from cnnparams.schema.keys import EntryKeys
from cnnparams.schema.source import KeyPath, Mapping
from cnnparams.schema.structures import Body, Entries, Part, Slot, Structure
from cnnparams.schema.template import read_template
from cnnparams.schema.wording import keys

ACTIVATION = "activation"
ReadEntries = Callable[[Reader, KeyPath, Any], Entries]


def read_body(reader: Reader, draft: Draft, rest: Mapping, subject: str, entries: ReadEntries) -> Body | None:
    """Return what the entry is; None, with the problems noted, where that is wrong."""
    if draft.type is None:
        return _call(reader, draft, rest, subject)
    if issubclass(draft.type, Layer):
        return _leaf(reader, draft, draft.type, rest, subject)
    return _structure(reader, draft, draft.type, rest, subject, entries)


def _leaf(reader: Reader, draft: Draft, layer: type[Layer], rest: Mapping, subject: str) -> Leaf | None:
    settings = {key: value for key, value in rest.items() if key != ACTIVATION}
    also = [*keys(EntryKeys), *([ACTIVATION] if layer.accepts_activation else [])]
    complete = "share" not in draft.keys
    template = read_template(reader, layer, settings, draft.path, subject=subject, also=also, complete=complete)
    slot = None
    if ACTIVATION in rest:
        path, value = (*draft.path, ACTIVATION), rest[ACTIVATION]
        if not layer.accepts_activation:
            _refuse_activation(reader, path, value, subject)
        else:
            slot = _activation(reader, path, value, subject)
    return Leaf(template, slot) if template else None


def _refuse_activation(reader: Reader, path: KeyPath, value: Any, subject: str) -> None:
    hint = f"give {brief(value) if isinstance(value, str) else 'the activation'} an entry of its own after it"
    reader.problems.add(path, "takes no activation", subject=subject, hint=hint, at_key=True)


def _activation(reader: Reader, path: KeyPath, value: Any, subject: str) -> Slot | None:
    if value is None:
        return None
    if isinstance(value, str) and registry.find(value) is None:
        value = reader.setting(path, value, (), subject)
        if isinstance(value, Computed):
            return NamedActivation(value, {})
    layer = draft_activation(reader, path, value, subject)
    if layer is None:
        return None
    settings = {key: item for key, item in value.items() if key != TYPE} if isinstance(value, Mapping) else {}
    return read_template(reader, layer, settings, path, subject=subject)


def _structure(
    reader: Reader, draft: Draft, structure: type[Structure], rest: Mapping, subject: str, entries: ReadEntries
) -> Structure | None:
    if ACTIVATION in rest and ACTIVATION not in structure.model_fields:
        _refuse_activation(reader, (*draft.path, ACTIVATION), rest.pop(ACTIVATION), subject)
    made = reader.problems.validate(structure, rest, draft.path, subject=subject, also=keys(EntryKeys))
    parts = {}
    for key, field in structure.model_fields.items():
        part = next((mark for mark in field.metadata if isinstance(mark, Part)), None)
        if part and key in rest:
            parts[key] = _PARTS[part](reader, (*draft.path, key), rest[key], subject, entries)
    return made.model_copy(update=parts) if made else None


def _entries(reader: Reader, path: KeyPath, value: Any, subject: str, entries: ReadEntries) -> Entries:
    return entries(reader, path, value)


def _branches(reader: Reader, path: KeyPath, value: Any, subject: str, entries: ReadEntries) -> tuple[Entries, ...]:
    branches = enumerate(value if isinstance(value, list) else ())
    return tuple(entries(reader, (*path, i), branch) for i, branch in branches)


def _structures_activation(
    reader: Reader, path: KeyPath, value: Any, subject: str, entries: ReadEntries
) -> Slot | None:
    return _activation(reader, path, value, subject)


_PARTS: dict[Part, Callable[..., Any]] = {
    Part.ENTRIES: _entries,
    Part.SHORTCUT: _entries,
    Part.BRANCHES: _branches,
    Part.ACTIVATION: _structures_activation,
}


def _call(reader: Reader, draft: Draft, rest: Mapping, subject: str) -> Call | None:
    noted, path = len(reader.problems.found), (*draft.path, BLOCK)
    block = reader.expression(path, draft.block, subject)
    params = reader.names.blocks[block] if isinstance(block, str) else rest
    if isinstance(block, str):
        for misfit in misfits(block, params, rest):
            at_key = misfit.key is not None
            place = (*draft.path, misfit.key) if misfit.key is not None else draft.path
            reader.problems.add(place, misfit.message, subject=subject, hint=misfit.hint, at_key=at_key)
    elif not isinstance(block, Computed):
        message = f"block: expected the name of a block, but found {quote(block)}"
        reader.problems.add(path, message, subject=subject, hint="write the name, or a var that holds it")
    else:
        reader.names.used.update(reader.names.blocks)  # any of them may be meant
    args = tuple(
        (key, reader.expression((*draft.path, key), value, f"{subject}: {key}"))
        for key, value in rest.items()
        if key in params
    )
    return Call(block, args) if len(reader.problems.found) == noted else None
