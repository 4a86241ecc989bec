"""Every mistake in tests/bad gets exactly the message beside it.

NAME.yaml holds one mistake, NAME.txt what `cnnparams count tests/bad/NAME.yaml` prints about it. After a message was
changed on purpose, write all of them anew and read the difference:

    CNNPARAMS_REGENERATE=1 pytest -n 0 tests/test_bad_input.py
    git diff tests/bad
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from cnnparams.schema import compose
from tests.bad_runs import Outcome, cnnparams
from tests.specs import ROOT

SPECS = sorted((ROOT / "tests/bad").glob("*.yaml"))
PLACE = re.compile(r"^tests/bad/\w+\.yaml(:\d+:\d+)?: ", re.MULTILINE)
CARETS = re.compile(r"^ +\^+$", re.MULTILINE)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_a_mistake_gets_its_message(spec: Path) -> None:
    outcome = cnnparams("count", spec.relative_to(ROOT))
    expected = spec.with_suffix(".txt")
    if os.environ.get("CNNPARAMS_REGENERATE"):
        expected.write_text(outcome.err, encoding="utf-8")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == expected.read_text(encoding="utf-8")
    assert_well_formed(outcome)


def assert_well_formed(outcome: Outcome) -> None:
    """Every message starts with a place, shows its line with carets, and can do a terminal no harm."""
    assert "Traceback" not in outcome.err
    assert PLACE.match(outcome.err)
    assert len(CARETS.findall(outcome.err)) <= len(PLACE.findall(outcome.err))
    assert outcome.err.replace("\n", "").isprintable()


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_the_parser_without_c_refuses_it_too(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML is built without libyaml on some systems; its own parser words and places a few things otherwise."""
    monkeypatch.setattr(compose, "_LOADER", yaml.SafeLoader)
    outcome = cnnparams("count", spec.relative_to(ROOT))
    assert (outcome.code, outcome.out) == (2, "")
    assert_well_formed(outcome)


def test_every_message_has_its_spec_and_every_spec_its_message() -> None:
    messages = {path.stem for path in (ROOT / "tests/bad").glob("*.txt")}
    assert messages == {path.stem for path in SPECS}
