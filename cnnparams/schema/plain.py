"""A spec that was never text -> Document: what a program made, or a reader of another format."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cnnparams.errors import CnnparamsError, quote
from cnnparams.inert import printable, unseen
from cnnparams.schema.compose import MAX_DEPTH, TOO_DEEP
from cnnparams.schema.source import Document, KeyPath, SourceMark, Text, YamlMapping, YamlSequence

NOWHERE = SourceMark((0, 0), (0, 0))
_MOST = 2**63 - 1
_YAML = "a spec holds what YAML holds: numbers, text, true, false, null, lists, and mappings with text as keys"


def document_of(plain: Mapping[str, Any], name: str, origins: Mapping[str, str] = MappingProxyType({})) -> Document:
    """Return the document of plain values, which messages call by a name; raise CnnparamsError for other values.

    `origins` tell, by the names of its layers, where these stood.
    """
    root = _value(plain, name, 0)
    where: dict[KeyPath, str] = {}
    for i, entry in enumerate(plain["layers"] if origins else ()):
        if isinstance(entry, Mapping) and entry.get("name") in origins:
            where["layers", i] = printable(origins[entry["name"]])
    return Document(Text(printable(name), ""), root, origins=where)


def _value(value: Any, name: str, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise CnnparamsError(f"{name}: {TOO_DEEP[0]}")
    if isinstance(value, Mapping):
        return _mapping(value, name, depth)
    if isinstance(value, list | tuple):
        items = YamlSequence()
        items.extend(_value(item, name, depth + 1) for item in value)
        items.marks.extend(NOWHERE for _ in value)
        return items
    if isinstance(value, int | float) and not abs(value) <= _MOST:  # nor what is no number
        raise CnnparamsError(f"{name}: {quote(str(value))} is not a number that 64 bits can hold")
    if value is None or isinstance(value, str | int | float):
        return value
    raise CnnparamsError(f"{name}: a spec cannot hold an object of type {quote(type(value).__name__)}", _YAML)


def _mapping(value: Mapping[Any, Any], name: str, depth: int) -> YamlMapping:
    pairs = YamlMapping()
    for key, item in value.items():
        if not isinstance(key, str):
            raise CnnparamsError(f"{name}: the key {quote(str(key))} is not text", _YAML)
        if why := unseen(key):
            raise CnnparamsError(f"{name}: the key {quote(key)} {why}", "retype it")
        pairs[key], pairs.marks[key] = _value(item, name, depth + 1), NOWHERE
    return pairs
