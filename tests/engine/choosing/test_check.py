"""A budget is broken exactly where a total exceeds it, and the layers that weigh most are named."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.engine.choosing.budget import limits
from cnnparams.engine.choosing.check import Balance, Verdict, check
from cnnparams.engine.costs.quantity import Limit, magnitude
from cnnparams.engine.costs.register import UnmeasuredError, find_total, totals
from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import columns
from cnnparams.engine.setting import Setting
from cnnparams.errors import SpecError
from cnnparams.schema.load import load
from tests.engine.drawn_specs import VARIANTS, specs
from tests.engine.graph_rows import drawn, graph_of, spec_of
from tests.specs import graph_of as graph_of_yaml
from tests.specs import reference
from tests.specs import spec_of as spec_of_yaml

SETTING = Setting(batch=3, dtype="float16", optimizer="momentum", samples=50)
STEPS = (-(10**6), -1, -0.5, 0, 0.5, 1, 10**6)


def value_of(graph: Graph, word: str, setting: Setting = SETTING) -> Fraction | None:
    total = find_total(word)
    found = magnitude(measure(graph, [total.field], setting).costs[total.field], total.kind)
    return None if found is None else Fraction(repr(found))


def limited(graph: Graph, word: str, most: Fraction | int, setting: Setting = SETTING) -> Balance:
    (balance,) = check(graph, [Limit(find_total(word), Fraction(most))], setting).balances
    return balance


@drawn(25)
@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)), step=st.sampled_from(STEPS), data=st.data())
def test_a_budget_is_broken_exactly_where_the_total_exceeds_it(
    spec: dict[str, Any], variant: str, step: float, data: st.DataObject
) -> None:
    """Whether the spec sets it or a command."""
    graph, word = graph_of(spec, variant), data.draw(st.sampled_from(sorted(totals())))
    value = value_of(graph, word)
    assume(value is not None)
    assert value is not None
    most = max(value + Fraction(step), Fraction(0))
    assume(Fraction(str(float(most))) == most)  # so that YAML can hold it
    balance = limited(graph, word, most)
    assert balance.is_kept == (value <= most)
    assert balance.excess == value - most
    budgeted = spec_of({**spec, "budget": {word: float(most)}}, variant)
    (own,) = check(build(budgeted), limits(budgeted), SETTING).balances
    assert [own.value, own.excess, own.is_kept] == [balance.value, balance.excess, balance.is_kept]
    assert [weight[:4] for weight in own.heaviest] == [weight[:4] for weight in balance.heaviest]


@pytest.mark.parametrize("word", totals())
def test_every_word_can_be_a_budget(word: str) -> None:
    graph = build(load("mobilenet_v2"))
    value = value_of(graph, word)
    assert value is not None
    assert limited(graph, word, value).is_kept
    assert value == 0 or not limited(graph, word, value - Fraction(1, 2**20)).is_kept


def test_published_counts_are_within_themselves() -> None:
    published = reference("torchvision.json")["models"]["resnet18"]
    graph = build(load("resnet18"))
    for word, count in {"params": published["params"], "macs": published["macs"]}.items():
        assert limited(graph, word, count).is_kept
        assert limited(graph, word, count - 1).excess == 1


@pytest.mark.parametrize("word", [word for word, total in totals().items() if total.column])
@pytest.mark.parametrize("name", ["simple_cnn", "mobilenet_v3_small", "googlenet"])
def test_the_heaviest_are_the_layers_that_have_most(name: str, word: str) -> None:
    graph, column = build(load(name)), columns()[str(find_total(word).column)]
    layers = {layer.name: layer.costs[column.field] for layer in measure(graph, [column.field], SETTING).layers}
    weights = {layer: magnitude(value, column.kind) or 0 for layer, value in layers.items()}
    told = limited(graph, word, 0).heaviest
    assert [weights[weight.name] for weight in told] == sorted(filter(None, weights.values()), reverse=True)[:3]
    assert [weight.value for weight in told] == [layers[weight.name] for weight in told]


def verdict(text: str, **most: int) -> Verdict:
    given = [Limit(find_total(word), Fraction(amount)) for word, amount in most.items()]
    return check(graph_of_yaml(text), (*limits(spec_of_yaml(text)), *given))


SMALL = """
budget: {params: 30}
input: {features: 4}
layers:
  - {type: linear, name: first, out_features: 7}
  - {type: linear, name: second, out_features: 3, trainable: false}
  - {type: linear, name: third, out_features: 1}
"""


def test_shares_places_and_the_rest_are_told() -> None:
    (balance,) = verdict(SMALL).broken
    assert [balance.value, balance.limit.most, balance.excess] == [35 + 24 + 4, 30, 33]
    assert str(balance.limit.place) == "test.yaml:2:18"
    assert [(w.name, w.value, w.share, str(w.place)) for w in balance.heaviest] == [
        ("first", 35, 35 / 63, "test.yaml:5:5"),
        ("second", 24, 24 / 63, "test.yaml:6:5"),
        ("third", 4, 4 / 63, "test.yaml:7:5"),
    ]


def test_what_counts_for_bytes_has_the_share_of_the_count() -> None:
    (_, balance) = verdict(SMALL, gradients=100).broken
    assert [(w.name, w.value, w.share) for w in balance.heaviest] == [("first", 35, 35 / 39), ("third", 4, 4 / 39)]


def test_of_two_budgets_for_the_same_both_hold_and_the_tighter_is_first() -> None:
    found = verdict(SMALL, macs=52, params=20)
    assert [(b.limit.total.word, int(b.limit.most), b.limit.place is None) for b in found.balances] == [
        ("params", 20, True),
        ("params", 30, False),
        ("macs", 52, True),
    ]
    assert [balance.is_kept for balance in found.balances] == [False, False, True]


def test_what_a_network_does_not_have_no_limit_forbids() -> None:
    (balance,) = verdict("budget: {receptive-field: 0}" + SMALL.split("30}")[1]).balances
    assert (balance.value, balance.excess, balance.is_kept, balance.heaviest) == (None, None, True, ())


def test_what_was_not_measured_is_not_kept() -> None:
    """A budget of the spec says where, one from elsewhere what."""
    small = SMALL.split("30}")[1]
    with pytest.raises(SpecError) as raised:
        verdict("budget: {params: 1, params-per-sample: 0}" + small)
    (problem,) = raised.value.problems
    assert problem.place
    assert (problem.place.line, problem.message.endswith("give samples=")) == (1, True)
    with pytest.raises(UnmeasuredError, match=r"params-per-sample is not measured without .*: give samples="):
        check(graph_of_yaml(small), [Limit(find_total("params-per-sample"), Fraction(1))])


def test_the_heaviest_by_receptive_field_are_not_those_that_see_all() -> None:
    (balance,) = check(build(load("simple_cnn")), [Limit(find_total("receptive-field"), Fraction(1))]).broken
    assert [(w.name, w.share) for w in balance.heaviest] == [("maxpool2", None), ("flatlayer", None), ("conv2", None)]


def test_what_comes_with_the_tool_has_no_place_to_change() -> None:
    found = check(build(load("simple_cnn")), [Limit(find_total("params"), Fraction(1))])
    assert (found.place, {weight.place for weight in found.broken[0].heaviest}) == (None, {None})
