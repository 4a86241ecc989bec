"""`cnnparams explain` as a user meets it: every line's arithmetic is the number beside it, in every format."""

import json
import math
import re

import pytest

from tests.cli.run import run

SPEC = "specs/simple_cnn.yaml"
CONV = "{type: conv2d, out_channels: 4, kernel_size: 3, stride: 3}"
STRIDED = f"input: {{channels: 3, height: 32, width: 33}}\nlayers: [{CONV}]"
FUNCTIONS = {"floor": math.floor, "ceil": math.ceil, "min": min, "max": max}


def arithmetic(text: str) -> float | None:
    """Evaluate a line of the text format; None where it holds symbols."""
    code = re.sub(r"⌊(.*)⌋", r"floor(\1)", text)
    code = re.sub(r"(?<=\d),(?=\d{3})", "", code).replace("×", "*").replace("mod", "%")  # noqa: RUF001
    if re.search(r"[A-Za-z]", code.replace("floor", "")):
        return None
    value: float = eval(code, dict(FUNCTIONS))
    return value


def sides(text: str) -> list[list[str]]:
    """Return the right-hand sides of each step, from its formula to its result."""
    steps: list[list[str]] = []
    for line in text.splitlines():
        name, equals, side = line.partition("= ")
        if equals and name.strip():
            steps.append([side])
        elif equals:
            steps[-1].append(side)
    return steps


def test_a_convolution_is_derived_as_by_hand() -> None:
    text = run("explain", SPEC, "conv1").stdout
    assert "conv1 (conv2d): (64, 64, 3) -> (60, 60, 16)" in text
    assert "H_out = ⌊(H_in + 2 × p_h - d_h × (k_h - 1) - 1) / s_h⌋ + 1" in text  # noqa: RUF001
    assert "= ⌊(64 + 2 × 0 - 1 × (5 - 1) - 1) / 1⌋ + 1" in text  # noqa: RUF001
    for line in ("= 16 × 3 × 5 × 5", "= 1,200", "= 1,200 + 16", "= 1,216", "= 60 × 60 × 1,200", "= 4,320,000"):  # noqa: RUF001
        assert re.search(re.escape(line) + "$", text, re.MULTILINE)


def test_every_line_evaluates_to_the_number_beside_it() -> None:
    steps = sides(run("explain", SPEC).stdout)
    assert len(steps) > 30
    for step in steps:
        values = {arithmetic(side) for side in step} - {None}
        assert len(values) == 1, step


def test_the_whole_network_ends_with_its_totals() -> None:
    text = run("explain", SPEC).stdout
    assert "= 1,216 + 12,832 + 692,352 + 1,290" in text
    assert text.rstrip().endswith("= 13,666,304")


def test_a_floored_division_says_what_is_never_seen() -> None:
    text = run("explain", "-", stdin=STRIDED).stdout
    assert "rounded down: the last 2 rows are never seen" in text
    assert "columns" not in text  # 33 - 3 divides by 3


def test_json_has_formulas_that_python_evaluates() -> None:
    document = json.loads(run("explain", SPEC, "--format", "json").stdout)
    steps = [step for layer in document["layers"] for step in layer["steps"]] + document["totals"]
    assert all(eval(step["substituted"], dict(FUNCTIONS)) == step["result"] for step in steps)
    assert document["totals"][0]["result"] == 707_690


def test_markdown_has_a_row_for_each_quantity() -> None:
    text = run("explain", SPEC, "fc1", "--format", "markdown").stdout
    assert "| parameters | weight + bias | 692,224 + 128 | 692,352 |  |" in text


def test_latex_is_balanced_and_escaped() -> None:
    text = run("explain", SPEC, "--format", "latex").stdout
    assert text.count("\\begin{align*}") == text.count("\\end{align*}") == 8
    assert text.count("{") == text.count("}")
    assert text.count(r"\left") == text.count(r"\right")
    assert r"\paragraph{maxpool1 (max\_pool2d)}" in text
    assert r"C_{\mathrm{out}} \times C_{\mathrm{in}}" in text


def test_a_misspelt_layer_is_guessed_at() -> None:
    assert "no layer 'Conv2'; did you mean 'conv2'?" in run("explain", SPEC, "Conv2").stderr


@pytest.mark.parametrize("names", [("zzz",), ("conv1", "nothing")])
def test_an_unknown_layer_lists_the_layers(names: tuple[str, ...]) -> None:
    done = run("explain", SPEC, *names)
    assert (done.code, done.stdout) == (2, "")
    assert f"no layer '{names[-1]}'; it has conv1, maxpool1, conv2" in done.stderr


def test_an_ascii_stream_gets_ascii_formulas() -> None:
    import os

    done = run("explain", SPEC, "conv1", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert "H_out = floor((H_in + 2 * p_h" in done.stdout
    assert "\\u" not in done.stdout
