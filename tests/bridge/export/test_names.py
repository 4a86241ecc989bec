"""Names of a spec in the code of a module: always identifiers, and nothing but names."""

from __future__ import annotations

import ast
import keyword
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.bridge.export.names import ATTRIBUTES, GLOBALS, Namespace, class_name, identifier
from cnnparams.errors import SpecError
from tests.bridge.export.exported import model_of, tensors, text_of, unexpected

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
    return {ast.unparse(function).partition(".")[0].partition("(")[0] for function in calls} - own


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


def test_several_inputs_keep_their_names_where_they_can(torch: ModuleType) -> None:
    spec = {"inputs": {"left": IMAGE, "self": IMAGE}, "layers": [{"type": "concat", "from": ["self", "left"]}]}
    code = text_of(spec)
    assert "def forward(self, left, self_):" in code
    assert "torch.cat([self_, left], dim=1)" in code


def test_every_attribute_of_a_module_is_known(torch: ModuleType) -> None:
    held = {*dir(torch.nn.Sequential()), *dir(torch.nn.Module())}
    assert {name for name in held if not name.startswith("_")} <= ATTRIBUTES


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
