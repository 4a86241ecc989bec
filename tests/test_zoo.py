"""Every network of the zoo against published figures: parameters, tensors, buffers, MACs, each layer with weights."""

from collections import Counter
from functools import cache
from typing import Any

import pytest

import cnnparams
from cnnparams.engine.reports.report import LayerReport, Report
from cnnparams.schema import zoo
from tests.specs import ROOT, reference

Row = tuple[tuple[int, ...], tuple[int, ...], int]

WITHOUT_COUNTERPART = {"simple_cnn", "lenet5"}  # tested against the tutorial and the paper, layer by layer
AUXILIARY = ("googlenet", "inception_v3")


@cache
def published() -> dict[str, Any]:
    torchvision, classics = reference("torchvision.json"), reference("classics.json")
    return {**torchvision["models"], **torchvision["segmentation"], **classics["models"]}


@cache
def count(name: str) -> Report:
    """Count a network as it is evaluated: heads that only training uses are left out."""
    return cnnparams.count(name, aux=False) if name in AUXILIARY else cnnparams.count(name)


def tensors(report: Report) -> dict[str, int]:
    """Return how many parameter tensors there are of each shape."""
    learned = (tensor for layer in report.layers for tensor in layer.tensors if tensor.role != "buffer")
    return dict(Counter("x".join(map(str, tensor.shape)) for tensor in learned))


def weighted(layer: LayerReport) -> Row:
    return (layer.input_shapes[0].dims, layer.output_shape.dims, layer.params)


def published_rows(expected: Any) -> list[Row]:
    """Return the layers that hold parameters and are run; a head that evaluation leaves out has no shapes."""
    return [(tuple(row[2]), tuple(row[3]), row[4]) for row in expected["layers"] if row[4] and row[2]]


def names() -> list[str]:
    return sorted(published())


@pytest.mark.parametrize("name", names())
def test_totals(name: str) -> None:
    report, expected = count(name), published()[name]
    whole = expected.get("without_aux", expected)
    assert report.input_shape.dims == tuple(expected["input"])
    assert report.total_params == report.trainable_params == whole["params"]
    assert report.buffers == whole["buffer_elements"]
    assert report.total_macs == expected.get("macs", expected.get("macs_conv_linear"))
    assert tensors(report) == whole["tensors"]


@pytest.mark.parametrize("name", names())
def test_layers_in_their_order(name: str) -> None:
    ours = [weighted(layer) for layer in count(name).layers if layer.params]
    assert ours == published_rows(published()[name])


@pytest.mark.parametrize("name", AUXILIARY)
def test_auxiliary_heads_are_counted_where_they_are_switched_on(name: str) -> None:
    report, expected = cnnparams.count(name), published()[name]
    assert (report.total_params, report.buffers) == (expected["params"], expected["buffer_elements"])
    assert tensors(report) == expected["tensors"]
    assert report.output_shape == count(name).output_shape


def test_every_member_of_the_zoo_has_published_figures() -> None:
    assert {member.name for member in zoo.members()} - WITHOUT_COUNTERPART == set(published())


def test_members_have_names_of_their_own() -> None:
    members = [member.name for member in zoo.members()]
    assert len(members) == len(set(members))


@pytest.mark.parametrize("path", zoo.families().values(), ids=lambda path: path.stem)
def test_a_file_begins_with_its_schema_and_its_source(path: Any) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=../docs/spec.schema.json"
    assert lines[1].startswith("# ")
    assert path.parent == ROOT / "specs"
