"""An oracle for every layer type, a file for each family."""

from __future__ import annotations

from tests.layers.oracles import (
    activation,
    adaptive_pool,
    arrange,
    attention,
    border,
    conv,
    conv_transpose,
    dropout,
    embedding,
    flatten,
    linear,
    norm,
    pool,
    recurrent,
    resize,
    separable,
)
from tests.layers.oracles.case import Oracle

_FAMILIES = (
    activation,
    adaptive_pool,
    arrange,
    attention,
    border,
    conv,
    conv_transpose,
    dropout,
    embedding,
    flatten,
    linear,
    norm,
    pool,
    recurrent,
    resize,
    separable,
)

ORACLES: dict[str, Oracle] = {name: oracle for family in _FAMILIES for name, oracle in family.ORACLES.items()}
