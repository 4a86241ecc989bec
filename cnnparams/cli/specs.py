"""The specs that a command names -> graphs and reports. What is wrong with any is told before anything is printed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from cnnparams.cli.messages import tell
from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import Report
from cnnparams.engine.setting import USUAL, Setting
from cnnparams.errors import CnnparamsError, Problem, SpecError, quote, some, suggest
from cnnparams.schema.compose import compose
from cnnparams.schema.load import load
from cnnparams.schema.source import STDIN, Text
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose, members

if TYPE_CHECKING:
    from cnnparams.engine.costs.quantity import Limit, Total

T = TypeVar("T")
U = TypeVar("U")


def value_of(text: str) -> tuple[str, Any]:
    """Return name and value of NAME=VALUE, the value being what YAML makes of it; raise BadParameter for other text."""
    name, equals, written = text.partition("=")
    if not equals or not name.isidentifier():
        raise click.BadParameter(f"{text!r} is not NAME=VALUE, such as width=0.5")
    found = compose(Text("--set", f"{name}: {written}")).root
    return name, found[name]


class Budgeted(NamedTuple):
    """A network that a user named, its spec, and the limits of its own budget."""

    spec: Spec
    graph: Graph
    budget: tuple[Limit, ...]


def built(spec: Spec) -> Budgeted:
    """Build a spec that a user named; raise SpecError also for a budget that is none, whatever is asked of it."""
    if not spec.budget:
        return Budgeted(spec, build(spec), ())
    from cnnparams.engine.choosing.budget import limits  # it needs every kind of cost, and few specs need it

    return Budgeted(spec, budget=limits(spec), graph=build(spec))


def load_spec(path: str, values: Mapping[str, Any] | None = None) -> Spec:
    """Load a spec that can be built; raise SpecError with its problems, print its remarks otherwise."""
    spec = load(path, values)
    _remark([built(spec).graph])
    return spec


def load_graphs(
    paths: Iterable[str], values: Mapping[str, Any] | None = None, *, families: bool = False
) -> list[Graph]:
    """Load and build every spec as `load_networks` does, for those who need no budget."""
    return [network.graph for network in load_networks(paths, values, families=families)]


def load_networks(
    paths: Iterable[str], values: Mapping[str, Any] | None = None, *, families: bool = False
) -> list[Budgeted]:
    """Load and build every spec; raise SpecError with the problems of all of them, print their remarks otherwise.

    With `families`, one of which no variant is chosen stands for all its variants; the first with a problem tells it.
    """

    def load_one(path: str) -> list[Budgeted]:
        spec = load(path, values)
        return [*map(_member, members(spec))] if families else [built(spec)]

    paths = list(paths)
    _check_stdin(paths)
    networks = [network for networks in each(load_one, paths) for network in networks]
    _remark(network.graph for network in networks)
    return networks


def load_pair(first: str, second: str, values: Mapping[str, Any], of_second: Mapping[str, Any]) -> list[Graph]:
    """Load and build two specs as `load_graphs` does, the vars that each has overridden by `values`.

    `of_second` are values for the second alone. Raise BadParameter for a var that neither has.
    """
    _check_stdin([first, second])
    specs = each(load, [first, second])
    _check_vars(values, specs)
    held = [{name: value for name, value in values.items() if name in spec.variables.names} for spec in specs]
    held[1] |= of_second
    chosen = each(lambda pair: choose(pair[0], pair[0].choice.variant, pair[1]), zip(specs, held, strict=True))
    graphs = [network.graph for network in each(built, chosen)]
    _remark(graphs)
    return graphs


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


def _remark(graphs: Iterable[Graph]) -> None:
    for remark in dict.fromkeys(remark for graph in graphs for remark in graph.remarks):
        tell(str(remark))


def kept_without(total: Total, name: str, source: str) -> Problem:
    """Return the remark that a network has no such total, which no limit of it forbids."""
    return Problem(f"remark: {name} has no {total.word}, so that any budget for it is kept", source=source)


def _member(spec: Spec) -> Budgeted:
    """Build a network; where it is one of a family, its problems say which."""
    try:
        return built(spec)
    except SpecError as error:
        if spec.choice.variant is None:
            raise
        note = f"in the variant {spec.choice.variant}"
        raise SpecError(problem._replace(notes=(*problem.notes, note)) for problem in error.problems) from None


def load_reports(
    paths: Iterable[str],
    values: Mapping[str, Any],
    fields: Collection[str],
    depth: int | None = None,
    setting: Setting = USUAL,
) -> list[Report]:
    """Load, build and measure every spec, with the costs that give these fields; sum up layers to a depth."""
    reports = [measure(graph, fields, setting) for graph in load_graphs(paths, values)]
    if depth is None:
        return reports
    from cnnparams.engine.reports.fold import fold

    return [fold(report, depth) for report in reports]
