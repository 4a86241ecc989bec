"""A model's own run, which says what a spec of it must come to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, NamedTuple

from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode

from cnnparams.bridge.factory import failed
from cnnparams.bridge.pytorch.reader import mode
from cnnparams.bridge.pytorch.reader.entering import Entering
from cnnparams.bridge.pytorch.reader.failure import NEEDS_VALUES
from cnnparams.bridge.pytorch.reader.values import BATCH
from cnnparams.bridge.pytorch.tensors import given
from cnnparams.errors import CnnparamsError

_TOKENS = "for tokens, which are whole numbers, write --input 128:int64"


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


class Run(NamedTuple):
    """The shapes of a model's results, the batch among them, and the FLOPs that torch counts for the batch."""

    shapes: tuple[tuple[int, ...], ...]
    flops: int


def run(model: nn.Module, fake: FakeTensorMode, inputs: Entering) -> Run | None:
    """Return what there is to see of a run; None where it goes as the values of tensors tell it to.

    Raise CnnparamsError where the model fails.
    """
    counter = FlopCounterMode(display=False)
    try:
        with fake, counter:
            results = model(*inputs.args, **inputs.kwargs)
    except NEEDS_VALUES:
        return None
    except (Exception, SystemExit) as error:  # whatever a user's code may raise
        shapes = " and ".join(str(tuple(each.shape[1:])) for each in inputs.tensors.values())
        tokens = "Long" in str(error) and "float" in str(error).casefold()
        entered = f"{BATCH} samples of {shapes} entered, in {mode.of(model)} mode"
        hint = _TOKENS if tokens else f"{entered}; are that the --input and the --mode of the model?"
        raise CnnparamsError(f"{failed('running the model', error)}\n  hint: {hint}") from None
    return Run(tuple(tuple(each.shape) for each in given(results)), counter.get_total_flops())
