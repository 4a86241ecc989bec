"""Under what circumstances a network's costs are measured."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cnnparams.engine.devices import Device

from cnnparams.dtypes import DTYPES

OPTIMIZERS: Mapping[str, int] = MappingProxyType({"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2})
"""How many values of state an optimizer keeps for each parameter (PyTorch's SGD, with momentum, Adam, AdamW)."""


class Setting(NamedTuple):
    """The batch, the dtype of what says none, the optimizer of training, and how many samples it has, where known."""

    batch: int = 1
    dtype: str = "float32"
    optimizer: str = "adam"
    samples: int | None = None
    device: "Device | None" = None

    def itemsize(self, dtype: str | None) -> int:
        """Return the bytes of an element of what says this dtype; of what says none, in the setting's."""
        return DTYPES[dtype or self.dtype]


USUAL = Setting()
"""One sample in float32."""


class Need(NamedTuple):
    """What a setting must say before a cost can be measured: its field, what that is, and the option that gives it."""

    field: str
    words: str
    option: str

    def is_met(self, setting: Setting) -> bool:
        """Tell whether a setting says it."""
        return getattr(setting, self.field) is not None


SAMPLES = Need("samples", "the size of the training set", "--samples")
