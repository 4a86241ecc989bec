"""How exported modules read: as a person would have written them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.targets.code.exported import text_of, zoo

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.txt"))
TUTORIAL = '''\
"""simple_cnn in PyTorch, exported by cnnparams."""

import torch
import torch.nn.functional as F
from torch import nn


class SimpleCNN(nn.Module):
    """simple_cnn: (N, 3, 64, 64) -> (N, 10).

    707,690 parameters, 13,666,304 multiply-accumulates.
    """

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, kernel_size=5)
        self.maxpool1 = nn.MaxPool2d(kernel_size=2, stride=2)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=5)
        self.maxpool2 = nn.MaxPool2d(kernel_size=2, stride=2)
        self.fc1 = nn.Linear(5408, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = self.maxpool1(F.relu(self.conv1(x)))
        x = self.maxpool2(F.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        return self.fc2(x)


if __name__ == "__main__":
    model = SimpleCNN()
    print(sum(p.numel() for p in model.parameters() if p.requires_grad))
'''


def test_simple_cnn_reads_like_the_class_of_a_tutorial() -> None:
    assert zoo("simple_cnn") == TUTORIAL


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_network_of_blocks_reads_like_a_person_s(path: Path) -> None:
    assert zoo(path.stem) == path.read_text(encoding="utf-8")


def test_a_description_is_in_the_docstring_and_cannot_end_it() -> None:
    said = 'The "first"\n""" one: C:\\new ' + "\\" * 200
    code = text_of({"name": "a", "description": said, "input": {"features": 3}, "layers": ["relu"]})
    docstring = compile(code, "a", "exec").co_consts[0]
    assert "".join(docstring.split()).endswith("The'first''''one:C:\\new" + "\\" * 200)


def test_what_is_frozen_says_so() -> None:
    frozen = {"type": "linear", "name": "head", "out_features": 2, "trainable": False}
    code = text_of({"input": {"features": 3}, "layers": [{"type": "linear", "out_features": 3}, frozen]})
    assert "self.head = nn.Linear(3, 2).requires_grad_(False)" in code
    assert "20 parameters, of which 8 are frozen, 15 multiply-accumulates." in code


def test_what_is_shared_is_called_again() -> None:
    layer = {"type": "linear", "name": "a", "out_features": 3}
    code = text_of({"input": {"features": 3}, "layers": [layer, "relu", {**layer, "name": "b", "share": "a"}]})
    assert "self.b" not in code
    assert code.count("self.a(") == 2
