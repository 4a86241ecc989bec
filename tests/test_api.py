"""The Python API."""

import re

import pytest

import cnnparams
from tests.specs import SIMPLE_CNN


def test_count_takes_a_path_or_a_loaded_network() -> None:
    assert cnnparams.count(str(SIMPLE_CNN)).total_params == 707_690
    assert cnnparams.count(cnnparams.load(SIMPLE_CNN)) == cnnparams.count(SIMPLE_CNN)


def test_a_report_is_the_table_as_text() -> None:
    text = str(cnnparams.count(SIMPLE_CNN))
    assert re.search(r"conv1 +in=3, out=16, k=\(5, 5\), s=1, p=0 +\(64, 64, 3\)", text)  # before rich 14.3 a space more
    assert text.endswith("MACs               13,666,304")


def test_a_report_is_a_table_in_a_notebook() -> None:
    html = cnnparams.count(SIMPLE_CNN)._repr_html_()
    assert html.count("<tr>") == 8
    assert '<td style="text-align: right">692,352</td>' in html
    assert "Total parameters: <b>707,690</b>" in html


def test_a_report_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        cnnparams.count(SIMPLE_CNN).name = "another"  # type: ignore[misc]


def test_what_is_wrong_is_an_exception_with_every_problem() -> None:
    with pytest.raises(cnnparams.CnnparamsError, match=r"nowhere\.yaml: no such file"):
        cnnparams.count("nowhere.yaml")


def test_the_names_of_the_api_are_listed_and_others_are_not_there() -> None:
    assert set(dir(cnnparams)) >= {"CnnparamsError", "Report", "count", "load"}
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = cnnparams.nothing


def test_a_report_has_no_room_for_other_attributes() -> None:
    with pytest.raises(AttributeError):
        cnnparams.count(SIMPLE_CNN).note = "x"  # type: ignore[attr-defined]


def test_a_network_answers_what_is_asked_of_it() -> None:
    network = cnnparams.load("resnet50", size=160)
    assert (network.name, network.source) == ("resnet50", "resnet50")
    assert network.report().total_params == 25_557_032  # torchvision.models.resnet50
    assert network.graph.inputs[0].shape.dims == (3, 160, 160)
    assert network.graph is network.graph
    assert network.memory().report.weight_bytes == 4 * 25_557_032
    (layer,) = network.explain("fc").layers
    assert layer.name == "fc"
    assert network.check().balances == ()
    assert network.diff(network.set(size=224)).after.name == "resnet50"


def test_a_network_cannot_be_changed_but_given_other_values() -> None:
    network = cnnparams.load("mobilenet_v2")
    with pytest.raises(AttributeError):
        network.source = "another"  # type: ignore[misc]
    assert network.set(width=0.5).report().total_params != network.report().total_params


def test_a_family_stands_for_its_variants() -> None:
    names = [network.name for network in cnnparams.load("vgg").variants()]
    assert {"vgg11", "vgg16", "vgg19_bn"} <= {*names}
