"""Packages that only some commands need, and that a plain installation does not have."""

from __future__ import annotations

import warnings
from importlib import import_module
from types import ModuleType

from cnnparams.errors import CnnparamsError


def extra(package: str) -> ModuleType:
    """Import a package that an extra brings along; raise CnnparamsError, saying what to install."""
    try:
        with warnings.catch_warnings(action="ignore"):  # such as torch's, on a machine without NumPy
            return import_module(package)
    except ImportError as error:
        missing = error.name == package
        why = f"{package} is not installed" if missing else f"{package} cannot be imported: {error}"
        raise CnnparamsError(f"{why}; install it with: pip install {package}") from None
