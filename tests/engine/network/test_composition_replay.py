"""A block that is laid out again with the same values and shapes is replayed, and is what it would have been."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnparams.engine.network.build as building
from cnnparams.engine.network.context import NetworkPlan
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.network.replay import replay
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.engine.drawn_specs import VARIANTS, specs
from tests.engine.graph_rows import drawn, spec_of
from tests.engine.small_specs import CONV, INPUT, names, reads, refusal
from tests.specs import graph_of

REPLAY = "cnnparams.engine.network.listing.replay"


class Forgetful(dict[Any, Any]):
    """Recordings that are never kept."""

    def __setitem__(self, key: Any, value: Any) -> None:
        pass


def plan_without_recordings(*args: Any) -> NetworkPlan:
    return NetworkPlan(*args)._replace(recordings=Forgetful())


def check_replayed(spec: Any) -> Graph:
    """Build a network with replays and without them; both must be the same."""
    replayed = building.build(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "NetworkPlan", plan_without_recordings)
        patch.setattr(REPLAY, None)
        assert building.build(spec) == replayed
    return replayed


@drawn(20)
@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)))
def test_a_drawn_spec_is_the_same_without_replays(spec: dict[str, Any], variant: str) -> None:
    check_replayed(spec_of(spec, variant))


@pytest.mark.parametrize("member", zoo.members(), ids=lambda member: member.name)
def test_a_network_of_the_zoo_is_the_same_without_replays(member: zoo.Member) -> None:
    check_replayed(load(member.name))


def replays(monkeypatch: pytest.MonkeyPatch, blocks: str, layers: str) -> int:
    """Return how many blocks of a spec are replayed; without replays it is the same."""
    under: list[str] = []

    def counted(network: Any, recording: Any, name: str, x: Any) -> Any:
        under.append(name)
        return replay(network, recording, name, x)

    monkeypatch.setattr(REPLAY, counted)
    text = f"{INPUT}blocks: {{{blocks}}}\nlayers: [{layers}]"
    replayed = graph_of(text)
    monkeypatch.setattr(building, "NetworkPlan", plan_without_recordings)
    assert graph_of(text) == replayed
    return len(under)


CONV_OUT = "{type: conv2d, out_channels: out, kernel_size: 1}"
PLAIN = f"b: {{params: {{out: 4}}, layers: [{CONV_OUT}, {{type: batch_norm2d, activation: relu}}]}}"
SHARING = f"b: {{layers: [{{{CONV}, name: a}}, relu, {{type: conv2d, share: a}}, {{type: conv2d, share: conv1}}]}}"
PASSING = "b: {layers: [{type: conv2d, out_channels: 9, kernel_size: 1, when: channels == 5}]}"
MERGING = "b: {layers: [{type: concat, from: input}, {type: add, from: [input, input]}, relu]}"
NESTED = (
    "b: {layers: [{type: residual, layers: [{block: c}, {block: c}]}]}, c: {layers: [relu, {type: tanh, from: input}]}"
)
ASIDE = "b: {layers: [relu, {type: auxiliary, layers: [flatten, {type: linear, out_features: 2}]}]}"


@pytest.mark.parametrize(
    ("blocks", "layers", "expected"),
    [
        (PLAIN, "{block: b, repeat: 4}", 3),
        (PLAIN, "{block: b}, {block: b, out: 5}, {block: b, out: 4}, {block: b, out: 2 + 2}, {block: b, out: 5}", 2),
        (PLAIN, "{block: b, repeat: 2}, {block: b, trainable: false, repeat: 2}", 2),
        (PLAIN, "{block: b, repeat: 2, trainable: index > 0}, {block: b, trainable: false}", 1),
        (PLAIN, "{block: b, repeat: 2}, {type: max_pool2d, kernel_size: 2}, {block: b, repeat: 3}", 3),
        (PLAIN, "{block: b, repeat: 2}, {type: sequence, layers: [{block: b}, {block: b}]}, {block: b}", 3),
        (PLAIN, "{type: parallel, branches: [[{block: b}], [{block: b}], []]}, relu", 1),
        (PLAIN, "{type: residual, name: r, layers: [{block: b}], shortcut: [{block: b}]}", 1),
        (PLAIN, "{type: residual, layers: [{block: b}], shortcut: [{block: b}]}", 1),
        (SHARING, "{block: b, repeat: 3}", 2),
        (
            SHARING,
            "{block: b, name: x}, {block: b, name: y}, {block: b, share: x}, {block: b, share: y}, {block: b}",
            2,
        ),
        (PASSING, "relu, {block: b, repeat: 3}, tanh, {block: b}, {type: add, from: [b1, b4]}", 3),
        (
            MERGING,
            "relu, tanh, {block: b, name: x, from: [relu1, tanh1]}, {block: b, name: y, from: [tanh1, input]}",
            1,
        ),
        (MERGING, "relu, tanh, {block: b, from: [relu1, tanh1]}, {block: b, from: [relu1, relu1]}", 0),
        (MERGING, "relu, tanh, {block: b, from: [relu1, relu1]}, {block: b, from: [relu1, tanh1]}", 0),
        (MERGING, "relu, tanh, {block: b, from: [relu1, relu1]}, {block: b, from: [tanh1, tanh1]}", 1),
        (NESTED, "{block: b, repeat: 3}", 3),
        (NESTED, "{block: b, name: x}, relu, {block: c, name: y}, {block: b, name: z}", 2),
        (ASIDE, "{block: b, repeat: 3}, tanh", 2),
    ],
)
def test_a_replayed_block_is_what_it_would_have_been(
    monkeypatch: pytest.MonkeyPatch, blocks: str, layers: str, expected: int
) -> None:
    assert replays(monkeypatch, blocks, layers) == expected


def test_a_block_alone_in_both_paths_of_a_residual_has_the_name_of_each() -> None:
    block = f"blocks: {{b: {{layers: [{{{CONV}}}, relu]}}}}\n"
    text = f"{block}layers: [{{type: residual, layers: [{{block: b}}], shortcut: [{{block: b}}]}}]"
    assert names(text) == ["conv1", "relu1", "shortcut.conv1", "shortcut.relu1", "add"]


def test_a_block_of_two_inputs_that_were_one_reads_both() -> None:
    layers = "relu, tanh, {block: b, name: x, from: [relu1, relu1]}, {block: b, name: y, from: [relu1, tanh1]}"
    assert reads(f"blocks: {{b: {{layers: [concat]}}}}\nlayers: [{layers}]") == {
        "relu1": ("input",),
        "tanh1": ("relu1",),
        "x.concat1": ("relu1", "relu1"),
        "y.concat1": ("relu1", "tanh1"),
    }


@pytest.mark.parametrize(
    "before", ["", "{type: sequence, layers: [{type: sequence, layers: [{block: b}, relu]}, relu]}, "]
)
def test_a_block_that_uses_itself_is_refused_whatever_was_laid_out_before(before: str) -> None:
    around = "{type: sequence, layers: [{block: b, when: n > 0}, relu]}"
    blocks = f"a: {{params: {{n: null}}, layers: [relu, {around}]}}, b: {{layers: [relu, {{block: w, n: 0}}]}}"
    told = refusal(f"vars: {{w: a}}\nblocks: {{{blocks}}}\nlayers: [{before}{{block: a, n: 1}}]")
    assert "block a uses itself: a -> b -> a" in told
