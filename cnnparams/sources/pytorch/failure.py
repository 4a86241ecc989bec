"""Why a model's run came to no end."""

from __future__ import annotations

import torch
from torch import nn
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException

from cnnparams.sources.foreign import last_frame, told
from cnnparams.sources.pytorch.proxy import ValuesNeededError
from cnnparams.sources.pytorch.step import line
from cnnparams.sources.pytorch.tree import check_tree, refusal
from cnnparams.sources.reading import Gap

NEEDS_VALUES = (ValuesNeededError, DataDependentOutputException, DynamicOutputShapeException)


def refuse(model: nn.Module) -> None:
    """Raise CnnparamsError for a model that cannot be read at all."""
    check_tree(model)
    for path, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            raise refusal(path, "TorchScript, which has no Python to read", "give the model that it was made of")
        if any(map(nn.parameter.is_lazy, module.parameters(recurse=False))):
            raise refusal(path, "lazy: it has no shapes yet", "let the factory run the model once")


def failure(error: BaseException, path: str) -> Gap:
    """Return a gap for an error that ended a run: in which module, in which line, and why."""
    frame = last_frame(error)
    source = line(frame.filename, frame.lineno) if frame else None
    if isinstance(error, NEEDS_VALUES):
        what = "goes on as the values of a tensor tell it to, which are not known before it runs"
        return Gap(path, what, source, "a spec has one way through the network, whatever enters")
    return Gap(path, f"cannot be traced further: {told(error)}", source)
