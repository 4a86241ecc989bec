"""Document -> Spec. Every problem of a file is found before any is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from cnnparams.errors import printable, quote
from cnnparams.layers import registry
from cnnparams.layers.base import Layer
from cnnparams.schema.compose import compose
from cnnparams.schema.problems import Problems
from cnnparams.schema.source import Document, KeyPath, Mapping, read
from cnnparams.schema.spec import Entry, EntryKeys, Head, Spec
from cnnparams.schema.wording import suggest

TYPE = "type"
ACTIVATION = "activation"


def load(path: str | Path) -> Spec:
    """Read and validate a spec; "-" is standard input. Raise SpecError with everything that is wrong with it."""
    return parse(compose(read(path)))


def parse(document: Document) -> Spec:
    """Validate a document; raise SpecError with everything that is wrong with it."""
    problems = Problems(document)
    head = problems.validate(Head, document.root, ())
    written = document.root.get("layers")
    drafts = [_draft(problems, ("layers", i), item) for i, item in enumerate(written if isinstance(written, list) else ())]
    names = _names(problems, drafts)
    entries = [_entry(problems, draft, name) for draft, name in zip(drafts, names, strict=True)]
    problems.raise_any()
    assert head is not None
    name = printable(head.name or _default_name(document))
    return Spec(name, head.input.to_shape(), tuple(entry for entry in entries if entry), document)


class _Draft(NamedTuple):
    """An entry whose type is known (None: it is not), its settings not yet checked."""

    path: KeyPath
    layer: type[Layer] | None
    keys: Mapping


def _draft(problems: Problems, path: KeyPath, item: Any) -> _Draft:
    if isinstance(item, str):
        return _Draft(path, _layer_class(problems, path, item), Mapping())
    if not isinstance(item, Mapping):
        problems.add(path, f"expected a layer, but found {quote(item)}", hint="write a type such as flatten, or a mapping with a type")
        return _Draft(path, None, Mapping())
    if TYPE not in item:
        problems.add(path, "missing key 'type'", hint=_type_hint(item))
        return _Draft(path, None, item)
    return _Draft(path, _layer_class(problems, (*path, TYPE), item[TYPE]), item)


def _layer_class(problems: Problems, path: KeyPath, word: Any) -> type[Layer] | None:
    if not isinstance(word, str):
        problems.add(path, f"type: expected the name of a layer type, but found {quote(word)}", hint="list them with: cnnparams layers")
        return None
    found = registry.find(word)
    if found is None:
        guess = suggest(word, [declaration.name for declaration in registry.declarations()])
        hint = f"did you mean {quote(guess)}?" if guess else "list the types with: cnnparams layers"
        problems.add(path, f"unknown layer type {quote(word)}", hint=hint)
    return found and registry.layer_class(found)


def _names(problems: Problems, drafts: list[_Draft]) -> list[str]:
    """Return every layer's name: as written, or its type's stem with its number among the list's layers of that stem."""
    written = [draft.keys.get("name") if isinstance(draft.keys.get("name"), str) else None for draft in drafts]
    first: dict[str, _Draft] = {}
    for draft, name in zip(drafts, written, strict=True):
        if name is not None and name in first:
            line = problems.document.place((*first[name].path, "name")).line
            hint = f"the first is in line {line}; rename one of them, or leave the name out"
            problems.add((*draft.path, "name"), f"the name {quote(name)} is given twice", hint=hint)
        elif name is not None:
            first[name] = draft
    count: Counter[str] = Counter()
    return [name or _numbered(draft, count, first) for draft, name in zip(drafts, written, strict=True)]


def _numbered(draft: _Draft, count: Counter[str], taken: Collection[str]) -> str:
    stem = draft.layer.stem if draft.layer else "layer"
    while True:
        count[stem] += 1
        if (name := f"{stem}{count[stem]}") not in taken:
            return name


def _entry(problems: Problems, draft: _Draft, name: str) -> Entry | None:
    if draft.layer is None:
        return None
    subject = f"{name} ({draft.layer.type})"
    own = {key: value for key, value in draft.keys.items() if key in EntryKeys.model_fields}
    rest = {key: value for key, value in draft.keys.items() if key not in own and key not in (TYPE, ACTIVATION)}
    keys = problems.validate(EntryKeys, own, draft.path, subject=subject)
    layer = problems.validate(draft.layer, rest, draft.path, subject=subject, also=_entry_keys(draft.layer))
    activation = _activation(problems, draft, subject) if ACTIVATION in draft.keys else None
    return Entry(name, layer, activation, keys.trainable, draft.path) if keys and layer else None


def _entry_keys(layer: type[Layer]) -> list[str]:
    return [*EntryKeys.model_fields, *([ACTIVATION] if layer.accepts_activation else [])]


def _activation(problems: Problems, draft: _Draft, subject: str) -> Layer | None:
    path, value = (*draft.path, ACTIVATION), draft.keys[ACTIVATION]
    if draft.layer is None or not draft.layer.accepts_activation:
        problems.add(path, "takes no activation", subject=subject, hint=f"give {quote(value)} an entry of its own after it", at_key=True)
        return None
    inner = _draft(problems, path, value)
    if inner.layer is None:
        return None
    if not inner.layer.is_activation:
        hint = f"give {inner.layer.type} an entry of its own after this one"
        problems.add(path, f"activation: {inner.layer.type} is not an activation without parameters", subject=subject, hint=hint)
        return None
    settings = {key: value for key, value in inner.keys.items() if key != TYPE}
    return problems.validate(inner.layer, settings, path, subject=subject)


def _type_hint(item: Mapping) -> str:
    for key in item:
        if registry.find(key):
            return f"did you mean type: {key}, with its settings beside it?"
    return "give every layer a type, such as type: conv2d"


def _default_name(document: Document) -> str:
    return "stdin" if document.source.name == "<stdin>" else PurePath(document.source.name).stem
