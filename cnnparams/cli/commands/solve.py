"""`cnnparams solve`: the largest value of a var, or the largest input, that keeps every budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command
from cnnparams.cli.exit_code import ExitCode
from cnnparams.cli.messages import tell

if TYPE_CHECKING:
    from cnnparams.cli.options import VaryingOpening
    from cnnparams.cli.show import Show
    from cnnparams.engine.costs.quantity import Limit
    from cnnparams.engine.setting import Setting


@click.command(cls=Command, group="Choose", example="cnnparams solve mobilenet_v2 --var width --max params=2M")
@options.spec
@click.option(
    "--var",
    metavar="NAME[=VALUES]",
    required=True,
    shell_complete=options.completes("names"),
    help="The var, and the values to try: width=0.1:2:0.1; around its own value if not given. Or the name of an "
    "input, mostly input, of which --input gives the shapes to try.",
)
@options.limits
@options.values
@options.varying_opening
@options.jobs
@options.setting_of_totals
@options.answers()
def command(
    spec: str,
    var: str,
    limits: tuple[Limit, ...],
    values: dict[str, Any],
    opening: VaryingOpening,
    jobs: int,
    setting: Setting,
    show: Show,
) -> ExitCode:
    """Find the largest value of a var that keeps every budget.

    NETWORK is a YAML file (- for standard input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY,
    code that makes a PyTorch model and is run; FILE@VARIANT chooses a variant. The budget is that of --max, or else the
    spec's own. Every value is tried, so that the answer is the largest even where a cost falls; that value and the next
    are shown. The exit code is 1 where no value keeps the budget.
    """
    from contextlib import closing

    from cnnparams.api.choosing import Search
    from cnnparams.cli.networks import load_varied
    from cnnparams.cli.progress import progress
    from cnnparams.engine.choosing.budget import measurable_limits
    from cnnparams.errors import about
    from cnnparams.render.answers.solution import SolutionAnswer

    with about("limits"):
        measurable_limits(limits, setting)
    search = Search.of(load_varied(spec, values, opening), var, limits, setting)
    with closing(search.outcomes(jobs)) as found:
        solution = search.solution(progress(found, len(search.axis.values), "trying"))
    for remark in search.remarks(solution):
        tell(str(remark))
    show(SolutionAnswer(solution))
    return ExitCode.NO if solution.best is None else ExitCode.DONE
