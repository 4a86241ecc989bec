"""The forward pass of a class: steps put together to lines, and variables for what they give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cnnparams.bridge.export.names import Namespace
from cnnparams.bridge.export.wiring import Ref

_MOST_CALLS = 3
_FIRST, _NEXT = "x", "out"
_ASIDE = "# A side head: the network goes on without it."


class Step(NamedTuple):
    """One step in code: a template over {x0}, {x1} ..., what these are, and what it gives.

    It `computes` much, and so begins a line, or is a `module` with more inside, which has a line for itself.
    `called` is how the entries that read it call it.
    """

    name: str
    template: str
    reads: tuple[Ref, ...]
    gives: tuple[Ref, ...]
    computes: bool = False
    module: bool = False
    called: bool = False

    @property
    def calls(self) -> int:
        """The calls that it nests."""
        return self.template.count("(") - self.template.count("()")

    @property
    def last(self) -> bool:
        """Whether it returns what it reads."""
        return self.template.startswith("return ")

    def takes_in(self, line: Line, place: int) -> bool:
        """Tell whether what gives an input may stand in its place."""
        hole = f"{{x{place}}}"
        if self.computes or self.module or self.template.count(hole) != 1:
            return False
        if self.last and len(self.reads) == 1:
            return True
        if not line.is_primary and not re.search(rf"[(\[ ]{re.escape(hole)}[,)\]]", self.template):
            return False
        if len(self.reads) > 1:
            return not line.inside
        return not line.step.module and line.calls + self.calls <= _MOST_CALLS


@dataclass(slots=True)
class Line:
    """A step, with others in place of what they give."""

    step: Step
    inside: dict[Ref, Line] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """The calls that it nests."""
        return self.step.calls + max((line.calls for line in self.inside.values()), default=0)

    @property
    def is_primary(self) -> bool:
        """Whether no operator is outside of its brackets."""
        level = 0
        for character in self.step.template:
            level += (character in "([") - (character in ")]")
            if character == " " and level == 0:
                return False
        return True

    def reads(self) -> Iterator[Ref]:
        """Yield the tensors that have names before it."""
        for ref in self.step.reads:
            if ref in self.inside:
                yield from self.inside[ref].reads()
            else:
                yield ref

    def text(self, name: Callable[[Ref], str]) -> str:
        """Return the expression."""
        inputs = [self.inside[ref].text(name) if ref in self.inside else name(ref) for ref in self.step.reads]
        return self.step.template.format_map({f"x{i}": text for i, text in enumerate(inputs)})


def statements(steps: Sequence[Step], inputs: Sequence[str], outputs: Sequence[Ref], names: Namespace) -> list[str]:
    """Return the statements of a forward pass."""
    result = Step("", f"return {', '.join(f'{{x{i}}}' for i in range(len(outputs)))}", tuple(outputs), ())
    return [*_Variables(_lines([*steps, result]), inputs, names).statements()]


def _lines(steps: Sequence[Step]) -> list[Line]:
    uses = Counter(ref for step in steps for ref in step.reads)
    lines: list[Line] = []
    for step in steps:
        line = Line(step)
        for place, ref in reversed([*enumerate(step.reads)]):
            before = lines[-1] if lines else None
            if before and before.step.gives == (ref,) and uses[ref] == 1 and step.takes_in(before, place):
                line.inside[ref] = lines.pop()
        lines.append(line)
    return lines


class _Variables:
    """Gives names to what lines give: x as long as it can, else out, or the name that the spec has."""

    def __init__(self, lines: Sequence[Line], inputs: Sequence[str], names: Namespace) -> None:
        self.lines = lines
        self.names = names
        self.variables = {Ref(-1, i): name for i, name in enumerate(inputs)}
        self.held = {name: ref for ref, name in self.variables.items()}
        self.last_read = {ref: i for i, line in enumerate(lines) for ref in line.reads()}

    def statements(self) -> Iterator[str]:
        for i, line in enumerate(self.lines):
            text = line.text(self.variables.__getitem__)
            gives = line.step.gives
            if line.step.last:
                yield text
            elif not any(ref in self.last_read for ref in gives):
                yield from (_ASIDE, text)
            else:
                yield f"{', '.join([self._variable(ref, line.step, i) for ref in gives])} = {text}"

    def _variable(self, ref: Ref, step: Step, line: int) -> str:
        """Return the variable for what a line gives, which holds it from then on."""
        found = self._free(ref, step, line)
        self.variables[ref] = found
        self.held[found] = ref
        return found

    def _free(self, ref: Ref, step: Step, line: int) -> str:
        if ref not in self.last_read:
            return "_"
        lasting = step.called and self.last_read[ref] > line + 1
        if not lasting and len(step.gives) == 1:
            for name in (_FIRST, _NEXT):
                held = self.held.get(name)
                if held is None or self.last_read.get(held, -1) <= line:
                    return name
        return self.names.add(step.name)
