"""Networks of as many steps as are wanted, each of another kind that a reader may look through again and again."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Sharing(nn.Module):
    """Convolutions that share one weight."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(4, 4, 1, bias=False) for _ in range(steps))
        for conv in self.convs:
            conv.weight = self.convs[0].weight

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.convs:
            x = conv(x)
        return x


class Repeated(nn.Module):
    """One convolution that is called again and again."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps
        self.conv = nn.Conv2d(4, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(self.steps):
            x = self.conv(x)
        return x


class Functional(nn.Module):
    """Weights that functions are given, and activations in place."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.weights = nn.ParameterList(torch.zeros(4, 4, 1, 1) for _ in range(steps))

    def forward(self, x: Tensor) -> Tensor:
        for weight in self.weights:
            x = F.relu_(F.conv2d(x, weight))
        return x


class Residual(Sharing):
    """Steps of which each adds the first input and the last."""

    def forward(self, x: Tensor) -> Tensor:
        first = x
        for conv in self.convs:
            x = conv(x) + x + first
        return x


class Branches(Sharing):
    """Many results of one input, and all of them side by side."""

    def forward(self, x: Tensor) -> list[Tensor]:
        parts = [conv(x) for conv in self.convs]
        return [*parts, torch.cat(parts, 1)]


class Unknown(Sharing):
    """Steps that no layer says between those that layers say."""

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.convs:
            x = torch.cumsum(conv(x), 1)
        return x


class Unused(nn.Module):
    """Modules that no step uses, each on its own."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 1)
        for i in range(steps):
            setattr(self, f"spare{i}", nn.Conv2d(4, 4, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class Constants(Repeated):
    """Tensors that are none of the model's."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        for i in range(self.steps):
            x = x * torch.full((4, 1, 1), 1.0 + i)
        return x


class InPlace(Repeated):
    """One tensor that is written over again and again, while others stand for it as well."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        for _ in range(self.steps):
            x.relu_()
        return x
