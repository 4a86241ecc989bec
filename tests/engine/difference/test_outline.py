"""The rows that tell a difference: parts that are new or gone as one, copies of them too."""

from __future__ import annotations

from cnnparams.engine.difference.diff import diff
from cnnparams.engine.difference.outline import OutlineRow, outline
from cnnparams.engine.network.build import build
from cnnparams.schema.load import load
from tests.engine.difference_specs import of_layers, report_of

CONV = "{type: conv2d, name: a, out_channels: 8, kernel_size: 1}"
PART = "{{type: sequence, name: {0}, layers: [{{type: conv2d, out_channels: {1}, kernel_size: 1}}, relu]}}"


def of_zoo(one: str, other: str) -> list[OutlineRow]:
    return outline(diff(report_of(build(load(one))), report_of(build(load(other)))))


def rows(before: str, after: str) -> list[tuple[str, tuple[str, ...], int]]:
    return told(outline(of_layers(before, after)))


def told(found: list[OutlineRow]) -> list[tuple[str, tuple[str, ...], int]]:
    return [(row.status.value, row.parts, len(row.layers)) for row in found]


def test_seventeen_more_bottlenecks_are_one_row() -> None:
    (row,) = of_zoo("resnet50", "resnet101")
    assert told([row]) == [("added", tuple(f"layer3.{i}" for i in range(6, 23)), 17 * 7)]
    bottleneck = (1024 * 256 + 512) + (256 * 256 * 9 + 512) + (256 * 1024 + 2048)
    assert row.costs["params"] == 17 * bottleneck == 44_549_160 - 25_557_032
    assert row.costs["macs"] == 17 * 14 * 14 * (1024 * 256 + 256 * 256 * 9 + 256 * 1024)


def test_a_part_that_is_new_is_one_row_and_one_of_which_some_stays_is_not() -> None:
    inner = "{{type: sequence, name: s, layers: [{0}]}}"
    both = f"{CONV}, relu, {{type: conv2d, name: b, out_channels: 3, kernel_size: 1}}"
    assert rows(CONV, f"{CONV}, {PART.format('s', 3)}") == [("added", ("s",), 2)]
    assert rows(inner.format(CONV), inner.format(both)) == [("added", ("s.1",), 1), ("added", ("s.b",), 1)]


def test_copies_at_the_top_stay_apart() -> None:
    parts = ", ".join(PART.format(name, 8) for name in ("s1", "s2"))
    assert rows(CONV, f"{CONV}, {parts}") == [("added", ("s1",), 2), ("added", ("s2",), 2)]


def test_what_is_gone_comes_before_what_is_new_in_its_place() -> None:
    part = "{{type: sequence, name: {0}, layers: [{1}, {1}]}}"
    conv = "{{type: conv2d, out_channels: {0}, kernel_size: 1}}"
    before, after = (f"{CONV}, {part.format(name, conv.format(out))}" for name, out in (("old", 4), ("new", 5)))
    assert rows(before, after) == [("removed", ("old",), 2), ("added", ("new",), 2)]


def test_affected_layers_come_last_by_the_first_part_of_their_names() -> None:
    before = f"{CONV}, {PART.format('s', 4)}, {{type: relu, name: b}}"
    assert rows(before, before.replace("out_channels: 8", "out_channels: 9")) == [
        ("changed", ("a",), 1),
        ("affected", ("s",), 1),
    ]


def test_names_are_told_only_where_nothing_else_is() -> None:
    before = f"{CONV}, {PART.format('s', 4)}"
    other = before.replace("name: s", "name: t")
    assert rows(before, other) == [("renamed", ("t.0",), 1), ("renamed", ("t.1",), 1)]
    assert rows(before, f"{other}, softplus") == [("added", ("softplus1",), 1)]
