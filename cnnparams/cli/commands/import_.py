"""`cnnparams import`: a spec from a model, or from a file that holds one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command
from cnnparams.cli.exit_code import ExitCode
from cnnparams.cli.messages import tell

if TYPE_CHECKING:
    from cnnparams.cli.options import Opening
    from cnnparams.cli.show import Show
    from cnnparams.sources.reading import Reading

_GAPS = "there is no layer type for these"


@click.command(cls=Command, group="Exchange", example="cnnparams import torchvision.models:resnet18 --input 3x224x224")
@click.argument("model", metavar="MODEL", shell_complete=options.completes("files"))
@options.opening
@click.option(
    "--partial",
    is_flag=True,
    help="Write a spec even if parts are not supported, and mark these; the exit code is then 1.",
)
@click.option("--flat", is_flag=True, help="Write a plain list of layers, without blocks and repeats.")
@options.answers(only=("json", "yaml"), default="yaml")
def command(model: str, opening: Opening, partial: bool, flat: bool, show: Show) -> ExitCode:
    """Write the spec of a PyTorch model or an ONNX file.

    MODEL is MODULE:FACTORY, such as mypackage.models:resnet: the code is imported, called and run, on tensors without
    data. Or it is an ONNX file, of which nothing is run, or a spec, whose blocks are found anew. Structure that repeats
    is written as blocks and repeats, of the very same layers under the same names. What no layer type stands for is
    named, and nothing is written unless --partial is given. This needs PyTorch (pip install torch) or onnx (pip install
    onnx).
    """
    from cnnparams.api.importing import WIDTH, check_text
    from cnnparams.cli.progress import working
    from cnnparams.render.answers.stack import StackAnswer
    from cnnparams.render.yaml import marked
    from cnnparams.sources.reading import told_once
    from cnnparams.sources.structure.recover import recovered

    reading = _read(model, opening)
    for remark in (*reading.remarks, *map(str, told_once(reading.gaps))):
        tell(remark)
    if reading.gaps and not partial:
        tell(f"nothing was written, as {_GAPS}; --partial writes the rest and marks them")
        return ExitCode.NO_ANSWER
    plain = flat or bool(reading.gaps)  # gaps are marked by the names in the list
    with working("finding blocks"):
        spec = reading.spec if plain else recovered(reading.spec, reading.classes)
    lines = show.text(StackAnswer(spec), None if plain else WIDTH)
    text = "".join(marked(lines, {gap.entry: str(gap) for gap in reading.gaps if gap.entry}))
    check_text(reading, text)
    show.write([text])
    return ExitCode.NO if reading.gaps else ExitCode.DONE


def _read(model: str, opening: Opening) -> Reading:
    from cnnparams.cli.progress import working
    from cnnparams.cli.streams import keep_apart
    from cnnparams.sources.register import source_of

    source = source_of(model)
    if source is None:
        return _of_spec(model, opening)
    if source.RUNS_CODE:
        keep_apart()  # what the code prints is not the spec
    with working(f"reading {model}"):
        return source.open(model, *opening)


def _of_spec(name: str, opening: Opening) -> Reading:
    """Return what a spec stands for, whose structure is then found anew."""
    from cnnparams.cli.networks import load_networks
    from cnnparams.engine.network.stack import stack
    from cnnparams.sources.reading import Reading

    (network,) = load_networks([name], {}, opening)
    return Reading(stack(network.graph))
