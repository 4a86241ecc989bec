"""What has costs: each is an attribute. The stub beside this file, made from what the costs declare, has their types.

A value is there where its cost was measured: parameters and MACs always, others where they were asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class _Costly:
    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        costs: Mapping[str, Any] = object.__getattribute__(self, "costs")
        try:
            return costs[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no {name!r}; it has {', '.join(costs)}") from None

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *object.__getattribute__(self, "costs")})


class LayerCosts(_Costly):
    """What a layer costs."""

    __slots__ = ()


class NetworkCosts(_Costly):
    """What a network costs."""

    __slots__ = ()
