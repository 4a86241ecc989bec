from __future__ import annotations

from typing import Any

import pytest

from cnnparams.sources.checking import spec_differences
from cnnparams.sources.reading import ModelTotals

SPEC = """
input: {features: 4}
layers:
  - {type: linear, out_features: 3}
  - {type: batch_norm1d, trainable: false}
"""
TOTALS = ModelTotals(trainable=15, frozen=6, buffers=7, outputs=((3,),), macs=12)


@pytest.mark.parametrize("totals", [TOTALS, TOTALS._replace(outputs=None), TOTALS._replace(macs=None)])
def test_a_spec_that_comes_to_the_totals_has_no_differences(totals: ModelTotals) -> None:
    assert list(spec_differences(SPEC, totals)) == []


TENSORS = {
    ((3, 4), "trainable"): 1,
    ((3,), "trainable"): 1,
    ((3,), "frozen"): 2,
    ((3,), "buffer"): 2,
    ((), "buffer"): 1,
}


def test_the_tensors_are_compared_by_shape_and_role_in_whatever_order() -> None:
    right = TOTALS._replace(tensors=TENSORS)
    assert list(spec_differences(SPEC, right)) == []
    seen = {kind: n for kind, n in TENSORS.items() if kind != ((3, 4), "trainable")}
    other = TOTALS._replace(tensors={((1, 3, 4), "trainable"): 1, **seen})
    assert list(spec_differences(SPEC, other)) == [
        "trainable tensors of shape [1, 3, 4]: 0 in the spec, 1 in the model",
        "trainable tensors of shape [3, 4]: 1 in the spec, 0 in the model",
    ]
    fewer = TOTALS._replace(tensors={**TENSORS, ((3,), "frozen"): 1})
    assert list(spec_differences(SPEC, fewer)) == ["frozen tensors of shape [3]: 2 in the spec, 1 in the model"]


def test_where_the_buffers_are_not_known_they_are_no_matter() -> None:
    learned = {kind: n for kind, n in TENSORS.items() if kind[1] != "buffer"}
    assert list(spec_differences(SPEC, TOTALS._replace(buffers=None, tensors=learned))) == []


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("trainable", 16, "trainable: 15 in the spec, 16 in the model"),
        ("frozen", 0, "frozen: 6 in the spec, 0 in the model"),
        ("buffers", 8, "buffers: 7 in the spec, 8 in the model"),
        ("outputs", ((3,), (2,)), "outputs: ((3,),) in the spec, ((3,), (2,)) in the model"),
        ("macs", 13, "macs: 12 in the spec, 13 in the model"),
    ],
)
def test_each_total_that_differs_is_told(name: str, value: Any, told: str) -> None:
    assert list(spec_differences(SPEC, TOTALS._replace(**{name: value}))) == [told]


def test_what_is_no_spec_differs_by_its_problem() -> None:
    (told,) = spec_differences("input: {features: 4}\nlayers: [{type: torch.fft.fft}]", TOTALS)
    assert "unknown layer type 'torch.fft.fft'" in told
