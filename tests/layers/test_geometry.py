"""What a layer says of its geometry: it alone decides sizes, each place costs the same, channels follow channels."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import SAME_SIZES
from cnnparams.layers.contract.registry import declarations, layer_class
from cnnparams.layers.contract.shape import Shape
from tests.layers.answers import TYPES, Refusal, ours, resolved, samples
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES

EXAMPLES = {
    declaration.name: layer_class(declaration).model_validate(dict(declaration.example))
    for declaration in declarations()
}
WITH_GEOMETRY = sorted(name for name, layer in EXAMPLES.items() if layer.geometry() is not None)


def test_convolutions_pools_norms_activations_and_merges_have_a_geometry() -> None:
    assert {"conv1d", "conv2d", "max_pool3d", "batch_norm2d", "relu", "dropout", "add", "concat"} <= {*WITH_GEOMETRY}
    assert {"linear", "flatten", "instance_norm2d", "parameter", "global_avg_pool2d"}.isdisjoint(WITH_GEOMETRY)
    assert EXAMPLES["relu"].geometry() == EXAMPLES["batch_norm2d"].geometry() == SAME_SIZES


@pytest.mark.parametrize("name", WITH_GEOMETRY)
@given(data=st.data())
@examples(40)
def test_places_cost_the_same_and_channels_stay(name: str, data: st.DataObject) -> None:
    case = data.draw(ORACLES[name].cases)
    assume(len(case.dims) > 1 and not isinstance(ours(name, case), Refusal))
    layer, inputs = resolved(name, case), samples(case)
    before = layer.output_shape(*inputs)
    more = data.draw(st.lists(st.integers(0, 9), min_size=len(case.dims) - 1, max_size=len(case.dims) - 1))
    grown = [Shape((x.dims[0], *(n + m for n, m in zip(x.dims[1:], more, strict=True))), 0) for x in inputs]
    try:
        layer.resolve(*grown)
        after = layer.output_shape(*grown)
    except LayerError:
        return
    places = [math.prod(shape.dims[1:]) for shape in (before, after)]
    assert after.dims[0] == before.dims[0]
    assert layer.macs(*grown) * places[0] == layer.macs(*inputs) * places[1]
    assert layer.tensors(*grown) == layer.tensors(*inputs)


@pytest.mark.parametrize("name", WITH_GEOMETRY)
@given(data=st.data())
@examples(40)
def test_layers_of_one_geometry_give_the_same_sizes_whatever_their_channels(name: str, data: st.DataObject) -> None:
    case = data.draw(ORACLES[name].cases)
    assume(len(case.dims) > 1 and not isinstance(ours(name, case), Refusal))
    layer, inputs = resolved(name, case), samples(case)
    factor = data.draw(st.integers(2, 5))
    wider = {key: value * factor for key, value in case.settings.items() if key in ("in_channels", "num_features")}
    if "out_channels" in case.settings:
        wider["out_channels"] = case.settings["out_channels"] * data.draw(st.integers(1, 3))
    model = layer_class(TYPES[name]).model_validate({**case.settings, **wider})
    shapes = [Shape((x.dims[0] * (factor if x.dims[0] > 1 else 1), *x.dims[1:]), 0) for x in inputs]
    try:
        other = model.resolve(*shapes)
    except LayerError:  # such as in_channels, written for one channel
        return
    assert other.geometry() == layer.geometry()
    assert other.output_shape(*shapes).dims[1:] == layer.output_shape(*inputs).dims[1:]
