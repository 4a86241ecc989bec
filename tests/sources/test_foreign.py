"""Whatever code of others raises is told in plain words, and what it does to the process is put back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cnnparams.errors import CnnparamsError
from cnnparams.sources import foreign
from cnnparams.sources.foreign import doing, told


class _Own(BaseException):
    """An error that is no Exception."""


class _Like(KeyboardInterrupt):
    """An error that only looks like Ctrl-C."""


class _MuteError(Exception):
    """An error that cannot say what it is."""

    def __str__(self) -> str:
        raise _Own


class _NoTextError(Exception):
    """An error that says it with a number."""

    def __str__(self) -> str:
        return 3  # type: ignore[return-value]


def _raising(error: BaseException) -> None:
    with doing("calling it"):
        raise error


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (_Own("x"), "calling it failed: _Own: x\n"),
        (_Like(), "calling it failed: _Like: \n"),
        (SystemExit(0), "calling it failed: SystemExit: 0\n"),
        (GeneratorExit(), "calling it failed: GeneratorExit: \n"),
        (StopIteration(3), "calling it failed: StopIteration: 3\n"),
        (MemoryError(), "calling it failed: MemoryError: \n"),
        (RecursionError("deep"), "calling it failed: RecursionError: deep\n"),
        (_MuteError(), "calling it failed: _MuteError: its __str__ fails\n"),
        (_NoTextError(), "calling it failed: _NoTextError: its __str__ fails\n"),
        (ValueError("a\x1b[31m\n::error b"), "calling it failed: ValueError: a?[31m ::error b\n"),
    ],
)
def test_all_that_is_raised_is_told(error: BaseException, message: str) -> None:
    with pytest.raises(CnnparamsError) as raised:
        _raising(error)
    assert str(raised.value).startswith(message)


def test_ctrl_c_stays_what_it_is() -> None:
    with pytest.raises(KeyboardInterrupt):
        _raising(KeyboardInterrupt())


def test_what_an_error_says_is_cut() -> None:
    assert len(told(ValueError("x" * 10**6))) < 2_100


def test_a_fault_of_ours_is_not_laid_at_the_door_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that comes from a line of others is theirs; this file is one, until it is taken for one of ours."""
    with pytest.raises(CnnparamsError, match=r"^reading failed: IndexError"), doing("reading", with_ours=True):
        _fault([])
    monkeypatch.setattr(foreign, "is_foreign", lambda _: False)
    with pytest.raises(IndexError), doing("reading", with_ours=True):
        _fault([])


def _fault(values: list[int]) -> int:
    return values[0]


def _leave_the_folder() -> None:
    os.chdir("/")


def _forget_modules() -> None:
    for name in [name for name in sys.modules if name.startswith("cnnparams")]:
        del sys.modules[name]


def _replace_modules() -> None:
    sys.modules = {}


def _clear_the_path() -> None:
    sys.path.clear()


def _allow_few_frames() -> None:
    sys.setrecursionlimit(90)


@pytest.mark.parametrize(
    "change", [_leave_the_folder, _forget_modules, _replace_modules, _clear_the_path, _allow_few_frames]
)
def test_what_is_needed_after_it_is_put_back(
    change: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = dict(sys.modules), list(sys.path), sys.getrecursionlimit()
    with doing("calling it"):
        change()
    assert (dict(sys.modules), list(sys.path), sys.getrecursionlimit()) == before
    assert Path.cwd() == tmp_path


def test_a_folder_that_is_gone_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    with doing("calling it"):
        pass


def test_nothing_leaves_without_a_word() -> None:
    with pytest.raises(CnnparamsError, match=r"^calling it failed: SystemExit: os\._exit\(0\)"), doing("calling it"):
        os._exit(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_child_of_the_code_s_own_ends_as_it_wants_to() -> None:
    with doing("calling it"):
        child = os.fork()
        if child == 0:
            os._exit(7)
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
