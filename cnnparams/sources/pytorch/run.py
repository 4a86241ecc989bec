"""A model's own run, which says what a spec of it must come to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, NamedTuple

from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from cnnparams.errors import CnnparamsError
from cnnparams.sources.foreign import ForeignError, failed, foreign, told
from cnnparams.sources.pytorch import mode
from cnnparams.sources.pytorch.entering import Entering
from cnnparams.sources.pytorch.failure import NEEDS_VALUES
from cnnparams.sources.pytorch.tensors import given
from cnnparams.sources.pytorch.values import BATCH

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


def run(model: nn.Module, fake: FakeTensorMode, inputs: Entering) -> Run | None:
    """Return what there is to see of a run; None where it goes as the values of tensors tell it to.

    Raise CnnparamsError where the model fails.
    """
    counter = FlopCounterMode(display=False)
    try:
        with foreign(), fake, counter, _Counted():
            results = tuple(given(model(*inputs.args, **inputs.kwargs)))
    except ForeignError as raised:
        error = raised.error
        if isinstance(error, NEEDS_VALUES):
            return None
        if isinstance(error, _EndlessError):
            hint = "a spec lists every layer that a model calls: what calls so many has none that could be read"
            raise CnnparamsError(
                f"the model is not done after {MOST_OPERATIONS:,} operations of PyTorch\n  hint: {hint}"
            ) from None
        shapes = " and ".join(str(tuple(each.shape[1:])) for each in inputs.tensors.values())
        text = told(error)
        tokens = "Long" in text and "float" in text.casefold()
        entered = f"{BATCH} samples of {shapes} entered, in {mode.of(model)} mode"
        hint = _TOKENS if tokens else f"{entered}; are that the --input and the --mode of the model?"
        raise CnnparamsError(f"{failed('running the model', error)}\n  hint: {hint}") from None
    if not results:
        raise CnnparamsError("the model's forward gives no tensor\n  hint: let it return what it computes")
    return Run(tuple(tuple(each.shape) for each in results), counter.get_total_flops())
