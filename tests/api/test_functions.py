"""What is asked of several networks, or of none."""

import json
import re

import pytest

import cnnparams
from cnnparams.schema import zoo
from tests.cli.run import run
from tests.specs import SIMPLE_CNN


def test_networks_are_compared_as_the_command_does() -> None:
    found = cnnparams.compare("lenet5", cnnparams.load(SIMPLE_CNN), sort="-macs", batch=2)
    assert found.reports[0].name == "lenet5"
    ran = run("compare", "lenet5", str(SIMPLE_CNN), "--sort", "-macs", "--batch", "2")
    assert repr(found) == ran.stdout.strip("\n")
    shown = cnnparams.compare("lenet5", SIMPLE_CNN, columns="input,flops", plot=True)
    assert [row["total_flops"] for row in shown.rows()] == [2 * report.total_macs for report in shown.reports]
    assert "MACs" in repr(shown)
    assert shown.to_dict() == {"networks": shown.to_dicts()}


def test_a_family_is_compared_by_its_variants() -> None:
    assert [row["name"] for row in cnnparams.compare("vgg", top=2).rows()] == ["vgg19_bn", "vgg19"]


def test_a_comparison_by_nothing_that_is_measured_is_an_error() -> None:
    with pytest.raises(cnnparams.CnnparamsError, match="unknown quantity 'mcas'"):
        cnnparams.compare("lenet5", sort="mcas")


def test_a_difference_is_the_same_from_either_side_of_the_api() -> None:
    a, b = cnnparams.load("resnet18"), cnnparams.load("resnet34")
    assert cnnparams.diff("resnet18", b, batch=4) == a.diff("resnet34", batch=4) == a.diff(b, batch=4)


def test_layer_types_are_described() -> None:
    assert cnnparams.layer_types("conv2d").to_dict() == json.loads(run("layers", "conv2d", "--json").stdout)
    assert "conv_transpose2d" in repr(cnnparams.layer_types())
    with pytest.raises(cnnparams.CnnparamsError, match="conv2d"):
        cnnparams.layer_types("conv2b")


def test_the_zoo_is_listed() -> None:
    assert [network.name for network in cnnparams.specs()] == [member.name for member in zoo.members()]


def test_the_schema_is_that_of_the_command() -> None:
    assert cnnparams.json_schema() == json.loads(run("schema").stdout)


def test_a_network_is_verified() -> None:
    torch = pytest.importorskip("torch")
    assert cnnparams.verify("lenet5")
    other = torch.nn.Sequential(torch.nn.Conv2d(3, 16, 5))
    found = cnnparams.verify(SIMPLE_CNN, other)
    assert not found
    assert re.search("only in simple_cnn: ", repr(found))
    assert not cnnparams.verify(SIMPLE_CNN, "torch.nn:Identity")
