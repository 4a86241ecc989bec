"""Output shapes, parameters and multiply-accumulates of a convolutional network, from a YAML file.

>>> import cnnparams
>>> cnnparams.count("specs/simple_cnn.yaml").total_params
707690
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnparams.api.loading import count, load
    from cnnparams.api.network import Network
    from cnnparams.engine.reports.report import Report
    from cnnparams.errors import CnnparamsError

__version__ = "0.1.0"
__all__ = ["CnnparamsError", "Network", "Report", "__version__", "count", "load"]

_HOMES = {
    "CnnparamsError": "cnnparams.errors",
    "Network": "cnnparams.api.network",
    "Report": "cnnparams.engine.reports.report",
    "count": "cnnparams.api.loading",
    "load": "cnnparams.api.loading",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is: `cnnparams --help` needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
