"""Modules and parameters under every name that PyTorch lets them have."""

from __future__ import annotations

from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Numbered(nn.Module):
    """A list that starts with what holds no tensors, one with gaps, one of a single module, and lists within lists."""

    def __init__(self) -> None:
        super().__init__()
        self.f = nn.Sequential(nn.ReLU(), nn.Conv2d(3, 8, 3, padding=1))
        self.gaps = nn.Sequential(nn.Identity(), nn.BatchNorm2d(8), nn.Identity(), nn.ReLU(), nn.Conv2d(8, 8, 1))
        self.single = nn.Sequential(nn.Conv2d(8, 8, 1))
        self.nested = nn.ModuleList([nn.Sequential(nn.Sequential(nn.Conv2d(8, 8, 1)), nn.ReLU()) for _ in range(3)])
        self.scales = nn.ParameterList([nn.Parameter(torch.ones(8, 1, 1)) for _ in range(2)])

    def forward(self, x: Tensor) -> Tensor:
        x = self.single(self.gaps(self.f(x)))
        for module in self.nested:
            x = x + module(x)
        return x * self.scales[0] * self.scales[1]


class Top(nn.Sequential):
    """A model that is a list itself."""

    def __init__(self) -> None:
        super().__init__(nn.ReLU(), nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5))


class Words(nn.Module):
    """Names that Python, PyTorch or a spec has for other things; of some PyTorch itself finds the method alone."""

    def __init__(self) -> None:
        super().__init__()
        self.keys, self.values, self.pop = (nn.Conv2d(3, 3, 1) for _ in range(3))
        self._conv_stem = nn.Conv2d(3, 3, 1)
        self.type = nn.Conv2d(3, 3, 1)
        self.add_module("class", nn.Conv2d(3, 3, 1))
        self.heads = nn.ModuleDict({"lambda": nn.Conv2d(3, 3, 1), "a-b": nn.Conv2d(3, 3, 1), "1": nn.Conv2d(3, 3, 1)})
        named = [("in", nn.Conv2d(3, 3, 1)), ("ReLU", nn.ReLU()), ("7", nn.Conv2d(3, 3, 1))]
        self.named = nn.Sequential(OrderedDict(named))
        self.factor = nn.Module()
        self.factor.weight = nn.Parameter(torch.ones(3, 1, 1))
        self.add, self.relu1, self.conv1_weight = (nn.Parameter(torch.ones(3, 1, 1)) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        x = self._conv_stem(self.keys(x) + self.values(x) + self.pop(x))
        x = self._modules["type"](F.relu(getattr(self, "class")(x)))
        for head in self.heads.values():
            x = head(x)
        return self.named(x) * self.factor.weight * self.add * self.relu1 + self.conv1_weight


class Scaled(nn.Module):
    """A layer written by hand, with a scale beside its weight and its bias."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels, channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.gamma = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias) * self.gamma


class FrozenNorm(nn.Module):
    """A batch norm written by hand."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, self.training)


class ByHand(nn.Module):
    """Layers written by hand, and one whose weights its owner gives to a function."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Scaled(6), Scaled(6)])
        self.norm = FrozenNorm(6)
        self.fc = nn.Linear(6, 4)
        self.tied = nn.Linear(6, 6)
        self.again = nn.Linear(6, 6)
        self.again.weight, self.again.bias = self.tied.weight, self.tied.bias

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        x = self.again(self.tied(self.norm(x)))
        return F.linear(x, self.fc.weight, self.fc.bias)


class Inputs(nn.Module):
    """Inputs that are called like modules."""

    def __init__(self) -> None:
        super().__init__()
        self.image, self.meta = nn.Linear(4, 3), nn.Linear(5, 3)

    def forward(self, image: Tensor, meta: Tensor, meta_input: Tensor) -> Tensor:
        return self.image(image) + self.meta(meta) + meta_input
