"""One tensor or another by a third, against torch.where, masked_fill and lerp."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.arithmetic import NUMBER, OF_OTHER_RANKS, others
from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, Choices, cases, with_more

_More = st.SearchStrategy[tuple[Dims, ...]]


def _build(least: int, most: int, call: Callable[..., Any], torch: ModuleType, case: Case) -> Built:
    if not least <= len(case.inputs) <= most:
        raise ValueError("another number of inputs")
    return Built(torch.nn.Identity(), lambda *inputs: call(torch, case.settings, *inputs))


def _filled(_: ModuleType, settings: dict[str, Any], x: Any, mask: Any) -> Any:
    value = settings["value"]
    if value is None:
        raise TypeError(value)
    return x.masked_fill(mask.bool(), float(value))


def _lerp(torch: ModuleType, settings: dict[str, Any], start: Any, end: Any, *weight: Any) -> Any:
    number = settings.get("fraction")
    if (number is None) != bool(weight):
        raise ValueError("one weight")
    return torch.lerp(start, end, *weight) if weight else torch.lerp(start, end, number)


def _exactly(count: int, more: int, case: Case) -> _More:
    """Draw mostly so many inputs more: those that are too few are given again."""
    return others(more, case).map(lambda drawn: (*drawn, *drawn)[: max(len(drawn), count)])


def _of_other_ranks(settings: dict[str, Any], more: int) -> Difference:
    return replace(OF_OTHER_RANKS, example=Case(settings, (4,), ((2, 4),) * more))


def _oracle(
    choices: Choices, required: tuple[str, ...], settings: dict[str, Any], counts: tuple[int, int], build: Any
) -> Oracle:
    faults = {name: st.just(None) for name in required} or None
    drawn = cases(ANY_DIMS, lambda _: choices, required=required, faults=faults)
    return Oracle(with_more(drawn, partial(_exactly, *counts)), build, (_of_other_ranks(settings, counts[0]),))


_VALUE = NUMBER | st.sampled_from(("inf", "-inf"))
ORACLES = {
    "where": _oracle(
        {}, (), {}, (2, 2), partial(_build, 3, 3, lambda torch, _, mask, x, y: torch.where(mask.bool(), x, y))
    ),
    "masked_fill": _oracle(
        {"value": NUMBER | st.sampled_from(("inf", "-inf"))},
        ("value",),
        {"value": 0},
        (1, 1),
        partial(_build, 2, 2, _filled),
    ),
    "lerp": _oracle({"fraction": NUMBER}, (), {"fraction": 0.5}, (1, 2), partial(_build, 2, 3, _lerp)),
}
