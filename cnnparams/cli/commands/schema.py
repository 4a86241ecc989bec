"""`cnnparams schema`: the JSON Schema of a spec file."""

from __future__ import annotations

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command


@click.command(cls=Command, group="Learn", example="cnnparams schema -o cnnparams.schema.json")
@options.output
def command(output: str | None) -> None:
    """Print the JSON Schema of a spec, for your editor.

    Save it beside your specs (cnnparams schema -o cnnparams.schema.json) and begin each with the line
    "# yaml-language-server: $schema=cnnparams.schema.json".
    """
    import json

    from cnnparams.cli.output import write
    from cnnparams.engine.choosing.budget import spec_schema

    write([json.dumps(spec_schema(), indent=2) + "\n"], output)
