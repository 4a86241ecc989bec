"""`cnnparams check` as a user, a hook and GitHub meet it."""

import json
from pathlib import Path
from typing import Any

import pytest

from cnnparams.engine.costs.register import totals
from tests.bad_runs import Outcome, cnnparams
from tests.cli.run import run
from tests.specs import ROOT, reference

SPEC = "specs/simple_cnn.yaml"
DIGITS = "docs/examples/digits.yaml"
NET = """
budget:
  params: 100
input: {features: 4}
layers:
  - {type: linear, name: first, out_features: 7}
  - {type: linear, name: second, out_features: 3}
"""
NO_BUDGET = (
    "warning: no budget, so only the spec itself was checked\n"
    "  hint: set one with --max params=1M, or in the spec with budget: {params: 1M}\n"
)


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(NET)
    return path


def check(*args: str | Path, stdin: str = "") -> Outcome:
    return cnnparams("check", *args, stdin=stdin.encode())


def on_github(*args: str | Path, root: Path = ROOT) -> Outcome:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_WORKSPACE", str(root))
        return check("--format", "github", *args)


def checked(*args: str, code: int = 0) -> dict[str, Any]:
    done = check("--json", *args)
    assert done.code == code
    document: dict[str, Any] = json.loads(done.out)
    return document


@pytest.mark.parametrize("spec", [DIGITS, f"{DIGITS}@digits_large"])
def test_where_all_is_well_nothing_is_said(spec: str) -> None:
    assert run("check", spec) == (0, "", "")


def test_the_tutorials_network_is_within_its_counts_and_not_within_one_less() -> None:
    counts = {"params": reference("simple_cnn.json")["total_params"], "peak-memory": 288_000}
    assert check(SPEC, *[f"--max={word}={count}" for word, count in counts.items()]) == (0, "", "")
    for word, count in counts.items():
        assert check(SPEC, "--max", f"{word}={count - 1}").code == 1


def test_a_line_for_each_budget_that_is_broken() -> None:
    done = check(DIGITS, "--set", "width=24")
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines()[:3] == [
        f"{DIGITS}:10:11: digits_small: params: 34,186 is 2,986 over the budget of 31,200; "
        "heaviest: fc 23,530 (68.8%), conv2 10,416 (30.5%), conv1 240 (0.7%)",
        f"{DIGITS}:11:9: digits_small: macs: 2,224,992 is 224,992 over the budget of 2,000,000; "
        "heaviest: conv2 2,032,128 (91.3%), conv1 169,344 (7.6%), fc 23,520 (1.1%)",
        f"{DIGITS}:12:16: digits_small: peak-memory: 91.88 KiB is 27.88 KiB over the budget of 64.00 KiB; "
        "heaviest: pool1 91.88 KiB (100.0%), conv1 76.56 KiB (83.3%), conv2 55.12 KiB (60.0%)",
    ]
    assert [line.split(": ")[1] for line in done.out.splitlines()[3:]] == ["digits_large"] * 3


def test_both_budgets_hold_and_each_says_where_it_comes_from(net: Path) -> None:
    net.write_text(NET.replace("100", "30"))
    lines = check(net, "--max", "params=10").out.splitlines()
    assert [line.partition(";")[0] for line in lines] == [
        f"{net}: net: params: 59 is 49 over the --max of 10",
        f"{net}:3:11: net: params: 59 is 29 over the budget of 30",
    ]


def test_a_family_is_checked_whole_and_a_variant_alone() -> None:
    limit = ["--max", "params=10k", "--format", "json"]
    lines = check(DIGITS, *limit).out.splitlines()
    assert [(found["name"], found["kept"]) for found in map(json.loads, lines)] == [
        ("digits_small", True),
        ("digits_large", False),
    ]
    assert check(f"{DIGITS}@digits_small", *limit).code == 0
    assert check(f"{DIGITS}@digits_large", *limit).code == 1


def test_batch_dtype_and_samples_scale_what_is_checked() -> None:
    limit = ["--max", "peak-memory=1000KiB", "--max", "params-per-sample=30"]
    assert check("simple_cnn", *limit, "--samples", "30k").code == 2  # a number of samples is a whole number
    assert check("simple_cnn", *limit, "--samples", "30000").code == 0
    assert check("simple_cnn", *limit, "--samples", "20000").code == 1
    assert check("simple_cnn", *limit, "--samples", "30000", "--batch", "4").code == 1
    assert check("simple_cnn", *limit, "--samples", "30000", "--batch", "4", "--dtype", "float16").code == 0


def test_a_spec_without_a_budget_is_told_of_once() -> None:
    assert check(SPEC) == (0, "", f"{SPEC}: {NO_BUDGET}")
    assert check("simple_cnn") == (0, "", f"simple_cnn: {NO_BUDGET}")
    assert check("specs/resnet.yaml") == (0, "", f"specs/resnet.yaml: {NO_BUDGET}")


def test_a_budget_for_what_the_network_does_not_have_is_told(net: Path) -> None:
    done = check(net, "--max", "receptive-field=1")
    assert done[:2] == (0, "")
    assert done.err == f"{net}: warning: net has no receptive-field, so it is within any budget\n"


def test_a_bad_spec_gives_no_answer(net: Path) -> None:
    net.write_text(NET.replace("linear", "lineer"))
    done = check(net)
    assert (done.code, done.out) == (2, "")
    assert "unknown layer type 'lineer'" in done.err


@pytest.mark.parametrize("word", totals())
def test_the_command_takes_every_word(word: str) -> None:
    value = next(b["value"] for b in checked("ds_cnn", "--samples", "9", "--max", f"{word}=1T")["budgets"])
    assert checked("ds_cnn", "--samples", "9", "--max", f"{word}={value}")["kept"]
    if value:
        less = value - 1 if isinstance(value, int) else value / 2
        assert not checked("ds_cnn", "--samples", "9", "--max", f"{word}={less}", code=1)["kept"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("params", "'params' is not WORD=AMOUNT, such as params=1M"),
        ("params=1MB", "params: '1MB' is not an amount, such as 1M (1,000,000)"),
        ("peak-memory=12 bananas", "'12 bananas' is not an amount"),
        ("params=-1", "'-1' is not an amount"),
        ("parms=1M", "did you mean 'params'?"),
    ],
)
def test_wrong_usage_is_told(written: str, said: str) -> None:
    done = check(SPEC, "--max", written)
    assert (done.code, done.out) == (2, "")
    assert "'--max'" in done.err
    assert said in " ".join(done.err.split())


def test_the_json_has_what_is_kept_too(net: Path) -> None:
    done = check(net, "--json", "--max", "macs=48.5")
    assert (done.code, done.err) == (1, "")
    assert json.loads(done.out) == {
        "schema_version": 1,
        "name": "net",
        "source": str(net),
        "kept": False,
        "budgets": [
            {
                "total": "params",
                "value": 59,
                "limit": 100,
                "excess": -41,
                "kept": True,
                "is_estimate": False,
                "origin": "budget",
                "line": 3,
                "column": 11,
                "heaviest": [],
            },
            {
                "total": "macs",
                "value": 49,
                "limit": 48.5,
                "excess": 0.5,
                "kept": False,
                "is_estimate": False,
                "origin": "--max",
                "line": None,
                "column": None,
                "heaviest": [
                    {"name": "first", "macs": 28, "share": 28 / 49, "line": 6, "column": 5},
                    {"name": "second", "macs": 21, "share": 21 / 49, "line": 7, "column": 5},
                ],
            },
        ],
    }


def test_github_shows_an_error_at_the_budget_and_notices_at_the_layers() -> None:
    done = on_github(f"{DIGITS}@digits_small", "--set", "width=24")
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines()[:4] == [
        f"::error file={DIGITS},line=10,col=11,title=digits_small%3A params over budget::"
        "params: 34,186 is 2,986 over the budget of 31,200; "
        "heaviest: fc 23,530 (68.8%25), conv2 10,416 (30.5%25), conv1 240 (0.7%25)",
        f"::notice file={DIGITS},line=19,col=5,title=fc%3A params::"
        "fc has 23,530 (68.8%25) of the params of digits_small",
        f"::notice file={DIGITS},line=16,col=5,title=conv2%3A params::"
        "conv2 has 10,416 (30.5%25) of the params of digits_small",
        f"::notice file={DIGITS},line=14,col=5,title=conv1%3A params::"
        "conv1 has 240 (0.7%25) of the params of digits_small",
    ]


def test_what_the_command_line_limits_github_shows_at_the_heaviest_layer() -> None:
    lines = on_github(DIGITS, "--max", "params=20k").out.splitlines()
    assert [line.partition("::params")[0] for line in lines if line.startswith("::error")] == [
        f"::error file={DIGITS},line=19,col=5,title=digits_large%3A params over budget"
    ]
    assert [line.partition("line=")[2][:2] for line in lines if line.startswith("::notice")] == ["16", "14"]


def test_what_no_layer_weighs_in_github_shows_where_the_layers_begin() -> None:
    (line,) = on_github(DIGITS, "--max", "layers=5").out.splitlines()[:1]
    assert line.startswith(f"::error file={DIGITS},line=13,col=1,title=digits_small%3A layers over budget::layers: 6 ")


def test_a_path_is_told_from_the_top_of_the_repository(net: Path) -> None:
    net.write_text(NET.replace("100", "10"))
    for root, file in {net.parent: "net.yaml", net.parent.parent: f"{net.parent.name}/net.yaml"}.items():
        assert f"::error file={file},line=3,col=11," in on_github(net, root=root).out


def test_what_is_no_file_of_the_repository_is_named_in_the_message(net: Path) -> None:
    net.write_text(NET.replace("100", "10"))
    assert on_github(net).out.startswith(f"::error title=net%3A params over budget::{net}:3:11: params: 59 is ")
    zoo = on_github("simple_cnn", "--max", "params=1").out.splitlines()
    assert [line.partition("; ")[0] for line in zoo] == [
        "::error title=simple_cnn%3A params over budget::params: 707,690 is 707,689 over the --max of 1"
    ]
    stdin = check("-", "--format", "github", stdin=net.read_text()).out
    assert stdin.startswith("::error title=stdin%3A params over budget::<stdin>:3:11: params: 59 is ")


def test_github_shows_what_is_wrong_with_a_spec() -> None:
    spec = "tests/bad/budget_several.yaml"
    done = on_github(spec, DIGITS, "nowhere.yaml")
    assert (done.code, done.err) == (2, "")
    assert done.out.splitlines() == [
        f"::error file={spec},line=3,col=11,title=cnnparams::"
        "budget: params: '1MB' is not an amount%0A  "
        "hint: params is a number, not a size in bytes: leave out the B",
        f"::error file={spec},line=4,col=3,title=cnnparams::"
        "budget: unknown quantity 'mac'%0A  hint: did you mean 'macs'?",
        f"::error file={spec},line=5,col=11,title=cnnparams::"
        "budget: layers: 'many' is not an amount%0A  "
        "hint: such as 1M (1,000,000), 1Mi (1,048,576), 1.5k or 1e6, or arithmetic over the vars",
        "::error title=cnnparams::nowhere.yaml: no such file%0A  "
        "hint: check the path; a spec is a YAML file such as specs/simple_cnn.yaml",
    ]
