"""A Reading -> the Spec of a network that counts as any other; what no layer says is an error there."""

from __future__ import annotations

from cnnparams.engine.network.build import build
from cnnparams.errors import CnnparamsError, Problem, SpecError
from cnnparams.inert import printable
from cnnparams.schema.parse import parse
from cnnparams.schema.plain import document_of
from cnnparams.schema.spec import Spec
from cnnparams.sources.checking import graph_differences
from cnnparams.sources.reading import Reading, told_once


def spec_of(reading: Reading, name: str) -> Spec:
    """Return the spec of what was read under a name, its remarks kept.

    Raise SpecError with the gaps, if there are any, and CnnparamsError where it would not come to the model's totals.
    """
    if reading.gaps:
        told = told_once(reading.gaps)
        gaps = dict.fromkeys(Problem(gap.what, None, gap.source, gap.path or None, gap.remedy) for gap in told)
        hint = f"cnnparams import {printable(name)} --partial writes the rest as a spec and marks them"
        fact = "cannot be counted: some of its operations have no layer type"
        raise SpecError([*gaps, Problem(fact, source=printable(name), hint=hint)])
    spec = parse(document_of(reading.spec, name, reading.origins))
    if reading.totals and (found := list(graph_differences(build(spec), reading.totals))):
        raise CnnparamsError(
            "\n  ".join(
                [
                    f"{printable(name)}: the spec differs from the model, a bug in cnnparams; please report it:",
                    *found,
                ]
            )
        )
    return spec._replace(remarks=(*spec.remarks, *map(Problem, reading.remarks)))
