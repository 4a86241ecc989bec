"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce, wraps
from pathlib import PurePath
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import click

from cnnparams.cli.command import Named
from cnnparams.dtypes import DTYPES
from cnnparams.engine.setting import OPTIMIZERS, USUAL, Setting
from cnnparams.render import formats as general

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from cnnparams.engine.choosing.axis import InputAxis
    from cnnparams.engine.costs.quantity import Limit
    from cnnparams.engine.devices import Device
    from cnnparams.schema.input_shape import InputShape
    from cnnparams.sources.pytorch.mode import Mode

F = TypeVar("F", bound=Callable[..., Any])
_MOST = 2**63 - 1


def completes(what: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Return what completes a value for a shell: the function of that name in cli/completion.py."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from cnnparams.cli.completion import offered

        return offered(what, context, incomplete)

    return complete


output = click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=completes("files"),
    help="Write to FILE instead of standard output; an existing file is replaced only on success.",
)
layout = click.option(
    "--layout",
    type=click.Choice(["hwc", "chw"]),
    default="hwc",
    show_default=True,
    help="Order of shapes: channels last (Keras) or first (PyTorch).",
)


def _named_values(context: click.Context, parameter: click.Parameter, written: tuple[str, ...]) -> dict[str, Any]:
    if not written:
        return {}
    from cnnparams.cli.networks import parse_assignment

    return dict(parse_assignment(text) for text in written)


spec = click.argument("spec", metavar="NETWORK", shell_complete=completes("specs"))
first = click.argument("first", metavar="A", shell_complete=completes("specs"))
second = click.argument("second", metavar="B", shell_complete=completes("specs"))
specs = click.argument("specs", metavar="NETWORK...", nargs=-1, required=True, shell_complete=completes("specs"))
values = click.option(
    "--set",
    "values",
    metavar="NAME=VALUE",
    cls=Named,
    callback=_named_values,
    shell_complete=completes("assignments"),
    help="Set a var of the spec; may be repeated.",
)


def _input_shapes(
    context: click.Context, parameter: click.Parameter, written: tuple[str, ...]
) -> tuple[InputShape, ...]:
    if not written:
        return ()
    from cnnparams.schema.input_shape import shape_of

    try:
        return tuple(map(shape_of, written))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


class Opening(NamedTuple):
    """How networks are read: the shapes of their inputs where these are given, and the mode of models."""

    inputs: tuple[InputShape, ...] = ()
    mode: Mode | None = None


class _Words(click.Choice):  # type: ignore[type-arg]  # which click before 8.2 does not take
    """A word of several; of `others` each stands for one of them."""

    def __init__(self, words: Sequence[str], others: Mapping[str, str]) -> None:
        super().__init__(words)
        self.others = others

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(self.others.get(value, value), param, ctx)


_input = click.option(
    "--input",
    "inputs",
    metavar="[NAME=]SHAPE",
    cls=Named,
    callback=_input_shapes,
    help="Shape of one sample, without the batch, such as 3x160x160 or tokens=128:int64; once for each input. "
    "A PyTorch model needs it, as does an ONNX file that leaves sizes open; any other network gets another size.",
)
mode = click.option(
    "--mode",
    type=_Words(["evaluation", "training"], {"eval": "evaluation", "train": "training"}),
    help="Mode to read a PyTorch model in (or eval, train); default: the mode it is in.",
)


def opening(function: F) -> F:
    """Add --input and --mode; the function gets an `opening`."""

    @wraps(function)
    def opened(*args: Any, inputs: tuple[InputShape, ...], mode: Mode | None, **others: Any) -> Any:
        return function(*args, opening=Opening(inputs, mode), **others)

    return cast("F", _input(mode(opened)))


class VaryingOpening(NamedTuple):
    """How a network is read whose inputs may have several shapes each."""

    axes: tuple[InputAxis, ...] = ()
    mode: Mode | None = None


def _input_axes(_: click.Context, __: click.Parameter, written: tuple[str, ...]) -> tuple[InputAxis, ...]:
    if not written:
        return ()
    from cnnparams.engine.choosing.axis import AxisError, parse_input_axis

    try:
        return tuple(map(parse_input_axis, written))
    except AxisError as error:
        raise click.BadParameter(str(error)) from None


_input_of_each = click.option(
    "--input",
    "inputs",
    metavar="[NAME=]SHAPES",
    cls=Named,
    callback=_input_axes,
    help="Shapes of one sample, without the batch: 3x160x160,3x224x224, or 3x160:224:32x160:224:32, where sizes move "
    "together. The network is read again for each; once for each input.",
)


def varying_opening(function: F) -> F:
    """Add --input, of several shapes, and --mode; the function gets an `opening`."""

    @wraps(function)
    def opened(*args: Any, inputs: tuple[InputAxis, ...], mode: Mode | None, **others: Any) -> Any:
        return function(*args, opening=VaryingOpening(inputs, mode), **others)

    return cast("F", _input_of_each(mode(opened)))


values_of_second = click.option(
    "--set-b",
    "values_of_second",
    metavar="NAME=VALUE",
    cls=Named,
    callback=_named_values,
    shell_complete=completes("assignments"),
    help="Set a var of B alone; may be repeated.",
)


class Count(click.IntRange):
    """A whole number from 1 on that 64 bits can hold, as the numbers of a spec."""

    def __init__(self) -> None:
        super().__init__(min=1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; click's own reading of a very long one fails, and tells all of it."""
        from cnnparams.errors import quote

        digits = str(value).strip().lstrip("0")
        is_long = digits.isdecimal() and len(digits) > len(str(_MOST))
        found = None if is_long else super().convert(value, param, ctx)
        if found is None or found > _MOST:
            self.fail(f"{quote(str(value))} is more than 64 bits can hold", param, ctx)
        return found


def _bytes(context: click.Context, parameter: click.Parameter, written: str | None) -> int | None:
    from cnnparams.units import BYTES

    try:
        return None if written is None else int(BYTES.read(written))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


batch = click.option("--batch", type=Count(), default=1, show_default=True, help="Batch size.")
dtype = click.option(
    "--dtype",
    type=click.Choice([*DTYPES]),
    default=USUAL.dtype,
    show_default=True,
    help="Data type of weights and activations.",
)
optimizer = click.option(
    "--optimizer",
    type=click.Choice([*OPTIMIZERS]),
    default=USUAL.optimizer,
    show_default=True,
    help="Optimizer that trains the network.",
)
jobs = click.option("--jobs", type=Count(), default=1, show_default=True, help="Number of worker processes.")
samples = click.option(
    "--samples",
    type=Count(),
    metavar="N",
    help="Size of the training set: adds parameters per sample.",
)


def _setting(**chosen: Callable[[F], F]) -> Callable[[F], F]:
    """Return what adds these options, each called as the field that it gives; the function gets a `setting`."""

    def add(function: F) -> F:
        @wraps(function)
        def gathered(*args: Any, **others: Any) -> Any:
            return function(*args, setting=Setting(**{name: others.pop(name) for name in chosen}), **others)

        return reduce(lambda decorated, option: option(decorated), reversed(chosen.values()), cast("F", gathered))

    return add


def _device(context: click.Context, parameter: click.Parameter, written: str | None) -> Device | None:
    if written is None:
        return None
    from cnnparams.engine.devices import find_device

    return find_device(written)


device = click.option(
    "--device",
    metavar="NAME",
    callback=_device,
    shell_complete=completes("devices"),
    help="Check whether the network fits on a board in int8; the word help lists the boards.",
)
training_set = _setting(samples=samples)
setting = _setting(batch=batch, dtype=dtype, optimizer=optimizer)
setting_on_device = _setting(batch=batch, dtype=dtype, optimizer=optimizer, device=device)
setting_of_totals = _setting(batch=batch, dtype=dtype, optimizer=optimizer, samples=samples)


def _limits(context: click.Context, parameter: click.Parameter, written: tuple[str, ...]) -> tuple[Limit, ...]:
    if not written:
        return ()
    from cnnparams.engine.choosing.budget import limit
    from cnnparams.errors import CnnparamsError

    try:
        return tuple(map(limit, written))
    except CnnparamsError as error:
        raise click.BadParameter(str(error)) from None


def _same_word(word: str) -> str:
    from cnnparams.engine.costs.register import normalized_word

    return normalized_word(word)


limits = click.option(
    "--max",
    "limits",
    metavar="WORD=AMOUNT",
    cls=Named,
    fold=_same_word,
    callback=_limits,
    shell_complete=completes("limits"),
    help="Limit a total, such as params=1M or peak-memory=256KiB; may be repeated.",
)
fit = click.option(
    "--fit", metavar="SIZE", callback=_bytes, help="Find the largest batch that fits in SIZE, such as 8GiB."
)
depth = click.option(
    "--depth",
    type=Count(),
    metavar="N",
    help="Group layers by the first N parts of their names: layer1 with 1, layer1.0 with 2.",
)


@contextmanager
def blaming(option: str) -> Iterator[None]:
    """Tell of an error that it is in what was given for an option; but not of one in a spec, which has a place."""
    from cnnparams.errors import CnnparamsError, SpecError

    try:
        yield
    except SpecError:
        raise
    except CnnparamsError as error:
        told = f"{error.message}; {error.hint}" if error.hint else error.message
        raise click.BadParameter(told, param_hint=option) from None


class _FormatFlag(click.Option):
    """An option that is short for a --format. Where it is not given it says nothing.

    Options that give one value overwrite one another where click processes them, in an order that its versions differ
    in; so each has to come to the same.
    """

    def get_default(self, ctx: click.Context, call: bool = True) -> Any:
        """Return the default of --format."""
        return None


def _general() -> set[str]:
    """Return the formats that every answer has; none of them is loaded for that."""
    return {module.name for module in iter_modules(general.__path__)}


_SHORT = ("json", "csv", "markdown")
_CALLED = {"md": "markdown", "tex": "latex", "htm": "html", "yml": "yaml"}
"""Suffixes of files that are not the name of their format."""


def _format_options(names: Sequence[str], default: str) -> list[Callable[[F], F]]:
    """Return --format, and the flags that are short for one of its choices; see `answers`."""
    known = _Words(names, {"table": "text"})  # which text was called where it is one
    told = f"Output format; by default as the name of FILE ends, else {default}."
    chosen = click.option("--format", "format_", type=known, help=told)
    flags = [
        click.option(
            f"--{name}",
            "format_",
            cls=_FormatFlag,
            type=known,
            flag_value=name,
            help=f"Short for --format {name}.",
        )
        for name in _SHORT
        if name in names
    ]
    return [chosen, *flags]


def answers(*own: str, only: Iterable[str] = (), default: str = "text", shapes: bool = False) -> Callable[[F], F]:
    """Return what adds --format, the options that are short for it, --output and, for `shapes`, --layout.

    The function gets `show`, which shows an answer as these say. The choices are the formats that every answer has, and
    the answer's `own`; or `only` these. Where none is chosen, a file is written as its name ends, and `default` else.
    """
    names = sorted({*(only or _general()), *own})
    options = [*_format_options(names, default), output, *([layout] if shapes else [])]

    def add(function: F) -> F:
        @wraps(function)
        def shown(*args: Any, format_: str | None, output: str | None, layout: str = "hwc", **others: Any) -> Any:
            from cnnparams.cli.show import Show

            format_ = format_ or _format_of(output, names) or default
            return function(*args, show=Show(format_, output, layout), **others)

        return reduce(lambda decorated, option: option(decorated), reversed(options), cast("F", shown))

    return add


def _format_of(file: str | None, known: Iterable[str]) -> str | None:
    """Return the format that the name of a file ends in, if it is one of these."""
    suffix = PurePath(file or "").suffix.removeprefix(".").casefold()
    format_ = _CALLED.get(suffix, suffix)
    return format_ if format_ in known else None
