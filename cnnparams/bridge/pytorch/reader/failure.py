"""Why a model's run came to no end."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException

from cnnparams.bridge.foreign import last_frame, told
from cnnparams.bridge.pytorch.reader.proxy import ValuesNeededError
from cnnparams.bridge.pytorch.reader.step import line
from cnnparams.bridge.reading import Gap
from cnnparams.errors import CnnparamsError

_DEEPEST, _MOST_NAMES = 900, 1_000_000
_DEEP = "put them one after another, as nn.Sequential does: PyTorch itself calls about 240 within one another"
_TANGLE = "let each module stand in few others: PyTorch itself cannot tell what is in such a model"
_CYCLE = "keep a module that is only referred to in a list, [module], so that it is no part"

NEEDS_VALUES = (ValuesNeededError, DataDependentOutputException, DynamicOutputShapeException)


def refuse(model: nn.Module) -> None:
    """Raise CnnparamsError for a model that cannot be read at all."""
    _check_tree(model)
    for path, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            raise _refusal(path, "TorchScript, which has no Python to read", "give the model that it was made of")
        if any(map(nn.parameter.is_lazy, module.parameters(recurse=False))):
            raise _refusal(path, "lazy: it has no shapes yet", "let the factory run the model once")


def _check_tree(model: nn.Module) -> None:
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
                raise _refusal(path, f"a tangle: what is in it has more than {_MOST_NAMES:,} names", _TANGLE)
            around.popitem()
            walks.pop()
        elif module in around:
            raise _refusal(path, "a module that it stands in itself", _CYCLE)
        elif module is not None and module not in ways:
            if len(around) == _DEEPEST:
                raise _refusal(f"{'.'.join([*around.values()][1:4])}...", f"more than {_DEEPEST} modules deep", _DEEP)
            walks.append(iter(_inside(module, path)))
            around[module] = name


def _inside(module: nn.Module, path: str) -> Iterable[tuple[str, nn.Module | None]]:
    """Return the modules that a module holds; raise CnnparamsError for one that is not made yet."""
    if isinstance(module, torch.jit.ScriptModule):
        return ()
    if "_modules" not in vars(module):
        raise _refusal(path, "not a module yet", "let its __init__ call super().__init__() first")
    inside: Iterable[tuple[str, nn.Module | None]] = module._modules.items()
    return inside


def _refusal(path: str, what: str, remedy: str) -> CnnparamsError:
    return CnnparamsError(f"{path or 'the model'} is {what}\n  hint: {remedy}")


def failure(error: BaseException, path: str) -> Gap:
    """Return a gap for an error that ended a run: in which module, in which line, and why."""
    frame = last_frame(error)
    source = line(frame.filename, frame.lineno) if frame else None
    if isinstance(error, NEEDS_VALUES):
        what = "goes on as the values of a tensor tell it to, which are not known before it runs"
        return Gap(path, what, source, "a spec has one way through the network, whatever enters")
    return Gap(path, f"cannot be traced further: {told(error)}", source)
