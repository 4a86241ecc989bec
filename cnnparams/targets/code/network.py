"""A class with a forward pass of its own: what it makes, and how its steps follow from one another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cnnparams.engine.network.graph import Node
from cnnparams.layers.contract.spelling import Code, is_bare
from cnnparams.targets.code import chain, making
from cnnparams.targets.code.attributes import AttributeCode, Attributes
from cnnparams.targets.code.frames import Frame, label
from cnnparams.targets.code.holes import ConflictError
from cnnparams.targets.code.names import ATTRIBUTES, GLOBALS, METHODS, Namespace
from cnnparams.targets.code.sharing import Way
from cnnparams.targets.code.simplify import plain
from cnnparams.targets.code.wiring import TensorRef, aligned, wired
from cnnparams.targets.code.writer import ClassWriter, Ops

_MOST_CALLS = 3
_FIRST, _NEXT = "x", "out"
_ASIDE = "# A side head: the network goes on without it."


class ForwardStep(NamedTuple):
    """One step in code: a template over {x0}, {x1} ..., what these are, and what it gives.

    It `computes` much, and so begins a line, or is a `module` with more inside, which has a line for itself.
    `called` is how the entries that read it call it.
    """

    name: str
    template: str
    reads: tuple[TensorRef, ...]
    gives: tuple[TensorRef, ...]
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

    def takes_in(self, line: CodeLine, place: int) -> bool:
        """Tell whether what gives an input may stand in its place."""
        hole = f"{{x{place}}}"
        if self.computes or self.module or self.template.count(hole) != 1:
            return False
        if self.template.endswith(f" else {hole}"):  # what gives it runs in any case, as it does in the spec
            return False
        if self.last and len(self.reads) == 1:
            return True
        if not line.is_primary and not re.search(rf"[(\[ ]{re.escape(hole)}[,)\]]", self.template):
            return False
        if len(self.reads) > 1:
            return not line.inside
        return not line.step.module and line.calls + self.calls <= _MOST_CALLS


@dataclass(slots=True)
class CodeLine:
    """A step, with others in place of what they give."""

    step: ForwardStep
    inside: dict[TensorRef, CodeLine] = field(default_factory=dict)

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

    def reads(self) -> Iterator[TensorRef]:
        """Yield the tensors that have names before it."""
        for ref in self.step.reads:
            if ref in self.inside:
                yield from self.inside[ref].reads()
            else:
                yield ref

    def text(self, name: Callable[[TensorRef], str]) -> str:
        """Return the expression."""
        inputs = [self.inside[ref].text(name) if ref in self.inside else name(ref) for ref in self.step.reads]
        return self.step.template.format_map({f"x{i}": text for i, text in enumerate(inputs)})


def statements(
    steps: Sequence[ForwardStep], inputs: Sequence[str], outputs: Sequence[TensorRef], names: Namespace
) -> list[str]:
    """Return the statements of a forward pass."""
    result = ForwardStep("", f"return {', '.join(f'{{x{i}}}' for i in range(len(outputs)))}", tuple(outputs), ())
    return [*_VariableNames(_lines([*steps, result]), inputs, names).statements()]


def _lines(steps: Sequence[ForwardStep]) -> list[CodeLine]:
    uses = Counter(ref for step in steps for ref in step.reads)
    lines: list[CodeLine] = []
    for step in steps:
        line = CodeLine(step)
        for place, ref in reversed([*enumerate(step.reads)]):
            before = lines[-1] if lines else None
            if before and before.step.gives == (ref,) and uses[ref] == 1 and step.takes_in(before, place):
                line.inside[ref] = lines.pop()
        lines.append(line)
    return lines


class _VariableNames:
    """Gives names to what lines give: x as long as it can, else out, or the name that the spec has."""

    def __init__(self, lines: Sequence[CodeLine], inputs: Sequence[str], names: Namespace) -> None:
        self.lines = lines
        self.names = names
        self.variables = {TensorRef(-1, i): name for i, name in enumerate(inputs)}
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

    def _variable(self, ref: TensorRef, step: ForwardStep, line: int) -> str:
        """Return the variable for what a line gives, which holds it from then on."""
        found = self._free(ref, step, line)
        self.variables[ref] = found
        self.held[found] = ref
        return found

    def _free(self, ref: TensorRef, step: ForwardStep, line: int) -> str:
        if ref not in self.last_read:
            return "_"
        lasting = step.called and self.last_read[ref] > line + 1
        if not lasting and len(step.gives) == 1:
            for name in (_FIRST, _NEXT):
                held = self.held.get(name)
                if held is None or self.last_read.get(held, -1) <= line:
                    return name
        return self.names.add(step.name)


def ties(writer: ClassWriter) -> list[str]:
    """Return the statements of a class that tie layers; raise ConflictError where its instances differ in them."""
    found = [[*_of(frame, writer)] for frame in writer.frames]
    if any(other != found[0] for other in found):
        raise ConflictError("share")
    return found[0]


def _of(frame: Frame, writer: ClassWriter) -> Iterator[str]:
    for owner, user in writer.shared.sharing.tied.get(id(frame), ()):
        one, other = _place(owner, writer), _place(user, writer)
        node, shared = user[-1].node, owner[-1].node
        assert node
        assert shared
        whole = (made := _made(node)) == _made(shared) or is_bare(made)
        names = [""] if whole else [f".{tensor.name}" for tensor in node.layer.tensors(*node.input_shapes)]
        yield from (f"{other}{name} = {one}{name}" for name in names)


def _made(node: Node) -> Code:
    make = node.layer.spelling(*node.input_shapes).make
    assert make
    return make


def _place(way: Way, writer: ClassWriter) -> str:
    """Return the expression of a layer inside of a class."""
    known = {**writer.shared.places, **writer.places}
    return "self" + "".join(known[id(op)] for op in way)


class ClassBody(NamedTuple):
    """The statements of __init__, those of forward, what forward calls its inputs, and the class to derive from."""

    init: list[str]
    forward: list[str]
    inputs: list[str]
    base: str


def network(writer: ClassWriter, inputs: Sequence[str]) -> ClassBody:
    """Write a class; raise ConflictError where its instances differ too much."""
    steps = aligned(writer.frames)
    wiring, maker = wired(writer.frames, steps), _Maker(writer, steps)
    made = [maker.step(ops, i, wiring.reads[i], wiring.flows[i]) for i, ops in enumerate(steps)]
    names = Namespace(GLOBALS, writer.shared.class_names, {"x", "out"})
    called = [name if name == "x" else names.add(name) for name in inputs]
    init = [*maker.lines, *maker.late, *ties(writer)]
    return ClassBody(init, statements(made, called, wiring.outputs, names), called, maker.attributes.base)


class _Maker:
    """Collects what a class makes."""

    def __init__(self, writer: ClassWriter, steps: Sequence[Ops]) -> None:
        self.writer = writer
        self.rows = writer.rows()
        self.attributes = Attributes(dict(self._things(steps)))
        self.names = Namespace(ATTRIBUTES, METHODS, self.attributes.names)
        self.lines: list[str] = []
        self.late: list[str] = []

    def _things(self, steps: Sequence[Ops]) -> Iterator[tuple[str, AttributeCode]]:
        """Yield what the steps make, by their names."""
        for op in (op for ops in steps for op in ops if op and id(op) not in self.writer.shared.sharing.again):
            if op.frame:
                yield op.name, AttributeCode(inside=frozenset(inner.name.partition(".")[0] for inner in op.frame.ops))
            elif op.node and (make := op.node.layer.in_forward(*op.node.input_shapes).make):
                held = op.node.layer.tensors(*op.node.input_shapes)
                own = frozenset(tensor.name.partition(".")[0] for tensor in held)
                yield op.name, AttributeCode(is_bare(make), own)

    def step(self, ops: Ops, number: int, reads: tuple[TensorRef, ...], flow: TensorRef | None) -> ForwardStep:
        """Write what a step makes; return how it is called."""
        first = next(op for op in ops if op)
        if any(op.name != first.name or (op.frame is None) is not (first.frame is None) for op in ops if op):
            raise ConflictError(first.name)
        when = making.condition(self.writer, ops, self.rows)
        again = self._again(ops)
        make, template = (self._module if first.frame else self._layer)(ops, again or first.name)
        make = None if again else make
        if again or make:
            self.writer.places.update((id(op), self.attributes.of(again or first.name)) for op in ops if op)
        activation = None if first.frame else making.activation(self.writer, ops, self.rows)
        passes = when is not None and bool(make) and not activation and reads == (flow,) and len(first.gives) == 1
        self._make(first.name, make, when, passes=passes)
        if activation:
            template = (activation.call or self._called(activation.make)).replace("{x}", template)
        if when is not None and not passes:
            if flow is None or len(first.gives) > 1:
                raise ConflictError(first.name)
            template, reads = self._either(template, label(first), when, len(reads)), (*reads, flow)
        gives = tuple(TensorRef(number, i) for i in range(len(first.gives)))
        called = any(op.gives[0] in frame.names for op, frame in zip(ops, self.writer.frames, strict=True) if op)
        return ForwardStep(first.name, template, reads, gives, _computes(ops), bool(first.frame), called)

    def _again(self, ops: Ops) -> str | None:
        """Return the name of what is called again; raise ConflictError where that is not always so."""
        owners = {self.writer.shared.sharing.again.get(id(op)) for op in ops if op}
        names = {owner.name for owner in owners if owner}
        if len(names) > 1 or (names and None in owners):
            raise ConflictError("share")
        return names.pop() if names else None

    def _make(self, name: str, make: str | None, when: str | None, *, passes: bool) -> None:
        if make is None:
            return
        self.lines += self.attributes.statements(name)
        target = f"self{self.attributes.of(name)}"
        lines = self.late if self.attributes.is_inside(name) else self.lines
        if when is None:
            lines.append(f"{target} = {make}")
        elif passes:
            lines.append(f"{target} = {make} if {when} else nn.Identity()")
        else:
            lines += [f"if {when}:", f"    {target} = {make}"]

    def _module(self, ops: Ops, name: str) -> tuple[str, str]:
        """Return what makes a module with more inside, and the template of its call."""
        count = next(len(op.reads) for op in ops if op)
        inputs = ", ".join(f"{{x{i}}}" for i in range(count))
        return chain.module(self.writer, ops, self.rows), f"self{self.attributes.of(name)}({inputs})"

    def _layer(self, ops: Ops, name: str) -> tuple[str | None, str]:
        """Return what makes a layer, if anything, and the template of its call."""
        made = making.layer(self.writer, ops, self.rows, in_forward=True)
        inputs = _inputs(ops)
        texts = {hole: self.writer.text(said) for hole, said in made.said.items()}
        held = {hole: text if plain(made.said[hole]) else self._held(hole, text) for hole, text in texts.items()}
        each = {f"x{i}": text for i, text in enumerate(inputs)}
        place = f"self{self.attributes.of(name)}" if made.make else ""
        places = {"self": place, "x": next(iter(inputs), ""), "inputs": ", ".join(inputs), **each}
        make = made.make and made.make + making.frozen(self.writer, ops, self.rows)
        return make, _spaced(made.call.format_map({**held, **places}))

    def _held(self, hole: str, text: str) -> str:
        """Return the attribute that keeps a value for the forward pass."""
        line = f" = {text}"
        known = next((other for other in self.lines if other.endswith(line) and other.startswith("self.")), None)
        if known:
            return known.removesuffix(line)
        attribute = self.names.add(hole)
        self.lines.append(f"self.{attribute}{line}")
        return f"self.{attribute}"

    def _called(self, make: str) -> str:
        """Return the call of an activation that has to be made."""
        named = re.match(r"(?:nn\.)?(\w+)\(", make)
        attribute = self.names.add(named[1].lower() if named else "act")
        self.lines.append(f"self.{attribute} = {make}")
        return f"self.{attribute}({{x}})"

    def _either(self, template: str, name: str, when: str, count: int) -> str:
        """Return a step, or what goes on without it."""
        flag = self.names.add(f"use_{name}")
        self.lines.append(f"self.{flag} = {when}")
        return f"{template} if self.{flag} else {{x{count}}}"


def _inputs(ops: Ops) -> list[str]:
    """Return the inputs of a layer; what is the same for all samples is repeated where there are others."""
    first = next(op for op in ops if op)
    if any(op.once != first.once for op in ops if op):
        raise ConflictError(first.name)
    inputs = [f"{{x{i}}}" for i in range(len(first.reads))]
    many = next((i for i in range(len(inputs)) if i not in first.once), 0)
    for i in first.once:
        assert first.node
        rank = len(first.node.input_shapes[i].dims)
        inputs[i] = f"{{x{i}}}.expand(len({{x{many}}}), {', '.join(['-1'] * rank)})"
    return inputs


def _spaced(text: str) -> str:
    """Return a slice as formatters write it: what is no plain name or number has space on both sides of a colon."""
    if not re.search(r"(?<=[\[:, ])self\.\w+:|:self\.", text):
        return text
    spaced = re.sub(r"(?<=[\w]):|:(?=\w)", " : ", text)
    return re.sub(r"  +", " ", spaced).replace(" : ]", " :]").replace(" : : ", " :: ")


def _computes(ops: Ops) -> bool:
    layers = [(op.node.layer, op.node.input_shapes) for op in ops if op and op.node]
    return any(layer.macs(*shapes) > 0 for layer, shapes in layers)
