"""What pydantic found wrong, in the words of this project: a message, and a remedy where there is one."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cnnparams.errors import brief, quote, some, suggest
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.keras import setting_remedy
from cnnparams.layers.contract.settings import display
from cnnparams.schema import remedies
from cnnparams.schema.source import KeyPath

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list of whole numbers",
    "model_type": "a mapping",
    "dict_type": "a mapping",
}
_VERBS = ("must ", "needs ", "is ")
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("greater than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}


class Finding(NamedTuple):
    """A problem before it has a place: the way to the value (or to its key), a message and a remedy."""

    path: KeyPath
    message: str
    hint: str | None = None
    at_key: bool = False


def findings(
    error: ValidationError, model: type[BaseModel], also: Collection[str] = (), pending: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield what is wrong; `also` are keys that may stand beside those of the model.

    A misspelt key that must be there is two errors to pydantic (one unknown, one missing); here it is one. Of `pending`
    keys the values are not yet known: they are not missing, and what is said of the model as a whole must wait.
    """
    details = [detail for detail in error.errors(include_url=False) if not _must_wait(detail, pending)]
    meant = set()
    for detail in details:
        if detail["type"] == "extra_forbidden":
            guess, finding = _unknown_key(detail, _model_at(model, detail["loc"][:-1]), also)
            meant.add((*detail["loc"][:-1], guess))
            yield finding
    for detail in details:
        if detail["type"] == "missing" and detail["loc"] not in meant:
            key = str(detail["loc"][-1])
            add = remedies.missing(key, _model_at(model, detail["loc"][:-1]))
            yield Finding(detail["loc"][:-1], f"missing key {quote(key)}", add)
        elif detail["type"] not in ("missing", "extra_forbidden"):
            hint = remedies.remedy(detail, _model_at(model, detail["loc"][:-1]))
            yield Finding((*detail["loc"], *detail.get("ctx", {}).get("at", ())), _wrong_value(detail), hint)


def _must_wait(detail: ErrorDetails, pending: Collection[str]) -> bool:
    if not detail["loc"]:
        return bool(pending)
    return detail["type"] == "missing" and detail["loc"][0] in pending


def _unknown_key(detail: ErrorDetails, model: type[BaseModel], also: Collection[str]) -> tuple[str | None, Finding]:
    key = str(detail["loc"][-1])
    guess, hint = _meant_by(key, model, [*keys(model), *also])
    return guess, Finding(detail["loc"], f"unknown key {quote(key)}", hint, at_key=True)


def _meant_by(key: str, model: type[BaseModel], known: list[str]) -> tuple[str | None, str]:
    before, colon, after = key.partition(":")
    if colon and before in known:
        return before, f"write a space after the ':': {before}: {brief(after)}"
    if key.count(")") > key.count("("):
        return None, remedies.CUT
    if of_keras := _of_keras(key, model):
        return of_keras
    inner = next((name for name in model.model_fields if key in _model_at(model, (name,)).model_fields), None)
    if inner:
        return inner, f"it belongs in {inner}, {remedies.example(inner, model)}"
    guess = suggest(key, known) or _only([name for name in known if _stem(name) == _stem(key)])
    return guess, f"did you mean {quote(guess)}?" if guess else f"the keys here are {some(known)}"


def _of_keras(key: str, model: type[BaseModel]) -> tuple[str | None, str] | None:
    """Return the setting that a word of Keras' alone means, if it has one here, and what to do."""
    if not issubclass(model, Layer):
        return None
    named = next((name for name, field in model.model_fields.items() if display(field).keras == key), None)
    remedy = f"write {named}" if named else setting_remedy(model, key)
    if remedy is None:
        return None
    return named, "; ".join(filter(None, (f"{key} is a Keras setting: {remedy}", model.unlike_keras)))


def keys(model: type[BaseModel]) -> list[str]:
    """Return the keys of a model as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _stem(key: str) -> str:
    return key.partition("_")[0]


def _only(names: list[str]) -> str | None:
    return names[0] if len(names) == 1 else None


def _model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel]:
    for step in path:
        field = model.model_fields.get(str(step))
        if field and isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            model = field.annotation
    return model


def _wrong_value(detail: ErrorDetails) -> str:
    path, kind, value, context = detail["loc"], detail["type"], detail["input"], detail.get("ctx", {})
    setting = next((str(step) for step in reversed(path) if isinstance(step, str)), "").replace("[key]", "the name")
    if kind in _EXPECTED:
        return f"{setting}: expected {_EXPECTED[kind]}, but found {quote(value)}"
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"{setting} must be {words} {context[bound]:g}, but is {quote(value)}"
    if kind == "literal_error":
        return f"{setting}: expected {context['expected']}, but found {quote(value)}"
    if kind == "string_pattern_mismatch":
        return f"{setting} {quote(value)} has characters that a name cannot have" if value else f"{setting} is empty"
    if kind == "too_short":
        return f"{setting} is empty"
    separator = " " if detail["msg"].startswith(_VERBS) else ": "
    return separator.join(part for part in (setting, detail["msg"]) if part)
