"""Networks side by side, as a user sees them."""

import csv
import io
import json
import math
from typing import Any

import pytest

from tests.cli.run import run
from tests.specs import reference

FAMILY = """
vars: {wide: 4}
variants: {small: {}, large: {wide: 8}}
input: {channels: 1, height: 9, width: 9}
layers:
  - {type: conv2d, out_channels: wide, kernel_size: 3}
  - flatten
  - {type: linear, out_features: 2}
"""


def compared(*args: str, stdin: str = "") -> list[dict[str, Any]]:
    done = run("compare", "--json", *args, stdin=stdin)
    assert (done.code, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def counted(spec: str, columns: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("count", spec, "--json", "--columns", columns).stdout)
    return found


def test_rows_equal_the_published_counts() -> None:
    published = reference("torchvision.json")["models"]
    for row in compared("resnet18", "mobilenet_v2", "vgg11"):
        assert (row["total_params"], row["total_macs"]) == tuple(
            published[row["name"]][key] for key in ("params", "macs")
        )


def test_rows_equal_the_totals_of_count() -> None:
    for row in compared("simple_cnn", "ds_cnn"):
        totals = counted(row["name"], "layer,weight_size,live,saved,rf")
        assert {key: value for key, value in row.items() if key in totals} == {
            key: totals[key] for key in row if key in totals
        }
        assert row["layer_count"] == len(totals["layers"])
        assert {"weight_bytes", "peak_activation_bytes", "training_bytes", "largest_receptive_field"} <= row.keys()


def test_each_number_is_also_a_ratio_to_the_first() -> None:
    first, second = compared("simple_cnn", "lenet5")
    assert first["total_params_ratio"] == first["layer_count_ratio"] == 1
    assert math.isclose(second["total_params_ratio"], 61_706 / 707_690)
    assert math.isclose(second["largest_receptive_field_ratio"], 32 / 16)


def test_a_family_is_all_its_variants() -> None:
    rows = compared("-", stdin=FAMILY)
    by_hand = {wide: wide * 9 + wide + wide * 49 * 2 + 2 for wide in (4, 8)}
    assert [(row["name"], row["total_params"]) for row in rows] == [("small", by_hand[4]), ("large", by_hand[8])]
    assert [row["name"] for row in compared("resnet8", "vgg")][:3] == ["resnet8", "vgg11", "vgg13"]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("params", ["lenet5", "simple_cnn", "resnet18"]),
        ("-macs", ["resnet18", "simple_cnn", "lenet5"]),
        ("name", ["lenet5", "resnet18", "simple_cnn"]),
        ("buffers", ["simple_cnn", "lenet5", "resnet18"]),
        ("-peak_memory", ["resnet18", "simple_cnn", "lenet5"]),
    ],
)
def test_rows_are_sorted_by_any_word(order: str, names: list[str]) -> None:
    assert [row["name"] for row in compared("simple_cnn", "lenet5", "resnet18", "--sort", order)] == names


def test_a_word_that_sorts_nothing_is_told() -> None:
    done = run("compare", "simple_cnn", "--sort", "parms")
    assert (done.code, done.stdout) == (2, "")
    assert "unknown quantity 'parms'; did you mean 'params'?" in done.stderr


def test_csv_holds_plain_numbers() -> None:
    done = run("compare", "simple_cnn", "lenet5", "--csv")
    (first, second) = csv.DictReader(io.StringIO(done.stdout))
    assert (first["total_params"], first["weight_bytes"], first["total_params_ratio"]) == ("707690", "2830760", "1.0")
    assert second["input_shape"] == "(32, 32, 1)"


def test_markdown_and_the_table_show_ratios() -> None:
    assert "| 61,706 (0.087x) |" in run("compare", "simple_cnn", "lenet5", "--markdown").stdout
    lines = run("compare", "simple_cnn", "lenet5").stdout.splitlines()
    assert "61,706" in lines[-2]
    assert "0.087x" in lines[-1]


def test_the_batch_the_dtype_and_the_optimizer_decide_the_memory() -> None:
    options = ("--batch", "8", "--dtype", "float16", "--optimizer", "sgd")
    (row,) = compared("simple_cnn", *options)
    memory = json.loads(run("memory", "simple_cnn", "--training", "--json", *options).stdout)
    assert row["peak_activation_bytes"] == memory["peak_activation_bytes"] == 8 * 2 * 72_000
    assert row["training_bytes"] == memory["training_bytes"]


def test_parameters_per_sample() -> None:
    (row,) = compared("simple_cnn", "--samples", "60000")
    assert math.isclose(row["params_per_sample"], 707_690 / 60_000)
    assert "params_per_sample" not in compared("simple_cnn")[0]
    shown = run("compare", "simple_cnn", "--samples", "60000").stdout
    assert "11.79" in shown
    assert "not whether it will" in shown


def test_count_shows_parameters_per_sample_with_what_they_mean() -> None:
    for format_ in ("table", "markdown", "html"):
        shown = run("count", "simple_cnn", "--samples", "60000", "--format", format_).stdout
        assert "11.79" in shown
        assert "not whether it will" in shown
    assert "not whether it will" not in run("count", "simple_cnn").stdout
    assert math.isclose(
        json.loads(run("count", "simple_cnn", "--samples", "60000", "--json").stdout)["params_per_sample"],
        707_690 / 60_000,
    )


def test_a_plot_has_every_network_in_its_legend() -> None:
    shown = run("compare", "simple_cnn", "lenet5", "--plot").stdout
    assert shown.endswith("\n  a simple_cnn\n  b lenet5\n")
    drawn = shown[shown.index("MACs\n") :]
    rows = [row for row in drawn.splitlines() if "│" in row or "┤" in row]
    (of_a,) = [row for row in rows if "a" in row]
    (of_b,) = [row for row in rows if "b" in row]
    assert rows.index(of_a) < rows.index(of_b)  # more MACs stand higher
    assert of_a.index("a") > of_b.index("b")  # more parameters stand to the right


def test_a_plot_goes_with_the_table() -> None:
    done = run("compare", "simple_cnn", "--plot", "--json")
    assert (done.code, done.stdout) == (2, "")
    assert "a plot is drawn below the table, not in json" in done.stderr


def test_what_tables_call_a_quantity_leads_to_its_word() -> None:
    assert "unknown quantity 'size'; did you mean 'weights'?\n" in run("compare", "lenet5", "--sort", "size").stderr


def test_flops_and_the_activations_of_all_layers_can_be_compared_by() -> None:
    done = run("compare", "lenet5", "--sort", "flops", "--json")
    found = json.loads(done.stdout)
    assert found["total_flops"] == 2 * found["total_macs"]
    assert (
        json.loads(run("compare", "lenet5", "--sort", "activation-size", "--json").stdout)["activation_bytes"] == 32_856
    )
