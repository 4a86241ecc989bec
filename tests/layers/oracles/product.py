"""Matrix products against torch.matmul."""

from __future__ import annotations

from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import BATCH, Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, cases, rarely, with_more

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


ORACLES = {
    "matmul": Oracle(
        with_more(cases(ANY_DIMS, lambda _: {}), _factor),
        _build,
        (of_one_rank((3, 4), (BATCH, 4, 5)), of_matrices((BATCH,), (3,))),
    ),
}
