"""Networks with steps that learn and multiply nothing, written as functions: arithmetic, reductions, padding, moves."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Scaled(nn.Module):
    """Numbers beside tensors: a scaled image, a scaled residual, a gate and what it leaves."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 3, 3, padding=1)
        self.gate = nn.Conv2d(3, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = (x / 255 - 0.5) * 2
        x = x + 0.2 * self.stem(x) * 1
        gate = torch.sigmoid(self.gate(x))
        x = gate * x + (1 - gate) * x.pow(2)
        return torch.abs(torch.add(x, gate, alpha=0.5) - x).clamp(min=1e-6).log()


class Compared(nn.Module):
    """Truth values: comparisons, masks, and one tensor or another."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        inside = (y > 0) & (y <= 1) | ~(x != y)
        y = torch.where(inside, y, torch.maximum(x, y))
        return torch.where(y < x, y, 0.0).masked_fill(y.isnan(), float("-inf"))


class Reduced(nn.Module):
    """Sums, norms and indices over dimensions of a sample."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        x = self.conv(x)
        pooled = x.sum((2, 3)) + x.amax((2, 3)) + x.std((2, 3)) + x.flatten(2).norm(dim=2)
        largest, where = x.max(1)
        logits = F.normalize(self.fc(pooled), dim=1)
        return logits, logits.argmax(1), largest.mean(1, keepdim=True), where, x.flatten(1).prod(1)


class Outputs(NamedTuple):
    """Results with names."""

    features: Tensor
    logits: Tensor


class DroppedPath(nn.Module):
    """Paths that are dropped while training, as timm writes it and as ConvNeXt's authors do; results with names."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 3, 3, padding=1)
        self.second = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Outputs:
        keep = 0.75
        path = self.first(x)
        if self.training:
            mask = path.new_empty((path.shape[0], 1, 1, 1)).bernoulli_(keep)
            mask.div_(keep)
            path = path * mask
        x = x + path
        path = self.second(x)
        if self.training:
            noise = keep + torch.rand((path.shape[0], 1, 1, 1), dtype=path.dtype, device=path.device)
            noise.floor_()
            path = path.div(keep) * noise
        return Outputs(path, (x + path).mean((2, 3)))


class Padded(nn.Module):
    """Every mode of padding, as functions and as modules."""

    def __init__(self) -> None:
        super().__init__()
        self.pad = nn.ReflectionPad2d(1)
        self.conv = nn.Conv2d(3, 3, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(self.pad(x))
        x = self.conv(F.pad(x, (1, 1, 1, 1), mode="replicate"))
        x = self.conv(F.pad(x, (1, 1, 1, 1), mode="circular"))
        x = self.conv(F.pad(x, (1, 1, 1, 1), mode="reflect"))
        return self.conv(F.pad(x, (1, 1, 1, 1), value=0.5))


class Activated(nn.Module):
    """Activations that few use, as modules and as functions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        each = [nn.Hardtanh(), nn.RReLU(), nn.CELU(), nn.LogSigmoid(), nn.Threshold(0.1, 0), nn.Softsign()]
        self.modules_of_torch = nn.Sequential(*each, nn.Hardshrink(), nn.Softshrink(), nn.Tanhshrink(), nn.Softmin(1))

    def forward(self, x: Tensor) -> Tensor:
        x = F.glu(self.modules_of_torch(self.conv(x)), 1)
        x = F.hardtanh(F.celu(F.logsigmoid(F.threshold(x, 0.1, 0.0))), -2, 2)
        return F.softmin(F.softsign(F.hardshrink(F.softshrink(F.tanhshrink(x)))), 1)


class Moved(nn.Module):
    """Elements that move, repeat, are picked, sorted, laid out as columns, and sampled."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3, padding=1)
        self.fc = nn.Linear(18, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        y = torch.roll(self.conv(x), (1, -1), (2, 3)).flip(3)
        places = F.grid_sample(x, y.permute(0, 2, 3, 1), align_corners=False)
        stacked = torch.stack([y, y[:, [1, 0]]]).sum(0)
        columns = self.fc(F.unfold(stacked, 3, stride=2).transpose(1, 2))
        best = columns.topk(2, dim=-1)[0].repeat(1, 1, 3).repeat_interleave(2, dim=2)
        spread = stacked.mean((2, 3), keepdim=True).expand(-1, -1, 4, 4)
        return places, best, torch.cat([spread, spread.tril()], 1), stacked.sort(1)[0].cumsum(2)
