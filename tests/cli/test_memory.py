"""`cnnparams memory` as a user meets it."""

import json
from typing import Any

import pytest

from tests.cli.run import run
from tests.specs import reference

SPEC = "simple_cnn"
WEIGHTS = 4 * 707_690


def memory(*args: str, code: int = 0) -> dict[str, Any]:
    done = run("memory", *args, "--json")
    assert (done.code, done.stderr) == (code, "")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_the_tutorials_network() -> None:
    found = memory(SPEC, "--training")
    assert (found["peak_activation_bytes"], found["peak_layer"]) == (288_000, "maxpool1")
    assert found["peak_activation_bytes_out_of_place"] == 2 * 57_600 * 4
    assert found["saved_for_backward_bytes"] == 604_288
    assert (found["weight_bytes"], found["buffer_bytes"]) == (WEIGHTS, 0)
    assert (found["gradient_bytes"], found["optimizer_bytes"]) == (WEIGHTS, 2 * WEIGHTS)
    assert found["training_bytes"] == 4 * WEIGHTS + 604_288
    assert found["alive_at_peak"] == [{"name": "conv1", "bytes": 230_400}, {"name": "maxpool1", "bytes": 57_600}]
    assert [bar["name"] for bar in found["timeline"]] == [row[0] for row in reference("simple_cnn.json")["rows"]]
    assert max(bar["live_bytes"] for bar in found["timeline"]) == 288_000
    assert found["left_out"].startswith("Not included: ")


def test_running_statistics_are_saved_for_backward_and_counted_once() -> None:
    found = memory("resnet18", "--training")
    norms, channels = 20, 4_800
    assert found["buffer_bytes"] == 4 * 2 * channels + 8 * norms
    parts = ("weight_bytes", "gradient_bytes", "optimizer_bytes", "saved_for_backward_bytes")
    assert found["training_bytes"] == sum(found[part] for part in parts) + 8 * norms


def test_batch_and_dtype_are_named_and_scale_the_figures() -> None:
    found = memory(SPEC, "--batch", "8", "--dtype", "float16")
    assert (found["batch"], found["dtype"]) == (8, "float16")
    assert (found["weight_bytes"], found["peak_activation_bytes"]) == (WEIGHTS // 2, 288_000 * 4)
    assert "training_bytes" not in found


@pytest.mark.parametrize(("optimizer", "values"), [("sgd", 0), ("momentum", 1), ("adam", 2), ("adamw", 2)])
def test_an_optimizer_keeps_so_many_values_for_each_parameter(optimizer: str, values: int) -> None:
    assert memory(SPEC, "--training", "--optimizer", optimizer)["optimizer_bytes"] == values * WEIGHTS


@pytest.mark.parametrize("training", [[], ["--training"]])
@pytest.mark.parametrize("name", [SPEC, "resnet18"])
def test_the_largest_batch_fits_and_the_next_does_not(name: str, training: list[str]) -> None:
    limit = 512 * 2**20
    batch = memory(name, *training, "--fit", "512MiB")["fit"]["batch"]

    def needed(size: int) -> int:
        found = memory(name, *training, "--batch", str(size))
        use = found["weight_bytes"] + found["buffer_bytes"] + found["peak_activation_bytes"]
        return int(found["training_bytes"] if training else use)

    assert needed(batch) <= limit < needed(batch + 1)
    assert memory(name, *training, "--fit", "512MiB")["fit"]["bytes"] == needed(batch)


def test_where_not_even_one_sample_fits_the_answer_is_no() -> None:
    assert memory(SPEC, "--fit", "1KiB", code=1)["fit"]["batch"] == 0
    assert "Not even one sample fits in 1.00 KiB" in run("memory", SPEC, "--fit", "1KiB").stdout


def test_a_device_that_it_fits_on_and_one_that_it_does_not() -> None:
    fits = memory("ds_cnn", "--device", "Raspberry Pi Pico")["int8"]
    assert (fits["fits"], fits["device"]["sram"]) == (True, 264 * 1024)
    assert fits["left"]["flash"] == 2 * 2**20 - fits["flash_bytes"]
    assert memory("resnet18", "--device", "rp2040", code=1)["int8"]["fits"] is False
    assert "It needs 159.87 KiB for inference, in float32." in run("memory", "ds_cnn", "--device", "rp2040").stdout


def test_the_arena_tells_where_each_tensor_lies() -> None:
    small = memory("ds_cnn", "--int8")["int8"]
    assert small["arena_bytes"] == max(slot["offset"] + slot["bytes"] for slot in small["arena"])
    assert "The arena: each tensor's first byte and its bytes" in run("memory", "ds_cnn", "--int8").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--device", "esp33"], "did you mean"),
        (["--device", "help"], "choose from Apollo3 Blue EVB"),
        (["--columns", "help"], "choose from layer"),
        (["--fit", "much"], "is not an amount, such as 1MB"),
        (["--batch", "0"], "0 is not in the range"),
        (["--dtype", "float33"], "float32"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], said: str) -> None:
    done = run("memory", SPEC, *arguments)
    assert (done.code, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_column_of_count_shows_it() -> None:
    header = run("count", SPEC, "--columns", "layer,live,weight_size,saved").stdout.splitlines()[2]
    assert header.split() == ["Layer", "Live", "memory", "Weights", "Saved", "for", "backward"]
