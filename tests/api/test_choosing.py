"""Sweeps, and what is solved for."""

import json
import re
from typing import Any

import pytest

import cnnparams
from tests.cli.run import run


def test_a_sweep_yields_what_the_command_prints() -> None:
    points = list(cnnparams.sweep("mobilenet_v2", width=[0.5, 1], size=range(160, 225, 32), batch=2))
    ran = run("sweep", "mobilenet_v2", "--set", "width=0.5,1", "--set", "size=160:224:32", "--json")
    assert [point.to_dict() for point in points] == [json.loads(line) for line in ran.stdout.splitlines()]
    assert [point["size"] for point in points[:3]] == [160, 192, 224]
    assert points[0]["params"] == points[0].totals["total_params"] == 1_968_680
    assert repr(points[0]) == "Point(width=0.5, size=160, total_params=1968680, total_macs=50184000)"


def test_a_sweep_shows_what_meets_a_condition_and_is_beaten_by_nothing() -> None:
    network = cnnparams.load("mobilenet_v2")
    small = cnnparams.sweep(network, axes={"width": "0.25:1:0.25"}, where="params < 3M", sort="-params", top=1)
    assert [point["width"] for point in small] == [0.75]
    best = cnnparams.sweep(network, width=[0.5, 1], size=[160, 192], pareto="params,size:max", columns="params")
    assert [(point["width"], point["size"]) for point in best] == [(0.5, 192)]


def test_a_sweep_goes_through_shapes_of_the_input() -> None:
    shapes = [(3, 32, 32), (3, 64, 64)]
    points = list(cnnparams.sweep("simple_cnn", input=shapes))
    assert points == list(cnnparams.sweep(cnnparams.load("simple_cnn"), input="3x32:64:32x32:64:32"))
    assert [point.values for point in points] == [{"input": "3x32x32"}, {"input": "3x64x64"}]


def test_what_is_no_network_is_left_out_with_a_warning() -> None:
    with pytest.warns(cnnparams.CnnparamsWarning, match="skipped: input=3x4x4: ") as told:
        points = list(cnnparams.sweep("simple_cnn", input=[(3, 4, 4), (3, 64, 64)]))
    assert len(points) == 1
    assert told[0].filename == __file__
    with pytest.warns(cnnparams.CnnparamsWarning, match="no combination meets where='params < 1'"):
        assert not list(cnnparams.sweep("mobilenet_v2", width=[1], where="params < 1"))


def test_a_sweep_over_nothing_is_an_error() -> None:
    with pytest.raises(cnnparams.CnnparamsError, match="nothing to sweep over"):
        cnnparams.sweep("lenet5")
    with pytest.raises(cnnparams.CnnparamsError, match="no var 'widht'"):
        cnnparams.sweep("mobilenet_v2", widht=[1, 2])


def test_solve_finds_what_the_command_finds() -> None:
    found = cnnparams.solve("mobilenet_v2", "width", ["params=2M"])
    assert found
    assert found.value == 0.52
    ran = run("solve", "mobilenet_v2", "--var", "width", "--max", "params=2M")
    assert repr(found) == ran.stdout.strip("\n")
    assert found.to_dict() == json.loads(run("solve", "mobilenet_v2", *ran_words(), "--json").stdout)
    assert cnnparams.solve("mobilenet_v2", "width", ["params=2M"], values=[1, 0.5]).value == 0.5
    assert not cnnparams.solve("mobilenet_v2", "width=1:2:0.5", ["params=2M"])
    sizes = "3x32:96:32x32:96:32"
    assert cnnparams.solve("simple_cnn", "input", ["macs=20M"], input=sizes).value == "3x64x64"


def test_several_inputs_vary_by_name() -> None:
    spec = {
        "inputs": {"image": {"channels": 1, "height": 8, "width": 8}, "meta": {"features": 3}},
        "layers": [
            {"type": "linear", "from": "meta", "name": "a", "out_features": 2},
            {"type": "conv2d", "from": "image", "name": "b", "out_channels": 4, "kernel_size": 3},
            {"type": "global_avg_pool2d", "name": "c"},
            {"type": "concat", "from": ["a", "c"]},
        ],
    }
    points = [*cnnparams.sweep(spec, input={"image": "1x8x8,1x9x9", "meta": [(3,), (4,)]}, columns="params")]
    assert [(p["image"], p["meta"], p["params"]) for p in points[:2]] == [("1x8x8", "3", 48), ("1x8x8", "4", 50)]
    assert [(p["image"], p["meta"]) for p in points[2:]] == [("1x9x9", "3"), ("1x9x9", "4")]
    assert [p.values for p in cnnparams.sweep(spec, input={"image": (1, 8, 8), "meta": "3:4"})] == [
        {"meta": "3"},
        {"meta": "4"},
    ]


@pytest.mark.parametrize(
    ("asked", "argument", "said"),
    [
        ({"where": "parms < 3"}, "where", "where: unknown name 'parms'; did you mean 'params'?"),
        ({"pareto": "parms"}, "pareto", "pareto: unknown quantity 'parms'\n  hint: did you mean 'params'?"),
        ({"columns": "parms"}, "columns", "columns: unknown quantity 'parms'\n  hint: did you mean 'params'?"),
        ({"sort": "params-per-sample"}, "sort", "sort: params-per-sample is not measured without .*: give samples="),
        ({"input": "3x"}, "input", "input: '3x' is not a shape"),
        ({"input": []}, "input", "input: no shapes to go through"),
        ({"input": "3x64x64,3x96x96", "size": 64}, "axes", "axes: input= says what size is: give one of them"),
    ],
)
def test_an_error_says_which_argument_it_is_about(asked: dict[str, Any], argument: str, said: str) -> None:
    with pytest.raises(cnnparams.ArgumentError, match=f"^{re.escape(said) if '*' not in said else said}") as error:
        list(cnnparams.sweep("mobilenet_v2", **({"width": [0.5, 1]} | asked)))
    assert error.value.argument == argument


def test_a_condition_on_an_input_says_that_there_is_none() -> None:
    with pytest.raises(cnnparams.ArgumentError, match="unknown name 'input'; it is an input, and conditions are on"):
        cnnparams.sweep("simple_cnn", input="3x32:64:32x32:64:32", where="input > 3")


def test_what_an_argument_of_solve_cannot_be_is_told() -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"var": "width", "limits": "parms=2M"}, "limits: unknown quantity 'parms'"),
        ({"var": "width=a"}, "var: width: 'a' is not a number"),
        ({"var": "input"}, "var: input is an input: give the shapes to try with input=, such as "),
        ({"var": "width", "input": "3x64x64,3x96x96"}, "input: width varies, and nothing else may: "),
    ]
    for asked, said in wrong:
        with pytest.raises(cnnparams.ArgumentError, match=f"^{said}") as error:
            cnnparams.solve("mobilenet_v2", **({"limits": ["params=2M"]} | asked))
        assert error.value.argument == said.partition(":")[0]


def ran_words() -> list[str]:
    return ["--var", "width", "--max", "params=2M"]


def test_solve_needs_a_limit() -> None:
    with pytest.raises(cnnparams.CnnparamsError, match=r"no budget: set one with limits='params=1M', or in the spec"):
        cnnparams.solve("mobilenet_v2", "width")
