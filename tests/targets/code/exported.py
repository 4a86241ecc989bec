"""Exported modules as tests run them: text -> class -> model."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.report import LayerReport, TensorReport
from cnnparams.schema.load import load
from cnnparams.schema.spec import Spec
from cnnparams.targets.code.module import export
from tests.specs import spec_of

MODULE = "exported"
MAIN = ["model = ", "print(sum((p.numel() for p in model.parameters() if p.requires_grad)))"]


@cache
def zoo(name: str) -> str:
    return export(load(name))


def text_of(spec: dict[str, Any]) -> str:
    return export(spec_of(json.dumps(spec)))


def model_of(code: str, device: str = "meta") -> Any:
    """Run the module as an import would; return an instance of its last class."""
    import torch

    names: dict[str, Any] = {"__name__": MODULE}
    exec(compile(code, MODULE, "exec"), names)
    classes = [each for each in names.values() if isinstance(each, type) and each.__module__ == MODULE]
    with torch.device(device), warnings.catch_warnings(action="ignore"):  # of settings without effect
        return classes[-1]()


def network_of(graph: Graph, device: str = "meta") -> Any:
    """Return the network as `verify` builds it, node by node."""
    import torch

    from cnnparams.targets.torch.network import TorchNetwork

    with torch.device(device), warnings.catch_warnings(action="ignore"):
        return TorchNetwork.of(graph)


def path(layer: LayerReport, tensor: TensorReport) -> str:
    """Return what a tensor is called in PyTorch: a parameter alone has no module around it."""
    return layer.name if layer.type in ("parameter", "layer_scale") else f"{layer.name}.{tensor.name}"


def first_names(model: Any) -> dict[str, str]:
    """Return for each name in a model's state the first that the same tensor has."""
    state = model.state_dict(keep_vars=True)
    firsts: dict[int, str] = {}
    return {name: firsts.setdefault(id(tensor), name) for name, tensor in state.items()}


def tensors(model: Any) -> list[tuple[tuple[int, ...], bool]]:
    """Return what a model holds: of each tensor the shape, and whether it learns."""
    held = [*model.parameters(), *model.buffers()]
    return sorted((tuple(tensor.shape), tensor.requires_grad) for tensor in held)


def results(model: Any, inputs: list[Any]) -> list[Any]:
    with warnings.catch_warnings(action="ignore"):  # of even kernels with padding="same"
        found = model(*(each.clone() for each in inputs))  # which a layer may overwrite
    return list(found) if isinstance(found, tuple) else [found]


def differences(spec: Spec, code: str, device: str = "meta") -> list[str]:
    """Return in what an exported module is not the network of its spec."""
    graph = build(spec)
    return between(graph, model_of(code, device), network_of(graph, device), device)


def between(graph: Graph, model: Any, network: Any, device: str) -> list[str]:
    """Return in what a model is not a network, on the device where both are: tensors, shapes, values."""
    import torch

    from cnnparams.targets.torch.inputs import batches

    model, network = model.eval(), network.eval()
    found = [] if tensors(model) == tensors(network) else ["tensors"]
    if device != "meta":
        fill(model, network)
    with torch.no_grad(), torch.device(device):
        inputs = [entering(batch) for batch in batches(graph, device)]
        ours, theirs = results(model, inputs), results(network, inputs)
    if [each.shape for each in ours] != [each.shape for each in theirs]:
        return [*found, "shapes"]
    if device != "meta" and not all(map(_close, ours, theirs)):
        found.append("values")
    return found


def fill(*models: Any) -> None:
    """Give tensors of the same name, or of the same shape where names differ, the same values."""
    import torch

    states = [model.state_dict() for model in models]
    named = all(state.keys() == states[0].keys() for state in states)
    numbers: dict[object, int] = {}
    with torch.no_grad():
        for name, tensor in (item for state in states for item in state.items()):
            if tensor.dtype.is_floating_point:
                key = name if named else tuple(tensor.shape)
                generator = torch.Generator().manual_seed(numbers.setdefault(key, len(numbers)))
                tensor.copy_(torch.rand(tensor.shape, generator=generator) / 2 + 0.1)


def entering(batch: Any) -> Any:
    """Return a batch of random numbers in place of one of zeros; indices stay."""
    import torch

    on_meta = batch.device.type == "meta"
    return torch.rand_like(batch) - 0.3 if batch.dtype.is_floating_point and not on_meta else batch


def _close(a: Any, b: Any) -> bool:
    import torch

    return bool(torch.allclose(a, b, rtol=1e-4, atol=1e-4, equal_nan=True))


def unexpected(code: str) -> Iterator[str]:
    """Yield what a module has at its top, or directly in a class, that no exported module should."""
    *body, main = ast.parse(code).body
    run = main.body if isinstance(main, ast.If) else []
    if [ast.unparse(line).startswith(start) for line, start in zip(run, MAIN, strict=False)] != [True, True]:
        yield ast.unparse(main)
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from (ast.unparse(part) for part in node.body if not _is_method(part) and not _is_docstring(part))
        elif not _is_import(node) and not _is_docstring(node) and not _is_helper(node):
            yield ast.unparse(node)


def _is_method(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name in ("__init__", "forward")


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_helper(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "make_divisible"


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) and ast.unparse(node) in IMPORTS


IMPORTS = {
    "import math",
    "import torch",
    "import torch.nn.functional as F",
    "from collections import OrderedDict",
    "from torch import nn",
}
