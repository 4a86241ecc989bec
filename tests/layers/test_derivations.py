"""Every derivation of every layer type: each formula gives its result, and the results are the layer's numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from math import ceil, floor

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from pydantic import ValidationError

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import MACS, Derivation, Layer, Step
from tests.layers.answers import resolved, samples
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES
from tests.layers.oracles.case import Case, Dims

FUNCTIONS = {"__builtins__": {}, "floor": floor, "ceil": ceil, "min": min, "max": max}
OUTPUTS = ("output ", "inferred size")


def draw_valid(name: str, data: st.DataObject) -> tuple[Layer, Case]:
    case = data.draw(ORACLES[name].cases)
    try:
        return resolved(name, case), case
    except (ValidationError, LayerError):
        reject()


def evaluate(step: Step, known: Mapping[str, float]) -> float:
    value = eval(step.formula, FUNCTIONS, dict(known))
    assert isinstance(value, int | float)
    return value


def known_before(derivation: Derivation, index: int) -> dict[str, float]:
    """Return what a step may use: the symbols that no step defines later, and the results of the steps before it."""
    later = {step.symbol for step in derivation.steps[index:]}
    tensors = {step.symbol: step.result for step in derivation.steps[:index]}
    return {**{name: value for name, value in derivation.symbols.items() if name not in later}, **tensors}


REORDERED = ("permute", "reshape", "squeeze", "unsqueeze")
"""Types whose output is the input in another order, or what was asked for: there may be nothing to derive."""


def stands_within(run: list[int], dims: Dims) -> bool:
    """Tell whether the numbers stand side by side in the dimensions."""
    return any(list(dims[i : i + len(run)]) == run for i in range(len(dims) + 1))


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@examples(40)
def test_every_formula_gives_its_result(name: str, data: st.DataObject) -> None:
    layer, case = draw_valid(name, data)
    derivation = layer.derivation(*samples(case))
    for index, step in enumerate(derivation.steps):
        assert evaluate(step, known_before(derivation, index)) == step.result


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@examples(40)
def test_the_results_are_the_numbers_of_the_layer(name: str, data: st.DataObject) -> None:
    layer, case = draw_valid(name, data)
    inputs = samples(case)
    steps = layer.derivation(*inputs).steps
    results = {step.quantity: step.result for step in steps}
    sizes = [step.result for step in steps if step.quantity.startswith(OUTPUTS)]
    output = layer.output_shape(*inputs).dims
    assert stands_within(sizes, output)
    assert sizes or output == case.dims or name in REORDERED
    elements = {tensor.name: math.prod(tensor.shape) for tensor in layer.tensors(*inputs)}
    learned = [elements[tensor.name] for tensor in layer.tensors(*inputs) if tensor.learned]
    assert elements.items() <= results.items()
    assert (results["parameters"], results[MACS]) == (sum(learned), layer.macs(*inputs))
    assert results.get("buffers", 0) == sum(elements.values()) - sum(learned)


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@examples(20)
def test_resolving_again_changes_nothing(name: str, data: st.DataObject) -> None:
    layer, case = draw_valid(name, data)
    assert layer.resolve(*samples(case)) == layer
