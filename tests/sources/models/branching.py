"""Networks that split and join."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DenseLayer(nn.Module):
    """A layer that sees all before it."""

    def __init__(self, channels: int, growth: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, 2 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(2 * growth)
        self.conv2 = nn.Conv2d(2 * growth, growth, 3, padding=1, bias=False)

    def forward(self, features: Tensor | list[Tensor]) -> Tensor:
        before = [features] if isinstance(features, Tensor) else features
        x = self.conv1(F.relu(self.norm1(torch.cat(before, 1)), inplace=True))
        return F.dropout(self.conv2(F.relu(self.norm2(x))), p=0.1, training=self.training)


class DenseNet(nn.Module):
    """A dense block and a transition."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.layers = nn.ModuleList([DenseLayer(8 + 4 * i, 4) for i in range(3)])
        self.transition = nn.Sequential(nn.BatchNorm2d(20), nn.ReLU(), nn.Conv2d(20, 10, 1), nn.AvgPool2d(2, 2))
        self.classifier = nn.Linear(10, 7)

    def forward(self, x: Tensor) -> Tensor:
        features = [self.stem(x)]
        for layer in self.layers:
            features.append(layer(features if len(features) > 1 else features[0]))
        x = self.transition(torch.cat(features, dim=1))
        return self.classifier(F.avg_pool2d(x, x.shape[-1]).flatten(1))


class Inception(nn.Module):
    """Four branches and an auxiliary head, which only training uses."""

    def __init__(self) -> None:
        super().__init__()
        self.branch1 = nn.Conv2d(3, 8, 1)
        self.branch2 = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Conv2d(4, 8, (1, 7), padding=(0, 3)))
        self.branch3 = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(3, 8, 1))
        self.branch_pool = nn.Conv2d(3, 8, 1)
        self.aux = nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(512, 10))
        self.fc = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        pooled = F.avg_pool2d(x, kernel_size=3, stride=1, padding=1, count_include_pad=False)
        outputs = [self.branch1(x), self.branch2(x), self.branch3(x), self.branch_pool(pooled)]
        x = F.relu(torch.cat(outputs, 1))
        aux = self.aux(x) if self.training else None
        x = self.fc(torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1))
        return x if aux is None else (x, aux)


def channel_shuffle(x: Tensor, groups: int) -> Tensor:
    """Deal channels out over groups, as torchvision does."""
    batchsize, num_channels, height, width = x.size()
    x = x.view(batchsize, groups, num_channels // groups, height, width)
    x = torch.transpose(x, 1, 2).contiguous()
    return x.view(batchsize, num_channels, height, width)


class ShuffleUnit(nn.Module):
    """ShuffleNetV2's unit: half of the channels pass by."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.branch2 = nn.Sequential(
            nn.Conv2d(half, half, 1, bias=False),
            nn.BatchNorm2d(half),
            nn.ReLU(inplace=True),
            nn.Conv2d(half, half, 3, padding=1, groups=half, bias=False),
            nn.BatchNorm2d(half),
        )

    def forward(self, x: Tensor) -> Tensor:
        x1, x2 = x.chunk(2, dim=1)
        return channel_shuffle(torch.cat((x1, self.branch2(x2)), dim=1), 2)


class ShuffleNet(nn.Module):
    """Two units."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 12, 3, 2)
        self.stage = nn.Sequential(ShuffleUnit(12), ShuffleUnit(12))
        self.fc = nn.Linear(12, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.stage(self.stem(x)).mean([2, 3]))


class UNet(nn.Module):
    """An encoder and a decoder with skips, which interpolates to the size that it finds."""

    def __init__(self) -> None:
        super().__init__()
        self.down1 = nn.Conv2d(3, 8, 3, padding=1)
        self.down2 = nn.Conv2d(8, 16, 3, padding=1)
        self.bottom = nn.Conv2d(16, 32, 3, padding=1)
        self.up = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.merge2 = nn.Conv2d(32, 8, 3, padding=1)
        self.upsample = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        self.merge1 = nn.Conv2d(16, 8, 3, padding=1)
        self.out = nn.Conv2d(8, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[2:]
        one = F.relu(self.down1(x))
        two = F.relu(self.down2(F.max_pool2d(one, 2)))
        x = F.relu(self.bottom(F.max_pool2d(two, 2)))
        x = self.up(x)
        height, width = two.size(2) - x.size(2), two.size(3) - x.size(3)
        x = F.pad(x, [width // 2, width - width // 2, height // 2, height - height // 2])
        x = F.relu(self.merge2(torch.cat([two, x], dim=1)))
        x = self.upsample(x)
        if x.shape[2:] != one.shape[2:]:
            x = F.interpolate(x, size=one.shape[2:])
        x = self.out(F.relu(self.merge1(torch.cat([one, x], dim=1))))
        return torch.sigmoid(F.interpolate(x, size=size, mode="bilinear", align_corners=False))


class Siamese(nn.Module):
    """Two images through one tower, and what tells them apart."""

    def __init__(self) -> None:
        super().__init__()
        self.tower = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(144, 16))
        self.head = nn.Linear(32, 1)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        return self.head(torch.cat([self.tower(left), self.tower(right)], dim=1))


class ImageAndMeta(nn.Module):
    """Two inputs of different kinds, of which one may be left out."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.meta = nn.Linear(5, 4)
        self.fc = nn.Linear(8, 2)

    def forward(self, image: Tensor, meta: Tensor | None = None, scale: float = 1.0) -> tuple[Tensor, Tensor]:
        x = self.encoder(image)
        more = torch.zeros_like(x) if meta is None else self.meta(meta)
        x = torch.cat([x, more], 1)
        return self.fc(x), x
