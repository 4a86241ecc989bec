"""Which tensors only one of two networks has."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.reports.report import TensorReport
from cnnparams.sources.tensor_difference import unmatched

TENSORS = st.lists(
    st.builds(
        TensorReport,
        st.just("t"),
        st.sampled_from(((), (1,), (2,), (1, 2))),
        st.sampled_from(("trainable", "frozen", "buffer")),
    ),
    max_size=12,
).map(lambda tensors: [tensor._replace(name=f"t{i}") for i, tensor in enumerate(tensors)])


def kinds(tensors: tuple[TensorReport, ...] | list[TensorReport]) -> Counter[tuple[tuple[int, ...], str]]:
    return Counter((tensor.shape, tensor.role) for tensor in tensors)


@given(TENSORS, TENSORS)
def test_what_is_left_over_is_what_one_has_more_of(ours: list[TensorReport], theirs: list[TensorReport]) -> None:
    only_ours, only_theirs = unmatched(ours, theirs)
    assert set(only_ours) <= set(ours)
    assert set(only_theirs) <= set(theirs)
    assert kinds(only_ours) == kinds(ours) - kinds(theirs)
    assert kinds(only_theirs) == kinds(theirs) - kinds(ours)


@given(TENSORS, st.randoms())
def test_order_does_not_matter(tensors: list[TensorReport], random: Random) -> None:
    shuffled = list(tensors)
    random.shuffle(shuffled)
    assert unmatched(tensors, shuffled) == ((), ())


def test_of_tensors_that_are_alike_the_one_is_named_that_the_other_lacks() -> None:
    norms = [TensorReport(f"bn{i}.weight", (64,), "trainable") for i in range(4)]
    kernels = [TensorReport(f"conv{i}.weight", (64, 64, i + 1, i + 1), "trainable") for i in range(4)]
    ours = [tensor for pair in zip(kernels, norms, strict=True) for tensor in pair]
    assert unmatched(ours, [tensor for tensor in ours if tensor != norms[2]]) == ((norms[2],), ())
