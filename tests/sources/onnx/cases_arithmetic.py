"""Arithmetic, functions and comparisons as files, and the layers that they are."""

from typing import Any

import numpy as np

from cnnparams.sources.onnx.ops import arithmetic, function
from tests.sources.onnx.models import File, node

_IMAGE = (2, 4, 6, 6)
_OTHER = {"z": (2, 4, 1, 1)}
_AS_NUMBERS = [node("Cast", ["r"], ["y"], to=1)]
_TRUE = [node("Greater", ["x", "z"], ["c"])]


def of_two(kind: str) -> tuple[File, list[str]]:
    """Return a function of the input and another, whose sizes of 1 are repeated."""
    logic = kind in ("And", "Or", "Xor")
    nodes = [node("Cast", ["x"], ["a"], to=9), node("Cast", ["z"], ["b"], to=9)] if logic else []
    nodes += [node(kind, ["a", "b"] if logic else ["x", "z"], ["r"]), *_AS_NUMBERS]
    before = ["ne", "ne"] if logic else []
    return File(nodes, _IMAGE, more_inputs=_OTHER), [*before, arithmetic._FUNCTIONS[kind].type]


def of_one(kind: str, type_: str) -> tuple[File, list[str]]:
    """Return a function of the input."""
    read = "a" if kind == "Not" else "x"
    nodes = [node("Cast", ["x"], ["a"], to=9), node(kind, [read], ["r"]), *_AS_NUMBERS]
    return File(nodes, _IMAGE), [*(["ne"] if kind == "Not" else []), type_]


CASES: dict[str, tuple[File, list[str]]] = {
    **{f"{kind} of two": of_two(kind) for kind in arithmetic._FUNCTIONS},
    **{kind: of_one(kind, type_) for kind, type_ in function._FUNCTIONS.items()},
    **{kind: of_one(kind, type_) for kind, type_ in function._QUESTIONS.items()},
    "tensors of other ranks": (
        File([node("Sub", ["x", "z"], ["y"])], _IMAGE, more_inputs={"z": ()}),
        ["reshape", "subtract"],
    ),
    "three added": (File([node("Sum", ["x", "z", "x"], ["y"])], _IMAGE, more_inputs=_OTHER), ["add"]),
    "three, and a number and weights": (
        File([node("Sum", ["x", "n", "z", "w"], ["y"])], _IMAGE, {"w": (4, 1, 1)}, {}, {"n": np.float32(2)}, _OTHER),
        ["add", "add", "parameter"],
    ),
    "the largest of three": (File([node("Max", ["x", "z", "x"], ["y"])], _IMAGE, more_inputs=_OTHER), ["maximum"] * 2),
    "the smallest, with a number": (
        File([node("Min", ["n", "x", "z"], ["y"])], _IMAGE, numbers={"n": np.float32(2)}, more_inputs=_OTHER),
        ["minimum", "clamp"],
    ),
    "a mean": (File([node("Mean", ["x", "z"], ["y"])], _IMAGE, more_inputs=_OTHER), ["add", "divide"]),
    "a number of more dimensions": (
        File([node("Mul", ["x", "n"], ["y"])], (1, 3), numbers={"n": np.full((1, 1, 1), 2, np.float32)}),
        ["reshape", "multiply"],
    ),
    "a bound": (File([node("Clip", ["x", "n"], ["y"])], _IMAGE, numbers={"n": np.float32(-1)}), ["clamp"]),
    "bounds of old": (File([node("Clip", ["x"], ["y"], min=-1.0, max=1.0)], _IMAGE, opset=6), ["clamp"]),
    "no bounds": (File([node("Relu", ["x"], ["a"]), node("Clip", ["a"], ["y"])], _IMAGE), ["relu"]),
    "a threshold": (File([node("ThresholdedRelu", ["x"], ["y"], alpha=0.5)], _IMAGE), ["threshold"]),
    "celu": (File([node("Celu", ["x"], ["y"], alpha=2.0)], _IMAGE), ["celu"]),
    "a hard shrinking": (File([node("Shrink", ["x"], ["y"], lambd=1.5)], _IMAGE), ["hardshrink"]),
    "a soft shrinking": (File([node("Shrink", ["x"], ["y"], lambd=1.5, bias=1.5)], _IMAGE), ["softshrink"]),
    "one or the other": (
        File([*_TRUE, node("Where", ["c", "x", "z"], ["y"])], _IMAGE, more_inputs=_OTHER),
        ["gt", "where"],
    ),
    "a number in part": (
        File([*_TRUE, node("Where", ["c", "n", "x"], ["y"])], _IMAGE, {}, {}, {"n": np.float32(-1e9)}, _OTHER),
        ["gt", "masked_fill"],
    ),
    "an infinite number in part": (
        File([*_TRUE, node("Where", ["c", "n", "x"], ["y"])], _IMAGE, {}, {}, {"n": np.float32(-np.inf)}, _OTHER),
        ["gt", "masked_fill"],
    ),
    "a mask of the file": (
        File([node("Where", ["m", "x", "z"], ["y"])], _IMAGE, numbers={"m": np.eye(6) > 0}, more_inputs=_OTHER),
        ["tensor", "where"],
    ),
    "whole numbers of others": (
        File([node("Cast", ["x"], ["a"], to=7), node("Cast", ["a"], ["y"], to=1)], _IMAGE),
        ["trunc"],
    ),
    "true and false": (File([node("Cast", ["x"], ["a"], to=9), node("Cast", ["a"], ["y"], to=1)], _IMAGE), ["ne"]),
}


def number_first(kind: str) -> Any:
    """Return a function of a number and the input."""
    return File([node(kind, ["n", "x"], ["r"]), *_AS_NUMBERS], _IMAGE, numbers={"n": np.float32(2)})


CASES |= {
    f"{kind} of a number first": (number_first(kind), [arithmetic._FUNCTIONS[kind].type])
    for kind in ("Sub", "Pow", "Less")
}
