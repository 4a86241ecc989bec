"""What to do about a value that pydantic refuses, where that can be told from the value."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from cnnparams.errors import brief, quote, suggest, yaml_text

_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
CUT = "inside of braces a ',' ends a value: put the expression in quotes"
_INPUT = "input"
_SIZES = {1: ("features",), 2: ("channels", "length"), 3: ("channels", "height", "width")}
_COLOURS = (1, 3)
_PERCENT = 100
_NUMBERS = ("int_type", "int_from_float", "float_type", "per_axis")


def missing(key: str, model: type[BaseModel]) -> str:
    """Return how to add a key: its example, or what it means."""
    field = model.model_fields[key]
    return f"add {key}: {yaml_text(field.examples[0])}" if field.examples else f"add {key}: ... ({field.description})"


def remedy(detail: ErrorDetails, model: type[BaseModel]) -> str | None:
    """Return what to do about one of pydantic's errors; `model` is the model whose value is wrong."""
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    if "hint" in context:
        return str(context["hint"])
    if kind == "list_type" and isinstance(value, dict):
        return "start each entry with '- '"
    if key == _INPUT and (written := _input(value)):
        return f"write input: {yaml_text(written)}"
    if key in model.model_fields and model.model_fields[key].examples:
        return example(key, model)
    if value is None:
        return "write a value after the ':', or remove the key"
    return _of_value(kind, value, context)


def _input(value: Any) -> dict[str, int] | None:
    """Return an input that is written as its sizes alone: [3, 224, 224], [224, 224, 3] or 3x224x224."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}(x[0-9]{1,9})*", value):
        value = [int(size) for size in value.split("x")]
    if not isinstance(value, list) or not all(type(size) is int for size in value) or len(value) not in _SIZES:
        return None
    if len(value) == len(_SIZES[3]) and value[-1] in _COLOURS and value[0] not in _COLOURS:
        value = [value[-1], *value[:-1]]
    return dict(zip(_SIZES[len(value)], value, strict=True))


def example(key: str, model: type[BaseModel]) -> str:
    """Return what a key may look like; its field has examples."""
    return f"such as {key}: {yaml_text((model.model_fields[key].examples or [None])[0])}"


def _of_value(kind: str, value: Any, context: Mapping[str, Any]) -> str | None:
    if kind == "bool_type":
        return _boolean(value)
    if kind == "string_type" and isinstance(value, bool | int | float):
        return f'put it in quotes: "{str(value).lower()}"'
    if kind == "less_than_equal" and context.get("le") == 1 and 1 < value <= _PERCENT:
        return f"write {value / _PERCENT:g} for {value:g}%"
    if kind == "too_short":
        return "give at least one"
    if kind == "tuple_type" and isinstance(value, int):
        return f"write [{value}]"
    if kind == "string_pattern_mismatch":
        meant = re.sub(r"[^\w-]+", "_", brief(value)).strip("_-")
        return "use letters, digits, - and _" + (f", such as {meant}" if meant else "")
    if kind == "literal_error":
        guess = suggest(value, re.findall("'([^']*)'", context["expected"])) if isinstance(value, str) else None
        return f"did you mean {quote(guess)}?" if guess else None
    return _number(value) if kind in _NUMBERS else None


def _boolean(value: Any) -> str | None:
    if isinstance(value, str) and value.casefold() in _BOOLEANS:
        return f"write {_BOOLEANS[value.casefold()]}: in YAML 1.2, {value} is a word"
    if isinstance(value, str) and value.casefold() in ("true", "false"):
        return f"write {value.casefold()}, without quotes"
    return f"write {str(bool(value)).lower()}" if value in (0, 1) else None


def _number(value: Any) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return f"write {int(value)}"
    if isinstance(value, list):
        return next(filter(None, map(_number, value)), None)
    if not isinstance(value, str):
        return None
    if value.count("(") > value.count(")") and not value.startswith("("):
        return CUT
    return _word(value)


def _word(value: str) -> str | None:
    """Return what to write instead of text that should be a number."""
    if value.casefold() in _BOOLEANS and len(value) > 1:
        return f"in YAML 1.2, {value} is a word; write a number"
    if re.fullmatch(r"[0-9]{1,9}([xX*][0-9]{1,9})+", value):
        return f"write [{', '.join(re.split('[xX*]', value))}]"
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,9})?%", value):
        return f"write {float(value[:-1]) / _PERCENT:g}"
    if value.startswith("("):
        return f"write {value.strip('() ').join('[]') if value.endswith(')') else 'a list in brackets, such as [3, 3]'}"
    if value.isidentifier():
        return "declare it in vars, or as a param of the block, if it should be a name for a number"
    grouped = re.fullmatch(r"[0-9]{1,3}([,' ][0-9]{3}){1,5}", value)
    return f"write {re.sub('[^0-9]', '', value)}" if grouped else None
