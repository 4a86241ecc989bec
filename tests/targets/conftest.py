"""What the tests of targets share with those of the layers."""

from tests.layers.conftest import torch

__all__ = ["torch"]
