"""`cnnparams receptive-field`: how much of the image each layer sees."""

from __future__ import annotations

from typing import Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command

COLUMNS = ("layer", "output", "receptive-field", "effective-stride", "effective-padding", "aligned", "sees-all")


@click.command(cls=Command)
@options.specs
@options.values
@options.formats()
@options.output
@options.layout
@options.depth
def command(
    specs: tuple[str, ...],
    values: dict[str, Any],
    format_: str,
    output: str | None,
    layout: str,
    depth: int | None,
) -> None:
    """Print how much of the image each layer sees: receptive field, effective stride and padding.

    SPEC is a YAML file, - for standard input, or a spec that "cnnparams specs" lists; FILE@VARIANT chooses a variant.
    One number stands for all axes. "Input sees all" marks layers that add no context: their input sees the whole image.
    """
    from dataclasses import replace

    from cnnparams.cli.output import shown_on, write
    from cnnparams.cli.specs import load_reports
    from cnnparams.engine.costs import receptive_field
    from cnnparams.engine.reports.report import columns
    from cnnparams.render.answers.report import ReportAnswer
    from cnnparams.render.view import LAYOUTS, View

    known = columns()
    shown = tuple(known[name] for name in COLUMNS)
    reports = load_reports(specs, values, [column.field for column in shown], depth)
    own = [replace(report, columns=receptive_field.COLUMNS, totals=receptive_field.TOTALS) for report in reports]
    view = View(LAYOUTS[layout], shown_on(output))
    write(options.renderer(format_).render(ReportAnswer(own, shown), view), output)
