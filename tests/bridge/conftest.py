"""What the tests of the bridge share with those of the layers."""

from tests.layers.conftest import torch

__all__ = ["torch"]
