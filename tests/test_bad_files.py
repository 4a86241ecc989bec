"""What cannot be kept as a file of tests/bad: things that are no file, too large to keep, or several at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cnnparams.schema.source import MAX_BYTES
from tests.bad_runs import cnnparams
from tests.specs import ROOT

HEAD = "input: {features: 8}\nlayers:\n"
MISTAKE = f"{HEAD}  - flaten\n"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return tmp_path / "net.yaml"


def test_a_directory_is_no_spec(tmp_path: Path) -> None:
    outcome = cnnparams("count", tmp_path)
    assert outcome == (2, "", f"{tmp_path}: is a directory\n  hint: name a YAML file in it\n")


def test_a_missing_file_is_named(spec: Path) -> None:
    code, out, err = cnnparams("count", spec)
    assert (code, out) == (2, "")
    assert err.startswith(f"{spec}: no such file\n  hint: ")


def test_a_broken_link_is_a_missing_file(spec: Path) -> None:
    spec.symlink_to("nowhere.yaml")
    assert cnnparams("count", spec).err.startswith(f"{spec}: no such file\n")


def test_a_link_to_itself_cannot_be_read(spec: Path) -> None:
    spec.symlink_to(spec)
    code, out, err = cnnparams("count", spec)
    assert (code, out) == (2, "")
    assert err.startswith(f"{spec}: cannot be read: ")


def test_a_file_without_permission_cannot_be_read(spec: Path) -> None:
    spec.write_text(MISTAKE)
    spec.chmod(0)
    if os.access(spec, os.R_OK):
        pytest.skip("this user reads everything")
    assert cnnparams("count", spec) == (2, "", f"{spec}: cannot be read: Permission denied\n")


def test_an_empty_name_is_no_file() -> None:
    code, out, err = cnnparams("count", "")
    assert (code, out) == (2, "")
    assert err.startswith("'': ")


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in cnnparams("count", tmp_path / "\x1b[31mred.yaml").err


def test_standard_input_is_called_stdin() -> None:
    code, out, err = cnnparams("count", "-", stdin=MISTAKE.encode())
    assert (code, out) == (2, "")
    assert err.startswith("<stdin>:3:5: unknown layer type 'flaten'\n    - flaten\n      ^^^^^^\n")


def test_empty_standard_input_is_an_empty_file() -> None:
    assert cnnparams("count", "-").err.startswith("<stdin>:1:1: the file is empty\n")


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(f"{HEAD}  - relu\n",))
    writer.start()
    outcome = cnnparams("count", pipe, "--json")
    writer.join()
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no endless file")
def test_a_file_without_end_is_refused() -> None:
    assert cnnparams("count", "/dev/zero").err.startswith(f"/dev/zero: is larger than {MAX_BYTES // 2**20} MiB\n")


def test_a_huge_file_is_refused_by_its_first_bytes(spec: Path) -> None:
    with spec.open("wb") as file:
        file.truncate(2**40)  # sparse: it takes no room
    code, out, err = cnnparams("count", spec)
    assert (code, out) == (2, "")
    assert err.startswith(f"{spec}: is larger than ")


def test_mistakes_of_all_specs_are_told_and_nothing_is_counted(tmp_path: Path) -> None:
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text(MISTAKE)
    second.write_text(MISTAKE.replace("flaten", "rellu"))
    code, out, err = cnnparams("count", first, "specs/simple_cnn.yaml", second)
    assert (code, out) == (2, "")
    assert [line for line in err.splitlines() if "unknown" in line] == [
        f"{first}:3:5: unknown layer type 'flaten'",
        f"{second}:3:5: unknown layer type 'rellu'",
    ]


def test_after_a_hundred_problems_no_more_are_told(spec: Path) -> None:
    spec.write_text(HEAD + "  - flaten\n" * 5000)
    lines = cnnparams("count", spec).err.splitlines()
    assert sum("unknown layer type" in line for line in lines) == 100
    assert lines[-1] == f"{spec}: 100 problems; the rest was not checked"


@pytest.mark.parametrize("name", ["unknown_key", "utf16", "wide_characters_before_the_mistake"])
def test_a_run_of_its_own_prints_the_same(name: str) -> None:
    """Whatever the locale: here one that knows ASCII only."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "LC_ALL": "C"}
    command = [sys.executable, "-m", "cnnparams", "count", f"tests/bad/{name}.yaml"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    expected = (ROOT / f"tests/bad/{name}.txt").read_bytes()
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", expected)
