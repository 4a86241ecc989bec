"""The window arithmetic against windows that are laid out one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, takewhile
from math import ceil, floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.layers.contract import window
from tests.layers.effort import examples

N = st.integers(1, 40)
K = st.integers(1, 7)
S = st.integers(1, 6)
P = st.integers(0, 6)
D = st.integers(1, 4)


def touched(start: int, k: int, d: int) -> list[int]:
    """Return the inputs under a kernel that starts at `start`."""
    return [start + d * i for i in range(k)]


def slide(padded: int, k: int, s: int, d: int) -> list[int]:
    """Return where windows start that lie wholly within `padded` inputs."""
    return list(takewhile(lambda start: touched(start, k, d)[-1] < padded, count(0, s)))


def slide_over_the_end(n: int, k: int, s: int, p: int, d: int) -> Iterator[int]:
    """Yield where windows start in ceil mode: in input or left padding, hanging over by less than a stride."""
    for start in range(0, n + p, s):
        hangs_over = touched(start, k, d)[-1] + 1 - (n + 2 * p)
        if hangs_over < s:
            yield start


def evaluate(formula: str, **symbols: int) -> int:
    """Return the value of a formula of `window`, its placeholders standing for themselves."""
    text = formula.format(**{name: name for name in symbols})
    value = eval(text, {"__builtins__": {}, "floor": floor, "ceil": ceil, "min": min}, dict(symbols))
    assert isinstance(value, int)
    return value


@given(k=K, d=D)
@examples(50)
def test_the_extent_reaches_from_the_first_to_the_last_input(k: int, d: int) -> None:
    inputs = touched(0, k, d)
    assert window.extent(k, d) == inputs[-1] - inputs[0] + 1


@given(n=N, k=K, s=S, before=P, after=P, d=D)
@examples(500)
def test_size_counts_the_windows(n: int, k: int, s: int, before: int, after: int, d: int) -> None:
    assert max(window.size(n, k, s, (before, after), d), 0) == len(slide(n + before + after, k, s, d))


@given(n=N, k=K, s=S, p=P, d=D)
@examples(500)
def test_size_in_ceil_mode_counts_windows_that_hang_over(n: int, k: int, s: int, p: int, d: int) -> None:
    assume(2 * p <= touched(0, k, d)[-1] + 1)  # pooling refuses more
    assert max(window.size_ceil(n, k, s, p, d), 0) == len(list(slide_over_the_end(n, k, s, p, d)))


@given(n=N, k=K, s=S, p=P, d=D, op=st.integers(0, 3))
@examples(500)
def test_size_transposed_is_what_the_spread_kernels_cover(n: int, k: int, s: int, p: int, d: int, op: int) -> None:
    covered = max(max(touched(i * s, k, d)) for i in range(n)) + 1
    assert window.size_transposed(n, k, s, p, d, op) == covered - 2 * p + op


@given(n=N, k=K, s=S, p=P, d=D)
@examples(500)
def test_size_transposed_inverts_size_with_one_output_padding(n: int, k: int, s: int, p: int, d: int) -> None:
    places = len(slide(n + 2 * p, k, s, d))
    assume(places)
    paddings = [op for op in range(s) if window.size_transposed(places, k, s, p, d, op) == n]
    assert len(paddings) == 1


@given(n=N, k=K, s=S, d=D)
@examples(500)
def test_same_padding_is_the_least_with_which_the_stride_divides_the_size(n: int, k: int, s: int, d: int) -> None:
    wanted = len(range(0, n, s))
    least = next(total for total in count() if len(slide(n + total, k, s, d)) >= wanted)
    before, after = window.same_padding(n, k, s, d)
    assert before + after == least
    assert after - before in (0, 1)
    assert len(slide(n + least, k, s, d)) == wanted


@given(n=N, k=K, s=S, before=P, after=P, d=D)
@examples(500)
def test_unseen_is_what_lies_behind_the_last_window(n: int, k: int, s: int, before: int, after: int, d: int) -> None:
    starts = slide(n + before + after, k, s, d)
    assume(starts)
    last = touched(starts[-1], k, d)[-1]
    assert window.unreached(n, k, s, (before, after), d) == n + before + after - 1 - last


@given(n=N, k=K, s=S, p=P, d=D, op=st.integers(0, 3))
@examples(500)
def test_the_formulas_shown_give_the_numbers(n: int, k: int, s: int, p: int, d: int, op: int) -> None:
    assert evaluate(window.SIZE, n=n, k=k, s=s, p=p, d=d) == window.size(n, k, s, (p, p), d)
    transposed = window.size_transposed(n, k, s, p, d, op)
    assert evaluate(window.SIZE_TRANSPOSED, n=n, k=k, s=s, p=p, d=d, op=op) == transposed
    if 2 * p <= window.extent(k, d):
        assert evaluate(window.SIZE_CEIL, n=n, k=k, s=s, p=p, d=d) == window.size_ceil(n, k, s, p, d)
    same = window.size(n, k, s, window.same_padding(n, k, s, d), d)
    assert evaluate(window.SIZE_SAME, n=n, s=s) == same


@pytest.mark.parametrize(
    ("n", "k", "s", "p", "places"),
    [
        (32, 3, 3, 2, 12),  # the tutorial's example of a convolution
        (32, 2, 2, 0, 16),  # a 2x2 window with stride 2 halves
        (33, 2, 2, 0, 16),
        (28, 5, 1, 0, 24),  # LeNet
        (224, 7, 2, 3, 112),  # the first layer of ResNet
        (3, 4, 1, 0, 0),
    ],
)
def test_sizes_that_textbooks_give(n: int, k: int, s: int, p: int, places: int) -> None:
    assert window.size(n, k, s, (p, p)) == places
