"""Start-up is a feature: what each command loads is pinned."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SPEC = "specs/simple_cnn.yaml"
PROGRAM = """
import sys
from cnnparams.cli.boundary import run
code = run()
sys.stdout.flush()
print(" ".join(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
print(" ".join(sorted(name for name in sys.modules if name.startswith("cnnparams."))), file=sys.stderr)
sys.exit(code)
"""
MODULES = (ROOT / "cnnparams/cli/commands").glob("[a-z]*.py")
COMMANDS = sorted(path.stem.rstrip("_").replace("_", "-") for path in MODULES)
HEAVY = {"yaml", "pydantic", "pydantic_core", "rich", "torch", "onnx", "numpy", "difflib"}


def loaded(*args: str) -> tuple[set[str], set[str]]:
    """Run a command in a fresh interpreter; return the packages and the modules of ours that it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *args], cwd=ROOT, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    packages, ours = done.stderr.splitlines()[-2:]
    return set(packages.split()), set(ours.split())


@pytest.mark.parametrize("args", ["--help", "--version", *(f"{name} --help" for name in COMMANDS)])
def test_help_loads_neither_yaml_nor_pydantic_nor_rich_nor_torch(args: str) -> None:
    assert loaded(*args.split())[0] & HEAVY == set()


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "markdown", "html"])
def test_output_for_programs_does_not_load_rich(format_: str) -> None:
    assert loaded("count", SPEC, "--format", format_)[0] & HEAVY == {"yaml", "pydantic", "pydantic_core"}


def test_the_table_loads_rich() -> None:
    assert loaded("count", SPEC)[0] & HEAVY == {"yaml", "pydantic", "pydantic_core", "rich"}


@pytest.mark.parametrize("format_", ["text", "json", "markdown", "latex"])
def test_explain_does_not_load_rich(format_: str) -> None:
    assert loaded("explain", SPEC, "--format", format_)[0] & HEAVY == {"yaml", "pydantic", "pydantic_core"}


@pytest.mark.parametrize("format_", ["json", "markdown", "csv"])
def test_diff_for_programs_does_not_load_rich(format_: str) -> None:
    assert loaded("diff", SPEC, SPEC, "--format", format_)[0] & HEAVY == {"yaml", "pydantic", "pydantic_core"}


@pytest.mark.parametrize("format_", ["text", "json", "github"])
def test_check_does_not_load_rich(format_: str) -> None:
    packages, _ = loaded("check", SPEC, "--max", "params=1M", "--format", format_)
    assert packages & HEAVY == {"yaml", "pydantic", "pydantic_core"}


def test_a_spec_loads_only_the_families_that_it_uses() -> None:
    ours = loaded("count", SPEC, "--json")[1]
    assert {"cnnparams.layers.conv", "cnnparams.layers.linear", "cnnparams.layers.pool"} <= ours
    unused = {
        "norm",
        "smooth",
        "attention",
        "recurrent",
        "embedding",
        "resize",
        "border",
        "separable",
        "conv_transpose",
    }
    assert ours & {f"cnnparams.layers.{family}" for family in unused} == set()


def test_counting_loads_only_what_counting_needs() -> None:
    ours = loaded("count", SPEC, "--json")[1]
    assert (
        ours & {"cnnparams.engine.reports.explain", "cnnparams.engine.reports.catalogue", "cnnparams.render.formula"}
        == set()
    )
    assert "cnnparams.engine.choosing.budget" not in ours
    assert {name.rpartition(".")[2] for name in ours if name.startswith("cnnparams.engine.costs.")} == {
        "register",
        "quantity",
        "parameters",
        "computation",
    }
    assert not any(name.startswith(("cnnparams.engine.memory.", "cnnparams.engine.receptive_field.")) for name in ours)


def test_a_column_loads_the_cost_that_gives_it() -> None:
    ours = loaded("count", SPEC, "--columns", "layer,weights", "--format", "csv")[1]
    assert "cnnparams.engine.costs.storage" in ours
    assert "cnnparams.engine.costs.training" not in ours


def test_a_budget_loads_the_costs_that_it_limits() -> None:
    ours = loaded("check", SPEC, "--max", "peak-memory=1M")[1]
    assert "cnnparams.engine.costs.activations" in ours
    assert not ours & {f"cnnparams.engine.costs.{name}" for name in ("training", "receptive_field", "samples")}


def test_the_package_itself_loads_nothing_until_asked() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, cnnparams; print(*(m for m in sys.modules if 'cnnparams.' in m))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("typed", ["count res", "count resnet@", "sweep mobilenet_v2 --set w", "memory x --device "])
def test_completion_of_names_vars_and_boards_does_not_load_what_a_spec_is_made_of(typed: str) -> None:
    asked = {"COMP_WORDS": f"cnnparams {typed}", "COMP_CWORD": str(typed.count(" ") + 1)}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cnnparams"],
        cwd=ROOT,
        env={**os.environ, **asked, "_CNNPARAMS_COMPLETE": "bash_complete"},
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout
    assert "pydantic" not in done.stderr
