"""Networks that do what not every way of reading a model can follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint


class Strict(nn.Module):
    """A model that takes tensors and nothing that stands for one, so that torch.export alone can follow it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.norm = nn.BatchNorm2d(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.drop = nn.Dropout(0.2)
        self.lstm = nn.LSTM(8, 6, batch_first=True)
        self.scale = nn.Parameter(torch.ones(6))
        self.fc = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        if not isinstance(x, torch.Tensor):
            raise TypeError("a tensor is due")
        x = F.max_pool2d(F.relu(self.norm(self.conv(x))), 2)
        x = F.interpolate(F.pad(x, (1, 0, 1, 0)), size=(6, 6)).flatten(2).permute(0, 2, 1)
        x = self.attention(x, x, x)[0]
        x, _ = self.lstm(self.drop(x))
        one, two = torch.split(x * self.scale, 18, dim=1)
        return self.fc(torch.cat([one, two[:, :9]], 1).mean(1))


class Swish(torch.autograd.Function):
    """A function with a gradient of its own, which torch.fx cannot look into."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return gradient


class OwnGradient(nn.Module):
    """An activation with a gradient of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(Swish.apply(self.conv(x)).mean((2, 3)))


class Checkpointed(nn.Module):
    """Layers that are run again in the backward pass, and a loop that ends by a size."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.fc = nn.Linear(3, 4)

    def forward(self, x: Tensor) -> Tensor:
        while x.shape[-1] > 4:
            x = F.max_pool2d(checkpoint(self.conv, x, use_reentrant=False), 2)
        return self.fc(x.mean((2, 3)))


@dataclass
class Answer:
    """Results with names."""

    scores: Tensor
    features: Tensor


class DropPath(nn.Module):
    """Leaves a branch out for some samples, while training: then no layer says what it does."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        return x * x.new_empty(x.shape[0], 1, 1, 1).bernoulli_(0.9)


class Named(nn.Module):
    """Results with names, and a branch that may be left out."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.drop_path = DropPath()
        self.fc = nn.Linear(3, 4)

    def forward(self, x: Tensor) -> Answer:
        x = x + self.drop_path(self.conv(x))
        return Answer(self.fc(x.mean((2, 3))), x)


class Cache(nn.Module):
    """A model that keeps what it makes."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.seen: list[Tensor] = []
        self.last: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        x = x if self.last is None else x + self.last
        self.last = x
        self.seen.append(x)
        return self.conv(x)


class Values(nn.Module):
    """A model that goes as the values of a tensor tell it to."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if x.max() > 0:
            x = F.relu(x)
        return self.fc(x.mean((2, 3)))


class Spectral(nn.Module):
    """Steps that have no layer, in a module of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(8, 8)
        self.inverse = Inverse()

    def forward(self, x: Tensor) -> Tensor:
        return self.inverse(self.embed(x))


class Inverse(nn.Module):
    """The pseudoinverse, and the exponential, of matrices."""

    def forward(self, x: Tensor) -> Tensor:
        x = torch.linalg.pinv(x)
        return torch.matrix_exp(x[..., :5, :])


class Spare(nn.Module):
    """A model with a layer and a parameter that forward does not use, and one that it uses for nothing."""

    def __init__(self, idle: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.idle = nn.Parameter(torch.zeros(5)) if idle else None
        if not idle:
            self.extra = nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2))
            self.token = nn.Parameter(torch.zeros(4))

    def forward(self, x: Tensor) -> Tensor:
        if self.idle is not None:
            torch.cumsum(self.idle, 0)
        return self.conv(x)


class SpareInside(nn.Module):
    """A model that calls a module whose only layer it does not use."""

    class Doubled(nn.Module):
        """What puts its input beside itself."""

        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.BatchNorm2d(8)

        def forward(self, x: Tensor) -> Tensor:
            return torch.cat([x, x], 1)

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.doubled = self.Doubled()

    def forward(self, x: Tensor) -> Tensor:
        return self.doubled(self.conv(x))


class PaddedSame(nn.Module):
    """Max pooling as networks converted from TensorFlow pad it: with -inf, one row more at the end where it is odd."""

    def __init__(self, pad: tuple[int, ...] = (0, 1, 0, 1)) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.pool = nn.MaxPool2d(3, 2)
        self.pad = pad

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(self.conv(x), self.pad, value=-torch.inf)
        return self.pool(x)


class SharingBlock(nn.Module):
    """A convolution, and an activation that all blocks have in common."""

    activation = nn.SiLU()

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, out, 3, padding=1)
        self.act = self.activation

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.conv(x))


class OneActivation(nn.Module):
    """Blocks that share a module, in a model that torch.export alone can follow."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = SharingBlock(3, 4), SharingBlock(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        if not isinstance(x, torch.Tensor):
            raise TypeError("a tensor is due")
        return self.b(self.a(x))


class TwoNames(OneActivation):
    """The same, of one convolution under two names."""

    def __init__(self) -> None:
        super().__init__()
        self.a = self.b = nn.Conv2d(3, 3, 3, padding=1)


class Sliced(nn.Module):
    """The same, of slices of a list: the first and the last of three blocks are called once, the second twice."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(SharingBlock(3, 3) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        if not isinstance(x, torch.Tensor):
            raise TypeError("a tensor is due")
        for block in [*self.blocks[1:], *self.blocks[:2]]:
            x = block(x)
        return x


class PartlyFrozen(nn.Module):
    """A convolution whose weight is frozen and whose bias is not, and a norm of which the bias is frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.conv.weight.requires_grad_(False)
        self.norm = nn.BatchNorm2d(8)
        self.norm.bias.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.conv(x))


class Standardised(nn.Module):
    """Weights that are made on the way: standardised, transposed, of a buffer, and tied to an embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.embed = nn.Linear(8, 5, bias=False)
        self.register_buffer("blur", torch.ones(8, 1, 3, 3) / 9)

    def forward(self, x: Tensor) -> Tensor:
        weight = self.conv.weight
        weight = (weight - weight.mean((1, 2, 3), keepdim=True)) / weight.std((1, 2, 3), keepdim=True)
        x = nn.functional.conv2d(x, weight, self.conv.bias)
        x = nn.functional.conv2d(x, self.blur, groups=8)
        x = self.embed(x.mean((2, 3)))
        return nn.functional.linear(x, self.embed.weight.t())


class Tokens(nn.Module):
    """A class token, positions that a small network gives, and a bias of attention out of a table."""

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, 16))
        self.positions = nn.Linear(2, 16)
        self.register_buffer("places", torch.ones(1, 10, 2))
        self.register_buffer("index", torch.zeros(100, dtype=torch.int64))
        self.table = nn.Parameter(torch.zeros(19, 2))

    def forward(self, x: Tensor) -> Tensor:
        x = torch.cat([self.token.expand(len(x), -1, -1), x], 1) + self.positions(self.places)
        q = x.reshape(len(x), 10, 2, 8).transpose(1, 2)
        bias = self.table[self.index].view(10, 10, 2).permute(2, 0, 1).unsqueeze(0)
        return ((q @ q.transpose(-2, -1) * 8**-0.5 + bias).softmax(-1) @ q).transpose(1, 2).flatten(2)


class Windows(nn.Module):
    """Windows of an image, which are folded into the batch for a convolution and for attention, and put together."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 8, 3, padding=1)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        x = x.view(n, c, h // 4, 4, w // 4, 4).permute(0, 2, 4, 1, 3, 5).reshape(-1, c, 4, 4)
        x = self.conv(x).flatten(2).transpose(1, 2)
        x = x + self.attention(x, x, x, need_weights=False)[0]
        return x.view(n, h // 4, w // 4, 4, 4, 8).permute(0, 5, 1, 3, 2, 4).reshape(n, 8, h, w)


class Growing(nn.Module):
    """A weight that is made in steps, of which each uses what the one before gave twice."""

    def __init__(self, steps: int = 3) -> None:
        super().__init__()
        self.steps = steps
        self.conv = nn.Conv2d(3, 8, 3)
        self.scale = nn.Parameter(torch.ones(8, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        scale = self.scale
        for _ in range(self.steps):
            scale = scale + torch.sigmoid(scale)
        return self.conv(x) * scale


class MixedBatch(nn.Module):
    """Norms over samples and tokens at once, in residual steps."""

    def __init__(self, steps: int = 3) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.BatchNorm1d(16) for _ in range(steps))

    def forward(self, x: Tensor) -> Tensor:
        for norm in self.norms:
            x = x + norm(x.flatten(0, 1)).reshape_as(x)
        return x


class Viewed(nn.Module):
    """Parameters that are not used in the shape that they have, and a single number."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.gamma = nn.Parameter(torch.ones(8))
        self.beta = nn.Parameter(torch.zeros(2, 4))
        self.rows = nn.Parameter(torch.zeros(1, 8, 1))
        self.gain = nn.Parameter(torch.tensor(1.0))

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x).mul(self.gamma.reshape(1, -1, 1, 1)) + self.beta.view(8, 1, 1)
        return self.gain * (x + self.rows.squeeze()[:, None, None])


class StepsFirstScale(nn.Module):
    """A parameter for each step, in a tensor whose second dimension is the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(7, 1, 6))
        self.gru = nn.GRU(6, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.gru(x.transpose(0, 1) * self.scale)[0].transpose(0, 1)


class ManyWeights(nn.Module):
    """A weight that is made of many others."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.scales = nn.ParameterList(torch.ones(8, 1, 1) for _ in range(50))

    def forward(self, x: Tensor) -> Tensor:
        scale = self.scales[0]
        for other in list(self.scales)[1:]:
            scale = scale + other
        return self.conv(x) * scale
