"""Models that do what nobody expects of one are read, or refused in plain words: none is a fault, none has no end."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

from cnnparams.errors import CnnparamsError
from tests.sources.read_back import counted, named, read
from tests.specs import ROOT


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("Raises", "running the model failed: Stopped: its __str__ fails\n"),
        ("Calls", "running the model failed: RecursionError: "),
        ("GivesNothing", "the model's forward returns no tensor\n"),
        ("NoModules", "reading the model failed: Stopped: its __str__ fails\n"),
        ("NoForward", "the model has no forward that can be called\n"),
        ("NoInit", "the model is not initialised yet\n"),
        ("in_itself", "inner.outer is a module that it stands in itself\n"),
        ("tangled", "inner.inner.inner"),
    ],
)
def test_what_cannot_be_read_is_told(torch: ModuleType, model: str, message: str) -> None:
    with pytest.raises(CnnparamsError) as raised:
        read(named(f"hostile:{model}")(), "3x8x8")
    assert str(raised.value).startswith(message)


def test_what_is_too_deep_is_told(torch: ModuleType) -> None:
    with pytest.raises(CnnparamsError, match=r"^inner\.inner\.inner\.\.\. is more than 900 modules deep\n"):
        read(named("hostile:deep")(3_000), "3x8x8")


def test_a_run_without_end_is_ended(torch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnparams.sources.pytorch import read as reading

    monkeypatch.setattr(reading, "MOST_OPERATIONS", 1_000)
    with pytest.raises(CnnparamsError, match=r"^the model did not end after 1,000 operations of PyTorch\n"):
        read(named("hostile:Loops")(), "3x8x8")


@pytest.mark.parametrize(("model", "steps"), [("Repeated", 21), ("Unknown", 11), ("Unused", 20)])
def test_a_model_of_more_layers_than_a_spec_may_have_is_told(
    torch: ModuleType, model: str, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnnparams.engine.network import builder as network

    monkeypatch.setattr(network, "MOST_LAYERS", 20)
    with pytest.raises(CnnparamsError, match=r"^the model is too large for a spec: the network has more than 20 "):
        read(named(f"growing:{model}")(steps), "4x6x6")


LONG = """
import resource
from tests.sources.read_back import named, read
model = named("growing:Repeated")(1)
read(model, "4x6x6")
resource.setrlimit(resource.RLIMIT_STACK, (300_000, resource.getrlimit(resource.RLIMIT_STACK)[1]))
model.steps = 4_000
print(len(read(model, "4x6x6").spec["layers"]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the stack of a process cannot grow")
def test_a_network_that_is_longer_than_the_stack_is_deep_is_read(torch: ModuleType) -> None:
    """PyTorch lets go of it step within step: 4,000 in 300 kB as 75,000 in the usual 8 MB."""
    done = subprocess.run([sys.executable, "-c", LONG], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "4000\n")


def test_a_failure_while_traced_alone_is_a_gap(torch: ModuleType) -> None:
    (gap,) = read(named("hostile:RaisesWhenTraced")(), "3x8x8").gaps
    assert "cannot be traced further: Stopped: its __str__ fails" in gap.what


def test_what_pytorch_can_call_can_be_read(torch: ModuleType) -> None:
    """Some 240 modules within one another are as many as it calls in the thousand frames that Python has at first."""
    model = named("hostile:deep")(200)
    model(torch.zeros(1, 3, 8, 8))
    assert counted(read(model, "3x8x8")).trainable == 3 * 3 + 3


@pytest.mark.parametrize("model", ["NoTruth", "GivesItself"])
def test_what_is_odd_but_no_matter_is_read(torch: ModuleType, model: str) -> None:
    assert counted(read(named(f"hostile:{model}")(), "3x8x8")).trainable == 3 * 4 * 9 + 4
