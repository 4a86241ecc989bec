"""Laws: whatever a spec says, the exported module has its tensors, and computes what it computes."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.engine.reports.measure import measure
from cnnparams.errors import SpecError
from cnnparams.layers.contract.registry import layer_class
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose
from cnnparams.targets.code import module
from cnnparams.targets.code.holes import ConflictError
from cnnparams.targets.code.module import export
from tests.engine.drawn_specs import VARIANTS, specs
from tests.engine.saved_cases import specs_around
from tests.layers.answers import TYPES, Refusal, ours
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES
from tests.layers.oracles.case import Case
from tests.specs import spec_of
from tests.targets.code.exported import differences, model_of, path, text_of, unexpected

MOST_PARAMETERS = 300_000
"""Of a network whose values are computed; of a larger one only the shapes are."""


SEVERAL = {name for name, declared in TYPES.items() if layer_class(declared).least_inputs > 1}
ALONE = sorted(ORACLES.keys() - SEVERAL - {"depthwise_conv1d", "separable_conv1d", "clamp"})
"""Layers that take a single input, of whatever shape: those of Keras over signals want its channels named.

And no param can be called min, as a setting of clamp is: in expressions that is a function.
"""


def drawn(count: int) -> settings:
    return settings(examples(count), suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def misnamed(spec: Spec, code: str) -> list[str]:
    """Return the tensors of a spec of which an exported module has none of that name."""
    layers = [layer for layer in measure(build(spec)).layers if not layer.shares]
    names = {path(layer, tensor) for layer in layers for tensor in layer.tensors}
    state = model_of(code).state_dict(keep_vars=True)
    return (
        sorted(names ^ state.keys()) if len({*map(id, state.values())}) == len(state) else sorted(names - state.keys())
    )


def wrong(spec: Spec) -> list[str]:
    """Return what is wrong with the exported module of a spec."""
    code = export(spec)
    small = sum(p.numel() for p in model_of(code).parameters()) <= MOST_PARAMETERS
    return [
        *unexpected(code),
        *misnamed(spec, code),
        *differences(spec, code),
        *(differences(spec, code, "cpu") if small else []),
    ]


@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)))
@drawn(20)
def test_a_random_network(torch: ModuleType, spec: dict[str, Any], variant: str) -> None:
    assert wrong(choose(spec_of(json.dumps(spec)), variant, {})) == []


@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)))
@drawn(8)
def test_a_random_network_of_which_no_classes_can_be_made(
    torch: ModuleType, spec: dict[str, Any], variant: str
) -> None:
    def conflicting(*_: Any) -> Any:
        raise ConflictError("blocks")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "framed", conflicting)
        assert wrong(choose(spec_of(json.dumps(spec)), variant, {})) == []


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@drawn(2)
def test_a_layer(torch: ModuleType, name: str, data: st.DataObject) -> None:
    try:
        spec = spec_of(json.dumps(data.draw(specs_around(name, ORACLES[name].cases))))
        build(spec)
    except SpecError:
        return
    try:
        assert wrong(spec) == []
    except RuntimeError as refused:  # PyTorch views what enters it, which a permuted volume does not allow
        assume(name != "local_response_norm" or "view size is not compatible" not in str(refused))
        raise


def test_a_width_that_follows_from_a_param_that_follows_from_another(torch: ModuleType) -> None:
    wide = {"type": "conv2d", "out_channels": "extra + 4", "kernel_size": 1}
    block = {"params": {"out": None, "extra": "out + 6"}, "layers": [wide, wide, wide]}
    uses = [{"block": "b", "out": out} for out in (2, 5)]
    spec = {"input": {"channels": 3, "height": 4, "width": 4}, "blocks": {"b": block}, "layers": uses}
    code = text_of(spec)
    assert "hidden_channels = extra + 4" in code
    assert wrong(spec_of(json.dumps(spec))) == []


@pytest.mark.parametrize("value", [[2.0], [2], 2.0, [1.5], ["factor"], ["factor / 2"]], ids=str)
@pytest.mark.parametrize("setting", ["scale_factor", "size"])
def test_a_list_of_one_is_a_number_to_pytorch(torch: ModuleType, setting: str, value: Any) -> None:
    """As a param of a block, as a setting, and for all axes of an image, of which nn.Upsample takes no list of one."""
    if setting == "size" and value in ([2.0], 2.0, [1.5], ["factor / 2"]):
        pytest.skip("a size is a whole number")
    conv, other = {"type": "conv2d", "out_channels": 3, "kernel_size": 1}, [5] if setting == "size" else [4.0]
    spec = {
        "input": {"channels": 3, "height": 6, "width": 6},
        "vars": {"factor": 3},
        "blocks": {"up": {"params": {"by": None}, "layers": [conv, {"type": "upsample", setting: "by"}]}},
        "layers": [{"block": "up", "by": value}, {"block": "up", "by": other}, {"type": "upsample", setting: value}],
    }
    assert wrong(spec_of(json.dumps(spec))) == []


def in_a_block(name: str, case: Case, *uses: dict[str, Any]) -> str:
    """Write a spec of a block that is a layer, whose params are the settings that its uses give."""
    inputs = {f"x{i}": {"shape": list(dims)} for i, dims in enumerate(case.inputs)}
    layer = {"type": name, **case.settings, **{key: key for key in uses[0]}}
    layers = [{"block": "unit", "name": f"u{i}", "from": [*inputs], **use} for i, use in enumerate(uses)]
    blocks = {"unit": {"params": dict.fromkeys(uses[0]), "layers": [layer]}}
    return json.dumps({"inputs": inputs, "blocks": blocks, "layers": layers, "outputs": [e["name"] for e in layers]})


def is_network(text: str) -> bool:
    try:
        build(spec_of(text))
    except SpecError:
        return False
    return True


@pytest.mark.parametrize("name", ALONE)
@given(data=st.data())
@drawn(3)
def test_settings_that_are_params_of_a_block(torch: ModuleType, name: str, data: st.DataObject) -> None:
    """Numbers, and lists of one where a spec takes them: whatever is written for a param makes the layer."""
    case = data.draw(ORACLES[name].cases.filter(lambda case: not isinstance(ours(name, case), Refusal)))
    numbers = {key: value for key, value in case.settings.items() if type(value) in (int, float)}
    listed = {
        key: [value] if is_network(in_a_block(name, case, {**numbers, key: [value]})) else value
        for key, value in numbers.items()
    }
    text = in_a_block(name, case, listed, numbers)
    assume(is_network(text))
    assert wrong(spec_of(text)) == []
