"""`cnnparams solve`: the largest value of a var that keeps every budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command
from cnnparams.cli.exit_code import ExitCode
from cnnparams.cli.messages import tell

if TYPE_CHECKING:
    from cnnparams.cli.options import Opening
    from cnnparams.cli.show import Show
    from cnnparams.engine.choosing.axis import SweepAxis
    from cnnparams.engine.choosing.solve import Solution
    from cnnparams.engine.costs.quantity import Limit
    from cnnparams.engine.setting import Setting
    from cnnparams.schema.spec import Spec


@click.command(cls=Command, group="Choose", example="cnnparams solve mobilenet_v2 --var width --max params=2M")
@options.spec
@click.option(
    "--var",
    metavar="NAME[=VALUES]",
    required=True,
    help="The var, and the values to try: width=0.1:2:0.1; around its own value where not given.",
)
@options.limits
@options.values
@options.opening
@options.jobs
@options.setting_of_totals
@options.answers()
def command(
    spec: str,
    var: str,
    limits: tuple[Limit, ...],
    values: dict[str, Any],
    opening: Opening,
    jobs: int,
    setting: Setting,
    show: Show,
) -> ExitCode:
    """Find the largest value of a var that keeps every budget.

    SPEC is a YAML file (- for standard input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY,
    code that makes a PyTorch model and is run; FILE@VARIANT chooses a variant. The budget is that of --max, or else the
    spec's own. Every value is tried, so that the answer is the largest even where a cost falls; that value and the next
    are shown. The exit code is 1 where no value keeps the budget.
    """
    from contextlib import closing

    from cnnparams.cli.networks import kept_without, load_one
    from cnnparams.cli.progress import progress
    from cnnparams.engine.choosing.budget import measurable_limits
    from cnnparams.engine.choosing.evaluation import Points, outcomes
    from cnnparams.engine.choosing.solve import solve
    from cnnparams.render.answers.solution import SolutionAnswer

    with options.blaming("--max"):
        measurable_limits(limits, setting)
    chosen = load_one(spec, values, opening).spec
    axis = _axis(chosen, var)
    kept = measurable_limits(limits or _own(chosen, axis.name), setting)
    points = Points(({axis.name: value} for value in axis.values), len(axis.values))
    fields = [limit.total.field for limit in kept]
    with closing(outcomes(chosen, fields, setting, points, jobs)) as found:
        name = chosen.choice.variant or chosen.name
        solution = solve(name, axis.name, kept, progress(found, len(axis.values), "trying"))
    _check_any(solution)
    for total in solution.missing:
        tell(str(kept_without(total, name, chosen.document.source.name)))
    show(SolutionAnswer(solution))
    return ExitCode.NO if solution.best is None else ExitCode.DONE


def _check_any(solution: Solution) -> None:
    """Raise CnnparamsError where no value makes a network, with what is wrong with the first."""
    from cnnparams.errors import CnnparamsError

    if solution.invalid == solution.candidates:
        var, first = solution.var, solution.candidates[0]
        raise CnnparamsError(f"no value of {var} gives a valid network; {var}={first.value}: {first.problem}")


def _axis(spec: Spec, var: str) -> SweepAxis:
    from cnnparams.engine.choosing.axis import ascending
    from cnnparams.schema.variables import choose
    from cnnparams.schema.variables import values as values_of

    name = var.partition("=")[0]
    choose(spec, spec.choice.variant, {name: 1})  # which a spec without this var refuses
    with options.blaming("--var"):
        return ascending(var, values_of(spec)[name], spec.variables.bounds.get(name))


def _own(spec: Spec, var: str) -> tuple[Limit, ...]:
    """Return the limits of the spec's own budget, which must not depend on the var."""
    from cnnparams.engine.choosing.budget import limits
    from cnnparams.engine.choosing.evaluation import vars_behind

    if var in vars_behind(spec, spec.budget):
        raise click.UsageError(f"the budget of the spec depends on {var}: give one with --max")
    found = limits(spec)
    if not found:
        raise click.UsageError("there is no budget to keep: give one with --max params=1M, or in the spec")
    return found
