"""Document -> Spec. Every problem of a file is found before any is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path, PurePath

from cnnparams.errors import brief, printable, quote
from cnnparams.layers.base import Layer
from cnnparams.schema.compose import compose
from cnnparams.schema.draft import NAME, TYPE, Draft, draft_activation, draft_entry
from cnnparams.schema.problems import Problems
from cnnparams.schema.source import Document, read
from cnnparams.schema.spec import INPUT, Entry, EntryKeys, Head, Spec

ACTIVATION = "activation"


def load(path: str | Path) -> Spec:
    """Read and validate a spec; "-" is standard input. Raise SpecError with everything that is wrong with it."""
    return parse(compose(read(path)))


def parse(document: Document) -> Spec:
    """Validate a document; raise SpecError with everything that is wrong with it."""
    problems = Problems(document)
    head = problems.validate(Head, document.root, ())
    written = document.root.get("layers")
    drafts = [
        draft_entry(problems, ("layers", i), item)
        for i, item in enumerate(written if isinstance(written, list) else ())
    ]
    names = _names(problems, drafts)
    entries = [_entry(problems, draft, name) for draft, name in zip(drafts, names, strict=True)]
    problems.raise_any()
    assert head is not None
    name = printable(head.name or _default_name(document))
    return Spec(name, head.input.to_shape(), tuple(entry for entry in entries if entry), document)


def _names(problems: Problems, drafts: list[Draft]) -> list[str]:
    """Return every layer's name: as written, or its type's stem with its number among the layers of that stem."""
    first: dict[str, Draft] = {}
    for draft in drafts:
        name = draft.name
        if name == INPUT:
            hint = "give the layer another name"
            problems.add((*draft.path, NAME), f"the name {INPUT} is that of the network's input", hint=hint)
        elif name is not None and name in first:
            line = problems.document.place((*first[name].path, NAME)).line
            hint = f"the first is in line {line}; rename one of them, or leave the name out"
            subject = f"{brief(name)} ({draft.layer.type})" if draft.layer else None
            problems.add((*draft.path, NAME), f"the name {quote(name)} is given twice", subject=subject, hint=hint)
        elif name is not None:
            first[name] = draft
    count: Counter[str] = Counter()
    return [draft.name or _numbered(draft, count, first) for draft in drafts]


def _numbered(draft: Draft, count: Counter[str], taken: Collection[str]) -> str:
    stem = draft.layer.stem if draft.layer else "layer"
    while True:
        count[stem] += 1
        if (name := f"{stem}{count[stem]}") not in taken:
            return name


def _entry(problems: Problems, draft: Draft, name: str) -> Entry | None:
    if draft.layer is None:
        return None
    subject = f"{brief(name)} ({draft.layer.type})"
    own = {key: value for key, value in draft.keys.items() if key in EntryKeys.model_fields}
    rest = {key: value for key, value in draft.keys.items() if key not in own and key not in (TYPE, ACTIVATION)}
    keys = problems.validate(EntryKeys, own, draft.path, subject=subject)
    layer = problems.validate(draft.layer, rest, draft.path, subject=subject, also=_entry_keys(draft.layer))
    activation = _activation(problems, draft, draft.layer, subject) if ACTIVATION in draft.keys else None
    return Entry(name, layer, activation, keys.trainable, draft.path) if keys and layer else None


def _entry_keys(layer: type[Layer]) -> list[str]:
    return [*EntryKeys.model_fields, *([ACTIVATION] if layer.accepts_activation else [])]


def _activation(problems: Problems, draft: Draft, layer: type[Layer], subject: str) -> Layer | None:
    path, value = (*draft.path, ACTIVATION), draft.keys[ACTIVATION]
    if not layer.accepts_activation:
        hint = f"give {brief(value) if isinstance(value, str) else 'the activation'} an entry of its own after it"
        problems.add(path, "takes no activation", subject=subject, hint=hint, at_key=True)
        return None
    if value is None:
        return None
    inner = draft_activation(problems, path, value, subject)
    if inner.layer is None:
        return None
    settings = {key: value for key, value in inner.keys.items() if key != TYPE}
    return problems.validate(inner.layer, settings, path, subject=subject)


def _default_name(document: Document) -> str:
    return "stdin" if document.source.name == "<stdin>" else PurePath(document.source.name).stem
