"""Specs that could make the exporter's work, or its text, grow without end."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.targets.code.exported import text_of

LAYER = {"type": "linear", "out_features": 4}
LONGEST = 20_000


def chain(expression: str, *, alone: bool) -> dict[str, Any]:
    """Return a spec of blocks inside of one another, each of which computes its param from that of the one around."""
    entries: list[Any] = [] if alone else ["relu"]
    blocks: dict[str, Any] = {"b0": {"params": {"n": 1}, "layers": [{**LAYER, "out_features": "n % 7 + 1"}]}}
    for i in range(1, 60):
        blocks[f"b{i}"] = {"params": {"n": 1}, "layers": [*entries, {"block": f"b{i - 1}", "n": expression}]}
    return {"input": {"features": 4}, "blocks": blocks, "layers": [{"block": "b59", "n": 3}]}


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("expression", ["n // 2 + n % 3 + 1", "(n * 2 + 1) % 9", "n + n if n < 9 else n - 8"])
def test_a_param_that_is_handed_on_and_on(expression: str, alone: bool) -> None:
    code = text_of(chain(expression, alone=alone))
    assert ast.parse(code)
    assert len(code) < LONGEST


def test_channels_that_are_sums_of_sums() -> None:
    first = {**LAYER, "name": "l0", "out_features": "n"}
    layers = [first, {**first, "name": "l1", "out_features": "n + 1", "from": "input"}]
    layers += [{"type": "concat", "name": f"l{i}", "from": [f"l{i - 1}", f"l{i - 2}"]} for i in range(2, 28)]
    blocks = {"b": {"params": {"n": 1}, "layers": [*layers, LAYER]}}
    code = text_of({"input": {"features": 4}, "blocks": blocks, "layers": [{"block": "b"}, {"block": "b", "n": 2}]})
    assert ast.parse(code)
    assert len(code) < LONGEST


def test_many_copies() -> None:
    block = {"layers": [LAYER, "relu"]}
    code = text_of({"input": {"features": 4}, "blocks": {"b": block}, "layers": [{"block": "b", "repeat": 500}]})
    assert code.count("B(") == 501
