"""The test of the test: whatever number of ours is altered, verifying tells, and names the layer."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from cnnparams.engine.costs import computation, parameters
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports import measure
from cnnparams.engine.reports.report import Kind
from cnnparams.layers.contract import registry
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor
from cnnparams.layers.elementwise import Elementwise
from tests.layers.answers import TYPES, entering
from tests.specs import graph_of

Mutation = Callable[[Any], Any]
LAYER = "mutant"


def network(name: str, **more: Any) -> Graph:
    """Return a network of one layer, as its type's example has it."""
    declaration = TYPES[name]
    layer = {"type": name, "name": LAYER, **declaration.example, **more}
    if declaration.family.least_inputs > 1:
        layer["from"] = ["input"] * declaration.family.least_inputs
    return graph_of(json.dumps({"input": entering(name, declaration.example_input), "layers": [layer]}))


def held(name: str) -> tuple[Tensor, ...]:
    (node,) = network(name).nodes
    return node.layer.tensors(*node.input_shapes)


def altered(patch: pytest.MonkeyPatch, name: str, method: str, mutation: Mutation) -> None:
    """Let a method of a layer type answer something else."""
    layer: type[Layer] = registry.layer_class(TYPES[name])
    own = getattr(layer, method)
    patch.setattr(layer, method, lambda *asked: mutation(own(*asked)))


def differing(graph: Graph) -> list[str]:
    """Return the layers that differ; something does."""
    from cnnparams.targets.torch.verify import verify

    verification = verify(graph)
    assert not verification.same
    return [layer.name for layer in verification.layers if not layer.same]


def larger(shape: Shape) -> Shape:
    return shape._replace(dims=(*shape.dims[:-1], shape.dims[-1] + 1))


ONE_MORE = Axis(AxisRole.ELEMENTS, 1, "1")


def longer(tensor: Tensor) -> Tensor:
    """Return a tensor with one place more along its last axis."""
    last = tensor.axes[-1] if tensor.axes else ONE_MORE._replace(size=0)
    return tensor._replace(axes=(*tensor.axes[:-1], last._replace(size=last.size + 1)))


TENSOR_MUTATIONS: dict[str, Callable[[Tensor], tuple[Tensor, ...]]] = {
    "larger": lambda tensor: (longer(tensor),),
    "of more dimensions": lambda tensor: (tensor._replace(axes=(ONE_MORE, *tensor.axes)),),
    "gone": lambda _: (),
    "there twice": lambda tensor: (tensor, tensor),
    "of another role": lambda tensor: (tensor._replace(learned=not tensor.learned),),
    "of another name": lambda tensor: (tensor._replace(name="gain"),),
}
TENSORS = {
    f"{name}-{tensor.name}": (name, i)
    for name in TYPES
    if not name.endswith(("1d", "3d"))  # of one class with 2d
    for i, tensor in enumerate(held(name))
}


@pytest.mark.parametrize("name", TYPES)
def test_nothing_is_found_where_nothing_is_altered(torch: ModuleType, name: str) -> None:
    from cnnparams.targets.torch.verify import verify

    assert verify(network(name)).same


@pytest.mark.parametrize("name", TYPES)
def test_another_output_is_found(torch: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    altered(monkeypatch, name, "output_shape", larger)
    monkeypatch.setattr(Elementwise, "_check_sizes", lambda *_: None)  # which looks at the output
    monkeypatch.setattr("cnnparams.engine.network.build.oriented", lambda graph: graph.inputs)  # and so does this
    assert differing(network(name)) == [LAYER]


@pytest.mark.parametrize("name", TYPES)
def test_one_multiplication_more_is_found(torch: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    altered(monkeypatch, name, "macs", lambda macs: macs + 1)
    assert differing(network(name)) == [LAYER]


@pytest.mark.parametrize("mutation", TENSOR_MUTATIONS)
@pytest.mark.parametrize("tensor", TENSORS)
def test_a_tensor_is_found_that_is(
    torch: ModuleType, tensor: str, mutation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name, i), change = TENSORS[tensor], TENSOR_MUTATIONS[mutation]
    altered(monkeypatch, name, "tensors", lambda own: (*own[:i], *change(own[i]), *own[i + 1 :]))
    assert differing(network(name)) == [LAYER]


@pytest.mark.parametrize("name", [name for name in TYPES if not held(name)])
def test_a_tensor_too_many_is_found(torch: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    altered(monkeypatch, name, "tensors", lambda _: (Tensor("weight", (ONE_MORE,)),))
    assert differing(network(name)) == [LAYER]


@pytest.mark.parametrize("name", ["conv2d", "linear", "batch_norm2d", "lstm", "multihead_attention", "parameter"])
@pytest.mark.parametrize("frozen", [True, False])
def test_the_other_role_is_found(torch: ModuleType, name: str, frozen: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    own = measure._tensor
    monkeypatch.setattr(measure, "_tensor", lambda tensor, _: own(tensor, frozen))
    assert differing(network(name, trainable=not frozen)) == [LAYER]


COUNTED = [(cost, i) for cost in (parameters, computation) for i, t in enumerate(cost.TOTALS) if t.kind is Kind.COUNT]


@pytest.mark.parametrize(("cost", "total"), COUNTED)
def test_a_total_that_is_not_the_sum_is_found(
    torch: ModuleType, cost: Any, total: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = cost.measure

    def measured(*arguments: Any) -> Any:
        found = own(*arguments)
        return found._replace(totals=tuple(number + (i == total) for i, number in enumerate(found.totals)))

    monkeypatch.setattr(cost, "measure", measured)
    assert differing(network("batch_norm2d")) == []


@pytest.mark.parametrize("cost", [parameters, computation])
def test_a_count_of_a_layer_that_is_not_that_of_its_tensors_is_found(
    torch: ModuleType, cost: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = cost.measure

    def measured(*arguments: Any) -> Any:
        found = own(*arguments)
        return found._replace(rows=[(row[0] + 1, *row[1:]) for row in found.rows])

    monkeypatch.setattr(cost, "measure", measured)
    assert differing(network("conv2d")) == [LAYER]
