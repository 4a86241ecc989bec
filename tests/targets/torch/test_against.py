"""A spec beside a model that someone wrote."""

from __future__ import annotations

import json
from collections import OrderedDict
from types import ModuleType
from typing import Any

import pytest

from cnnparams.engine.network.graph import Graph
from cnnparams.errors import CnnparamsError
from cnnparams.targets.verification import Verification
from tests.sources.read_back import named
from tests.specs import graph_of

CONV = {"type": "conv2d", "name": "conv", "out_channels": 4, "kernel_size": 3}
LAYERS = [CONV, {"type": "batch_norm2d", "name": "bn"}, "flatten", {"type": "linear", "name": "fc", "out_features": 5}]


def spec() -> Graph:
    return graph_of(json.dumps({"input": {"channels": 3, "height": 8, "width": 8}, "layers": LAYERS}))


def parts(nn: Any) -> list[Any]:
    return [nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(144, 5)]


def against(model: Any, graph: Graph | None = None) -> Verification:
    from cnnparams.targets.torch.against import compare

    return compare(graph or spec(), model, "models:net")


def names(verification: Verification) -> tuple[list[str], list[str]]:
    return [tensor.name for tensor in verification.only_ours], [tensor.name for tensor in verification.only_theirs]


def results(verification: Verification) -> Any:
    return verification.totals[-1].theirs


def test_a_model_of_the_same_layers_is_the_same(torch: ModuleType) -> None:
    found = against(torch.nn.Sequential(*parts(torch.nn)))
    assert found.same
    assert [figure.key for figure in found.totals] == [
        "total_params",
        "trainable_params",
        "frozen_params",
        "buffers",
        "output_shapes",
    ]
    assert {figure.key: figure.theirs for figure in found.totals}["trainable_params"] == 112 + 8 + 725


def test_a_bias_less_and_another_role_are_named_as_each_side_does(torch: ModuleType) -> None:
    nn = torch.nn
    model = nn.Sequential(OrderedDict(zip("abcd", parts(nn), strict=True)))
    model.a = nn.Conv2d(3, 4, 3, bias=False)
    model.d.weight.requires_grad_(False)
    found = against(model)
    assert not found.same
    assert names(found) == (["conv.bias", "fc.weight"], ["d.weight"])
    assert [(tensor.shape, tensor.role) for tensor in found.only_theirs] == [((5, 144), "frozen")]


def test_tensors_alone_are_not_enough(torch: ModuleType) -> None:
    nn = torch.nn
    found = against(nn.Sequential(*parts(nn), nn.Unflatten(1, (5, 1))))
    assert (found.same, names(found)) == (False, ([], []))
    assert [shape.dims for shape in results(found)] == [(5, 1)]


def test_the_model_is_run_as_it_is_evaluated(torch: ModuleType) -> None:
    class Model(torch.nn.Module):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.layers = torch.nn.Sequential(*parts(torch.nn))

        def forward(self, x: Any) -> Any:
            y = self.layers(x)
            return (y, y) if self.training else y

    assert against(Model().train()).same


@pytest.mark.parametrize("wrap", [lambda y: {"out": y}, lambda y: [y], lambda y: OrderedDict(out=(y,)), lambda y: y])
def test_results_are_found_in_whatever_holds_them(torch: ModuleType, wrap: Any) -> None:
    model = torch.nn.Sequential(*parts(torch.nn))
    model.register_forward_hook(lambda *called: wrap(called[-1]))
    assert against(model).same


def test_more_results_and_a_result_without_its_batch_differ(torch: ModuleType) -> None:
    model = torch.nn.Sequential(*parts(torch.nn))
    model.register_forward_hook(lambda _, inputs, output: (output, inputs[0], output[:, :0].sum(0)))
    first, second, third = results(against(model))
    assert (first.dims, second.dims, third) == ((5,), (3, 8, 8), "(0,) for a batch of 2")


def test_a_model_that_looks_at_values_is_run_where_it_is(torch: ModuleType) -> None:
    model = torch.nn.Sequential(*parts(torch.nn))
    model.register_forward_pre_hook(lambda _, inputs: None if inputs[0].sum().item() == 0 else 1 / 0)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    assert against(model).same
    torch.testing.assert_close(model.state_dict(), before)


def test_a_model_that_learns_its_sizes_from_its_input_is_run_first(torch: ModuleType) -> None:
    nn = torch.nn
    assert against(nn.Sequential(*parts(nn)[:3], nn.LazyLinear(5))).same


def test_a_model_that_reads_indices_gets_indices(torch: ModuleType) -> None:
    embedding = {"type": "embedding", "num_embeddings": 9, "embedding_dim": 2}
    graph = graph_of(json.dumps({"input": {"shape": [4]}, "layers": [embedding]}))
    assert against(torch.nn.Embedding(9, 2), graph).same


def failing(torch: ModuleType, *modules: Any) -> Any:
    class Failing(torch.nn.Sequential):  # type: ignore[name-defined,misc]
        def forward(self, x: Any) -> Any:
            raise ValueError("no\nluck")

    return Failing(*modules)


def test_where_a_model_cannot_be_run_there_is_no_answer(torch: ModuleType) -> None:
    with pytest.raises(CnnparamsError) as raised:
        against(failing(torch, *parts(torch.nn)))
    told, line = str(raised.value).splitlines()
    assert told == "running 'models:net' on 3x8x8 failed: ValueError: no luck"
    assert line.strip().startswith(__file__)
    assert line.endswith('raise ValueError("no\\nluck")')


def test_a_model_that_cannot_be_run_and_has_other_tensors_differs(torch: ModuleType) -> None:
    nn = torch.nn
    found = against(nn.Sequential(*parts(nn)[:3], nn.Linear(100, 5)))
    assert (found.same, names(found)) == (False, (["fc.weight"], ["3.weight"]))
    assert str(found.failure).startswith("running 'models:net' on 3x8x8 failed: RuntimeError: mat1 and mat2 shapes")
    assert "output_shapes" not in [figure.key for figure in found.totals]


def test_a_model_without_sizes_yet_that_cannot_be_run_has_no_answer(torch: ModuleType) -> None:
    with pytest.raises(CnnparamsError, match="ValueError: no luck"):
        against(failing(torch, torch.nn.LazyLinear(5)))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("NoModules", "comparing with 'models:net' failed: Stopped: its __str__ fails\n"),
        ("NoInit", "the model is not initialised yet\n"),
        ("in_itself", "inner.outer is a module that it stands in itself\n"),
    ],
)
def test_a_model_whose_tensors_cannot_be_told_is_no_answer(torch: ModuleType, model: str, message: str) -> None:
    with pytest.raises(CnnparamsError) as raised:
        against(named(f"hostile:{model}")())
    assert str(raised.value).startswith(message)


def test_a_model_that_raises_whatever_it_likes_is_compared_by_its_tensors(torch: ModuleType) -> None:
    assert "Stopped: its __str__ fails" in str(against(named("hostile:Raises")()).failure)
