"""How each layer type is written in PyTorch: evaluated, it is the layer that the oracles build."""

from __future__ import annotations

import warnings
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.layers.contract.spelling import Code, Spelling
from tests.layers.answers import Refusal, ours, pytorchs, resolved, samples
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES
from tests.layers.oracles.case import BATCH, Built, Case, Dims


def spelled(name: str, case: Case) -> Spelling:
    return resolved(name, case).spelling(*samples(case))


def evaluated(torch: ModuleType, spelling: Spelling, case: Case) -> Built:
    """Return what a spelling makes and calls."""
    names = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    made = eval(spelling.make.text(), names) if spelling.make else None
    inputs = [f"x{i}" for i in range(len(case.inputs))]
    forward = eval(f"lambda {', '.join(inputs)}: {spelling.called('made', inputs)}", {**names, "made": made})
    return Built(_holder(torch, made), forward)


def _holder(torch: ModuleType, made: Any) -> Any:
    """Return a module that has the tensors; a bare parameter is the weight of its layer."""
    if isinstance(made, torch.nn.Module):
        return made.eval()
    module = torch.nn.Module()
    if made is not None:
        module.weight = made
    return module


def drawn(data: st.DataObject, name: str) -> Case:
    """Draw a case that has an answer."""
    case: Case = data.draw(ORACLES[name].cases)
    assume(not isinstance(ours(name, case), Refusal))
    return case


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@examples(40)
def test_the_layer_as_written_has_the_tensors_the_output_and_the_macs_of_the_layer(
    torch: ModuleType, name: str, data: st.DataObject
) -> None:
    case = drawn(data, name)

    def build(torch: ModuleType, case: Case) -> Built:
        return replace(evaluated(torch, spelled(name, case), case), macs=ORACLES[name].build(torch, case).macs)

    answer = pytorchs(torch, replace(ORACLES[name], build=build), case)
    assert answer == pytorchs(torch, ORACLES[name], case) == ours(name, case)


READ_INDICES = {"gather"}
"""Types that want more of what enters them than that it is a number."""


def uncounted_padding(case: Case) -> bool:
    """Tell whether a mean leaves padding "same" out, as Keras does; the oracle counts the zeros before a pool."""
    return case.settings.get("padding") == "same" and case.settings.get("count_include_pad") is False


@pytest.mark.parametrize("name", sorted(set(ORACLES) - READ_INDICES))
@given(data=st.data())
@examples(15)
def test_the_layer_as_written_computes_what_pytorch_s_own_does(
    torch: ModuleType, name: str, data: st.DataObject
) -> None:
    case = drawn(data, name)
    assume(not uncounted_padding(case))
    with warnings.catch_warnings(action="ignore"):
        written, own = evaluated(torch, spelled(name, case), case), ORACLES[name].build(torch, case)
        written.module.load_state_dict(own.module.eval().state_dict())
        dtype = getattr(torch, ORACLES[name].dtype)
        inputs = [torch.rand(BATCH, *dims).mul(4).to(dtype) for dims in case.inputs]
        results = [built.forward(*(x.clone() for x in inputs)) for built in (written, own)]
        torch.testing.assert_close(*results, equal_nan=True)


def test_a_mean_that_leaves_out_padding_is_that_of_what_is_there(torch: ModuleType) -> None:
    case = Case({"kernel_size": 2, "stride": 1, "padding": "same", "count_include_pad": False}, (1, 2))
    pool = evaluated(torch, spelled("avg_pool1d", case), case)
    assert pool.forward(torch.tensor([[[1.0, 5.0]]])).tolist() == [[[3.0, 5.0]]]


WRITTEN: list[tuple[str, dict[str, Any], tuple[Dims, ...], str]] = [
    (
        "conv2d",
        {"out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3, "bias": False},
        ((3, 9, 9),),
        "nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False) net(x)",
    ),
    (
        "conv2d",
        {"out_channels": 8, "kernel_size": [3, 5], "stride": 2, "padding": "same", "padding_mode": "reflect"},
        ((3, 8, 8),),
        'nn.Conv2d(3, 8, kernel_size=(3, 5), stride=2) net(F.pad(x, (1, 2, 0, 1), mode="reflect"))',
    ),
    (
        "conv2d",
        {"out_channels": 8, "kernel_size": 3, "stride": 2, "padding": "same"},
        ((3, 9, 9),),
        "nn.Conv2d(3, 8, kernel_size=3, stride=2, padding=1) net(x)",
    ),
    (
        "conv1d",
        {"out_channels": 8, "kernel_size": 3, "padding": "same"},
        ((3, 9),),
        'nn.Conv1d(3, 8, kernel_size=3, padding="same") net(x)',
    ),
    ("linear", {"out_features": 10}, ((512,),), "nn.Linear(512, 10) net(x)"),
    ("batch_norm2d", {}, ((64, 4, 4),), "nn.BatchNorm2d(64) net(x)"),
    ("group_norm", {"num_groups": 4}, ((64, 4, 4),), "nn.GroupNorm(4, 64) net(x)"),
    ("layer_norm", {"normalized_shape": [4, 4]}, ((64, 4, 4),), "nn.LayerNorm((4, 4)) net(x)"),
    (
        "layer_norm2d",
        {},
        ((64, 4, 4),),
        "nn.LayerNorm(64) net(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)",
    ),
    ("max_pool2d", {"kernel_size": 2}, ((3, 8, 8),), "nn.MaxPool2d(kernel_size=2, stride=2) net(x)"),
    ("adaptive_avg_pool2d", {"output_size": [None, 1]}, ((3, 8, 8),), "nn.AdaptiveAvgPool2d((None, 1)) net(x)"),
    ("global_avg_pool2d", {}, ((3, 8, 8),), "nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()) net(x)"),
    ("dropout", {}, ((3,),), "nn.Dropout(p=0.5) net(x)"),
    ("dropout2d", {"p": 0.1, "inplace": True}, ((3, 8, 8),), "nn.Dropout2d(p=0.1, inplace=True) net(x)"),
    ("relu", {}, ((3,),), "nn.ReLU() net(x)"),
    ("softmax", {}, ((3,),), "nn.Softmax(dim=1) net(x)"),
    ("flatten", {}, ((3, 4, 4),), "nn.Flatten() net(x)"),
    (
        "upsample",
        {"scale_factor": 2, "mode": "bilinear"},
        ((3, 4, 4),),
        'nn.Upsample(scale_factor=2.0, mode="bilinear") net(x)',
    ),
    ("zero_pad2d", {"padding": 1}, ((3, 4, 4),), "nn.ZeroPad2d(1) net(x)"),
    ("crop2d", {"cropping": [1, 0, 1, 0]}, ((3, 4, 4),), "nn.ZeroPad2d((-1, 0, -1, 0)) net(x)"),
    ("concat", {}, ((3, 4, 4), (5, 4, 4)), "torch.cat([x, y], dim=1)"),
    ("add", {}, ((3,), (3,), (3,)), "x + y + z"),
    ("multiply", {}, ((3,), (3,)), "x * y"),
    ("matmul", {}, ((3, 4), (4, 3)), "x @ y"),
    ("einsum", {"equation": "bij,bj->bi"}, ((3, 4), (4,)), 'torch.einsum("bij,bj->bi", x, y)'),
    ("einsum", {"equation": "bi,bi->b"}, ((4,), (4,)), 'torch.einsum("bi,bi->b", x, y).unsqueeze(1)'),
    (
        "scaled_dot_product_attention",
        {"dropout_p": 0.1, "is_causal": True},
        ((5, 4), (6, 4), (6, 4)),
        "nn.Dropout(p=0.1) F.scaled_dot_product_attention(x, y, z, dropout_p=net.p if net.training else 0.0, "
        "is_causal=True)",
    ),
    ("slice", {"start": 1, "dim": 2}, ((3, 4, 4),), "x[:, :, 1:]"),
    ("slice", {"end": -1, "step": 2}, ((3, 4, 4),), "x[:, :-1:2]"),
    ("pad", {"after": 8}, ((3, 4, 4),), "F.pad(x, (0, 0, 0, 0, 0, 8))"),
    ("reshape", {"shape": [6, -1]}, ((3, 4, 4),), "x.reshape(x.shape[0], 6, -1)"),
    ("permute", {"dims": [2, 3, 1]}, ((3, 4, 4),), "x.permute(0, 2, 3, 1)"),
    ("parameter", {"shape": [1, 5, 4]}, ((5, 4),), "nn.Parameter(torch.zeros((1, 5, 4))) x + net"),
    (
        "parameter",
        {"shape": [8], "op": "multiply", "view": [8, 1, 1]},
        ((8, 4, 4),),
        "nn.Parameter(torch.ones((8,))) x * net.view((8, 1, 1))",
    ),
    ("parameter", {"shape": []}, ((5, 4),), "nn.Parameter(torch.zeros(())) x + net"),
    ("layer_scale", {}, ((8, 4, 4),), "nn.Parameter(torch.full((8, 1, 1), 1e-06)) net * x"),
    (
        "separable_conv2d",
        {"out_channels": 8, "kernel_size": 3, "padding": "same", "bias": False},
        ((3, 4, 4),),
        'nn.ModuleDict({"depthwise": nn.Conv2d(3, 3, kernel_size=3, padding="same", groups=3, bias=False), '
        '"pointwise": nn.Conv2d(3, 8, kernel_size=1, bias=False)}) net.pointwise(net.depthwise(x))',
    ),
    ("lstm", {"hidden_size": 8}, ((5, 4),), "nn.LSTM(4, 8, batch_first=True) net(x)[0]"),
    (
        "multihead_attention",
        {"num_heads": 2},
        ((5, 4), (6, 4)),
        "nn.MultiheadAttention(4, 2, batch_first=True) net(x, y, y)[0]",
    ),
    (
        "multihead_attention",
        {"num_heads": 2},
        ((5, 4), (6, 3)),
        "nn.MultiheadAttention(4, 2, kdim=3, vdim=3, batch_first=True) net(x, y, y)[0]",
    ),
]


@pytest.mark.parametrize(("name", "settings", "inputs", "expected"), WRITTEN)
def test_a_layer_is_written_as_a_person_writes_it(
    name: str, settings: dict[str, Any], inputs: tuple[Dims, ...], expected: str
) -> None:
    spelling = spelled(name, Case(settings, inputs[0], inputs[1:]))
    made = f"{spelling.make.text()} " if spelling.make else ""
    assert made + spelling.called("net", "xyz"[: len(inputs)]) == expected


def test_texts_stand_in_place_of_values() -> None:
    assert Code("f({a}, {b})", {"a": (1, 2), "b": "same"}).text({"a": "width"}) == 'f(width, "same")'
