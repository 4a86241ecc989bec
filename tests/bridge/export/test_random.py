"""Laws: whatever a spec says, the exported module has its tensors, and computes what it computes."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnparams.bridge.export import module
from cnnparams.bridge.export.holes import ConflictError
from cnnparams.bridge.export.module import export
from cnnparams.engine.build import build
from cnnparams.errors import SpecError
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose
from tests.bridge.export.exported import differences, model_of, text_of, unexpected
from tests.engine.drawn_specs import VARIANTS, specs
from tests.engine.saved_cases import specs_around
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES
from tests.specs import spec_of

MOST_PARAMETERS = 300_000
"""Of a network whose values are computed; of a larger one only the shapes are."""


def drawn(count: int) -> settings:
    return settings(examples(count), suppress_health_check=[HealthCheck.too_slow])


def wrong(spec: Spec) -> list[str]:
    """Return what is wrong with the exported module of a spec."""
    code = export(spec)
    small = sum(p.numel() for p in model_of(code).parameters()) <= MOST_PARAMETERS
    return [*unexpected(code), *differences(spec, code), *(differences(spec, code, "cpu") if small else [])]


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
    assert wrong(spec) == []


def test_a_width_that_follows_from_a_param_that_follows_from_another(torch: ModuleType) -> None:
    wide = {"type": "conv2d", "out_channels": "extra + 4", "kernel_size": 1}
    block = {"params": {"out": None, "extra": "out + 6"}, "layers": [wide, wide, wide]}
    uses = [{"block": "b", "out": out} for out in (2, 5)]
    spec = {"input": {"channels": 3, "height": 4, "width": 4}, "blocks": {"b": block}, "layers": uses}
    code = text_of(spec)
    assert "hidden_channels = extra + 4" in code
    assert wrong(spec_of(json.dumps(spec))) == []
