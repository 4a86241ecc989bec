"""Things said in the names of one class, for all of its instances at once."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from cnnparams.schema.computed import Computed
from cnnparams.targets.code import formula
from cnnparams.targets.code.classes import SharedByClasses
from cnnparams.targets.code.frames import Frame, FrameStep
from cnnparams.targets.code.holes import HoleKind, HoleRow
from cnnparams.targets.code.scope import ClassScope
from cnnparams.targets.code.simplify import Expr, plain
from cnnparams.targets.code.written import UnwritableError, WritingPlace, Written, said

Ops = Sequence[FrameStep | None]
"""The same step in each row; None where it is not there."""

INDEX = "index"
_FUNCTIONS = {"ceil": "math.ceil", "floor": "math.floor"}


class ClassWriter:
    """Knows the instances of a class, and its scope as far as it has been written."""

    def __init__(self, shared: SharedByClasses, frames: Sequence[Frame], scope: ClassScope) -> None:
        self.shared = shared
        self.frames = frames
        self.scope = scope
        self.places: dict[int, str] = {}

    def rows(self) -> list[HoleRow]:
        """Return a row for each instance."""
        return [HoleRow(number, {}) for number in range(len(self.frames))]

    def text(self, said: Expr, kind: HoleKind = HoleKind.VALUE) -> str:
        """Return a formula as it is written."""
        return formula.text(said, lambda word: self.shared.word(word, kind), _FUNCTIONS)

    def sayings(self, rows: Sequence[HoleRow], values: Iterable[Written | None]) -> Iterator[Expr]:
        """Yield how a value may be said, by what each row knows of it."""
        known: set[str] = set()
        for row, value in zip(rows, values, strict=True):
            if value is None or not isinstance(value.value, Computed):
                continue
            try:
                found = said(value, self._place(row))
            except UnwritableError:
                continue
            if (key := ast.dump(found)) not in known:
                known.add(key)
                yield found

    def _place(self, row: HoleRow) -> WritingPlace:
        frame = self.frames[row.number]
        index = formula.name(INDEX) if INDEX in row.extra else None
        return WritingPlace(frame.view, self.scope.channels.get, lambda name: self.own(name, frame), index, {})

    def own(self, param: str, frame: Frame) -> Expr:
        """Return the name of a param of the block that the class is made of, or what its default comes to."""
        known = self.scope.own.get(param)
        if known is None:
            column = [other.scope[param] for other in self.frames]
            default = self._default(param, frame, column)
            known = default or self.scope.add(param, column, param=param)
            self.scope.own[param] = known
        return known

    def _default(self, param: str, frame: Frame, column: Sequence[object]) -> Expr | None:
        """Return what stands for a param that no user of the block gives."""
        if frame.block is None or any(other.view[param].view is not other.view for other in self.frames):
            return None
        if not isinstance(frame.view[param].value, Computed):
            return formula.literal(frame.view[param].value)
        known = list(zip(self.rows(), column, strict=True))
        for found in self.sayings(self.rows(), [other.view[param] for other in self.frames]):
            if self.scope.agrees(found, known):
                short = plain(found) or isinstance(found, ast.Name)
                return found if short else self.scope.let(param, found, column)
        return None

    def channels(self, ops: Ops, rows: Sequence[HoleRow], number: int = 0) -> Iterator[Expr]:
        """Yield how the channels of an input may be said, by what is known of it in each row."""
        known: set[str] = set()
        for op in ops:
            found = self.scope.channels.get(op.reads[number]) if op and number < len(op.reads) else None
            if found is not None and (key := ast.dump(found)) not in known:
                known.add(key)
                yield found
        yield from self._progression(ops, rows)

    def _progression(self, ops: Ops, rows: Sequence[HoleRow]) -> Iterator[Expr]:
        """Yield how channels grow from copy to copy of what is repeated."""
        if not rows or rows[0].extra.get(INDEX) != 0:
            return
        for (op, row), (other, after) in pairwise(zip(ops, rows, strict=True)):
            if op and other and row.number == after.number and row.extra[INDEX] == 0:
                start, counts = self.scope.channels.get(op.reads[0]), self.shared.channels
                step = formula.literal(counts[other.reads[0]] - counts[op.reads[0]])
                if start is not None:
                    yield formula.total([start, formula.product(step, formula.name(INDEX))])

    def track(self, ops: Ops, rows: Sequence[HoleRow], output: int, candidates: Iterable[Expr | None]) -> None:
        """Note how the channels of what a step gives can be said."""
        proposed = [short for said in candidates if said is not None for short in _shorter(said)]
        proposed = [said for said in proposed if not formula.is_long(said)]
        present = [(row, op.gives[output]) for row, op in zip(rows, ops, strict=True) if op]
        known = [(row, self.shared.channels[source]) for row, source in present]
        found = next((said for said in proposed if self.scope.agrees(said, known)), None)
        if found is None and len({count for _, count in known}) == 1:
            found = formula.literal(known[0][1])
        if found is not None:
            self.scope.channels.update((source, found) for _, source in present)


def _shorter(said: Expr) -> Iterator[Expr]:
    """Yield the names in a formula, any of which may come to the same, and the formula."""
    yield from map(formula.name, dict.fromkeys(formula.names_in(said)))
    yield said
