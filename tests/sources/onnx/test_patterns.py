"""What exporters write as several nodes is one layer, but only where it is exactly that."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnparams.sources.onnx import open as read
from cnnparams.sources.onnx.prepare import FORMULAS, patterns
from tests.sources.onnx.models import File, counted, inferred, kinds, layer, node, shapes, whole

_IMAGE = (2, 8, 6, 6)
_ONE, _TWO, _THREE, _SIX, _HALF = (np.float32(n) for n in (1, 2, 3, 6, 0.5))
_ROOT = np.float32(np.sqrt(2))


def chain(
    *steps: Sequence[Any],
    x: Sequence[int] = _IMAGE,
    weights: Mapping[str, Sequence[int]] | None = None,
    opset: int = 17,
    **numbers: Any,
) -> File:
    """Return a file of nodes, each given as (kind, inputs, output, attributes)."""
    nodes = [node(kind, inputs.split(), [output], **dict(*rest)) for kind, inputs, output, *rest in steps]
    return File(nodes, x, weights or {}, numbers=numbers, opset=opset)


def layer_norm(axes: Sequence[int], scale: Sequence[int], x: Sequence[int]) -> File:
    """Return layer normalisation in the nodes that PyTorch writes before opset 17."""
    return chain(
        ("ReduceMean", "x", "mean", {"axes": axes}),
        ("Sub", "x mean", "centred"),
        ("Pow", "centred two", "squares"),
        ("ReduceMean", "squares", "variance", {"axes": axes}),
        ("Add", "variance eps", "more"),
        ("Sqrt", "more", "deviation"),
        ("Div", "centred deviation", "normed"),
        ("Mul", "normed n.weight", "scaled"),
        ("Add", "scaled n.bias", "y"),
        x=x,
        weights={"n.weight": scale, "n.bias": scale},
        opset=13,
        two=_TWO,
        eps=np.float32(1e-5),
    )


def group_norm(groups: int = 4, scale: float = 1) -> File:
    """Return group normalisation in the nodes that PyTorch writes."""
    return chain(
        ("Reshape", "x grouped", "g"),
        ("InstanceNormalization", "g ones zeros", "n"),
        ("Shape", "x", "sizes"),
        ("Reshape", "n sizes", "back"),
        ("Mul", "back gn.weight", "scaled"),
        ("Add", "scaled gn.bias", "y"),
        weights={"gn.weight": (8, 1, 1), "gn.bias": (8, 1, 1)},
        grouped=np.asarray([0, groups, -1]),
        ones=np.full(groups, scale, np.float32),
        zeros=np.zeros(groups, np.float32),
    )


ERF = (("Div", "x root", "d"), ("Erf", "d", "e"), ("Add", "e one", "a"))
CASES: dict[str, tuple[File, list[str]]] = {
    "gelu as PyTorch writes it": (
        chain(*ERF, ("Mul", "x a", "m"), ("Mul", "m half", "y"), root=_ROOT, one=_ONE, half=_HALF),
        ["gelu"],
    ),
    "gelu with the half first": (
        chain(*ERF, ("Mul", "half x", "m"), ("Mul", "a m", "y"), root=_ROOT, one=_ONE, half=_HALF),
        ["gelu"],
    ),
    "gelu by the hyperbolic tangent": (
        chain(
            ("Pow", "x three", "p"),
            ("Mul", "p c", "q"),
            ("Add", "x q", "s"),
            ("Mul", "s k", "t"),
            ("Tanh", "t", "u"),
            ("Add", "u one", "v"),
            ("Mul", "x half", "w"),
            ("Mul", "w v", "y"),
            three=_THREE,
            c=np.float32(0.044715),
            k=np.float32(0.79788),
            one=_ONE,
            half=_HALF,
        ),
        ["gelu"],
    ),
    "silu": (chain(("Sigmoid", "x", "s"), ("Mul", "s x", "y")), ["silu"]),
    "mish": (chain(("Softplus", "x", "s"), ("Tanh", "s", "t"), ("Mul", "x t", "y")), ["mish"]),
    "hardswish": (chain(("HardSigmoid", "x", "s"), ("Mul", "x s", "y")), ["hardswish"]),
    "hardswish of old": (
        chain(
            ("Add", "x three", "a"),
            ("Clip", "a zero six", "c"),
            ("Mul", "x c", "m"),
            ("Div", "m six", "y"),
            three=_THREE,
            zero=np.float32(0),
            six=_SIX,
        ),
        ["hardswish"],
    ),
    "hardsigmoid of old": (
        chain(
            ("Add", "x three", "a"),
            ("Clip", "a", "c", {"min": 0.0, "max": 6.0}),
            ("Div", "c six", "y"),
            opset=10,
            three=_THREE,
            six=_SIX,
        ),
        ["hardsigmoid"],
    ),
    "layer normalisation": (layer_norm([-1], (6,), (2, 5, 6)), ["layer_norm"]),
    "layer normalisation over an image": (layer_norm([1, 2, 3], (8, 6, 6), _IMAGE), ["layer_norm"]),
    "group normalisation": (group_norm(), ["group_norm"]),
    "a convolution over a border that mirrors": (
        chain(
            ("Pad", "x sides", "p", {"mode": "reflect"}),
            ("Conv", "p c.weight c.bias", "y"),
            weights={"c.weight": (4, 8, 3, 3), "c.bias": (4,)},
            sides=np.asarray([0, 0, 1, 1, 0, 0, 1, 1]),
        ),
        ["conv2d"],
    ),
    "a part of a list": (
        chain(
            ("SplitToSequence", "x size", "l", {"axis": 1}),
            ("SequenceAt", "l at", "y"),
            size=np.asarray(4),
            at=np.asarray(1),
        ),
        ["slice"],
    ),
}


@pytest.mark.parametrize(("file", "expected"), CASES.values(), ids=CASES)
def test_nodes_are_one_layer(file: File, expected: list[str], tmp_path: Path) -> None:
    reading = whole(file.save(tmp_path))
    report = counted(reading)
    assert kinds(reading) == expected
    assert report.total_params == file.parameters
    assert shapes(report) == inferred(file.proto())


def test_a_mirroring_border_is_the_padding_of_its_convolution(tmp_path: Path) -> None:
    reading = whole(CASES["a convolution over a border that mirrors"][0].save(tmp_path))
    assert layer(reading, "c") | {"padding": 1, "padding_mode": "reflect"} == layer(reading, "c")


NOT_ONE = {
    "a gate is not silu": (
        chain(("Tanh", "x", "t"), ("Sigmoid", "x", "s"), ("Mul", "t s", "y")),
        ["tanh", "sigmoid", "multiply"],
    ),
    "silu whose sigmoid is read elsewhere": (
        chain(("Sigmoid", "x", "s"), ("Mul", "x s", "m"), ("Add", "m s", "y")),
        ["sigmoid", "multiply", "add"],
    ),
    "silu whose sigmoid is a result": (
        chain(("Sigmoid", "x", "s"), ("Mul", "x s", "y"))._replace(outputs=("y", "s")),
        ["sigmoid", "multiply"],
    ),
}


@pytest.mark.parametrize(("file", "expected"), NOT_ONE.values(), ids=NOT_ONE)
def test_what_only_looks_alike_is_what_it_is(file: File, expected: list[str], tmp_path: Path) -> None:
    assert kinds(whole(file.save(tmp_path))) == expected


@pytest.mark.parametrize(
    ("file", "what"),
    [
        (layer_norm([1], (8, 1, 1), _IMAGE), "normalises in a way that no layer type does"),
        (layer_norm([-1], (5, 6), (2, 5, 6)), "normalises in a way that no layer type does"),
        (group_norm(scale=2), "normalises in a way that no layer type does"),
        (
            chain(*ERF, ("Mul", "x a", "m"), ("Mul", "m half", "y"), root=_ROOT, one=_ONE, half=_TWO),
            "computes with a number",
        ),
    ],
    ids=["channels", "a scale for each row", "a scale that is not 1", "twice gelu"],
)
def test_other_numbers_are_another_thing(file: File, what: str, tmp_path: Path) -> None:
    gaps = read(file.save(tmp_path)).gaps
    assert any(what in gap.what for gap in gaps)


def test_every_formula_is_read() -> None:
    assert sum(map(len, patterns().values())) == len(FORMULAS)
