"""The Python API: load a spec, count it, and a report that shows itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from cnnparams.engine.network.build import build
from cnnparams.engine.reports import report as engine_report
from cnnparams.engine.reports.measure import measure_as
from cnnparams.engine.reports.report import default_columns
from cnnparams.schema import load as loading
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose


@dataclass(frozen=True, kw_only=True, repr=False)
class Report(engine_report.Report):
    """What a network is and costs; as text it is the layer table, in a notebook an HTML table."""

    def __repr__(self) -> str:
        from cnnparams.render.formats import text

        return self._rendered(text).rstrip("\n")

    def _repr_html_(self) -> str:
        from cnnparams.render.formats import html

        return self._rendered(html)

    def _rendered(self, format_: ModuleType) -> str:
        from cnnparams.render.answers.report import ReportAnswer
        from cnnparams.render.view import View

        return "".join(format_.render(ReportAnswer([self], default_columns()), View()))


def load(spec: str | Path, **values: Any) -> Spec:
    """Read and validate a spec; raise CnnparamsError with everything that is wrong with it.

    A spec is a path, or the name of one that comes with cnnparams; FILE@VARIANT chooses a variant. `values` override
    the vars of the file: load("resnet50", size=160).
    """
    return loading.load(spec, values)


def count(spec: str | Path | Spec, **values: Any) -> Report:
    """Return the report of a spec, given as for `load` or as it returned it.

    Raise CnnparamsError where it has none.
    """
    if isinstance(spec, Spec):
        spec = choose(spec, spec.choice.variant, {**spec.choice.values, **values})
    return measure_as(build(spec if isinstance(spec, Spec) else load(spec, **values)), Report)
