"""The JSON Schema accepts a layer exactly where the tool does, for every type and random settings."""

from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from cnnparams.engine.choosing.budget import spec_schema
from cnnparams.layers.contract import registry
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES

VALIDATOR = jsonschema.Draft202012Validator(spec_schema())


def plain(value: Any) -> Any:
    """Return settings as YAML holds them: lists, not tuples."""
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def holds_text(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(holds_text, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str)


def accepted(name: str, settings: dict[str, Any]) -> bool:
    declaration = registry.find_type(name)
    assert declaration is not None
    try:
        registry.layer_class(declaration).model_validate(settings)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@examples(25)
def test_the_schema_and_the_models_accept_the_same_settings(name: str, data: st.DataObject) -> None:
    case = data.draw(ORACLES[name].cases)
    settings = {key: plain(value) for key, value in case.settings.items()}
    assume(accepted(name, settings) or not holds_text(settings))  # text may be an expression
    spec = {"input": {"features": 1}, "layers": [{"type": name, **settings}]}
    assert VALIDATOR.is_valid(spec) == accepted(name, settings)


def test_a_misspelt_setting_is_named_by_the_error() -> None:
    spec = {"input": {"features": 1}, "layers": [{"type": "linear", "out_featurs": 1}]}
    messages = [error.message for error in VALIDATOR.iter_errors(spec)]
    assert any("'out_featurs' was unexpected" in message for message in messages)
