"""Specs made to cost without end what they cost to read, to lay out or to refuse: each is soon done with, briefly."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import cnnparams.engine.network.builder as networks
from cnnparams.errors import suggest
from tests.cpu import at_most
from tests.engine.small_specs import INPUT, names, refusal

SECONDS = 6
LINE, TEXT = 1_000, 2_000
RELU = f"{INPUT}layers: [relu]"
DOUBLING = "vars:\n  v0: [1]\n  w0: [1]\n" + "".join(
    f"  {v}{i}: [{v}{i - 1}, {v}{i - 1}]\n" for i in range(1, 28) for v in "vw"
)


@pytest.fixture(autouse=True)
def _in_bounded_time() -> Iterator[None]:
    with at_most(SECONDS):
        yield


def brief_refusal(text: str) -> str:
    """Return how a spec is refused, which is short."""
    told = refusal(text)
    assert max(map(len, told.splitlines())) < LINE
    assert len(told) < TEXT
    return told


def nested_by_aliases(opening: str, closing: str, innermost: str, levels: int, key: Callable[[int], str]) -> str:
    """Return lines that each hold the line before so many levels down."""
    inner, lines = innermost, ""
    for i in range(40):
        lines += f"{key(i)} &a{i} {opening * levels}{inner}{closing * levels}\n"
        inner = f"*a{i}"
    return lines


def circle(count: int, use: str) -> str:
    """Return a mapping of so many names, each to a use of the next, and the last to one of the first."""
    return ", ".join(f"v{i}: {use.replace('NEXT', f'v{(i + 1) % count}')}" for i in range(count))


def many(count: int, value: str) -> str:
    return ", ".join(f"known_{i}: {value}" for i in range(count))


def test_aliases_of_entries_do_not_hide_depth() -> None:
    entries = nested_by_aliases("{type: sequence, layers: [", "]}", "relu", 40, lambda _: "-")
    assert "nested more than 100 levels deep" in brief_refusal(f"{INPUT}layers:\n{entries}")


def test_aliases_of_vars_do_not_hide_depth() -> None:
    lists = nested_by_aliases("[", "]", "1", 90, lambda i: f"  a{i}:")
    assert "nested more than 100 levels deep" in brief_refusal(f"vars:\n{lists}{RELU}")


def test_entries_repeated_0_times_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "MOST_ENTRIES", 10_000)
    nothing = ", ".join(["{type: relu, repeat: 0}"] * 200)
    told = brief_refusal(f"layers: [{{type: sequence, repeat: 1000, layers: [{nothing}]}}]")
    assert "the spec expands to more than 10,000 entries" in told


def test_tensors_that_double_are_refused() -> None:
    nothing = "layers: [{type: relu, when: false}]"
    doubled = [f"{{type: sequence, name: e{i}, from: [e{i - 1}, e{i - 1}], {nothing}}}" for i in range(1, 26)]
    told = brief_refusal(f"layers: [{{type: relu, name: e0}}, {', '.join(doubled)}]")
    assert "the spec expands to more than 400,000 entries" in told


@pytest.mark.parametrize(
    "use",
    [
        f"{INPUT}layers: [{{type: relu, when: v27 == w27}}]",
        f"{INPUT}blocks: {{b: {{params: {{p: null}}, layers: [relu]}}}}\nlayers: [{{block: b, p: v24}}]",
        f"{INPUT}layers: [{{type: max_pool2d, kernel_size: v24}}]",
        "input: {shape: v24}\nlayers: [relu]",
    ],
    ids=["compared", "given to a block", "a setting", "a shape"],
)
def test_lists_that_double_are_refused(use: str) -> None:
    assert "is a list of more than 10,000 values" in brief_refusal(DOUBLING + use)


def test_blocks_that_each_use_the_next_are_read_in_little_time() -> None:
    uses = "".join(f"  b{i}: {{layers: [{{block: b{i + 1}}}]}}\n" for i in range(6000))
    assert names(f"blocks:\n{uses}  b6000: {{layers: [relu]}}\nlayers: [relu]") == ["relu1"]


def test_a_wrong_reference_among_many_layers_is_told_in_little_time() -> None:
    layers = "{type: relu, name: layernumber, repeat: 60000}, {type: relu, from: layernumbeer7}"
    assert "hint: did you mean 'layernumber7'?" in brief_refusal(f"layers: [{layers}]")


def test_a_wrong_name_is_compared_with_the_first_of_many() -> None:
    known = iter(range(1_000_000))
    assert suggest("layernumbeer7", (f"layernumber{i}" for i in known)) == "layernumber7"
    assert next(known) < 10_000


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (f"vars: {{{many(5000, '1')}}}\n{RELU[:-1]}, {{type: relu, repeat: qqq + 1}}]", "unknown name 'qqq'"),
        (f"blocks: {{{many(5000, '{layers: [relu]}')}}}\nlayers: [{{block: zzz}}]", "unknown block 'zzz'"),
        (
            f"blocks: {{b: {{params: {{{many(5000, '1')}}}, layers: [relu]}}}}\nlayers: [{{block: b, zz: 1}}]",
            "block b has no param 'zz'",
        ),
        (f"variants: {{{many(5000, '{a: 1}')}}}\n{RELU}", "choose one of its variants"),
    ],
    ids=["vars", "blocks", "params", "variants"],
)
def test_of_many_names_a_refusal_tells_some(text: str, fact: str) -> None:
    told = brief_refusal(text)
    assert fact in told
    assert "known_0" in told
    assert told.endswith(", ...")


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (f"vars: {{{circle(1000, 'NEXT')}}}\n{RELU}", "var v0 is computed from itself: v0 <- v1 <- v2 <- "),
        (f"blocks: {{{circle(1000, '{layers: [{block: NEXT}]}')}}}\n{RELU}", "block v0 uses itself through v1, v2, "),
    ],
    ids=["vars", "blocks"],
)
def test_of_a_circle_of_many_names_a_refusal_tells_some(text: str, fact: str) -> None:
    told = brief_refusal(text)
    assert fact in told
    assert "v999" not in told
