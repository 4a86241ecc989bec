"""Names of a spec in the code of a module: always identifiers, and nothing but names."""

from __future__ import annotations

import ast
import json
import keyword
import re
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.errors import SpecError
from cnnparams.targets.code.names import ATTRIBUTES, GLOBALS, METHODS, Namespace, class_name, identifier
from tests.specs import report_of
from tests.targets.code.exported import model_of, path, tensors, text_of, unexpected

IMAGE = {"channels": 4, "height": 8, "width": 8}
CONV = {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1}
MEANING = [
    "class",
    "None",
    "lambda",
    "self",
    "torch",
    "nn",
    "F",
    "math",
    "super",
    "range",
    "index",
    "print",
    "OrderedDict",
]
ATTRIBUTE = [
    "forward",
    "training",
    "parameters",
    "to",
    "append",
    "bfloat16",
    "_modules",
    "__init__",
    "__class__",
    "type",
]
TEXT = [
    "a b",
    'a"b',
    "a'b",
    "a\nb",
    "a\\",
    "1st",
    "é",
    "\ufb01",
    "日本",
    "e.f",
    '"""; import os; """',
    "\x00",
    "-",
    "",
    "a" * 300,
]
HOSTILE = [*MEANING, *ATTRIBUTE, *TEXT, "x", "out", "x1", "conv", "Model", "import os", "{x}", "%s", "\u2028", "fi"]


CALLED = {"nn", "torch", "F", "super", "self", "x", "out", "range", "OrderedDict", "model", "p", "print", "sum"}
"""What a module calls, or calls a method of, beside its own classes."""


def called(code: str) -> set[str]:
    """Return what begins a call in a module, other than the classes there."""
    tree = ast.parse(code)
    own = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {re.split(r"[.(\[]", ast.unparse(function))[0] for function in calls} - own


def networks(name: str) -> dict[str, dict[str, Any]]:
    """Return specs with a name wherever there may be one."""
    activated = {**CONV, "activation": "relu", "name": name}
    last = {"type": "conv2d", "name": "z", "out_channels": 2, "kernel_size": 1}
    unit = {"layers": [{**CONV, "name": name, "repeat": 17}, {"block": "inner"}]}
    inner = {"params": {name: 4}, "description": name, "layers": [{**CONV, "out_channels": name}, "relu"]}
    return {
        "layers": {
            "layers": [activated, {**CONV, "name": "y"}, {"type": "add", "from": [name, "y"], "name": "s"}, last]
        },
        "structures": {
            "layers": [
                {"type": "sequence", "name": name, "layers": [activated, {**CONV, "name": "q"}]},
                {"type": "residual", "name": "r", "layers": [activated], "shortcut": [CONV]},
                {"type": "parallel", "name": "p", "branches": [[activated], [CONV]], "join": "add"},
            ]
        },
        "blocks": {
            "blocks": {"inner": {"layers": [CONV]}, name: unit},
            "layers": [{"block": name, "repeat": 3, "name": name}],
        },
        "params": {"blocks": {"inner": inner}, "layers": [{"block": "inner", name: 5}, {"block": "inner", name: 6}]},
        "texts": {"name": name, "description": f'{name}\n"""\\N{{x}}' + "\\" * 99, "layers": [activated, last]},
        "words": {
            "vars": {"kind": name},
            "blocks": {"inner": {"params": {"word": None}, "layers": [{**CONV, "when": "word == kind"}, CONV]}},
            "layers": [{"block": "inner", "word": "kind"}, {"block": "inner", "word": "'other'"}],
        },
    }


@pytest.mark.parametrize("place", networks("any"))
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name(torch: ModuleType, name: str, place: str) -> None:
    spec, harmless = ({"input": IMAGE, **networks(each)[place]} for each in (name, "harmless"))
    try:
        code = text_of(spec)
    except SpecError:  # the name may not be used there
        return
    assert [*unexpected(code)] == []
    model = model_of(code)
    assert tensors(model) == tensors(model_of(text_of(harmless)))
    assert model(torch.zeros(2, 4, 8, 8, device="meta")).shape[0] == 2
    assert called(code) <= CALLED


KEYS = ["0", "12", "1st", "class", "lambda", "a-b", "日本", "\ufb01", "_conv", "__init__", "__own", "x", "self", "conv"]
TAKEN = [
    "type",
    "forward",
    "training",
    "parameters",
    "_modules",
    "_version",
    "append",
    "pop",
    "keys",
    "values",
    "update",
]


@pytest.mark.parametrize("name", [*KEYS, *TAKEN])
@pytest.mark.parametrize("place", ["layers", "structures", "blocks", "dotted"])
def test_the_state_of_a_module_has_the_names_of_the_spec(torch: ModuleType, name: str, place: str) -> None:
    """Whatever PyTorch may call a module: what is no attribute stands in _modules, where nn.Module itself has it."""
    inside = {"layers": [{**CONV, "name": name}, {"type": "parameter", "name": f"{name}p", "shape": [4, 1, 1]}]}
    spec = {
        "layers": [{**CONV, "name": name}, {**CONV, "name": "y"}, {"type": "add", "from": [name, "y"]}],
        "structures": [{"type": "sequence", "name": name, "layers": [{**CONV, "name": name}, {**CONV, "name": "y"}]}],
        "blocks": [{"block": "inner", "name": name}],
        "dotted": [
            {**CONV, "name": f"a.{name}"},
            {"type": "parameter", "name": f"p.{name}", "shape": [4, 1, 1]},
            {**CONV, "name": f"a.{name}.{name}"},
        ],
    }[place]
    text = {"input": IMAGE, "blocks": {"inner": inside}, "layers": spec}
    try:
        report = report_of(json.dumps(text))
    except SpecError:  # the name may not be used there
        return
    names = {path(layer, tensor) for layer in report.layers for tensor in layer.tensors}
    model = model_of(text_of(text))
    assert {*model.state_dict()} == names
    assert model(torch.zeros(2, 4, 8, 8, device="meta")).shape == (2, 4, 8, 8)


@pytest.mark.parametrize("names", [("m", "m.weight"), ("m", "m.weight.x"), ("p", "p.x"), ("m.x", "m"), ("m", "m.0")])
def test_what_is_called_as_if_inside_of_a_layer_stands_there_if_it_can(
    torch: ModuleType, names: tuple[str, str]
) -> None:
    layers = [
        {"type": "parameter", "name": name, "shape": [4, 1, 1]} if name[0] == "p" else {**CONV, "name": name}
        for name in names
    ]
    model = model_of(text_of({"input": IMAGE, "layers": layers}))
    assert len([*model.parameters()]) == 2 * (1 if names[0] == "p" else 2)
    if names[1] in ("m", "m.0"):
        assert {f"{names[1]}.weight", f"{names[0]}.weight"} <= {*model.state_dict()}


def test_several_inputs_keep_their_names_where_they_can(torch: ModuleType) -> None:
    spec = {"inputs": {"left": IMAGE, "self": IMAGE}, "layers": [{"type": "concat", "from": ["self", "left"]}]}
    code = text_of(spec)
    assert "def forward(self, left, self_):" in code
    assert "torch.cat([self_, left], dim=1)" in code


def test_every_attribute_of_a_module_is_known(torch: ModuleType) -> None:
    every = {name for name in dir(torch.nn.Module()) if not name.startswith("__")}
    assert every <= ATTRIBUTES
    more = {name for each in (torch.nn.Sequential, torch.nn.ModuleDict, torch.nn.ParameterDict) for name in dir(each())}
    assert {name for name in more - every if not name.startswith("__")} <= METHODS


@given(st.lists(st.text() | st.sampled_from(HOSTILE), max_size=8))
def test_names_are_identifiers_and_no_two_are_the_same(wanted: list[str]) -> None:
    given_ = Namespace(GLOBALS, ATTRIBUTES).add_all(wanted)
    assert given_.keys() == set(wanted)
    assert len(set(given_.values())) == len(given_)
    for name in given_.values():
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
        assert name not in GLOBALS | ATTRIBUTES


@given(st.text())
def test_a_class_has_an_identifier_for_a_name(wanted: str) -> None:
    assert class_name(wanted).isidentifier()
    assert identifier(class_name(wanted)) == class_name(wanted)


@pytest.mark.parametrize(
    ("wanted", "named"),
    {
        "simple_cnn": "SimpleCNN",
        "mobilenet_v2": "MobileNetV2",
        "resnext50_32x4d": "Resnext50_32x4d",
        "unet": "UNet",
        "conv_bn": "ConvBN",
        "basic": "Basic",
        "shufflenet_v2_x1_0": "ShuffleNetV2X1_0",
    }.items(),
)
def test_classes_are_named_as_people_name_them(wanted: str, named: str) -> None:
    assert class_name(wanted) == named


def test_a_name_that_can_stay_stays() -> None:
    assert Namespace({"forward"}).add_all(["a-b", "a_b", "forward", "conv1"]) == {
        "a-b": "a_b2",
        "a_b": "a_b",
        "forward": "forward_",
        "conv1": "conv1",
    }
