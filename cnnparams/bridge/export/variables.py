"""The local variables of __init__: params that follow from others, items of a list, what would be said too often."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from cnnparams.bridge.export.names import Namespace
from cnnparams.bridge.export.scope import Scope
from cnnparams.bridge.export.simplify import Formula
from cnnparams.bridge.export.writer import INDEX, Writer

_OFTEN = 3
_ARGUMENT = re.compile(r"(?:(?<=\()|(?<=, )|(?<=\w=))\w+(?: (?:[-+*]|//) \w+)+(?=[,)])")
"""An argument that is put together from names and numbers."""


def variables(writer: Writer) -> Iterator[str]:
    """Yield the statements that give values to params of the block that follow from others."""
    scope, order = writer.scope, [*writer.frames[0].view]
    params = {name.id: param for param, name in scope.own.items() if isinstance(name, ast.Name)}
    said = {name: scope.locals[name] for name in sorted(scope.said, key=lambda name: order.index(params[name]))}
    unpacked = dict(_unpacked(said, scope))
    yield from (f"{', '.join(names)} = {items}" for items, names in unpacked.items())
    taken = {name for names in unpacked.values() for name in names}
    yield from (f"{name} = {writer.text(found)}" for name, found in said.items() if name not in taken)


def _unpacked(said: Mapping[str, Formula], scope: Scope) -> Iterator[tuple[str, list[str]]]:
    """Yield the lists all of whose items have names, with these."""
    items: dict[str, dict[int, str]] = {}
    for name, found in said.items():
        if not isinstance(found, ast.Subscript) or not isinstance(found.slice, ast.Constant):
            continue
        if isinstance(found.value, ast.Name) and found.value.id in scope.params and type(found.slice.value) is int:
            items.setdefault(found.value.id, {})[found.slice.value] = name
    for name, numbered in items.items():
        lengths = {len(row) for row in scope.params[name].column}
        if lengths == {len(numbered)} and sorted(numbered) == [*range(len(numbered))]:
            yield name, [numbered[i] for i in sorted(numbered)]


def without_repetition(lines: Sequence[str], names: Namespace) -> list[str]:
    """Return the statements with a variable for what is an argument over and over: how wide a block is inside."""
    count = Counter(found for line in lines for found in _ARGUMENT.findall(line) if INDEX not in found)
    said, times = max(count.items(), key=lambda pair: (pair[1], len(pair[0])), default=("", 0))
    if times < _OFTEN:
        return [*lines]
    name = names.add("hidden_channels")
    replaced = [_ARGUMENT.sub(lambda found: name if found[0] == said else found[0], line) for line in lines]
    return [f"{name} = {said}", *replaced]
