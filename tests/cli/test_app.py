"""The command line as a whole."""

import pytest

import cnnparams
from tests.cli.run import run
from tests.specs import ROOT

MODULES = (ROOT / "cnnparams/cli/commands").glob("[a-z]*.py")
COMMANDS = sorted(path.stem.rstrip("_").replace("_", "-") for path in MODULES)


def test_help_lists_every_command_with_a_line() -> None:
    done = run("--help")
    assert done.code == 0
    groups = done.stdout[done.stdout.index("Count and explain:") : done.stdout.index("Example:")]
    listed = [line.split() for line in groups.splitlines() if line.startswith("  ")]
    assert sorted(words[0] for words in listed) == COMMANDS
    assert all(len(words) > 3 for words in listed)
    assert "..." not in groups


def test_the_example_of_help_works_wherever_the_tool_is_installed() -> None:
    assert run("--help").stdout.endswith("\nExample:\n  cnnparams count resnet50\n")


@pytest.mark.parametrize("word", ["net.yaml", "model.onnx", "resnet50"])
def test_a_network_where_a_command_should_stand_is_told(word: str) -> None:
    done = run(word)
    assert (done.code, done.stdout) == (2, "")
    assert f"'{word}' is not a command; did you mean: cnnparams count {word}\n" in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = run(command, "-h")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: cnnparams {command} ")
    assert f"\nExample:\n  cnnparams {command}" in done.stdout


def test_a_misspelt_command_is_guessed_at() -> None:
    done = run("cuont", "specs/simple_cnn.yaml")
    assert (done.code, done.stdout) == (2, "")
    assert "No such command 'cuont'" in done.stderr
    assert "Did you mean 'count'?" in done.stderr


def test_a_misspelt_option_is_guessed_at() -> None:
    done = run("count", "--colums", "layer", "specs/simple_cnn.yaml")
    assert done.code == 2
    assert "--columns" in done.stderr


def test_without_a_spec_count_says_what_is_missing() -> None:
    done = run("count")
    assert (done.code, done.stdout) == (2, "")
    assert "Missing argument 'NETWORK...'" in done.stderr


def test_the_version_is_the_packages() -> None:
    assert run("--version").stdout == f"cnnparams {cnnparams.__version__}\n"
