"""What the tests of sources share with those of the layers."""

from tests.layers.conftest import torch

__all__ = ["torch"]
