"""A live model, or the code of one as package.module:factory -> a spec.

The model is run once on tensors without data, by torch.fx or else by torch.export, which leaves a Program: its steps in
order. Each step is translated to layers of the vocabulary, or is a gap.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnnparams.errors import Problem, SpecError
from cnnparams.inert import printable

if TYPE_CHECKING:
    from cnnparams.schema.input_shape import InputShape
    from cnnparams.sources.pytorch.mode import Mode
    from cnnparams.sources.reading import Reading

RUNS_CODE = True
_FACTORY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_IN_FILE = re.compile(r"\.(py|ya?ml|onnx):", re.IGNORECASE)


def match(name: str, first: bytes) -> bool:
    """Tell whether a name is MODULE:FACTORY, and no file's: nothing else has code run."""
    return not first and _FACTORY.fullmatch(name) is not None and not _IN_FILE.search(name)


def open(name: str, inputs: Sequence[InputShape] = (), mode: Mode | None = None) -> Reading:
    """Return the spec of the model that a factory gives, which is imported, called and run."""
    from cnnparams.sources.extra import extra

    if not inputs:
        hint = "--input says what enters the model, such as --input 3x224x224"
        raise SpecError([Problem("does not state the shape of its input", source=printable(name), hint=hint)])
    extra("torch")
    from cnnparams.sources.factory import make

    return open_model(make(name), inputs, name.rpartition(":")[2].rpartition(".")[2], mode)


def is_model(thing: object) -> bool:
    """Tell whether something is a torch.nn.Module; where torch has not been imported, nothing is."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(thing, torch.nn.Module)


def open_model(model: Any, inputs: Sequence[InputShape], name: str, mode: Mode | None = None) -> Reading:
    """Return the spec of a live torch.nn.Module."""
    if not inputs:
        hint = "say what enters the model: input=(3, 224, 224)"
        raise SpecError([Problem("does not state the shape of its input", source=printable(name), hint=hint)])
    from cnnparams.sources.pytorch.read import read

    return read(model, inputs, name, mode)
