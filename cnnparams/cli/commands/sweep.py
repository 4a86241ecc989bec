"""`cnnparams sweep`: one network for many values of its vars, and sizes of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from cnnparams.cli import options, shown
from cnnparams.cli.command import Command, Named
from cnnparams.cli.exit_code import ExitCode
from cnnparams.cli.messages import hide_status, tell

if TYPE_CHECKING:
    from cnnparams.cli.options import VaryingOpening
    from cnnparams.cli.show import Show
    from cnnparams.cli.varied import Varied
    from cnnparams.engine.choosing.evaluation import Outcome
    from cnnparams.engine.choosing.sweep import Sweep
    from cnnparams.engine.reports.grid import Row
    from cnnparams.engine.setting import Setting

_NOTHING = "nothing varies: give --set NAME=VALUES for a var, or several shapes with --input 3x160x160,3x224x224"


@click.command(
    cls=Command, group="Choose", example="cnnparams sweep mobilenet_v2 --set width=0.5,1 --set size=160:224:32"
)
@options.spec
@click.option(
    "--set",
    "axes",
    metavar="NAME=VALUES",
    cls=Named,
    shell_complete=options.completes("assignments"),
    remedy="write its values once, separated by commas",
    help="Values of a var: FROM:TO:STEP, or several with commas; once for each var.",
)
@click.option("--where", metavar="CONDITION", help='Show only points such as "params < 1e6 and size >= 160".')
@click.option(
    "--pareto",
    metavar="WORDS",
    shell_complete=options.completes("goals"),
    help="Show only what no other point beats in all of these, such as params,macs; size:max is better the larger.",
)
@shown.columns("params,peak-memory", default="params,macs", offers="totals")
@shown.ranked_networks("combinations")
@options.varying_opening
@options.jobs
@options.setting_of_totals
@options.answers()
def command(
    spec: str,
    axes: tuple[str, ...],
    where: str | None,
    pareto: str | None,
    columns: str,
    order: shown.Order,
    opening: VaryingOpening,
    jobs: int,
    setting: Setting,
    show: Show,
) -> ExitCode:
    """Measure a network at every combination of var values.

    That is those of --set, and the shapes of --input. A row is printed for each as it comes. SPEC is a YAML file (- for
    standard input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY, code that makes a PyTorch
    model and is run; FILE@VARIANT chooses a variant. A family of which none is chosen stands for all its variants.
    Combinations without a valid network are reported and skipped.
    """
    from contextlib import closing

    from cnnparams.cli.progress import progress
    from cnnparams.cli.streams import is_seen
    from cnnparams.cli.varied import load_varied
    from cnnparams.errors import quote
    from cnnparams.render.answers.grid import GridAnswer

    if not axes and not any(axis.shapes[1:] for axis in opening.axes):
        raise click.UsageError(_NOTHING)
    sweep = _sweep(load_varied(spec, {}, opening), axes, where, pareto, columns, order, setting)
    skipped: list[Outcome] = []
    rows: list[Row] = []
    with closing(sweep.outcomes(jobs)) as outcomes:
        on_terminal = show.output is None and is_seen()
        is_live = on_terminal and not (order.sort or where or pareto)  # which hold rows back
        found = progress(outcomes, sweep.points, "sweeping", beside_rows=is_live)
        grid = sweep.grid(_telling(sweep, _valid(found, skipped)))
        show(GridAnswer(grid._replace(rows=_kept(grid.rows, rows, on_terminal)), option=shown.COLUMNS), live=True)
    if not rows and len(skipped) < sweep.points:
        tell(f"warning: no combination meets --where {quote(where or '')}\n  hint: allow more, or try other values")
    return ExitCode.NO_ANSWER if len(skipped) == sweep.points else ExitCode.DONE


def _sweep(
    varied: Varied,
    axes: tuple[str, ...],
    where: str | None,
    pareto: str | None,
    columns: str,
    order: shown.Order,
    setting: Setting,
) -> Sweep:
    from cnnparams.engine.choosing.axis import parse_axis
    from cnnparams.engine.choosing.sweep import Sweep, own_columns, parse_condition, parse_goal
    from cnnparams.engine.costs.register import find_total, measurable
    from cnnparams.schema.variables import choose, members

    with options.blaming("--set"):
        found = [parse_axis(text) for text in axes]
    names = [axis.name for axis in found]
    varied.check_free(names, "--set")
    first, spec = {axis.name: axis.values[0] for axis in found}, varied.network.spec
    specs = [choose(member, member.choice.variant, {**member.choice.values, **first}) for member in members(spec)]
    with options.blaming(shown.COLUMNS):
        measured = measurable([find_total(word) for word in columns.split(",")], setting)
    ordered = [*names, *(axis.name for axis in varied.axes)]
    ranking = order.ranking(own_columns(specs, ordered))
    with options.blaming(shown.SORT):
        measurable(shown.totals([ranking.column]), setting)
    with options.blaming("--where"):
        condition = None if where is None else parse_condition(where, names)
        measurable(condition.totals.values() if condition else (), setting)
    with options.blaming("--pareto"):
        goals = [] if pareto is None else [parse_goal(word, ordered) for word in pareto.split(",")]
        measurable([goal.total for goal in goals if goal.total], setting)
    networks = [varied.varying(each) for each in specs]
    return Sweep(networks, [*varied.axes, *found], measured, condition, goals, setting, ranking)


def _kept(rows: Iterable[Row], kept: list[Row], on_terminal: bool) -> Iterator[Row]:
    """Yield rows; keep the first, which tells whether there are any."""
    for row in rows:
        kept[:] = kept or [row]
        if on_terminal:
            hide_status()
        yield row


def _valid(outcomes: Iterable[Outcome], skipped: list[Outcome]) -> Iterator[Outcome]:
    """Yield the points that are networks; tell of the others."""
    for outcome in outcomes:
        if outcome.problem is None:
            yield outcome
        else:
            skipped.append(outcome)
            tell(f"skipped: {outcome.place}: {outcome.problem}")


def _telling(sweep: Sweep, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Yield the networks; tell once of each what it does not have, as that stays empty."""
    told = set()
    for outcome in outcomes:
        for total in sweep.missing(outcome):
            if (outcome.name, total) not in told:
                tell(f"warning: {outcome.name} has no {total.word}: its column stays empty")
            told.add((outcome.name, total))
        yield outcome
