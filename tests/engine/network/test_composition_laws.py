"""Laws of composition, for random specs: what they mean is what a second, plainer evaluator makes of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from cnnparams.schema.variables import choose, values
from tests.engine.drawn_entries import Entry, Place
from tests.engine.drawn_specs import VARIANTS, VARS, lists, specs, twins
from tests.engine.evaluator import evaluate
from tests.engine.graph_rows import drawn, graph_of, results, rows, spec_of, text_of

IMAGE = {"channels": 3, "height": 4, "width": 5}
INSIDE_BLOCK = Place(
    numbers=(*Place().numbers, "out", "extra"), flags=(*Place().flags, "out > extra"), known=("input",)
)
Spec = dict[str, Any]


def of_layers(layers: list[Entry], **more: Any) -> Spec:
    return {"input": IMAGE, "vars": VARS, **more, "layers": layers}


@drawn(30)
@given(spec=specs())
def test_a_spec_means_what_a_second_evaluator_makes_of_it(spec: Spec) -> None:
    for variant in VARIANTS:
        graph, expected = graph_of(spec, variant), evaluate(json.loads(text_of(spec)), variant)
        assert rows(graph) == expected.rows
        assert results(graph) == [tuple(tensor) for tensor in expected.outputs]


@drawn(20)
@given(body=lists(Place(known=("input",))), n=st.integers(1, 4))
def test_repeat_is_as_many_copies(body: list[Entry], n: int) -> None:
    part = {"type": "sequence", "layers": body}
    copies = [{**part, "name": f"part{i}"} for i in range(1, n + 1)]
    assert graph_rows([{**part, "name": "part", "repeat": n}]) == graph_rows(copies)


def graph_rows(layers: list[Entry], **more: Any) -> list[Any]:
    return rows(graph_of(of_layers(layers, **more)))


@drawn(40)
@given(body=lists(INSIDE_BLOCK), out=st.integers(1, 5))
def test_a_block_is_its_layers_with_the_values_of_its_params(body: list[Entry], out: int) -> None:
    params = {"out": None, "extra": "out + wide"}
    called = of_layers([{"block": "part", "out": out}], blocks={"part": {"params": params, "layers": body}})
    written_out = of_layers(body, vars={**VARS, "out": out, "extra": "out + wide"})
    assert rows(graph_of(called)) == rows(graph_of(written_out))


@drawn(20)
@given(spec=specs())
def test_a_variant_is_the_file_with_those_vars(spec: Spec) -> None:
    for variant, chosen in VARIANTS.items():
        plain = {**{key: spec[key] for key in spec if key != "variants"}, "vars": {**VARS, **chosen}}
        assert rows(graph_of(spec, variant)) == rows(graph_of(plain))


@drawn(20)
@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)))
def test_a_var_set_to_what_it_is_changes_nothing(spec: Spec, variant: str) -> None:
    own = values(spec_of(spec, variant))
    assert rows(graph_of(spec, variant, **own)) == rows(graph_of(spec, variant))
    for name, value in own.items():
        assert values(spec_of(spec, variant, **{name: value})) == own


@drawn(40)
@given(layers=twins(Place(keeps=True), "a", "b"))
def test_sharing_changes_no_shapes_and_no_macs_and_counts_tensors_once(layers: list[Entry]) -> None:
    shared, apart = graph_rows(layers), graph_rows(without_share(layers))
    own = {row.name: row.params for row in apart}
    assert [row.shares for row in apart] == [None] * len(shared)
    for row, alone in zip(shared, apart, strict=True):
        assert row._replace(params=alone.params, buffers=alone.buffers, shares=None) == alone
        assert row.params == (0 if row.shares else alone.params)
        assert row.shares is None or own[row.shares] == alone.params


def without_share(entries: Any) -> Any:
    if isinstance(entries, list):
        return [without_share(entry) for entry in entries]
    if isinstance(entries, dict):
        return {key: without_share(value) for key, value in entries.items() if key != "share"}
    return entries


@drawn(20)
@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)))
def test_what_is_frozen_is_frozen_with_all_within(spec: Spec, variant: str) -> None:
    plain = [row._replace(trainable=False) for row in rows(graph_of(spec, variant))]
    whole = {**spec["blocks"], "whole": {"layers": spec["layers"]}}
    frozen = {**spec, "blocks": whole, "layers": [{"block": "whole", "trainable": False}]}
    assert rows(graph_of(frozen, variant)) == plain
    nested = {**spec, "layers": [{"type": "auxiliary", "layers": spec["layers"], "trainable": "wide == 0"}]}
    assert rows(graph_of(nested, variant)) == plain


@pytest.mark.parametrize("member", zoo.members(), ids=lambda member: member.name)
def test_a_var_of_the_zoo_set_to_what_it_is_changes_nothing(member: zoo.Member) -> None:
    spec = load(member.name)
    own = values(spec)
    for name, value in own.items():
        assert values(choose(spec, member.variant, {name: value})) == own
    assert build(choose(spec, member.variant, own)) == build(spec)
