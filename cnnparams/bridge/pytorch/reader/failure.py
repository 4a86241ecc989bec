"""Why a model's run came to no end."""

from __future__ import annotations

import traceback

import torch
from torch import nn
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException

from cnnparams.bridge.pytorch.reader.proxy import ValuesNeededError
from cnnparams.bridge.pytorch.reader.step import line
from cnnparams.bridge.reading import Gap
from cnnparams.errors import CnnparamsError

NEEDS_VALUES = (ValuesNeededError, DataDependentOutputException, DynamicOutputShapeException)


def refuse(model: nn.Module) -> None:
    """Raise CnnparamsError for a model that cannot be read at all."""
    for path, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            raise _refusal(path, "TorchScript, which has no Python to read", "give the model that it was made of")
        if any(map(nn.parameter.is_lazy, module.parameters(recurse=False))):
            raise _refusal(path, "lazy: it has no shapes yet", "let the factory run the model once")


def _refusal(path: str, what: str, remedy: str) -> CnnparamsError:
    return CnnparamsError(f"{path or 'the model'} is {what}\n  hint: {remedy}")


def failure(error: BaseException, path: str) -> Gap:
    """Return a gap for an error that ended a run: in which module, in which line, and why."""
    frame = last_frame(error)
    source = line(frame.filename, frame.lineno) if frame else None
    if isinstance(error, NEEDS_VALUES):
        what = "goes on as the values of a tensor tell it to, which are not known before it runs"
        return Gap(path, what, source, "a spec has one way through the network, whatever enters")
    return Gap(path, f"cannot be traced further: {type(error).__name__}: {error}", source)


def last_frame(error: BaseException) -> traceback.FrameSummary | None:
    """Return the innermost frame of the model's own code in an error's traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame for frame in reversed(frames) if line(frame.filename, frame.lineno)), None)
