"""The modules of an nn.Sequential as they are written: as arguments, or as statements of its class."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cnnparams.bridge.export.attributes import is_attribute, is_taken, quoted
from cnnparams.bridge.export.frames import Op
from cnnparams.bridge.export.names import ATTRIBUTES, METHODS, Namespace
from cnnparams.bridge.export.writer import INDEX, Writer

Chains = Sequence[Sequence[Op]]
"""The steps of a chain, or the copies of one of its entries, in each row."""


class Item(NamedTuple):
    """A module of a chain: its name, what makes it, and the condition under which it is there.

    Of copies that a loop makes, `loop` is the range of their numbers; the name is then that of all of them.
    """

    name: str
    text: str
    when: str | None = None
    loop: str | None = None
    activation: bool = False


def by_place(chains: Chains) -> bool:
    """Tell whether modules are called by their places: 0, 1, 2."""
    return all(op.name == str(place) for op, place in _placed(chains))


def _placed(chains: Chains) -> Iterator[tuple[Op, int]]:
    """Yield steps with their places; activations, which are modules of their own, have one, too."""
    activated = {op.key[:-1] for ops in chains for op in ops if op.node and op.node.activation}
    for ops in chains:
        place = 0
        for op in ops:
            yield op, place
            place += 2 if op.key[:-1] in activated else 1


def conditional(parts: Iterable[tuple[str | None, Sequence[str]]]) -> Iterator[str]:
    """Yield statements under their conditions, one `if` for those that follow one another."""
    before: str | None = None
    other: str | None = None
    for when, lines in parts:
        if when is None:
            other = None
            yield from lines
        else:
            if when != before:
                yield "else:" if when == other else f"if {when}:"
                other = None if when == other else _negated(when)
            yield from (f"    {line}" for line in lines)
        before = when


def _negated(condition: str) -> str | None:
    """Return the opposite of a simple comparison."""
    found = re.fullmatch(r"(\S+) (==|!=) (\S+)", condition)
    return found and f"{found[1]} {'!=' if found[2] == '==' else '=='} {found[3]}"


def statement(item: Item, added: str) -> list[str]:
    """Return what adds a module to the class, in its loop."""
    if item.loop is None:
        return [added]
    if added.startswith("self.append("):
        return [f"for {_variable(item.text)} in {item.loop}:", f"    {added}"]
    called = f'f"{item.name}{{{INDEX} + 1}}"'
    return [f"for {INDEX} in {item.loop}:", f"    self.add_module({called}, {item.text})"]


def argument(item: Item) -> str:
    """Return a module as an argument of nn.Sequential, or the copies that a loop makes."""
    return item.text if item.loop is None else f"*[{item.text} for {_variable(item.text)} in {item.loop}]"


def _variable(text: str) -> str:
    return INDEX if re.search(rf"\b{INDEX}\b", text) else "_"


def named(writer: Writer, chains: Chains, found: Sequence[Item]) -> list[Item]:
    """Return modules, each with its name; activations are called by their type, numbered if there are more."""
    own = {op.name for ops in chains for op in ops}
    names = Namespace(ATTRIBUTES, METHODS, own)
    writer.places.update((id(op), in_sequential(op.name)) for ops in chains for op in ops)
    types = [item.name for item in found if item.activation]
    named = []
    for i, item in enumerate(found):
        number = sum(other.activation and other.name == item.name for other in found[: i + 1])
        activation = f"{item.name}{number}" if types.count(item.name) > 1 else item.name
        named.append(item._replace(name=names.add(activation)) if item.activation else item)
    return named


def note_numbers(writer: Writer, chains: Chains) -> None:
    """Note where modules are that have numbers for names."""
    writer.places.update((id(op), f"[{place}]") for op, place in _placed(chains))


def in_sequential(name: str) -> str:
    """Return what comes behind an nn.Sequential to get at the module of that name."""
    return f".{name}" if is_attribute(name) and not is_taken(name) else f"._modules[{quoted(name)}]"
