"""An oracle for every layer type, a file for each family."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tests.layers.oracles.case import Oracle

_MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]

ORACLES: dict[str, Oracle] = {}
for _module in _MODULES:
    ORACLES |= getattr(_module, "ORACLES", {})
