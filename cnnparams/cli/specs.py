"""The specs that a command names -> graphs and reports. What is wrong with any is told before anything is printed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import click

from cnnparams.engine.build import build
from cnnparams.engine.graph import Graph
from cnnparams.engine.measure import measure
from cnnparams.engine.report import Report
from cnnparams.engine.setting import USUAL, Setting
from cnnparams.errors import CnnparamsError, Problem, SpecError
from cnnparams.schema.compose import compose
from cnnparams.schema.load import load
from cnnparams.schema.source import STDIN, Text
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import members


def value_of(text: str) -> tuple[str, Any]:
    """Return name and value of NAME=VALUE, the value being what YAML makes of it; raise BadParameter for other text."""
    name, equals, written = text.partition("=")
    if not equals or not name.isidentifier():
        raise click.BadParameter(f"{text!r} is not NAME=VALUE, such as width=0.5")
    found = compose(Text("--set", f"{name}: {written}")).root
    return name, found[name]


def load_graphs(
    paths: Iterable[str], values: Mapping[str, Any] | None = None, *, families: bool = False
) -> list[Graph]:
    """Load and build every spec; raise SpecError with the problems of all of them, print their remarks otherwise.

    With `families`, one of which no variant is chosen stands for all its variants; the first with a problem tells it.
    """
    paths = list(paths)
    if paths.count(STDIN) > 1:
        raise CnnparamsError(f"{STDIN} stands for standard input, which can be read once")
    graphs: list[Graph] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            spec = load(path, values)
            graphs.extend(map(_member, members(spec)) if families else [build(spec)])
        except SpecError as error:
            problems.extend(error.problems)
    if problems:
        raise SpecError(problems)
    for remark in dict.fromkeys(remark for graph in graphs for remark in graph.remarks):
        click.echo(str(remark), err=True)
    return graphs


def _member(spec: Spec) -> Graph:
    """Build a network; where it is one of a family, its problems say which."""
    try:
        return build(spec)
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
    from cnnparams.engine.fold import fold

    return [fold(report, depth) for report in reports]
