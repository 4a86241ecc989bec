"""A flat list of layers and the spec recovered from it: the same network, said shortly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.network.stack import stack
from cnnparams.engine.reports.measure import measure
from cnnparams.render.yaml import spec_lines
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from cnnparams.sources.structure import recover
from cnnparams.sources.structure.recover import recovered, same_network
from tests.engine.drawn_specs import VARIANTS, specs
from tests.engine.graph_rows import drawn
from tests.engine.graph_rows import graph_of as graph_of_drawn
from tests.specs import ROOT, graph_of

SHORT = {"resnet50": 3, "mobilenet_v2": 3, "densenet121": 5, "convnext_tiny": 4, "efficientnet_b0": 4, "googlenet": 2}


def text_of(spec: Any) -> str:
    return "".join(spec_lines(spec, width=120))


def check(graph: Graph) -> str:
    """Recover the structure of a network; the text of it, read again, must be the same one."""
    flat = stack(graph)
    text = text_of(recovered(flat))
    read = graph_of(text)
    assert stack(read) == flat
    assert measure(read).layers == measure(graph).layers
    return text


@pytest.mark.parametrize("member", zoo.members(), ids=lambda member: member.name)
def test_a_network_of_the_zoo_is_the_same_with_its_structure_recovered(member: zoo.Member) -> None:
    check(build(load(member.name)))


@pytest.mark.parametrize(("name", "times"), SHORT.items())
def test_what_repeats_is_written_once(name: str, times: int) -> None:
    graph = build(load(name))
    assert times * check(graph).count("\n") < text_of(stack(graph)).count("\n")


@drawn(30)
@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)))
def test_a_drawn_network_is_the_same_with_its_structure_recovered(spec: dict[str, Any], variant: str) -> None:
    graph = graph_of_drawn(spec, variant)
    if graph.nodes:
        check(graph)


def flat_of(name: str) -> dict[str, Any]:
    return stack(build(load(name)))


def test_a_guess_that_is_no_spec_leaves_the_flat_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recover, "structured", lambda flat, *_, **__: {**flat, "blocks": {"unused": {"layers": 1}}})
    assert recovered(flat_of("resnet18")) == flat_of("resnet18")


def test_a_fault_in_finding_blocks_does_not_hide(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("anything")

    monkeypatch.setattr(recover, "structured", fail)
    with pytest.raises(KeyError):
        recovered(flat_of("resnet18"))


def test_a_spec_of_another_network_leaves_the_flat_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recover, "structured", lambda *_, **__: flat_of("resnet34"))
    assert recovered(flat_of("resnet18")) == flat_of("resnet18")


@pytest.mark.parametrize(
    ("key", "value"), [("name", "other"), ("bias", True), ("out_channels", 32), ("trainable", False), ("stride", 1)]
)
def test_one_changed_setting_is_another_network(key: str, value: Any) -> None:
    layer = {"type": "conv2d", "name": "conv", "out_channels": 16, "kernel_size": 3, "stride": 2, "bias": False}
    one, other = (
        graph_of(text_of({"input": {"channels": 3, "height": 8, "width": 8}, "layers": [entry]}))
        for entry in (layer, {**layer, key: value})
    )
    assert same_network(one, one)
    assert not same_network(one, other)


@pytest.mark.parametrize("name", ["resnet50", "mobilenet_v2", "vgg16"])
def test_the_text_is_as_a_person_would_write_it(name: str) -> None:
    golden = ROOT / "tests" / "sources" / "structure" / "golden" / f"{name}.yaml"
    assert check(build(load(name))) == golden.read_text(encoding="utf-8")
