"""Whether an entry is there, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnnparams.engine.network import MOST_LAYERS
from cnnparams.errors import LayerError, quote
from cnnparams.expression import BOOLEAN, Value
from cnnparams.schema.computed import Computed
from cnnparams.schema.template import evaluate


def times(repeat: Any, scope: Mapping[str, Value]) -> int:
    """Return how many copies of an entry there are; raise LayerError where that is no number of layers."""
    found = evaluate("repeat", repeat, scope)
    aside = f" ({repeat.explained(scope)})" if isinstance(repeat, Computed) else ""
    if type(found) is not int:
        hint = "// and round, floor, ceil give whole numbers" if isinstance(found, float) else None
        raise LayerError(f"repeat: expected a whole number, but found {quote(found)}{aside}", "repeat", hint)
    if found < 0:
        raise LayerError(f"repeat must be at least 0, but is {found}{aside}", "repeat")
    if found > MOST_LAYERS:
        raise LayerError(f"repeat: a network has {MOST_LAYERS:,} layers at most", "repeat", "repeat less")
    return found


def reads(value: Any, name: str) -> bool:
    """Tell whether a value is computed from a name."""
    return isinstance(value, Computed) and name in value.names


def flag(key: str, value: Any, scope: Mapping[str, Value]) -> bool:
    """Return a value that is true or false; raise LayerError for any other."""
    found = evaluate(key, value, scope)
    if not isinstance(found, bool):
        raise LayerError(f"{key}: expected {BOOLEAN}, but found {quote(found)} ({value.explained(scope)})", key)
    return found
