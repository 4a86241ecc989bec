"""A package that is not there is asked for in one line."""

import sys

import pytest

from cnnparams.errors import CnnparamsError
from cnnparams.sources.extra import extra


def test_a_missing_extra_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(CnnparamsError, match=r"^torch .*; install it with: pip install torch$"):
        extra("torch")


def test_an_extra_that_is_there_is_imported() -> None:
    assert extra("json") is sys.modules["json"]
