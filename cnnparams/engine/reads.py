"""Which vars of a spec a part of it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from cnnparams.schema.computed import Computed
from cnnparams.schema.spec import Spec


def vars_behind(spec: Spec, part: Any) -> frozenset[str]:
    """Return the vars that the expressions in a part of a spec read, be it through other vars."""
    variables, chosen = spec.variables, spec.choice.variant
    declared = {**variables.defaults, **(variables.variants[chosen] if chosen is not None else {})}
    found: set[str] = set()
    left = set(_names(part))
    while left:
        name = left.pop()
        found.add(name)
        left |= _names(declared.get(name)) - found
    return frozenset(found & variables.names)


def _names(part: Any) -> frozenset[str]:
    if isinstance(part, Computed):
        return part.names
    if isinstance(part, BaseModel):
        return _names(tuple(vars(part).values()))
    parts = part.values() if isinstance(part, Mapping) else part if isinstance(part, tuple) else ()
    return frozenset().union(*map(_names, parts))
