"""Under what circumstances a network's costs are measured."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict

if TYPE_CHECKING:
    from cnnparams.engine.devices import Device

from cnnparams.dtypes import DTYPES, Dtype
from cnnparams.errors import CnnparamsError, quote, suggest

Optimizer = Literal["sgd", "momentum", "adam", "adamw"]
OPTIMIZERS: Mapping[str, int] = MappingProxyType({"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2})
"""How many values of state an optimizer keeps for each parameter (PyTorch's SGD, with momentum, Adam, AdamW)."""


class Setting(NamedTuple):
    """The batch, the dtype of what says none, the optimizer of training, and how many samples it has, where known."""

    batch: int = 1
    dtype: str = "float32"
    optimizer: str = "adam"
    samples: int | None = None
    device: Device | None = None

    def itemsize(self, dtype: str | None) -> int:
        """Return the bytes of an element of what says this dtype; of what says none, in the setting's."""
        return DTYPES[dtype or self.dtype]


class SettingWords(TypedDict, total=False):
    """A setting as a caller says it, in keyword arguments; what is left out is usual."""

    batch: int
    dtype: Dtype
    optimizer: Optimizer
    samples: int | None
    device: str | Device | None


def setting_of(words: SettingWords) -> Setting:
    """Return the setting that keyword arguments make; raise CnnparamsError for a value that none has."""
    said: dict[str, Any] = dict(words)
    if unknown := said.keys() - Setting._fields:
        raise TypeError(f"unexpected keyword argument {min(unknown)!r}; a setting has {', '.join(Setting._fields)}")
    for name, known in (("dtype", DTYPES), ("optimizer", OPTIMIZERS)):
        if name in said and said[name] not in known:
            guess = suggest(str(said[name]), known)
            hint = f"did you mean {quote(guess)}?" if guess else f"choose from {', '.join(known)}"
            raise CnnparamsError(f"unknown {name} {quote(said[name])}", hint)
    for name in ("batch", "samples"):
        number = said.get(name)
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
            raise CnnparamsError(f"{name} is a whole number from 1 on, not {quote(number)}")
    if isinstance(said.get("device"), str):
        from cnnparams.engine.devices import find_device

        said["device"] = find_device(said["device"])
    return Setting(**said)


USUAL = Setting()
"""One sample in float32."""


class Need(NamedTuple):
    """What a setting must say before a cost can be measured: its field, and what that is."""

    field: str
    words: str

    def is_met(self, setting: Setting) -> bool:
        """Tell whether a setting says it."""
        return getattr(setting, self.field) is not None


SAMPLES = Need("samples", "the size of the training set")
