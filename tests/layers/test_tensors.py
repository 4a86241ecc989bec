"""What the axes of tensors stand for: as channels change, exactly the axes change that are said to have them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.registry import layer_class
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor, grouped
from tests.layers.answers import TYPES, Refusal, ours, samples
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES
from tests.layers.oracles.case import Case, Settings

MAKES: Mapping[str, frozenset[AxisRole]] = {
    "out_channels": frozenset({AxisRole.OUT_CHANNELS}),
    "out_features": frozenset({AxisRole.OUT_CHANNELS}),
    "embedding_dim": frozenset({AxisRole.OUT_CHANNELS}),
    "num_embeddings": frozenset({AxisRole.VOCABULARY}),
    "kernel_size": frozenset({AxisRole.KERNEL}),
    "hidden_size": frozenset({AxisRole.HIDDEN, AxisRole.STATE}),
    "proj_size": frozenset({AxisRole.STATE}),
}
"""Settings, and the axes that they decide."""

ENTERS = frozenset({AxisRole.IN_CHANNELS, AxisRole.CHANNELS})
MADE_OF_INPUT = {
    **dict.fromkeys(("depthwise_conv1d", "depthwise_conv2d"), frozenset({AxisRole.OUT_CHANNELS})),
    **dict.fromkeys(("separable_conv1d", "separable_conv2d"), frozenset({AxisRole.HIDDEN})),
    "multihead_attention": frozenset({AxisRole.IN_CHANNELS, AxisRole.HIDDEN, AxisRole.OUT_CHANNELS}),
}
"""Where a layer makes channels for each that it gets."""
DECIDING = (*MAKES, "depth_multiplier")

WITH_TENSORS = sorted(name for name in TYPES if layer_class(TYPES[name]).tensors is not Layer.tensors)
INFERRED = (
    *("in_channels", "in_features", "num_features", "num_channels", "normalized_shape"),
    *("input_size", "embed_dim", "kdim", "vdim", "in1_features", "in2_features"),
)
"""Settings that follow the input where they are left out."""


def held(name: str, settings: Settings, inputs: tuple[Shape, ...]) -> tuple[Tensor, ...]:
    layer: Layer = layer_class(TYPES[name]).model_validate(settings).resolve(*inputs)
    return layer.tensors(*inputs)


def grown(before: tuple[Tensor, ...], after: tuple[Tensor, ...]) -> set[tuple[str, int]]:
    """Return the axes that are of another size, by the name of the tensor."""
    assert [tensor.name for tensor in before] == [tensor.name for tensor in after]
    each = zip(before, after, strict=True)
    return {(old.name, i) for old, new in each for i in range(len(old.axes)) if old.axes[i].size != new.axes[i].size}


def having(tensors: tuple[Tensor, ...], roles: frozenset[AxisRole]) -> set[tuple[str, int]]:
    """Return the axes of some roles, but for those that are 1 whatever the sizes."""
    each = ((tensor, i) for tensor in tensors for i in tensor.along(*roles))
    return {(tensor.name, i) for tensor, i in each if tensor.axes[i].symbol != "1"}


def decided(name: str, setting: str, case: Case) -> frozenset[AxisRole]:
    """Return the roles of the axes whose sizes a setting decides."""
    if setting == "depth_multiplier":
        return MADE_OF_INPUT[name]
    projected = setting == "hidden_size" and case.settings.get("proj_size")
    return MAKES[setting] - {AxisRole.STATE} if projected else MAKES[setting]


def drawn(name: str, data: st.DataObject) -> Case:
    case = data.draw(ORACLES[name].cases)
    assume(not isinstance(ours(name, case), Refusal))
    return case


@pytest.mark.parametrize("name", WITH_TENSORS)
@given(data=st.data())
@examples(20)
def test_every_axis_has_a_role_and_the_size_of_its_symbols(name: str, data: st.DataObject) -> None:
    case = drawn(name, data)
    inputs = samples(case)
    layer = layer_class(TYPES[name]).model_validate(case.settings).resolve(*inputs)
    symbols = dict(layer.symbols(*inputs))
    for tensor in layer.tensors(*inputs):
        for axis in tensor.axes:
            assert isinstance(axis.role, AxisRole)
            assert eval(axis.symbol, {"__builtins__": {}}, symbols) == axis.size


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        (name, setting)
        for name in WITH_TENSORS
        for setting in layer_class(TYPES[name]).model_fields
        if setting in DECIDING
    ],
)
@given(data=st.data())
@examples(20)
def test_a_setting_changes_exactly_the_axes_that_it_decides(name: str, setting: str, data: st.DataObject) -> None:
    case = drawn(name, data)
    written = case.settings.get(setting, layer_class(TYPES[name]).model_fields[setting].default)
    if not written:  # a state that is not projected has no size of its own
        return
    more = [2 * n for n in written] if isinstance(written, list) else 2 * written
    before = held(name, case.settings, samples(case))
    try:
        after = held(name, {**case.settings, setting: more}, samples(case))
    except LayerError:  # a kernel that no longer fits
        return
    assert grown(before, after) == having(before, decided(name, setting, case))


@pytest.mark.parametrize("name", sorted({*WITH_TENSORS} - {"embedding", "parameter", "prelu"}))
@given(data=st.data())
@examples(20)
def test_more_channels_at_the_input_change_exactly_the_axes_of_its_channels(name: str, data: st.DataObject) -> None:
    case = drawn(name, data)
    settings = {key: value for key, value in case.settings.items() if key not in INFERRED}
    inputs = tuple(layer_class(TYPES[name]).reads(Shape(dims)) for dims in case.inputs)
    before = held(name, settings, inputs)
    after = held(name, settings, tuple(map(wider, inputs)))
    assert grown(before, after) == having(before, ENTERS | MADE_OF_INPUT.get(name, frozenset()))


def wider(x: Shape) -> Shape:
    """Return a shape of twice the channels, or features."""
    at = x.channel_index
    return x._replace(dims=(*x.dims[:at], 2 * x.dims[at], *x.dims[at + 1 :]))


def test_channels_in_groups_are_those_of_one_group() -> None:
    assert grouped(AxisRole.IN_CHANNELS, 64, "C_in", 1) == Axis(AxisRole.IN_CHANNELS, 64, "C_in")
    assert grouped(AxisRole.IN_CHANNELS, 64, "C_in", 4) == Axis(AxisRole.IN_CHANNELS, 16, "(C_in / g)", groups=4)
