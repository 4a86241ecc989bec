"""A model that a user's own code makes, named as package.module:factory."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from cnnparams.bridge.extra import extra
from cnnparams.errors import CnnparamsError, quote, suggest


def make(name: str) -> Any:
    """Import the module and call the factory; return the torch.nn.Module that it gives, or that stands there.

    The current folder comes first where modules are looked for, as with `python -m`. Raise CnnparamsError for a name
    that leads nowhere, for what is no model, and where the code itself fails.
    """
    torch = extra("torch")
    path, colon, attribute = name.partition(":")
    if not colon or not path or not attribute:
        raise CnnparamsError(f"{quote(name)} is not MODULE:FACTORY, such as mypackage.models:resnet")
    found = _attribute(_module(path), attribute)
    model = found if isinstance(found, torch.nn.Module) else _called(found, name)
    if not isinstance(model, torch.nn.Module):
        raise CnnparamsError(f"{quote(name)} gives no torch.nn.Module, but {type(model).__name__}")
    return model


def _module(path: str) -> ModuleType:
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        return import_module(path)
    except ModuleNotFoundError as error:
        if error.name and (path == error.name or path.startswith(f"{error.name}.")):
            hint = "name it as Python imports it, from the current folder or an installed package"
            raise CnnparamsError(f"no module {quote(path)}\n  hint: {hint}") from None
        raise _failed(f"importing {quote(path)}", error) from None
    except Exception as error:  # whatever a user's code may raise
        raise _failed(f"importing {quote(path)}", error) from None


def _attribute(module: ModuleType, dotted: str) -> Any:
    found: Any = module
    for part in dotted.split("."):
        if not hasattr(found, part):
            guess = suggest(part, [name for name in vars(found) if not name.startswith("_")])
            hint = f"\n  hint: did you mean {quote(guess)}?" if guess else ""
            raise CnnparamsError(f"{module.__name__} has no {quote(part)}{hint}")
        found = getattr(found, part)
    return found


def _called(factory: Any, name: str) -> Any:
    if not callable(factory):
        raise CnnparamsError(f"{quote(name)} can neither be called nor is it a torch.nn.Module")
    try:
        return factory()
    except Exception as error:  # whatever a user's code may raise
        raise _failed(f"calling {quote(name)}", error) from None


def _failed(doing: str, error: Exception) -> CnnparamsError:
    """Return the error of a user's code: what it was, and the line where it happened."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"\n  {frames[-1].filename}:{frames[-1].lineno}: {frames[-1].line}" if frames else ""
    return CnnparamsError(f"{doing} failed: {type(error).__name__}: {error}{where}")
