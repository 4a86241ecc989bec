"""Whole networks, made by hand or shipped with onnx, against figures from elsewhere."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from tests.sources.onnx.models import File, counted, inferred, kinds, node, shapes, whole


class Builder:
    """A network node by node: every method returns the name of what it gives."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: dict[str, tuple[int, ...]] = {}
        self.buffers: dict[str, tuple[int, ...]] = {}
        self._names: Iterator[str] = (f"v{i}" for i in count())

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add any node."""
        name = next(self._names)
        self.nodes.append(node(kind, inputs, [name], **attributes))
        return name

    def conv(self, name: str, x: str, *dims: int, bias: bool = True, **attributes: Any) -> str:
        """Add a convolution whose weights have these dimensions."""
        held = {f"{name}.weight": dims, **({f"{name}.bias": dims[:1]} if bias else {})}
        self.weights |= held
        return self.op("Conv", x, *held, **attributes)

    def norm(self, name: str, x: str, channels: int) -> str:
        """Add batch normalisation."""
        learned, buffers = [{f"{name}.{part}": (channels,) for part in parts} for parts in ("sb", "mv")]
        self.weights |= learned
        self.buffers |= buffers
        return self.op("BatchNormalization", x, *learned, *buffers)

    def linear(self, name: str, x: str, out: int, features: int) -> str:
        """Add a linear layer."""
        held = {f"{name}.weight": (out, features), f"{name}.bias": (out,)}
        self.weights |= held
        return self.op("Gemm", x, *held, transB=1)

    def file(self, last: str, *x: int) -> File:
        """Return the file whose result is that of the last node."""
        return File(self.nodes, x, self.weights, self.buffers, outputs=[last])


def lenet() -> File:
    """Return LeNet-5 with average pooling, as of 1998 but fully connected between its convolutions."""
    net = Builder()
    y = net.op("Tanh", net.conv("c1", "x", 6, 1, 5, 5, pads=[2, 2, 2, 2]))
    y = net.op("AveragePool", y, kernel_shape=[2, 2], strides=[2, 2])
    y = net.op("Tanh", net.conv("c3", y, 16, 6, 5, 5))
    y = net.op("Flatten", net.op("AveragePool", y, kernel_shape=[2, 2], strides=[2, 2]))
    y = net.op("Tanh", net.linear("f5", y, 120, 400))
    y = net.op("Tanh", net.linear("f6", y, 84, 120))
    return net.file(net.linear("out", y, 10, 84), 1, 1, 28, 28)


def residual() -> File:
    """Return two residual units, the second with a projection."""
    net = Builder()
    x = "x"
    for i, (channels, out) in enumerate([(8, 8), (8, 16)]):
        stride = [out // channels] * 2
        y = net.conv(f"u{i}.c1", x, out, channels, 3, 3, bias=False, pads=[1, 1, 1, 1], strides=stride)
        y = net.op("Relu", net.norm(f"u{i}.n1", y, out))
        y = net.norm(f"u{i}.n2", net.conv(f"u{i}.c2", y, out, out, 3, 3, bias=False, pads=[1, 1, 1, 1]), out)
        if channels != out:
            x = net.norm(f"u{i}.n3", net.conv(f"u{i}.c3", x, out, channels, 1, 1, bias=False, strides=stride), out)
        x = net.op("Relu", net.op("Add", y, x))
    return net.file(net.linear("fc", net.op("Flatten", net.op("GlobalAveragePool", x)), 10, 16), 1, 8, 16, 16)


def separable() -> File:
    """Return a depthwise and a pointwise convolution with ReLU6, and squeeze and excitation."""
    net = Builder()
    y = net.norm("n1", net.conv("dw", "x", 8, 1, 3, 3, bias=False, group=8, auto_pad="SAME_UPPER", strides=[2, 2]), 8)
    y = net.op("Clip", y, "zero", "six")
    s = net.op("Relu", net.conv("se.1", net.op("GlobalAveragePool", y), 2, 8, 1, 1))
    y = net.op("Mul", y, net.op("HardSigmoid", net.conv("se.2", s, 8, 2, 1, 1), alpha=1 / 6))
    y = net.norm("n2", net.conv("pw", y, 12, 8, 1, 1, bias=False), 12)
    return net.file(y, 1, 8, 9, 9)._replace(numbers={"zero": np.float32(0), "six": np.float32(6)})


@pytest.mark.parametrize(
    ("file", "params", "macs", "buffers"),
    [
        (lenet(), 61_706, 416_520, 0),
        # 2 x 576 + 2 x 16, 1,152 + 2,304 + 128 + 3 x 32, 170; 9 x 64 x 256 x 2, 64 x (1,152 + 2,304 + 128), 160
        (residual(), 5_034, 294_912 + 229_376 + 160, 2 * 17 + 3 * 33),
        # 72 + 16, 18 + 24, 96 + 24; 72 x 25, 16 + 16, 96 x 25
        (separable(), 250, 1_800 + 32 + 2_400, 17 + 25),
    ],
    ids=["LeNet-5", "residual units", "separable, squeezed and excited"],
)
def test_a_network_counts_as_by_hand(file: File, params: int, macs: int, buffers: int, tmp_path: Path) -> None:
    report = counted(whole(file.save(tmp_path)))
    assert (report.total_params, report.total_macs, report.buffers) == (params, macs, buffers)
    assert report.total_params == file.parameters
    assert shapes(report) == inferred(file.proto())


def test_residual_units_are_spelled_with_their_modules(tmp_path: Path) -> None:
    layers = whole(residual().save(tmp_path)).spec["layers"]
    assert [entry["name"] for entry in layers[:5]] == ["u0.c1", "u0.n1", "u0.c2", "u0.n2", "add1"]
    assert [entry.get("activation") for entry in layers[:5]] == [None, "relu", None, None, "relu"]
    assert layers[4]["from"] == ["u0.n2", "input"]


LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
"""Networks of Caffe and Caffe2 that onnx ships for its own tests, their weights made in place."""


@pytest.mark.skipif(not LIGHT.exists(), reason="this version of onnx ships no networks")
@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("bvlc_alexnet", 60_965_224),  # https://github.com/BVLC/caffe/tree/master/models/bvlc_alexnet
        ("resnet50", 25_557_032),  # as torchvision counts it
        ("squeezenet", 1_235_496),  # 1.1, as torchvision counts it
        ("vgg19", 143_667_240),  # as torchvision counts it
    ],
)
def test_a_network_that_onnx_ships_counts_as_published(name: str, params: int) -> None:
    report = counted(whole(str(LIGHT / f"light_{name}.onnx")))
    assert report.total_params == params
    assert report.outputs[0].shape.size == 1000


@pytest.mark.skipif(not LIGHT.exists(), reason="this version of onnx ships no networks")
def test_shuffled_channels_are_reshapes_and_a_permutation() -> None:
    types = kinds(whole(str(LIGHT / "light_shufflenet.onnx")))
    assert types.count("permute") == 16
