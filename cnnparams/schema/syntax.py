"""What the YAML parser stumbled over, in words that say what to do about it."""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

import yaml

from cnnparams.errors import quote

MAX_DEPTH = 100
TOO_DEEP = (f"nested more than {MAX_DEPTH} levels deep", "close what is open before this")
_ALIGN = "indent the keys of one mapping alike, and the '-' of one list alike"


class Fault(NamedTuple):
    """Where a text stops being YAML (line and column from 0), why, and what to do about it."""

    line: int
    column: int
    message: str
    hint: str


_KNOWN = {
    "mapping values are not allowed": (
        "this ':' makes a key where none can stand",
        "write each key in its own line, indented like its neighbours, and a space after each ':'; "
        "text that contains ': ' goes in quotes",
    ),
    "sequence entries are not allowed": ("a '-' where no entry can be", "start the list in a line of its own"),
    "expected key": ("this stands outside of the mapping before it", _ALIGN),
    "expected '-'": ("this stands outside of the list before it", _ALIGN),
    "<block end>": ("this stands outside of what is before it", _ALIGN),
    "<document start>": ("this stands outside of what is before it", _ALIGN),
    "node content": ("a value is missing here", "write one, or remove the character"),
    "violates indentation": ("a tab in the indentation", "indent with spaces"),
    "indentation space": ("a tab in the indentation", "indent with spaces"),
    "unknown escape character": ("in double quotes, a backslash starts an escape", "use single quotes"),
    "undefined tag handle": ("tags are not understood", "remove the tag"),
    "maximum nesting depth": TOO_DEEP,  # of libyaml, which reads ahead and may get there first
    "alphabetic or numeric": ("a name must follow '&' and '*'", "put the text in quotes"),
}
"""What the parser says -> what we say, and a remedy."""

_AT_ITS_START = {
    "could not find expected ':'": ("a key without ':'", "write a ':' and a space after it"),
    "unexpected end of stream": ("this quote is never closed", "close it"),
    "directive": ("directives are not understood", "remove the line"),
    "incompatible YAML document": ("directives are not understood", "remove the line"),
}
"""The same for what the parser notices late: told where it starts."""


def fault(error: yaml.MarkedYAMLError, text: str) -> Fault:
    """Return what is wrong with a text that is not YAML."""
    found, start = error.problem_mark or error.context_mark, error.context_mark or error.problem_mark
    problem = error.problem or ""
    if found is None or start is None:
        return Fault(0, 0, _said(error), _ALIGN)
    if "cannot start any token" in problem:
        return Fault(found.line, found.column, *_bad_start(_character(text, found)))
    if "expected ',' or" in problem:
        return _unclosed(found, start, text)
    if (closing := _character(text, found)) in ("]", "}"):
        return Fault(found.line, found.column, f"a '{closing}' that closes nothing", "remove it")
    at_its_start = ((start, words) for part, words in _AT_ITS_START.items() if part in f"{error.context} {problem}")
    known = ((found, words) for part, words in _KNOWN.items() if part in problem)
    mark, words = next(chain(at_its_start, known), (found, (_said(error), _ALIGN)))
    return Fault(mark.line, mark.column, *words)


def _said(error: yaml.MarkedYAMLError) -> str:
    return " ".join(part for part in (error.context, error.problem) if part)


def _bad_start(character: str) -> tuple[str, str]:
    if character == "\t":
        return "a tab in the indentation", "indent with spaces"
    return f"a value cannot start with {quote(character)}", "put it in quotes"


def _unclosed(found: Any, start: Any, text: str) -> Fault:
    bracket = _character(text, start)
    closing = "]" if bracket == "[" else "}"
    if not _character(text, found):
        return Fault(start.line, start.column, f"this '{bracket}' is never closed", f"close it with '{closing}'")
    if _character(text, found) == "[" and text[found.index - 1 : found.index].isidentifier():
        hint = 'inside of braces, an expression with brackets goes in quotes: "depths[index]"'
        return Fault(found.line, found.column, "a '[' inside of a value", hint)
    hint = f"a ',' is missing before this, or the '{bracket}' in line {start.line + 1} is not closed"
    return Fault(found.line, found.column, f"expected ',' or '{closing}'", hint)


def _character(text: str, mark: Any) -> str:
    return text[mark.index : mark.index + 1]
