"""Values of a spec for the second evaluator: Python's own eval over the names in scope."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

Keys = Mapping[str, Any]
FUNCTIONS = {"__builtins__": {}, "min": min, "max": max, "round": round, "abs": abs, "len": len} | {
    **{"ceil": math.ceil, "floor": math.floor, "true": True, "false": False}
}


def evaluated(value: Any, scope: Keys) -> Any:
    """Return a value with every expression in it worked out; a name that means nothing is a word."""
    if isinstance(value, list):
        return [evaluated(item, scope) for item in value]
    if isinstance(value, dict):
        return {key: evaluated(item, scope) for key, item in value.items()}
    if not isinstance(value, str) or (value.isidentifier() and value not in scope):
        return value
    return eval(value, FUNCTIONS, dict(scope))


def listed(value: Any) -> list[Any]:
    """Return a list of what may be one, or nothing."""
    return value if isinstance(value, list) else [] if value is None else [value]


def variables_of(written: Keys) -> dict[str, Any]:
    """Work out vars in the order in which they need each other."""
    found: dict[str, Any] = {}
    while len(found) < len(written):
        for name in written.keys() - found.keys():
            if not re.findall(rf"\b({'|'.join(written.keys() - found.keys())})\b", str(written[name])):
                found[name] = evaluated(written[name], found)
    return found
