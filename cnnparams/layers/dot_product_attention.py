"""Attention without projections (PyTorch's scaled_dot_product_attention)."""

import math
from collections.abc import Iterator, Mapping
from typing import ClassVar, NamedTuple

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.memory import (
    FLOAT32,
    NOTHING,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    fresh,
    in_order,
    matrices_saved,
    together,
)
from cnnparams.layers.contract.reach import Reaches, Taps, everything, moving, repeated_reaches, replaced
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Flag, Real, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling, module
from cnnparams.layers.merge import pair
from cnnparams.layers.product import check_matrices, leading_dims

_HEADS = -3
"""Where the heads are, of which enable_gqa repeats those of keys and values."""


class _Attended(NamedTuple):
    """The inputs, keys and values with as many heads as the query, and the dimensions before tokens and features.

    `scored` are those of the scores, `summed` those of what the scores make of the values.
    """

    query: Shape
    key: Shape
    value: Shape
    scored: tuple[int, ...]
    summed: tuple[int, ...]


@layer_type("scaled_dot_product_attention", example_input=(4, 50, 16))
class ScaledDotProductAttention(Layer):
    """Attention of a query on keys and values, each (heads, tokens, features); a fourth input is a mask."""

    stem: ClassVar[str] = "attention"
    least_inputs: ClassVar[int] = 3
    most_inputs: ClassVar[int | None] = 4
    legend: ClassVar[str] = (
        "T tokens, S tokens attended to, E features of a query and a key, E_v of a value; products, one for each head"
    )

    dropout_p: Real = setting("dropout of the attention weights", 0.0, ge=0, le=1)
    is_causal: Flag = setting("whether no token attends to those after it", False, label="causal")
    scale: Real | None = setting("factor of the scores; by default 1 / sqrt(features)", None)
    enable_gqa: Flag = setting("whether several heads of the query share one of keys and values", False, label="gqa")

    def check(self, *inputs: Shape) -> None:
        """Raise LayerError where the inputs do not go together."""
        for x in inputs[1:]:
            if len(x.dims) != len(inputs[0].dims):
                message = f"needs inputs of the same number of dimensions, but gets {pair(inputs[0], x)}"
                raise LayerError(message, hint="reshape one of them before: (heads, tokens, features)")
        if self._shares_heads(inputs[0]):
            _check_heads(*inputs[:3])
        query, key, value, *_ = self._attended(*inputs)
        check_matrices(query, key, value)
        _check_agree("features", "a query as a key", query.dims[-1], key.dims[-1])
        _check_agree("tokens", "values as keys", value.dims[-2], key.dims[-2])
        if inputs[3:]:
            self._check_mask(inputs[3], (*self._scored(query, key), query.dims[-2], key.dims[-2]))

    def _check_mask(self, mask: Shape, scores: tuple[int, ...]) -> None:
        if self.is_causal:
            message = "is_causal is a mask, and so is the fourth input"
            raise LayerError(message, "is_causal", "leave one of them out: PyTorch takes no two on all its ways")
        if any(n not in (1, size) for n, size in zip(mask.dims, scores, strict=True)):
            message = f"the mask, {list(mask.dims)}, does not fit the scores, {list(scores)} in PyTorch's order"
            raise LayerError(message, hint="its sizes must be those of the scores, or 1")

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return a value for each query."""
        query, _, value, _, summed = self._attended(*inputs)
        return Shape((*summed, query.dims[-2], value.dims[-1]), query.channel_axis)

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return the same token of the query, and all tokens of keys and values."""
        query, key, value, scored, summed = self._attended(*inputs)
        row, column = len(summed), len(summed) + 1
        seen = [
            (*repeated_reaches(query.dims[:-2], summed), moving(row), everything(query.dims[-1])),
            (*repeated_reaches(key.dims[:-2], summed), *map(everything, key.dims[-2:])),
            (*repeated_reaches(value.dims[:-2], summed), everything(value.dims[-2]), moving(column)),
        ]
        for i, x in enumerate(inputs[:3]):
            if x.dims != (repeated := (query, key, value)[i].dims):  # several heads in turn see one
                at = len(x.dims) + _HEADS
                taps = Taps((range(1),) * (repeated[at] // x.dims[at]), 1)
                seen[i] = replaced(seen[i], at, moving(at, taps))
        if inputs[3:]:
            before = repeated_reaches(inputs[3].dims[:-1], (*scored, query.dims[-2]))
            seen.append((*before, everything(inputs[3].dims[-1])))
        return tuple(seen)

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the function; dropout is that of a module, which knows whether the model is trained."""
        settings = self.differing()
        names = dict(zip(("dropout_p", "attn_mask"), ("{self}.p if {self}.training else 0.0", "{x3}"), strict=True))
        written = [f"attn_mask={names['attn_mask']}"] if inputs[3:] else []
        if "dropout_p" in settings:
            written.append(f"dropout_p={names['dropout_p']}")
        written += [f"{name}={{{name}}}" for name in settings if name != "dropout_p"]
        call = f"F.scaled_dot_product_attention({', '.join(['{x0}', '{x1}', '{x2}', *written])})"
        made = module("Dropout", {"p": self.dropout_p}) if "dropout_p" in settings else None
        return Spelling(made, Code(call, settings))

    def macs(self, *inputs: Shape) -> int:
        """Return the scores, T x S dot products of E features, and the sums of S values of E_v features."""
        query, key, value, scored, summed = self._attended(*inputs)
        pairs = query.dims[-2] * key.dims[-2]
        return math.prod(scored) * pairs * query.dims[-1] + math.prod(summed) * pairs * value.dims[-1]

    def macs_formula(self, *inputs: Shape) -> str:
        """Return scores and sums."""
        *_, scored, summed = self._attended(*inputs)
        if scored != summed:
            return "scores * T * S * E + sums * T * S * E_v"
        return "products * T * S * (E + E_v)" if scored else "T * S * (E + E_v)"

    def symbols(self, *inputs: Shape) -> Mapping[str, float]:
        """Return tokens and features, and how many products there are."""
        query, key, value, scored, summed = self._attended(*inputs)
        many = {"products": math.prod(scored)} if scored else {}
        if scored != summed:
            many = {"scores": math.prod(scored), "sums": math.prod(summed)}
        return {**many, "T": query.dims[-2], "S": key.dims[-2], "E": query.dims[-1], "E_v": value.dims[-1]}

    def shape_steps(self, *inputs: Shape) -> Iterator[Step]:
        """Yield the tokens and the features of a value."""
        query, _, value, *_ = self._attended(*inputs)
        yield Step("output tokens", "tokens", "T", query.dims[-2])
        yield Step("output features", "features", "E_v", value.dims[-1])

    def placement(self, run: ForwardPass) -> Placement:
        """Return the order of the query, where PyTorch takes one kernel for all, or else plain matrices."""
        fused = self._is_fused(run)
        if fused is None:
            return Placement(None)
        return in_order(run.output, run.x.layout) if fused else fresh(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what PyTorch's kernel for the CPU keeps: all that enters, the output, a number for each token.

        Where it does not take that, what the single steps keep.
        """
        fused, is_plain = self._is_fused(run), not any(1 in x.shape.dims for x in run.inputs[:3])
        if fused is False:
            kept = self._kept_by_steps(run)
            return kept._replace(certain=kept.certain and is_plain)  # a size of 1 may lie in memory in many ways
        tokens = OwnTensor(math.prod(run.output[:-1]), max(FLOAT32, run.itemsize))
        return SavedForBackward(
            tuple(range(len(run.inputs))), output=True, own=(tokens,), certain=fused is True and is_plain
        )

    def _is_fused(self, run: ForwardPass) -> bool | None:
        """Tell whether PyTorch takes its kernel for the CPU; None where that is not known.

        After aten/src/ATen/native/transformers/sdp_utils_cpp.cpp, use_flash_attention_cpp.
        """
        query, key, value = (x.dims for x in run.inputs[:3])
        if len(query) != 4 or self.dropout_p or query[-1] != value[-1] or any(x.needs_grad for x in run.inputs[3:]):
            return False
        if len({query[1], key[1], value[1]}) > 1 and not self.enable_gqa:
            return False
        if any(x.strides is None for x in run.inputs[:3]):
            return None
        last = [(x.dims[-1], x.strides[-1]) for x in run.inputs[:3] if x.strides]
        if any(n == 1 and stride != 1 for n, stride in last):  # which versions of the kernel look at otherwise
            return None
        return all(stride == 1 for _, stride in last)

    def _kept_by_steps(self, run: ForwardPass) -> SavedForBackward:
        """Return query and keys times the root of the scale, the weights, and the values."""
        batch = run.output[0]
        query, key, value, scored, summed = self._attended(*(x.shape for x in run.inputs))
        learns_scores = any(x.needs_grad for i, x in enumerate(run.inputs) if i != 2)
        weights = OwnTensor(batch * math.prod(scored) * query.dims[-2] * key.dims[-2])
        own = []
        if run.inputs[1].needs_grad:
            own.append(OwnTensor(batch * math.prod(scored) * math.prod(query.dims[-2:])))
        if run.inputs[0].needs_grad:
            own.append(OwnTensor(batch * math.prod(scored) * math.prod(key.dims[-2:])))
        own += [weights] * (learns_scores or run.inputs[2].needs_grad)
        if self.dropout_p:
            own += [OwnTensor(1) if self.dropout_p == 1 else weights] * learns_scores
        if run.inputs[2].needs_grad and (scored != summed or (self.dropout_p and learns_scores)):
            own.append(OwnTensor(batch * math.prod(summed) * query.dims[-2] * key.dims[-2]))
        values = matrices_saved(run, 2, (batch, *summed)) if learns_scores else NOTHING
        if learns_scores and value.dims != run.inputs[2].shape.dims:
            values = SavedForBackward(own=(OwnTensor(batch * math.prod(summed) * math.prod(value.dims[-2:])),))
        certain = run.itemsize >= FLOAT32  # narrower ones are copied to float32 and back
        return together(SavedForBackward(own=tuple(own), certain=certain), values)

    def _attended(self, *inputs: Shape) -> _Attended:
        query, key, value = inputs[:3]
        if self._shares_heads(query):
            key, value = (x._replace(dims=_with_heads(x.dims, query.dims[_HEADS])) for x in (key, value))
        scored = self._scored(query, key)
        return _Attended(query, key, value, scored, leading_dims(Shape((*scored, 1, 1)), value))

    def _shares_heads(self, query: Shape) -> bool:
        return self.enable_gqa and len(query.dims) >= -_HEADS

    def _scored(self, query: Shape, key: Shape) -> tuple[int, ...]:
        return leading_dims(query, key)


def _with_heads(dims: tuple[int, ...], heads: int) -> tuple[int, ...]:
    return (*dims[:_HEADS], heads, *dims[_HEADS + 1 :])


def _check_agree(what: str, of: str, found: int, other: int) -> None:
    """Raise LayerError where two sizes that must be one are not."""
    if found != other:
        message = f"needs as many {what} of {of}, but gets {found} and {other}"
        raise LayerError(message, hint="the inputs are query, key and value, in this order")


def _check_heads(query: Shape, *shared: Shape) -> None:
    """Raise LayerError where heads of the query cannot share those of keys and values."""
    heads = query.dims[_HEADS]
    for x in shared:
        if heads % x.dims[_HEADS]:
            message = f"the {x.dims[_HEADS]} heads of keys and values must divide the {heads} of the query"
            raise LayerError(message, "enable_gqa")
