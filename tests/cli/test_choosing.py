"""Which network a command means: files, variants, vars, and the networks that come with the tool."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnnparams.schema import zoo
from tests.cli.run import run
from tests.specs import ROOT, reference

FAMILY = """
vars: {classes: 10, widths: [4], act: relu, wide: false}
variants: {small: {}, large: {widths: [8, 16]}}
input: {channels: 3, height: 16, width: 16}
layers:
  - {type: conv2d, repeat: len(widths), out_channels: "widths[index]", kernel_size: 3, activation: act}
  - {type: conv2d, when: wide, out_channels: 64, kernel_size: 1}
  - global_avg_pool2d
  - {type: linear, out_features: classes}
"""


def total(spec: str, *options: str, stdin: str = "") -> int:
    done = run("count", "--json", *options, "--", spec, stdin=stdin)
    assert (done.code, done.stderr) == (0, "")
    count: int = json.loads(done.stdout)["total_params"]
    return count


def message(*args: str, stdin: str = "") -> str:
    done = run(*args, stdin=stdin)
    assert (done.code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    return done.stderr


def test_at_chooses_a_variant() -> None:
    assert total("specs/resnet.yaml@resnet18") == total("resnet@resnet18") == total("resnet18") == 11_689_512


def test_a_family_without_a_variant_lists_them() -> None:
    said = message("count", "-", stdin=FAMILY)
    assert "<stdin>: is a family: choose one of its variants" in said
    assert "its variants are small, large" in said


def test_a_variant_of_standard_input() -> None:
    expected = (3 * 8 * 9 + 8) + (8 * 16 * 9 + 16) + (16 * 10 + 10)
    assert total("-@large", stdin=FAMILY) == expected


def test_a_file_whose_name_has_an_at_is_itself(tmp_path: Path) -> None:
    path = tmp_path / "net@home.yaml"
    path.write_text("input: {features: 4}\nlayers: [{type: linear, out_features: 2}]")
    assert total(str(path)) == 10


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("specs/resnet.yaml@resnet19", "did you mean 'resnet1"),
        ("resnet@nothing_like_it", "its variants are resnet18, resnet34"),
        ("specs/simple_cnn.yaml@small", "it has no variants"),
        ("resnet5", "did you mean 'resnet5"),
        ("wibblewobble", "cnnparams specs lists"),
    ],
)
def test_a_name_of_nothing_is_told_with_what_there_is(name: str, hint: str) -> None:
    assert hint in message("count", name)


@pytest.mark.parametrize(
    "name", ["resnet@", "@resnet18", "@", "nowhere.yaml@small", "x" * 5000, "a\x00b" if os.name == "nt" else "a/../@b"]
)
def test_a_broken_name_gets_a_message(name: str) -> None:
    assert message("count", name)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["classes=3"], 3 * 4 * 9 + 4 + 4 * 3 + 3),
        (["classes=2 + 1"], 3 * 4 * 9 + 4 + 4 * 3 + 3),
        (["classes=3", "act=gelu"], 3 * 4 * 9 + 4 + 4 * 3 + 3),
        (["widths=[5]"], 3 * 5 * 9 + 5 + 5 * 10 + 10),
        (["wide=true"], 3 * 4 * 9 + 4 + 4 * 64 + 64 + 64 * 10 + 10),
        (["act=gelu"], 3 * 4 * 9 + 4 + 4 * 10 + 10),
    ],
)
def test_set_gives_a_var_another_value(values: list[str], expected: int) -> None:
    options = [part for value in values for part in ("--set", value)]
    assert total("-@small", *options, stdin=FAMILY) == expected


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("clases=3", "did you mean 'classes'?"),
        ("classes", "is not NAME=VALUE"),
        ("=3", "is not NAME=VALUE"),
        ("classes=abc", "classes is a number"),
        ("classes=true", "classes is a number"),
        ("wide=1", "wide is true or false"),
        ("widths=8", "widths is a list"),
        ("widths=[8", "not YAML"),
        ("act=3", "act is a word"),
        ("classes=1/0", "division by zero"),
        ("classes=9**99", "64 bits"),
        ("classes=open('x')", "is not an expression"),
        ("classes=2.5", "expected a whole number, but found 2.5"),
    ],
)
def test_a_wrong_set_says_what_is_wrong(value: str, said: str) -> None:
    assert said in message("count", "--set", value, "--", "-@small", stdin=FAMILY)


def test_specs_lists_every_network_with_its_totals() -> None:
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(run("specs", "--format", "csv").stdout))}
    assert list(rows) == [member.name for member in zoo.members()]
    published = reference("torchvision.json")["models"]["densenet121"]
    assert (int(rows["densenet121"]["total_params"]), int(rows["densenet121"]["total_macs"])) == (
        published["params"],
        published["macs"],
    )
    assert rows["densenet121"]["input_shape"] == "(224, 224, 3)"


def test_specs_as_json_and_markdown() -> None:
    listed = [json.loads(line) for line in run("specs", "--json", "--layout", "chw").stdout.splitlines()]
    (lenet5,) = [row for row in listed if row["name"] == "lenet5"]
    expected = {"name": "lenet5", "input_shape": [1, 32, 32], "total_params": 61_706, "total_macs": 416_520}
    assert expected.items() <= lenet5.items()
    assert "| lenet5 | (32, 32, 1) | 61,706 | 416,520 |" in run("specs", "--format", "markdown").stdout


def test_show_prints_what_counts_the_same() -> None:
    shown = run("show", "--set", "classes=7", "--", "-@large", stdin=FAMILY).stdout
    assert "- {type: conv2d, name: conv2, out_channels: 16, kernel_size: 3, activation: relu}" in shown
    assert total("-", stdin=shown) == total("-@large", "--set", "classes=7", stdin=FAMILY)


def test_explain_shows_what_is_inside_of_a_part() -> None:
    said = run("explain", "resnet18", "layer2.0").stdout
    heads = [line.split()[0] for line in said.splitlines() if line.startswith("layer")]
    assert heads == [f"layer2.0.{name}" for name in ("conv1", "bn1", "conv2", "bn2", "shortcut.0", "shortcut.1", "add")]


def test_depth_sums_up_parts() -> None:
    rows = json.loads(run("count", "resnet18", "--depth", "1", "--json").stdout)["layers"]
    assert [row["name"] for row in rows] == [
        "conv1",
        "bn1",
        "maxpool",
        *(f"layer{i}" for i in range(1, 5)),
        "avgpool",
        "fc",
    ]
    assert sum(row["params"] for row in rows) == 11_689_512


def complete(words: str) -> list[str]:
    """Return what a shell would offer for the last of these words."""
    env = {**os.environ, "_CNNPARAMS_COMPLETE": "bash_complete", "COMP_WORDS": words}
    done = run(env={**env, "COMP_CWORD": str(len(words.split()) - 1)})
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_a_shell_completes_names_and_variants() -> None:
    assert complete("cnnparams count mnasnet1") == ["mnasnet1_0", "mnasnet1_3"]
    assert complete("cnnparams explain resnet@resnet1") == ["resnet@resnet18", "resnet@resnet101", "resnet@resnet152"]
    assert complete("cnnparams show specs/unet.yaml@") == ["specs/unet.yaml@unet", "specs/unet.yaml@unet_transposed"]
    assert complete("cnnparams sp") == ["specs"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_this_program(shell: str) -> None:
    script = run("completion", shell).stdout
    assert f"_CNNPARAMS_COMPLETE={shell}_complete" in script


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash_takes_a_variant_for_part_of_the_word() -> None:
    script = 'eval "$(cnnparams completion bash)"; [[ $COMP_WORDBREAKS != *@* ]] && complete -p cnnparams'
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "-F _cnnparams_completion cnnparams" in done.stdout
