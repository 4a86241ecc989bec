"""Nodes that are one layer together, made one (patterns.py says which)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

from cnnparams.sources.onnx.model import Op
from cnnparams.sources.onnx.patterns import Pattern, Term, patterns

_COMMUTE = ("Add", "Mul")
_ALIKE = 1e-3
_LISTS = ("SplitToSequence",)  # what these give is no tensor, and may be read by several nodes


class Found(NamedTuple):
    """What a formula was found to be: the values that its names stand for, and its nodes by their places."""

    bound: Mapping[str, str] = {}
    places: frozenset[int] = frozenset()


class Constants(NamedTuple):
    """The values that do not depend on the input, and the numbers that single ones are."""

    names: frozenset[str]
    numbers: Mapping[str, float]


def fused(ops: Sequence[Op], constants: Constants, kept: frozenset[str]) -> Iterator[Op]:
    """Yield the nodes, those that are a layer together as one; `kept` are values that must stay, as the outputs."""
    matcher, taken, made = _Matcher(ops, constants, kept), set[int](), dict[int, Op]()
    for place in reversed(range(len(ops))):
        if place not in taken and (found := matcher.at(place, taken)):
            made[place], places = found
            taken |= places
    for place, op in enumerate(ops):
        if place in made:
            yield made[place]
        elif place not in taken:
            yield op


class _Matcher:
    def __init__(self, ops: Sequence[Op], constants: Constants, kept: frozenset[str]) -> None:
        self._ops = ops
        self._constants = constants
        self._kept = kept
        self._makers = {output: place for place, op in enumerate(ops) for output in op.outputs if output}
        self._readers: dict[str, set[int]] = {}
        for place, op in enumerate(ops):
            for name in op.reads:
                self._readers.setdefault(name, set()).add(place)

    def at(self, place: int, taken: set[int]) -> tuple[Op, frozenset[int]] | None:
        """Return the layer that ends at a node, and the places of its nodes."""
        for pattern in patterns().get(self._ops[place].kind, ()):
            for found in self._nodes(pattern.formula, place, Found()):
                own = frozenset(at for at in found.places if self._ops[at].kind not in _LISTS)
                if self._is_closed(place, own) and not own & taken:
                    return self._made(place, pattern, found), own
        return None

    def _made(self, place: int, pattern: Pattern, found: Found) -> Op:
        inputs = tuple(found.bound[term.name] for term in pattern.layer.inputs)
        nodes = [self._ops[at] for at in sorted(found.places)]
        parts = tuple(part for op in nodes for part in op.parts or (op,))
        return self._ops[place]._replace(kind=pattern.layer.kind, inputs=inputs, parts=parts)

    def _is_closed(self, last: int, places: frozenset[int]) -> bool:
        """Tell whether nothing else reads what the nodes before the last give."""
        inner = (output for at in places if at != last for output in self._ops[at].outputs if output)
        return all(name not in self._kept and self._readers.get(name, set()) <= places for name in inner)

    def _value(self, term: Term, name: str, found: Found) -> Iterator[Found]:
        """Yield the ways in which a value is what a term says."""
        if term.number is not None:
            if math.isclose(self._constants.numbers.get(name, math.inf), term.number, rel_tol=_ALIKE):
                yield found
        elif term.name:
            if self._may_be(term.name, name) and found.bound.get(term.name, name) == name:
                yield found._replace(bound={**found.bound, term.name: name})
        elif (place := self._makers.get(name)) is not None:
            yield from self._nodes(term, place, found)

    def _nodes(self, term: Term, place: int, found: Found) -> Iterator[Found]:
        """Yield the ways in which a node is what a term says."""
        op = self._ops[place]
        inputs, more = op.inputs[: len(term.inputs)], op.inputs[len(term.inputs) :]
        if op.kind != term.kind or op.domain or len(inputs) != len(term.inputs):
            return
        if more and not (term.more and all(self._may_be("k", name) for name in more)):
            return
        for terms in permutations(term.inputs) if op.kind in _COMMUTE else [term.inputs]:
            yield from self._all(terms, inputs, found._replace(places=found.places | {place}))

    def _all(self, terms: Sequence[Term], names: Sequence[str], found: Found) -> Iterator[Found]:
        if not terms:
            yield found
            return
        for first in self._value(terms[0], names[0], found):
            yield from self._all(terms[1:], names[1:], first)

    def _may_be(self, wild: str, name: str) -> bool:
        """Tell whether a name of a formula may stand for a value."""
        is_constant = name in self._constants.names or not name
        return wild == "t" or is_constant == (wild[0] != "x")
