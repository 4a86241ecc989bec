"""An entry of a list, or an activation: what it is looked up, its settings not yet checked."""

from collections.abc import Collection
from typing import Any, NamedTuple

from cnnparams.errors import LayerError, brief, quote, some, suggest
from cnnparams.layers.contract import registry
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.keras import uncounted
from cnnparams.schema.bodies import activation_class
from cnnparams.schema.computed import Reader
from cnnparams.schema.source import KeyPath, YamlMapping
from cnnparams.schema.structures import STRUCTURES, Structure
from cnnparams.schema.type_hints import from_python, guess_type

TYPE = "type"
BLOCK = "block"
NAME = "name"

_LIST = "list the types with: cnnparams layers"
_NO_ACTIVATION = "leave it out: a layer without an activation passes its output on as it is"

EntryType = type[Layer] | type[Structure]


class Draft(NamedTuple):
    """An entry: its type where it has one that is known, else the block that it uses, else neither."""

    path: KeyPath
    keys: YamlMapping
    type: EntryType | None = None
    block: str | None = None

    @property
    def name(self) -> str | None:
        """The name as written, if it is one."""
        written = self.keys.get(NAME)
        return written if isinstance(written, str) else None

    @property
    def kind(self) -> str | None:
        """What messages call the entry."""
        return self.type.type if self.type else self.block

    @property
    def stem(self) -> str:
        """What an entry without a name is called, before its number."""
        if self.type is None:
            return self.block if self.block and self.block.isidentifier() else "layer"
        return self.type.stem if issubclass(self.type, Layer) else self.type.type


def draft_entry(reader: Reader, path: KeyPath, item: Any) -> Draft:
    """Return the draft of an entry: a bare word or a mapping; note the problem where it is neither."""
    if isinstance(item, str):
        return Draft(path, YamlMapping(), _type(reader, path, item))
    if not isinstance(item, YamlMapping):
        hint = "write a type such as flatten, or a mapping with a type"
        reader.problems.add(path, f"expected a layer, but found {quote(item)}", hint=hint)
        return Draft(path, YamlMapping())
    subject = brief(item[NAME]) if isinstance(item.get(NAME), str) else None
    if BLOCK not in item:
        return Draft(
            path, item, _written_type(reader, path, item, subject, "give every layer a type, such as type: conv2d")
        )
    if TYPE in item:
        hint = "a type is a layer or a structure, a block is one of the file's own: remove one of them"
        reader.problems.add((*path, TYPE), "has both a type and a block", subject=subject, hint=hint, at_key=True)
        return Draft(path, item)
    return Draft(path, item, None, _block(reader, (*path, BLOCK), item[BLOCK], subject))


def draft_activation(reader: Reader, path: KeyPath, item: Any, subject: str) -> type[Layer] | None:
    """Return an activation's type, written as entries are; note the problem where it is none."""
    word = item if isinstance(item, str) else None
    if isinstance(item, YamlMapping):
        add = "give it a type, such as type: leaky_relu"
        if TYPE not in item or not isinstance(item[TYPE], str):
            _written_type(reader, path, item, subject, add)
            return None
        path, word = (*path, TYPE), item[TYPE]
    if word is None:
        hint = "write relu, or a mapping with a type; several activations are entries of their own"
        reader.problems.add(path, f"expected an activation, but found {quote(item)}", subject=subject, hint=hint)
        return None
    try:
        return activation_class(word)
    except LayerError as error:
        plain = word.casefold() in ("none", "linear")
        hint = _NO_ACTIVATION if plain else str(error.hint)
        reader.problems.add(path, str(error), subject=subject, hint=hint)
        return None


def _written_type(reader: Reader, path: KeyPath, item: YamlMapping, subject: str | None, add: str) -> EntryType | None:
    if TYPE not in item:
        key, meant = _meant_by(item, reader.names.blocks)
        message = f"missing key {quote(TYPE)}"
        reader.problems.add((*path, *key), message, subject=subject, hint=meant or add, at_key=True)
        return None
    word = item[TYPE]
    if isinstance(word, str):
        return _type(reader, (*path, TYPE), word, subject)
    message = f"type: expected a layer type, but found {quote(word)}"
    reader.problems.add((*path, TYPE), message, subject=subject, hint=_LIST)
    return None


def _type(reader: Reader, path: KeyPath, word: str, subject: str | None = None) -> EntryType | None:
    if structure := STRUCTURES.get(word.casefold()):
        return structure
    if found := registry.find_type(word):
        return registry.layer_class(found)
    blocks = reader.names.blocks
    if word in blocks:
        hint = f"{word} is a block of this file: write {BLOCK}: {word}"
    elif remedy := uncounted(word) or from_python(word):
        hint = remedy
    else:
        guess = guess_type(word, blocks)
        hint = f"did you mean {f'{BLOCK}: {guess}' if guess in blocks else quote(guess)}?" if guess else _LIST
    reader.problems.add(path, f"unknown layer type {quote(word)}", subject=subject, hint=hint)
    return None


def _block(reader: Reader, path: KeyPath, word: Any, subject: str | None) -> str | None:
    """Return a block's name, or the expression that gives it."""
    if isinstance(word, str) and (word in reader.names.blocks or not word.isidentifier() or word in reader.names):
        return word
    blocks = sorted(reader.names.blocks)
    guess = suggest(word, [*blocks, *reader.names.all()]) if isinstance(word, str) else None
    message = (
        f"unknown block {quote(word)}"
        if isinstance(word, str)
        else f"block: expected the name of a block, but found {quote(word)}"
    )
    hint = f"the blocks of this file: {some(blocks)}" if blocks else "this file has no blocks"
    if isinstance(word, str) and (word in STRUCTURES or registry.find_type(word)):
        hint = f"{word} is a type: write {TYPE}: {word}"
    elif guess:
        hint = f"did you mean {quote(guess)}?"
    reader.problems.add(path, message, subject=subject, hint=hint)
    return None


def _meant_by(item: YamlMapping, blocks: Collection[str]) -> tuple[tuple[str, ...], str | None]:
    """Return the key that stands in for a missing `type`, if one does, and what to write instead."""
    for key, value in item.items():
        before, colon, after = key.partition(":")
        if colon and before in (TYPE, BLOCK):
            return (key,), f"write a space after the ':': {before}: {brief(after)}"
        if named := registry.find_type(key):
            return (key,), f"did you mean {TYPE}: {named.name}, with its settings beside it?"
        if len(item) == 1 and isinstance(value, dict) and isinstance(named := value.get(TYPE), str):
            return (key,), f"write {{type: {brief(named)}, name: {brief(key)}, ...}}: a name is a key like the others"
        if key in STRUCTURES:
            return (key,), f"did you mean {TYPE}: {key}, with its settings beside it?"
        if key in blocks:
            return (key,), f"did you mean {BLOCK}: {key}, with its params beside it?"
        if isinstance(value, str) and (named := registry.find_type(value)):
            return (key,), f"did you mean {TYPE}: {named.name}?"
    return (), None
