"""Options of every command: none is given twice, where one would win and nobody know which; no number is endless."""

from collections.abc import Iterator

import click
import pytest

from cnnparams.cli.app import app
from cnnparams.cli.command import Command, Named
from tests.cli.run import run


def commands() -> Iterator[click.Command]:
    context = click.Context(app)
    for name in app.list_commands(context):
        found = app.get_command(context, name)
        assert found is not None
        yield found


def options() -> Iterator[tuple[Command, click.Option]]:
    for command in commands():
        assert isinstance(command, Command)
        yield from ((command, option) for option in command.params if isinstance(option, click.Option))


TAKING_ONE = [(command, option) for command, option in options() if not option.multiple and not option.is_bool_flag]
FOR_NAMES = [(command, option) for command, option in options() if option.multiple]


def error(command: Command, args: list[str]) -> str:
    with pytest.raises(click.UsageError) as raised:
        command.make_context("x", args)
    return raised.value.message


def written(option: click.Option, spelling: str, value: str) -> list[str]:
    return [spelling] if option.is_flag else [spelling, value]


@pytest.mark.parametrize(("command", "option"), TAKING_ONE)
def test_an_option_that_takes_one_value_is_given_once(command: Command, option: click.Option) -> None:
    longest = max(option.opts, key=len)
    for first in option.opts:
        for second in option.opts:
            args = [*written(option, first, "1"), *written(option, second, "2")]
            assert error(command, args) == f"{longest} is given twice: give it once"
    assert error(command, written(option, longest, "1") * 3) == f"{longest} is given 3 times: give it once"


@pytest.mark.parametrize(("command", "option"), FOR_NAMES)
def test_an_option_for_names_is_given_once_for_each(command: Command, option: click.Option) -> None:
    assert isinstance(option, Named)
    (spelling,) = option.opts
    assert error(command, [spelling, "a=1", spelling, "b=2", spelling, "a=1"]).startswith(
        f"{spelling} a is given twice"
    )


def test_two_options_for_one_value_exclude_one_another() -> None:
    for args in (("--json", "--csv"), ("--format", "csv", "--json"), ("--csv", "--format=csv")):
        done = run("compare", "lenet5", *args)
        assert (done.code, done.stdout) == (2, "")
        assert "cannot be used together: give one of them" in done.stderr


@pytest.mark.parametrize("again", ["params=2M", "PARAMS=2M", " params =2M"])
def test_a_word_is_the_same_however_it_is_spelt(again: str) -> None:
    done = run("check", "lenet5", "--max", "params=1M", "--max", again)
    assert (done.code, done.stdout) == (2, "")
    assert "--max params is given twice" in done.stderr
    assert run("check", "lenet5", "--max", "params=1M", "--max", "macs=1M").code == 0


def test_what_is_no_value_may_be_said_again() -> None:
    assert run("memory", "lenet5", "--training", "--training").code == 0


def test_vars_that_differ_in_case_are_two() -> None:
    spec = "vars: {w: 1, W: 2}\ninput: {features: 3}\nlayers: [{type: linear, out_features: w + W}]\n"
    assert run("count", "-", "--set", "w=3", "--set", "W=4", stdin=spec).code == 0


def test_help_is_given_whatever_else_is() -> None:
    done = run("solve", "--var", "a", "--var", "b", "--help")
    assert (done.code, done.stderr) == (0, "")


HUGE = ["9223372036854775808", "99999999999999999999", "1" + "0" * 400, "1" + "0" * 5000]


@pytest.mark.parametrize("number", HUGE)
@pytest.mark.parametrize(
    "command",
    [
        "memory lenet5 --batch",
        "count lenet5 --samples",
        "count lenet5 --depth",
        "sweep lenet5 --set classes=1 --jobs",
        "solve lenet5 --var classes=1 --max params=1M --jobs",
        "import nothing:here --input",
    ],
)
def test_a_number_beyond_64_bits_is_told_in_short(command: str, number: str) -> None:
    done = run(*command.split(), number)
    assert (done.code, done.stdout) == (2, "")
    assert "64 bits can hold" in done.stderr.splitlines()[-1]
    assert len(done.stderr) < 300


def test_a_number_of_64_bits_is_one() -> None:
    assert run("memory", "lenet5", "--batch", str(2**63 - 1), "--training").code == 0
    assert run("count", "lenet5", "--samples", "0000000000000000000000007").code == 0
