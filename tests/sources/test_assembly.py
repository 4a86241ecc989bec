"""What readers put together: names that are given once, tensors that layers share, layers that are taken back."""

from __future__ import annotations

import pytest

from cnnparams.layers.contract.shape import Shape
from cnnparams.schema.structures import Edge
from cnnparams.sources.assembly import Assembly, Holding, LayerNames, NoLayerError, layer_of
from cnnparams.sources.reading import Gap

X = (Edge("input", Shape.image(3, (8, 8))),)
CONV = layer_of("conv2d", {"out_channels": 3, "kernel_size": 1})


def first(names: LayerNames, stem: str) -> str:
    return names.take(names.counted(stem, 1))


def test_a_released_name_is_the_next_to_be_given() -> None:
    names = LayerNames(["input"], ["conv3"])
    assert [first(names, "conv") for _ in range(4)] == ["conv1", "conv2", "conv4", "conv5"]
    names.release("conv2")
    assert [first(names, "conv") for _ in range(2)] == ["conv2", "conv6"]
    names.release("fc1")
    assert first(names, "fc") == "fc1"
    names.release(f"conv{'9' * 5_000}")
    assert first(names, "conv") == "conv7"


def test_a_reserved_name_is_for_who_owns_it() -> None:
    names = LayerNames([], ["conv"])
    assert names.take(["conv", "conv2"]) == "conv2"
    assert names.take(["conv", "conv2"], own="conv") == "conv"


def test_layers_share_all_tensors_or_none() -> None:
    assembly = Assembly(LayerNames(["input"]))
    assembly.add("one", CONV, X, Holding(("w", "b")))
    assembly.add("two", CONV, X, Holding(("b", "w")))
    assert [node.shares for node in assembly.nodes] == [None, "one"]
    for keys in (("w",), ("w", "c"), ("w", "b", "c")):
        with pytest.raises(NoLayerError, match="shares only some of its tensors"):
            assembly.add("three", CONV, X, Holding(keys))


def test_a_layer_that_is_taken_back_holds_nothing() -> None:
    def refuse(_: object) -> None:
        raise NoLayerError("has others")

    assembly = Assembly(LayerNames(["input"]))
    with pytest.raises(NoLayerError, match="has others"):
        assembly.add("one", CONV, X, Holding(("w",), check=refuse))
    assert not assembly.network.order
    assembly.add("one", CONV, X, Holding(("w",)))
    assembly.rewind(0)
    assembly.add("one", CONV, X, Holding(("w", "b")))
    assert [node.shares for node in assembly.nodes] == [None]


def test_a_gap_stands_behind_what_is_before_it() -> None:
    assembly = Assembly(LayerNames(["input"]))
    assembly.gap("gap", "onnx.If", gap=Gap("", "goes two ways"))
    assembly.add("one", CONV, X)
    assembly.gap("rest", "not.read")
    assert [gap.entry for gap in assembly.gaps] == ["gap"]
    assert [node.inputs for node in assembly.nodes] == [(), ("input",), ("one",)]


def test_what_no_layer_has_as_a_setting_is_told() -> None:
    with pytest.raises(NoLayerError, match=r"^cannot be conv2d: groups: Input should be"):
        layer_of("conv2d", {"out_channels": 3, "kernel_size": 1, "groups": 0})
    with pytest.raises(NoLayerError, match="would be conv4d, which is not a layer type"):
        layer_of("conv4d", {})
