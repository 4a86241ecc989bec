"""The modules of a model and how they stand in one another: a tree, or there is no end to walking it."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from cnnparams.errors import CnnparamsError

_DEEPEST, _MOST_NAMES = 900, 1_000_000
_DEEP = "put them one after another, as nn.Sequential does: PyTorch itself calls about 240 within one another"
_TANGLE = "let each module stand in few others: PyTorch itself cannot tell what is in such a model"
_CYCLE = "keep a module that is only referred to in a list, [module], so that it is no part"


def check_tree(model: nn.Module) -> None:
    """Raise CnnparamsError where modules hold themselves, or others too deep inside: whoever walks them has no end."""
    ways: dict[nn.Module, int] = {}
    around: dict[nn.Module, str] = {model: ""}
    walks = [iter(_inside(model, ""))]
    while walks:
        outer = next(reversed(around))
        name, module = next(walks[-1], (None, None))
        path = ".".join(filter(None, [*around.values(), name]))
        if name is None:
            ways[outer] = 1 + sum(ways[each] for _, each in _inside(outer, path) if each is not None)
            if ways[outer] > _MOST_NAMES:
                raise refusal(path, f"too tangled: its modules have more than {_MOST_NAMES:,} names", _TANGLE)
            around.popitem()
            walks.pop()
        elif module in around:
            raise refusal(path, "a module that it stands in itself", _CYCLE)
        elif module is not None and module not in ways:
            if len(around) == _DEEPEST:
                raise refusal(f"{'.'.join([*around.values()][1:4])}...", f"more than {_DEEPEST} modules deep", _DEEP)
            walks.append(iter(_inside(module, path)))
            around[module] = name


def _inside(module: nn.Module, path: str) -> Iterable[tuple[str, nn.Module | None]]:
    """Return the modules that a module holds; raise CnnparamsError for one that is not made yet."""
    if isinstance(module, torch.jit.ScriptModule):
        return ()
    if "_modules" not in vars(module):
        raise refusal(path, "not initialised yet", "let its __init__ call super().__init__() first")
    inside: Iterable[tuple[str, nn.Module | None]] = module._modules.items()
    return inside


def refusal(path: str, what: str, remedy: str) -> CnnparamsError:
    """Return the error for a model of which a part is something that cannot be read."""
    return CnnparamsError(f"{path or 'the model'} is {what}", remedy)
