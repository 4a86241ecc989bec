"""Activations against those of torch.nn."""

from __future__ import annotations

from functools import partial
from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Dims, Oracle
from tests.layers.oracles.differences import of_the_batch
from tests.layers.oracles.drawing import ANY_DIMS, FLAG, Choices, any_dim, cases, rarely

_INPLACE = {"inplace": FLAG}
_NUMBER = st.sampled_from((0.25, 1.0, 2, 3.5))
_TEXT = st.just("steep")
_ELEMENTWISE: dict[str, tuple[str, Choices]] = {
    "relu": ("ReLU", _INPLACE),
    "relu6": ("ReLU6", _INPLACE),
    "leaky_relu": ("LeakyReLU", {**_INPLACE, "negative_slope": _NUMBER}),
    "elu": ("ELU", {**_INPLACE, "alpha": _NUMBER}),
    "selu": ("SELU", _INPLACE),
    "gelu": ("GELU", {"approximate": st.sampled_from(("none", "tanh"))}),
    "silu": ("SiLU", _INPLACE),
    "mish": ("Mish", _INPLACE),
    "hardswish": ("Hardswish", _INPLACE),
    "hardsigmoid": ("Hardsigmoid", _INPLACE),
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "softplus": ("Softplus", {"beta": _NUMBER, "threshold": _NUMBER}),
    "hardtanh": ("Hardtanh", {**_INPLACE, "min_val": st.sampled_from((-2.0, 0)), "max_val": _NUMBER}),
    "threshold": ("Threshold", {**_INPLACE, "threshold": _NUMBER, "value": _NUMBER}),
    "hardshrink": ("Hardshrink", {"lambd": _NUMBER}),
    "softshrink": ("Softshrink", {"lambd": _NUMBER}),
    "rrelu": ("RReLU", {**_INPLACE, "lower": st.sampled_from((0.0, 0.25)), "upper": _NUMBER}),
    "celu": ("CELU", {**_INPLACE, "alpha": _NUMBER}),
    "softsign": ("Softsign", {}),
    "tanhshrink": ("Tanhshrink", {}),
    "logsigmoid": ("LogSigmoid", {}),
    "identity": ("Identity", {}),
}
_REQUIRED = {"threshold": ("threshold", "value")}
_FAULTS: dict[str, Choices] = {
    "leaky_relu": {"negative_slope": _TEXT},
    "elu": {"alpha": _TEXT},
    "gelu": {"approximate": _TEXT},
    "softplus": {"beta": _TEXT, "threshold": _TEXT},
}


def _build(module: str, torch: ModuleType, case: Case) -> Built:
    activation = getattr(torch.nn, module)(**case.settings)
    return Built(activation, activation)


def _elementwise(name: str) -> Oracle:
    module, choices = _ELEMENTWISE[name]
    drawn = cases(ANY_DIMS, lambda _: choices, required=_REQUIRED.get(name, ()), faults=_FAULTS.get(name))
    return Oracle(drawn, partial(_build, module))


def _prelu_choices(dims: Dims) -> Choices:
    return {"num_parameters": rarely(st.integers(1, 9), st.sampled_from((1, dims[0]))), "init": _NUMBER}


def _along(dims: Dims) -> Choices:
    rank = len(dims)
    return {"dim": st.none() | st.integers(1, rank) | st.integers(-rank, -1)}


def _over_dimension(module: str) -> Oracle:
    faults = {"dim": st.integers(-6, 6)}
    return Oracle(
        cases(ANY_DIMS, _along, faults=faults), partial(_build, module), (of_the_batch("dim", example={"dim": 0}),)
    )


_EVEN = st.lists(st.sampled_from((2, 4, 6)), min_size=1, max_size=4).map(tuple)
ORACLES = {
    **{name: _elementwise(name) for name in _ELEMENTWISE},
    "prelu": Oracle(
        cases(ANY_DIMS, _prelu_choices, faults={"num_parameters": st.sampled_from((0, -1, 12))}),
        partial(_build, "PReLU"),
    ),
    "softmax": _over_dimension("Softmax"),
    "log_softmax": _over_dimension("LogSoftmax"),
    "softmin": _over_dimension("Softmin"),
    "glu": Oracle(
        cases(_EVEN, lambda dims: {"dim": any_dim(dims)}, faults={"dim": st.integers(-6, 6)}, wrong_dims=ANY_DIMS),
        partial(_build, "GLU"),
        (of_the_batch("dim", example={"dim": 0}),),
    ),
}
