"""`cnnparams receptive-field` as a user meets it."""

import csv
import io
import json
import re
from pathlib import Path

from tests.cli.run import run


def cells(line: str) -> list[str]:
    return re.split(r"\s{2,}", line.strip())


def test_the_table_says_what_each_layer_sees_and_what_adds_no_context() -> None:
    done = run("receptive-field", "resnet50", "--depth", "1")
    assert (done.code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    titles = [
        "Layer",
        "Output",
        "Receptive field",
        "Effective stride",
        "Effective padding",
        "Aligned",
        "Input is global",
    ]
    assert cells(lines[2]) == titles
    assert ["layer3", "(14, 14, 1024)", "267", "16", "133", "yes"] in map(cells, lines)
    assert ["layer4", "(7, 7, 2048)", "427", "32", "213", "yes", "yes"] in map(cells, lines)
    assert [cells(line) for line in lines[-5:]] == [
        ["Receptive field", "all"],
        ["Largest (excluding global layers)", "427"],
        ["Layers that add no context", "4"],
        ["First layer without context", "layer3.5.conv2"],
        ["All add context above an image size of", "363"],
    ]


def test_axes_that_differ_and_strides_below_one_are_written_out() -> None:
    spec = (
        "input: {channels: 1, height: 9, width: 9}\nlayers:\n"
        "  - {type: conv2d, out_channels: 1, kernel_size: [1, 3], padding: [0, 1]}\n"
        "  - {type: upsample, scale_factor: 2}\n"
        "  - {type: linear, out_features: 3}\n"
    )
    lines = run("receptive-field", "-", stdin=spec).stdout.splitlines()
    assert cells(next(line for line in lines if line.startswith(" upsample"))) == [
        *("upsample1", "(18, 18, 1)", "1x3", "1/2", "0x1", "no"),
    ]
    assert cells(next(line for line in lines if line.startswith(" fc"))) == [
        *("fc1", "(18, 3, 1)", "1xall", "1/2x0", "0x1", "no"),
    ]


def test_fields_beside_a_gate_are_marked() -> None:
    text = run("receptive-field", "mobilenet_v3_small", "--depth", "1").stdout
    assert "15 (all)" in text


def test_json_has_numbers_for_each_axis() -> None:
    document = json.loads(run("receptive-field", "unet", "--json").stdout)
    keys = ("receptive_field", "effective_stride", "effective_padding")
    layers = {layer["name"]: layer for layer in document["layers"]}
    deepest, middle = layers["encode5.convs.conv2"], layers["decode1.up.upsample1"]
    assert [deepest[key] for key in keys] == [[140, 140], [16, 16], [62, 62]]
    assert [middle[key] for key in keys] == [[140, 140], [8, 8], [62, 62]]
    assert [(layer["aligned"], layer["is_global"], layer["input_sees_all"]) for layer in (deepest, middle)] == [
        (True, False, False),
        (False, False, False),
    ]
    assert [document[key] for key in (*keys, "largest_receptive_field", "layers_without_context", "context_limit")] == [
        *([220, 220], [1, 1], [94, 94], [220, 220], 0, [204, 204])
    ]
    assert "total_params" not in document
    assert "params" not in deepest


def test_a_stride_below_one_is_a_fraction_in_json() -> None:
    spec = "input: {channels: 1, length: 8}\nlayers: [{type: upsample, scale_factor: 4}]"
    (layer,) = json.loads(run("receptive-field", "-", "--json", stdin=spec).stdout)["layers"]
    assert (layer["effective_stride"], layer["effective_padding"]) == ([0.25], [0])


def test_vectors_have_nothing_to_say() -> None:
    document = json.loads(run("receptive-field", "autoencoder", "--json").stdout)
    assert {layer["receptive_field"] for layer in document["layers"]} == {None}
    assert (document["receptive_field"], document["layers_without_context"]) == (None, 0)
    assert "Receptive field  " not in run("receptive-field", "autoencoder").stdout.rpartition("output")[2]


def test_csv_has_a_row_for_each_layer() -> None:
    rows = list(csv.DictReader(io.StringIO(run("receptive-field", "vgg16", "--format", "csv").stdout)))
    last = next(row for row in rows if row["layer"] == "stage5.maxpool")
    words = ("receptive-field", "effective-stride", "effective-padding", "aligned", "sees-all")
    assert [last[word] for word in words] == [
        "212",
        "32",
        "90",
        "yes",
        "",
    ]


def test_vars_change_the_image_and_the_output_goes_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "rf.md"
    done = run("receptive-field", "vgg16", "--set", "size=64", "--format", "markdown", "-o", str(target))
    assert done == (0, "", "")
    text = target.read_text()
    assert "| stage5.conv1.conv | (4, 4, 512) | 132 | 16 | 58 | yes | yes |" in text
    assert "- First layer without context: stage4.conv3.conv" in text


def test_count_has_the_columns_too_and_leaves_them_out_unless_asked() -> None:
    assert "| 427 | 32 |" in run(
        "count", "resnet50", "--columns", "layer,rf,rf_stride", "--format", "markdown"
    ).stdout.replace("layer4.2.add ", "")
    assert "receptive_field" not in run("count", "vgg16", "--json").stdout
    both = run("count", "mobilenet_v3_small", "--columns", "layer,global", "--format", "csv").stdout
    assert "bneck1.se.multiply1,yes" in both
