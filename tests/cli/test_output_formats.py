"""Which format an answer is written in: the one that is chosen, or that of the file."""

import json
from pathlib import Path

import click
import pytest

from cnnparams.cli.app import app
from tests.bad_runs import cnnparams

COMMANDS = {name: app.get_command(click.Context(app), name) for name in app.list_commands(click.Context(app))}
WITH_FORMATS = {
    name: {
        choice
        for option in command.params
        if option.name == "format_"
        for choice in getattr(option.type, "choices", ())
    }
    for name, command in COMMANDS.items()
    if command and any(option.name == "format_" for option in command.params)
}
STARTS = {
    "html": "<!doctype html>",
    "json": '{"schema_version": 1, "name": "lenet5"',
    "csv": "network,layer,",
    "markdown": "## lenet5",
    "latex": "\\paragraph{lenet5}",
    "text": "lenet5\n",
}


@pytest.mark.parametrize("command", WITH_FORMATS)
def test_every_command_has_the_same_short_options(command: str) -> None:
    found = COMMANDS[command]
    assert found
    flags = {flag for option in found.params if option.name == "format_" for flag in option.opts} - {"--format"}
    assert flags == {f"--{name}" for name in ("json", "csv", "markdown") if name in WITH_FORMATS[command]}


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("a.html", "html"),
        ("a.HTM", "html"),
        ("a.csv", "csv"),
        ("a.md", "markdown"),
        ("a.tex", "latex"),
        ("a.json", "json"),
        ("a.jsonl", "json"),
        ("a.txt", "text"),
        ("a.pdf", "text"),
        ("html", "text"),
        (".json", "text"),
    ],
)
def test_a_file_is_written_as_its_name_ends(name: str, format_: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert cnnparams("count", "lenet5", "-o", path).code == 0
    written = path.read_text().replace("{\n  ", "{").replace(",\n  ", ", ")
    assert written.startswith(STARTS[format_])
    assert (written.count("\n") == 1) is (name == "a.jsonl")


@pytest.mark.parametrize("chosen", [("--csv",), ("--format", "csv")])
def test_a_format_that_is_chosen_comes_first(chosen: tuple[str, ...], tmp_path: Path) -> None:
    assert cnnparams("count", "lenet5", *chosen, "-o", tmp_path / "a.html").code == 0
    assert (tmp_path / "a.html").read_text().startswith(STARTS["csv"])


def test_what_a_command_does_not_have_is_written_as_usual(tmp_path: Path) -> None:
    for name in ("a.html", "a.yml", "a.yaml"):
        assert cnnparams("show", "lenet5", "-o", tmp_path / name).code == 0
        assert (tmp_path / name).read_text().startswith("name: lenet5\n")
    assert cnnparams("show", "lenet5", "-o", tmp_path / "a.json").code == 0
    assert json.loads((tmp_path / "a.json").read_text())["name"] == "lenet5"


@pytest.mark.parametrize(
    ("command", "count"),
    [
        (("count", "lenet5"), 1),
        (("count", "lenet5", "vgg11"), 2),
        (("compare", "lenet5"), 1),
        (("compare", "lenet5", "vgg11"), 2),
        (("sweep", "resnet18", "--set", "size=64,96"), 2),
        (("memory", "lenet5"), 1),
        (("explain", "lenet5"), 1),
        (("receptive-field", "lenet5", "vgg11"), 2),
        (("diff", "lenet5", "vgg11"), 1),
        (("solve", "resnet18", "--var", "size=64,96", "--max", "params=1G"), 1),
        (("check", "lenet5", "--max", "params=1M"), 1),
        (("layers", "conv2d"), 1),
    ],
)
def test_json_is_a_document_or_a_line_for_each_of_several(command: tuple[str, ...], count: int) -> None:
    done = cnnparams(*command, "--json")
    documents = [json.loads(done.out)] if count == 1 else [json.loads(line) for line in done.out.splitlines()]
    assert (len(documents), {type(document) for document in documents}) == (count, {dict})


@pytest.mark.parametrize("page", ["lenet5", "vgg11"])
def test_html_is_a_whole_page_on_standard_output_too(page: str) -> None:
    out = cnnparams("count", page, "--format", "html").out
    assert out.startswith("<!doctype html>")
    assert f"<title>{page}</title>" in out
