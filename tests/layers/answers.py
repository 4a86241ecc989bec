"""What cnnparams and what PyTorch say of a case, in the same terms."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from cnnparams.errors import LayerError
from cnnparams.layers.contract import registry
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.tensor import Tensor
from tests.layers.oracles.case import BATCH, Built, Case, Dims, Oracle

Named = list[tuple[str, Dims]]
APART = ("tensor", "opaque")
"""Types that are no function of an input in PyTorch; test_sources.py tests them."""
TYPES = {declaration.name: declaration for declaration in registry.declarations() if declaration.name not in APART}


@dataclass(frozen=True, slots=True)
class Refusal:
    """That there is no answer, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The output for a batch, the tensors in their order, the multiply-accumulates of one sample."""

    output: Dims
    parameters: Named
    buffers: Named
    macs: int


def samples(case: Case) -> tuple[Shape, ...]:
    """Return the shapes that enter the layer."""
    return tuple(Shape(dims, 0 if len(dims) > 1 else None) for dims in case.inputs)


def resolved(name: str, case: Case) -> Layer:
    """Return the layer of a case, resolved; raise ValidationError or LayerError where it has none."""
    layer = registry.layer_class(TYPES[name]).model_validate(case.settings).resolve(*samples(case))
    layer.output_shape(*samples(case))
    return layer


def ours(name: str, case: Case) -> Answer | Refusal:
    """Return what cnnparams says."""
    try:
        layer = resolved(name, case)
    except (ValidationError, LayerError) as error:
        return Refusal(str(error))
    inputs = samples(case)
    tensors, output = layer.tensors(*inputs), layer.output_shape(*inputs)
    return Answer((BATCH, *output.dims), _named(tensors, True), _named(tensors, False), layer.macs(*inputs))


def _named(tensors: tuple[Tensor, ...], learned: bool) -> Named:
    return [(tensor.name, tensor.shape) for tensor in tensors if tensor.learned is learned]


def pytorchs(torch: ModuleType, oracle: Oracle, case: Case) -> Answer | Refusal:
    """Return what PyTorch does in a real forward pass over a tiny batch, on the CPU: the meta device checks less."""
    flop_counter = torch.utils.flop_counter
    with warnings.catch_warnings(action="ignore"):
        try:
            built = oracle.build(torch, case)
            inputs = [torch.zeros(BATCH, *dims, dtype=getattr(torch, oracle.dtype)) for dims in case.inputs]
            with flop_counter.FlopCounterMode(display=False) as counter:
                output = tuple(built.forward(*inputs).shape)
        except Exception as error:
            return Refusal(f"{type(error).__name__}: {error}")
    return Answer(output, *_held(built), _macs(built, counter.get_total_flops()))


def _held(built: Built) -> tuple[Named, Named]:
    parameters, buffers = built.module.named_parameters(), built.module.named_buffers()
    return [(name, tuple(tensor.shape)) for name, tensor in parameters], [
        (name, tuple(tensor.shape)) for name, tensor in buffers
    ]


def _macs(built: Built, flops: int) -> int:
    if built.macs is not None:
        return built.macs
    macs, rest = divmod(flops, 2 * BATCH)
    assert rest == 0
    return macs


def without_elements(answer: Answer | Refusal) -> bool:
    """Tell whether the output has a dimension of 0."""
    return isinstance(answer, Answer) and math.prod(answer.output) == 0


def entering(name: str, dims: Sequence[int]) -> dict[str, Any]:
    """Write the input of a layer type: a word of Keras over signals asks which of two dimensions is the channels."""
    is_signal = name.endswith("1d") and len(dims) == 2
    return dict(zip(("channels", "length"), dims, strict=True)) if is_signal else {"shape": list(dims)}
