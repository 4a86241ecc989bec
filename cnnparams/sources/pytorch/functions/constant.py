"""Tensors that come neither from the input nor from the model."""

from __future__ import annotations

from typing import Any

from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.values import Unsaid


@function("zeros", "zeros_like", "new_zeros")
def zeros(call: StepContext, *_: Any, **__: Any) -> Unsaid:
    """Return zeros, which some layers know how to do without."""
    return Unsaid("zeros", zeros=True, constant=call.shape)


@function("ones", "ones_like", "new_ones", "full", "full_like", "new_full", "new_tensor")
def constant(call: StepContext, *_: Any, **__: Any) -> Unsaid:
    """Return values that depend on no tensor, whose shape and type they may have."""
    return Unsaid("a constant tensor", constant=call.shape)


@function("assert_tensor_metadata")
def nothing(call: StepContext, *_: Any, **__: Any) -> None:
    """Return nothing: torch.export notes that a tensor is what it is."""
