"""What blocks and their params are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from keyword import iskeyword
from unicodedata import normalize

from cnnparams.inert import BLANK
from cnnparams.layers.contract import registry
from cnnparams.layers.contract.registry import find_type, layer_class
from cnnparams.schema.computed import RESERVED
from cnnparams.schema.draft import BLOCK, TYPE
from cnnparams.schema.entries import ENTRY_KEYS
from cnnparams.sources.structure.formula import NoValue
from cnnparams.sources.structure.inference import Inference, ParamDraft
from cnnparams.sources.structure.pattern import FixedType, Pattern, without_number

OUT, DEPTH, WHEN = "out", "depth", "when"
WORDS = {"out_channels": OUT, "out_features": OUT, "kernel_size": "kernel", "activation": "act", "trainable": "learns"}
"""Short names for settings."""

_BRIEF = {"batchnorm": "bn", "layernorm": "ln"}
_FEWEST, _MOST = 2, 3  # layers of a block that is called by their types
_UNIT, _STAGE, _WIDTH = "unit", "stage", "width"
_TAKEN = frozenset((*RESERVED, *ENTRY_KEYS, TYPE, BLOCK))


def block_names(blocks: Sequence[Pattern], classes: Mapping[str, str]) -> dict[Pattern, str]:
    """Return a name for each block: what its class, the groups that use it, or its layers are called."""
    free = _Free(_TAKEN)
    return {pattern: free.take(_block_name(pattern, classes)) for pattern in blocks}


def param_names(inference: Inference, blocks: Collection[str]) -> list[str]:
    """Return a name for each param, which is none of a block; of an item of another, that name with its number."""
    words = [_word(draft, inference) for draft in inference.drafts]
    many = {word for word, count in Counter(words).items() if count > 1}
    free = _Free((*_TAKEN, *registry.words()), blocks)
    found: list[str] = []
    for word, draft in zip(words, inference.drafts, strict=True):
        name = f"{_identifier(draft.site[-1])}_{word}" if word in many and word != OUT else word
        name = f"with_{word}" if draft.key == WHEN and free.has(word) else name
        found.append(free.take(name))
    members = [draft.member for draft in inference.drafts]
    return [
        name if member is None else f"{found[member[0]]}[{member[1]}]"
        for name, member in zip(found, members, strict=True)
    ]


def _word(draft: ParamDraft, inference: Inference) -> str:
    """Return what a param is called; `out` is what leaves the block, and other sizes go by their layer."""
    word = _identifier(draft.word)
    leaves = all(value in (NoValue.ABSENT, out) for value, out in zip(draft.values, inference.leaving, strict=True))
    if word != OUT or leaves:
        return word
    layer = next((name for name in reversed(draft.site) if not _says_little(name)), None)
    return _identifier(layer) if layer else _WIDTH


def _says_little(name: str) -> bool:
    stem, number = without_number(name)
    return number is not None or stem in _stems() or stem == "bn"


@cache
def _stems() -> frozenset[str]:
    return frozenset(layer_class(declaration).stem for declaration in registry.declarations())


def _block_name(pattern: Pattern, classes: Mapping[str, str]) -> str:
    groups = [instance.group for instance in pattern.instances]
    known = [classes[group.path] for group in groups if group.path in classes]
    if known:
        return _snake(_commonest(known))
    stems = [_stem(group.name) for group in groups]
    stem, types = _commonest(stems), _types(pattern)
    if types and (len(set(stems)) > 1 or _says_little(stem) or not stem):
        return types
    if stem == BLOCK:
        return _STAGE if any(slot.most > 1 and isinstance(slot.kind, Pattern) for slot in pattern.slots) else _UNIT
    around = _commonest([_stem(group.path.rpartition(".")[0].rpartition(".")[2]) for group in groups])
    return stem or (f"{around}_{_UNIT}" if around not in ("", BLOCK) else _UNIT)


def _types(pattern: Pattern) -> str:
    kinds = [slot.kind for slot in pattern.slots]
    types = [kind.type for kind in kinds if isinstance(kind, FixedType)]
    if len(types) < len(kinds) or not _FEWEST <= len(types) <= _MOST or len(set(types)) < len(types):
        return ""
    return "_".join(_BRIEF.get(stem, stem) for stem in map(_type_stem, types))


def _type_stem(type_: str) -> str:
    declaration = find_type(type_)
    assert declaration is not None
    return layer_class(declaration).stem


def _stem(name: str) -> str:
    """Return a name without the number, or number and letter, at its end: inception4a is inception."""
    stem = re.sub(r"[-_.]*\d+[a-z]?$", "", name)
    return _snake(stem) if re.search(r"[^\W\d]", stem) else ""


def _snake(name: str) -> str:
    return _identifier(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).casefold())


def _identifier(name: str) -> str:
    word = re.sub(r"\W+", "_", re.sub(BLANK, "_", normalize("NFC", name))).strip("_")
    return word if word[:1].isidentifier() else f"{_UNIT}_{word}".rstrip("_")


def _commonest(words: Iterable[str]) -> str:
    return Counter(words).most_common(1)[0][0]


class _Free:
    """Names that are not taken; a taken one gets a number, from 2."""

    def __init__(self, taken: Iterable[str], others: Collection[str] = ()) -> None:
        self._taken = set(taken)
        self._others = others
        self._last: dict[str, int] = {}

    def has(self, name: str) -> bool:
        """Tell whether a name is taken."""
        return name in self._taken or name in self._others

    def take(self, name: str) -> str:
        """Return the name, or the first with a number that is free, which is taken from now on."""
        tried, number = name, self._last.get(name, 1)
        while self.has(tried) or iskeyword(tried):
            number += 1
            tried = f"{name}{number}"
        self._last[name] = number
        self._taken.add(tried)
        return tried
