"""What layers of several inputs, and those that meet the input with a tensor of their own, say to their users."""

from __future__ import annotations

from typing import Any

import pytest

from cnnparams.errors import LayerError
from cnnparams.layers.contract import registry
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.shape import Shape
from tests.layers.answers import TYPES

SMALL, LARGE = Shape.image(128, (28, 28)), Shape.image(64, (56, 56))
TOKENS = Shape((50, 64))


def resolved(name: str, settings: dict[str, Any], *inputs: Shape) -> Layer:
    return registry.layer_class(TYPES[name]).model_validate(settings).resolve(*inputs)


@pytest.mark.parametrize(
    ("name", "settings", "inputs", "message", "hint"),
    [
        ("add", {}, (SMALL, LARGE), "but gets (28, 28, 128) and (56, 56, 64)", "1x1 convolution with a stride"),
        ("add", {}, (LARGE, SMALL), "but gets (56, 56, 64) and (28, 28, 128)", "on a shortcut"),
        ("multiply", {}, (LARGE, Shape((64,))), "dimensions, but gets (56, 56, 64) and 64", "to [64, 1, 1] before"),
        ("multiply", {}, (LARGE, Shape((32,))), "dimensions, but gets (56, 56, 64) and 32", "reshape or flatten"),
        ("concat", {}, (LARGE, SMALL), "all but the channels, but gets (56, 56, 64) and (28, 28, 128)", "an upsample"),
        ("concat", {"dim": -1}, (LARGE, SMALL), "all but dimension -1, but gets", "before"),
        ("concat", {"dim": 0}, (LARGE, LARGE), "dim 0 is the batch", "the first dimension of a sample is 1"),
        (
            "add",
            {},
            (Shape((16, 32, 32), 0), Shape((32, 32, 16), 2)),
            "gets [16, 32, 32] and [32, 32, 16] in PyTorch's order",
            "before",
        ),
        ("slice", {"start": 64}, (LARGE,), "start 64 selects nothing of the 64 channels", "run from 0 to 63"),
        (
            "slice",
            {"start": 9, "end": -60},
            (LARGE,),
            "start 9 and end -60 select nothing of the 64 channels",
            "one after",
        ),
        ("slice", {"dim": 2, "end": 0}, (LARGE,), "end 0 select nothing of the 56 along dimension 2", "from 0 to 55"),
        ("channel_shuffle", {"groups": 3}, (LARGE,), "groups 3 does not divide channels 64", "use a divisor of 64"),
        ("matmul", {}, (TOKENS, TOKENS), "64 and 50: [50, 64] times [50, 64]", "a permute with dims: [2, 1] turns"),
        ("matmul", {}, (Shape((64,)), Shape((64,))), "needs matrices, with two dimensions or more", "to [1, n]"),
        ("matmul", {}, (Shape((4, 9, 8)), Shape((3, 8, 9))), "(4, 9, 8) and (3, 8, 9)", "must agree, or be 1"),
        (
            "scaled_dot_product_attention",
            {},
            (Shape((4, 9, 8)), Shape((4, 7, 6)), Shape((4, 7, 8))),
            "as many features of a query as a key, but gets 8 and 6",
            "query, key and value",
        ),
        (
            "scaled_dot_product_attention",
            {"enable_gqa": True},
            (Shape((4, 9, 8)), Shape((3, 7, 8)), Shape((3, 7, 8))),
            "the 3 heads of keys and values must divide the 4 of the query",
            "",
        ),
        (
            "scaled_dot_product_attention",
            {},
            (TOKENS, TOKENS, TOKENS, Shape((50, 49))),
            "the mask, [50, 49], does not fit the scores, [50, 50]",
            "or 1",
        ),
        (
            "scaled_dot_product_attention",
            {"is_causal": True},
            (TOKENS, TOKENS, TOKENS, Shape((50, 50))),
            "is_causal is a mask, and so is the fourth input",
            "leave one of them out",
        ),
        ("einsum", {"equation": "bij,bjk"}, (TOKENS, TOKENS), "equation bij,bjk is not understood", "bhnd,bhmd->bhnm"),
        ("einsum", {"equation": "ij,jk->ik"}, (TOKENS, TOKENS), "is not the batch everywhere", "begin each term with"),
        ("einsum", {"equation": "bij,bjk->bik"}, (TOKENS, TOKENS), "j is 64 and 50 in bij,bjk->bik", ""),
        ("einsum", {"equation": "bij,bij->biq"}, (TOKENS, TOKENS), "q stands only in the output", ""),
        ("einsum", {"equation": "bij,bij->bii"}, (TOKENS, TOKENS), "i stands twice in the output", ""),
        ("einsum", {"equation": "bij,bijk->bi"}, (TOKENS, TOKENS), "ijk has 3 letters", "a letter for each"),
        ("einsum", {"equation": "bij->bi"}, (TOKENS, TOKENS), "has 1 inputs, but 2 enter", ""),
        ("parameter", {"shape": [64, 50]}, (TOKENS,), "does not fit the input, [50, 64] in PyTorch", "shape: [50, 64]"),
        ("parameter", {"shape": [50, 64]}, (Shape((1, 64)),), "would enlarge the input, [1, 64]", "shape: [1, 64]"),
        ("parameter", {"shape": [2, 50, 64]}, (TOKENS,), "shape [2, 50, 64] does not fit", "shape: [50, 64]"),
        ("multihead_attention", {"num_heads": 4}, (TOKENS, LARGE), "(tokens, features), but gets (56, 56, 64)", "two"),
        (
            "multihead_attention",
            {"num_heads": 4},
            (TOKENS, Shape((9, 32)), Shape((8, 32))),
            "as many values as keys, but gets 9 keys and 8 values",
            "query, key and value",
        ),
        (
            "multihead_attention",
            {"num_heads": 4, "kdim": 64},
            (TOKENS, Shape((9, 32))),
            "kdim is 64, but the key has 32 features",
            "write kdim: 32",
        ),
    ],
)
def test_a_refusal_tells_what_is_wrong_and_what_helps(
    name: str, settings: dict[str, Any], inputs: tuple[Shape, ...], message: str, hint: str
) -> None:
    with pytest.raises(LayerError) as caught:
        resolved(name, settings, *inputs)
    assert message in str(caught.value)
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(("settings", "field"), [({"start": 64}, "start"), ({"start": 9, "end": 9}, "end")])
def test_an_empty_slice_points_at_the_index_at_fault(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(LayerError) as caught:
        resolved("slice", settings, LARGE)
    assert caught.value.field == field


def test_the_channels_of_a_merge_are_those_of_the_input_that_knows_them() -> None:
    gate, signal = Shape((64, 1)), Shape((64, 100), 0)
    assert resolved("multiply", {}, gate, signal).output_shape(gate, signal) == signal
    assert resolved("concat", {}, gate, gate).output_shape(gate, gate) == Shape((128, 1))


def test_one_channel_added_to_many_is_remarked_upon() -> None:
    grey, gate = Shape.image(1, (56, 56)), Shape.image(64, (1, 1))
    assert "adds one channel to each of 64" in str(resolved("add", {}, LARGE, grey).remark(LARGE, grey))
    assert resolved("add", {}, LARGE, gate).remark(LARGE, gate) is None
    assert resolved("add", {}, TOKENS, TOKENS).remark(TOKENS, TOKENS) is None
    assert resolved("multiply", {}, LARGE, grey).remark(LARGE, grey) is None


@pytest.mark.parametrize(
    ("x", "shape"),
    [
        (LARGE, (64, 1, 1)),
        (Shape((56, 56, 64), 2), (64,)),
        (Shape((64, 100), 0), (64, 1)),
        (TOKENS, (64,)),
        (Shape((64,)), (64,)),
    ],
)
def test_layer_scale_learns_a_factor_for_each_channel(x: Shape, shape: tuple[int, ...]) -> None:
    """As torchvision's ConvNeXt has it for images, and timm's vision transformers for tokens."""
    (weight,) = resolved("layer_scale", {}, x).tensors(x)
    assert weight.shape == shape


def test_attention_over_keys_and_values_of_their_own() -> None:
    """The elements by torch.nn.MultiheadAttention(16, 4, kdim=8, vdim=12), the products by hand."""
    inputs = Shape((4, 16)), Shape((3, 8)), Shape((3, 12))
    layer = resolved("multihead_attention", {"num_heads": 4}, *inputs)
    assert sum(tensor.size for tensor in layer.tensors(*inputs)) == 16 * (16 + 8 + 12) + 48 + 16 * 16 + 16
    scores_and_sums = 2 * 4 * 3 * 16
    assert layer.macs(*inputs) == 4 * 16 * 16 + 3 * 16 * 8 + 3 * 16 * 12 + scores_and_sums + 4 * 16 * 16
    assert layer.output_shape(*inputs) == inputs[0]
