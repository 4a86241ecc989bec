"""What the README and the docs show is what happens.

With CNNPARAMS_REGENERATE=1 and -n 0 the outputs of console blocks and the generated pages are written anew, to be
reviewed.
"""

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from cnnparams.engine.choosing.budget import spec_schema
from cnnparams.engine.costs.register import totals
from cnnparams.engine.reports.report import columns
from tests.docs.pages import PAGES, Block, blocks, examples, session
from tests.docs.quantities import page
from tests.docs.stub import stub
from tests.specs import ROOT, graph_of, spec_of

REGENERATE = "CNNPARAMS_REGENERATE" in os.environ
GENERATED = {"docs/layers.md": ["layers", "--format", "markdown"], "docs/spec.schema.json": ["schema"]}


def shell(command: str) -> str:
    """Run a command as a user would in a shell of 100 columns; return what the terminal would show."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env={**os.environ, "PATH": path, "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        encoding="utf-8",
    )
    return done.stdout


@pytest.mark.parametrize("block", blocks("console"), ids=str)
def test_a_console_block_shows_what_its_commands_print(block: Block) -> None:
    if "| jq" in block.text and not shutil.which("jq"):
        pytest.skip("jq is not installed")
    if block.page.name.startswith("pytorch"):
        pytest.importorskip("torch")
    shown = examples(block)
    if any(".onnx" in example.command for example in shown):
        pytest.importorskip("onnx")
    outputs = [shell(example.command) for example in shown]
    if REGENERATE:
        text = "".join(f"$ {example.command}\n{output}" for example, output in zip(shown, outputs, strict=True))
        block.page.write_text(block.page.read_text(encoding="utf-8").replace(block.text, text), encoding="utf-8")
    else:
        assert outputs == [example.output for example in shown]


@pytest.mark.parametrize(("page", "arguments"), GENERATED.items())
def test_a_generated_page_is_up_to_date(page: str, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "cnnparams", *arguments]
    text = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, encoding="utf-8").stdout
    if REGENERATE:
        (ROOT / page).write_text(text, encoding="utf-8")
    assert (ROOT / page).read_text(encoding="utf-8") == text


def test_the_page_of_quantities_is_up_to_date() -> None:
    written = ROOT / "docs" / "quantities.md"
    if REGENERATE:
        written.write_text(page(), encoding="utf-8")
    assert written.read_text(encoding="utf-8") == page()


def test_the_stub_of_costs_is_up_to_date() -> None:
    written = ROOT / "cnnparams" / "engine" / "reports" / "attributes.pyi"
    if REGENERATE:
        written.write_text(stub(), encoding="utf-8")
    assert written.read_text(encoding="utf-8") == stub()


@pytest.mark.parametrize("block", [block for block in blocks("yaml") if "input:" in block.text], ids=str)
def test_a_spec_in_the_docs_is_right(block: Block) -> None:
    for variant in spec_of(block.text).variables.variants or [None]:
        graph_of(block.text, variant)
    jsonschema.Draft202012Validator(spec_schema()).validate(yaml.safe_load(block.text))


@pytest.mark.parametrize("page", [page for page in PAGES if ">>>" in session(page)], ids=lambda page: page.name)
def test_python_in_the_docs_gives_what_it_shows(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = session(page)
    if "torch" in text:
        pytest.importorskip("torch")
    monkeypatch.chdir(ROOT)
    example = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    assert doctest.DocTestRunner().run(example).failed == 0


def _is_script(block: Block) -> bool:
    return "import torch" in block.text and ">>>" not in block.text


@pytest.mark.parametrize("block", [block for block in blocks("python") if _is_script(block)], ids=str)
def test_pytorch_in_the_docs_runs(block: Block) -> None:
    pytest.importorskip("torch")
    exec(compile(block.text, str(block), "exec"), {})


ADDED = {
    "a layer type": ("count {spec} --json", '"total_params": 3,'),
    "an output format": ("count {spec} --format tsv", "scaled\tchannelscale1\tinit=2\t"),
    "a cost": ("count {spec} --columns outputs --format csv", "network,outputs\nscaled,12\n"),
    "a command": ("tensors {spec} --format csv", 'channelscale1.weight,"[3, 1, 1]",trainable\n'),
    "a source": ("import {model}", "  - {type: channel_scale, name: channelscale1}\n"),
    "a source for any command": ("count {model} --format csv", "channelscale1,"),
}


@pytest.fixture(scope="module")
def enlarged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a copy of the package, to which all is added that docs/contributing.md adds."""
    root = tmp_path_factory.mktemp("enlarged")
    shutil.copytree(ROOT / "cnnparams", root / "cnnparams", ignore=shutil.ignore_patterns("__pycache__"))
    for block in blocks("python", "diff"):
        if block.page.name == "contributing.md":
            first, _, text = block.text.partition("\n")
            path = root / first.removeprefix("# ")
            assert path.exists() == (block.language == "diff"), path
            path.write_text(_patched(path.read_text(), text) if block.language == "diff" else text)
    shutil.copy(ROOT / "docs" / "examples" / "layer_list.py", root / "cnnparams" / "sources")
    (root / "scaled.yaml").write_text(
        "name: scaled\ninput: {channels: 3, height: 2, width: 2}\nlayers: [{type: channel_scale, init_value: 2}]\n"
    )
    (root / "model.layers.json").write_text('{"input": "3x2x2", "layers": [["ChannelScale", {}]]}')
    return root


def _patched(text: str, diff: str) -> str:
    lines = diff.splitlines(keepends=True)
    before, after = ("".join(line[1:] for line in lines if line[0] != sign) for sign in "+-")
    assert text.count(before) == 1, before
    return text.replace(before, after)


@pytest.mark.parametrize("what", ADDED)
def test_what_the_docs_add_works(what: str, enlarged: Path) -> None:
    arguments, said = ADDED[what]
    words = arguments.format(spec="scaled.yaml", model="model.layers.json").split()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "cnnparams", *words], cwd=enlarged, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout


def test_what_the_docs_add_is_as_clean_as_the_rest(enlarged: Path) -> None:
    for words in (["ruff", "check"], ["ruff", "format", "--check"]):
        command = [sys.executable, "-m", *words, "--config", str(ROOT / "pyproject.toml"), "cnnparams"]
        assert subprocess.run(command, cwd=enlarged, capture_output=True).returncode == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_readme_gets_a_newcomer_to_the_table_in_its_first_forty_lines() -> None:
    start = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40])
    assert "pip install . && cnnparams count specs/simple_cnn.yaml" in start
    assert "Total parameters      707,690" in start


def test_the_page_of_quantities_names_every_column_and_every_total() -> None:
    """The other pages tell of those that take more words; this one, which is made from the code, has them all."""
    named = set(re.findall(r"^\| `([\w-]+)` \|", (ROOT / "docs" / "quantities.md").read_text(), re.MULTILINE))
    assert named == {*columns(), *totals()}


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 120
