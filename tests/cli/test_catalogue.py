"""`cnnparams layers` and `cnnparams schema` as a user meets them."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cnnparams.engine.choosing.budget import spec_schema
from cnnparams.engine.reports.catalogue import Card, catalogue, types_by_family
from cnnparams.layers.contract.registry import declarations
from cnnparams.render.answers.catalogue import entry
from cnnparams.schema.structures import STRUCTURES
from tests.cli.run import run
from tests.specs import SPECS, graph_of


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads(run("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def spec_of(card: Card) -> str:
    """Return a spec of a card's example; the layers that it names pass the input on."""
    entering = card.input_shapes[0].dims if card.input_shapes else (1,)
    lines = [f"input: {{shape: {list(entering)}}}", "layers:"]
    lines += [f"  - {{type: identity, name: {name}}}" for name in card.example.get("from", ())]
    return "\n".join([*lines, f"  - {entry(card)}"])


def test_every_layer_type_has_a_line() -> None:
    lines = run("layers").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [declaration.name for declaration in declarations()]
    assert all(len(line.split(maxsplit=1)[1]) > 10 for line in lines)


def test_a_card_shows_settings_formulas_and_an_example() -> None:
    text = run("layers", "Conv2D").stdout
    for part in (
        "conv2d: Convolution",
        "In Keras: Conv2D",
        "out_channels  whole number >= 1",
        "required",
        "default 1",
        "H_out = ⌊(H_in + 2 × p_h - d_h × (k_h - 1) - 1) / s_h⌋ + 1",  # noqa: RUF001
        "- {type: conv2d, out_channels: 32, kernel_size: 3, padding: 1}",
        "(32, 32, 16) -> (32, 32, 32)",
    ):
        assert part in text


def test_a_card_of_a_merge_shows_several_inputs() -> None:
    text = run("layers", "concat").stdout
    for part in (
        "In Keras: Concatenate",
        "C_out = C_1 + C_2",
        "- {type: concat, from: [conv1, conv2]}",
        "(32, 32, 16), (32, 32, 16) -> (32, 32, 32)",
    ):
        assert part in text
    (card,) = json.loads(run("layers", "concat", "--json").stdout)["layers"]
    assert (card["input_shapes"], card["output_shape"]) == ([[32, 32, 16], [32, 32, 16]], [32, 32, 32])


def test_a_misspelt_type_is_guessed_at() -> None:
    done = run("layers", "conv2")
    assert (done.code, done.stdout) == (2, "")
    assert "did you mean 'conv" in done.stderr


@pytest.mark.parametrize("format_", ["json", "markdown", "text"])
def test_every_type_has_a_card_in_every_format(format_: str) -> None:
    names = [declaration.name for declaration in declarations()]
    done = run("layers", *names, "--format", format_)
    assert (done.code, done.stderr) == (0, "")
    assert all(name in done.stdout for name in names)


def test_the_catalogue_as_json_has_every_type() -> None:
    document = json.loads(run("layers", "--json").stdout)
    types = [name for card in document["layers"] for name in card["types"]]
    assert sorted(types) == sorted(declaration.name for declaration in declarations())


@pytest.mark.parametrize("card", tuple(types_by_family()), ids=lambda card: card.types[0])
def test_every_example_is_a_spec_that_the_engine_and_the_schema_accept(card: Card, validator: Any) -> None:
    spec = spec_of(card)
    assert [output.shape.dims for output in graph_of(spec).outputs] == [card.output_shape.dims]
    validator.validate(yaml.safe_load(spec))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_schema_accepts_every_spec_of_the_repository(path: Path, validator: Any) -> None:
    validator.validate(yaml.safe_load(path.read_text(encoding="utf-8")))


GOOD = "input: {channels: 3, height: 8, width: 8}\nlayers: "


@pytest.mark.parametrize(
    "layers",
    [
        "[{type: conv2d, out_chanels: 3, kernel_size: 3}]",
        "[{type: conv2d, out_channels: 3, kernel_size: 3, name: c, trainabel: false}]",
        "[{type: relu, negative_slope: 1}]",
        "[{type: conv2d, out_channels: 3, kernel_size: 3, activation: {type: relu, slop: 1}}]",
        "[{type: flatten, activation: relu}]",
        "[conv2d]",
        "[conv9d]",
        "[{out_channels: 3}]",
        "[{type: conv2d, out_channels: 0, kernel_size: 3}]",
        "[{type: conv2d, out_channels: 3, kernel_size: 3, padding: true}]",
        "[{type: dropout, p: 1.5}]",
        "[]",
    ],
)
def test_the_schema_rejects_what_the_tool_rejects(layers: str, validator: Any) -> None:
    assert not validator.is_valid(yaml.safe_load(GOOD + layers))


@pytest.mark.parametrize(
    "top", ["inptu: {features: 3}", "input: {features: 3}\nnmae: x", "input: {channels: 3, height: 4}"]
)
def test_the_schema_rejects_misspelt_keys_at_the_top(top: str, validator: Any) -> None:
    assert not validator.is_valid(yaml.safe_load(f"{top}\nlayers: [relu]"))


@pytest.mark.parametrize(
    "layer",
    [
        "{type: conv2d, out_channels: 3, kernel_size: [3, 5], padding: same, activation: relu}",
        "{type: conv2d, out_channels: 3, kernel_size: 3, activation: {type: leaky_relu, negative_slope: 0.2}}",
        "{type: upsample, scale_factor: 2}",
        "{type: upsample, size: [4, 4], mode: bilinear, align_corners: true}",
        "{type: layer_norm, normalized_shape: 8}",
        "{type: adaptive_avg_pool2d, output_size: [null, 4]}",
        "{type: zero_pad2d, padding: [1, -1, 0, 2]}",
        "{type: max_pool2d, kernel_size: 2, trainable: false, name: pool}",
    ],
)
def test_the_schema_and_the_tool_agree_on_what_is_right(layer: str, validator: Any) -> None:
    spec = f"{GOOD}[{layer}]"
    graph_of(spec)
    validator.validate(yaml.safe_load(spec))


def test_the_schema_knows_the_canonical_spelling_only() -> None:
    words = spec_schema()["$defs"]["entry"]["else"]["else"]["properties"]["type"]["enum"]
    assert words == [*(declaration.name for declaration in declarations()), *STRUCTURES]


def test_a_word_for_all_ranks_describes_the_family() -> None:
    assert run("layers", "conv").stdout.startswith("conv1d, conv2d, conv3d: Convolution")
    assert run("layers", "MaxPool").stdout.startswith("max_pool1d, max_pool2d, max_pool3d: ")


@pytest.mark.parametrize(("word", "name"), [("bn", "batch_norm2d"), ("fc", "linear"), ("pool", "max_pool2d")])
def test_a_nickname_leads_to_the_type(word: str, name: str) -> None:
    assert f"unknown layer type '{word}'; did you mean '{name}'?" in run("layers", word).stderr


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_has_a_card_whose_example_counts(name: str) -> None:
    (card,) = catalogue([name]).cards
    graph = graph_of(spec_of(card))
    assert graph.outputs[-1].shape.dims == card.output_shape.dims


def test_the_card_of_a_structure_shows_its_keys_and_an_example() -> None:
    assert run("layers", "residual").stdout == (
        "residual: layers(x) + shortcut(x), the shortcut being x itself where none is given.\n"
        "\n"
        "Settings\n"
        "  layers      list of layers  required  the entries that x goes through\n"
        "  shortcut    list of layers  optional  the entries of the shortcut; x itself if not given\n"
        "  activation  activation      optional  activation of the sum\n"
        "\n"
        "Example\n"
        "  - {type: residual, layers: [{type: conv2d, out_channels: 16, kernel_size: 3, padding: 1}]}\n"
        "  (32, 32, 16) -> (32, 32, 16)\n"
    )
