"""Several tensors into one, or a tensor and a parameter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile
from typing import Any, NoReturn

from cnnparams.sources.assembly import NOTHING_COUNTED, NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.functions.reshape import Spread, regrouped
from cnnparams.sources.pytorch.values import Batched, Implied, ModelTensor, Unsaid


@function("add", "iadd", "radd")
def add(call: StepContext, x: Any, other: Any, *, alpha: Any = 1) -> Batched:
    """Return a sum of two tensors, or of one and a parameter."""
    if alpha != 1:
        raise NoLayerError(f"adds {alpha} times a tensor", NOTHING_COUNTED)
    return _elementwise(call, "add", x, other, neutral=0)


@function("mul", "imul", "rmul", "multiply")
def multiply(call: StepContext, x: Any, other: Any) -> Batched:
    """Return a product of two tensors, or of one and a parameter."""
    return _elementwise(call, "multiply", x, other, neutral=1)


@function("sub", "isub", "rsub", "subtract", "div", "truediv", "itruediv", "rtruediv", "divide", "true_divide")
@function("neg", "pow", "ipow", "rpow", "square", "sqrt", "rsqrt", "reciprocal", "exp", "log", "abs", "sin", "cos")
@function("maximum", "minimum", "where", "masked_fill", "randn_like", "rand_like", "bernoulli")
def other_elementwise(call: StepContext, *_: Any, **__: Any) -> NoReturn:
    """Raise NoLayerError: no layer does this to every element."""
    raise NoLayerError("is an element-wise operation without a layer type", NOTHING_COUNTED)


@function("matmul", "mm", "bmm", "baddbmm", "addmm", "einsum", "scaled_dot_product_attention")
def product(call: StepContext, *_: Any, **__: Any) -> NoReturn:
    """Raise NoLayerError: matrix products are a part of attention, and have no layer of their own."""
    raise NoLayerError("is a matrix product without a layer type", "use nn.MultiheadAttention, which is supported")


@function("cat", "concat", "concatenate")
def concat(call: StepContext, x: Sequence[Any], dim: int = 0, **named: int) -> Batched:
    """Return tensors side by side; among them may be parameters, and zeros beside a single one."""
    dim = named.get("axis", dim)
    flows = [call.flow(each) for each in x if isinstance(each, Batched | Implied)]
    if not flows:
        raise NoLayerError("joins tensors that do not depend on the input")
    at = flows[0].dim(dim)
    if len(x) == 1:
        return flows[0]
    if len(flows) == 1 and all(isinstance(each, Batched | Implied) or _is_zeros(each) for each in x):
        return _padded(call, flows[0], at, x)
    parts = [_seeded(call, flows[0], dim, each) if isinstance(each, ModelTensor) else call.flow(each) for each in x]
    return call.put("concat", {"dim": at}, *parts, batch=flows[0].batch)


@function("stack")
def stack(call: StepContext, x: Sequence[Any], dim: int = 0) -> Batched:
    """Return tensors side by side along a dimension of their own."""
    shape = call.shape
    axis = dim % len(shape)
    one = (*shape[:axis], 1, *shape[axis + 1 :])
    parts = [regrouped(call, call.flow(each), one) for each in x]
    return call.put("concat", {"dim": parts[0].dim(axis)}, *parts, batch=parts[0].batch)


def _elementwise(call: StepContext, type_: str, x: Any, other: Any, neutral: int) -> Batched:
    for tensor, constant in ((x, other), (other, x)):
        if isinstance(constant, int | float):
            if constant == neutral and isinstance(tensor, Batched):
                return tensor
            raise NoLayerError(f"computes with the constant {constant:g}, which no layer type does", NOTHING_COUNTED)
        if isinstance(constant, ModelTensor) and not isinstance(tensor, ModelTensor):
            return _with_parameter(call, type_, call.flow(tensor), constant)
    sides = [side.of if isinstance(side, Spread) else call.flow(side) for side in (x, other)]
    return call.put(type_, {}, *sides, batch=sides[0].batch)


def _with_parameter(call: StepContext, op: str, x: Batched, held: ModelTensor) -> Batched:
    if not held.learned:
        raise NoLayerError(f"computes with the buffer {held.path}, which no layer type does", NOTHING_COUNTED)
    shape, seen = tuple(held.tensor.shape), _of_sample(x, held)
    view = {} if _stripped(seen) == _stripped(shape) else {"view": list(seen)}
    return call.put("parameter", {"shape": list(shape), **view, "op": op}, x, held=[held], batch=x.batch)


def _of_sample(x: Batched, held: ModelTensor) -> tuple[int, ...]:
    """Return the shape in which a tensor meets a sample; raise NoLayerError where samples meet different parts."""
    at = x.batch - len(x.full) + len(held.shape)  # where the batch is, seen from the tensor's first dimension
    if at < 0:
        return held.shape
    if held.shape[at] != 1:
        raise NoLayerError(f"uses {held.path}, which has a different value for each sample of a batch")
    return (*held.shape[:at], *held.shape[at + 1 :])


def _stripped(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without the sizes of 1 before all others, which repeating it adds by itself."""
    return tuple(dropwhile(lambda n: n == 1, shape))


def _is_zeros(value: Any) -> bool:
    return isinstance(value, Unsaid) and value.zeros is not None


def _padded(call: StepContext, x: Batched, at: int, parts: Sequence[Any]) -> Batched:
    """Return a tensor with the zeros that stand before and after it."""
    axis = at if at > x.batch else at - 1
    sizes = [each.zeros[axis] if isinstance(each, Unsaid) and each.zeros else 0 for each in parts]
    own = sizes.index(0)
    return call.put("pad", {"dim": at, "before": sum(sizes[:own]), "after": sum(sizes[own:])}, x, batch=x.batch)


def _seeded(call: StepContext, like: Batched, dim: int, held: ModelTensor) -> Batched:
    """Return a parameter as a tensor on its way: zeros beside one that is, cut out, and the parameter added to them."""
    at, axis = like.dim(dim), like.axis(dim)
    behind = len(like.full) - axis
    size = held.shape[-behind] if behind <= len(held.shape) else 1
    longer = call.put("pad", {"dim": at, "before": size}, like, batch=like.batch)
    zeros = call.put("slice", {"dim": at, "end": size}, longer, batch=like.batch)
    return _with_parameter(call, "add", zeros, held)
