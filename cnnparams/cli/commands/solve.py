"""`cnnparams solve`: the largest value of a var, or the largest input, that keeps every budget."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command
from cnnparams.cli.exit_code import ExitCode
from cnnparams.cli.messages import tell

if TYPE_CHECKING:
    from cnnparams.cli.options import VaryingOpening
    from cnnparams.cli.show import Show
    from cnnparams.cli.varied import Varied
    from cnnparams.engine.choosing.axis import SweepAxis
    from cnnparams.engine.costs.quantity import Limit
    from cnnparams.engine.setting import Setting
    from cnnparams.schema.spec import Spec


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

    SPEC is a YAML file (- for standard input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY,
    code that makes a PyTorch model and is run; FILE@VARIANT chooses a variant. The budget is that of --max, or else the
    spec's own. Every value is tried, so that the answer is the largest even where a cost falls; that value and the next
    are shown. The exit code is 1 where no value keeps the budget.
    """
    from contextlib import closing

    from cnnparams.cli.progress import progress
    from cnnparams.cli.varied import load_varied
    from cnnparams.engine.choosing.budget import measurable_limits
    from cnnparams.engine.choosing.check import kept_without
    from cnnparams.engine.choosing.evaluation import Points, outcomes
    from cnnparams.engine.choosing.solve import solve
    from cnnparams.render.answers.solution import SolutionAnswer

    with options.blaming("--max"):
        measurable_limits(limits, setting)
    varied = load_varied(spec, values, opening)
    chosen, axis = varied.network.spec, _axis(varied, var)
    kept = measurable_limits(limits or _own(chosen, axis.name), setting)
    points = Points(({axis.name: value} for value in axis.values), len(axis.values))
    fields = [limit.total.field for limit in kept]
    with closing(outcomes(varied.varying(chosen), fields, setting, points, jobs)) as found:
        name = chosen.choice.variant or chosen.name
        solution = solve(name, axis.name, kept, progress(found, len(axis.values), "trying"))
    solution.check_any()
    for total in solution.missing:
        tell(str(kept_without(total, name, chosen.document.source.name)))
    show(SolutionAnswer(solution))
    return ExitCode.NO if solution.best is None else ExitCode.DONE


def _axis(varied: Varied, var: str) -> SweepAxis:
    from cnnparams.engine.choosing.axis import SweepAxis, ascending
    from cnnparams.schema.variables import choose
    from cnnparams.schema.variables import values as values_of

    inputs, spec = {axis.name: axis for axis in varied.axes}, varied.network.spec
    if others := inputs.keys() - {var}:
        raise click.BadParameter(
            f"{var} varies, and nothing else may: give one shape of {min(others)}", param_hint="--input"
        )
    if var in inputs:
        shapes = dict.fromkeys(inputs[var].values)
        return SweepAxis(var, tuple(sorted(shapes, key=attrgetter("elements"))))
    name = var.partition("=")[0]
    if name in spec.inputs and name not in spec.variables.names:
        fact = f"{name} is an input: give the shapes to try with --input, such as 3x160:224:32x160:224:32"
        raise click.BadParameter(fact, param_hint="--var")
    varied.check_free([name], "--var")
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
        raise click.UsageError("no budget: set one with --max params=1M, or in the spec with budget: {params: 1M}")
    return found
