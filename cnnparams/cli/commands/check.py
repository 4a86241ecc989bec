"""`cnnparams check`: do networks keep their budgets."""

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
    from cnnparams.engine.costs.quantity import Limit
    from cnnparams.engine.setting import Setting

_GIVE = "set one with --max params=1M, or in the spec with budget: {params: 1M}"


@click.command(cls=Command, group="Choose", example="cnnparams check resnet18 --max params=12M")
@options.specs
@options.limits
@options.values
@options.opening
@options.setting_of_totals
@options.answers("github")
def command(
    specs: tuple[str, ...],
    limits: tuple[Limit, ...],
    values: dict[str, Any],
    opening: Opening,
    setting: Setting,
    show: Show,
) -> ExitCode:
    """Check specs, and that networks keep their budgets.

    NETWORK is a YAML file (- for standard input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY,
    code that makes a PyTorch model and is run; FILE@VARIANT chooses a variant. A family of which none is chosen stands
    for all its variants. A budget is the spec's own (budget: {params: 1M}), or --max. Nothing is printed where all is
    well. The exit code is 1 where a total is over one; the layers that weigh most are named.
    """
    from cnnparams.cli.networks import each, load_networks
    from cnnparams.cli.progress import progress
    from cnnparams.engine.choosing.budget import measurable_limits
    from cnnparams.errors import SpecError, about
    from cnnparams.render.answers.verdict import VerdictAnswer

    with about("limits"):
        measurable_limits(limits, setting)
    try:
        networks = load_networks(specs, values, opening, families=True)
        verdicts = each(
            lambda network: network.check(*limits, **setting._asdict()), progress(networks, len(networks), "checking")
        )
    except SpecError as error:
        if not show.problems(error.problems):
            raise
        return ExitCode.NO_ANSWER
    for remark in dict.fromkeys(remark for verdict in verdicts for remark in verdict.remarks(_GIVE)):
        tell(str(remark))
    show(VerdictAnswer(verdicts))
    return ExitCode.NO if any(verdict.broken for verdict in verdicts) else ExitCode.DONE
