"""The repository's specs count what has been published of these networks."""

import cnnparams
from cnnparams.engine.reports.report import Kind, LayerReport
from cnnparams.render import cells
from cnnparams.render.view import HWC
from tests.specs import ROOT, SIMPLE_CNN, reference, report_of


def test_the_tutorials_table() -> None:
    expected = reference("simple_cnn.json")
    report = cnnparams.count(SIMPLE_CNN)
    rows = [
        [
            layer.name,
            cells.write(layer.hyperparameters, Kind.SETTINGS, HWC),
            str(layer.input_shapes[0]),
            str(layer.output_shape),
            layer.params,
            layer.macs,
        ]
        for layer in report.layers
    ]
    assert rows == expected["rows"]
    assert (report.total_params, report.total_macs) == (expected["total_params"], expected["total_macs"])
    assert (report.trainable_params, report.frozen_params) == (expected["total_params"], 0)


def test_the_tutorials_network_with_the_padding_that_its_prose_once_gives() -> None:
    line = "{type: conv2d, name: conv2, out_channels: 32, kernel_size: 5, activation: relu}"
    text = SIMPLE_CNN.read_text(encoding="utf-8")
    assert line in text
    padded = report_of(text.replace(line, line.replace("kernel_size: 5", "kernel_size: 5, padding: 2")))
    assert padded.total_params == reference("simple_cnn.json")["total_params_if_conv2_had_padding_2"]


def test_lenet5_layer_by_layer() -> None:
    expected = reference("lenet5.json")
    report = cnnparams.count(ROOT / "specs" / "lenet5.yaml")
    shaping = [layer for layer in report.layers if layer.type != "flatten"]
    published = [row for row in expected["layers"] if row[0] != "Input"]
    for layer, (_, shape, weights, biases) in zip(shaping, published, strict=True):
        sizes = [elements(tensor.shape) for tensor in layer.tensors] or [0, 0]
        assert (padded_to_three(layer), *sizes) == (tuple(shape), weights, biases)
    assert report.total_params == expected["params"] == 61_706


def test_the_figures_that_the_readme_quotes() -> None:
    totals = {name: cnnparams.count(name) for name in ("alexnet", "vgg16")}
    assert (totals["alexnet"].total_params, totals["alexnet"].total_macs) == (61_100_840, 714_188_480)
    assert (totals["vgg16"].total_params, totals["vgg16"].total_macs) == (138_357_544, 15_470_264_320)


def elements(shape: tuple[int, ...]) -> int:
    product = 1
    for n in shape:
        product *= n
    return product


def padded_to_three(layer: LayerReport) -> tuple[int, ...]:
    """Write a vector as the published table does: (features, 1, 1)."""
    return (*layer.output_shape.dims, 1, 1)[:3]
