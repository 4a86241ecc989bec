"""An entry of `layers`, or an activation: its type looked up, its settings not yet checked."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnnparams.errors import brief, quote, suggest
from cnnparams.layers import registry
from cnnparams.layers.base import Layer
from cnnparams.schema.problems import Problems
from cnnparams.schema.source import KeyPath, Mapping

TYPE = "type"
NAME = "name"

_LIST = "list the types with: cnnparams layers"
_NO_ACTIVATION = "leave it out: a layer without an activation passes its output on as it is"
_USUAL_RANK = 2


class Draft(NamedTuple):
    """An entry whose type is known, or (None) is not."""

    path: KeyPath
    layer: type[Layer] | None
    keys: Mapping

    @property
    def name(self) -> str | None:
        """The name as written, if it is one."""
        written = self.keys.get(NAME)
        return written if isinstance(written, str) else None


def draft_entry(problems: Problems, path: KeyPath, item: Any) -> Draft:
    """Return the draft of an entry: a bare word or a mapping with a type; note the problem where it is neither."""
    if isinstance(item, str):
        return Draft(path, _layer(problems, path, item), Mapping())
    if not isinstance(item, Mapping):
        hint = "write a type such as flatten, or a mapping with a type"
        problems.add(path, f"expected a layer, but found {quote(item)}", hint=hint)
        return Draft(path, None, Mapping())
    return Draft(path, _layer_of(problems, path, item, item.get(NAME)), item)


def draft_activation(problems: Problems, path: KeyPath, item: Any, subject: str) -> Draft:
    """Return the draft of an activation, written as entries are; note the problem where it is none."""
    if isinstance(item, str) and item.casefold() == "none":
        problems.add(path, f"unknown activation {quote(item)}", subject=subject, hint=_NO_ACTIVATION)
        layer = None
    elif isinstance(item, str):
        layer = _layer(problems, path, item, subject, activation=True)
    elif isinstance(item, Mapping):
        layer = _layer_of(problems, path, item, subject, activation=True)
    else:
        hint = "write relu, or a mapping with a type; several activations are entries of their own"
        problems.add(path, f"expected an activation, but found {quote(item)}", subject=subject, hint=hint)
        layer = None
    if layer and not layer.is_activation:
        message = f"activation: {layer.type} cannot stand here, as only activations without parameters can"
        own = f"give {layer.type} an entry of its own after this one"
        problems.add(path, message, subject=subject, hint=_NO_ACTIVATION if layer.type == "linear" else own)
        layer = None
    return Draft(path, layer, item if isinstance(item, Mapping) else Mapping())


def _layer_of(
    problems: Problems, path: KeyPath, item: Mapping, subject: Any, *, activation: bool = False
) -> type[Layer] | None:
    subject = brief(subject) if isinstance(subject, str) else None
    if TYPE not in item:
        hint = (
            "give it a type, such as type: leaky_relu"
            if activation
            else "give every layer a type, such as type: conv2d"
        )
        key, meant = _meant_by(item)
        problems.add((*path, *key), f"missing key {quote(TYPE)}", subject=subject, hint=meant or hint, at_key=True)
        return None
    word = item[TYPE]
    if isinstance(word, str):
        return _layer(problems, (*path, TYPE), word, subject, activation=activation)
    problems.add((*path, TYPE), f"type: expected a layer type, but found {quote(word)}", subject=subject, hint=_LIST)
    return None


def _layer(
    problems: Problems, path: KeyPath, word: str, subject: str | None = None, *, activation: bool = False
) -> type[Layer] | None:
    found = registry.find(word)
    if found:
        return registry.layer_class(found)
    declared = sorted(registry.declarations(), key=lambda declaration: declaration.rank not in (None, _USUAL_RANK))
    known = [declaration.name for declaration in declared if declaration.family.is_activation or not activation]
    guess = suggest(word, known)
    message = f"unknown {'activation' if activation else 'layer type'} {quote(word)}"
    problems.add(path, message, subject=subject, hint=f"did you mean {quote(guess)}?" if guess else _LIST)
    return None


def _meant_by(item: Mapping) -> tuple[tuple[str, ...], str | None]:
    """Return the key that stands in for a missing `type`, if one does, and what to write instead."""
    for key, value in item.items():
        before, colon, after = key.partition(":")
        if colon and before == TYPE:
            return (key,), f"write a space after the ':': {TYPE}: {brief(after)}"
        if named := registry.find(key):
            return (key,), f"did you mean {TYPE}: {named.name}, with its settings beside it?"
        if isinstance(value, str) and (named := registry.find(value)):
            return (key,), f"did you mean {TYPE}: {named.name}?"
    return (), None
