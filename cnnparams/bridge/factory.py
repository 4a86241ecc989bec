"""A model that a user's own code makes, named as package.module:factory."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from cnnparams.bridge.extra import extra
from cnnparams.errors import CnnparamsError, quote, suggest
from cnnparams.inert import printable


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
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name and (path == error.name or path.startswith(f"{error.name}.")):
            hint = "name it as Python imports it, from the current folder or an installed package"
            raise CnnparamsError(f"no module {quote(path)}\n  hint: {hint}") from None
        raise failed(f"importing {quote(path)}", error) from None
    except (Exception, SystemExit) as error:  # whatever a user's code may raise
        raise failed(f"importing {quote(path)}", error) from None


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
    except (Exception, SystemExit) as error:  # whatever a user's code may raise
        raise failed(f"calling {quote(name)}", error) from None


def failed(doing: str, error: BaseException) -> CnnparamsError:
    """Return the error of a user's code: what it was, and the last line of that code, if it came so far."""
    files = (str(extra("torch").__file__), importlib.__file__, str(Path(__file__).parent))
    others = ("<frozen", *(str(Path(file).parent) for file in files))  # PyTorch's lines, Python's import, and ours
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(others)]
    where = f"\n  {own[-1].filename}:{own[-1].lineno}: {own[-1].line}" if own else ""
    return CnnparamsError(f"{doing} failed: {type(error).__name__}: {printable(' '.join(str(error).split()))}{where}")
