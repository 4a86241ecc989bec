"""The names of a class, with their values in each of its instances; what agrees with a value in all stands for it.

So what is written is right in every instance, whoever proposed it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cnnparams.expression import ExpressionError, Value
from cnnparams.targets.code import formula
from cnnparams.targets.code.holes import ABSENT, ConflictError, Hole, HoleKind, HoleRow, fits, same
from cnnparams.targets.code.names import Namespace
from cnnparams.targets.code.simplify import Expr


@dataclass(slots=True)
class Param:
    """A param of a class: the block's param that it is, or the input whose channels it is, or neither."""

    name: str
    wanted: str
    column: list[Value]
    param: str | None = None
    input: int | None = None
    kind: HoleKind | None = None
    used: bool = False


@dataclass(slots=True)
class ClassScope:
    """Params and local variables of a class; of both, those that are used are written.

    `values` are those of all names in each instance, `channels` what is known of the channels of tensors, `own` what
    stands for the params of the block, `said` the locals that are used.
    """

    names: Namespace
    values: list[dict[str, Value]]
    channels: dict[str, Expr] = field(default_factory=dict)
    own: dict[str, Expr] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    params: dict[str, Param] = field(default_factory=dict)
    locals: dict[str, Expr] = field(default_factory=dict)

    def add(self, wanted: str, column: Sequence[Value], **origin: Any) -> Expr:
        """Return the name of a new param."""
        param = Param(self.names.add(wanted), wanted, list(column), **origin)
        self.params[param.name] = param
        return self._named(param.name, column)

    def let(self, wanted: str, value: Expr, column: Sequence[Value]) -> Expr:
        """Return the name of a new local variable."""
        name = self.names.add(wanted)
        self.locals[name] = value
        return self._named(name, column)

    def _named(self, name: str, column: Sequence[Value]) -> Expr:
        for values, value in zip(self.values, column, strict=True):
            values[name] = value
        return formula.name(name)

    def resolve(self, hole: Hole, rows: Sequence[HoleRow]) -> Expr:
        """Return what stands for a value in every row: a candidate, a constant, a name, or else a new param."""
        known = [(row, value) for row, value in zip(rows, hole.values, strict=True) if value is not ABSENT]
        for candidate in hole.candidates:
            for found in _forms(self._familiar(candidate)):
                if self.agrees(found, known) and self.use(found, hole.kind):
                    return found
        if all(same(value, known[0][1]) for _, value in known):
            return formula.literal(known[0][1])
        for guess in self._guesses(known) if hole.counts else ():
            if self.agrees(guess, known) and self.use(guess, hole.kind):
                return guess
        return self._invented(hole, known)

    def _familiar(self, candidate: Expr) -> Expr:
        """Return a formula with a param that is used already in place of the channels of a further input."""
        return formula.over(candidate, lambda name: formula.name(self._equal(name) or name))

    def _equal(self, name: str) -> str | None:
        param = self.params.get(name)
        if (
            param is None
            or param.used
            or not param.input
            or all(same(param.column[0], value) for value in param.column)
        ):
            return None
        others = (other for other in self.params.values() if other.used and other.column == param.column)
        return next((other.name for other in others), None)

    def agrees(self, said: Expr, known: Iterable[tuple[HoleRow, Value]]) -> bool:
        """Tell whether a formula has these values."""
        try:
            return all(fits(self.value(said, row), value) for row, value in known)
        except (ExpressionError, KeyError):
            return False

    def value(self, said: Expr, row: HoleRow) -> Value:
        """Return the value of a formula in a row; raise ExpressionError where it has none."""
        values = self.values[row.number]
        return formula.value(said, {**values, **row.extra} if row.extra else values)

    def use(self, said: Expr, kind: HoleKind = HoleKind.VALUE) -> bool:
        """Note that the names in a formula are used; return whether they can be, as what they stand for."""
        if kind is not HoleKind.VALUE and formula.compares_words(said):
            return False
        wanted = [*self._kinds(said, kind)]
        if any(known is not None and self.params[name].kind not in (None, known) for name, known in wanted):
            return False
        kinds: dict[str, HoleKind] = {}
        if any(kinds.setdefault(name, known) is not known for name, known in wanted if known is not None):
            return False
        for name, known in wanted:
            param = self.params[name]
            param.kind, param.used = known or param.kind, True
        self.said |= self._locals_in(said)
        return True

    def _kinds(self, said: Expr, kind: HoleKind) -> Iterator[tuple[str, HoleKind | None]]:
        """Yield the params in a formula with what they stand for: None where that may be anything, as in a list."""
        if isinstance(said, ast.Name) and said.id in self.locals:
            yield from self._kinds(self.locals[said.id], kind)
        elif isinstance(said, ast.Name) and said.id in self.params:
            yield said.id, kind
        elif isinstance(said, ast.IfExp):
            yield from self._kinds(said.test, HoleKind.VALUE)
            yield from self._kinds(said.body, kind)
            yield from self._kinds(said.orelse, kind)
        elif isinstance(said, ast.Subscript) and isinstance(said.value, ast.Name) and said.value.id in self.params:
            yield said.value.id, self._kind_of_item(said, kind)
            yield from self._kinds(said.slice, HoleKind.VALUE)
        else:
            for part in ast.iter_child_nodes(said):
                if isinstance(part, ast.expr):
                    yield from self._kinds(part, HoleKind.VALUE)

    def _kind_of_item(self, said: ast.Subscript, kind: HoleKind) -> HoleKind | None:
        """Return what a list has to stand for whose item stands for this; words in it are all of one kind."""
        assert isinstance(said.value, ast.Name)
        rows = self.params[said.value.id].column
        at = said.slice.value if isinstance(said.slice, ast.Constant) else None
        taken = [item for row in rows for item in (row if at is None else (row[at],))]
        if kind is HoleKind.VALUE:
            return HoleKind.VALUE if any(isinstance(item, str | tuple | None) for item in taken) else None
        return HoleKind.VALUE if any(item is None for row in rows for item in row) else kind

    def _locals_in(self, said: Expr) -> set[str]:
        found = {name for name in formula.names_in(said) if name in self.locals}
        return found.union(*(self._locals_in(self.locals[name]) for name in found))

    def _guesses(self, known: Sequence[tuple[HoleRow, Value]]) -> Iterator[Expr]:
        """Yield names, and multiples and parts of them, that the first row suggests."""
        row, value = known[0]
        if type(value) is not int or value < 1:
            return
        numbers = {name: other for name, other in self.values[row.number].items() if type(other) is int and other > 0}
        yield from map(formula.name, numbers)
        for name, other in numbers.items():
            if value % other == 0:
                yield formula.product(formula.literal(value // other), formula.name(name))
            if other % value == 0:
                yield formula.quotient(formula.name(name), formula.literal(other // value))

    def _invented(self, hole: Hole, known: Sequence[tuple[HoleRow, Value]]) -> Expr:
        """Return a new param; raise ConflictError where it has several values in one instance of the class."""
        column: list[Value] = [ABSENT] * len(self.values)
        for row, value in known:
            if column[row.number] is not ABSENT and not same(column[row.number], value):
                raise ConflictError(hole.name)
            column[row.number] = value
        column = [known[0][1] if value is ABSENT else value for value in column]
        for param in self.params.values():
            alike = param.wanted == hole.name and all(map(fits, param.column, column))
            if alike and self.use(found := formula.name(param.name), hole.kind):
                return found
        found = self.add(hole.name, column)
        self.use(found, hole.kind)
        return found


def _forms(candidate: Expr) -> Iterator[Expr]:
    """Yield what may be written for a candidate; the item of a list of one stands for the list."""
    yield from plainer(candidate)
    if not isinstance(candidate, ast.Tuple) or len(candidate.elts) == 1:
        yield formula.first_of(candidate)


def plainer(candidate: Expr) -> Iterator[Expr]:
    """Yield what is shorter than a formula and may do: a side of a choice among copies, what a call may not change."""
    if isinstance(candidate, ast.IfExp) and "index" in formula.names_in(candidate.test):
        yield from (candidate.orelse, candidate.body)
    if formula.calls_in(candidate):
        yield from map(formula.name, formula.names_in(candidate))
    yield candidate
