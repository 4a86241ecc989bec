"""What the code of a model calls its parts, and what its errors say, is only text on the terminal and in the log."""

from pathlib import Path

import pytest

from tests import readers
from tests.bad_runs import cnnparams
from tests.test_names import HOSTILE

CODE = """
import torch
from torch import nn

TEXT = {text!r}

def named():
    net = nn.Sequential()
    net.add_module(TEXT.replace(".", "_"), type(TEXT, (nn.Sequential,), {{}})(nn.Conv2d(3, 4, 3), nn.ReLU()))
    return net

class Unread(nn.Module):
    def forward(self, x):
        return x / x.max()

def unread():
    net = nn.Sequential()
    net.add_module(TEXT.replace(".", "_"), Unread())
    return net

def failing():
    raise type(TEXT, (ValueError,), {{}})(TEXT)  # {comment}

def none():
    return type(TEXT, (), {{}})()
"""


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("factory", ["named", "unread", "failing", "none"])
def test_names_of_a_model_are_only_text(
    text: str, factory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    module = f"stranger_{abs(hash(request.node.name))}"
    comment = "".join(c for c in text if c.isprintable())
    (tmp_path / f"{module}.py").write_text(CODE.format(text=text, comment=comment), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    done = cnnparams("import", f"{module}:{factory}", "--input", "3x8x8", "--partial")
    assert done.code in {"named": (0,), "unread": (1, 2), "failing": (2,), "none": (2,)}[factory]
    assert "internal error" not in done.err
    assert readers.unseen(done.out) == readers.unseen(done.err) == set()
    assert readers.commands(done.out) == readers.commands(done.err) == []
    if factory == "named":
        path = tmp_path / "back.yaml"
        path.write_text(done.out, encoding="utf-8")
        assert cnnparams("count", str(path)).code == 0
