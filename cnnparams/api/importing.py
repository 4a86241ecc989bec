"""Any network as the YAML of a spec, with what repeats found again as blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnnparams.api.loading import AnyNetwork, is_name, load, mode_of, shapes
from cnnparams.api.network import Network
from cnnparams.api.remark import warn
from cnnparams.engine.network.stack import stack
from cnnparams.errors import CnnparamsError
from cnnparams.render.yaml import marked, spec_lines
from cnnparams.schema.input_shape import Inputs, InputShape
from cnnparams.sources import pytorch
from cnnparams.sources.checking import spec_differences
from cnnparams.sources.entry import spec_of
from cnnparams.sources.reading import Reading
from cnnparams.sources.register import source_of
from cnnparams.sources.structure.recover import recovered

if TYPE_CHECKING:
    from cnnparams.sources.pytorch.mode import Mode

WIDTH = 120
"""Columns of a line, of a spec with blocks."""


def to_yaml(
    model: AnyNetwork,
    *,
    input: Inputs | None = None,
    mode: str | None = None,
    flat: bool = False,
    partial: bool = False,
    **values: Any,
) -> str:
    """Return the spec of a network, given as for `load`: what repeats is written as blocks, unless it is to be `flat`.

    Raise SpecError where no layer type says what a part of it does; `partial` writes the rest, with these marked.
    """
    reading = _reading(model, shapes(input), mode_of(mode), values)
    if reading.gaps and not partial:
        spec_of(reading, str(model) if is_name(model) else type(model).__name__)
    warn(*reading.remarks, *reading.gaps)
    plain = flat or bool(reading.gaps)  # gaps are marked by the names in the list
    spec = reading.spec if plain else recovered(reading.spec, reading.classes)
    lines = spec_lines(spec, None if plain else WIDTH)
    text = "".join(marked(lines, {gap.entry: str(gap) for gap in reading.gaps if gap.entry}))
    check_text(reading, text)
    return text


def check_text(reading: Reading, text: str) -> None:
    """Raise CnnparamsError where a spec that was written would not come to what the model has."""
    if reading.totals and (found := list(spec_differences(text, reading.totals))):
        raise CnnparamsError("\n  ".join(["nothing was written, as the spec would differ from the model:", *found]))


def _reading(model: AnyNetwork, inputs: Sequence[InputShape], mode: Mode | None, values: dict[str, Any]) -> Reading:
    """Return what a model is; or what a spec stands for, whose structure is then found anew."""
    if isinstance(model, Network):
        network = model.resized(inputs) if inputs else model
        return Reading(stack(network.set(**values).graph))
    if pytorch.is_model(model):
        return pytorch.open_model(model, inputs, type(model).__name__, mode)
    source = source_of(str(model)) if is_name(model) else None
    if source:
        return source.open(str(model), inputs, mode)
    return Reading(stack(load(model, input=inputs, mode=mode, **values).graph))
