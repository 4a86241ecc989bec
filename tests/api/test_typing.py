"""Types: what a user's checker and Tab know."""

import subprocess
import sys

import pytest

import cnnparams
from tests.specs import ROOT, SIMPLE_CNN


def test_a_strict_checker_knows_every_answer_and_no_other_attribute() -> None:
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "tests/api/script.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "Success: no issues found in 1 source file\n")


def test_tab_finds_costs_and_the_answers() -> None:
    report = cnnparams.load(SIMPLE_CNN).report("weights")
    assert {"total_params", "weight_bytes", "rows", "to_dict"} <= {*dir(report)}
    assert {"params", "weight_bytes"} <= {*dir(report.layers[0])}
    assert {*cnnparams.__all__} == {*dir(cnnparams)}
    assert all(hasattr(cnnparams, name) for name in cnnparams.__all__)


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "cnnparams" / "py.typed").exists()
