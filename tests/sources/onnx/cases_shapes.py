"""Operations that arrange, cut, join and resize tensors, as files, and the layers that they are."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.sources.onnx.models import File, node

_IMAGE = (1, 4, 6, 8)


def op(kind: str, x: Sequence[Any] = _IMAGE, opset: int = 20, outputs: int = 1, **settings: Any) -> File:
    """Return a file with one operation; arrays are inputs, in order, None is one left out; the rest attributes."""
    numbers = {name: value for name, value in settings.items() if isinstance(value, np.ndarray)}
    attributes = {name: value for name, value in settings.items() if name not in numbers and value is not None}
    inputs = [name if name in numbers else "" for name, value in settings.items() if name in numbers or value is None]
    names = ["y", *(f"y{i}" for i in range(1, outputs))]
    return File([node(kind, ["x", *inputs], names, **attributes)], x, numbers=numbers, outputs=names, opset=opset)


def top_k(k: Any, **attributes: Any) -> File:
    """Return a file whose result are the largest values, and not their places."""
    return File([node("TopK", ["x", "k"], ["y", "places"], **attributes)], _IMAGE, numbers={"k": k})


def whole(*numbers: int) -> Any:
    return np.asarray(numbers, np.int64)


def real(*numbers: float) -> Any:
    return np.asarray(numbers, np.float32)


CASES: dict[str, tuple[File, list[str]]] = {
    "flatten": (op("Flatten"), ["flatten"]),
    "flatten from a later axis keeps what is before": (
        File([node("Flatten", ["x"], ["f"], axis=1), node("Relu", ["f"], ["y"])], (3, 2, 3)),
        ["flatten", "relu"],
    ),
    "reshape to rows": (op("Reshape", shape=whole(1, -1)), ["flatten"]),
    "reshape with a zero for the batch": (op("Reshape", shape=whole(0, 8, 24)), ["reshape"]),
    "reshape that lays out the last dimensions": (op("Reshape", shape=whole(0, 4, -1)), ["flatten"]),
    "reshape to what it is": (op("Reshape", shape=whole(1, 4, 6, 8)), ["identity"]),
    "reshape as an attribute is of old": (op("Reshape", shape=whole(-1, 192), opset=5), ["flatten"]),
    "squeeze": (op("Squeeze", (2, 4, 1, 8), axes=whole(2)), ["flatten"]),
    "squeeze with an attribute": (op("Squeeze", (2, 1, 4, 8), opset=11, axes=[-3]), ["reshape"]),
    "unsqueeze": (op("Unsqueeze", (2, 4), axes=whole(1, 3)), ["reshape"]),
    "transpose": (op("Transpose", perm=[0, 2, 3, 1]), ["permute"]),
    "two transposes of the batch": (
        File(
            [
                node("Transpose", ["x"], ["a"], perm=[1, 0, 2]),
                node("Relu", ["a"], ["b"]),
                node("Transpose", ["b"], ["y"], perm=[1, 0, 2]),
            ],
            (3, 5, 7),
        ),
        ["relu"],
    ),
    "slice": (op("Slice", starts=whole(1), ends=whole(3), axes=whole(1), steps=whole(1)), ["slice"]),
    "slice of two dimensions": (op("Slice", starts=whole(0, 1), ends=whole(4, 99), axes=whole(2, -1)), ["slice"] * 2),
    "slice with a step": (op("Slice", starts=whole(0), ends=whole(6), axes=whole(2), steps=whole(2)), ["slice"]),
    "slice of everything": (op("Slice", starts=whole(0), ends=whole(2**63 - 1), axes=whole(1)), ["identity"]),
    "slice with attributes": (op("Slice", opset=9, starts=[-3], ends=[-1], axes=[1]), ["slice"]),
    "split": (op("Split", axis=1, outputs=2, split=whole(1, 3)), ["slice"] * 2),
    "split into equal parts": (op("Split", axis=1, outputs=2, num_outputs=2), ["slice"] * 2),
    "split with an attribute": (op("Split", opset=11, axis=1, outputs=2, split=[3, 1]), ["slice"] * 2),
    "gather of a row": (op("Gather", indices=np.asarray(2), axis=2), ["slice", "flatten"]),
    "gather of rows": (op("Gather", indices=whole(1, 2, 3), axis=-1), ["slice"]),
    "pad": (op("Pad", pads=whole(0, 0, 1, 2, 0, 0, 3, 4)), ["zero_pad2d"]),
    "pad of the channels": (op("Pad", pads=whole(0, 1, 0, 0, 0, 2, 0, 0)), ["pad"]),
    "pad along axes": (op("Pad", pads=whole(1, 2), value=None, axes=whole(3)), ["zero_pad2d"]),
    "pad with an attribute": (op("Pad", opset=9, pads=[0, 0, 1, 1, 0, 0, 1, 1]), ["zero_pad2d"]),
    "pad with a number": (op("Pad", pads=whole(0, 0, 1, 2, 0, 0, 3, 4), value=np.float32(2)), ["constant_pad2d"]),
    "pad that reflects": (op("Pad", mode="reflect", pads=whole(0, 0, 1, 2, 0, 0, 3, 4)), ["reflection_pad2d"]),
    "pad that repeats the border": (op("Pad", mode="edge", pads=whole(0, 0, 0, 2, 0, 0, 0, 4)), ["replication_pad2d"]),
    "pad that goes round": (op("Pad", opset=19, mode="wrap", pads=whole(0, 0, 1, 2, 0, 0, 3, 4)), ["circular_pad2d"]),
    "pad of a sound": (
        op("Pad", (2, 9), mode="reflect", pads=whole(0, 3, 0, 3)),
        ["reshape", "reflection_pad1d", "flatten"],
    ),
    "negative padding": (op("Pad", pads=whole(0, 0, -1, 0, 0, 0, 0, -2)), ["zero_pad2d"]),
    "padding of nothing": (op("Pad", pads=whole(0, 0, 0, 0, 0, 0, 0, 0)), ["identity"]),
    "resize by scales": (op("Resize", roi=None, scales=real(1, 1, 2, 1.5)), ["upsample"]),
    "resize to sizes": (op("Resize", roi=None, scales=None, sizes=whole(1, 4, 12, 20), mode="linear"), ["upsample"]),
    "resize of a signal": (op("Resize", (1, 4, 6), roi=None, scales=real(1, 1, 3), mode="linear"), ["upsample"]),
    "resize by cubes": (op("Resize", roi=None, scales=real(1, 1, 2, 2), mode="cubic"), ["upsample"]),
    "resize along axes": (op("Resize", roi=None, scales=real(2, 2), axes=[2, 3]), ["upsample"]),
    "upsample": (op("Upsample", opset=9, scales=real(1, 1, 2, 2)), ["upsample"]),
    "upsample with an attribute": (op("Upsample", opset=8, scales=[1.0, 1.0, 2.0, 2.0]), ["upsample"]),
    "a pool by a norm": (op("LpPool", kernel_shape=[2, 2], strides=[2, 2], p=2), ["lp_pool2d"]),
    "a norm of each channel": (op("GlobalLpPool", p=1), ["norm"]),
    "depth to space": (op("DepthToSpace", blocksize=2, mode="CRD"), ["pixel_shuffle"]),
    "depth to space in the other order": (op("DepthToSpace", blocksize=2), ["pixel_shuffle"]),
    "space to depth": (op("SpaceToDepth", blocksize=2), ["pixel_unshuffle"]),
    "the mean of an image": (op("ReduceMean", axes=whole(2, 3)), ["global_avg_pool2d"]),
    "the mean of an image without its dimensions": (
        op("ReduceMean", axes=whole(-1, -2), keepdims=0),
        ["global_avg_pool2d"],
    ),
    "the mean with an attribute": (op("ReduceMean", opset=13, axes=[2, 3]), ["global_avg_pool2d"]),
    "the mean of tokens": (op("ReduceMean", (2, 5, 7), axes=whole(1), keepdims=0), ["mean"]),
    "the mean of tokens with its dimension": (op("ReduceMean", (2, 5, 7), axes=whole(1)), ["mean"]),
    "the maximum over channels": (op("ReduceMax", axes=whole(1)), ["amax"]),
    "a sum": (op("ReduceSum", axes=whole(-1, 1)), ["sum"]),
    "a sum with an attribute": (op("ReduceSum", opset=11, axes=[1], keepdims=0), ["sum"]),
    "a sum of nothing": (op("ReduceSum", axes=np.zeros(0, np.int64), noop_with_empty_axes=1), ["identity"]),
    "the smallest": (op("ReduceMin", axes=whole(3)), ["amin"]),
    "a product": (op("ReduceProd", axes=whole(2), keepdims=0), ["prod"]),
    "a norm": (op("ReduceL2", axes=whole(1)), ["norm"]),
    "a norm of absolute values": (op("ReduceL1", axes=whole(1)), ["norm"]),
    "a sum of squares": (op("ReduceSumSquare", axes=whole(1)), ["square", "sum"]),
    "the logarithm of a sum": (op("ReduceLogSum", axes=whole(1)), ["sum", "log"]),
    "the logarithm of a sum of exponentials": (op("ReduceLogSumExp", axes=whole(1)), ["logsumexp"]),
    "sums of all before": (op("CumSum", axis=np.asarray(2)), ["cumsum"]),
    "vectors of length 1": (op("LpNormalization", axis=1, p=1), ["normalize"]),
    "an expansion": (op("Expand", (1, 4, 1), shape=whole(1, 4, 5)), ["expand"]),
    "an expansion to more dimensions": (
        File(
            [node("Expand", ["z", "s"], ["e"]), node("Add", ["x", "e"], ["y"])],
            (2, 3, 4),
            {},
            {},
            {"s": whole(3, 4)},
            {"z": ()},
        ),
        ["reshape", "expand", "add"],
    ),
    "rows beside themselves": (op("Tile", repeats=whole(1, 2, 1, 3)), ["repeat"]),
    "rows picked": (op("Gather", indices=whole(2, 0), axis=2), ["index_select"]),
    "rows picked twice over": (
        op("Gather", indices=np.asarray([[2, 0], [1, -1]]), axis=2),
        ["index_select", "reshape"],
    ),
    "every other row backwards": (
        op("Slice", starts=whole(-1), ends=whole(-10), axes=whole(2), steps=whole(-2)),
        ["flip", "slice"],
    ),
    "all rows backwards": (op("Slice", starts=whole(-1), ends=whole(-9), axes=whole(2), steps=whole(-1)), ["flip"]),
    "elements at places": (
        op("GatherElements", indices=np.zeros((1, 4, 6, 3), np.int64), axis=3),
        ["tensor", "gather"],
    ),
    "the largest values": (top_k(whole(3), axis=2), ["topk"]),
    "the smallest values": (top_k(whole(3), largest=0), ["topk"]),
    "an upper triangle": (op("Trilu", k=np.asarray(1)), ["triu"]),
    "a lower triangle": (op("Trilu", upper=0), ["tril"]),
    "an image at places": (
        File([node("GridSample", ["x", "z"], ["y"], mode="linear")], (2, 4, 6, 6), more_inputs={"z": (2, 3, 5, 2)}),
        ["grid_sample"],
    ),
    "a network that does nothing": (op("Identity"), ["identity"]),
    "a cast": (op("Cast", to=1), ["identity"]),
    "an expansion to what it is": (op("Expand", shape=whole(1, 4, 1, 1)), ["identity"]),
}
