"""Images whose channels are not first: the layers tell where they are, and the receptive field is along the others."""

from __future__ import annotations

import pytest

from tests.engine.fields import layers_of, sizes
from tests.specs import graph_of

CONV = "{type: conv2d, name: conv, out_channels: 8, kernel_size: [3, 5], stride: [2, 1]}"
FIRST = "{type: permute, dims: [3, 1, 2]}"


def spec(image: str, *layers: str) -> str:
    return f"input: {image}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)


@pytest.mark.parametrize(
    ("layers", "axis"),
    [
        ((FIRST, CONV), 2),
        (("{type: permute, dims: [0, 3, 1, 2]}", CONV), 2),
        (("gelu", "{type: layer_norm, normalized_shape: 6}", FIRST, CONV), 2),
        (("{type: linear, out_features: 4}", FIRST, CONV), 2),
        (("{type: permute, dims: [2, 1, 3]}", CONV), 1),
        ((FIRST, "{type: permute, dims: [2, 3, 1]}", FIRST, "batch_norm2d"), 2),
        ((CONV,), 0),
        (("flatten", "{type: linear, out_features: 4}"), 0),
    ],
)
def test_a_bare_shape_has_its_channels_where_layers_over_images_take_them(layers: tuple[str, ...], axis: int) -> None:
    (port,) = graph_of(spec("{shape: [32, 40, 6]}", *layers)).inputs
    assert port.shape == ((32, 40, 6), axis)


def test_the_receptive_field_is_along_height_and_width() -> None:
    """A window of 3 by 5 that moves by 2 and 1 sees 3 rows and 5 columns, whatever the order in memory."""
    last, first = (
        layers_of(spec(image, *layers))["conv"]
        for image, layers in (
            ("{shape: [32, 40, 6]}", (FIRST, CONV)),
            ("{channels: 6, height: 32, width: 40}", (CONV,)),
        )
    )
    assert sizes(last) == sizes(first) == [3, 5]
    assert last.effective_stride == first.effective_stride == (2, 1)
    assert last.output_shape == first.output_shape


def test_fields_are_seen_through_permutes_between_convolutions() -> None:
    """Rows: 3 + 2 * (3 - 1) = 7; columns, along which the last window lies once they come first: 5 + 1 * (3 - 1)."""
    layers = layers_of(
        spec(
            "{channels: 3, height: 32, width: 48}",
            CONV,
            "{type: permute, dims: [2, 3, 1]}",
            "{type: linear, out_features: 6}",
            FIRST,
            "{type: conv2d, name: rows, out_channels: 8, kernel_size: [3, 1]}",
            "{type: permute, dims: [1, 3, 2]}",
            "{type: conv2d, name: columns, out_channels: 8, kernel_size: [3, 1]}",
        )
    )
    assert sizes(layers["rows"]) == [7, 5]
    assert sizes(layers["columns"]) == [7, 7]


def test_an_input_that_says_otherwise_is_as_it_says_and_is_remarked_on() -> None:
    """160 channels of 160 by 3 pixels: a convolution over (height, width) sees all of the width, by these words."""
    text = spec("{channels: 160, height: 160, width: 3}", FIRST, "{type: conv2d, out_channels: 8, kernel_size: 3}")
    graph = graph_of(text)
    assert graph.inputs[0].shape.channel_axis == 0
    (remark,) = graph.remarks
    assert "takes a different dimension as the channels than the input declares" in remark.message
    assert "write shape: [160, 160, 3]" in str(remark.hint)
    assert graph_of(text.replace("channels: 160, height: 160, width: 3", "shape: [160, 160, 3]")).remarks == ()
