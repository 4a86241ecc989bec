"""What a spec expands to is told before it is done: never more than comes of it, and refused where that is too much."""

from __future__ import annotations

import tracemalloc
from functools import reduce
from typing import Any

import pytest
from hypothesis import given

import cnnparams.engine.network.builder as networks
from cnnparams.engine.network.build import build
from cnnparams.engine.network.estimate import Estimate
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from cnnparams.schema.spec import Spec
from cnnparams.schema.structures import Extent
from cnnparams.schema.variables import values
from tests.engine.drawn_specs import VARIANTS, specs
from tests.engine.graph_rows import drawn
from tests.engine.graph_rows import graph_of as drawn_graph
from tests.engine.graph_rows import spec_of as drawn_spec
from tests.engine.small_specs import INPUT, names, refusal
from tests.specs import spec_of

RELU = "{type: relu, repeat: 1000}"
DOUBLING = "".join(f"  b{i}: {{layers: [{{block: b{i + 1}}}, {{block: b{i + 1}}}]}}\n" for i in range(40))
BLOCK = "blocks: {b: {params: {n: 2}, layers: [{type: relu, repeat: n}]}}\n"
LAYERS, ENTRIES = "the network has more than 100,000 layers", "the spec expands to more than 400,000 entries"
EXPANDING = {
    "a repeat": ("layers: [{type: relu, repeat: 100001}]", LAYERS),
    "repeats within repeats": (f"layers: [{{type: sequence, repeat: 101, layers: [{RELU}]}}]", LAYERS),
    "list after list": (f"layers: [{', '.join([RELU] * 101)}]", LAYERS),
    "sums of residuals": ("layers: [{type: residual, repeat: 50001, layers: [relu]}]", LAYERS),
    "branches": (f"layers: [{{type: parallel, repeat: 51, branches: [[{RELU}], [{RELU}]]}}]", LAYERS),
    "a side head": (f"layers: [{{type: auxiliary, repeat: 101, layers: [{RELU}]}}]", LAYERS),
    "a shortcut": (f"layers: [{{type: residual, repeat: 101, layers: [relu], shortcut: [{RELU}]}}]", LAYERS),
    "blocks that double": (f"blocks:\n{DOUBLING}  b40: {{layers: [relu]}}\nlayers: [{{block: b0}}]", LAYERS),
    "a var": (f"vars: {{n: 101}}\nlayers: [{{type: sequence, repeat: n, layers: [{RELU}]}}]", LAYERS),
    "a param": (
        "blocks: {b: {params: {n: null, m: 2 * n}, layers: [{type: relu, repeat: m}]}}\n"
        "layers: [{block: b, repeat: 101, n: 500}]",
        LAYERS,
    ),
    "a block that a var names": (
        f"vars: {{which: b}}\nblocks: {{b: {{layers: [{RELU}]}}}}\nlayers: [{{block: which, repeat: 101}}]",
        LAYERS,
    ),
    "copies that grow": ("layers: [{type: sequence, repeat: 500, layers: [{type: relu, repeat: index}]}]", LAYERS),
    "every other copy": (
        "layers: [{type: sequence, repeat: 202, when: index % 2 == 0, layers: [{type: relu, repeat: 1000}]}]",
        LAYERS,
    ),
    "settings that each copy has": (
        "layers: [{type: sequence, repeat: 50001, layers: [{type: conv2d, out_channels: index + 1, kernel_size: 1}, "
        "relu]}]",
        LAYERS,
    ),
    "nothing without end": (
        "layers: [{type: sequence, repeat: 50000, layers: [{type: relu, repeat: 50000, when: false}]}]",
        ENTRIES,
    ),
    "repeats of nothing": (
        f"layers: [{{type: sequence, repeat: 5000, layers: [{', '.join(['{type: relu, repeat: 0}'] * 80)}]}}]",
        ENTRIES,
    ),
}


def estimated(spec: Spec) -> Extent:
    estimate = Estimate(spec.blocks, values(spec))
    return reduce(Extent.plus, map(estimate.of, spec.layers.items), Extent())


@pytest.mark.parametrize(("text", "fact"), EXPANDING.values(), ids=EXPANDING)
def test_what_expands_to_too_much_is_refused_before_anything_is_laid_out(
    text: str, fact: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(*_: object) -> None:
        raise AssertionError("a layer is laid out")

    monkeypatch.setattr(networks.GraphBuilder, "put", put)
    told = refusal(text)
    assert fact in told.splitlines()[0]
    assert "hint: repeat less" in told


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        ("layers: [relu, {type: residual, layers: [relu, relu]}]", 4),
        ("layers: [{type: relu, repeat: 3, when: index != 1}]", 2),
        ("layers: [{type: parallel, repeat: 2, branches: [[], [relu], [relu, relu]]}]", 8),
        (f"{BLOCK}layers: [{{block: b, repeat: 3, n: index}}]", 3),
        (f"{BLOCK}layers: [{{block: b}}, {{block: b, n: 3}}]", 5),
    ],
)
def test_what_does_not_depend_on_channels_is_told_exactly(text: str, layers: int) -> None:
    assert estimated(spec_of(INPUT + text)).layers == layers == len(names(text))


@pytest.mark.parametrize(
    "text",
    [
        "layers: [{type: relu, repeat: channels}]",
        "layers: [{type: relu, when: channels == 4}]",
        "layers: [{type: sequence, repeat: 2, layers: [{type: relu, repeat: channels * (index + 1)}]}]",
        f"{BLOCK.replace('n: 2', 'n: channels')}layers: [{{block: b}}, {{block: b, n: 2}}]",
        f"vars: {{n: 5}}\n{BLOCK.replace('n: 2', 'n: channels + 2')}layers: [{{block: b}}]",
    ],
)
def test_what_depends_on_channels_is_taken_for_nothing(text: str) -> None:
    assert estimated(spec_of(INPUT + text)).layers < len(names(text))


@drawn(15)
@given(spec=specs())
def test_no_more_is_estimated_of_a_spec_than_comes_of_it(spec: dict[str, Any]) -> None:
    for variant in VARIANTS:
        assert estimated(drawn_spec(spec, variant)).layers <= len(drawn_graph(spec, variant).nodes)


@pytest.mark.parametrize("name", [member.name for member in zoo.members()])
def test_no_more_is_estimated_of_a_network_than_it_has(name: str) -> None:
    spec = load(name)
    assert 0 < estimated(spec).layers <= len(build(spec).nodes)


@pytest.mark.parametrize(
    "text",
    [
        "layers: [{type: sequence, repeat: 1000, layers: [{type: relu, repeat: 5 * channels}]}]",
        f"layers: [{{type: relu, name: {'a' * 10_000}, repeat: 9000}}]",
        f"layers: [{{type: sequence, name: {'a' * 10_000}, layers: [{{type: relu, repeat: 9000}}]}}]",
        f"layers: [{{type: relu, repeat: 9000, when: '{' + '.join(['index'] * 40)} + {'1' * 10}{' ' * 500} >= 0'}}]",
        f"vars: {{{', '.join(f'v{i}: {i}' for i in range(5000))}}}\nlayers: [{{type: relu, repeat: 9000}}]",
        f"layers: [{{type: reshape, shape: [4, 8, 8{', 1' * 9000}]}}, {{type: relu, repeat: 9000}}]",
        "layers: [{type: sequence, repeat: 3000, layers: [{type: conv2d, out_channels: index + 1, kernel_size: 1},"
        f" {{type: reshape, shape: [index + 1, 8, 8{', 1' * 9000}]}}, {{type: reshape, shape: [index + 1, 8, 8]}}]}}]",
    ],
    ids=["channels", "names", "names around", "conditions", "vars", "shapes", "shapes of settings"],
)
def test_what_costs_much_is_refused_in_little_memory(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would take a gigabyte or minutes, were it laid out: what it has of text and sizes counts too.

    The bounds are a tenth of what they are, so that this takes a tenth.
    """
    monkeypatch.setattr(networks, "MOST_LAYERS", 10_000)
    monkeypatch.setattr(networks, "MOST_ENTRIES", 40_000)
    tracemalloc.start()
    told = refusal(text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "the network has more than 10,000 layers" in told or "the spec expands to more than 40,000 entries" in told
    assert most < 12_000_000
