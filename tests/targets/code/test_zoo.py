"""The zoo in PyTorch: every network has the tensors, their names and the results of its spec, and learns."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cnnparams.engine.network.build import build
from cnnparams.engine.reports.measure import measure
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from cnnparams.targets.code.module import export
from tests.layers import effort
from tests.targets.code.exported import between, entering, model_of, network_of, path, results, unexpected
from tests.targets.code.exported import zoo as exported

NAMES = [member.name for member in zoo.members()]
LARGE = ("alexnet", "vgg11", "fcn_resnet50", "deeplabv3_resnet50")  # tens of millions of parameters take seconds
FIRST = [next(member.name for member in zoo.members() if member.path == path) for path in zoo.families().values()]
SMALL = {"size": 64}
LESS_SMALL = {"inception_v3": {"size": 128, "aux": False}}


@pytest.mark.parametrize("name", NAMES)
def test_a_network_is_that_of_its_spec(torch: ModuleType, name: str) -> None:
    from cnnparams.sources.pytorch.tensors import held
    from cnnparams.targets.torch.inputs import batches

    graph, code = build(load(name)), exported(name)
    model, report = model_of(code).eval(), measure(graph)
    theirs = {(path(layer, tensor), tensor.shape, tensor.role) for layer in report.layers for tensor in layer.tensors}
    assert {tuple(tensor) for tensor in held(model)} == theirs
    with torch.no_grad():
        found = results(model, batches(graph, "meta"))
    assert [tuple(result.shape[1:]) for result in found] == [port.shape.dims for port in graph.outputs]
    assert [*unexpected(code)] == []
    network_class = next(node for node in reversed(ast.parse(code).body) if isinstance(node, ast.ClassDef))
    said = (ast.get_docstring(network_class) or "").replace("\n", " ")
    params, macs = re.findall(r"([\d,]+) (?:parameters|multiply-accumulates)", said)
    assert (params, macs) == (f"{report.total_params:,}", f"{report.total_macs:,}")
    assert all(str(port.shape.dims)[1:-1].rstrip(",") in said for port in (*report.inputs, *report.outputs))


@pytest.mark.parametrize("name", [*(name for name in FIRST if name not in LARGE), "deeplabv3_mobilenet_v3_large"])
def test_it_computes_what_the_spec_says_and_all_of_it_learns(torch: ModuleType, name: str) -> None:
    spec = load(name)
    if "size" in spec.variables.names:
        spec = load(name, LESS_SMALL.get(name, SMALL))
    graph, model = build(spec), model_of(export(spec), "cpu")
    assert between(graph, model, network_of(graph, "cpu"), "cpu") == []
    inputs = [entering(torch.zeros(2, *port.shape.dims)) for port in graph.inputs]
    sum(result.sum() for result in results(model.train(), inputs)).backward()
    idle = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    assert [name for name in idle if not name.startswith("aux")] == []


@pytest.mark.skipif(not shutil.which("ruff"), reason="ruff is not installed")
def test_it_is_formatted_as_a_formatter_would(tmp_path: Path) -> None:
    for name in FIRST if effort.factor == 1 else NAMES:
        (tmp_path / f"{name}.py").write_text(exported(name), encoding="utf-8")
    for command in ("format --check --isolated --line-length 88", "check --isolated --select E,F,I --line-length 88"):
        done = subprocess.run(["ruff", *command.split(), tmp_path], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_run_as_a_program_it_prints_its_parameters(torch: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(exported("simple_cnn"), encoding="utf-8")
    done = subprocess.run([sys.executable, "-W", "ignore", path], capture_output=True, text=True, check=True)
    assert done.stdout == "707690\n"
