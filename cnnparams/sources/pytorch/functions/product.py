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
from cnnparams.sources.pytorch.values import Batched, is_list

_ELLIPSIS = "..."


@function("matmul", "mm", "bmm")
def matmul(call: StepContext, x: Any, other: Any) -> Batched:
    """Return a product of matrices."""
    x, other = call.flow(x), call.flow(other)
    if any(each.batch is not None and each.batch > len(each.full) - 3 for each in (x, other)):
        raise NoLayerError("multiplies matrices one of whose dimensions is the batch", "keep samples apart")
    return call.put("matmul", {}, x, other, batch=x.batch)


@function("baddbmm", "addmm", "addbmm")
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
    return call.put("scaled_dot_product_attention", settings, *inputs, batch=inputs[0].batch)


@function("einsum")
def einsum(call: StepContext, equation: str, *operands: Any) -> Batched:
    """Return sums of products; the batch is the first letter of each term, wherever the model has it."""
    flows = [call.flow(each) for each in (operands[0] if is_list(operands[0]) else operands)]
    terms, output = _written(equation, [len(each.full) for each in flows])
    batches = {term[each.batch] for term, each in zip(terms, flows, strict=True) if each.batch is not None}
    if len(batches) != 1 or (batch := batches.pop()) not in output:
        raise NoLayerError(f"mixes the samples of a batch in {equation}", "a spec says what happens to one sample")
    first = [batch + term.replace(batch, "") for term in terms]
    settings = {"equation": f"{','.join(first)}->{batch}{output.replace(batch, '')}"}
    made = call.put("einsum", settings, *(each if each.batch is None else each._replace(batch=0) for each in flows))
    return made._replace(batch=output.index(batch))


def _written(equation: str, ranks: Sequence[int]) -> tuple[list[str], str]:
    """Return an equation's terms and its output with a letter for each dimension, as torch understands them."""
    left, arrow, output = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        raise NoLayerError(f"has other operands than {equation}")
    free = [letter for letter in ascii_letters if letter not in equation]
    hidden = [rank - len(term) + len(_ELLIPSIS) for term, rank in zip(terms, ranks, strict=True) if _ELLIPSIS in term]
    widest = "".join(free[: max(hidden, default=0)])
    if not arrow:
        letters = Counter(left.replace(",", "").replace(_ELLIPSIS, ""))
        output = _ELLIPSIS + "".join(sorted(letter for letter, n in letters.items() if n == 1))

    def spelled_out(term: str, rank: int) -> str:
        more = rank - len(term) + len(_ELLIPSIS)
        return term.replace(_ELLIPSIS, widest[len(widest) - more :])

    return [spelled_out(*each) for each in zip(terms, ranks, strict=True)], output.replace(_ELLIPSIS, widest)
