"""Numbers that others published or measured, written down by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.layers.answers import Answer, ours
from tests.layers.oracles.case import Case, Dims

IMAGE = (3, 8, 8)

PARAMETERS: list[tuple[str, dict[str, Any], Dims, int]] = [
    # numel() of the parameters of torch.nn modules, torch 2.x
    ("lstm", {"hidden_size": 16}, (5, 8), 1_664),
    ("lstm", {"hidden_size": 16, "num_layers": 2, "bidirectional": True}, (5, 8), 9_728),
    ("lstm", {"hidden_size": 16, "proj_size": 4}, (5, 8), 960),
    ("lstm", {"hidden_size": 16, "num_layers": 2, "bidirectional": True, "proj_size": 4}, (5, 8), 3_840),
    ("gru", {"hidden_size": 16}, (5, 8), 1_248),  # also Keras' GRU with reset_after, its default
    ("rnn", {"hidden_size": 16}, (5, 8), 416),
    ("multihead_attention", {"num_heads": 4}, (4, 16), 1_088),
    ("batch_norm2d", {}, (8, 4, 4), 16),
    ("instance_norm2d", {}, (8, 4, 4), 0),
    ("instance_norm2d", {"affine": True}, (8, 4, 4), 16),
    ("linear", {"out_features": 5}, (10,), 55),
    # count_params() of Keras 3: one bias for a separable convolution, one for each output of a depthwise one
    ("depthwise_conv2d", {"kernel_size": 3, "padding": "same"}, (8, 8, 8), 80),
    ("separable_conv2d", {"out_channels": 8, "kernel_size": 3, "padding": "same"}, (8, 8, 8), 144),
    ("layer_norm", {"normalized_shape": [8, 8, 4]}, (8, 8, 4), 512),
    # LeCun et al. 1998, Gradient-based learning applied to document recognition, section II.B: LeNet-5's layer C1
    ("conv2d", {"out_channels": 6, "kernel_size": 5}, (1, 32, 32), 156),
]

BUFFERS = [
    # torch: running mean, running variance and the count of batches
    ("batch_norm2d", {}, (8, 4, 4), 17),
    ("batch_norm2d", {"track_running_stats": False}, (8, 4, 4), 0),
    ("instance_norm2d", {"track_running_stats": True}, (8, 4, 4), 17),
]

MACS = [
    # torch.utils.flop_counter.FlopCounterMode, halved: it counts a multiplication and an addition as two
    ("conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1}, IMAGE, 13_824),
    ("conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1, "groups": 2}, (8, 8, 8), 18_432),
    ("conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1, "groups": 8}, (8, 8, 8), 4_608),
    ("depthwise_conv2d", {"kernel_size": 3, "padding": 1}, (8, 8, 8), 4_608),
    ("conv_transpose2d", {"out_channels": 4, "kernel_size": 2, "stride": 2}, (8, 4, 4), 2_048),
    (
        "conv_transpose2d",
        {"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1, "groups": 4},
        (8, 4, 4),
        1_152,
    ),
    ("linear", {"out_features": 5}, (10,), 50),
    ("linear", {"out_features": 5}, (7, 10), 350),
    ("batch_norm2d", {}, (8, 8, 8), 0),
    # torchprofile counts the LSTM; the GRU has three of its four gates
    ("lstm", {"hidden_size": 16}, (5, 8), 7_680),
    ("gru", {"hidden_size": 16}, (5, 8), 5_760),
    # 4 projections of 4 x 16 x 16, and 4 x 4 scores and sums over 16 features
    ("multihead_attention", {"num_heads": 4}, (4, 16), 4_608),
]


def answer(name: str, settings: dict[str, Any], dims: Dims) -> Answer:
    found = ours(name, Case(settings, dims))
    assert isinstance(found, Answer)
    return found


def elements(tensors: list[tuple[str, Dims]]) -> int:
    return sum(math.prod(dims) for _, dims in tensors)


@pytest.mark.parametrize(("name", "settings", "dims", "expected"), PARAMETERS)
def test_parameters(name: str, settings: dict[str, Any], dims: Dims, expected: int) -> None:
    assert elements(answer(name, settings, dims).parameters) == expected


@pytest.mark.parametrize(("name", "settings", "dims", "expected"), BUFFERS)
def test_buffers(name: str, settings: dict[str, Any], dims: Dims, expected: int) -> None:
    assert elements(answer(name, settings, dims).buffers) == expected


@pytest.mark.parametrize(("name", "settings", "dims", "expected"), MACS)
def test_macs(name: str, settings: dict[str, Any], dims: Dims, expected: int) -> None:
    assert answer(name, settings, dims).macs == expected
