"""Bare parameters against torch.nn.Parameter, and layer scale as torchvision's ConvNeXt has it."""

from __future__ import annotations

import math
from dataclasses import replace
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import BATCH, Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, Choices, Drawn, cases


def _shapes(dims: Dims) -> Drawn:
    """Draw shapes that repeat to the input's: its own, its end, sizes of 1, a 1 for the batch."""
    ends = st.integers(0, len(dims) - 1).map(lambda at: list(dims[at:]))
    shared = st.tuples(*(st.sampled_from((n, 1)) for n in dims)).map(list)
    return ends | shared | shared.map(lambda shape: [1, *shape]) | st.sampled_from((dims[-1], []))


def _viewed(case: Case) -> Case:
    """Return the same with a tensor of one dimension, which is only seen in that shape."""
    shape = _shape(case)
    view = {"shape": math.prod(shape), "view": list(shape)} if shape else {}
    return replace(case, settings={**case.settings, **view})


def _choices(dims: Dims) -> Choices:
    return {"shape": _shapes(dims), "op": st.sampled_from(("add", "multiply"))}


def _shape(case: Case) -> Dims:
    shape = case.settings["shape"]
    return (shape,) if isinstance(shape, int) else tuple(shape)


def _seen(case: Case) -> Dims:
    return tuple(case.settings.get("view") or _shape(case))


def _holding(torch: ModuleType, weight: Any) -> Any:
    module = torch.nn.Module()
    module.weight = torch.nn.Parameter(weight)
    return module


def _build_parameter(torch: ModuleType, case: Case) -> Built:
    module, op = _holding(torch, torch.zeros(_shape(case))), case.settings.get("op", "add")
    seen = _seen(case)
    operations = {"add": lambda x: x + module.weight.view(seen), "multiply": lambda x: x * module.weight.view(seen)}
    return Built(module, operations[op])


def _is_right(case: Case) -> bool:
    return all(type(n) is int and n > 0 for n in _shape(case))


def _build_scale(torch: ModuleType, case: Case) -> Built:
    ones = torch.ones(case.dims[0], *[1] * (len(case.dims) - 1))
    module = _holding(torch, ones * case.settings.get("init_value", 1e-6))
    return Built(module, lambda x: module.weight * x)


def _names_samples(case: Case) -> bool:
    shape = _seen(case)
    return len(shape) == len(case.dims) + 1 and shape[0] == BATCH


def _enlarges(case: Case) -> bool:
    shape, dims = _seen(case), case.dims
    return len(shape) > len(dims) + 1 or any(n > size == 1 for n, size in zip(shape[::-1], dims[::-1], strict=False))


_WRONG = {
    "shape": ANY_DIMS.map(list) | st.sampled_from((0, [0, 1], [-1])),
    "op": st.sampled_from(("divide", None)),
}
_DIFFERENCES = (
    Difference(
        "shapes here are of one sample; a parameter with a vector for each sample of a batch fits that batch only",
        _names_samples,
        Case({"shape": [2, 3, 4]}, (3, 4)),
    ),
    Difference(
        "a parameter leaves its input's shape as it is; PyTorch enlarges sizes of 1, and adds dimensions",
        _enlarges,
        Case({"shape": [3, 4]}, (1, 4)),
    ),
)
_CASES = cases(ANY_DIMS, _choices, required=("shape",), faults=_WRONG)
ORACLES = {
    "parameter": Oracle(_CASES | _CASES.filter(_is_right).map(_viewed), _build_parameter, _DIFFERENCES),
    "layer_scale": Oracle(
        cases(
            ANY_DIMS, lambda _: {"init_value": st.floats(-1, 1)}, faults={"init_value": st.sampled_from(("tiny", None))}
        ),
        _build_scale,
    ),
}
