"""Streams that are closed, pipes whose reader has gone, files that must not be written."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.run import run
from tests.cli.terminal import on_terminal
from tests.specs import ROOT, SIMPLE_CNN

CNNPARAMS = f"{sys.executable} -m cnnparams"


def shell(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", ["layers", "--help", "count --help", "schema", "count specs/simple_cnn.yaml"])
def test_a_reader_that_has_gone_is_128_and_sigpipe(arguments: str) -> None:
    done = shell(f"{CNNPARAMS} {arguments} | true; echo ${{PIPESTATUS[0]}}")
    assert (done.stdout.strip() in ("0", "141"), done.stderr) == (True, "")


def test_a_pipe_without_a_reader_is_141() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "cnnparams", "layers"]
    done = subprocess.run(command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("count - <&-", "<stdin>: cannot be read: it is closed"),
        ("count specs/lenet5.yaml >&-", "standard output is closed: write to a file with -o"),
        ("count nowhere.yaml 2>&-", ""),
        ("count - - </dev/null", "- stands for standard input, which can be read once"),
    ],
)
def test_a_closed_stream_is_no_answer(command: str, message: str) -> None:
    done = shell(f"{CNNPARAMS} {command}")
    assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", message)


def test_a_message_that_nobody_can_read_leaves_the_exit_code() -> None:
    """1 says that the answer is no, and nothing else."""
    codes = {
        "count nowhere.yaml": 2,
        "count": 2,
        "count lenet5 --columns nothing": 2,
        "check lenet5": 0,  # with a remark
        "check lenet5 --max params=1": 1,
        "sweep lenet5 --set classes=0 --json": 2,
        "--help": 0,
    }
    for command, code in codes.items():
        for redirected in ("2>/dev/full", "2>&-", "2> >(exec 0<&-)"):
            done = shell(f"{CNNPARAMS} {command} {redirected}")
            assert (command, redirected, done.returncode, done.stderr) == (command, redirected, code, "")


@pytest.mark.parametrize("stderr", ["2>/dev/null", "2>/dev/full", "2>&-"])
def test_an_answer_that_cannot_be_written_is_none(stderr: str) -> None:
    for command in ("count lenet5", "check lenet5 --max params=1", "--help", "count --help", "completion zsh"):
        assert shell(f"{CNNPARAMS} {command} >/dev/full {stderr}").returncode == 2
    assert shell(f"_CNNPARAMS_COMPLETE=zsh_source {CNNPARAMS} >/dev/full {stderr}").returncode == 2


def test_a_file_does_not_take_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    assert shell(f"{CNNPARAMS} check lenet5 --json -o {target} <&- >&- 2>&-").returncode == 0
    assert json.loads(target.read_text())["kept"]


def test_a_loop_of_links_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    for target in ("a", "b", "a/out.txt"):
        done = run("count", "lenet5", "-o", str(tmp_path / target))
        said = f"{tmp_path / target}: cannot be written: {os.strerror(errno.ELOOP)}\n"
        assert (done.code, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.parametrize("target", ["", "specs", "/", "nowhere/out.txt", "a" * 300, "README.md/out.txt"])
def test_what_cannot_be_written_is_told(target: str) -> None:
    done = run("count", "lenet5", "-o", target)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{target or repr(target)}: cannot be written: ")


def test_a_file_is_written_through_a_link_and_keeps_its_mode(tmp_path: Path) -> None:
    target, link = tmp_path / "out.json", tmp_path / "link.json"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    assert run("count", "specs/lenet5.yaml", "--json", "-o", str(link)).code == 0
    assert link.is_symlink()
    assert json.loads(target.read_text())["total_params"] == 61_706
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to_and_stays_one() -> None:
    assert run("count", "specs/lenet5.yaml", "-o", "/dev/null").code == 0
    assert not Path("/dev/null").is_file()


def test_forced_colour_reaches_pipes_but_neither_files_nor_widths(tmp_path: Path) -> None:
    env = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": "40"}
    env.pop("NO_COLOR", None)
    piped = run("count", "specs/simple_cnn.yaml", env=env).stdout
    assert "\x1b[" in piped
    assert "in=16, out=32, k=(5, 5), s=1, p=0" in piped
    target = tmp_path / "out.txt"
    run("count", "specs/simple_cnn.yaml", "-o", str(target), env=env)
    assert target.read_text() == run("count", "specs/simple_cnn.yaml").stdout


@pytest.mark.parametrize("width", [1, 2, 5, 10, 20, 30, 40, 50, 59])
def test_in_a_terminal_too_narrow_for_its_words_the_table_is_whole(width: int) -> None:
    assert (
        on_terminal(width, "count", "specs/simple_cnn.yaml", NO_COLOR="1")
        == run("count", "specs/simple_cnn.yaml").stdout
    )


def test_wide_letters_are_neither_cut_nor_misaligned() -> None:
    name = "层" * 30
    spec = ROOT / "specs" / "lenet5.yaml"
    text = spec.read_text(encoding="utf-8").replace("out_channels: 6,", f"name: {name}, out_channels: 6,")
    assert name in run("count", "-", stdin=text).stdout


@pytest.mark.parametrize("format_", ["text", "json", "latex", "markdown"])
def test_a_deep_network_can_be_explained(format_: str) -> None:
    spec = "input: {features: 4}\nlayers:\n" + "  - {type: linear, out_features: 4}\n" * 3000
    done = run("explain", "-", "--format", format_, stdin=spec)
    assert (done.code, done.stderr) == (0, "")
    assert "60,000" in done.stdout.replace("{,}", ",") or '"result": 60000' in done.stdout


def broken(folder: Path, fault: str, environment: str = "") -> subprocess.CompletedProcess[str]:
    """Count a network with a tool that breaks where it should measure."""
    script = folder / "broken.py"
    script.write_text(
        "import sys, cnnparams.engine.reports.measure as measure\n"
        f"measure.measure = lambda *_: {fault}\n"
        f"sys.argv = ['cnnparams', 'count', {str(SIMPLE_CNN)!r}]\n"
        "from cnnparams.cli import main\nmain()\n"
    )
    return shell(f"{environment} {sys.executable} {script}")


def test_a_fault_of_ours_is_a_line_and_no_answer(tmp_path: Path) -> None:
    done = broken(tmp_path, "1 / 0")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("internal error in cnnparams, please report it: ZeroDivisionError")


def test_who_asks_for_it_sees_where_the_fault_is(tmp_path: Path) -> None:
    done = broken(tmp_path, "1 / 0", "CNNPARAMS_DEBUG=1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Traceback (most recent call last):")


def test_memory_that_ran_out_is_no_fault_of_ours(tmp_path: Path) -> None:
    done = broken(tmp_path, "bytes(2**62)")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("memory ran out: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("asked", ["", "bash", "bash_complete", "zsh_complete", "fish_complete", "bash_x", "x_source"])
def test_completion_that_no_shell_asked_for_is_told(asked: str) -> None:
    env = {**os.environ, "_CNNPARAMS_COMPLETE": asked}
    done = run("count", "lenet5", env=env)
    said = f"the environment has _CNNPARAMS_COMPLETE='{asked}', which asks for no completion"
    assert (done.code, done.stdout, done.stderr.splitlines()[0]) == (2, "", said)


@pytest.mark.parametrize("at", ["", "x", "1.5", "9" * 5000])
def test_a_shell_says_at_which_word_it_is(at: str) -> None:
    words = {"COMP_WORDS": "cnnparams count le", "COMP_CWORD": at}
    done = run(env={**os.environ, "_CNNPARAMS_COMPLETE": "zsh_complete", **words})
    assert (done.code, done.stdout, "asks for no completion" in done.stderr) == (2, "", True)
