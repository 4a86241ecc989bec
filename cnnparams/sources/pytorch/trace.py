"""A model -> its program: it runs once, on tensors that have a shape and no data.

torch.fx notes calls of modules that are layers as such. What it cannot follow, torch.export may: it sees functions of
ATen alone, of which those of one module are put together again.
"""

from __future__ import annotations

import operator
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import fields, is_dataclass
from io import StringIO
from itertools import groupby
from typing import Any

import torch
from torch import fx, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.export.graph_signature import InputKind, OutputKind
from torch.overrides import TorchFunctionMode

from cnnparams.sources.foreign import ForeignError, foreign
from cnnparams.sources.pytorch import functions
from cnnparams.sources.pytorch.failure import failure
from cnnparams.sources.pytorch.model_inputs import ModelInputs
from cnnparams.sources.pytorch.modules import kind_of, layer_class_of, tensors_of
from cnnparams.sources.pytorch.proxy import TensorProxy
from cnnparams.sources.pytorch.step import Chain, Program, TracedStep, called, line, writes_over
from cnnparams.sources.pytorch.values import BATCH

_KINDS = {"placeholder": "input", "get_attr": "tensor", "call_module": "module", "output": "output"}
_SOURCE, _VALUE = "source", "val"


def trace_program(model: nn.Module, fake: FakeTensorMode, inputs: ModelInputs) -> Program:
    """Return what the model does with its inputs; where its run ends early, what it did before."""
    tracer = _Tracer(model, fake, inputs)
    try:
        with foreign(), _functions_open(), _Drawn(tracer):
            tracer.trace(model)
    except ForeignError as raised:
        return Program(tuple(map(tracer.step, tracer.graph.nodes)), failure(raised.error, tracer.path))
    return Program(tuple(map(tracer.step, tracer.graph.nodes)))


@contextmanager
def _functions_open() -> Iterator[None]:
    """Let torch.fx look into functions that a package has marked as one step, but those that a translation knows."""
    wrapped = fx._symbolic_trace._wrapped_fns_to_patch
    before = dict(wrapped)
    for (where, name), around in before.items():
        if not functions.knows(called(around.get(name))[0]):
            del wrapped[where, name]
    try:
        yield
    finally:
        wrapped.clear()
        wrapped.update(before)


class _Tracer(fx.Tracer):  # type: ignore[misc]  # torch is not typed here
    """Notes calls of modules that are layers as such, and what is done inside of all others."""

    def __init__(self, model: nn.Module, fake: FakeTensorMode, inputs: ModelInputs) -> None:
        super().__init__(autowrap_modules=())
        self.fake = fake
        self.inputs = inputs
        self.modules = dict(model.named_modules())
        self.tensors = tensors_of(model)
        self.paths: dict[int, str] = {}
        for path, tensor in self.tensors.items():
            self.paths.setdefault(id(tensor), path)
        self.graph = fx.Graph()  # of a model that cannot be traced at all
        self.evaluating = False
        self.called: Callable[..., Any] = type(self).trace

    @property
    def path(self) -> str:
        """The module that runs."""
        return next(reversed(self.module_stack.values()), ("", None))[0]

    def step(self, node: fx.Node) -> TracedStep:
        """Return a node as a step."""
        chain = tuple((key, path) for key, (path, _) in node.meta.get("nn_module_stack", {}).items())
        if node.op in ("call_function", "call_method"):
            name, label = called(node.target)
        elif node.op == "call_module":
            name, label = str(node.target), kind_of(self.modules[node.target])
        else:
            name = label = str(node.target)
        kind: Any = _KINDS.get(node.op, "function")
        value, source = node.meta.get(_VALUE), node.meta.get(_SOURCE)
        return TracedStep(kind, name, label, node, node.args, node.kwargs, value, chain, source, writes_over(name))

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Tell whether a module is a layer."""
        return layer_class_of(m) is not None

    def create_args_for_root(self, root_fn: Any, is_module: bool, concrete_args: Any = None) -> tuple[Any, list[Any]]:
        """Return the model's forward and what it is called with; what has a default is left out."""
        proxies = {name: self.create_proxy("placeholder", name, (), {}) for name in self.inputs.names}
        args = tuple(proxies.values())[: len(self.inputs.args)]
        kwargs = {name: proxies[name] for name in self.inputs.kwargs}
        return lambda root: root_fn(root, *args, **kwargs), [self.root]

    def create_node(self, *args: Any, **kwargs: Any) -> fx.Node:
        """Return a node that knows the line of the model's code that it comes from; of a tensor it is the tensor."""
        node = super().create_node(*args, **kwargs)
        node.meta[_SOURCE] = _line()
        if node.op == "get_attr":
            node.meta[_VALUE] = self.tensors[str(node.target)]
        return node

    def create_arg(self, a: Any) -> Any:
        """Return an argument as graphs have it."""
        if type(a) is TensorProxy:
            return a.node
        if isinstance(a, torch.Tensor):
            return self.create_node("get_attr", self._path(a), (), {})
        if isinstance(a, nn.Module):  # that is called by what it is given to, or is a result: no step reads it
            return kind_of(a)
        if is_dataclass(a) and not isinstance(a, type):  # results with names
            a = [getattr(a, field.name) for field in fields(a)]
        if isinstance(a, tuple):  # of which some have names too
            a = tuple(a)
        return super().create_arg(a)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        """Return an attribute of a module: a proxy of a tensor, unless the module runs to find out what it gives.

        That of fx looks through all the model's tensors each time.
        """
        path = self.paths.get(id(attr_val)) if isinstance(attr_val, torch.Tensor) else None
        if self.evaluating or path is None:
            return attr_val
        if path not in parameter_proxy_cache:
            parameter_proxy_cache[path] = self.create_proxy("get_attr", path, (), {})
        return parameter_proxy_cache[path]

    def call_module(self, m: nn.Module, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Call a module; one that is made on the way is no more than what it does."""
        if self.evaluating or m not in (self.submodule_paths or ()):
            return forward(*args, **kwargs)
        self.called = forward
        return super().call_module(m, forward, args, kwargs)

    def create_proxy(self, kind: str, target: Any, args: Any, kwargs: Any, *_: Any, **__: Any) -> Any:
        """Note a step and return what it gives; what is no tensor is known, and nothing to note."""
        value = self._value(kind, target, args, kwargs)
        if not _has_tensor(value) and target is not operator.setitem:
            return value
        return self._proxied(self.create_node(kind, target, self.create_arg(args), self.create_arg(kwargs)), value)

    def _path(self, tensor: torch.Tensor) -> str:
        """Return the path of a parameter or a buffer; of another tensor, that the model has or makes, a name for it."""
        path = self.paths.get(id(tensor))
        if path is None:
            path = self.paths[id(tensor)] = f"constant {len(self.tensors)}"
            self.tensors[path] = tensor
        return path

    def _proxied(self, node: fx.Node, value: Any) -> Any:
        node.meta[_VALUE] = value
        if isinstance(value, torch.Tensor):
            return TensorProxy(node, self, value)
        if not isinstance(value, tuple | list):
            return value
        items = [self.create_node("call_function", operator.getitem, (node, i), {}) for i in range(len(value))]
        return type(value)([self._proxied(item, each) for item, each in zip(items, value, strict=True)])

    def _value(self, kind: str, target: Any, args: Any, kwargs: Any) -> Any:
        if kind == "placeholder":
            return self.inputs.tensors[target]
        if kind == "get_attr":
            return self.tensors[target]
        args, kwargs = fx.node.map_aggregate((args, kwargs), _unwrapped)
        run = self.called if kind == "call_module" else target
        self.evaluating = True
        try:
            with self.fake:
                return getattr(args[0], target)(*args[1:], **kwargs) if kind == "call_method" else run(*args, **kwargs)
        finally:
            self.evaluating = False


class _Drawn(TorchFunctionMode):  # type: ignore[misc]  # torch is not typed here
    """Notes that a number is drawn for each sample, which no tensor of the model has a part in, and no value tells."""

    def __init__(self, tracer: _Tracer) -> None:
        super().__init__()
        self.tracer = tracer

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in (torch.rand, torch.empty) and not self.tracer.evaluating:
            size = kwargs.get("size", args[0] if args and isinstance(args[0], tuple | list) else args)
            if len(size) > 0 and size[0] == BATCH:
                return self.tracer.create_proxy("call_function", func, args, kwargs)
        return func(*args, **kwargs)


def _unwrapped(value: Any) -> Any:
    return value.value if type(value) is TensorProxy else value


def _has_tensor(value: Any) -> bool:
    return any(map(_has_tensor, value)) if isinstance(value, tuple | list) else isinstance(value, torch.Tensor)


def _line() -> str | None:
    """Return the line of the model's code that runs."""
    frame = sys._getframe(2)
    while frame and frame.f_code is not fx.Tracer.trace.__code__:
        if found := line(frame.f_code.co_filename, frame.f_lineno):
            return found
        frame = frame.f_back  # type: ignore[assignment]
    return None


_FRAME = re.compile(r'File "(.*)", line (\d+), in ')


def export_program(model: nn.Module, inputs: ModelInputs) -> Program | None:
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

    def steps(self) -> Iterator[TracedStep]:
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
            if layer_class_of(self.modules[path]):
                return calls[:i], path
        return None

    def _module(self, group: tuple[fx.Node, ...], calls: Chain, path: str) -> TracedStep | None:
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
        return TracedStep(
            "module", path, kind, result, tuple(args), {}, result.meta.get("val"), calls, _line_of(group[0])
        )

    def _step(self, node: fx.Node) -> TracedStep:
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
        return TracedStep(
            kind, name, label, node, args, node.kwargs, value, self._chain(node), _line_of(node), overwrites
        )

    def _path(self, node: fx.Node) -> str:
        """Return the path of the tensor that a node stands for; nothing for an input of the user's, or a step."""
        return self.targets.get(node.name, "") if node.op == "placeholder" else ""

    def _chain(self, node: fx.Node) -> Chain:
        """Return the calls that a node happens in; a part of a ModuleList, cut out by a slice, is no module."""
        stack = node.meta.get("nn_module_stack", {})
        return tuple((key, path) for key, (path, _) in stack.items() if path and path in self.modules)


def _shape(node: fx.Node) -> Any:
    return getattr(node.meta.get("val"), "shape", None)


def _line_of(node: fx.Node) -> str | None:
    """Return the innermost line of the model's code that a node comes from."""
    frames = _FRAME.findall(node.meta.get("stack_trace") or "")
    return next(filter(None, (line(name, int(number)) for name, number in reversed(frames))), None)
