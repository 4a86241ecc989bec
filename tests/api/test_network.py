"""A network, of which anything can be asked."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

import cnnparams
from cnnparams.engine.shown import Shown
from tests.cli.run import run
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
    assert network.diff(network.set(size=224)).after.name == "resnet50"


def test_a_network_cannot_be_changed_but_given_other_values() -> None:
    network = cnnparams.load("mobilenet_v2")
    with pytest.raises(AttributeError):
        network.source = "another"  # type: ignore[misc]
    assert network.set(width=0.5).report().total_params != network.report().total_params


def test_a_family_stands_for_its_variants() -> None:
    names = [network.name for network in cnnparams.load("vgg").variants()]
    assert {"vgg11", "vgg16", "vgg19_bn"} <= {*names}


def test_its_numbers_are_those_of_its_report() -> None:
    network, report = cnnparams.load("mobilenet_v2"), cnnparams.count("mobilenet_v2")
    found = (network.params, network.trainable_params, network.frozen_params, network.buffers, network.macs)
    assert found == (
        report.total_params,
        report.trainable_params,
        report.frozen_params,
        report.buffers,
        report.total_macs,
    )


def test_layers_are_found_by_number_by_name_and_as_slices() -> None:
    network = cnnparams.load(SIMPLE_CNN)
    assert network.layers[0] == network.layers["conv1"] == network.report().layers["conv1"]
    assert [layer.name for layer in network.layers[1:3]] == [layer.name for layer in network.layers][1:3]
    assert len(network.layers) == 7
    with pytest.raises(KeyError, match="did you mean 'conv1'"):
        _ = network.layers["cnv1"]


def test_a_report_has_the_columns_that_are_asked_for() -> None:
    network = cnnparams.load(SIMPLE_CNN)
    table = network.report("peak-memory", "Buffer Size", batch=2, dtype="float16")
    assert list(table.rows()[0])[-2:] == ["peak-memory", "buffer-size"]
    assert table.rows()[0]["peak-memory"] == table.layers[0].live_bytes == network.report("live").layers[0].live_bytes
    assert list(network.report(columns="layer,macs").rows()[0]) == ["network", "layer", "macs"]
    assert network.report("params-per-sample", samples=1000).params_per_sample == 707.69


def test_a_report_is_in_the_order_that_is_asked_for() -> None:
    network = cnnparams.load("resnet18")
    most = network.report(sort="-params", top=2)
    assert [layer.name for layer in most.layers] == ["layer4.0.conv2", "layer4.1.conv1"]
    assert "2 of 51 layers, by Parameters." in str(most)
    assert most.total_params == network.params
    assert network.report(top=2) == most
    assert [layer.name for layer in network.report(depth=1, sort="name").layers][:2] == ["avgpool", "bn1"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"batch": 0}, "batch is a whole number from 1 on, not 0"),
        ({"dtype": "flaot16"}, "unknown dtype 'flaot16'\n  hint: did you mean 'float16'"),
        ({"optimizer": "rmsprop"}, "unknown optimizer 'rmsprop'\n  hint: choose from sgd, momentum, adam, adamw"),
        ({"device": "raspbery pico"}, "no device 'raspbery pico'; did you mean Raspberry Pi Pico"),
        ({"sort": "pramas"}, "unknown column 'pramas'\n  hint: did you mean 'params'"),
        ({"columns": ["output", "mcas"]}, "unknown column 'mcas'\n  hint: did you mean 'macs'"),
    ],
)
def test_what_nothing_is_called_is_told(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(cnnparams.CnnparamsError, match=re.escape(message)):
        cnnparams.load(SIMPLE_CNN).report(**asked)


def test_what_is_no_setting_is_an_error_of_the_call() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'bacth'"):
        cnnparams.load(SIMPLE_CNN).report(bacth=2)  # type: ignore[call-arg]


def test_memory_takes_its_limit_as_people_write_it() -> None:
    network = cnnparams.load(SIMPLE_CNN)
    found = network.memory(limit="1GiB", training=True, top=1, device="Raspberry Pi Pico 2", optimizer="sgd")
    assert found == network.memory(
        limit=2**30, training=True, top=1, device="Raspberry Pi Pico 2", optimizer="sgd", sort="-peak-memory"
    )
    assert found.fit
    assert found.room
    assert [layer["name"] for layer in found.to_dict()["timeline"]] == ["maxpool1"]
    with pytest.raises(cnnparams.CnnparamsError, match="limit: '1GoB' is not an amount"):
        network.memory(limit="1GoB")


def test_a_verdict_is_true_or_says_why_not() -> None:
    network = cnnparams.load("resnet18")
    assert network.check("params=12M", "peak-memory=4MiB")
    verdict = network.check("params=1M")
    assert not verdict
    assert repr(verdict).startswith("resnet18: params: 11,689,512 is 10,689,512 over the limit of 1,000,000; heaviest:")
    assert repr(network.check("params=12M")) == "resnet18: params: 11,689,512 is within the limit of 12,000,000"


def test_a_check_of_nothing_warns() -> None:
    with pytest.warns(cnnparams.CnnparamsWarning, match="no budget, so only the spec itself was checked"):
        assert cnnparams.load(SIMPLE_CNN).check()


UNREAD = """
input: {channels: 3, height: 8, width: 8}
layers:
  - {type: conv2d, out_channels: 4, kernel_size: 3}
  - {type: conv2d, out_channels: 4, kernel_size: 3, from: input}
"""


def test_remarks_are_warnings_at_the_line_that_asked() -> None:
    with pytest.warns(cnnparams.CnnparamsWarning, match="its output is not used") as told:
        _ = cnnparams.load(UNREAD).params
    assert [warning.filename for warning in told] == [__file__]
    assert not str(told[0].message).count("warning:")


def test_an_error_has_its_place_and_its_hint() -> None:
    with pytest.raises(cnnparams.SpecError) as raised:
        cnnparams.load(UNREAD.replace("out_channels", "out_chanels", 1))
    error = raised.value
    assert (error.file, error.line, error.column, error.hint) == ("<text>", 4, 20, "did you mean 'out_channels'?")
    assert len(error.problems) == 1
    with pytest.raises(cnnparams.CnnparamsError) as raised_by_word:
        cnnparams.load(SIMPLE_CNN).report("prams")
    found = raised_by_word.value
    assert (found.file, found.line, found.column, found.problems) == (None, None, None, ())
    assert found.hint == "did you mean 'params'?"


def test_a_network_is_written_as_what_it_was_read_from() -> None:
    network = cnnparams.load("mobilenet_v2", width=0.5)
    assert cnnparams.load(network.to_yaml()).params == cnnparams.load(network.to_dict()).params == network.params
    assert repr(network) == "<Network mobilenet_v2>"
    assert "class MobileNetV2(nn.Module)" in network.to_code()


def test_a_network_is_a_module_without_values_unless_asked() -> None:
    pytest.importorskip("torch")
    network = cnnparams.load(SIMPLE_CNN)
    model = network.to_pytorch()
    assert {parameter.device.type for parameter in model.parameters()} == {"meta"}
    assert sum(parameter.numel() for parameter in model.parameters()) == network.params
    assert {parameter.device.type for parameter in network.to_pytorch("cpu").parameters()} == {"cpu"}


ANSWERS: dict[str, Callable[[cnnparams.Network], Shown]] = {
    "count": lambda network: network.report(),
    "receptive-field": lambda network: network.receptive_field(),
    "memory --training": lambda network: network.memory(training=True),
    "explain": lambda network: network.explain(),
    "check --max params=1": lambda network: network.check("params=1"),
    "diff lenet5": lambda network: cnnparams.diff("lenet5", network),
}


@pytest.mark.parametrize("command", ANSWERS)
def test_an_answer_is_what_the_command_answers(command: str) -> None:
    answer = ANSWERS[command](cnnparams.load("simple_cnn"))
    words = [*command.split(), "simple_cnn"]
    ran = run(*words, "--json")
    assert answer.to_dict() == json.loads(ran.stdout)
    (document,) = answer.to_dicts()
    assert document == answer.to_dict()
    table = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout)))
    assert [[*row] for row in answer.rows()] == [[*row] for row in table]
    assert answer.to_string("markdown") == run(*words, "--format", "markdown").stdout.replace("--max", "limit")
    assert answer._repr_html_() in answer.to_string("html")
    assert answer.to_string("html") == run(*words, "--format", "html").stdout.replace("--max", "limit")
