"""PyTorch code -> the model that it is the code of."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import Module as Module


def make(code: str, name: str, device: Any) -> Module:
    """Return the model of a module that `targets.code` wrote, whose last class is the network; made on a device."""
    module: dict[str, Any] = {"__name__": name}
    exec(compile(code, f"<{name} in PyTorch>", "exec"), module)
    *_, model = (value for value in module.values() if isinstance(value, type) and value.__module__ == name)
    with torch.device(device):
        found: Module = model()
    return found
