"""The frontier has what nothing else dominates."""

from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.choosing.sweep import frontier

SCORES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 3)), max_size=40)


@given(SCORES)
def test_an_item_is_kept_exactly_where_no_other_is_better(
    scores: list[tuple[int, ...]],
) -> None:
    def is_beaten(a: tuple[int, ...]) -> bool:
        return any(all(y <= x for x, y in zip(a, b, strict=True)) and sum(b) < sum(a) for b in scores)

    assert frontier((score, i) for i, score in enumerate(scores)) == [
        i for i, a in enumerate(scores) if not is_beaten(a)
    ]
