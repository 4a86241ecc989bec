"""What a model is called with: a batch of each input, which has a shape and no data."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import NamedTuple

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from cnnparams.errors import CnnparamsError
from cnnparams.schema.input_shape import InputShape
from cnnparams.sources.pytorch.values import BATCH

_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class ModelInputs(NamedTuple):
    """Tensors by position and by name, and the names of all of them, in this order."""

    args: tuple[torch.Tensor, ...]
    kwargs: Mapping[str, torch.Tensor]
    names: tuple[str, ...]

    @property
    def tensors(self) -> Mapping[str, torch.Tensor]:
        """All of them, by name."""
        return dict(zip(self.names, (*self.args, *self.kwargs.values()), strict=True))


def model_inputs(model: nn.Module, fake: FakeTensorMode, inputs: Sequence[InputShape]) -> ModelInputs:
    """Return a batch of each input; raise CnnparamsError where the model's forward does not take them."""
    signature = _signature(model)
    known = [each.name for each in signature.parameters.values() if each.kind in _BY_POSITION]
    written = {each.name for each in inputs}
    others = chain((name for name in known if name not in written), (f"input{i}" for i in count(1)))
    names = tuple(each.name or next(others) for each in inputs)
    with fake:
        batches = tuple(_batch(model, each) for each in inputs)
    if written == {None}:
        made = ModelInputs(batches, {}, names)
    else:
        made = ModelInputs((), dict(zip(names, batches, strict=True)), names)
    try:
        signature.bind(*made.args, **made.kwargs)
    except TypeError as error:
        takes = ", ".join(name for name, each in signature.parameters.items() if each.kind in _BY_NAME) or "nothing"
        hint = f"give each input of forward, which takes {takes}, with --input NAME=SHAPE"
        raise CnnparamsError(f"the inputs do not fit the model: {error}", hint) from None
    return made


def _signature(model: nn.Module) -> inspect.Signature:
    """Return what a model's forward takes: anything, where it does not say, as a function written in C does not."""
    if not callable(model.forward):
        raise CnnparamsError("the model has no forward that can be called", "define forward(self, x)")
    try:
        return inspect.signature(model.forward)
    except ValueError:
        kinds = {"args": inspect.Parameter.VAR_POSITIONAL, "kwargs": inspect.Parameter.VAR_KEYWORD}
        return inspect.Signature([inspect.Parameter(name, kind) for name, kind in kinds.items()])


def _batch(model: nn.Module, given: InputShape) -> torch.Tensor:
    """Return a batch on the device of the model, and of its dtype where no other is given."""
    tensors = [*model.parameters(), *model.buffers(), torch.empty(0)]
    usual = next(tensor.dtype for tensor in tensors if tensor.is_floating_point())
    dtype = getattr(torch, given.dtype) if given.dtype else usual
    return torch.empty(BATCH, *given.dims, dtype=dtype, device=tensors[0].device)
