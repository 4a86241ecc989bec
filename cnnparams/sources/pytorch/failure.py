"""Why a model's run came to no end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException

from cnnparams.inert import printable
from cnnparams.sources.foreign import last_frame, told
from cnnparams.sources.pytorch.proxy import ValuesNeededError
from cnnparams.sources.pytorch.step import line
from cnnparams.sources.pytorch.tree import check_tree, refusal
from cnnparams.sources.reading import Gap

_IMAGE = 3
_KINDS = {id(kind): name for name, kind in vars(nn).items()}
"""The names of PyTorch's own modules, found without asking the class of a model's own, which may be code as well."""

_TOKENS = "for tokens, which are whole numbers, write --input 128:int64"
NEEDS_VALUES = (ValuesNeededError, DataDependentOutputException, DynamicOutputShapeException)


def refuse(model: nn.Module) -> None:
    """Raise CnnparamsError for a model that cannot be read at all."""
    check_tree(model)
    for path, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            raise refusal(path, "TorchScript, which has no Python to read", "give the model that it was made from")
        if any(map(nn.parameter.is_lazy, module.parameters(recurse=False))):
            raise refusal(
                path,
                "lazy: it has no shapes yet",
                "run the model once before it is returned, such as model(torch.zeros(1, 3, 224, 224))",
            )


class FailedModule(NamedTuple):
    """The innermost module of a model whose forward an error came through; of a linear layer also what entered it."""

    path: str
    module: nn.Module
    entered: torch.Tensor | None

    def __str__(self) -> str:
        kind = _KINDS.get(id(type(self.module)))
        return f"in module {printable(self.path)}" + (f" ({kind})" if kind else "")


def failed_module(model: nn.Module, error: BaseException) -> FailedModule | None:
    """Return the module in which a run ended; None where that is the model itself."""
    paths = {id(module): path for path, module in model.named_modules() if path}
    found, trace = None, error.__traceback__
    while trace:
        frame = trace.tb_frame
        module = frame.f_locals.get("self") if frame.f_code.co_name == "forward" else None
        if module is not None and id(module) in paths:
            entered = frame.f_locals["input"] if frame.f_code is nn.Linear.forward.__code__ else None
            found = FailedModule(paths[id(module)], module, entered)
        trace = trace.tb_next
    return found


def run_hint(found: FailedModule | None, samples: Sequence[tuple[int, ...]], text: str, how: str) -> str:
    """Return what to do about a run that failed, of which `text` is the error: the commonest slips by name."""
    if "Long" in text and "float" in text.casefold():
        return _TOKENS
    batched = next((dims for dims in samples if len(dims) == _IMAGE + 1 and dims[0] == 1), None)
    if batched and "3D" in text:
        return f"leave out the batch: --input {'x'.join(map(str, batched[1:]))}"
    if found and found.entered is not None:
        takes, gets = found.module.in_features, found.entered.shape[-1]
        if takes != gets:
            return f"it has in_features={takes}, but {gets} enter: write in_features={gets}, or give another --input"
    return f"{how}; check that --input and --mode are what the model expects"


def failure(error: BaseException, path: str) -> Gap:
    """Return a gap for an error that ended a run: in which module, in which line, and why."""
    frame = last_frame(error)
    source = line(frame.filename, frame.lineno) if frame else None
    if isinstance(error, NEEDS_VALUES):
        what = "depends on the values of a tensor, which are only known when the model runs"
        return Gap(path, what, source, "a spec cannot express a path that depends on the data")
    return Gap(path, f"cannot be traced further: {told(error)}", source)
