"""A statement on one line -> the lines that a formatter makes of it (the style of Black and of Ruff).

What is too long is broken at its last brackets: what stands between them goes on a line of its own; where that is too
long as well each of its items does, with a comma behind it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

WIDTH = 88

_INDENT = "    "
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"| (?:for|if|else|or|and|[-+*/]) |, |[(\[{]|[)\]}]|[^"()\[\]{}, ]+|.')
_START = re.compile(r'(?:return |if |(?:[\w.\[\]"]+, )*[\w.\[\]"]+ = )?')
_NAMED = re.compile(r'(?:\*|\w+=|"\w+": )?')
_COMMA = (", ",)
_OPERATORS = ((" for ",), (" if ", " else "), (" or ",), (" and ",), (" + ", " - "), (" * ", " / "))
"""Where a line may be broken, the weakest first."""


def lines(statement: str, depth: int) -> list[str]:
    """Return the lines of a statement, indented to a depth."""
    if _fits(statement, depth):
        return [_INDENT * depth + statement]
    start = _matched(_START, statement)
    end = ":" if start == "if " else ""
    value = statement[len(start) : len(statement) - len(end)]
    if "," in start or len(_parts(value, _COMMA)) > 1 or len(_operands(value)) > 1:
        return [f"{_INDENT * depth}{start}(", *_inside(value, depth + 1, each=True), f"{_INDENT * depth}){end}"]
    return list(_bracketed(start, value, end, depth))


def _fits(text: str, depth: int) -> bool:
    return len(_INDENT) * depth + len(text) <= WIDTH


def _matched(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return found.group() if found else ""


def _inside(body: str, depth: int, *, each: bool) -> Iterator[str]:
    """Yield the lines of what stands between brackets; `each` item of several has a line of its own."""
    items = _parts(body, _COMMA)
    if _fits(body, depth) and not (each and len(items) > 1):
        yield _INDENT * depth + body
    elif len(items) > 1:
        for item in items:
            yield from _item(item.removeprefix(", "), ",", depth)
    else:
        yield from _item(body, "", depth)


def _item(item: str, end: str, depth: int) -> Iterator[str]:
    """Yield the lines of one of several things between brackets."""
    if _fits(item + end, depth):
        yield f"{_INDENT * depth}{item}{end}"
        return
    *operands, last = _operands(item)
    for operand in operands:
        yield from _operand(operand, "", depth)
    yield from _operand(last, end, depth)


def _operand(operand: str, end: str, depth: int) -> Iterator[str]:
    start = _matched(_NAMED, operand)
    if _fits(operand + end, depth):
        yield f"{_INDENT * depth}{operand}{end}"
    else:
        yield from _bracketed(start, operand[len(start) :], end, depth)


def _bracketed(start: str, value: str, end: str, depth: int) -> Iterator[str]:
    """Yield the lines of what has brackets: up to them, what is between, and from them on."""
    groups = _groups(value)
    if not groups:
        yield f"{_INDENT * depth}{start}{value}{end}"
        return
    opened, closed = next((at for at in reversed(groups) if _fits(start + value[: at[0]], depth)), groups[0])
    yield f"{_INDENT * depth}{start}{value[:opened]}"
    called = re.search(r"[\w)\]][(\[]$", value[:opened])
    yield from _inside(value[opened:closed], depth + 1, each=not called)
    yield f"{_INDENT * depth}{value[closed:]}{end}"


def _operands(text: str) -> list[str]:
    """Return what stands between the weakest operators, each with the operator before it."""
    return next((parts for signs in _OPERATORS if len(parts := _parts(text, signs)) > 1), [text])


def _parts(text: str, signs: Collection[str]) -> list[str]:
    """Cut a text before these signs, where they are not inside of brackets or quotes."""
    parts, level = [""], 0
    for token in _TOKEN.findall(text):
        level += (token in "([{") - (token in ")]}")
        if level == 0 and token in signs:
            parts.append("")
        parts[-1] += token if parts[-1] or len(parts) == 1 or token == ", " else token.lstrip()
    return parts


def _groups(text: str) -> list[tuple[int, int]]:
    """Return where the outermost brackets that hold something are: after the opening one, and before the closing."""
    groups, level, at, opened = [], 0, 0, 0
    for token in _TOKEN.findall(text):
        if token in "([{":
            level += 1
            opened = at + 1 if level == 1 else opened
        elif token in ")]}":
            level -= 1
            if level == 0 and at > opened:
                groups.append((opened, at))
        at += len(token)
    return groups
