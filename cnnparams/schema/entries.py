"""Lists of entries: each with its keys, what it is, and a name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import Any

from cnnparams.errors import brief, quote
from cnnparams.expression import BOOLEAN, NUMBER, Expression
from cnnparams.schema.bodies import Leaf
from cnnparams.schema.computed import BROKEN, Computed, Reader
from cnnparams.schema.draft import BLOCK, NAME, TYPE, Draft, draft_entry
from cnnparams.schema.keys import INPUT, EntryKeys
from cnnparams.schema.reading import ACTIVATION, read_body
from cnnparams.schema.slips import INDEX
from cnnparams.schema.source import KeyPath, Mapping
from cnnparams.schema.spec import Entry, Reference
from cnnparams.schema.structures import Entries
from cnnparams.schema.template import read_template
from cnnparams.schema.wording import keys

_REFERENCE = re.compile(r"(?P<name>[\w.-]+?)(?:\[(?P<index>.*)\])?")
_KINDS = {"repeat": (NUMBER, "a whole number"), "when": (BOOLEAN, BOOLEAN), "trainable": (BOOLEAN, BOOLEAN)}
ENTRY_KEYS = frozenset(keys(EntryKeys))


def read_entries(reader: Reader, path: KeyPath, items: Any) -> Entries:
    """Return a list of entries, every problem with them noted."""
    drafts = [draft_entry(reader, (*path, i), item) for i, item in enumerate(items if isinstance(items, list) else ())]
    names = _names(reader, drafts)
    entries = tuple(filter(None, (_entry(reader, *pair) for pair in zip(drafts, names, strict=True))))
    written = frozenset(draft.name for draft in drafts if draft.name is not None)
    only = drafts[0] if len(drafts) == 1 else None
    plain = only is None or only.keys.keys() & {NAME, "repeat"} or (entries and isinstance(entries[0].body, Leaf))
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
        reader.problems.add(path, f"{quote(text)} names no layer", subject=subject, hint=hint)
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
            line = reader.problems.document.place((*first[name].path, NAME)).line
            hint = f"the first is in line {line}; rename one of them, or leave the name out"
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
    own, rest = Mapping(), Mapping()
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
    flags = (given.get("repeat"), given.get("when", True), given.get("trainable", True))
    shared = share[0] if share else None
    counted = characters([*draft.keys.values(), *_settings(draft.keys.get(ACTIVATION))])
    return Entry(draft.path, draft.kind, draft.name, draft.stem, body, *flags, sources, shared, counted)


def characters(value: Any) -> int:
    """Return how much text there is in a value of YAML, and in lists within it."""
    if isinstance(value, list):
        return sum(map(characters, value))
    return len(value) if isinstance(value, str) else 0


def _settings(value: Any) -> Collection[Any]:
    return value.values() if isinstance(value, Mapping) else ()


def _own(reader: Reader, inside: Reader, own: Mapping, path: KeyPath, subject: str) -> dict[str, Any] | None:
    """Return the keys of the entry itself, computed or as they are; its `repeat` does not know the index it makes."""
    if not own:
        return {}
    read = dict(own)
    for key in _KINDS.keys() & own.keys():
        read[key] = (reader if key == "repeat" else inside).setting((*path, key), own[key], (), subject)
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
