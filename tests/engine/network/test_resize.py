"""A network at other sizes is the network that building it gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.costs.register import every_cost
from cnnparams.engine.network.build import build, ports_in
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.network.resize import KnownResults, Resizer
from cnnparams.engine.network.resized import Resized
from cnnparams.engine.setting import USUAL
from cnnparams.errors import SpecError
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose, values
from tests.engine.drawn_specs import specs
from tests.layers.effort import examples
from tests.specs import graph_of, spec_of

FIXED = ("deeplab", "fcn", "lraspp")  # what they expand to depends on the size
SIZED = [member.name for member in zoo.members() if "size" in load(member.name).variables.names]
SOME = [name for name in SIZED if not name.startswith((*FIXED, "regnet", "vgg"))][::3]
SETTING = USUAL._replace(samples=60_000)
SMALL = "{type: conv2d, out_channels: 4, kernel_size: 3}"


def at(spec: Spec, size: int) -> Spec:
    return choose(spec, spec.choice.variant, {"size": size})


def resized(base: Resizer, spec: Spec) -> Resized | None:
    return base.resize(ports_in(spec, values(spec)))


def check(base: Resizer, spec: Spec) -> None:
    """Check graph and totals at other sizes, where they are known, against a build."""
    network, built = resized(base, spec), build(spec)
    assert network is not None
    assert network.spelt_out() == built._replace(remarks=())
    for cost in every_cost():
        if cost.AT_OTHER_SIZES:
            before = cost.measure(base.graph, SETTING).totals
            assert cost.AT_OTHER_SIZES(before, network) == cost.measure(built, SETTING).totals


@pytest.mark.parametrize("name", SOME)
def test_a_network_of_the_zoo(name: str) -> None:
    spec = load(name)
    base = Resizer(build(spec), KnownResults())
    for size in (96, 97, 250):
        if _built(at(spec, size)):
            check(base, at(spec, size))
        else:
            assert resized(base, at(spec, size)) is None


@pytest.mark.parametrize(
    ("name", "var", "widths"), [("mobilenet_v2", "width", (1.0, 1.4, 2.0)), ("resnet50", "group_width", (32, 48, 96))]
)
def test_networks_of_other_widths_share_what_is_known_of_sizes(name: str, var: str, widths: tuple[float, ...]) -> None:
    spec, known = load(name), KnownResults()
    for width in widths:
        chosen = choose(spec, spec.choice.variant, {var: width})
        base = Resizer(build(chosen), known)
        for size in (64, 160, 225):
            check(base, choose(spec, spec.choice.variant, {**chosen.choice.values, "size": size}))
    assert len(known.flows) == 3


@given(spec=specs(), height=st.integers(1, 12), width=st.integers(1, 12), variant=st.sampled_from(["small", "large"]))
@examples(60)
def test_drawn_networks(spec: dict[str, object], height: int, width: int, variant: str) -> None:
    import json

    before, after = (
        choose(spec_of(json.dumps({**spec, "input": {**spec["input"], **sizes}})), variant)  # type: ignore[dict-item]
        for sizes in ({}, {"height": height, "width": width})
    )
    base = _built(before)
    if base is None:
        return
    network, built = Resizer(base, KnownResults()).resize(ports_in(after, values(after))), _built(after)
    assert network is None or built is not None
    if network and built:
        own = [(node.name, node.input_shapes, node.output_shape) for node in network.spelt_out().nodes]
        assert own == [(node.name, node.input_shapes, node.output_shape) for node in built.nodes]
        assert [node.layer for node in network.spelt_out().nodes] == [node.layer for node in built.nodes]


def _built(spec: Spec) -> Graph | None:
    try:
        return build(spec)
    except SpecError:
        return None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"[{SMALL}, flatten, {{type: linear, out_features: 2}}]", "the linear layer would be another"),
        (f"[{SMALL}, flatten]", "other channels leave"),
        (f"[{SMALL}, {SMALL}, {SMALL}]", "the last kernel does not fit"),
        ("[instance_norm2d]", "a single element has no variance"),
        ("[{type: conv2d, out_channels: 4, kernel_size: 1, padding: 4, padding_mode: reflect}]", "too much padding"),
    ],
)
def test_what_does_not_follow_is_left_to_building(text: str, why: str) -> None:
    base = graph_of(f"input: {{channels: 3, height: 9, width: 9}}\nlayers: {text}")
    other = spec_of(f"input: {{channels: 3, height: 1, width: 1}}\nlayers: {text}")
    assert resized(Resizer(base, KnownResults()), other) is None, why


def test_inputs_of_other_channels_are_left_to_building() -> None:
    base = graph_of(f"input: {{channels: 3, height: 9, width: 9}}\nlayers: [{SMALL}]")
    other = spec_of(f"input: {{channels: 4, height: 9, width: 9}}\nlayers: [{SMALL}]")
    assert resized(Resizer(base, KnownResults()), other) is None


def test_layers_that_are_alike_at_one_size_may_not_be_at_another() -> None:
    text = """
input: {{channels: 4, height: {size}, width: {size}}}
layers:
  - {{type: max_pool2d, name: a, from: input, kernel_size: 2}}
  - {{type: conv2d, name: x, out_channels: 4, kernel_size: 1}}
  - {{type: max_pool2d, name: b, from: input, kernel_size: 2, ceil_mode: true}}
  - {{type: conv2d, name: y, out_channels: 4, kernel_size: 1}}
"""
    base = Resizer(graph_of(text.format(size=8)), KnownResults())
    assert resized(base, spec_of(text.format(size=10))) is not None
    odd = spec_of(text.format(size=9))
    assert resized(base, odd) is None
    assert [node.output_shape.dims for node in build(odd).nodes] == [(4, 4, 4)] * 2 + [(4, 5, 5)] * 2


def test_more_elements_than_64_bits_can_count_are_left_to_building() -> None:
    layer = "{{type: conv2d, out_channels: {out}, kernel_size: 1}}"
    text = f"input: {{{{channels: 1, height: {{size}}, width: 1}}}}\nlayers: [{layer}]"
    known, large = KnownResults(), 2**58
    few = Resizer(graph_of(text.format(size=1, out=2)), known)
    assert resized(few, spec_of(text.format(size=large, out=2))) is not None
    many = Resizer(graph_of(text.format(size=1, out=64)), known)
    assert resized(many, spec_of(text.format(size=large, out=64))) is None
