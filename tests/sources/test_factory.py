"""What a user's MODULE:FACTORY gives, and what is said where it gives nothing."""

from pathlib import Path

import pytest

from cnnparams.errors import CnnparamsError

pytest.importorskip("torch")

CODE = """
from torch import nn

class Net(nn.Module):
    pass

made = nn.Linear(2, 3)
number = 3

def broken():
    raise RuntimeError("no weights")

def needs(width):
    return nn.Linear(width, 1)

def text():
    return "net"

def narrow():
    return nn.Linear("2", 3)

def leaves():
    raise SystemExit(3)

class Odd:
    def __getattr__(self, name):
        raise GeneratorExit(name)

    def __call__(self):
        return nn.Linear(2, 3)

class Masked:
    @property
    def __class__(self):
        raise ValueError("no class")

odd, masked = Odd(), Masked()

def elsewhere():
    import os
    os.chdir("/")
    return nn.Linear(2, 3)

from functools import partial
early = partial(int, "net")
"""


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "factory_models.py").write_text(CODE)
    (tmp_path / "factory_broken.py").write_text("import no_such_package\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return "factory_models"


@pytest.mark.parametrize("name", ["Net", "made"])
def test_a_class_a_function_or_a_model_gives_a_model(models: str, name: str) -> None:
    from cnnparams.sources.factory import make

    assert type(make(f"{models}:{name}")).__name__ in ("Net", "Linear")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("factory_models", "'factory_models' is not MODULE:FACTORY"),
        (":Net", "is not MODULE:FACTORY"),
        ("no_such_module:net", "no module 'no_such_module'"),
        ("factory_broken:net", "importing 'factory_broken' failed: ModuleNotFoundError: No module named 'no_such_pack"),
        ("factory_models:net", "factory_models has no 'net'\n  hint: did you mean 'Net'?"),
        ("factory_models:number", "is neither callable nor a torch.nn.Module"),
        ("factory_models:text", "returns str, not a torch.nn.Module"),
        ("factory_models:broken", "failed: RuntimeError: no weights\n"),
        (
            "factory_models:needs",
            "needs' needs width, but a factory is called without arguments\n  hint: name a ",
        ),
        ("factory_models:leaves", "failed: SystemExit: 3\n"),
        ("factory_models:odd.net", "looking for 'odd.net' failed: GeneratorExit: net\n"),
        ("factory_models:masked", "calling 'factory_models:masked' failed: ValueError: no class\n"),
    ],
)
def test_what_gives_no_model_is_told(models: str, name: str, message: str) -> None:
    from cnnparams.sources.factory import make

    with pytest.raises(CnnparamsError) as raised:
        make(name)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("name", "line"), [("broken", '11: raise RuntimeError("no weights")'), ("narrow", '20: return nn.Linear("2", 3)')]
)
def test_the_line_of_the_user_s_code_is_named(models: str, name: str, line: str) -> None:
    from cnnparams.sources.factory import make

    with pytest.raises(CnnparamsError) as raised:
        make(f"{models}:{name}")
    assert str(raised.value).endswith(f"factory_models.py:{line}")


def test_what_fails_before_a_line_of_it_runs_has_none(models: str) -> None:
    from cnnparams.sources.factory import make

    with pytest.raises(CnnparamsError, match=r"^calling 'factory_models:early' failed: ValueError: [^\n]*$"):
        make(f"{models}:early")
