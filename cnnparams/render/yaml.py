"""A spec as YAML: a layer a line, in braces; what holds layers, key by key; remarks above the layers they are about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cnnparams.inert import yaml
from cnnparams.render.answer import Answer
from cnnparams.render.view import View
from cnnparams.screen import NO_END, width_for

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_EXPRESSION = re.compile(r"[\w(][\w.()]*( [\w.()*/+=!<>%-]+)+", re.ASCII)
_WORDS = ("true", "false", "null")
_STEP = 2  # columns that a list or a mapping stands further in than its key


_ENTRY = re.compile(r'(?P<indent> *)- \{type: [^,]+, name: "?(?P<name>[^,"}]+)')


def render(answer: Answer, view: View) -> Iterator[str]:
    """Yield the only document; its lines fit a terminal, where it goes to one."""
    room = min(view.width or NO_END, width_for(view.stream))
    for document in answer.documents(view.layout):
        yield from spec_lines(document, room if room < NO_END else None)


def marked(lines: Iterable[str], remarks: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of YAML with a layer in each, and before some of them, by name, comments."""
    for line in lines:
        entry = _ENTRY.match(line)
        if entry and entry["name"] in remarks:
            yield from (f"{entry['indent']}# {text}\n" for text in remarks[entry["name"]].splitlines())
        yield line


def spec_lines(spec: Mapping[str, Any], width: int | None = None) -> Iterator[str]:
    """Yield the spec, key by key, its lists item by item."""
    for key, value in spec.items():
        if isinstance(value, list):
            lines = [f"{key}:", *_list(value, _STEP, width)]
        elif isinstance(value, Mapping) and _has_entries(value):
            lines = [f"{key}:", *_mapping(value, _STEP, width)]
        else:
            lines = [f"{key}: {_text(value) if isinstance(value, str) else ', '.join(_atoms(value))}"]
        yield from (f"{line}\n" for line in lines)


def _list(items: Sequence[Any], indent: int, width: int | None) -> Iterator[str]:
    for item in items:
        inner = indent + _STEP
        if isinstance(item, list) and item:
            lines = list(_list(item, inner, width))
        elif _has_entries(item):
            lines = list(_mapping(item, inner, width))
        else:
            lines = _filled("", _atoms(item), inner, width)
        yield f"{' ' * indent}- {lines[0][inner:]}"
        yield from lines[1:]


def _mapping(values: Mapping[str, Any], indent: int, width: int | None) -> Iterator[str]:
    for key, value in values.items():
        head = f"{_text(key)}:"
        lines = _filled(f"{head} ", _atoms(value), indent, width)
        brief = isinstance(value, list) and len(value) == 1 and len(lines) == 1 and not _has_entries(value[0])
        if brief or not _has_entries(value):
            yield from lines
            continue
        yield f"{' ' * indent}{head}"
        yield from (_list if isinstance(value, list) else _mapping)(value, indent + _STEP, width)


def _has_entries(value: Any) -> bool:
    """Tell whether there is a list in a value that holds mappings, at any depth."""
    if isinstance(value, Mapping):
        return any(map(_has_entries, value.values()))
    return isinstance(value, list) and any(isinstance(item, Mapping) or _has_entries(item) for item in value)


def _filled(head: str, atoms: Sequence[str], indent: int, width: int | None) -> list[str]:
    """Return lines of atoms, as many in each as fit the width; where there is none, a single line."""
    lines, start = [], " " * indent + head
    line = start + atoms[0]
    for atom in atoms[1:]:
        if width is not None and len(line) + len(atom) + len(", ,") > width:
            lines.append(f"{line},")
            line = " " * (len(start) + 1) + atom
        else:
            line += f", {atom}"
    return [*lines, line]


def _atoms(value: Any) -> list[str]:
    """Return a value in braces and brackets, cut where a line may end: after each comma."""
    if isinstance(value, Mapping):
        inner = [[f"{_text(key)}: {first}", *rest] for key, item in value.items() for first, *rest in [_atoms(item)]]
        return _enclosed("{", inner, "}")
    if isinstance(value, list):
        return _enclosed("[", map(_atoms, value), "]")
    return [_expression(value) if isinstance(value, str) else json.dumps(value)]


def _enclosed(start: str, inner: Iterator[list[str]] | list[list[str]], end: str) -> list[str]:
    first, *rest = [atom for atoms in inner for atom in atoms] or [""]
    *rest, last = [f"{start}{first}", *rest]
    return [*rest, f"{last}{end}"]


def _expression(text: str) -> str:
    """Return text so that YAML reads it as text; an expression without brackets needs no quotes."""
    return text if _EXPRESSION.fullmatch(text) else _text(text)


def _text(text: str) -> str:
    """Return text so that YAML reads it as text."""
    is_plain = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS
    if is_plain:
        return text
    return yaml(text)
