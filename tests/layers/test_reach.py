"""What a place of a layer's output sees, against the gradients of PyTorch's layer."""

from __future__ import annotations

import warnings
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.errors import LayerError
from cnnparams.layers.contract import registry
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.reach import Reach, Reaches
from tests.layers.answers import TYPES as DECLARED
from tests.layers.answers import resolved, samples
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES
from tests.layers.oracles.case import BATCH, Case

# What a weight of exactly 0 may come out as: upsampling works out its positions in floating point.
NOISE = 1e-12
# Their gradients follow values: of a maximum one element has any, of a rectifier none where it is flat.
DEPEND_ON_VALUES = {
    *("hardswish", "hardsigmoid", "relu", "relu6", "hardtanh", "threshold", "hardshrink", "softshrink"),
    *("acosh", "amax", "amin", "norm", "prod"),
    *("clamp", "maximum", "minimum", "pow", "where", "masked_fill", "sign", "floor", "ceil", "round", "trunc"),
} | {f"{kind}_pool{rank}d" for kind in ("max", "adaptive_max", "global_max") for rank in (1, 2, 3)}
# All that a place sees, or more: what is masked, and what vanishes where there is but one element.
BOUNDED = {
    *(
        "rnn",
        "lstm",
        "gru",
        "multihead_attention",
        *("scaled_dot_product_attention", "einsum"),
        "group_norm",
        "layer_norm",
        "rms_norm",
        "layer_norm2d",
    ),
    *(
        *("roll", "flip", "tril", "triu", "squeeze", "unsqueeze", "expand", "repeat", "repeat_interleave", "stack"),
        *("index_select", "topk", "sort", "gather", "unfold", "fold", "grid_sample"),
        *("sum", "mean", "logsumexp"),
        *("cumsum", "cumprod", "logcumsumexp", "normalize", "std", "var"),
        "parameter",
        "layer_scale",
        "permute",
        "softmax",
        "log_softmax",
        "softmin",
        "channel_shuffle",
        "local_response_norm",
        "concat",
        "flatten",
        "reshape",
    ),
    *(f"instance_norm{rank}d" for rank in (1, 2, 3)),
    *(f"batch_norm{rank}d" for rank in (1, 2, 3)),
}
# Padding that repeats the image, of which a receptive field leaves out what is beyond the border.
LOOKING_PADS = ("reflection_pad", "replication_pad", "circular_pad")
# Types that read indices, whose derivative torch does not know, and through which no gradient flows.
WITHOUT_GRADIENTS = {"embedding", "floor_divide", "remainder"}
TYPES = sorted(
    name
    for name in set(ORACLES) - WITHOUT_GRADIENTS
    if not name.startswith(LOOKING_PADS) and registry.layer_class(DECLARED[name]).passes_gradient
)


def is_exact(name: str, case: Case) -> bool:
    """Tell whether what PyTorch computes with floats is what fractions give, and the padding is zeros."""
    if case.settings.get("padding_mode", "zeros") != "zeros":
        return False
    written = case.settings.get("scale_factor") or 1
    scales = written if isinstance(written, list) else [written]
    return all(Fraction(str(scale)).denominator in (1, 2, 4) for scale in scales)


def seen_along(reach: Reach, place: tuple[int, ...], n: int) -> set[int]:
    """Return the elements that a place may see along a dimension."""
    if reach.taps is None or reach.statistics:
        return set(range(n))
    return set(reach.taps.at(place[reach.dims[0]] if reach.dims else 0)) & set(range(n))


def gradients(torch: ModuleType, name: str, case: Case) -> tuple[Any, list[Any]]:
    """Return the first sample of the output, and the inputs."""
    torch.manual_seed(1)
    with warnings.catch_warnings(action="ignore"):
        built = ORACLES[name].build(torch, case)
    built.module.double().eval()
    inputs = [torch.rand(BATCH, *dims, dtype=torch.float64, requires_grad=True) for dims in case.inputs]
    with warnings.catch_warnings(action="ignore"):
        return built.forward(*(x.clone() for x in inputs))[0], inputs  # a clone may be overwritten


def support(torch: ModuleType, output: Any, x: Any) -> list[set[int]]:
    """Return along each dimension of a sample the elements that an output depends on."""
    (gradient,) = torch.autograd.grad(output, x, retain_graph=True, allow_unused=True)
    if gradient is None:
        return [set() for _ in x.shape[1:]]
    where = (gradient[0].abs() > NOISE).nonzero()
    return [set(where[:, dim].tolist()) for dim in range(where.shape[1])]


def answer(name: str, case: Case) -> Layer | None:
    try:
        return resolved(name, case)
    except (ValueError, LayerError):
        return None


def drawn(torch: ModuleType, name: str, data: st.DataObject) -> tuple[tuple[int, ...], Any, list[tuple[Reaches, Any]]]:
    """Return a place of a drawn layer's output, that output, and each input with what the layer reaches in it."""
    case = data.draw(ORACLES[name].cases)
    layer = answer(name, case)
    assume(layer is not None and is_exact(name, case))
    assert layer is not None
    shapes = samples(case)
    sizes = layer.output_shape(*shapes).dims
    place = tuple(data.draw(st.integers(0, n - 1)) for n in sizes)
    output, inputs = gradients(torch, name, case)
    return place, output, list(zip(layer.reach(*shapes), inputs, strict=True))


@pytest.mark.parametrize("name", TYPES)
@given(data=st.data())
@examples(15)
def test_a_place_depends_on_what_it_sees(torch: ModuleType, name: str, data: st.DataObject) -> None:
    place, output, by_input = drawn(torch, name, data)
    for reaches, x in by_input:
        found = support(torch, output[place], x)
        for reach, elements, n in zip(reaches, found, x.shape[1:], strict=True):
            assert elements <= seen_along(reach, place, n)


@pytest.mark.parametrize("name", sorted(set(TYPES) - DEPEND_ON_VALUES - BOUNDED))
@given(data=st.data())
@examples(15)
def test_a_place_depends_on_all_that_it_sees(torch: ModuleType, name: str, data: st.DataObject) -> None:
    place, output, by_input = drawn(torch, name, data)
    for reaches, x in by_input:
        found = support(torch, output[(slice(None), *place[1:])].sum(), x)
        expected = [seen_along(reach, place, n) for reach, n in zip(reaches, x.shape[1:], strict=True)]
        assert found[1:] == (expected[1:] if all(expected[1:]) else [set() for _ in expected[1:]])
