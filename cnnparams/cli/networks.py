"""The networks that a command names. What is wrong with any of them is told before anything is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from cnnparams.api.loading import load
from cnnparams.api.network import Network
from cnnparams.api.varying import Varied, varied
from cnnparams.cli.messages import tell
from cnnparams.cli.options import Opening, VaryingOpening
from cnnparams.cli.progress import progress, working
from cnnparams.cli.streams import keep_apart
from cnnparams.errors import CnnparamsError, Problem, SpecError, brief, quote, some, suggest
from cnnparams.inert import printable
from cnnparams.schema.compose import compose
from cnnparams.schema.source import STDIN, Text
from cnnparams.schema.spec import Spec
from cnnparams.sources.register import source_of

T = TypeVar("T")
U = TypeVar("U")


def parse_assignment(text: str) -> tuple[str, Any]:
    """Return name and value of NAME=VALUE, the value being what YAML makes of it; raise BadParameter for other text."""
    name, equals, written = text.partition("=")
    if not equals or not name.isidentifier():
        raise click.BadParameter(f"{text!r} is not NAME=VALUE, such as width=0.5")
    found = compose(Text("--set", f"{name}: {written}")).root
    return name, found[name]


AS_IT_IS = Opening()


def load_one(name: str, values: Mapping[str, Any], opening: Opening = AS_IT_IS) -> Network:
    """Load a network, whatever it is; raise CnnparamsError where there is none."""
    if _is_code(name):
        keep_apart()  # what the code prints is not the answer
    with working(f"reading {brief(name)}"):
        return load(name, input=opening.inputs, mode=opening.mode, **values)


@contextmanager
def _naming(name: str, among: Sequence[str]) -> Iterator[None]:
    """Let an error say which of several networks it is of, where it does not; one of a spec always does."""
    try:
        yield
    except CnnparamsError as error:
        if isinstance(error, SpecError) or len(among) < 2 or name in str(error):
            raise
        raise CnnparamsError(f"{printable(name)}: {error.message}", error.hint) from None


def _is_code(name: str) -> bool:
    source = source_of(name)
    return source is not None and source.RUNS_CODE


def _opens(names: Sequence[str], opening: Opening) -> Callable[[str], Opening]:
    """Return how each of several is opened: where some are models, the mode is theirs alone."""
    if opening.mode is None or not any(map(_is_code, names)):
        return lambda _: opening
    return lambda name: opening if _is_code(name) else opening._replace(mode=None)


def load_networks(
    paths: Iterable[str],
    values: Mapping[str, Any] | None = None,
    opening: Opening = AS_IT_IS,
    *,
    families: bool = False,
) -> list[Network]:
    """Load and build every spec; raise SpecError with the problems of all of them, print their remarks otherwise.

    With `families`, one of which no variant is chosen stands for all its variants; the first with a problem tells it.
    """
    paths = list(paths)
    _check_stdin(paths)
    opens = _opens(paths, opening)

    def members(path: str) -> list[Network]:
        with _naming(path, paths):
            network = load_one(path, values or {}, opens(path))
        return [*map(_member, network.variants())] if families else [_laid_out(network)]

    networks = [network for networks in each(members, progress(paths, len(paths), "reading")) for network in networks]
    _remark(networks)
    return networks


def load_varied(name: str, values: Mapping[str, Any], opening: VaryingOpening) -> Varied:
    """Load a network whose inputs may have several shapes each."""
    return varied(name, opening.axes, lambda inputs: load_one(name, values, Opening(inputs, opening.mode)))


def load_pair(
    first: str,
    second: str,
    values: Mapping[str, Any],
    of_second: Mapping[str, Any],
    opening: Opening = AS_IT_IS,
) -> tuple[Network, Network]:
    """Load and build two specs as `load_networks` does, the vars that each has overridden by `values`.

    `of_second` are values for the second alone. Raise BadParameter for a var that neither has.
    """
    _check_stdin([first, second])
    opens = _opens([first, second], opening)

    def loaded(name: str) -> Network:
        with _naming(name, [first, second]):
            return load_one(name, {}, opens(name))

    pair = each(loaded, [first, second])
    _check_vars(values, [network.spec for network in pair])
    held = [{name: value for name, value in values.items() if name in network.spec.variables.names} for network in pair]
    held[1] |= of_second
    before, after = each(lambda one: _laid_out(one[0].set(**one[1])), zip(pair, held, strict=True))
    _remark((before, after))
    return before, after


def _check_vars(values: Iterable[str], specs: Sequence[Spec]) -> None:
    known = sorted({name for spec in specs for name in spec.variables.names})
    for name in values:
        if name not in known:
            guess = suggest(name, known)
            others = f"their vars are {some(known)}" if known else "they have no vars"
            hint = f"did you mean {quote(guess)}?" if guess else others
            raise click.BadParameter(f"neither network has a var {quote(name)}; {hint}", param_hint="--set")


def _check_stdin(paths: Sequence[str]) -> None:
    if paths.count(STDIN) > 1:
        raise CnnparamsError(f"{STDIN} stands for standard input, which can be read once")


def each(make: Callable[[T], U], items: Iterable[T]) -> list[U]:
    """Return what is made of each; raise SpecError with the problems of all of them, each told once."""
    made: list[U] = []
    problems: list[Problem] = []
    for item in items:
        try:
            made.append(make(item))
        except SpecError as error:
            problems.extend(error.problems)
    if problems:
        raise SpecError(dict.fromkeys(problems))
    return made


def _remark(networks: Iterable[Network]) -> None:
    for remark in dict.fromkeys(remark for network in networks for remark in network.graph.remarks):
        tell(str(remark))


def _laid_out(network: Network) -> Network:
    """Return a network that is one; raise SpecError otherwise, or for a wrong budget, whatever is asked."""
    _ = network.budget, network.graph
    return network


def _member(network: Network) -> Network:
    """Lay out a network; where it is one of a family, its problems say which."""
    try:
        return _laid_out(network)
    except SpecError as error:
        variant = network.spec.choice.variant
        if variant is None:
            raise
        note = f"in the variant {variant}"
        raise SpecError(problem._replace(notes=(*problem.notes, note)) for problem in error.problems) from None
