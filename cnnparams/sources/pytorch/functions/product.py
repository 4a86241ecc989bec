"""Products of tensors that come from the input: of matrices, of what an equation says, attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from string import ascii_letters
from typing import Any

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.functions.arithmetic import add, multiply
from cnnparams.sources.pytorch.functions.reduce import reduced
from cnnparams.sources.pytorch.functions.reshape import permuted, regrouped
from cnnparams.sources.pytorch.values import Batched, ModelTensor, is_list, sampled

_ELLIPSIS = "..."


@function("matmul", "mm", "bmm", "mv", "dot")
def matmul(call: StepContext, x: Any, other: Any) -> Batched:
    """Return a product of matrices; one with a vector is a sum of products, for which torch counts nothing."""
    if len(other.shape if isinstance(other, ModelTensor) else call.flow(other).full) == 1:
        return reduced(call, "sum", multiply(call, x, other), -1, call.shape)
    first, second = call.flow(x), call.flow(other)
    rows, columns = _rows(call, first), _columns(call, second)
    if rows is not first and len(second.full) > 2:  # what stands before the samples are more matrices
        columns = _with_one(call, second, len(second.full) - 2)
    like = sampled((rows, columns))
    if like.batch is not None and like.batch > len(like.full) - 3:
        raise NoLayerError("multiplies matrices one of whose dimensions is the batch", "keep samples apart")
    made = call.put("matmul", {}, rows, columns, batch=like.batch)
    if columns is second or second.batch is None:
        return regrouped(call, made, call.shape)
    made = regrouped(call, made, made.full[:-1])
    return permuted(call, made, [*range(1, len(made.full)), 0])


def _rows(call: StepContext, x: Batched) -> Batched:
    """Return the first of two matrices: of a vector, or where the rows are samples, one with a single row."""
    at = len(x.full) - 2
    if x.batch == at and x.batch is not None:
        return _with_one(call, x, at + 1)
    return _with_one(call, x, 0) if at < 0 else x


def _columns(call: StepContext, x: Batched) -> Batched:
    """Return the second of two matrices: where the columns are samples, one with a single column."""
    rank = len(x.full)
    if x.batch == rank - 1:
        order = [rank - 1, *range(rank - 1)]
        return _with_one(call, permuted(call, x, order), rank)
    return x


def _with_one(call: StepContext, x: Batched, at: int) -> Batched:
    """Return a tensor with a dimension of 1 more, in PyTorch's order."""
    return regrouped(call, x, (*x.full[:at], 1, *x.full[at:]))


@function("baddbmm", "addmm")
def added(call: StepContext, x: Any, first: Any, second: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """Return a sum of a tensor and a product of matrices, each perhaps times a number."""
    product = matmul(call, first, second)
    if alpha != 1:
        product = multiply(call, product, alpha)
    if beta == 0:
        return product
    return add(call, x if beta == 1 else multiply(call, x, beta), product)


@function("scaled_dot_product_attention")
def attention(
    call: StepContext,
    x: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Batched:
    """Return attention without projections."""
    inputs = [call.flow(each) for each in (x, key, value, attn_mask) if each is not None]
    settings = {"dropout_p": dropout_p, "is_causal": is_causal, "scale": scale, "enable_gqa": enable_gqa}
    return call.put("scaled_dot_product_attention", settings, *inputs, batch=None)


@function("einsum")
def einsum(call: StepContext, equation: str, *operands: Any) -> Batched:
    """Return sums of products; the batch is the first letter of each term, wherever the model has it."""
    flows = [call.flow(each) for each in (operands[0] if is_list(operands[0]) else operands)]
    terms, output = _written(equation, [len(each.full) for each in flows])
    batches = {term[each.batch] for term, each in zip(terms, flows, strict=True) if each.batch is not None}
    if not batches:  # of parameters alone: the batch is one
        batch = _free(equation, terms)[0]
        settings = {"equation": f"{','.join(batch + term for term in terms)}->{batch}{output}"}
        return call.put("einsum", settings, *flows, batch=None)
    if len(batches) != 1 or (batch := batches.pop()) not in output:
        raise NoLayerError(f"mixes the samples of a batch in {equation}", "a spec says what happens to one sample")
    like = sampled(flows)
    if any((batch in term) is (each.batch is None) for term, each in zip(terms, flows, strict=True)):
        raise NoLayerError(f"has something else for each sample of a batch in {equation}")
    folded = _free(equation, terms)[: like.folded]
    of_samples = [batch + term.replace(batch, folded) for term in terms]
    settings = {"equation": f"{','.join(of_samples)}->{batch}{output.replace(batch, folded)}"}
    made = call.put(
        "einsum", settings, *(each._replace(batch=None if each.batch is None else 0) for each in flows), batch=0
    )
    return made._replace(batch=output.index(batch))


def _free(equation: str, terms: Sequence[str] = ()) -> str:
    """Return the letters that an equation does not use."""
    return "".join(
        letter for letter in ascii_letters if letter not in equation and not any(letter in term for term in terms)
    )


def _written(equation: str, ranks: Sequence[int]) -> tuple[list[str], str]:
    """Return an equation's terms and its output with a letter for each dimension, as torch understands them."""
    left, arrow, output = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        raise NoLayerError(f"has other operands than {equation}")
    hidden = [rank - len(term) + len(_ELLIPSIS) for term, rank in zip(terms, ranks, strict=True) if _ELLIPSIS in term]
    widest = _free(equation)[: max(hidden, default=0)]
    if not arrow:
        letters = Counter(left.replace(",", "").replace(_ELLIPSIS, ""))
        output = _ELLIPSIS + "".join(sorted(letter for letter, n in letters.items() if n == 1))

    def spelled_out(term: str, rank: int) -> str:
        more = rank - len(term) + len(_ELLIPSIS)
        return term.replace(_ELLIPSIS, widest[len(widest) - more :])

    return [spelled_out(*each) for each in zip(terms, ranks, strict=True)], output.replace(_ELLIPSIS, widest)
