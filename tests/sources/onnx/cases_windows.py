"""Convolutions and pools as files, and the layers that they are."""

from tests.sources.onnx.models import File, node

_IMAGE = (1, 4, 9, 8)


def conv(*weights: int, bias: bool = False, x: tuple[int, ...] = _IMAGE, **attributes: object) -> File:
    """Return a file with one convolution."""
    tensors = {"c.weight": weights, **({"c.bias": weights[:1]} if bias else {})}
    return File([node("Conv", ["x", *tensors], ["y"], **attributes)], x, tensors)


def transposed(*weights: int, bias: int = 0, x: tuple[int, ...] = _IMAGE, **attributes: object) -> File:
    """Return a file with one transposed convolution."""
    tensors = {"t.weight": weights, **({"t.bias": (bias,)} if bias else {})}
    return File([node("ConvTranspose", ["x", *tensors], ["y"], **attributes)], x, tensors)


def pool(kind: str, x: tuple[int, ...] = _IMAGE, **attributes: object) -> File:
    """Return a file with one pool."""
    return File([node(kind, ["x"], ["y"], **attributes)], x)


CASES: dict[str, tuple[File, list[str]]] = {
    "a convolution": (conv(6, 4, 3, 3, bias=True), ["conv2d"]),
    "a convolution without bias": (conv(6, 4, 3, 3), ["conv2d"]),
    "a convolution of a signal": (conv(6, 4, 5, x=(2, 4, 30), strides=[2], pads=[2, 2]), ["conv1d"]),
    "a convolution of a volume": (conv(6, 4, 3, 1, 2, x=(1, 4, 5, 6, 7), bias=True), ["conv3d"]),
    "a kernel_shape that is written": (conv(6, 4, 3, 2, kernel_shape=[3, 2]), ["conv2d"]),
    "strides, dilations and pads": (conv(6, 4, 3, 3, strides=[2, 1], dilations=[1, 2], pads=[1, 2, 1, 2]), ["conv2d"]),
    "groups": (conv(6, 2, 3, 3, group=2, bias=True), ["conv2d"]),
    "a depthwise convolution": (conv(4, 1, 3, 3, group=4, pads=[1, 1, 1, 1]), ["conv2d"]),
    "padding at the end alone": (conv(6, 4, 3, 3, pads=[0, 0, 2, 1]), ["zero_pad2d", "conv2d"]),
    "padding at the start alone": (conv(6, 4, 3, 3, pads=[1, 0, 0, 0]), ["zero_pad2d", "conv2d"]),
    "padding of a volume that is odd": (
        conv(2, 4, 3, 3, 3, x=(1, 4, 5, 5, 5), pads=[1, 0, 0, 0, 1, 2]),
        ["zero_pad3d", "conv3d"],
    ),
    "padding that is that of same": (conv(6, 4, 3, 3, x=(1, 4, 8, 8), strides=[2, 2], pads=[0, 0, 1, 1]), ["conv2d"]),
    "auto_pad valid": (conv(6, 4, 3, 3, auto_pad="VALID"), ["conv2d"]),
    "auto_pad upper": (conv(6, 4, 3, 3, auto_pad="SAME_UPPER", strides=[2, 2]), ["conv2d"]),
    "auto_pad upper with dilations": (conv(6, 4, 3, 3, auto_pad="SAME_UPPER", dilations=[2, 3]), ["conv2d"]),
    "auto_pad lower": (conv(6, 4, 3, 3, auto_pad="SAME_LOWER", strides=[2, 2]), ["zero_pad2d", "conv2d"]),
    "auto_pad lower that is even": (conv(6, 4, 3, 3, auto_pad="SAME_LOWER"), ["conv2d"]),
    "a transposed convolution": (
        transposed(4, 6, 3, 3, bias=6, strides=[2, 2], pads=[1, 1, 1, 1]),
        ["conv_transpose2d"],
    ),
    "a transposed convolution of a signal": (transposed(4, 6, 4, x=(1, 4, 9), strides=[3]), ["conv_transpose1d"]),
    "output_padding": (transposed(4, 6, 3, 3, strides=[2, 2], output_padding=[1, 1]), ["conv_transpose2d"]),
    "transposed groups and dilations": (
        transposed(4, 3, 3, 3, bias=6, group=2, dilations=[2, 2], strides=[2, 3]),
        ["conv_transpose2d"],
    ),
    "what is taken off one side alone": (
        transposed(4, 6, 3, 3, strides=[2, 2], pads=[0, 1, 1, 1]),
        ["conv_transpose2d", "zero_pad2d"],
    ),
    "an output_shape": (
        transposed(4, 6, 3, 3, strides=[2, 2], output_shape=[18, 16]),
        ["conv_transpose2d", "zero_pad2d"],
    ),
    "max pooling": (pool("MaxPool", kernel_shape=[3, 2], strides=[2, 2]), ["max_pool2d"]),
    "a pool's stride is 1 where none is written": (pool("MaxPool", kernel_shape=[2, 2]), ["max_pool2d"]),
    "max pooling with padding and dilations": (
        pool("MaxPool", kernel_shape=[3, 3], pads=[1, 1, 1, 1], dilations=[2, 2]),
        ["max_pool2d"],
    ),
    "max pooling in ceil mode": (pool("MaxPool", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1), ["max_pool2d"]),
    "max pooling of a signal": (pool("MaxPool", (1, 4, 11), kernel_shape=[3], strides=[2]), ["max_pool1d"]),
    "max pooling of a volume": (pool("MaxPool", (1, 2, 6, 6, 6), kernel_shape=[2, 2, 2]), ["max_pool3d"]),
    "max pooling, auto_pad upper": (
        pool("MaxPool", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
        ["max_pool2d"],
    ),
    "a window that hangs over the end": (
        pool("MaxPool", (1, 4, 7, 8), kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 1, 1]),
        ["max_pool2d"],
    ),
    "average pooling": (pool("AveragePool", kernel_shape=[2, 2], strides=[2, 2]), ["avg_pool2d"]),
    "average pooling that counts the padding": (
        pool("AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1),
        ["avg_pool2d"],
    ),
    "average pooling that does not": (pool("AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1]), ["avg_pool2d"]),
    "average pooling with odd padding that counts": (
        pool("AveragePool", kernel_shape=[3, 3], pads=[0, 0, 1, 2], count_include_pad=1),
        ["zero_pad2d", "avg_pool2d"],
    ),
    "global average pooling": (pool("GlobalAveragePool"), ["global_avg_pool2d"]),
    "global max pooling of a signal": (pool("GlobalMaxPool", (1, 4, 7)), ["global_max_pool1d"]),
}
