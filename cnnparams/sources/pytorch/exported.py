"""A model -> its program, by torch.export, which runs what torch.fx cannot, and sees functions of ATen alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from itertools import groupby
from typing import Any

import torch
from torch import fx, nn
from torch.export.graph_signature import InputKind, OutputKind

from cnnparams.sources.foreign import ForeignError, foreign
from cnnparams.sources.pytorch.entering import Entering
from cnnparams.sources.pytorch.modules import kind_of, layer_type, tensors_of
from cnnparams.sources.pytorch.step import Chain, Program, Step, called, line, writes_over

_FRAME = re.compile(r'File "(.*)", line (\d+), in ')


def export(model: nn.Module, inputs: Entering) -> Program | None:
    """Return what the model does with its inputs; None where torch.export cannot tell either."""
    zeros = {name: torch.zeros(x.shape, dtype=x.dtype, device=x.device) for name, x in inputs.tensors.items()}
    args = tuple(zeros.values())[: len(inputs.args)]
    kwargs = {name: zeros[name] for name in inputs.kwargs}
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()), foreign():  # where it fails, it prints all
            exported = torch.export.export(model, args, kwargs, strict=False)
    except ForeignError:
        return None
    return Program(tuple(_Exported(model, exported, inputs.names).steps()))


class _Exported:
    """A graph of functions, all of whose inputs, parameters among them, come first."""

    def __init__(self, model: nn.Module, exported: Any, names: Sequence[str]) -> None:
        self.model = model
        self.modules = dict(model.named_modules(remove_duplicate=False))
        self.exported = exported
        self.names = iter(names)
        specs = exported.graph_signature.input_specs
        self.targets = {spec.arg.name: str(spec.target) for spec in specs if spec.kind is not InputKind.USER_INPUT}
        self.tensors = {**exported.constants, **tensors_of(model)}

    def steps(self) -> Iterator[Step]:
        """Yield a step for each node; those of a module that is a layer are one, where a tensor passes through."""
        nodes = [node for node in self.exported.graph.nodes if node.op != "get_attr"]
        for leaf, group in groupby(nodes, self._leaf):
            inner = tuple(group)
            module = leaf and self._module(inner, *leaf)
            yield from (module,) if module else map(self._step, inner)

    def _leaf(self, node: fx.Node) -> tuple[Chain, str] | None:
        """Return the calls down to a module that is a layer, and its path."""
        calls = self._chain(node)
        for i, (_, path) in enumerate(calls, 1):
            if layer_type(self.modules[path]):
                return calls[:i], path
        return None

    def _module(self, group: tuple[fx.Node, ...], calls: Chain, path: str) -> Step | None:
        """Return the call of a layer that one tensor enters and leaves; of several it is not known which is which."""
        inside = set(group)
        used = dict.fromkeys(each for node in group for each in node.all_input_nodes if each not in inside)
        entering = [each for each in used if not self._path(each).startswith(f"{path}.")]
        leaving = [node for node in group if any(user not in inside for user in node.users)]
        module = self.modules[path]
        attends = isinstance(module, nn.MultiheadAttention)
        if attends:  # beside what goes on may leave its weights
            leaving = [node for node in leaving if _shape(node) == _shape(entering[0])]
        if len(entering) != 1 or len(leaving) != 1:
            return None
        (result,), args = leaving, entering * (3 if attends else 1)
        kind = kind_of(module)
        return Step("module", path, kind, result, tuple(args), {}, result.meta.get("val"), calls, _line(group[0]))

    def _step(self, node: fx.Node) -> Step:
        name, label = called(node.target)
        value, args = node.meta.get("val"), node.args
        if node.op == "placeholder":
            name = label = self._path(node) or next(self.names)
            value = self.tensors[self._path(node)] if self._path(node) else value
        elif node.op == "output":
            specs = self.exported.graph_signature.output_specs
            results = zip(node.args[0], specs, strict=True)
            args = tuple(each for each, spec in results if spec.kind is OutputKind.USER_OUTPUT)
        kinds = {"placeholder": "tensor" if self._path(node) else "input", "output": "output"}
        kind: Any = kinds.get(node.op, "function")
        overwrites = node.op == "call_function" and writes_over(name)
        return Step(kind, name, label, node, args, node.kwargs, value, self._chain(node), _line(node), overwrites)

    def _path(self, node: fx.Node) -> str:
        """Return the path of the tensor that a node stands for; nothing for an input of the user's, or a step."""
        return self.targets.get(node.name, "") if node.op == "placeholder" else ""

    def _chain(self, node: fx.Node) -> Chain:
        """Return the calls that a node happens in; a part of a ModuleList, cut out by a slice, is no module."""
        stack = node.meta.get("nn_module_stack", {})
        return tuple((key, path) for key, (path, _) in stack.items() if path and path in self.modules)


def _shape(node: fx.Node) -> Any:
    return getattr(node.meta.get("val"), "shape", None)


def _line(node: fx.Node) -> str | None:
    """Return the innermost line of the model's code that a node comes from."""
    frames = _FRAME.findall(node.meta.get("stack_trace") or "")
    return next(filter(None, (line(name, int(number)) for name, number in reversed(frames))), None)
