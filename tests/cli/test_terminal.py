"""What commands show in a terminal of 80, 100, 120 and 200 columns: golden texts, and what holds at every width.

With CNNPARAMS_REGENERATE=1 the texts in golden/ are written anew, to be reviewed.
"""

import io
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cnnparams.api.loading import load
from cnnparams.api.network import Network
from cnnparams.cli.app import app
from cnnparams.cli.show import Show
from cnnparams.render.answers.grid import GridAnswer
from cnnparams.render.fitting import shortened
from cnnparams.render.view import View
from tests.cli.run import run
from tests.cli.terminal import each_on_terminal, on_terminal

FOLDER = Path(__file__).parent / "golden"
OTHERS = {
    "simple_cnn": "lenet5",
    "resnet18": "resnet34",
    "mobilenet_v2": "resnet50",
    "unet": "autoencoder",
    "vgg16": "vgg11",
}
COMMANDS = {
    "count": "count {} --top 12 --sort layer",
    "compare": "compare {} {other} ds_cnn",
    "memory": "memory {} --training --fit 8GiB",
    "diff": "diff {} {other}",
    "receptive-field": "receptive-field {} --depth 2",
    "explain": "explain {} {layer}",
    "check": "check {} --max params=1k --max macs=1M",
}
LAYERS = {
    "simple_cnn": "fc1",
    "resnet18": "layer2.0.conv1",
    "mobilenet_v2": "stem.bn",
    "unet": "decode1.concat",
    "vgg16": "avgpool",
}
"""The layers that are explained."""
ONCE = (
    "layers conv2d max_pool2d",
    "specs --columns input,params,macs,peak-memory --top 5",
    "sweep mobilenet_v2 --set width=0.5,1 --set size=160,192 --columns params,macs,peak-memory,training-memory",
    "solve mobilenet_v2 --var width --max params=2M --max macs=100M",
    "compare resnet18 resnet50 mobilenet_v2 vgg16 lenet5 unet ds_cnn simple_cnn",
    "show lenet5",
    "verify lenet5",
)
"""What says nothing more for each network."""
WIDTHS = (80, 100, 120, 200)


def told(network: str, width: int) -> Iterator[str]:
    names = {"other": OTHERS[network], "layer": LAYERS[network]}
    commands = [command.format(network, **names) for command in COMMANDS.values()]
    commands += ["count resnet18"] if network == "resnet18" else []
    yield from _shown(commands, width)


def _shown(commands: Sequence[str], width: int) -> Iterator[str]:
    for command, shown in zip(commands, each_on_terminal(width, commands, NO_COLOR="1"), strict=True):
        yield f"$ cnnparams {command}\n{shown}\n"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("network", OTHERS)
def test_golden_texts(network: str, width: int) -> None:
    _hold("".join(told(network, width)), f"{network}_{width}.txt", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_golden_texts_of_other_commands(width: int) -> None:
    pytest.importorskip("torch")
    _hold("".join(_shown(ONCE, width)), f"others_{width}.txt", width)


def _hold(shown: str, name: str, width: int) -> None:
    kept = FOLDER / name
    if os.environ.get("CNNPARAMS_REGENERATE"):
        kept.write_text(shown, encoding="utf-8")
    assert shown == kept.read_text(encoding="utf-8")
    assert [line for line in shown.splitlines() if len(line) > width and not line.startswith("$ ")] == []


class Screen(io.StringIO):
    """A terminal, as far as a program can ask."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def answer_of(command: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, ModuleType]:
    """Return what a command answers, and the format that it is shown in."""
    caught: list[tuple[Any, ModuleType]] = []

    def catch(self: Show, answer: Any, *, live: bool = False) -> None:
        if isinstance(answer, GridAnswer):
            answer.grid = answer.grid._replace(rows=list(answer.grid.rows))
        caught.append((answer, self._renderer))

    monkeypatch.setattr(Show, "__call__", catch)
    with app.make_context("cnnparams", command.split()) as context:
        app.invoke(context)
    return caught[0]


def words_of(network: Network) -> set[str]:
    """Return what joins the table of count where there is room."""
    layers = network.report().layers
    names = {word for layer in layers for name in (layer.name, *layer.inputs) for word in (name, f"{name},")}
    types = {word for layer in layers for word in (layer.type, layer.activation or "")}
    return names | types | {f"{layer.macs:,}" for layer in layers} | {"+", "Type", "From", "MACs"}


def is_whole(word: str, words: set[str]) -> bool:
    """Tell whether a word is one of these; or the beginning or end of one, with an ellipsis where it was cut."""
    if word in words or set(word) <= set("─█…┬└"):
        return True
    if word.startswith("…"):
        return any(known.endswith(word[1:]) for known in words)
    return word.endswith("…") and any(known.startswith(word[:-1]) for known in words)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", OTHERS)
def test_at_every_width_lines_fit_and_words_are_whole(name: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = COMMANDS[command].format(name, other=OTHERS[name], layer=LAYERS[name])
    _check_widths(written, words_of(load(name)), monkeypatch)


@pytest.mark.parametrize(
    "command", [*ONCE, "layers", "layers lstm", "compare lenet5 unet --plot", "memory unet --int8"]
)
def test_other_commands_fit_every_width_too(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if command.startswith("verify"):
        pytest.importorskip("torch")
    drawn = {*"ab"} if "--plot" in command else set()
    _check_widths(command, drawn, monkeypatch)


def _check_widths(command: str, others: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    answer, format_ = answer_of(command, monkeypatch)
    piped = "".join(format_.render(answer, View()))
    words = {*piped.split(), *shortened(piped).split()} | others
    for width in range(60, 201):
        monkeypatch.setenv("COLUMNS", str(width))
        shown = "".join(format_.render(answer, View(stream=Screen())))
        assert [line for line in shown.splitlines() if len(line) > width] == []
        own = re.sub(r"Left out, as there is no room:.*?shows\s+more\.", "", shown, flags=re.DOTALL)
        assert {word for word in own.split() if not is_whole(word, words)} == set()


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_count_has_the_tutorials_columns_at_every_width_and_whole_shapes(width: int) -> None:
    lines = on_terminal(width, "count", "resnet18", NO_COLOR="1").splitlines()
    assert ("Input" in lines[2], "Output" in lines[2], "Parameters" in lines[2]) == (True, True, True)
    assert "(224, 224, 3)" in lines[4]
    assert "Left out" not in "\n".join(lines)


def test_where_there_is_room_types_and_macs_and_what_is_read_join() -> None:
    header, _, first = on_terminal(200, "count", "resnet18", NO_COLOR="1").splitlines()[2:5]
    assert re.split(r"\s{2,}", header.strip()) == [
        *("Layer", "Type", "Hyperparameters", "From", "Input", "Output", "Parameters", "MACs"),
    ]
    assert first.endswith("118,013,952")
    assert "Type" not in run("count", "resnet18").stdout


def test_a_line_says_which_columns_went_and_how_to_see_them() -> None:
    shown = " ".join(on_terminal(60, "receptive-field", "vgg16", NO_COLOR="1").split())
    assert "Left out, as there is no room: Output, " in shown
    assert "A wider terminal, --columns or a pipe shows more." in shown


def test_a_ratio_stands_below_its_network_and_says_to_which() -> None:
    lines = on_terminal(100, "compare", "resnet18", "vgg16", NO_COLOR="1").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(" vgg16"))
    assert re.split(r"\s{2,}", lines[at + 1].strip())[:2] == ["/ resnet18", "11.84x"]


def test_layers_in_another_order_and_the_first_of_them() -> None:
    lines = run("count", "simple_cnn", "--sort", "-params", "--top", "2").stdout.splitlines()
    assert [line.split()[0] for line in lines[4:6]] == ["fc1", "conv2"]
    assert lines[7] == "2 of 7 layers, by Parameters."
    assert run("count", "simple_cnn", "--top", "2").stdout == "\n".join(lines) + "\n"
    rows = run("receptive-field", "simple_cnn", "--sort", "layer", "--columns", "layer,rf", "--format", "csv").stdout
    assert rows.splitlines()[1].startswith("simple_cnn,conv1,5")


def test_an_order_that_layers_do_not_have_is_told() -> None:
    for command, word in (("count", "hyperparameters"), ("memory", "tensors")):
        done = run(command, "simple_cnn", "--sort", word)
        assert (done.code, done.stdout) == (2, "")
        assert "Invalid value for --sort" in done.stderr


def test_memory_draws_no_more_bars_than_a_screen_has_unless_asked() -> None:
    shown = run("memory", "resnet18").stdout
    assert (shown.count("█ "), "24 of 51 layers" in shown) == (24, True)
    assert run("memory", "resnet18", "--top", "51").stdout.count("█ ") == 51
    assert run("memory", "resnet18", "--depth", "1").stdout.count("█ ") == 9
    assert run("memory", "resnet18", "--fit", "8GiB").stdout.splitlines()[2].startswith("The largest batch in 8.00 GiB")


@pytest.mark.parametrize("width", [80, 100])
def test_lists_fit_too_and_have_every_word(width: int) -> None:
    shown, piped = (
        on_terminal(width, "layers", "conv2d", NO_COLOR="1"),
        run("layers", "conv2d").stdout,
    )
    assert max(map(len, shown.splitlines())) <= width
    assert shown.split() == piped.split()


def test_titles_are_bold_where_colour_goes() -> None:
    for command in (["memory", "simple_cnn"], ["explain", "simple_cnn", "conv1"], ["count", "simple_cnn"]):
        assert on_terminal(100, *command).startswith("\x1b[1m")
        assert "\x1b" not in on_terminal(100, *command, NO_COLOR="1") + run(*command).stdout
