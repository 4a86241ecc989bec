"""What the keys of any entry come to where it is laid out: `repeat`, `when`, `trainable`, `dtype`.

Apart from listing.py, which is about names and order, and long enough.
"""

from collections.abc import Mapping
from typing import Any

from cnnparams.dtypes import DTYPES
from cnnparams.engine.network.builder import MOST_LAYERS
from cnnparams.errors import LayerError, quote, some, suggest
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


def dtype(written: Any, scope: Mapping[str, Value]) -> str:
    """Return the dtype that is said; raise LayerError for what is none."""
    found = evaluate("dtype", written, scope)
    if found not in DTYPES:
        guess = suggest(found, DTYPES) if isinstance(found, str) else None
        hint = f"did you mean {quote(guess)}?" if guess else f"the dtypes are {some(DTYPES)}"
        message = f"dtype: expected a dtype such as float16, but found {quote(found)} ({written.explained(scope)})"
        raise LayerError(message, "dtype", hint)
    return str(found)
