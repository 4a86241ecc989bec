"""The planner does what TensorFlow Lite for Microcontrollers does, and what a planner must do at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.memory import arena
from cnnparams.engine.memory.arena import ALIGNMENT, Slot, arena_size, plan
from cnnparams.engine.memory.liveness import Lifetime, liveness
from cnnparams.engine.network.build import build
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.layers.effort import examples
from tests.specs import reference

TFLM = reference("tflm.json")
CASES = TFLM["planner"]["cases"]


def lifetimes(buffers: list[list[int]]) -> list[Lifetime]:
    return [Lifetime(f"t{i}", *buffer) for i, buffer in enumerate(buffers)]


def most_alive(slots: tuple[Slot, ...]) -> int:
    """Return the most bytes that are alive at once."""
    return max((sum(slot.bytes for slot in slots if slot.first <= s.first <= slot.last) for s in slots), default=0)


def overlap(a: Slot, b: Slot) -> bool:
    return a.offset < b.end and b.offset < a.end


def alive_together(a: Slot, b: Slot) -> bool:
    return a.first <= b.last and b.first <= a.last


@st.composite
def drawn(draw: st.DrawFn) -> list[Lifetime]:
    """Draw tensors that live in some of twenty operations."""
    times = st.tuples(st.integers(0, 20), st.integers(0, 6))
    buffers = draw(st.lists(st.tuples(st.integers(1, 500), times), max_size=25))
    return lifetimes([[size, first, first + more] for size, (first, more) in buffers])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_cases_of_the_planners_own_test(case: dict[str, Any]) -> None:
    """Sizes there are as they are: it is the allocator in front of the planner that rounds them up."""
    slots = plan(lifetimes(case["buffers"]), alignment=1)
    size = arena_size(slots)
    assert [slot.offset for slot in slots] == case.get("offsets", [slot.offset for slot in slots])
    assert size == case.get("bytes", size)
    assert most_alive(slots) <= size < case.get("less_than", size + 1)


@pytest.mark.parametrize("network", TFLM["networks"].values(), ids=TFLM["networks"].keys())
def test_the_arenas_that_the_interpreter_allocates(network: dict[str, Any]) -> None:
    assert arena_size(plan(lifetimes(network["buffers"]))) == network["arena_bytes"]


def test_of_equal_tensors_the_last_made_is_placed_first() -> None:
    """One interpreter's arena shows it: the visual wake words network would need less the other way round."""
    first, second = plan(lifetimes([[16, 0, 1], [16, 1, 2]]))
    assert (first.offset, second.offset) == (16, 0)
    network = TFLM["networks"]["mobilenet_v1_025_vww"]
    slots = plan(lifetimes(network["buffers"]))
    assert most_alive(slots) == 55_296 < arena_size(plan(lifetimes(network["buffers"][::-1]))) == 64_512
    assert arena_size(slots) == network["arena_bytes"] == 73_728


def test_sizes_are_rounded_up_to_sixteen_bytes() -> None:
    slots = plan(lifetimes([[1, 0, 0], [16, 0, 0], [17, 0, 0]]))
    assert [(slot.bytes, slot.offset) for slot in slots] == [(16, 48), (16, 32), (32, 0)]
    assert [slot.bytes for slot in plan(lifetimes([[4 * 5, 0, 0], [4 * 8, 0, 0]]))] == [32, 32]


def test_a_tensor_goes_into_the_lowest_gap_that_it_fits() -> None:
    slots = plan(lifetimes([[96, 0, 9], [64, 0, 4], [48, 5, 9], [32, 5, 9], [16, 0, 9]]))
    assert [slot.offset for slot in slots] == [0, 96, 96, 144, 176]


def test_nothing_needs_nothing() -> None:
    assert plan([]) == ()
    assert arena_size([]) == 0


@given(drawn())
def test_slots_come_in_the_order_of_the_tensors_and_are_theirs(lives: list[Lifetime]) -> None:
    slots = plan(lives)
    assert [(slot.name, slot.first, slot.last) for slot in slots] == [(life.name, *life[2:]) for life in lives]
    assert all(life.bytes <= slot.bytes < life.bytes + ALIGNMENT for slot, life in zip(slots, lives, strict=True))
    assert all(slot.offset % ALIGNMENT == slot.bytes % ALIGNMENT == 0 for slot in slots)


@given(drawn())
def test_what_is_alive_at_the_same_time_is_in_different_places(lives: list[Lifetime]) -> None:
    slots = plan(lives)
    pairs = ((a, b) for i, a in enumerate(slots) for b in slots[:i])
    assert not any(alive_together(a, b) and overlap(a, b) for a, b in pairs)


@given(drawn())
def test_an_arena_is_between_what_is_alive_at_once_and_all_together(lives: list[Lifetime]) -> None:
    slots = plan(lives)
    assert most_alive(slots) <= arena_size(slots) <= sum(slot.bytes for slot in slots)


@given(drawn())
def test_every_tensor_lies_on_the_ground_or_on_another_that_lives_with_it(lives: list[Lifetime]) -> None:
    slots = plan(lives)
    for slot in slots:
        below = [other for other in slots if other.end == slot.offset and alive_together(slot, other)]
        assert slot.offset == 0 or below


@given(drawn(), st.randoms(use_true_random=False))
def test_the_order_matters_only_between_tensors_of_one_size(lives: list[Lifetime], random: Any) -> None:
    lives = list({-(-life.bytes // ALIGNMENT): life for life in lives}.values())
    shuffled = random.sample(lives, len(lives))
    assert set(plan(shuffled)) == set(plan(lives))


@given(drawn())
def test_time_may_run_backwards(lives: list[Lifetime]) -> None:
    mirrored = [life._replace(first=-life.last, last=-life.first) for life in lives]
    assert [slot.offset for slot in plan(mirrored)] == [slot.offset for slot in plan(lives)]


@given(st.integers(0, 20))
def test_tensors_of_one_size_in_a_chain_need_two_places(length: int) -> None:
    assert arena_size(plan(lifetimes([[16, i, i + 1] for i in range(length)]))) == 16 * min(length, 2)


@pytest.mark.parametrize("name", [member.name for member in zoo.members()])
def test_a_networks_arena_holds_its_peak(name: str) -> None:
    live = liveness(build(load(name)), "int8")
    size = arena_size(plan(live.lifetimes))
    assert max(live.per_node) <= size <= sum(life.bytes + ALIGNMENT for life in live.lifetimes)


def by_looking_at_all(lives: list[Lifetime]) -> list[int]:
    """Return the offsets as greedy_memory_planner.cc finds them: from a list of all tensors that are placed."""
    placed: dict[int, tuple[int, int, Lifetime]] = {}
    sizes = [-(-life.bytes // ALIGNMENT) * ALIGNMENT for life in lives]
    for i in sorted(range(len(lives)), key=lambda i: (-sizes[i], -i)):
        beside = sorted(
            (start, end)
            for start, end, other in placed.values()
            if other.first <= lives[i].last and lives[i].first <= other.last
        )
        offset = 0
        for start, end in beside:
            if start - offset >= sizes[i]:
                break
            offset = max(offset, end)
        placed[i] = (offset, offset + sizes[i], lives[i])
    return [placed[i][0] for i in range(len(lives))]


@given(drawn())
@examples(300)
def test_nobody_need_look_at_all_tensors(lives: list[Lifetime]) -> None:
    assert [slot.offset for slot in plan(lives)] == by_looking_at_all(lives)


@pytest.mark.parametrize("lives", ["in a chain", "within one another"])
def test_of_many_tensors_few_are_looked_at_for_each(lives: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = 0
    lowest_gap = arena._lowest_gap

    def counting(beside: Iterable[arena.TimeSpan], size: int) -> int:
        spans = list(beside)
        nonlocal looked_at
        looked_at += len(spans)
        return lowest_gap(spans, size)

    monkeypatch.setattr(arena, "_lowest_gap", counting)
    count = 2000
    ends = [(i, i + 1 if lives == "in a chain" else 2 * count - i) for i in range(count)]
    assert len(plan([Lifetime(f"t{i}", 100, *life) for i, life in enumerate(ends)])) == count
    assert looked_at < 40 * count


def test_a_thousand_tensors_are_planned() -> None:
    slots = plan(lifetimes([[1 + i % 37, i, i + i % 5] for i in range(1000)]))
    assert len(slots) == 1000
    assert most_alive(slots) <= arena_size(slots) < 2 * most_alive(slots)
