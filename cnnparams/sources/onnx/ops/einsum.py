"""Sums of products that an equation says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase, ascii_uppercase

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, Weights
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor
from cnnparams.sources.onnx.ops import translates

_NONE = "has an equation that does not go with its inputs"


@translates("Einsum")
def einsum(call: NodeContext) -> GraphTensor:
    """Return sums of products of tensors of the network, or a linear layer where one of two is weights."""
    values = [call.value(i) for i in range(len(call.op.inputs))]
    *terms, output = _terms(call.text("equation", ""), [len(value.full) for value in values])
    match values:
        case [GraphTensor() as x]:
            return _permuted(call, x, terms[0], output)
        case [GraphTensor() as x, ConstantTensor()]:
            return _linear(call, x, terms[0], 1, terms[1], output)
        case [ConstantTensor(), GraphTensor() as x]:
            return _linear(call, x, terms[1], 0, terms[0], output)
    tensors = [value for value in values if isinstance(value, GraphTensor)]
    if len(tensors) != len(values):
        raise NoLayerError("multiplies several tensors, some of which do not depend on the input")
    batches = {None if x.batch is None else term[x.batch] for x, term in zip(tensors, terms, strict=True)}
    (batch, *others) = batches
    if others or batch is None or batch not in output:
        raise NoLayerError("does not keep samples apart", "keep the batch as a dimension of its own")
    text = ",".join(_batch_first(batch, term) for term in terms)
    y = call.add("einsum", {"equation": f"{text}->{_batch_first(batch, output)}"}, *tensors)
    return y._replace(batch=output.index(batch))


def _batch_first(batch: str, term: str) -> str:
    return batch + term.replace(batch, "", 1)


def _terms(equation: str, ranks: Sequence[int]) -> list[str]:
    """Return a letter for each dimension of each input and of the output, which may not be written."""
    left, arrow, output = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    free = [letter for letter in ascii_lowercase + ascii_uppercase if letter not in equation]
    more = max((rank - len(term.replace("...", "")) for term, rank in zip(terms, ranks, strict=False)), default=0)
    if len(terms) != len(ranks) or not 0 <= more <= len(free):
        raise NoLayerError(_NONE, "export it again")
    if not arrow:
        letters = sorted({letter for letter in left if letter.isalpha() and left.count(letter) == 1})
        output = ("..." if "..." in left else "") + "".join(letters)
    found = [*_written(terms, ranks, free[:more]), output.replace("...", "".join(free[:more]))]
    if not all(term.isalpha() or not term for term in found):
        raise NoLayerError(_NONE, "export it again")
    return found


def _written(terms: Sequence[str], ranks: Sequence[int], free: Sequence[str]) -> Iterator[str]:
    for term, rank in zip(terms, ranks, strict=True):
        missing = rank - len(term.replace("...", ""))
        letters = "".join(free[len(free) - missing :]) if missing else ""
        if missing and "..." not in term:
            raise NoLayerError(_NONE, "export it again")
        yield term.replace("...", letters)


def _permuted(call: NodeContext, x: GraphTensor, term: str, output: str) -> GraphTensor:
    """Return a tensor whose dimensions change places, where that is all."""
    if sorted(term) != sorted(output) or len({*term}) != len(term):
        raise NoLayerError("sums over letters of one tensor, which no layer type does")
    batch = None if x.batch is None else output.index(term[x.batch])
    own = [letter for at, letter in enumerate(term) if at != x.batch]
    dims = [own.index(letter) + 1 for letter in output if letter in own]
    y = call.add("permute", {"dims": dims}, x) if dims != sorted(dims) else x
    return y._replace(batch=batch)


def _linear(call: NodeContext, x: GraphTensor, term: str, i: int, weights: str, output: str) -> GraphTensor:
    """Return a linear layer along the letter that is summed over, between permutes where it is not the last."""
    summed = [letter for letter in term if letter not in output]
    added = [letter for letter in output if letter not in term]
    kept = [letter for letter in term if letter in output]
    if len(summed) != 1 or len(added) != 1 or sorted(weights) != sorted(summed + added):
        raise NoLayerError("multiplies with weights that are no matrix")
    ordered = _permuted(call, x, term, "".join([*kept, *summed]))
    held = call.weight(i)
    sizes = dict(zip(weights, held.dims, strict=True))
    settings = {"in_features": sizes[summed[0]], "out_features": sizes[added[0]], "bias": False}
    y = call.add("linear", settings, ordered, held=Weights((held,)))
    return _permuted(call, y, "".join([*kept, *added]), output)
