"""`cnnparams check`: do networks keep their budgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command
from cnnparams.cli.exit_code import ExitCode
from cnnparams.cli.messages import tell

if TYPE_CHECKING:
    from cnnparams.engine.choosing.check import Verdict
    from cnnparams.engine.costs.quantity import Limit
    from cnnparams.engine.setting import Setting
    from cnnparams.errors import Problem


@click.command(cls=Command)
@options.specs
@options.limits
@options.values
@options.setting_of_totals
@options.formats("github")
@options.output
def command(
    specs: tuple[str, ...],
    limits: tuple[Limit, ...],
    values: dict[str, Any],
    setting: Setting,
    format_: str,
    output: str | None,
) -> ExitCode:
    """Check that specs are valid and networks keep their budgets; say nothing where all is well.

    SPEC is a YAML file, - for standard input, or a spec that "cnnparams specs" lists; FILE@VARIANT chooses a variant. A
    family of which none is chosen stands for all its variants. A budget is the spec's own (budget: {params: 1M}), or
    --max. The exit code is 1 where a total is over one; the layers that weigh most are named.
    """
    from cnnparams.cli.output import shown_on, write
    from cnnparams.cli.specs import each, load_networks
    from cnnparams.engine.choosing.budget import measurable_limits
    from cnnparams.engine.choosing.check import check
    from cnnparams.errors import SpecError
    from cnnparams.render.answers.verdict import VerdictAnswer
    from cnnparams.render.view import View

    renderer = options.renderer(format_)
    with options.blaming("--max"):
        measurable_limits(limits, setting)
    try:
        networks = load_networks(specs, values, families=True)
        verdicts = each(lambda network: check(network.graph, (*network.budget, *limits), setting), networks)
    except SpecError as error:
        if not hasattr(renderer, "trouble"):
            raise
        write(renderer.trouble(error.problems), output, verbatim=True)
        return ExitCode.NO_ANSWER
    for remark in dict.fromkeys(_remarks(verdicts)):
        tell(str(remark))
    verbatim = getattr(renderer, "COMMANDS", False)
    write(renderer.render(VerdictAnswer(verdicts), View(stream=shown_on(output))), output, verbatim=verbatim)
    return ExitCode.NO if any(verdict.broken for verdict in verdicts) else ExitCode.DONE


def _remarks(verdicts: Sequence[Verdict]) -> Iterator[Problem]:
    """Yield what a quiet success would hide."""
    from cnnparams.cli.specs import kept_without
    from cnnparams.errors import Problem

    for verdict in verdicts:
        source = verdict.place.source if verdict.place else verdict.name
        if not verdict.balances:
            yield Problem("remark: it has no budget, so that only the spec itself was checked", source=source)
        for balance in (each for each in verdict.balances if each.is_estimate and each.is_kept):
            yield Problem(f"remark: {balance.limit.total.word} of {verdict.name} is an estimate", source=source)
        missing = (balance.limit.total for balance in verdict.balances if balance.value is None)
        yield from (kept_without(total, verdict.name, source) for total in missing)
