"""What little text may ask for without end: layers, entries, lists within lists, blocks within blocks."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

import cnnparams.engine.network.builder as networks
from cnnparams.engine.network.context import DEEPEST
from tests.cpu import at_most
from tests.engine.small_specs import CONV, INPUT, names, refusal
from tests.specs import graph_of

SECONDS = 20


@pytest.fixture(autouse=True)
def _in_bounded_time() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    with at_most(SECONDS):
        yield
    assert sys.getrecursionlimit() == limit


def nested(levels: int, inner: str) -> str:
    for _ in range(levels):
        inner = f"{{type: sequence, layers: [{inner}]}}"
    return inner


def chain(blocks: int, levels: int = 0) -> str:
    """Return as many blocks as asked for, each using the next one, below so many lists; and a use of the first."""
    uses = "".join(f"  b{i}: {{layers: [{nested(levels, f'{{block: b{i + 1}}}')}]}}\n" for i in range(1, blocks))
    return f"blocks:\n{uses}  b{blocks}: {{layers: [relu]}}\nlayers: [{{block: b1}}]"


@pytest.mark.parametrize("times", ["10000000", "9223372036854775807", "2 ** 62", "10 ** 9 * channels"])
def test_a_repeat_without_end_is_refused_at_once(times: str) -> None:
    told = refusal(f"layers: [{{type: relu, repeat: {times}}}]")
    assert "relu1 (relu): the network has more than 100,000 layers" in told or "repeat: a network has 100,000" in told


def test_more_than_a_hundred_thousand_layers_are_refused() -> None:
    blocks = "blocks: {a: {layers: [{type: relu, repeat: 1000}]}, b: {layers: [{block: a, repeat: 1000}]}}\n"
    told = refusal(f"{blocks}layers: [{{block: b, repeat: 1000}}]")
    assert "the network has more than 100,000 layers" in told
    assert "hint: repeat less" in told


def test_as_many_layers_as_there_may_be_are_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "MOST_LAYERS", 12)
    assert len(names("layers: [{type: sequence, repeat: 4, layers: [{type: relu, repeat: 3}]}]")) == 12
    for layers in (
        "{type: sequence, repeat: 4, layers: [{type: relu, repeat: 3}]}, relu",
        "{type: sigmoid, repeat: 13}",
    ):
        assert "12 layers" in refusal(f"layers: [{layers}]")


@pytest.mark.parametrize(
    "empty", ["{type: relu, when: false, repeat: 1000}", "{type: sequence, repeat: 1000, layers: [X]}"]
)
def test_blocks_of_nothing_without_end_are_refused(empty: str) -> None:
    inner = empty.replace("X", "{type: relu, repeat: 0}")
    uses = "b: {layers: [{block: a, repeat: 1000}]}, c: {layers: [{block: b, repeat: 1000}]}"
    told = refusal(f"blocks: {{a: {{layers: [{inner}]}}, {uses}}}\nlayers: [{{block: c, repeat: 1000}}]")
    assert f"the spec expands to more than {networks.MOST_ENTRIES:,} entries" in told


def test_lists_of_nothing_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "MOST_ENTRIES", 10_000)
    inner = "{type: relu, when: false}"
    for _ in range(5):
        inner = f"{{type: sequence, repeat: 1000, layers: [{inner}]}}"
    assert "the spec expands to more than 10,000 entries" in refusal(f"layers: [{inner}]")


def test_blocks_may_be_as_deep_as_this() -> None:
    assert names(chain(DEEPEST)) == ["relu1"]
    assert names(chain(5, 45)) == ["relu1"]


@pytest.mark.parametrize(("blocks", "levels"), [(DEEPEST + 1, 0), (2 * DEEPEST, 0), (6, 45), (1000, 1), (30, 45)])
def test_blocks_within_blocks_without_end_are_refused(blocks: int, levels: int) -> None:
    told = refusal(chain(blocks, levels))
    assert f"is nested more than {DEEPEST} lists deep" in told
    assert max(map(len, told.splitlines())) < 200
    assert len(told.splitlines()) < 20


def test_blocks_that_double_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "MOST_LAYERS", 10_000)
    doubling = "".join(f"  b{i}: {{layers: [{{block: b{i + 1}}}, {{block: b{i + 1}}}]}}\n" for i in range(1, 64))
    told = refusal(f"blocks:\n{doubling}  b64: {{layers: [relu]}}\nlayers: [{{block: b1}}]")
    assert "the network has more than 10,000 layers" in told


@pytest.mark.parametrize(
    ("blocks", "chain"),
    [
        ("a: {layers: [{block: a}]}", "block a uses itself"),
        ("a: {layers: [{block: b}]}, b: {layers: [{block: a}]}", "block a uses itself through b"),
        (
            "a: {layers: [relu, {type: residual, layers: [{block: b}]}]}, b: {layers: [{block: a, when: false}]}",
            "through b",
        ),
        ("a: {layers: [{block: w}]}", "block a uses itself: a -> a"),
        ("a: {params: {u: b}, layers: [{block: u}]}, b: {layers: [{block: w}]}", "block a uses itself: a -> b -> a"),
    ],
)
def test_a_block_that_uses_itself_is_refused(blocks: str, chain: str) -> None:
    assert chain in refusal(f"vars: {{w: a}}\nblocks: {{{blocks}}}\nlayers: [{{block: a}}]")


def test_the_depth_that_calls_the_engine_does_not_matter() -> None:
    def below(frames: int) -> int:
        return below(frames - 1) if frames else len(graph_of(INPUT + chain(DEEPEST)).nodes)

    assert below(300) == 1


def test_a_size_that_grows_without_end_is_refused() -> None:
    grow = f"{{{CONV.replace('out_channels: 4', 'out_channels: 2 * channels')}, repeat: 100}}"
    assert "64 bits" in refusal(f"layers: [{grow}]")
    assert "64 bits" in refusal("layers: [{type: parallel, repeat: 100, branches: [[], []]}]")
