"""Lists of entries: each with its keys, what it is, and a name."""

import re
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from cnnparams.dtypes import DTYPES
from cnnparams.errors import brief, quote
from cnnparams.expression import BOOLEAN, NUMBER, Expression
from cnnparams.layers.contract import registry
from cnnparams.layers.contract.base import Layer
from cnnparams.schema.bodies import BlockCall, LayerBody, NamedActivation, misfits
from cnnparams.schema.computed import BROKEN, Computed, Reader
from cnnparams.schema.draft import BLOCK, NAME, TYPE, Draft, draft_activation, draft_entry
from cnnparams.schema.expression_hints import INDEX
from cnnparams.schema.keys import INPUT, EntryKeys
from cnnparams.schema.source import KeyPath, YamlMapping
from cnnparams.schema.spec import Entry, Reference
from cnnparams.schema.structures import ActivationSlot, Entries, EntryBody, KeyKind, Structure
from cnnparams.schema.template import read_template
from cnnparams.schema.wording import keys

_REFERENCE = re.compile(r"(?P<name>[\w.-]+?)(?:\[(?P<index>.*)\])?")
_KINDS = {
    "repeat": (NUMBER, "a whole number"),
    "when": (BOOLEAN, BOOLEAN),
    "trainable": (BOOLEAN, BOOLEAN),
    "dtype": (None, "a dtype such as float16"),
}
"""The keys of an entry that may be computed, and what they may come to."""
ENTRY_KEYS = frozenset(keys(EntryKeys))


def read_entries(reader: Reader, path: KeyPath, items: Any) -> Entries:
    """Return a list of entries, every problem with them noted."""
    drafts = [draft_entry(reader, (*path, i), item) for i, item in enumerate(items if isinstance(items, list) else ())]
    names = _names(reader, drafts)
    entries = tuple(filter(None, (_entry(reader, *pair) for pair in zip(drafts, names, strict=True))))
    written = frozenset(draft.name for draft in drafts if draft.name is not None)
    only = drafts[0] if len(drafts) == 1 else None
    plain = only is None or only.keys.keys() & {NAME, "repeat"} or (entries and isinstance(entries[0].body, LayerBody))
    return Entries(entries, written, not plain)


def read_references(
    reader: Reader, path: KeyPath, value: str | list[str] | None, subject: str
) -> tuple[Reference, ...]:
    """Return what `from`, `share` or `outputs` name."""
    if not isinstance(value, list):
        return (_reference(reader, path, value, subject),) if isinstance(value, str) else ()
    return tuple(_reference(reader, (*path, i), item, subject) for i, item in enumerate(value) if isinstance(item, str))


def _reference(reader: Reader, path: KeyPath, text: str, subject: str) -> Reference:
    match = _REFERENCE.fullmatch(text)
    if match is None:
        hint = "write the name of an earlier layer, or name[number] for a copy of one that is repeated"
        reader.problems.add(path, f"{quote(text)} is not the name of a layer", subject=subject, hint=hint)
        return Reference(text, None, path)
    index = match["index"]
    return Reference(match["name"], index and reader.expression(path, index, subject), path)


def _names(reader: Reader, drafts: list[Draft]) -> list[str]:
    """Return what messages call every entry: its name, or its stem with its number among those of that stem."""
    first: dict[str, Draft] = {}
    for draft in drafts:
        name = draft.name
        if name == INPUT:
            hint = "give the layer another name"
            reader.problems.add((*draft.path, NAME), f"the name {INPUT} is that of the network's input", hint=hint)
        elif name is not None and name in first and not ("when" in draft.keys and "when" in first[name].keys):
            place = reader.problems.document.place((*first[name].path, NAME))
            where = f"in line {place.line}" if place.line else f"at {place}"
            hint = f"the first is {where}; rename one of them, or leave the name out"
            subject = f"{brief(name)} ({draft.kind})" if draft.kind else None
            reader.problems.add(
                (*draft.path, NAME), f"the name {quote(name)} is given twice", subject=subject, hint=hint
            )
        elif name is not None:
            first[name] = draft
    count: Counter[str] = Counter()
    return [draft.name or numbered(draft.stem, count, first) for draft in drafts]


def numbered(stem: str, count: Counter[str], taken: Collection[str]) -> str:
    """Return the stem with the next number that makes a name not taken."""
    while True:
        count[stem] += 1
        if (name := f"{stem}{count[stem]}") not in taken:
            return name


def _entry(reader: Reader, draft: Draft, name: str) -> Entry | None:
    if draft.kind is None:
        return None
    subject = f"{brief(name)} ({brief(draft.kind)})"
    own, rest = YamlMapping(), YamlMapping()
    for key, value in draft.keys.items():
        if key not in (TYPE, BLOCK):
            (own if key in ENTRY_KEYS else rest)[key] = value
    inside = reader.at(reader.names.within(INDEX)) if "repeat" in own else reader
    given = _own(reader, inside, own, draft.path, subject)
    body = read_body(inside, draft, rest, subject, read_entries)
    if given is None or body is None:
        return None
    sources = read_references(inside, (*draft.path, "from"), own.get("from"), subject)
    share = read_references(inside, (*draft.path, "share"), own.get("share"), subject)
    weight = read_references(inside, (*draft.path, "weight"), own.get("weight"), subject)
    flags = (given.get("repeat"), given.get("when", True), given.get("trainable", True))
    shared = share[0] if share else None
    for key in ("batch_dims", "weight"):
        if given.get(key) and not isinstance(body, LayerBody):
            hint = "write it at each layer inside that needs it"
            reader.problems.add((*draft.path, key), f"{key} is for a layer", subject=subject, hint=hint)
    counted = characters([*draft.keys.values(), *_settings(draft.keys.get(ACTIVATION))])
    return Entry(
        draft.path,
        draft.kind,
        draft.name,
        draft.stem,
        body,
        *flags,
        sources,
        shared,
        counted,
        given.get("dtype"),
        given.get("batch_dims") or 0,
        weight[0] if weight else None,
    )


def characters(value: Any) -> int:
    """Return how much text there is in a value of YAML, and in lists within it."""
    if isinstance(value, list):
        return sum(map(characters, value))
    return len(value) if isinstance(value, str) else 0


def _settings(value: Any) -> Collection[Any]:
    return value.values() if isinstance(value, YamlMapping) else ()


def _own(reader: Reader, inside: Reader, own: YamlMapping, path: KeyPath, subject: str) -> dict[str, Any] | None:
    """Return the keys of the entry itself, computed or as they are; its `repeat` does not know the index it makes."""
    if not own:
        return {}
    read = dict(own)
    for key in _KINDS.keys() & own.keys():
        words = DTYPES if key == "dtype" else ()
        read[key] = (reader if key == "repeat" else inside).setting((*path, key), own[key], words, subject)
    for key, value in read.items():
        if isinstance(value, Computed) and value is not BROKEN:
            _check_kind(reader, (*path, key), key, value, subject)
    constant = {key: value for key, value in read.items() if not isinstance(value, Computed)}
    made = read_template(reader, EntryKeys, constant, path, subject=subject)
    return None if made is None else read


def _check_kind(reader: Reader, path: KeyPath, key: str, value: Computed, subject: str) -> None:
    kind, expected = _KINDS[key]
    if isinstance(value.parts, Expression) and value.parts.kind not in (None, kind):
        message = f"{key}: expected {expected}, but {value.parts.text} is {value.parts.kind}"
        reader.problems.add(path, message, subject=subject)


ACTIVATION = "activation"
ReadEntries = Callable[[Reader, KeyPath, Any], Entries]


def read_body(reader: Reader, draft: Draft, rest: YamlMapping, subject: str, entries: ReadEntries) -> EntryBody | None:
    """Return what the entry is; None, with the problems noted, where that is wrong."""
    if draft.type is None:
        return _call(reader, draft, rest, subject)
    if issubclass(draft.type, Layer):
        return _leaf(reader, draft, draft.type, rest, subject)
    return _structure(reader, draft, draft.type, rest, subject, entries)


def _leaf(reader: Reader, draft: Draft, layer: type[Layer], rest: YamlMapping, subject: str) -> LayerBody | None:
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
    return LayerBody(template, slot) if template else None


def _refuse_activation(reader: Reader, path: KeyPath, value: Any, subject: str) -> None:
    hint = f"give {brief(value) if isinstance(value, str) else 'the activation'} an entry of its own after it"
    reader.problems.add(path, "takes no activation", subject=subject, hint=hint, at_key=True)


def _activation(reader: Reader, path: KeyPath, value: Any, subject: str) -> ActivationSlot | None:
    if value is None:
        return None
    if isinstance(value, str) and registry.find_type(value) is None:
        value = reader.setting(path, value, (), subject)
        if isinstance(value, Computed):
            return NamedActivation(value, {})
    layer = draft_activation(reader, path, value, subject)
    if layer is None:
        return None
    settings = {key: item for key, item in value.items() if key != TYPE} if isinstance(value, YamlMapping) else {}
    return read_template(reader, layer, settings, path, subject=subject)


def _structure(
    reader: Reader, draft: Draft, structure: type[Structure], rest: YamlMapping, subject: str, entries: ReadEntries
) -> Structure | None:
    if ACTIVATION in rest and ACTIVATION not in structure.model_fields:
        _refuse_activation(reader, (*draft.path, ACTIVATION), rest.pop(ACTIVATION), subject)
    made = reader.problems.validate(structure, rest, draft.path, subject=subject, also=keys(EntryKeys))
    parts = {}
    for key, field in structure.model_fields.items():
        part = next((mark for mark in field.metadata if isinstance(mark, KeyKind)), None)
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
) -> ActivationSlot | None:
    return _activation(reader, path, value, subject)


_PARTS: dict[KeyKind, Callable[..., Any]] = {
    KeyKind.ENTRIES: _entries,
    KeyKind.SHORTCUT: _entries,
    KeyKind.BRANCHES: _branches,
    KeyKind.ACTIVATION: _structures_activation,
}


def _call(reader: Reader, draft: Draft, rest: YamlMapping, subject: str) -> BlockCall | None:
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
    return BlockCall(block, args) if len(reader.problems.found) == noted else None
