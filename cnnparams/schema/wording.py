"""What pydantic found wrong, in the words of this project: a message, and a remedy where there is one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cnnparams.errors import quote
from cnnparams.layers.settings import display
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
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("greater than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}
_YAML_1_1 = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


class Finding(NamedTuple):
    """A problem before it has a place: the way to the value (or to its key), a message and a remedy."""

    path: KeyPath
    message: str
    hint: str | None = None
    at_key: bool = False


def findings(error: ValidationError, model: type[BaseModel], also: Collection[str] = ()) -> Iterator[Finding]:
    """Yield what is wrong; `also` are keys that may stand beside those of the model.

    A misspelt key that must be there is two errors to pydantic (one unknown, one missing); here it is one.
    """
    details = error.errors(include_url=False)
    meant = set()
    for detail in details:
        if detail["type"] == "extra_forbidden":
            guess, finding = _unknown_key(detail, _model_at(model, detail["loc"][:-1]), also)
            meant.add((*detail["loc"][:-1], guess))
            yield finding
    for detail in details:
        if detail["type"] == "missing" and detail["loc"] not in meant:
            yield Finding(detail["loc"][:-1], f"missing key {quote(detail['loc'][-1])}", f"add {detail['loc'][-1]}: ...")
        elif detail["type"] not in ("missing", "extra_forbidden"):
            yield _wrong_value(detail)


def suggest(word: str, known: Collection[str]) -> str | None:
    """Return the known word that a misspelt one most resembles."""
    from difflib import get_close_matches  # only bad specs pay for it

    names = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    part = [name for name in names if len(word) > 2 and word.casefold() in name]
    return names[[*close, *part][0]] if close or part else None


def _unknown_key(detail: ErrorDetails, model: type[BaseModel], also: Collection[str]) -> tuple[str | None, Finding]:
    key = str(detail["loc"][-1])
    known = [*model.model_fields, *also]
    keras = {shown.keras: name for name, field in model.model_fields.items() if (shown := display(field)).keras}
    guess = keras.get(key) or suggest(key, known)
    hint = f"did you mean {quote(guess)}?" if guess else f"the keys here are {', '.join(known)}"
    return guess, Finding(detail["loc"], f"unknown key {quote(key)}", hint, at_key=True)


def _model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel]:
    for step in path:
        inner = model.model_fields[str(step)].annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return model


def _wrong_value(detail: ErrorDetails) -> Finding:
    path, kind, value, context = detail["loc"], detail["type"], detail["input"], detail.get("ctx", {})
    setting = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    if kind in _EXPECTED:
        return Finding(path, f"{setting}: expected {_EXPECTED[kind]}, but found {quote(value)}", _word_hint(kind, value))
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return Finding(path, f"{setting} must be {words} {context[bound]}, but is {quote(value)}")
    if kind == "literal_error":
        return Finding(path, f"{setting}: expected {context['expected']}, but found {quote(value)}")
    if kind == "string_pattern_mismatch":
        return Finding(path, f"{setting} {quote(value)} has characters that a name cannot have", "use letters, digits, - and _")
    if kind == "too_short":
        return Finding(path, f"{setting} is empty", f"give at least {context['min_length']}")
    return Finding(path, f"{setting}: {detail['msg']}" if setting else detail["msg"], _word_hint(kind, value))


def _word_hint(kind: str, value: object) -> str | None:
    if not isinstance(value, str):
        return None
    meant = _YAML_1_1.get(value.casefold())
    if kind == "bool_type":
        return f"write {meant}: in YAML 1.2, {value} is a word" if meant else None
    return f"in YAML 1.2, {value} is a word; write a number" if meant else None
