"""What a plain YAML word means: the core schema of YAML 1.2, in which `on`, `yes` and `12:30` are just words."""

from __future__ import annotations

import re

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMBER = re.compile(
    r"(?P<whole>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hexadecimal>[0-9a-fA-F]+)"
    r"|(?P<real>[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)"
)
_BASES = {"whole": 10, "octal": 8, "hexadecimal": 16}
_LARGEST = 2**63 - 1
_LONGEST = 25  # characters: the digits of 64 bits in base 8, with room for a sign


def resolve(text: str) -> bool | int | float | str | None:
    """Return the value of a plain scalar; raise ValueError, saying what it is, where 64 bits cannot hold it."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("not a finite number")
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    kind = str(match.lastgroup)
    return _real(text) if kind == "real" else _whole(match[kind], _BASES[kind])


def _whole(digits: str, base: int) -> int:
    value = int(digits, base) if len(digits) <= _LONGEST or base != 10 else _LARGEST + 1
    if abs(value) > _LARGEST:
        raise ValueError("an integer beyond 64 bits")
    return value


def _real(text: str) -> int | float:
    value = float(text)
    if abs(value) > _LARGEST:
        raise ValueError("a number beyond 64 bits")
    if "." in text or not value.is_integer():
        return value  # 2.0 stays a float, as scale factors are
    digits, _, exponent = text.casefold().partition("e")
    return int(digits) * 10 ** int(exponent) if value and int(exponent) > 0 else int(value)  # 1e6 is a million
