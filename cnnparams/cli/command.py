"""A command that takes each thing once: given twice, one of them would win, and nobody would be told which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from cnnparams.errors import ArgumentError, brief, listed

_WIDEST = 60


GROUPS = ("Count and explain", "Memory", "Choose", "Exchange", "Learn")
"""What commands are for, in the order of `cnnparams --help`."""


class Command(click.Command):
    """A command that shows an example in its help, and refuses an option that takes one value given again.

    `group` is one of GROUPS.
    """

    def __init__(self, *args: Any, group: str = GROUPS[0], example: str = "", **others: Any) -> None:
        super().__init__(*args, **others)
        self.group = group
        self.example = example

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example."""
        if self.example:
            write_example(formatter, self.example)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; raise UsageError for what is given twice, but not where help or the version is asked."""
        if not ctx.resilient_parsing:  # as it is for completion, which shows what may come, not what is wrong
            values, _, given = self.make_parser(ctx).parse_args([*args])
            if not any(parameter.is_eager for parameter in given):
                _take_once([option for option in given if isinstance(option, click.Option)], values, ctx)
        elif args and args[-1] != "-" and args[-1].startswith("-"):  # its value, which is completed, is not there yet
            args = args[:-1]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Answer; an error about an argument of the API is told of the option that gives it."""
        try:
            return super().invoke(ctx)
        except ArgumentError as error:
            told = f"{error.fact}; {error.hint}" if error.hint else error.fact
            if error.argument is None:
                raise click.UsageError(told, ctx) from None
            raise click.BadParameter(told, ctx, param_hint=option_of(error.argument)) from None


def option_of(argument: str, value: str = "") -> str:
    """Return the option of this command that gives an argument of the API, as a shell takes it with a value."""
    from shlex import quote

    context = click.get_current_context(silent=True)
    options = [each for each in context.command.params if isinstance(each, click.Option)] if context else []
    same = f"--{argument}"
    name = next((_called(each) for each in options if each.name == argument and same not in each.opts), same)
    return f"{name} {quote(value)}" if value else name


def write_example(formatter: click.HelpFormatter, example: str) -> None:
    """Write an example of a command line, which no line may break."""
    with formatter.section("Example"):
        formatter.write(f"{'':{formatter.current_indent}}{example}\n")


class Named(click.Option):
    """An option that is given once for each name, as NAME=VALUE; `fold` makes one of the spellings of a name."""

    def __init__(
        self,
        declarations: Sequence[str],
        fold: Callable[[str], str] = str.strip,
        remedy: str = "give it once",
        **others: Any,
    ) -> None:
        super().__init__(declarations, multiple=True, **others)
        self.fold = fold
        self.remedy = remedy


def _take_once(given: Sequence[click.Option], values: Mapping[str, Any], context: click.Context) -> None:
    for name in dict.fromkeys(option.name for option in given if not option.multiple and not option.is_bool_flag):
        _refuse_again([_called(option) for option in given if option.name == name], "give it once", context)
    for option in dict.fromkeys(option for option in given if isinstance(option, Named)):
        written = (text.partition("=") for text in values[str(option.name)])
        names = Counter(option.fold(name) for name, equals, _ in written if equals)
        for name, count in names.items():
            _refuse_again([f"{_called(option)} {name}"] * count, option.remedy, context)


def _refuse_again(given: Sequence[str], remedy: str, context: click.Context) -> None:
    """Raise UsageError where one value is given more than once: by one option, or by several that stand for it."""
    several = list(dict.fromkeys(given))
    if len(several) > 1:
        raise click.UsageError(f"{listed(several, 'and')} cannot be used together: give one of them", context)
    if len(given) > 1:
        times = "twice" if len(given) == 2 else f"{len(given)} times"
        raise click.UsageError(f"{brief(several[0], _WIDEST)} is given {times}: {remedy}", context)


def _called(option: click.Option) -> str:
    return max(option.opts, key=len)
