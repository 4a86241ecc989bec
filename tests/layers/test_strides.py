"""The arithmetic of strides against PyTorch's tensors: views in any order, with gaps, and with sizes of 1."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cnnparams.layers.contract import strides
from cnnparams.layers.contract.strides import LogicalDims, MemoryLayout
from tests.layers.effort import examples

SIZES = st.sampled_from((1, 1, 2, 3, 4))


def layout(x: Any) -> MemoryLayout:
    return MemoryLayout(tuple(x.shape), x.stride())


def empty(torch: ModuleType, x: MemoryLayout) -> Any:
    """Return a tensor with a layout."""
    reach = 1 + sum((n - 1) * stride for n, stride in zip(*x, strict=True))
    return torch.empty(reach).as_strided(*x)


@st.composite
def layouts(draw: st.DrawFn, dims: LogicalDims) -> MemoryLayout:
    """Draw where the elements lie: dimensions in any order, some of them cut out of larger ones."""
    order = draw(st.permutations(range(len(dims))))
    steps, step = [0] * len(dims), 1
    for dim in order:
        steps[dim] = step
        step *= dims[dim] + draw(st.sampled_from((0, 0, 0, 1)))
    return MemoryLayout(dims, tuple(steps))


def dims_of(ranks: st.SearchStrategy[int]) -> st.SearchStrategy[LogicalDims]:
    return ranks.flatmap(lambda rank: st.tuples(*[SIZES] * rank))


ANY = dims_of(st.integers(1, 5)).flatmap(layouts)
IMAGES = dims_of(st.sampled_from((4, 4, 5))).flatmap(layouts)


@given(x=ANY)
@examples(200)
def test_contiguous(torch: ModuleType, x: MemoryLayout) -> None:
    assert strides.contiguous(x.dims) == torch.empty(x.dims).stride()
    assert strides.is_contiguous(x) == empty(torch, x).is_contiguous()


@given(x=IMAGES)
@examples(300)
def test_what_is_suggested_is_what_cat_follows(torch: ModuleType, x: MemoryLayout) -> None:
    value = empty(torch, x)
    both = torch.cat([value, value], 1)
    suggested = strides.channels_last if strides.suggests_channels_last(x) else strides.contiguous
    assert suggested(tuple(both.shape)) == both.stride()


@given(x=dims_of(st.just(4)).flatmap(layouts))
@examples(200)
def test_an_image(torch: ModuleType, x: MemoryLayout) -> None:
    result = torch.nn.functional.interpolate(empty(torch, x), scale_factor=2)
    assert strides.image(tuple(result.shape), x) == result.stride()


@given(data=st.data())
@examples(400)
def test_elementwise(torch: ModuleType, data: st.DataObject) -> None:
    first = data.draw(ANY)
    second = data.draw(layouts(tuple(data.draw(st.sampled_from((n, n, 1))) for n in first.dims)))
    one, both = empty(torch, first).relu(), empty(torch, first) + empty(torch, second)
    assert strides.elementwise_strides(first.dims, first) == one.stride()
    assert strides.elementwise_strides(tuple(both.shape), first, second) == both.stride()


@given(data=st.data())
@examples(400)
def test_a_view(torch: ModuleType, data: st.DataObject) -> None:
    x = data.draw(ANY)
    sizes = data.draw(st.permutations(x.dims) | st.just(list(x.dims)))
    start = data.draw(st.integers(0, len(sizes)))
    end = data.draw(st.integers(start, len(sizes)))
    dims = (*sizes[:start], math.prod(sizes[start:end]), *sizes[end:])
    try:
        expected = empty(torch, x).view(dims).stride()
    except RuntimeError:
        expected = None
    assert strides.view_strides(x, dims) == expected
