"""A model that a user's own code makes, named as package.module:factory."""

from __future__ import annotations

import importlib
import inspect
import sys
from types import ModuleType
from typing import Any

from cnnparams.errors import CnnparamsError, listed, quote, suggest
from cnnparams.inert import printable
from cnnparams.sources.extra import extra
from cnnparams.sources.foreign import current_folder, doing


def make(name: str) -> Any:
    """Import the module and call the factory; return the torch.nn.Module that it gives, or that stands there.

    The current folder comes first where modules are looked for, as with `python -m`. Raise CnnparamsError for a name
    that leads nowhere, for what is no model, and where the code itself fails.
    """
    torch = extra("torch")
    path, colon, attribute = name.partition(":")
    if not colon or not path or not attribute:
        raise CnnparamsError(f"{quote(name)} is not MODULE:FACTORY, such as mypackage.models:resnet")
    with doing(f"importing {quote(path)}"):
        module = _module(path)
    with doing(f"looking for {quote(attribute)}"):
        found = _attribute(module, attribute)
    with doing(f"calling {quote(name)}"):
        model = found if isinstance(found, torch.nn.Module) else _called(found, name)
        if not isinstance(model, torch.nn.Module):
            raise CnnparamsError(f"{quote(name)} returns {printable(type(model).__name__)}, not a torch.nn.Module")
    return model


def _module(path: str) -> ModuleType:
    if (here := current_folder()) not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name and (path == error.name or path.startswith(f"{error.name}.")):
            hint = "name it as Python imports it, from the current folder or an installed package"
            raise CnnparamsError(f"no module {quote(path)}", hint) from None
        raise


def _attribute(module: ModuleType, dotted: str) -> Any:
    found: Any = module
    for part in dotted.split("."):
        if not hasattr(found, part):
            guess = suggest(part, [name for name in dir(found) if not name.startswith("_")])
            hint = f"did you mean {quote(guess)}?" if guess else None
            raise CnnparamsError(f"{module.__name__} has no {quote(part)}", hint)
        found = getattr(found, part)
    return found


def _called(factory: Any, name: str) -> Any:
    if not callable(factory):
        raise CnnparamsError(f"{quote(name)} is neither callable nor a torch.nn.Module")
    if missing := _required(factory):
        hint = f"name a function that gives them: def model(): return {name.rpartition(':')[2]}(...)"
        needs = f"{quote(name)} needs {listed(missing, 'and')}, but a factory is called without arguments"
        raise CnnparamsError(needs, hint)
    return factory()


def _required(factory: Any) -> list[str]:
    """Return the names of the arguments that a factory cannot be called without; none where it does not say."""
    try:
        takes = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):
        return []
    free = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [printable(each.name) for each in takes if each.default is inspect.Parameter.empty and each.kind not in free]
