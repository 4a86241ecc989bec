"""Networks of windows to draw: convolutions, pools, resampling and borders, in stacks and in branches."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

Draw = st.DrawFn
MODES = {1: "linear", 2: "bilinear"}


def _numbers(draw: Draw, rank: int, low: int, high: int) -> str:
    return str([draw(st.integers(low, high)) for _ in range(rank)])


def _window(draw: Draw, rank: int) -> str:
    padding = draw(st.sampled_from(("same", None)))
    return (
        f"kernel_size: {_numbers(draw, rank, 1, 4)}, stride: {_numbers(draw, rank, 1, 3)}, "
        f"padding: {padding or _numbers(draw, rank, 0, 2)}"
    )


def _conv(draw: Draw, rank: int) -> str:
    return f"{{type: conv{rank}d, out_channels: 2, {_window(draw, rank)}, dilation: {_numbers(draw, rank, 1, 3)}}}"


def _pool(draw: Draw, rank: int) -> str:
    kernel = draw(st.integers(1, 4))
    extra = draw(st.sampled_from(("", "ceil_mode: true", "dilation: 2")))
    kind = "max" if extra.startswith("dilation") else draw(st.sampled_from(("max", "avg")))
    padding = draw(st.integers(0, kernel // 2))
    stride = _numbers(draw, rank, 1, 3)
    return f"{{type: {kind}_pool{rank}d, kernel_size: {kernel}, stride: {stride}, padding: {padding}, {extra}}}"


def _transposed(draw: Draw, rank: int) -> str:
    return (
        f"{{type: conv_transpose{rank}d, out_channels: 2, kernel_size: {_numbers(draw, rank, 1, 4)}, "
        f"stride: {_numbers(draw, rank, 1, 3)}, padding: {draw(st.integers(0, 1))}, "
        f"dilation: {_numbers(draw, rank, 1, 3)}}}"
    )


def _resized(draw: Draw, rank: int) -> str:
    mode = draw(st.sampled_from(("nearest", MODES[rank])))
    corners = ", align_corners: true" if mode != "nearest" and draw(st.booleans()) else ""
    scale = draw(st.sampled_from(("scale_factor: 2", "scale_factor: 1.5", "scale_factor: 0.5", "scale_factor: 4")))
    return f"{{type: upsample, {scale}, mode: {mode}{corners}}}"


def _border(draw: Draw, rank: int) -> str:
    return f"{{type: zero_pad{rank}d, padding: {_numbers(draw, 2 * rank, -1, 2)}}}"


def _adaptive(draw: Draw, rank: int) -> str:
    return f"{{type: adaptive_avg_pool{rank}d, output_size: {_numbers(draw, rank, 5, 40)}}}"


def _slice(draw: Draw, rank: int) -> str:
    dim = draw(st.integers(2, 1 + rank))
    return f"{{type: slice, dim: {dim}, start: {draw(st.integers(0, 2))}, step: {draw(st.integers(1, 2))}}}"


def _pixels(draw: Draw, rank: int) -> str:
    if rank == 1:
        return _conv(draw, rank)
    wide = "{type: conv2d, out_channels: 8, kernel_size: 1}"
    shuffled = f"{{type: sequence, layers: [{wide}, {{type: pixel_shuffle, upscale_factor: 2}}]}}"
    return draw(st.sampled_from((shuffled, "{type: pixel_unshuffle, downscale_factor: 2}")))


def _same_size(draw: Draw, rank: int) -> str:
    kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    return f"{{type: conv{rank}d, out_channels: 2, kernel_size: {kernel}, padding: same, dilation: {dilation}}}"


def _halved(draw: Draw, rank: int) -> str:
    kernel = draw(st.integers(1, 5))
    return f"{{type: conv{rank}d, out_channels: 2, kernel_size: {kernel}, stride: 2, padding: same}}"


def _branches(draw: Draw, rank: int) -> str:
    one = draw(st.sampled_from((_same_size, _halved)))
    layers, shortcut = one(draw, rank), one(draw, rank)
    if draw(st.booleans()):
        return f"{{type: residual, layers: [{layers}], shortcut: [{shortcut}]}}"
    return f"{{type: parallel, branches: [[{layers}], [{shortcut}]]}}"


def _statistics(draw: Draw, rank: int) -> str:
    return "{type: group_norm, num_groups: 1}"


LAYERS: tuple[Callable[[Draw, int], str], ...] = (
    *(_conv, _conv, _conv, _pool, _pool, _branches, _branches),
    *(_transposed, _resized, _border, _adaptive, _slice, _pixels, _statistics),
)


@st.composite
def windows(draw: Draw, rank: int, size: int) -> str:
    """Draw a spec over an image of this size along each axis."""
    layers = [draw(st.sampled_from(LAYERS))(draw, rank) for _ in range(draw(st.integers(1, 5)))]
    sizes = f"length: {size}" if rank == 1 else f"height: {size}, width: {size - 7}"
    return f"input: {{channels: 2, {sizes}}}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)
