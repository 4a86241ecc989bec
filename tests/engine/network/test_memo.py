"""What is asked of a layer is asked once, and nobody gets the answer of another."""

from functools import partial

from cnnparams.engine.network.memo import Memo


def test_the_same_object_is_asked_once_for_each_circumstance() -> None:
    memo, asked, thing = Memo[int](), [], [1]

    def answer() -> int:
        asked.append(1)
        return len(asked)

    assert [memo.of((thing,), also, answer) for also in ("a", "a", "b", "a")] == [1, 1, 2, 1]
    assert memo.of(([1],), "a", answer) == 3  # equal, but another
    assert memo.answers() == [1, 2, 3]


def test_an_answer_of_nothing_is_an_answer() -> None:
    memo, answers, thing = Memo[int | None](), iter([None, 1]), object()
    assert [memo.of((thing,), None, lambda: next(answers)) for _ in range(2)] == [None, None]


def test_an_object_that_nobody_else_holds_is_not_taken_for_one_that_comes_later() -> None:
    """Python gives the ids of objects that are gone to new ones."""
    memo = Memo[int]()
    assert [memo.of(([i],), None, partial(int, i)) for i in range(100)] == list(range(100))
