"""Linear layers, norms, activations, merges and recurrent layers as files, and the layers that they are."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tests.sources.onnx.models import File, node

_IMAGE = (2, 8, 5, 5)
_ROWS = (2, 6)
_STEPS = (7, 2, 6)  # steps first, as ONNX has them
_TO_STEPS = node("Transpose", ["x"], ["steps"], perm=[1, 0, 2])


def op(
    kind: str,
    x: Sequence[Any] = _IMAGE,
    weights: Mapping[str, Sequence[int]] | None = None,
    buffers: Mapping[str, Sequence[int]] | None = None,
    opset: int = 20,
    **attributes: Any,
) -> File:
    """Return a file with one operation over its input and tensors of the file."""
    held = {**(weights or {}), **(buffers or {})}
    return File([node(kind, ["x", *held], ["y"], **attributes)], x, weights or {}, buffers or {}, opset=opset)


def recurrent(kind: str, gates: int, directions: int = 1, *, bias: bool = True, **attributes: Any) -> File:
    """Return a file with a recurrent layer over steps of a batch, whose outputs are laid side by side."""
    weights: dict[str, tuple[int, ...]] = {"r.w": (directions, gates * 4, 6), "r.r": (directions, gates * 4, 4)}
    if bias:
        weights["r.b"] = (directions, 2 * gates * 4)
    direction = "bidirectional" if directions == 2 else "forward"
    nodes = [
        _TO_STEPS,
        node(kind, ["steps", *weights], ["all"], hidden_size=4, direction=direction, **attributes),
        node("Transpose", ["all"], ["together"], perm=[2, 0, 1, 3]),
        node("Reshape", ["together", "sizes"], ["y"]),
    ]
    return File(nodes, (2, 7, 6), weights, numbers={"sizes": np.asarray([2, 7, -1], np.int64)})


CASES: dict[str, tuple[File, list[str]]] = {
    "a linear layer": (op("Gemm", _ROWS, {"w": (10, 6), "b": (10,)}, transB=1), ["linear"]),
    "a linear layer without bias": (op("Gemm", _ROWS, {"w": (6, 10)}), ["linear"]),
    "a linear layer whose bias is a row": (op("Gemm", _ROWS, {"w": (6, 10), "b": (1, 10)}), ["linear"]),
    "a matrix product": (op("MatMul", (2, 3, 6), {"w": (6, 10)}), ["linear"]),
    "a matrix product with a bias": (
        File(
            [node("MatMul", ["x", "w"], ["m"]), node("Add", ["b", "m"], ["y"])], (2, 3, 6), {"w": (6, 10), "b": (10,)}
        ),
        ["linear"],
    ),
    "a matrix product with weights that are transposed": (
        File([node("Transpose", ["w"], ["t"], perm=[1, 0]), node("MatMul", ["x", "t"], ["y"])], _ROWS, {"w": (10, 6)}),
        ["linear"],
    ),
    "a product of two matrices of the network": (
        File([node("Transpose", ["x"], ["t"], perm=[0, 2, 1]), node("MatMul", ["x", "t"], ["y"])], (2, 3, 6)),
        ["permute", "matmul"],
    ),
    "a product of matrices for each head with one for all": (
        File([node("MatMul", ["x", "z"], ["y"])], (2, 4, 3, 6), more_inputs={"z": (2, 1, 6, 5)}),
        ["matmul"],
    ),
    "attention of heads": (
        File(
            [node("Attention", ["x", "k", "v", "mask"], ["y"], scale=0.5)],
            (2, 4, 5, 8),
            numbers={"mask": np.ones((5, 7), np.float32)},
            more_inputs={"k": (2, 4, 7, 8), "v": (2, 4, 7, 6)},
            opset=23,
        ),
        ["tensor", "scaled_dot_product_attention"],
    ),
    "attention of features side by side": (
        File(
            [node("Attention", ["x", "x", "x"], ["y"], q_num_heads=4, kv_num_heads=4, is_causal=1)],
            (2, 5, 32),
            opset=23,
        ),
        ["reshape", "permute", "permute", "permute", "scaled_dot_product_attention", "permute", "flatten"],
    ),
    "attention whose keys serve several heads": (
        File([node("Attention", ["x", "k", "k"], ["y"])], (2, 4, 5, 8), more_inputs={"k": (2, 2, 7, 8)}, opset=23),
        ["scaled_dot_product_attention"],
    ),
    "weights from the left": (
        File([node("MatMul", ["w", "x"], ["y"])], (2, 4, 3, 6), {"w": (5, 3)}),
        ["permute", "linear", "permute"],
    ),
    "a tensor for each place, added to a product": (
        File(
            [node("MatMul", ["x", "w"], ["m"]), node("Add", ["m", "b"], ["y"])], (2, 3, 6), {"w": (6, 10), "b": (3, 10)}
        ),
        ["linear", "parameter"],
    ),
    "batch normalisation": (
        op("BatchNormalization", weights={"s": (8,), "b": (8,)}, buffers={"m": (8,), "v": (8,)}),
        ["batch_norm2d"],
    ),
    "batch normalisation of rows": (
        op("BatchNormalization", _ROWS, {"s": (6,), "b": (6,)}, {"m": (6,), "v": (6,)}),
        ["batch_norm1d"],
    ),
    "batch normalisation of a volume": (
        op("BatchNormalization", (1, 3, 2, 2, 2), {"s": (3,), "b": (3,)}, {"m": (3,), "v": (3,)}, opset=9),
        ["batch_norm3d"],
    ),
    "instance normalisation": (op("InstanceNormalization", weights={"s": (8,), "b": (8,)}), ["instance_norm2d"]),
    "layer normalisation": (op("LayerNormalization", weights={"s": (5,), "b": (5,)}), ["layer_norm"]),
    "layer normalisation without a shift": (op("LayerNormalization", weights={"s": (5,)}), ["layer_norm"]),
    "layer normalisation of an image": (
        op("LayerNormalization", weights={"s": (8, 5, 5), "b": (8, 5, 5)}, axis=1),
        ["layer_norm"],
    ),
    "root mean square normalisation": (op("RMSNormalization", weights={"s": (5,)}, opset=23), ["rms_norm"]),
    "group normalisation": (
        op("GroupNormalization", weights={"s": (8,), "b": (8,)}, opset=21, num_groups=4),
        ["group_norm"],
    ),
    "local response normalisation": (op("LRN", size=5, alpha=2e-4, beta=0.5, bias=2.0), ["local_response_norm"]),
    **{
        kind: (op(kind, opset=22, **attributes), [type_])
        for kind, type_, attributes in (
            ("Relu", "relu", {}),
            ("LeakyRelu", "leaky_relu", {"alpha": 0.2}),
            ("Sigmoid", "sigmoid", {}),
            ("Tanh", "tanh", {}),
            ("Elu", "elu", {"alpha": 0.5}),
            ("Selu", "selu", {}),
            ("Softplus", "softplus", {}),
            ("HardSigmoid", "hardsigmoid", {}),
            ("HardSwish", "hardswish", {}),
            ("Gelu", "gelu", {"approximate": "tanh"}),
            ("Mish", "mish", {}),
            ("Softmax", "softmax", {"axis": 1}),
            ("LogSoftmax", "log_softmax", {}),
            ("Dropout", "dropout", {}),
        )
    },
    "a slope for each channel": (op("PRelu", weights={"p": (8, 1, 1)}), ["prelu"]),
    "one slope for all": (op("PRelu", weights={"p": (1,)}), ["prelu"]),
    "a clip that is ReLU6": (op("Clip", opset=6, min=0.0, max=6.0), ["relu6"]),
    "a clip that is ReLU": (op("Clip", opset=6, min=0.0), ["relu"]),
    "dropout of old": (op("Dropout", opset=7, ratio=0.2), ["dropout"]),
    "softmax of old over a row": (op("Softmax", _ROWS, opset=9, axis=1), ["softmax"]),
    "a sum": (
        File([node("Relu", ["x"], ["a"]), node("Tanh", ["x"], ["b"]), node("Sum", ["a", "b", "x"], ["y"])], _IMAGE),
        ["relu", "tanh", "add"],
    ),
    "a product that repeats": (
        File([node("GlobalAveragePool", ["x"], ["a"]), node("Mul", ["x", "a"], ["y"])], _IMAGE),
        ["global_avg_pool2d", "multiply"],
    ),
    "tensors joined": (
        File([node("Relu", ["x"], ["a"]), node("Concat", ["a", "x"], ["y"], axis=1)], _IMAGE),
        ["relu", "concat"],
    ),
    "tensors joined along the last dimension": (
        File([node("Relu", ["x"], ["a"]), node("Concat", ["a", "x"], ["y"], axis=-1)], _IMAGE),
        ["relu", "concat"],
    ),
    "a learned tensor that is added": (op("Add", (2, 7, 6), {"p": (1, 7, 6)}), ["parameter"]),
    "a learned factor for each channel": (op("Mul", weights={"p": (8, 1, 1)}), ["parameter"]),
    "an LSTM": (recurrent("LSTM", 4), ["lstm"]),
    "an LSTM in both directions": (recurrent("LSTM", 4, 2), ["lstm"]),
    "an LSTM without bias": (recurrent("LSTM", 4, bias=False), ["lstm"]),
    "a GRU": (recurrent("GRU", 3, linear_before_reset=1), ["gru"]),
    "a GRU in both directions": (recurrent("GRU", 3, 2, linear_before_reset=1), ["gru"]),
    "an RNN": (recurrent("RNN", 1), ["rnn"]),
    "an RNN of rectifiers": (recurrent("RNN", 1, activations=["Relu"]), ["rnn"]),
    "the last step of an LSTM": (
        File(
            [
                _TO_STEPS,
                node("LSTM", ["steps", "w", "r"], ["", "h"], hidden_size=4),
                node("Squeeze", ["h", "k"], ["y"]),
            ],
            (2, 7, 6),
            {"w": (1, 16, 6), "r": (1, 16, 4)},
            numbers={"k": np.asarray([0], np.int64)},
        ),
        ["lstm", "slice", "flatten"],
    ),
}
