"""What a var may be: outside of it is an error, wherever the value comes from."""

from __future__ import annotations

import json
from typing import Any

import pytest

import cnnparams
from cnnparams.engine.choosing.budget import spec_schema
from cnnparams.engine.network.build import build
from cnnparams.errors import CnnparamsError, SpecError
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.cli.run import Done, run
from tests.specs import graph_of

NET = """
vars:
  width: {default: 1.0, min: 0.5, max: 2}
  classes: {default: 10, min: 1, kind: integer}
  act: {default: relu, kind: word}
  norm: {default: true, kind: flag}
  depths: {min: 1, max: 9, kind: integer}
  spare: {default: 1, max: 3}
variants:
  small: {depths: [1, 2]}
  none: {}
  long: {depths: [1, 2 * classes]}
input: {channels: 3, height: 8, width: 8}
layers:
  - {type: conv2d, repeat: len(depths), out_channels: round(8 * width), kernel_size: 1, activation: act}
  - {type: batch_norm2d, when: norm}
  - global_avg_pool2d
  - {type: linear, out_features: classes}
"""


def on(variant: str, command: str, *args: str) -> Done:
    return run(command, *args, "--", f"-@{variant}", stdin=NET)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("width=-1", "width is set to -1, but may only be a number from 0.5 to 2"),
        ("width=0.49", "width is set to 0.49, but"),
        ("width=2 + 1e-9", "width is set to 2.000000001, but"),
        ("width=wide", "width is set to 'wide', but may only be a number from 0.5 to 2"),
        ("width=true", "width is set to true, but"),
        ("classes=0", "classes is set to 0, but may only be a whole number of 1 or more"),
        ("classes=2.0", "classes is set to 2.0, but may only be a whole number of 1 or more"),
        ("act=3", "act is set to 3, but may only be a word"),
        ("norm=1", "norm is set to 1, but may only be true or false"),
        ("depths=[3, 10]", "depths is set to a list with 10, but may only be a list of whole numbers from 1 to 9"),
        ("depths=[[1], [2.5]]", "depths is set to a list with 2.5, but"),
        ("depths=3", "depths is a list, and cannot be set to 3"),
        ("spare=4", "spare is set to 4, but may only be a number of 3 or less"),
    ],
)
def test_a_value_that_is_set_outside(value: str, said: str) -> None:
    done = on("small", "count", "--set", value)
    assert (done.code, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.startswith(f"<stdin>:{3 + VARS.index(value.partition('=')[0])}:") or "depths=3" in value


VARS = ["width", "classes", "act", "norm", "depths", "spare"]


@pytest.mark.parametrize(
    "value", ["width=0.5", "width=2", "width=1 + 1", "classes=1", "act=gelu", "norm=false", "spare=-9"]
)
def test_a_value_on_the_edge_or_within(value: str) -> None:
    assert on("small", "count", "--set", value).code == 0


def test_a_value_is_taken_as_if_there_were_no_bounds() -> None:
    plain = "vars: {width: 1.0}\ninput: {features: 4}\nlayers: [{type: linear, out_features: round(8 * width)}]\n"
    bounded = plain.replace("1.0", "{default: 1.0, min: 0.5, max: 4}")
    for width in (1.0, 0.5, 4):
        assert (
            graph_of(bounded, width=width).nodes[0].output_shape == graph_of(plain, width=width).nodes[0].output_shape
        )


def test_a_variant_without_its_value_and_one_with_a_computed_value_outside() -> None:
    assert "var depths has no value" in on("none", "count").stderr
    told = on("long", "count").stderr
    assert told.startswith(
        "<stdin>:12:18: var depths is a list with 20, but may only be a list of whole numbers from 1"
    )


def test_points_of_a_sweep_are_reported_and_skipped() -> None:
    args = ("--set", "spare=2,4", "--set", "width=0.1,1,2,3", "--columns", "params", "--format", "jsonl")
    done = on("small", "sweep", *args)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["spare"], row["width"]) for row in rows] == [(2, 1), (2, 2)]  # though no layer reads spare
    assert done.code == 0
    assert done.stderr.count("skipped: ") == 6
    assert (
        "skipped: spare=2, width=3: <stdin>:3:10: width is set to 3, but may only be a number from 0.5 to 2"
        in done.stderr
    )
    assert on("small", "sweep", "--set", "width=3,4").code == 2


def solved(*args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(on("small", "solve", *args, "--max", "params=1M", "--json").stdout)
    return found


def test_solve_tries_what_the_var_may_be() -> None:
    around = solved("--var", "width")
    assert (around["tried"]["first"], around["value"], around["no_network"]) == (0.5, 2.0, [])
    given = solved("--var", "width=0.25:3:0.25")
    assert (given["value"], given["no_network"]) == (2.0, [0.25, 2.25, 2.5, 2.75, 3.0])


def test_the_api_refuses_it_too() -> None:
    with pytest.raises(CnnparamsError, match=r"width is set to -1, but may only be a number from 0\.01 to 10"):
        cnnparams.count("mobilenet_v2", width=-1)


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, {var: value}) for name in zoo.families() for var, value in (("classes", 0), ("size", -1), ("width", -0.5))],
)
def test_no_network_of_the_zoo_takes_nonsense(name: str, value: dict[str, Any]) -> None:
    (var,) = value
    spec = load(name)
    if var not in spec.variables.names:
        return
    variant = next(iter(spec.variables.variants), None)
    with pytest.raises(SpecError, match=f"{var} is set to .*, but may only be"):
        build(load(f"{name}@{variant}" if variant else name, value))


def test_what_is_shown_and_exported_has_the_values() -> None:
    shown = on("small", "show", "--set", "classes=7")
    assert "out_features: 7" in shown.stdout
    assert "nn.Linear(8, 7)" in on("small", "export", "--set", "classes=7").stdout


@pytest.mark.parametrize(
    ("var", "is_valid"),
    [
        ({"default": 1.0, "min": 0.05, "max": 4}, True),
        ({"kind": "integer"}, True),
        (1.0, True),
        ([1, "width"], True),
        ({"default": 1.0}, False),
        ({"min": "small"}, False),
        ({"kind": "float"}, False),
        ({"min": 1, "most": 2}, False),
        ({"small": 8}, False),
    ],
)
def test_the_json_schema_says_the_same(var: Any, is_valid: bool) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    spec = {"vars": {"v": var, "width": 1}, "input": {"features": 1}, "layers": ["relu"]}
    assert jsonschema.Draft202012Validator(spec_schema()).is_valid(spec) is is_valid
    text = json.dumps(spec)
    assert ("var v" not in run("count", "-", stdin=text).stderr) is is_valid or var == {"kind": "integer"}
