"""A layer whose result nothing reads: a remark where it is written, once, with what was probably meant."""

from __future__ import annotations

import pytest

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.errors import Problem
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.cli.run import run
from tests.specs import graph_of

CONV = "type: conv2d, out_channels: 4, kernel_size: 1"
HEAD = "input: {channels: 4, height: 8, width: 8}\n"


def remarks(text: str) -> list[Problem]:
    return list(graph_of(HEAD + text).remarks)


def told(text: str) -> list[tuple[int, str, str]]:
    """Return line, subject and fact of each remark; the input is in line 1."""
    found = []
    for remark in remarks(text):
        assert remark.place
        found.append((remark.place.line, str(remark.subject), remark.message))
    return found


ONE = "warning: its output is not used, but is counted"


def several(names: str) -> str:
    return f"warning: the outputs of {names} are not used, but are counted"


def test_a_layer_that_the_next_passes_by() -> None:
    text = f"layers:\n  - {{{CONV}, name: stem}}\n  - {{{CONV}, name: lost}}\n  - {{{CONV}, name: used, from: stem}}\n"
    assert told(text) == [(4, "lost (conv2d)", ONE)]
    (remark,) = remarks(text)
    assert "from of a later layer" in str(remark.hint)


def test_of_a_chain_that_is_passed_by_its_last_layer() -> None:
    text = f"layers:\n  - {{{CONV}, name: stem}}\n  - {{{CONV}}}\n  - relu\n  - {{{CONV}, from: stem}}\n"
    assert told(text) == [(5, "relu1 (relu)", ONE)]


def test_copies_side_by_side_are_told_once_with_the_chain() -> None:
    text = f"layers:\n  - {{{CONV}, name: stem}}\n  - {{{CONV}, name: body, from: stem, repeat: 3}}\n"
    assert told(text) == [(4, "body1 (conv2d)", several("body1, body2"))]
    assert [remark.hint for remark in remarks(text)] == ["every copy reads stem: leave out from to chain the copies"]


def test_where_the_chain_begins_further_up_it_is_a_sequence() -> None:
    start = f"layers:\n  - {{{CONV}, name: stem}}\n  - {{{CONV}, name: side}}\n"
    join = "  - {type: add, from: [side, body]}\n"
    text = start + f"  - {{{CONV}, name: bodies, from: stem, repeat: 3}}\n" + join.replace("body", '"bodies[-1]"')
    (remark,) = remarks(text)
    assert remark.hint == (
        "every copy reads stem: to chain the copies write {type: sequence, from: stem, layers: [...]}, "
        "with repeat inside and no from"
    )
    chain = f"  - {{type: sequence, name: body, from: stem, layers: [{{{CONV}, name: c, repeat: 3}}]}}\n"
    graph = graph_of(HEAD + start + chain + join)
    assert graph.remarks == ()
    assert [node.inputs for node in graph.nodes[2:]] == [("stem",), ("body.c1",), ("body.c2",), ("side", "body.c3")]


def test_a_repeated_structure_whose_inside_reads_from_elsewhere() -> None:
    inside = f"{{type: sequence, name: body, repeat: 3, layers: [{{{CONV}, from: stem}}]}}"
    text = f"layers:\n  - {{{CONV}, name: stem}}\n  - {inside}\n"
    assert told(text) == [(4, "body1 (sequence)", several("body1, body2"))]
    assert "the copy before" in str(remarks(text)[0].hint)


BLOCKS = f"blocks:\n  unit:\n    layers:\n      - {{{CONV}, name: a}}\n      - {{{CONV}, name: b, from: input}}\n"


def test_inside_of_a_block_it_is_told_once_however_often_the_block_is_used() -> None:
    assert told(f"{BLOCKS}layers:\n  - {{block: unit, repeat: 5}}\n  - {{block: unit}}\n") == [
        (5, "unit1.a (conv2d)", several("unit1.a, unit2.a, unit3.a, unit4.a, unit5.a, unit6.a")),
    ]


def test_the_result_of_a_block_is_that_of_the_entry_that_uses_it() -> None:
    unit = f"blocks:\n  unit:\n    layers:\n      - {{{CONV}}}\n      - relu\n"
    text = f"{unit}layers:\n  - {{block: unit, name: one}}\n  - {{block: unit, name: two, from: input}}\n"
    assert told(text) == [(8, "one (unit)", ONE)]


@pytest.mark.parametrize(
    "text",
    [
        f"outputs: [a, b]\nlayers:\n  - {{{CONV}, name: a}}\n  - {{{CONV}, name: b, from: input}}\n",
        f'outputs: ["a[0]", "a[1]"]\nlayers:\n  - {{{CONV}, name: a, from: input, repeat: 2}}\n',
        f"layers:\n  - {{{CONV}}}\n  - {{type: auxiliary, layers: [{{{CONV}}}, relu]}}\n  - relu\n",
        f"layers:\n  - {{type: auxiliary, repeat: 3, layers: [{{type: sequence, layers: [{{{CONV}}}]}}]}}\n  - relu\n",
        f"layers:\n  - {{type: parallel, branches: [[], [{{{CONV}}}], [{{{CONV}, from: input}}]]}}\n",
        f"layers:\n  - {{type: residual, layers: [{{{CONV}}}], shortcut: [{{{CONV}}}]}}\n",
        f"layers:\n  - {{{CONV}, repeat: 3}}\n",
        f"layers:\n  - {{{CONV}, name: a}}\n  - {{{CONV}, from: a, when: false}}\n",
    ],
)
def test_what_is_read_is_not_told(text: str) -> None:
    assert remarks(text) == []


def test_a_side_head_in_a_block_that_is_used_again() -> None:
    side = f"blocks:\n  unit:\n    layers:\n      - {{type: auxiliary, layers: [{{{CONV}}}]}}\n      - {{{CONV}}}\n"
    assert remarks(f"{side}layers: [{{block: unit, repeat: 3}}]\n") == []


def test_of_the_layers_of_a_side_head_only_its_result_is_one() -> None:
    head = f"[{{{CONV}, name: lost}}, {{{CONV}, name: kept, from: input}}]"
    text = f"layers:\n  - {{type: auxiliary, name: side, layers: {head}}}\n  - relu\n"
    assert told(text) == [(3, "side.lost (conv2d)", ONE)]


def _build(name: str) -> Graph:
    return build(load(name))


@pytest.mark.parametrize("name", [member.name for member in zoo.members()])
def test_every_layer_of_the_zoo_is_read(name: str) -> None:
    assert _build(name).remarks == ()


def test_the_answer_and_the_exit_code_stay() -> None:
    layers = f"layers:\n  - {{{CONV}, name: stem}}\n  - {{{CONV}, name: lost}}\n  - {{{CONV}, from: stem}}\n"
    done = run("count", "-", "--json", stdin=HEAD + layers)
    assert (done.code, done.stderr.count("warning")) == (0, 1)
    assert '"total_params": 60' in done.stdout  # three of 4 * 4 + 4, the one that nothing reads too
    assert run("check", "-", "--max", "params=60", stdin=HEAD + layers).code == 0
