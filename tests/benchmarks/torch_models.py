"""ResNet-50 and MobileNetV2 written in PyTorch, of any width: what counting parameters by numel() has to build."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from cnnparams.expression import make_divisible


def parameters(torch: ModuleType, model: str, width: float) -> int:
    """Build a model on the meta device, and sum up numel()."""
    with torch.device("meta"):
        built = torch.nn.Sequential(*_MODELS[model](torch.nn, width))
    return sum(p.numel() for p in built.parameters() if p.requires_grad)


def _conv_bn(nn: Any, before: int, out: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> list[Any]:
    conv = nn.Conv2d(before, out, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(out)]


def _resnet50(nn: Any, group_width: float) -> list[Any]:
    layers, channels = _conv_bn(nn, 3, 64, 7, 2), 64
    for stage, depth in enumerate((3, 4, 6, 3)):
        planes = 64 * 2**stage
        inner = int(planes * group_width) // 64
        for unit in range(depth):
            stride = 2 if stage and not unit else 1
            layers += _conv_bn(nn, channels, inner) + _conv_bn(nn, inner, inner, 3, stride)
            layers += _conv_bn(nn, inner, 4 * planes)
            if not unit:
                layers += _conv_bn(nn, channels, 4 * planes, 1, stride)
            channels = 4 * planes
    return [*layers, nn.ReLU(), nn.MaxPool2d(3), nn.AdaptiveAvgPool2d(1), nn.Linear(channels, 1000)]


_BOTTLENECKS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def _mobilenet_v2(nn: Any, width: float) -> list[Any]:
    channels = make_divisible(32 * width)
    layers = _conv_bn(nn, 3, channels, 3, 2)
    for expansion, c, count, first in _BOTTLENECKS:
        for i in range(count):
            inner, out = channels * expansion, make_divisible(c * width)
            if expansion != 1:
                layers += _conv_bn(nn, channels, inner)
            layers += _conv_bn(nn, inner, inner, 3, 1 if i else first, inner) + _conv_bn(nn, inner, out)
            channels = out
    last = make_divisible(1280 * max(1, width))
    layers += _conv_bn(nn, channels, last)
    return [*layers, nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Dropout(0.2), nn.Linear(last, 1000)]


_MODELS = {"resnet50": _resnet50, "mobilenet_v2": _mobilenet_v2}
