"""The stub of cnnparams/engine/reports/attributes.py, made from what the costs declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import COSTS

_HEAD = '''\
"""Every cost as an attribute, with its type. Made from the code: CNNPARAMS_REGENERATE=1 writes it anew."""

from collections.abc import Mapping
from typing import Any

from cnnparams.engine.receptive_field.fields import ImageView

'''
_TYPES = {
    Kind.TEXT: "str | None",
    Kind.COUNT: "int",
    Kind.BYTES: "int",
    Kind.SHARE: "float",
    Kind.RATIO: "float",
    Kind.FLAG: "bool | None",
    Kind.MARK: "bool | None",
    Kind.FIELD: "ImageView | None",
    Kind.PER_AXIS: "tuple[Any, ...] | None",
}


def stub() -> str:
    """Return the stub."""
    columns = [column for listed in COSTS for column in listed.cost.COLUMNS]
    totals = [total for listed in COSTS for total in listed.cost.TOTALS]
    return "".join([_HEAD, *_class("LayerCosts", columns), "\n", *_class("NetworkCosts", totals)])


def _class(name: str, quantities: Iterable[Column | Total]) -> Iterator[str]:
    yield f"class {name}:\n    costs: Mapping[str, Any]\n"
    for quantity in quantities:
        yield f"    @property\n    def {quantity.field}(self) -> {_TYPES[quantity.kind]}:\n"
        yield f'        """{quantity.title}."""\n'
