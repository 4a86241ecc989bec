"""Whether a spec comes to what a model has: the last word before it is given to a user."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.bridge.reading import Totals
from cnnparams.engine.build import build
from cnnparams.engine.measure import measure
from cnnparams.errors import SpecError
from cnnparams.schema.compose import compose
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text


def differences(text: str, totals: Totals) -> Iterator[str]:
    """Yield what a spec, read and counted as any other, has other than the model; its problems where it gives none."""
    try:
        report = measure(build(parse(compose(Text("the spec", text)))))
    except SpecError as error:
        yield str(error)
        return
    outputs = tuple(port.shape.dims for port in report.outputs)
    found = Totals(report.trainable_params, report.frozen_params, report.buffers, outputs, report.total_macs)
    for what, ours, models in zip(Totals._fields, found, totals, strict=True):
        if models is not None and ours != models:
            yield f"{what}: {ours} in the spec, {models} in the model"
