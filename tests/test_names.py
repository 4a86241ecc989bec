"""Names from strangers, wherever they come from, are only text wherever they go.

SOURCES are the places of a spec that hold a text of its author, DESTINATIONS the commands and formats in which it comes
out again. Each text goes from each source to each destination, where the one who reads that format finds nothing but
text; a text that a place cannot have is refused, and the refusal is read like any other line of a terminal.
"""

import ast
import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnparams.cli.app import app
from tests import readers
from tests.bad_runs import Outcome, cnnparams

HOSTILE = {
    "escape": "\x1b[31mred\x07",
    "workflow command": "x\n::error file=README.md,line=1::pwned",
    "workflow command first": "::error::pwned",
    "old workflow command": "##[error]pwned",
    "two colons": "::",
    "markdown": "![x](http://evil/t.png) [c](javascript:alert(1)) @octocat #1 https://evil | `x` <img src=x onerror=y>",
    "reference": "[a]: http://evil",
    "formula": "=cmd|'/C calc'!A0",
    "minus formula": "-2+3+cmd|' /C calc'!A0",
    "html": "</td></table><script>alert(1)</script>&lt;b&gt;",
    "latex": "\\input{/etc/passwd}^^5cinput$x$%",
    "python": 'x"""\nimport os\nos.system("id")\n"""',
    "yaml": "a: [1, {b: *c}] # d",
    "shell": "$(touch PWNED)",
    "joiner": "conv\u200d1",
    "filler": "\u1160\u3164",
    "right to left": "a\u202egnp.exe",
    "selector": "a\ufe0f",
    "marks": "c\u0301\u0301",
    "line separator": "a\u2028::error::x",
}
SOURCES: dict[str, str] = {
    "network": "name: {}",
    "description": "description: {}",
    "variant": "variants: {{{}: {{width: 4}}}}",
    "var": "vars: {{width: 4, {}: 4}}",
    "word": "vars: {{width: 4, act: {}}}",
    "block": "blocks: {{{}: {{layers: [relu]}}}}",
    "description of a block": "blocks: {{b: {{description: {}, layers: [relu]}}}}",
    "param": "blocks: {{b: {{params: {{{}: 1}}, layers: [relu]}}}}",
    "key": "{}: 1",
    "layer": "layers: [{{type: conv2d, name: {}, out_channels: 4, kernel_size: 3}}]",
    "type": "layers: [{{type: {}}}]",
    "reference": "layers: [relu, {{type: conv2d, from: {}, out_channels: 4, kernel_size: 3}}]",
    "outputs": "outputs: {}",
    "expression": "layers: [{{type: conv2d, out_channels: {}, kernel_size: 3}}]",
    "budget": "budget: {{{}: 1}}",
}
_PARTS = {
    "vars": "vars: {width: 4}",
    "budget": "budget: {params: 1}",
    "input": "input: {channels: 3, height: 8, width: 8}",
    "layers": "layers: [{type: conv2d, out_channels: width, kernel_size: 3}, relu]",
}


def spec_of(source: str, text: str) -> str:
    """Return a spec that holds the text there, written as JSON writes it: with escapes."""
    own = SOURCES[source].format(json.dumps(text))
    parts = {key: part for key, part in _PARTS.items() if not own.startswith(f"{key}:")}
    return "\n".join([*parts.values(), own]) + "\n"


def _plain(_: str) -> None:
    """Read lines: what a terminal shows and a log keeps is checked of every output."""


def _markdown(out: str) -> None:
    kinds = readers.markdown_tokens(out)
    assert not {kind for kind in kinds if kind.startswith(("link", "image", "html", "code", "fence", "em", "strong"))}
    assert readers.followed(out) == []


def _csv(out: str) -> None:
    assert readers.formulas(out) == []
    assert len({len(row) for row in csv.reader(io.StringIO(out))}) <= 1


def _html(out: str) -> None:
    tags, _ = readers.html(out)
    assert tags <= PAGE | {"table", "caption", "thead", "tbody", "tr", "th", "td", "p", "br", "b", "ul", "li"}
    assert out.startswith("<!doctype html>\n")


PAGE = {"html", "head", "meta", "title", "style", "body", "h2", "h3"}


def _latex(out: str) -> None:
    assert "\\input" not in out
    assert "^^" not in out


def _json(out: str) -> None:
    assert all(json.loads(line) for line in out.splitlines()) if out.count("\n{") else json.loads(out)


def _yaml(out: str) -> None:
    assert set(yaml.safe_load(out)) <= {"name", "input", "layers", "outputs", "budget"}


def _code(out: str) -> None:
    """Read a module: it has classes, what they import, and nothing that runs but what ends it."""
    body = ast.parse(out).body
    assert {type(node) for node in body} <= {ast.Expr, ast.Import, ast.ImportFrom, ast.ClassDef, ast.If}
    assert not any(isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant) for node in body)
    assert {alias.name for node in body if isinstance(node, ast.Import) for alias in node.names} <= MODULES


MODULES = {"torch", "torch.nn.functional"}


class Destination(NamedTuple):
    """A command that says the text again, and who reads what it says."""

    words: tuple[str, ...]
    read: Callable[[str], None]
    is_command: bool = False


DESTINATIONS = [
    Destination(("count",), _plain),
    Destination(("count", "--format", "markdown"), _markdown),
    Destination(("count", "--format", "csv"), _csv),
    Destination(("count", "--format", "html"), _html),
    Destination(("count", "--json"), _json),
    Destination(("explain",), _plain),
    Destination(("explain", "--format", "markdown"), _markdown),
    Destination(("explain", "--format", "latex"), _latex),
    Destination(("compare", "{}", "lenet5"), _plain),
    Destination(("compare", "{}", "lenet5", "--plot"), _plain),
    Destination(("compare", "{}", "lenet5", "--format", "markdown"), _markdown),
    Destination(("compare", "{}", "lenet5", "--format", "csv"), _csv),
    Destination(("diff", "{}", "lenet5"), _plain),
    Destination(("diff", "{}", "lenet5", "--format", "markdown"), _markdown),
    Destination(("diff", "{}", "lenet5", "--format", "csv"), _csv),
    Destination(("sweep", "{}", "--set", "width=2,4"), _plain),
    Destination(("sweep", "{}", "--set", "width=2,4", "--format", "markdown"), _markdown),
    Destination(("sweep", "{}", "--set", "width=2,4", "--format", "csv"), _csv),
    Destination(("solve", "{}", "--var", "width=1:4:1", "--max", "params=99"), _plain),
    Destination(("solve", "{}", "--var", "width=1:4:1", "--max", "params=99", "--format", "markdown"), _markdown),
    Destination(("memory",), _plain),
    Destination(("check",), _plain),
    Destination(("check", "--format", "github"), _plain, is_command=True),
    Destination(("show",), _yaml),
    Destination(("show", "--json"), _json),
    Destination(("export",), _code),
]


_READERS: dict[str, Callable[[str], None]] = {
    "text": _plain,
    "markdown": _markdown,
    "csv": _csv,
    "html": _html,
    "latex": _latex,
    "json": _json,
    "jsonl": _json,
    "yaml": _yaml,
}
_WORDS = {
    "compare": ("{}", "lenet5"),
    "diff": ("{}", "lenet5"),
    "sweep": ("{}", "--set", "width=2,4"),
    "solve": ("{}", "--var", "width=1:4:1", "--max", "params=99"),
    "receptive-field": ("{}",),
    "verify": (),
    **dict.fromkeys(("count", "explain", "memory", "check", "show"), ("{}",)),
}
"""What each command is asked that takes a spec and offers formats; verify builds what it takes, and says no more."""


def _offered() -> Iterator[tuple[str, str]]:
    """Yield each command that takes a spec, with each format that it offers."""
    context = click.Context(app)
    for name in app.list_commands(context):
        parameters = {each.name: each for each in getattr(app.get_command(context, name), "params", ())}
        if "format_" in parameters and parameters.keys() & {"spec", "specs", "first"}:
            yield from ((name, format_) for format_ in getattr(parameters["format_"].type, "choices", ()))


OFFERED = [
    Destination((name, *_WORDS[name], "--format", format_), _READERS[format_])
    for name, format_ in _offered()
    if _WORDS[name] and format_ != "github"
]


def check(destination: Destination, done: Outcome) -> None:
    """Hold what a run left to what every reader may expect of it."""
    assert done.code in (0, 1, 2)
    assert "internal error" not in done.err
    assert readers.unseen(done.err) == readers.unseen(done.out) == set()
    assert readers.commands(done.err) == []
    if destination.is_command:
        assert all(line.startswith(("::error ", "::notice ")) for line in done.out.splitlines())
    else:
        assert readers.commands(done.out) == []
    if done.out:
        destination.read(done.out)


def run(destination: Destination, path: str) -> None:
    command, *rest = destination.words
    words = [word.format(path) for word in rest] if "{}" in rest else [*rest, "--", path]
    check(destination, cnnparams(command, *words))


COME_OUT = ("network", "description", "variant", "word")
"""The sources that may hold nearly any text. What the others hold is refused, in the same words by every command."""

WAYS = [
    (source, destination)
    for source in SOURCES
    for destination in DESTINATIONS
    if source in COME_OUT or destination.words[0] in ("show", "export", "check")
]


@pytest.mark.parametrize(
    ("source", "destination"), WAYS, ids=lambda part: part if isinstance(part, str) else " ".join(part.words)
)
def test_a_text_is_only_text(source: str, destination: Destination, tmp_path: Path) -> None:
    for i, text in enumerate(HOSTILE.values()):
        path = tmp_path / f"{i}.yaml"
        path.write_text(spec_of(source, text), encoding="utf-8")
        run(destination, f"{path}@{text}" if source == "variant" else str(path))


@pytest.mark.parametrize("destination", OFFERED, ids=lambda destination: " ".join(destination.words))
def test_a_text_is_only_text_in_every_format_on_offer(destination: Destination, tmp_path: Path) -> None:
    """Of the places that may hold any text: the others are refused by every command, whatever the format."""
    for i, text in enumerate(HOSTILE.values()):
        path = tmp_path / f"{i}.yaml"
        path.write_text(spec_of("description" if i % 2 else "network", text), encoding="utf-8")
        run(destination, str(path))


@pytest.mark.parametrize("destination", DESTINATIONS, ids=lambda destination: " ".join(destination.words))
def test_a_file_may_be_called_anything(
    destination: Destination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.bad_runs.ROOT", tmp_path)
    for text in HOSTILE.values():
        name = text.replace("/", "_")
        (tmp_path / f"{name}.yaml").write_text("\n".join(_PARTS.values()), encoding="utf-8")
        run(destination, f"{name}.yaml")
        run(destination, f"{name}.yam")
        run(destination, f"{name}.yaml@{text}")


@given(text=st.text(min_size=1, max_size=20), source=st.sampled_from([*SOURCES]), at=st.sampled_from(DESTINATIONS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_so_is_any_text(text: str, source: str, at: Destination, tmp_path: Path) -> None:
    path = tmp_path / "drawn.yaml"
    path.write_text(spec_of(source, text), encoding="utf-8")
    run(at, f"{path}@{text}" if source == "variant" else str(path))


@pytest.mark.parametrize("destination", DESTINATIONS, ids=lambda destination: " ".join(destination.words))
def test_a_name_that_is_seen_reaches_every_destination(destination: Destination, tmp_path: Path) -> None:
    """Were every text refused, the table would hold of anything."""
    path = tmp_path / "net.yaml"
    path.write_text(spec_of("network", "Wanted"), encoding="utf-8")
    command, *rest = destination.words
    words = [word.format(path) for word in rest] if "{}" in rest else [*rest, "--", str(path)]
    done = cnnparams(command, *words)
    assert done.code in (0, 1)
    assert "Wanted" in done.out or command == "sweep" or (command == "diff" and "csv" in rest)


@pytest.mark.parametrize("source", ["variant", "var", "block", "param", "key", "layer", "network", "budget"])
@pytest.mark.parametrize("text", ["conv\u200d1", "\u3164", "a\ufe0f", "a\u202eb", "e\u0301", "a\u00ad"])
def test_a_name_of_which_not_all_is_seen_is_refused_at_its_place(source: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    written = spec_of(source, text)
    path.write_text(written, encoding="utf-8")
    done = cnnparams("check", str(path))
    lines = written.splitlines()
    line = next(i for i, each in enumerate(lines) if json.dumps(text) in each)
    assert done.code == 2
    assert done.err.startswith(f"{path}:{line + 1}:{lines[line].index(json.dumps(text)) + 1}: ")
    assert any(word in done.err for word in ("not seen", "NFC", "characters that a name cannot have"))


def test_the_same_words_among_what_is_seen_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(spec_of("variant", "=größe 1"), encoding="utf-8")
    assert cnnparams("count", f"{path}@=größe 1", "--format", "csv").out.splitlines()[1].startswith("'=größe 1,conv1,")
    assert cnnparams("count", f"{path}@=größe 1").out.startswith("=größe 1\n")
