"""Whatever the bytes of a spec, the answer is a report or a SpecError that reads well, and it comes soon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.engine.network.builder import MOST_LAYERS
from cnnparams.engine.reports.measure import measure
from cnnparams.errors import SpecError
from cnnparams.layers.contract import registry
from cnnparams.schema.compose import compose
from cnnparams.schema.entries import ENTRY_KEYS
from cnnparams.schema.keys import INPUT
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text, read
from tests.cpu import at_most
from tests.specs import ROOT

VALID = (ROOT / "specs/simple_cnn.yaml").read_text(encoding="utf-8")
FORMS = {
    1: ("features",),
    2: ("channels", "length"),
    3: ("channels", "height", "width"),
    4: ("channels", "depth", "height", "width"),
}
fuzz = settings(max_examples=200)
SECONDS = 20

words = st.sampled_from(
    ["", "~", "relu", "same", "on", "1e3", "0x1F", ".inf", "*a", "&a", "<<", "!!int", "\t", "- ", "{", "]"]
)
large = st.integers(-(2**70), 2**70).filter(lambda n: not 1_000 < n <= MOST_LAYERS)  # many take seconds
numbers = st.one_of(st.integers(-3, 70), large, st.floats())
scalars = st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=5), words)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def answer(source: Text) -> None:
    """Take a spec as far as it goes; a refusal must read well."""
    if refusal := _refusal(source):
        assert refusal.problems
        assert str(refusal).replace("\n", "").isprintable()
        assert all(problem.place or problem.source for problem in refusal.problems)


def _refusal(source: Text) -> SpecError | None:
    with at_most(SECONDS):
        try:
            graph = build(parse(compose(source)))
        except SpecError as error:
            return error
        measure(graph)
        for node in graph.nodes:
            node.layer.derivation(*node.input_shapes)
    return None


@fuzz
@given(data=st.binary(max_size=200))
@example(data=b"\xff\xfea\0:\0")
@example(data=b"\xef\xbb\xbf")
@example(data=b"a: \xed\xa0\x80")
def test_bytes(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = Path(tmp_path_factory.getbasetemp()) / "fuzz.yaml"
    path.write_bytes(data)
    try:
        source = read(path)
    except SpecError:
        return
    answer(source)


@fuzz
@given(text=st.text(max_size=100))
@example(text='a: "\\ud800"')
@example(text="\ud800")
@example(text="a: \x85b: [\u2028")
def test_text(text: str) -> None:
    answer(Text("fuzz", text))


@fuzz
@given(data=st.data())
def test_a_valid_spec_with_its_text_cut_and_spliced(data: st.DataObject) -> None:
    text = VALID
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 20)))
        inserted = data.draw(st.one_of(words, st.text(max_size=3), st.just(text[start:end] * 2), numbers.map(str)))
        text = text[:start] + inserted + text[end:]
    answer(Text("fuzz", text))


@fuzz
@given(value=values, data=st.data())
def test_a_valid_spec_with_any_value_in_any_place(value: Any, data: st.DataObject) -> None:
    spec = yaml.safe_load(VALID)
    at = spec
    while True:
        step = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[step], dict | list) or not at[step] or data.draw(st.booleans()):
            at[step] = value
            break
        at = at[step]
    answer(Text("fuzz", yaml.safe_dump(spec, allow_unicode=True)))


@fuzz
@given(budget=st.dictionaries(st.sampled_from(["params", "peak-memory", "peak_memory", "x"]) | words, values | numbers))
def test_any_budget(budget: dict[str, Any]) -> None:
    spec = {"budget": budget, **yaml.safe_load(VALID)}
    answer(Text("fuzz", yaml.safe_dump(spec, allow_unicode=True)))


@pytest.mark.parametrize("declaration", tuple(registry.declarations()), ids=lambda declaration: declaration.name)
def test_any_layer_with_any_value_in_any_setting(declaration: registry.Declaration) -> None:
    """Also twice in a row, so that what came out of the first goes into the second."""
    layer = registry.layer_class(declaration)
    keys = sorted({*ENTRY_KEYS, *layer.model_fields, "activation"})

    def entry(changes: dict[str, Any], source: str) -> dict[str, Any]:
        sources = {"from": [INPUT, source]} if layer.least_inputs > 1 else {}
        return {"type": declaration.name, **sources, **declaration.example, **changes}

    @settings(fuzz, max_examples=25)
    @given(changes=st.dictionaries(st.sampled_from(keys), values | numbers, max_size=3))
    def check(changes: dict[str, Any]) -> None:
        dims = declaration.example_input
        layers = [entry(changes, INPUT), {**entry(changes, f"{layer.stem}1"), "name": "again"}]
        spec = {INPUT: dict(zip(FORMS[len(dims)], dims, strict=True)), "layers": layers}
        answer(Text("fuzz", yaml.safe_dump(spec, allow_unicode=True)))

    check()
