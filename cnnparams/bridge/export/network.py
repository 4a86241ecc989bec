"""A class with a forward pass of its own: what it makes, and how its steps follow from one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnnparams.bridge.export import chain, forward, making
from cnnparams.bridge.export.attributes import Attributes, Thing
from cnnparams.bridge.export.frames import label
from cnnparams.bridge.export.holes import ConflictError
from cnnparams.bridge.export.names import ATTRIBUTES, GLOBALS, METHODS, Namespace
from cnnparams.bridge.export.simplify import plain
from cnnparams.bridge.export.ties import ties
from cnnparams.bridge.export.wiring import Ref, aligned, wired
from cnnparams.bridge.export.writer import Ops, Writer
from cnnparams.layers.spelling import PARAMETER


class Body(NamedTuple):
    """The statements of __init__, those of forward, what forward calls its inputs, and the class to derive from."""

    init: list[str]
    forward: list[str]
    inputs: list[str]
    base: str


def network(writer: Writer, inputs: Sequence[str]) -> Body:
    """Write a class; raise ConflictError where its instances differ too much."""
    steps = aligned(writer.frames)
    wiring, maker = wired(writer.frames, steps), _Maker(writer, steps)
    made = [maker.step(ops, i, wiring.reads[i], wiring.flows[i]) for i, ops in enumerate(steps)]
    names = Namespace(GLOBALS, writer.book.class_names, {"x", "out"})
    called = [name if name == "x" else names.add(name) for name in inputs]
    init = [*maker.lines, *maker.late, *ties(writer)]
    return Body(init, forward.statements(made, called, wiring.outputs, names), called, maker.attributes.base)


class _Maker:
    """Collects what a class makes."""

    def __init__(self, writer: Writer, steps: Sequence[Ops]) -> None:
        self.writer = writer
        self.rows = writer.rows()
        self.attributes = Attributes(dict(self._things(steps)))
        self.names = Namespace(ATTRIBUTES, METHODS, self.attributes.names)
        self.lines: list[str] = []
        self.late: list[str] = []

    def _things(self, steps: Sequence[Ops]) -> Iterator[tuple[str, Thing]]:
        """Yield what the steps make, by their names."""
        for op in (op for ops in steps for op in ops if op and id(op) not in self.writer.book.sharing.again):
            if op.frame:
                yield op.name, Thing(inside=frozenset(inner.name.partition(".")[0] for inner in op.frame.ops))
            elif op.node and (make := op.node.layer.in_forward(*op.node.input_shapes).make):
                held = op.node.layer.tensors(*op.node.input_shapes)
                own = frozenset(tensor.name.partition(".")[0] for tensor in held)
                yield op.name, Thing(make.template.startswith(PARAMETER), own)

    def step(self, ops: Ops, number: int, reads: tuple[Ref, ...], flow: Ref | None) -> forward.Step:
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
        gives = tuple(Ref(number, i) for i in range(len(first.gives)))
        called = any(op.gives[0] in frame.names for op, frame in zip(ops, self.writer.frames, strict=True) if op)
        return forward.Step(first.name, template, reads, gives, _computes(ops), bool(first.frame), called)

    def _again(self, ops: Ops) -> str | None:
        """Return the name of what is called again; raise ConflictError where that is not always so."""
        owners = {self.writer.book.sharing.again.get(id(op)) for op in ops if op}
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
        inputs = [f"{{x{i}}}" for i in range(next(len(op.reads) for op in ops if op))]
        texts = {hole: self.writer.text(said) for hole, said in made.said.items()}
        held = {hole: text if plain(made.said[hole]) else self._held(hole, text) for hole, text in texts.items()}
        each = {f"x{i}": text for i, text in enumerate(inputs)}
        place = f"self{self.attributes.of(name)}" if made.make else ""
        places = {"self": place, "x": "{x0}", "inputs": ", ".join(inputs), **each}
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


def _spaced(text: str) -> str:
    """Return a slice as formatters write it: what is no plain name or number has space on both sides of a colon."""
    if not re.search(r"(?<=[\[:, ])self\.\w+:|:self\.", text):
        return text
    spaced = re.sub(r"(?<=[\w]):|:(?=\w)", " : ", text)
    return re.sub(r"  +", " ", spaced).replace(" : ]", " :]").replace(" : : ", " :: ")


def _computes(ops: Ops) -> bool:
    layers = [(op.node.layer, op.node.input_shapes) for op in ops if op and op.node]
    return any(layer.macs(*shapes) > 0 for layer, shapes in layers)
