"""Receptive fields layer by layer, and where a network has branches, gates and dimensions in another order."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from cnnparams.engine.receptive_field.field import Field, Span
from cnnparams.layers.contract.reach import MOST_PHASES, all_taps, window_taps
from tests.engine.fields import last_of, layers_of, numbers, sizes

CONV3 = "type: conv2d, out_channels: 1, kernel_size: 3"
CONV5 = "type: conv2d, out_channels: 1, kernel_size: 5"
IMAGE = "input: {channels: 4, height: 32, width: 32}\nlayers:\n"
BEGINNING = "  - {type: conv2d, name: conv, out_channels: 4, kernel_size: 3, stride: 2, padding: 1}\n"


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("{type: upsample, scale_factor: 2}", (3, 1, 1, False)),
        ("{type: upsample, scale_factor: 2, mode: bilinear}", (5, 1, 3, False)),
        ("{type: conv_transpose2d, out_channels: 1, kernel_size: 2, stride: 2}", (3, 1, 1, False)),
        ("{type: conv_transpose2d, out_channels: 1, kernel_size: 3, stride: 2, padding: 1}", (5, 1, 1, False)),
        ("{type: conv_transpose2d, out_channels: 1, kernel_size: 3, padding: 1}", (7, 2, 3, True)),
        ("{type: pixel_shuffle, upscale_factor: 2}", (3, 1, 1, False)),
        ("{type: pixel_unshuffle, downscale_factor: 2}", (5, 4, 1, True)),
        ("{type: zero_pad2d, padding: -1}", (3, 2, -1, True)),
        ("{type: crop2d, cropping: 2}", (3, 2, -3, True)),
        ("{type: adaptive_avg_pool2d, output_size: 4}", (9, 8, 1, True)),
        ("{type: adaptive_avg_pool2d, output_size: 5}", (9, Fraction(32, 5), 1, False)),
        ("{type: batch_norm2d}", (3, 2, 1, True)),
        ("{type: max_pool2d, kernel_size: 2, dilation: 3, stride: 1}", (9, 2, 1, True)),
    ],
)
def test_layers_after_a_strided_convolution(layer: str, expected: tuple[Any, ...]) -> None:
    last = last_of(f"{IMAGE}{BEGINNING}  - {layer}\n")
    assert last.effective_stride
    assert last.effective_padding
    found = sizes(last)[1], last.effective_stride[1], last.effective_padding[1], last.aligned
    assert (found, last.is_global) == (expected, False)


@pytest.mark.parametrize(
    "layer",
    [
        *("global_avg_pool2d", "{type: adaptive_avg_pool2d, output_size: 1}"),
        "{type: sequence, layers: [flatten, {type: linear, out_features: 3}]}",
        "{type: sequence, layers: [{type: reshape, shape: [4, -1]}, {type: linear, out_features: 3}]}",
        "{type: sequence, layers: [{type: flatten, start_dim: 2}, {type: multihead_attention, num_heads: 4}]}",
        "{type: sequence, layers: [{type: flatten, start_dim: 2}, {type: gru, hidden_size: 3}]}",
    ],
)
def test_what_takes_in_everything_sees_all_from_everywhere(layer: str) -> None:
    last = last_of(f"{IMAGE}{BEGINNING}  - {layer}\n")
    assert (last.is_global, last.effective_stride, last.aligned, sizes(last)) == (True, None, None, [33, 33])
    assert all(axis.local is None for axis in last.receptive_field or ())


@pytest.mark.parametrize(
    "layer",
    [
        *("{type: group_norm, num_groups: 2}", "instance_norm2d", "{type: batch_norm2d, track_running_stats: false}"),
        *("{type: softmax, dim: 2}", "{type: layer_norm, normalized_shape: [4, 16, 16]}"),
        "{type: batch_norm2d, activation: {type: softmax, dim: -1}}",
    ],
)
def test_statistics_of_the_image_are_seen_beside_the_place(layer: str) -> None:
    last = last_of(f"{IMAGE}{BEGINNING}  - {layer}\n")
    assert (last.is_global, numbers(last)) == (True, (3, 2, 1))


def test_a_gate_leaves_the_field_of_the_place_beside_that_of_the_image() -> None:
    gate = (
        "  - {type: global_avg_pool2d, name: pool, keepdims: true}\n"
        "  - {type: conv2d, name: squeeze, out_channels: 4, kernel_size: 1, activation: sigmoid}\n"
        "  - {type: multiply, name: gated, from: [conv, squeeze]}\n"
        "  - {type: conv2d, name: next, out_channels: 4, kernel_size: 3, padding: 1}\n"
    )
    layers = layers_of(IMAGE + BEGINNING + gate)
    assert [(layers[name].is_global, numbers(layers[name])) for name in ("gated", "next")] == [
        (True, (3, 2, 1)),
        (True, (7, 2, 3)),
    ]
    assert [layer.input_sees_all for layer in layers.values()] == [False, False, True, False, False]


def test_dimensions_in_another_order_are_followed() -> None:
    last = list(
        layers_of(
            "input: {channels: 4, height: 16, width: 32}\nlayers:\n"
            "  - {type: conv2d, out_channels: 4, kernel_size: [3, 5]}\n"
            "  - {type: permute, dims: [2, 3, 1]}\n"
            "  - {type: linear, out_features: 7}\n"
            "  - {type: permute, dims: [3, 2, 1]}\n"
            "  - {type: reshape, shape: [7, 28, 14]}\n"
            "  - {type: conv2d, out_channels: 4, kernel_size: [2, 1], stride: [3, 1]}\n"
        ).values()
    )[-1]
    assert (sizes(last), last.effective_stride, last.effective_padding) == ([3, 6], (1, 3), (0, 0))


def test_vectors_and_tokens_have_no_field() -> None:
    layers = layers_of("input: {features: 8}\nlayers: [{type: linear, out_features: 4}, relu]")
    assert {(layer.receptive_field, layer.is_global, layer.input_sees_all) for layer in layers.values()} == {
        (None, None, None)
    }


def test_of_several_images_the_first_that_is_seen_counts() -> None:
    layers = layers_of(
        "inputs: {left: {channels: 1, height: 9, width: 9}, right: {channels: 1, height: 9, width: 9}}\n"
        "layers:\n"
        f"  - {{{CONV3}, name: one, from: right}}\n"
        f"  - {{{CONV5}, name: other, from: left, padding: 1}}\n"
        "  - {type: concat, name: both, from: [one, other]}\n"
    )
    assert [sizes(layers[name]) for name in ("one", "other", "both")] == [[3, 3], [5, 5], [5, 5]]


def test_a_pattern_that_never_repeats_counts_as_seeing_everything() -> None:
    field = Field((Span(0, 0),), 1, 1).through(window_taps(3, 2, 1), 9, 5)
    assert field == Field((Span(-1, 1),), 2, 1)
    irregular = Field((Span(0, 0), Span(0, 1)), 1, 3)
    assert irregular.through(window_taps(1, 1, 0), 2, 2 * MOST_PHASES) == Field((Span(0, 1),), 0, 1)
    assert irregular.through(all_taps(2), 2, 9) == Field((Span(0, 1),), 0, 1)


def test_of_paths_whose_strides_differ_each_place_sees_what_either_does() -> None:
    layers = layers_of(
        "input: {channels: 1, length: 12}\nlayers:\n"
        "  - {type: slice, name: slow, dim: 2, end: 6}\n"
        "  - {type: conv1d, name: fast, from: input, out_channels: 1, kernel_size: 2, stride: 2}\n"
        "  - {type: add, name: both, from: [slow, fast]}\n"
    )
    both = layers["both"]
    assert both.receptive_field
    (axis,) = both.receptive_field
    assert isinstance(axis.local, Field)
    assert [axis.local.at(u) for u in range(6)] == [Span(u, 2 * u + 1) for u in range(6)]
    assert (both.aligned, both.effective_stride, sizes(both)) == (False, (2,), [7])
