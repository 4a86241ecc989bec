"""Spec -> Graph: names, inference, activation, freezing."""

import pytest

from cnnparams.errors import SpecError
from tests.specs import graph_of, report_of

INPUT = "input: {channels: 3, height: 8, width: 8}\n"


def names(layers: str) -> list[str]:
    return [node.name for node in graph_of(f"{INPUT}layers: [{layers}]").nodes]


def test_layers_without_a_name_are_numbered_by_type() -> None:
    conv = "{type: conv2d, out_channels: 4, kernel_size: 1}"
    pool = "{type: max_pool2d, kernel_size: 2}"
    linear = "{type: linear, out_features: 2}"
    expected = ["conv1", "relu1", "conv2", "maxpool1", "flatten1", "fc1", "fc2"]
    assert names(f"{conv}, relu, {conv}, {pool}, flatten, {linear}, {linear}") == expected


def test_a_number_that_a_written_name_has_taken_is_passed_over() -> None:
    assert names("relu, {type: relu, name: relu2}, relu") == ["relu1", "relu2", "relu3"]


def test_each_layer_reads_the_one_before() -> None:
    nodes = graph_of(f"{INPUT}layers: [relu, flatten]").nodes
    assert [node.inputs for node in nodes] == [("input",), ("relu1",)]


@pytest.mark.parametrize("word", ["Conv2d", "conv2d", "CONV_2D", "Conv2D", "conv_2d"])
def test_case_and_underscores_of_a_type_do_not_matter(word: str) -> None:
    (node,) = graph_of(f"{INPUT}layers: [{{type: {word}, out_channels: 4, kernel_size: 3}}]").nodes
    assert node.layer.type == "conv2d"


@pytest.mark.parametrize(
    ("keras", "type_"),
    [
        ("Dense", "linear"),
        ("MaxPooling2D", "max_pool2d"),
        ("AveragePooling1D", "avg_pool1d"),
        ("BatchNormalization", "batch_norm2d"),
        ("Conv2DTranspose", "conv_transpose2d"),
        ("GlobalAveragePooling2D", "global_avg_pool2d"),
        ("ZeroPadding2D", "zero_pad2d"),
        ("Cropping1D", "crop1d"),
        ("UpSampling2D", "upsample"),
        ("LayerNormalization", "layer_norm"),
    ],
)
def test_keras_names_of_types_are_accepted(keras: str, type_: str) -> None:
    from cnnparams.layers.contract import registry

    found = registry.find_type(keras)
    assert found is not None
    assert found.name == type_


@pytest.mark.parametrize("keras", ["SimpleRNN", "RMSNormalization", "TimeDistributed"])
def test_keras_names_of_what_counts_otherwise_are_refused(keras: str) -> None:
    with pytest.raises(SpecError, match=f"unknown layer type '{keras}'(.|\n)*hint: {keras} is a Keras layer"):
        graph_of(f"{INPUT}layers: [{keras}]")


def test_an_activation_has_no_row_and_no_parameters() -> None:
    conv = "type: conv2d, out_channels: 4, kernel_size: 3"
    plain, active = (report_of(f"{INPUT}layers: [{{{conv}{extra}}}]") for extra in ("", ", activation: relu"))
    assert [layer.activation for layer in active.layers] == ["relu"]
    assert (active.total_params, active.total_macs) == (plain.total_params, plain.total_macs)


def test_a_frozen_layer_counts_as_frozen_and_keeps_its_buffers() -> None:
    report = report_of(
        f"{INPUT}layers: [{{type: batch_norm2d, trainable: false}}, {{type: conv2d, out_channels: 2, kernel_size: 1}}]"
    )
    assert (report.trainable_params, report.frozen_params, report.buffers) == (3 * 2 + 2, 6, 7)
    assert [tensor.role for tensor in report.layers[0].tensors] == ["frozen", "frozen", "buffer", "buffer", "buffer"]


@pytest.mark.parametrize(
    ("input_", "dims"),
    [
        ("{channels: 3, height: 4, width: 5}", (3, 4, 5)),
        ("{width: 5, height: 4, channels: 3}", (3, 4, 5)),
        ("{channels: 2, length: 9}", (2, 9)),
        ("{channels: 1, depth: 2, height: 3, width: 4}", (1, 2, 3, 4)),
        ("{features: 7}", (7,)),
        ("{shape: [50, 64]}", (50, 64)),
    ],
)
def test_the_forms_of_input(input_: str, dims: tuple[int, ...]) -> None:
    assert graph_of(f"input: {input_}\nlayers: [identity]").inputs[0].shape.dims == dims


def test_what_is_inferred_may_be_written_and_is_checked() -> None:
    written = "type: conv2d, out_channels: 4, kernel_size: 3, in_channels"
    assert report_of(f"{INPUT}layers: [{{{written}: 3}}]").total_params == 4 * 3 * 9 + 4
    with pytest.raises(SpecError, match="in_channels"):
        graph_of(f"{INPUT}layers: [{{{written}: 4}}]")


def test_a_spec_without_a_name_has_that_of_its_file() -> None:
    assert graph_of(f"{INPUT}layers: [relu]").name == "test"


def test_an_image_into_a_linear_layer_is_remarked_upon() -> None:
    linear = "{type: linear, out_features: 2}"
    (remark,) = graph_of(f"{INPUT}layers: [{linear}]").remarks
    assert "works along the last dimension, here the width of (8, 8, 3): is a flatten missing" in str(remark)
    assert graph_of(f"{INPUT}layers: [flatten, {linear}]").remarks == ()
    assert graph_of(f"{INPUT}layers: [{{type: permute, dims: [2, 3, 1]}}, {linear}]").remarks == ()


def test_a_layer_over_images_takes_the_first_dimension_for_channels() -> None:
    conv = "{type: conv1d, out_channels: 5, kernel_size: 3}"
    tokens = "{type: embedding, num_embeddings: 10, embedding_dim: 4}, {type: permute, dims: [2, 1]}"
    nodes = graph_of(f"input: {{shape: [9]}}\nlayers: [{tokens}, {conv}]").nodes
    assert [str(shape) for shape in (*nodes[-1].input_shapes, nodes[-1].output_shape)] == ["(9, 4)", "(7, 5)"]


def test_the_reason_for_a_size_is_found_through_layers_that_keep_it() -> None:
    wrong = "{type: linear, in_features: 100, out_features: 2}"
    with pytest.raises(SpecError, match="flatten1 gives 192 = 8 x 8 x 3"):
        graph_of(f"{INPUT}layers: [flatten, dropout, relu, {wrong}]")


def test_no_activation_may_be_written_as_null() -> None:
    (node,) = graph_of(f"{INPUT}layers: [{{type: conv2d, out_channels: 2, kernel_size: 1, activation: null}}]").nodes
    assert node.activation is None


def test_two_layer_types_cannot_share_a_name() -> None:
    from cnnparams.layers.contract.base import Layer
    from cnnparams.layers.contract.registry import declarations, layer_type

    assert declarations()
    for name, keras in (("relu", ""), ("another", "Dense")):
        with pytest.raises(ValueError, match="two layer types"):
            layer_type(name, keras=keras)(Layer)
