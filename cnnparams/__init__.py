"""Output shapes, parameters and multiply-accumulates of a convolutional network, from a YAML file.

>>> import cnnparams
>>> cnnparams.count("specs/simple_cnn.yaml").total_params
707690
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnparams.api.choosing import solve, sweep
    from cnnparams.api.functions import compare, diff, json_schema, layer_types, specs, verify
    from cnnparams.api.importing import to_yaml
    from cnnparams.api.loading import count, load
    from cnnparams.api.network import Network
    from cnnparams.engine.choosing.check import Verdict
    from cnnparams.engine.choosing.solve import Solution
    from cnnparams.engine.choosing.sweep import Point
    from cnnparams.engine.difference.difference import Difference
    from cnnparams.engine.reports.catalogue import Catalogue
    from cnnparams.engine.reports.comparison import Comparison
    from cnnparams.engine.reports.explain import Explanation
    from cnnparams.engine.reports.memory import Memory
    from cnnparams.engine.reports.report import LayerReport, Layers, Report
    from cnnparams.errors import ArgumentError, CnnparamsError, CnnparamsWarning, SpecError
    from cnnparams.targets.verification import Verification

__version__ = "0.1.0"
_HOMES = {
    "ArgumentError": "errors",
    "Catalogue": "engine.reports.catalogue",
    "CnnparamsError": "errors",
    "CnnparamsWarning": "errors",
    "Comparison": "engine.reports.comparison",
    "Difference": "engine.difference.difference",
    "Explanation": "engine.reports.explain",
    "LayerReport": "engine.reports.report",
    "Layers": "engine.reports.report",
    "Memory": "engine.reports.memory",
    "Network": "api.network",
    "Point": "engine.choosing.sweep",
    "Report": "engine.reports.report",
    "Solution": "engine.choosing.solve",
    "SpecError": "errors",
    "Verdict": "engine.choosing.check",
    "Verification": "targets.verification",
    "compare": "api.functions",
    "count": "api.loading",
    "diff": "api.functions",
    "json_schema": "api.functions",
    "layer_types": "api.functions",
    "load": "api.loading",
    "solve": "api.choosing",
    "specs": "api.functions",
    "sweep": "api.choosing",
    "to_yaml": "api.importing",
    "verify": "api.functions",
}
__all__ = [
    "ArgumentError",
    "Catalogue",
    "CnnparamsError",
    "CnnparamsWarning",
    "Comparison",
    "Difference",
    "Explanation",
    "LayerReport",
    "Layers",
    "Memory",
    "Network",
    "Point",
    "Report",
    "Solution",
    "SpecError",
    "Verdict",
    "Verification",
    "__version__",
    "compare",
    "count",
    "diff",
    "json_schema",
    "layer_types",
    "load",
    "solve",
    "specs",
    "sweep",
    "to_yaml",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is: `cnnparams --help` needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"cnnparams.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
