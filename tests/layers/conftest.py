"""What the tests of the layers share."""

from __future__ import annotations

import warnings
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def torch() -> ModuleType:
    """Import torch, or skip; on one thread, which is faster for tiny tensors."""
    with warnings.catch_warnings(action="ignore"):  # torch warns where NumPy is not installed
        module: ModuleType = pytest.importorskip("torch")
        pytest.importorskip("torch.utils.flop_counter")
    module.set_num_threads(1)
    return module
