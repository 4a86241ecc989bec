"""What PyTorch exports is read back with as many parameters as numel() counts, and the shape that the model gives."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.sources.onnx.models import counted, shapes, whole

Make = Callable[[Any], Any]


def plain(nn: Any) -> Any:
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(72, 5))


def normed(nn: Any) -> Any:
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, bias=False),
        nn.BatchNorm2d(8),
        nn.Hardswish(),
        nn.GroupNorm(2, 8),
        nn.GELU(),
        nn.InstanceNorm2d(8, affine=True),
        nn.PReLU(8),
        nn.Flatten(2),
        nn.LayerNorm(36),
    )


def depthwise(nn: Any) -> Any:
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, groups=3, padding=1, padding_mode="reflect"),
        nn.ReLU6(),
        nn.Upsample(scale_factor=2),
        nn.Conv2d(6, 8, 1, stride=2),
        nn.PixelShuffle(2),
        nn.AdaptiveAvgPool2d(1),
    )


def transposed(nn: Any) -> Any:
    return nn.Sequential(nn.ConvTranspose2d(3, 6, 3, 2, 1, output_padding=1), nn.BatchNorm2d(6), nn.LeakyReLU(0.2))


def dilated(nn: Any) -> Any:
    return nn.Sequential(nn.Conv1d(2, 4, 5, dilation=2), nn.ELU(), nn.MaxPool1d(2), nn.Flatten(), nn.Softmax(1))


def recurrent(nn: Any) -> Any:
    class Recurrent(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(6, 5, batch_first=True, bidirectional=True)
            self.gru = nn.GRU(10, 4, batch_first=True)
            self.head = nn.Linear(4, 3)

        def forward(self, x: Any) -> Any:
            return self.head(self.gru(self.lstm(x)[0])[0])

    return Recurrent()


def skipping(nn: Any) -> Any:
    class Skipping(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.down = nn.Conv2d(3, 8, 3, padding=1)
            self.middle = nn.Conv2d(8, 16, 3, stride=2, padding=1)
            self.up = nn.ConvTranspose2d(16, 8, 2, 2)

        def forward(self, x: Any) -> Any:
            y = nn.functional.silu(self.down(x))
            return (y + self.up(nn.functional.gelu(self.middle(y)))).mean((2, 3)).chunk(2, 1)[1]

    return Skipping()


CASES = [
    (plain, (3, 8, 8)),
    (normed, (3, 8, 8)),
    (depthwise, (3, 8, 8)),
    (transposed, (3, 5, 5)),
    (dilated, (2, 20)),
    (recurrent, (7, 6)),
    (skipping, (3, 8, 8)),
]


def export(torch: ModuleType, model: Any, sample: tuple[int, ...], path: Path, **options: Any) -> str:
    """Export a model by tracing, which needs nothing but onnx; return the path."""
    with warnings.catch_warnings(action="ignore"):  # such as that this exporter is the older one
        torch.onnx.export(model, torch.zeros(1, *sample), path, dynamo=False, **options)
    return str(path)


@pytest.mark.parametrize(("make", "sample"), CASES)
def test_a_model_comes_back_as_it_was(make: Make, sample: tuple[int, ...], torch: ModuleType, tmp_path: Path) -> None:
    """In training mode, in which nothing is folded and no tensors are merged."""
    model = make(torch.nn)
    training = {"training": torch.onnx.TrainingMode.TRAINING, "do_constant_folding": False}
    report = counted(whole(export(torch, model, sample, tmp_path / "net.onnx", **training)))
    assert report.total_params == sum(parameter.numel() for parameter in model.parameters())
    assert shapes(report) == [tuple(model(torch.zeros(2, *sample)).shape[1:])]


def test_normalisation_folded_into_a_convolution_is_counted_as_the_file_has_it(
    torch: ModuleType, tmp_path: Path
) -> None:
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8)).eval()
    reading = whole(export(torch, model, (3, 8, 8), tmp_path / "net.onnx"))
    assert counted(reading).total_params == 8 * 27 + 8
    assert [remark.partition(":")[2] for remark in reading.remarks] == [
        " normalisations seem to be folded into these convolutions; what the file holds is counted: '0'"
    ]


def test_tensors_multiplied_as_matrices_are_the_product_that_they_are(torch: ModuleType, tmp_path: Path) -> None:
    """40 x 4 of the linear layer, and 5 x 4 x 5."""

    class Mixing(torch.nn.Module):  # type: ignore[misc,name-defined]
        def forward(self, x: Any) -> Any:
            return x @ x.transpose(1, 2)

    model = torch.nn.Sequential(torch.nn.Linear(8, 4), Mixing())
    report = counted(whole(export(torch, model, (5, 8), tmp_path / "net.onnx")))
    assert report.total_macs == 5 * 8 * 4 + 5 * 4 * 5
    assert shapes(report) == [(5, 5)]
