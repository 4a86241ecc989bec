"""Pooling, where PyTorch's versions differ."""

from __future__ import annotations

import pytest

from cnnparams.errors import LayerError
from cnnparams.layers.contract.registry import find_type, layer_class
from cnnparams.layers.contract.shape import Shape


def test_padding_may_be_half_of_what_a_dilated_window_reaches() -> None:
    """PyTorch by 2.15; up to 2.13 it measures the kernel without its dilation."""
    found, x = find_type("max_pool1d"), Shape.image(1, (2,))
    assert found is not None
    pool = layer_class(found)
    within = pool.model_validate({"kernel_size": 3, "dilation": 2, "padding": 2}).resolve(x)
    assert within.output_shape(x).dims == (1, 1)
    with pytest.raises(LayerError, match="padding 3 is more than half of the window's 5"):
        pool.model_validate({"kernel_size": 3, "dilation": 2, "padding": 3}).resolve(x)
