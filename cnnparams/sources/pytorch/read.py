"""A live model -> a Reading, with what its own run says that the spec must come to."""

from __future__ import annotations

import logging
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, NamedTuple

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from cnnparams.engine.network.graph import Graph, Node, Port, batchless
from cnnparams.engine.network.orientation import oriented
from cnnparams.engine.network.stack import stack
from cnnparams.errors import CnnparamsError, quote, some
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spatial import SpatialLayer
from cnnparams.schema.input_shape import InputShape
from cnnparams.schema.keys import DESCRIPTION, NAME
from cnnparams.sources.assembly import simplified
from cnnparams.sources.foreign import ForeignError, doing, failed, foreign, told
from cnnparams.sources.pytorch import mode
from cnnparams.sources.pytorch.failure import NEEDS_VALUES, failed_module, refuse, run_hint
from cnnparams.sources.pytorch.mode import Mode, described, enter, other
from cnnparams.sources.pytorch.model_inputs import ModelInputs, model_inputs
from cnnparams.sources.pytorch.names import spelled
from cnnparams.sources.pytorch.tensors import counts, held, result_tensors
from cnnparams.sources.pytorch.trace import export_program, trace_program
from cnnparams.sources.pytorch.values import BATCH
from cnnparams.sources.pytorch.walk import ModelNetwork, walk
from cnnparams.sources.reading import ModelTotals, Reading, unsaid_dtypes
from cnnparams.sources.tensor_difference import tensor_kind

_MOST_FRAMES = 4_000
"""A module within others takes four frames of Python, of which there are 1,000, and some twelve as it is traced."""

_RENAMED = "warning: a checkpoint does not fit a module that is exported from the spec, which has other names for {}"
_UNCOUNTED = ("rnn", "lstm", "gru", "bilinear")
"""Types whose MACs torch cannot count."""

_MOST_STACK = 100 << 20
"""Bytes; Linux keeps 128 MB free below the stack of a process."""

_HINT = "warning: {}, as the model is in it; --mode {} reads the other"


def read(model: nn.Module, inputs: Sequence[InputShape], name: str, mode: Mode | None = None) -> Reading:
    """Return a model as a spec of that name, with what of the model the spec does not say.

    It is read in the mode that it is in, or is to be in. Raise CnnparamsError for a model that does not run with such
    inputs.
    """
    with doing("reading the model", with_ours=True):
        refuse(model)
        return _in_mode(model, inputs, name, mode)


def _in_mode(model: nn.Module, inputs: Sequence[InputShape], name: str, mode: Mode | None) -> Reading:
    with untouched(model), _plainly(), _room():
        if mode:
            enter(model, mode)
        reading = _read(model, inputs, name, mode)
        return reading._replace(spec={NAME: name, DESCRIPTION: described(model), **reading.spec})


def _read(model: nn.Module, inputs: Sequence[InputShape], name: str, mode: Mode | None) -> Reading:
    fake = FakeTensorMode(allow_non_fake_inputs=True)
    entered = model_inputs(model, fake, inputs)
    with untouched(model):
        ran = run_model(model, fake, entered)
    with untouched(model):
        program = trace_program(model, fake, entered)
    if program.failure:
        with untouched(model):
            program = export_program(model, entered) or program
    draft = walk(program, model)
    totals = None if draft.gaps else _totals(model, ran, draft)
    renamed = (_RENAMED.format(some(map(quote, draft.renamed))),) if draft.renamed and not draft.gaps else ()
    dtypes = {str(tensor.dtype).removeprefix("torch.") for tensor in model.parameters()}
    other_mode = (_HINT.format(described(model), other(model)),) if draft.gaps or draft.remarks else ()
    remarks = (*draft.remarks, *renamed, *unsaid_dtypes(dtypes), *(() if mode else other_mode))
    return Reading(stack(_graph(draft, name)), draft.gaps, remarks, totals, dict(_classes(model)), draft.origins)


def _classes(model: nn.Module) -> Iterator[tuple[str, str]]:
    for path, module in model.named_modules():
        if path and not type(module).__module__.startswith("torch."):
            yield spelled(path), type(module).__name__


@contextmanager
def _plainly() -> Iterator[None]:
    """Keep to itself what torch says of its attempts, and let it run attention step by step."""
    disabled, fast = logging.root.manager.disable, torch.backends.mha.get_fastpath_enabled()
    logging.disable()
    torch.backends.mha.set_fastpath_enabled(False)  # whose MACs torch does not count, nor those of its fast kernels
    try:
        einsum = torch.backends.opt_einsum.flags(
            enabled=False
        )  # which contracts in another order where it is installed
        with warnings.catch_warnings(action="ignore"), sdpa_kernel(SDPBackend.MATH), einsum:
            yield
    finally:
        logging.disable(disabled)
        torch.backends.mha.set_fastpath_enabled(fast)


@contextmanager
def _room() -> Iterator[None]:
    """Let calls nest deeper than usual, in Python as modules do, and in C++ as a chain of tensors is long.

    What PyTorch keeps of one step holds what it keeps of the step before: of some 50,000, letting go of the last takes
    more than the usual 8 MB of stack, which on Linux may grow later on.
    """
    sys.setrecursionlimit(max(_MOST_FRAMES, sys.getrecursionlimit()))
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    soft, hard = limits = resource.getrlimit(resource.RLIMIT_STACK)
    allowed = _MOST_STACK if hard == resource.RLIM_INFINITY else min(_MOST_STACK, hard)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_STACK, (max(soft, allowed), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_STACK, limits)


def _graph(draft: ModelNetwork, name: str) -> Graph:
    last = [each.name for each in draft.nodes[-1:]]  # what is left of a model that was not read to its end
    shapes = {each.name: each.output_shape for each in draft.nodes} | {port.name: port.shape for port in draft.inputs}
    results = [Port(source, source, shapes[source]) for source in [each.edge.source for each in draft.results] or last]
    graph = simplified(Graph(name, draft.inputs, draft.nodes, tuple(results)))
    return graph._replace(inputs=tuple(port._replace(shape=_as_read(port, graph.nodes)) for port in oriented(graph)))


def _as_read(port: Port, nodes: Sequence[Node]) -> Shape:
    """Return the shape of an input: a signal rather than tokens, where a layer reads it as that."""
    signal = any(port.source in node.inputs and isinstance(node.layer, SpatialLayer) for node in nodes)
    channels, *spatial = port.shape.dims
    return Shape.image(channels, tuple(spatial)) if signal and spatial else port.shape


def _totals(model: nn.Module, ran: Run | None, draft: ModelNetwork) -> ModelTotals:
    """Return what the model has, and what its own run gives; no MACs where torch runs layers that it cannot count."""
    sizes = counts(model)
    tensors = Counter(map(tensor_kind, held(model)))
    totals = ModelTotals(sizes["trainable_params"], sizes["frozen_params"], sizes["buffers"], tensors=tensors)
    if ran is None:
        return totals
    results = zip(ran.shapes, draft.results, strict=True)
    outputs = tuple(result.sample(shape) or (1,) for shape, result in results)
    if any(node.layer.type in _UNCOUNTED for node in draft.nodes):
        return totals._replace(outputs=outputs)
    alike = batchless(draft.nodes)
    once = sum(node.layer.macs(*node.input_shapes) for node in draft.nodes if node.name in alike)
    return totals._replace(outputs=outputs, macs=once + (ran.flops // 2 - once) // BATCH)


@contextmanager
def untouched(model: nn.Module) -> Iterator[None]:
    """Give the modules back, at the end, the attributes that they had: a forward may keep what it makes."""
    before = [(module, {name: _copied(value) for name, value in vars(module).items()}) for module in model.modules()]
    try:
        yield
    finally:
        for module, attributes in before:
            vars(module).clear()
            vars(module).update(attributes)


def _copied(value: Any) -> Any:
    """Return an attribute that stays as it is: lists and mappings are other ones of the same."""
    return copy(value) if isinstance(value, list | dict) else value


MOST_OPERATIONS = 500_000
"""Operations of PyTorch in a run, after which it is taken for one without end: a layer takes a few."""


class _EndlessError(BaseException):
    """A run that does not end; a model that catches every Exception does not catch it."""


class _Counted(TorchDispatchMode):  # type: ignore[misc]  # torch is not typed here
    """Counts what a model has PyTorch do."""

    def __init__(self) -> None:
        super().__init__()
        self.operations = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.operations += 1
        if self.operations > MOST_OPERATIONS:
            raise _EndlessError
        return func(*args, **kwargs or {})


class Run(NamedTuple):
    """The shapes of a model's results, the batch among them, and the FLOPs that torch counts for the batch."""

    shapes: tuple[tuple[int, ...], ...]
    flops: int


def run_model(model: nn.Module, fake: FakeTensorMode, inputs: ModelInputs) -> Run | None:
    """Return what there is to see of a run; None where it goes as the values of tensors tell it to.

    Raise CnnparamsError where the model fails.
    """
    counter = FlopCounterMode(display=False)
    try:
        with foreign(), fake, counter, _Counted():
            results = tuple(result_tensors(model(*inputs.args, **inputs.kwargs)))
    except ForeignError as raised:
        error = raised.error
        if isinstance(error, NEEDS_VALUES):
            return None
        if isinstance(error, _EndlessError):
            hint = "a spec lists every layer that a model calls, which is too many here"
            raise CnnparamsError(
                f"the model did not end after {MOST_OPERATIONS:,} operations of PyTorch", hint
            ) from None
        samples = [tuple(each.shape[1:]) for each in inputs.tensors.values()]
        entered = f"{BATCH} samples of {' and '.join(map(str, samples))} entered, in {mode.name_of(model)} mode"
        module = failed_module(model, error)
        where = f"\n  {module}" if module else ""
        hint = run_hint(module, samples, told(error), entered)
        raise CnnparamsError(f"{failed('running the model', error)}{where}", hint) from None
    if not results:
        raise CnnparamsError("the model's forward returns no tensor", "let it return what it computes")
    return Run(tuple(tuple(each.shape) for each in results), counter.get_total_flops())
