"""What to do about a value that pydantic refuses, where that can be told from the value."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from cnnparams.errors import brief, quote, suggest, yaml_text

_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
CUT = "inside of braces a ',' ends a value: put the expression in quotes"
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
    if key in model.model_fields and model.model_fields[key].examples:
        return example(key, model)
    if value is None:
        return "write a value after the ':', or remove the key"
    return _of_value(kind, value, context)


def example(key: str, model: type[BaseModel]) -> str:
    """Return what a key may look like; its field has examples."""
    return f"such as {key}: {yaml_text((model.model_fields[key].examples or [None])[0])}"


def _of_value(kind: str, value: Any, context: Mapping[str, Any]) -> str | None:
    if kind == "bool_type":
        return _boolean(value)
    if kind == "string_type" and isinstance(value, bool | int | float):
        return f'put it in quotes: "{str(value).lower()}"'
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
    if value.startswith("("):
        return f"write {value.strip('() ').join('[]') if value.endswith(')') else 'a list in brackets, such as [3, 3]'}"
    if value.isidentifier():
        return "declare it in vars, or as a param of the block, if it should be a name for a number"
    grouped = re.fullmatch(r"[0-9]{1,3}([,' ][0-9]{3}){1,5}", value)
    return f"write {re.sub('[^0-9]', '', value)}" if grouped else None
