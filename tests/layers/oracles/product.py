"""Matrix products against torch.matmul, bilinear layers against torch.nn.Bilinear."""

from __future__ import annotations

import math
from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import BATCH, Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, FLAG, Choices, cases, rarely, with_more

SIZE = st.integers(1, 5)


def leading(dims: Dims) -> st.SearchStrategy[Dims]:
    """Draw dimensions that mostly go with those before the last two of an input: the same, or 1."""
    return st.tuples(*(st.sampled_from((n, n, 1, 4 if n == 1 else n)) for n in dims[:-2]))


def _factor(case: Case) -> st.SearchStrategy[tuple[Dims, ...]]:
    matrix = st.tuples(rarely(SIZE, st.just(case.dims[-1])), SIZE)
    other = st.tuples(leading(case.dims), matrix).map(lambda parts: (*parts[0], *parts[1]))
    return rarely(ANY_DIMS, other).map(lambda dims: (dims,))


def _build(torch: ModuleType, case: Case) -> Built:
    return Built(torch.nn.Identity(), lambda a, b: torch.matmul(a, b))


def of_one_rank(*dims: Dims) -> Difference:
    """Return the difference over inputs of several ranks, with an example."""
    return Difference(
        "inputs have as many dimensions; PyTorch lines up the batch of one with a dimension of another where they fit",
        lambda case: len({len(dims) for dims in case.inputs}) > 1,
        Case({}, dims[0], dims[1:]),
    )


def of_matrices(*dims: Dims) -> Difference:
    """Return the difference over inputs that are vectors, with an example."""
    return Difference(
        "each sample has matrices; of vectors, PyTorch takes the batch for the rows of a matrix",
        lambda case: any(len(dims) < 2 for dims in case.inputs),
        Case({}, dims[0], dims[1:]),
    )


def _bilinear_choices(dims: Dims) -> Choices:
    return {
        "in1_features": rarely(st.integers(1, 9), st.just(dims[-1])),
        "in2_features": st.integers(1, 3),
        "out_features": st.integers(1, 9),
        "bias": FLAG,
    }


def _rows(case: Case) -> st.SearchStrategy[tuple[Dims, ...]]:
    """Draw a second input, mostly of the same rows."""
    written = case.settings.get("in2_features")
    features = SIZE if written is None else rarely(SIZE, st.just(written))
    return rarely(ANY_DIMS, features.map(lambda n: (*case.dims[:-1], n))).map(lambda dims: (dims,))


def _build_bilinear(torch: ModuleType, case: Case) -> Built:
    """Count it as the two products that it is: FlopCounterMode sees one kernel, and nothing in it."""
    first, second = (dims[-1] for dims in case.inputs)
    bilinear = torch.nn.Bilinear(**{"in1_features": first, "in2_features": second, **case.settings})
    rows = math.prod(case.dims[:-1])
    with torch.utils.flop_counter.FlopCounterMode(display=False) as counter:
        between = torch.zeros(rows, first) @ bilinear.weight.transpose(0, 1).reshape(first, -1)
        torch.bmm(between.reshape(rows, -1, second), torch.zeros(rows, second, 1))
    return Built(bilinear, bilinear, macs=counter.get_total_flops() // 2)


_BILINEAR_FAULTS = {"in1_features": st.sampled_from((0, -1, 12)), "out_features": st.sampled_from((0, -1))}
ORACLES = {
    "bilinear": Oracle(
        with_more(cases(ANY_DIMS, _bilinear_choices, required=("out_features",), faults=_BILINEAR_FAULTS), _rows),
        _build_bilinear,
    ),
    "matmul": Oracle(
        with_more(cases(ANY_DIMS, lambda _: {}), _factor),
        _build,
        (of_one_rank((3, 4), (BATCH, 4, 5)), of_matrices((BATCH,), (3,))),
    ),
}
