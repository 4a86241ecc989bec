"""Every layer type against PyTorch: shape, tensors, multiply-accumulates, and what is refused."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.layers.answers import TYPES, Answer, Refusal, ours, pytorchs, without_elements
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES
from tests.layers.oracles.case import Case, Difference, Dims

DIFFERENCES = [
    pytest.param(name, difference, id=f"{name}-{i}")
    for name, oracle in ORACLES.items()
    for i, difference in enumerate(oracle.differences)
]

# A network passes something on. PyTorch also makes tensors without elements, of these layers among others.
WITHOUT_ELEMENTS = {
    "linear": Case({"out_features": 0}, (4,)),
    "embedding": Case({"num_embeddings": 4, "embedding_dim": 0}, (4,)),
    "conv_transpose2d": Case({"out_channels": 4, "kernel_size": 2, "padding": 1}, (4, 1, 1)),
    "adaptive_avg_pool2d": Case({"output_size": 0}, (4, 4, 4)),
    "zero_pad2d": Case({"padding": -2}, (4, 4, 4)),
    "crop2d": Case({"cropping": 2}, (4, 4, 4)),
}

# Corners that chance comes to seldom.
CORNERS: list[tuple[str, dict[str, Any], Dims]] = [
    ("adaptive_avg_pool2d", {"output_size": None}, (4, 5, 6)),
    ("avg_pool1d", {"kernel_size": 2, "divisor_override": 3}, (4, 6)),
    ("avg_pool3d", {"kernel_size": 4, "padding": 1}, (4, 3, 6, 6)),
    ("channel_shuffle", {"groups": 4}, (8, 1)),
    ("conv2d", {"out_channels": 4, "kernel_size": None}, (4, 5, 6)),
    ("conv2d", {"out_channels": 4, "kernel_size": 3, "stride": None}, (4, 5, 6)),
    ("conv2d", {"out_channels": 4, "kernel_size": 2, "padding": "same"}, (4, 5, 6)),
    ("conv2d", {"out_channels": 4, "kernel_size": 1, "padding": 5, "padding_mode": "reflect"}, (4, 5, 6)),
    ("conv2d", {"out_channels": 4, "kernel_size": 1, "padding": 4, "padding_mode": "reflect"}, (4, 5, 6)),
    ("conv2d", {"out_channels": 4, "kernel_size": 1, "padding": 6, "padding_mode": "circular"}, (4, 5, 6)),
    ("conv2d", {"out_channels": 4, "kernel_size": 1, "padding": 5, "padding_mode": "circular"}, (4, 5, 6)),
    ("conv_transpose2d", {"out_channels": 4, "kernel_size": 2, "stride": 2, "output_padding": 2}, (4, 5, 6)),
    ("embedding", {"num_embeddings": 4, "embedding_dim": 2, "padding_idx": 4}, (3,)),
    ("embedding", {"num_embeddings": 4, "embedding_dim": 2, "padding_idx": -4}, (3,)),
    ("layer_norm", {"eps": None}, (4,)),
    ("lstm", {"hidden_size": 4, "proj_size": 4}, (3, 4)),
    ("lstm", {"hidden_size": 4, "proj_size": 3}, (3, 4)),
    ("max_pool2d", {"kernel_size": 3, "padding": "same"}, (4, 5, 6)),
    ("max_pool2d", {"kernel_size": 2, "stride": 3, "ceil_mode": True}, (4, 3, 4)),
    ("multihead_attention", {"num_heads": 2, "add_bias_kv": True, "add_zero_attn": True}, (3, 4)),
    ("parameter", {"shape": [1, 3, 4]}, (3, 4)),
    ("parameter", {"shape": 1, "op": "multiply"}, (3, 4)),
    ("parameter", {"shape": [1, 1, 3, 4]}, (3, 4)),
    ("parameter", {"shape": [3]}, (3, 4)),
    ("slice", {"start": -2}, (4, 5)),
    ("slice", {"start": -9, "end": 9, "dim": -1}, (4, 5)),
    ("slice", {"start": 1, "step": 9}, (4, 5)),
    ("slice", {"start": 1, "end": -1, "step": 2}, (6, 5)),
    ("slice", {"start": 2**63 - 1}, (4, 5)),
    ("slice", {"end": 2**63 - 1, "start": -(2**63)}, (4, 5)),
    ("upsample", {"scale_factor": 2, "align_corners": False}, (4, 5, 6)),
    ("upsample", {"scale_factor": 1e308}, (4, 20, 20)),
    ("upsample", {"scale_factor": 0.7}, (4, 10, 10)),
]

CORNERS_OF_SEVERAL: list[tuple[str, dict[str, Any], tuple[Dims, ...]]] = [
    ("add", {}, ((4, 1, 5), (1, 3, 1))),
    ("add", {}, ((1, 1), (4, 1), (3, 1))),
    ("add", {}, ((4,), (4,), (1,), (4,))),
    ("concat", {}, ((4,), (1,))),
    ("concat", {"dim": -1}, ((4, 5, 6), (4, 5, 1), (4, 5, 2))),
    ("concat", {"dim": -3}, ((4, 5, 6), (1, 5, 6))),
    ("concat", {"dim": 2}, ((4, 5, 6), (1, 5, 6))),
    ("concat", {}, ((4, 5, 6), (4, 5))),
    ("multiply", {}, ((1, 1, 1), (4, 5, 6))),
    ("multiply", {}, ((4, 5, 6), (4,))),
    ("multihead_attention", {"num_heads": 2}, ((3, 4), (5, 4))),
    ("multihead_attention", {"num_heads": 2}, ((3, 4), (5, 6))),
    ("multihead_attention", {"num_heads": 2, "bias": False}, ((3, 4), (5, 4), (5, 6))),
    ("multihead_attention", {"num_heads": 2, "add_bias_kv": True}, ((3, 4), (5, 6), (5, 4))),
    ("multihead_attention", {"num_heads": 2, "add_zero_attn": True}, ((1, 4), (1, 1), (1, 2))),
    ("multihead_attention", {"num_heads": 2}, ((3, 4), (5, 4), (3, 4))),
    ("multihead_attention", {"num_heads": 2, "vdim": 4}, ((3, 4), (5, 4), (5, 6))),
    ("multihead_attention", {"num_heads": 2, "kdim": 4}, ((3, 4), (5, 4), (5, 6))),
    ("multihead_attention", {"num_heads": 2}, ((3, 4), (5, 4, 1), (5, 6))),
]


def check(torch: ModuleType, name: str, case: Case) -> None:
    """Compare the two answers to a case; where a difference is meant, cnnparams must refuse."""
    oracle = ORACLES[name]
    answer, expected = ours(name, case), pytorchs(torch, oracle, case)
    differs = any(difference.applies(case) for difference in oracle.differences) or without_elements(expected)
    if differs or isinstance(expected, Refusal):
        assert isinstance(answer, Refusal), f"PyTorch: {expected}"
    else:
        assert answer == expected


def test_every_layer_type_has_an_oracle() -> None:
    assert set(ORACLES) == set(TYPES)


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@examples(100)
def test_pytorch_agrees(torch: ModuleType, name: str, data: st.DataObject) -> None:
    check(torch, name, data.draw(ORACLES[name].cases))


@pytest.mark.parametrize(("name", "settings", "dims"), CORNERS)
def test_pytorch_agrees_at_corners(torch: ModuleType, name: str, settings: dict[str, Any], dims: Dims) -> None:
    check(torch, name, Case(settings, dims))


@pytest.mark.parametrize(("name", "settings", "inputs"), CORNERS_OF_SEVERAL)
def test_pytorch_agrees_at_corners_of_several_inputs(
    torch: ModuleType, name: str, settings: dict[str, Any], inputs: tuple[Dims, ...]
) -> None:
    check(torch, name, Case(settings, inputs[0], inputs[1:]))


@pytest.mark.parametrize(("name", "difference"), DIFFERENCES)
def test_a_difference_is_real(torch: ModuleType, name: str, difference: Difference) -> None:
    assert difference.applies(difference.example)
    assert isinstance(ours(name, difference.example), Refusal)
    assert isinstance(pytorchs(torch, ORACLES[name], difference.example), Answer)


@pytest.mark.parametrize(("name", "case"), WITHOUT_ELEMENTS.items())
def test_tensors_without_elements_are_refused(torch: ModuleType, name: str, case: Case) -> None:
    assert without_elements(pytorchs(torch, ORACLES[name], case))
    assert isinstance(ours(name, case), Refusal)
