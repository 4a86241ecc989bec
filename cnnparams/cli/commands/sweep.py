"""`cnnparams sweep`: one network for many values of its vars, and sizes of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

import click

from cnnparams.cli import options, shown
from cnnparams.cli.command import Command, Named
from cnnparams.cli.exit_code import ExitCode
from cnnparams.cli.messages import hide_status, tell

if TYPE_CHECKING:
    from cnnparams.cli.options import VaryingOpening
    from cnnparams.cli.show import Show
    from cnnparams.engine.choosing.axis import SweepAxis
    from cnnparams.engine.setting import Setting

T = TypeVar("T")
_NOTHING = "nothing varies: give --set NAME=VALUES for a var, or several shapes with --input 3x160x160,3x224x224"


def _axes(_: click.Context, __: click.Parameter, written: tuple[str, ...]) -> tuple[SweepAxis, ...]:
    if not written:
        return ()
    from cnnparams.engine.choosing.axis import parse_axis

    with options.blaming("--set"):
        return tuple(map(parse_axis, written))


@click.command(
    cls=Command, group="Choose", example="cnnparams sweep mobilenet_v2 --set width=0.5,1 --set size=160:224:32"
)
@options.spec
@click.option(
    "--set",
    "axes",
    metavar="NAME=VALUES",
    cls=Named,
    callback=_axes,
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
    axes: tuple[SweepAxis, ...],
    where: str | None,
    pareto: str | None,
    columns: str,
    sort: str | None,
    top: int | None,
    opening: VaryingOpening,
    jobs: int,
    setting: Setting,
    show: Show,
) -> ExitCode:
    """Measure a network at every combination of var values.

    That is those of --set, and the shapes of --input. A row is printed for each as it comes. NETWORK is a YAML file (-
    for standard input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY, code that makes a PyTorch
    model and is run; FILE@VARIANT chooses a variant. A family of which none is chosen stands for all its variants.
    Combinations without a valid network are reported and skipped.
    """
    from contextlib import closing

    from cnnparams.api.choosing import SweepRun, SweepWords
    from cnnparams.cli.networks import load_varied
    from cnnparams.cli.progress import progress
    from cnnparams.cli.streams import is_seen
    from cnnparams.render.answers.grid import GridAnswer

    if not axes and not any(axis.shapes[1:] for axis in opening.axes):
        raise click.UsageError(_NOTHING)
    words = SweepWords(columns, where, pareto or (), sort, top)
    run = SweepRun.of(load_varied(spec, {}, opening), axes, words, setting, tell)
    with closing(run.sweep.outcomes(jobs)) as outcomes:
        on_terminal = show.output is None and is_seen()
        is_live = on_terminal and not (sort or top or where or pareto)  # which hold rows back
        found = progress(outcomes, run.sweep.points, "sweeping", beside_rows=is_live)
        grid = run.sweep.grid(run.networks(found))
        rows = _below(grid.rows) if on_terminal else grid.rows
        show(GridAnswer(grid._replace(rows=run.shown(rows)), option=shown.COLUMNS), live=True)
    return ExitCode.DONE if run.is_any else ExitCode.NO_ANSWER


def _below(rows: Iterable[T]) -> Iterator[T]:
    """Yield rows, each with no progress in the line where it is written."""
    for row in rows:
        hide_status()
        yield row
