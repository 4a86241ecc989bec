"""Convolutional networks one layer after another."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Tutorial(nn.Module):
    """The network that the README begins with, as its tutorial writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(16, 32, 3)
        self.fc1 = nn.Linear(32 * 14 * 14, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = x.view(-1, 32 * 14 * 14)
        x = F.relu(self.fc1(x))
        return self.fc2(x)


class LeNet(nn.Module):
    """LeNet-5 with tanh, average pooling and a softmax at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2),
            nn.Tanh(),
            nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5),
            nn.Tanh(),
            nn.AvgPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.log_softmax(self.classifier(self.features(x)), dim=1)


class AlexNet(nn.Module):
    """AlexNet as torchvision has it, with local response normalisation besides."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2),
            nn.ReLU(inplace=True),
            nn.LocalResponseNorm(5),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(64, 192, kernel_size=5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(192, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(p=0.5),
            nn.Linear(256 * 6 * 6, 64),
            nn.ReLU(inplace=True),
            nn.Dropout(p=0.5),
            nn.Linear(64, 10),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        x = self.avgpool(x)
        x = torch.flatten(x, 1)
        return self.classifier(x)


class VGG(nn.Module):
    """A VGG whose layers are made in a loop."""

    def __init__(self, depths: tuple[int | str, ...] = (16, "M", 32, "M", 64, 64, "M")) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for depth in depths:
            if isinstance(depth, str):
                layers.append(nn.MaxPool2d(2, ceil_mode=True))
                continue
            layers += [nn.Conv2d(channels, depth, 3, padding="same"), nn.BatchNorm2d(depth), nn.ReLU(True)]
            channels = depth
        self.features = nn.Sequential(*layers)
        self.fc = nn.Linear(channels, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        x = F.adaptive_avg_pool2d(x, 1).squeeze(-1).squeeze(-1)
        return F.softmax(self.fc(F.dropout(x, 0.3, self.training)), dim=-1)


class Functional(nn.Module):
    """No modules at all: parameters, and functions that are given them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1_weight = nn.Parameter(torch.zeros(8, 3, 3, 3))
        self.conv1_bias = nn.Parameter(torch.zeros(8))
        self.depthwise = nn.Parameter(torch.zeros(8, 1, 3, 3))
        self.norm_weight = nn.Parameter(torch.ones(8))
        self.norm_bias = nn.Parameter(torch.zeros(8))
        self.up = nn.Parameter(torch.zeros(8, 4, 2, 2))
        self.slope = nn.Parameter(torch.full((4,), 0.25))
        self.fc_weight = nn.Parameter(torch.zeros(10, 64))
        self.register_buffer("mean", torch.zeros(8))
        self.register_buffer("var", torch.ones(8))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        x = F.conv2d(x, self.conv1_weight, self.conv1_bias, stride=2, padding=1)
        x = F.conv2d(x, weight=self.depthwise, groups=8, padding="valid").relu_()
        x = F.batch_norm(x, self.mean, self.var, self.norm_weight, self.norm_bias, self.training)
        x = F.group_norm(x, 4)
        x = F.conv_transpose2d(x, self.up, stride=2)
        x = F.prelu(x, self.slope)
        x = F.adaptive_max_pool2d(x, (4, 4))
        return F.linear(x.reshape(x.shape[0], -1), self.fc_weight)


class Signal(nn.Module):
    """One dimension: convolutions over a signal, pooled by a mean."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv1d(2, 8, 9, stride=2, padding=4, padding_mode="reflect"),
            nn.InstanceNorm1d(8, affine=True),
            nn.GELU(),
            nn.MaxPool1d(3),
            nn.Conv1d(8, 16, 3, dilation=2),
            nn.ELU(alpha=0.5),
        )
        self.head = nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.net(x).mean(dim=-1)).squeeze(1)


class Volume(nn.Module):
    """Three dimensions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(1, 4, 3, stride=(1, 2, 2), padding=1, bias=False)
        self.norm = nn.BatchNorm3d(4)
        self.up = nn.ConvTranspose3d(4, 2, 2, 2, output_padding=1)
        self.drop = nn.Dropout3d(0.2)

    def forward(self, x: Tensor) -> Tensor:
        x = F.avg_pool3d(F.leaky_relu(self.norm(self.conv(x)), 0.2, inplace=True), 2)
        return self.drop(self.up(x)).amax((2, 3, 4))
