"""The mode of a model, training or evaluation: it decides what runs, such as auxiliary heads and dropped paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from torch import nn

from cnnparams.errors import some
from cnnparams.sources.foreign import doing

Mode = Literal["evaluation", "training"]
_EVALUATION: Mode
_TRAINING: Mode
_EVALUATION, _TRAINING = get_args(Mode)


def enter(model: nn.Module, mode: Mode) -> None:
    """Put a model into a mode, as its own code does; raise CnnparamsError where that fails."""
    with doing(f"putting the model into {mode} mode"):
        model.train(mode == _TRAINING)


def other(model: nn.Module) -> Mode:
    """Return the mode that a model is not in."""
    return _EVALUATION if model.training else _TRAINING


def name_of(model: nn.Module) -> Mode:
    """Return the mode that a model is in."""
    return _TRAINING if model.training else _EVALUATION


def described(model: nn.Module) -> str:
    """Say which mode a model is in, and which of its parts are in the other, as those that are frozen may be."""
    parts = some(_otherwise(model))
    besides = f", with {parts} in {other(model)} mode" if parts else ""
    return f"read in {name_of(model)} mode{besides}"


def _otherwise(model: nn.Module) -> Iterator[str]:
    """Yield the outermost modules that are not in the mode of the model."""
    for name, module in model.named_modules():
        parent = name.rpartition(".")[0]
        if module.training is not model.training and model.get_submodule(parent).training is model.training:
            yield name
