"""Checks that layers of several families make of their settings."""

from __future__ import annotations

from cnnparams.errors import LayerError
from cnnparams.layers.contract.shape import Shape


def check_divides(field: str, groups: int, **channels: int) -> None:
    """Raise LayerError where the groups of setting `field` do not divide the channels."""
    for name, count in channels.items():
        if count % groups:
            raise LayerError(f"{field} {groups} does not divide {name} {count}", field, divisor_hint(count))


def divisor_hint(count: int) -> str:
    """Return the hint to use a divisor, with the first few."""
    divisors = [str(d) for d in range(1, min(count, 64) + 1) if count % d == 0]
    return f"use a divisor of {count}: {', '.join(divisors[:8])}"


def dim_index(dim: int, x: Shape) -> int:
    """Return where in a sample a dimension of PyTorch stands, whose 0 is the batch."""
    return dim + len(x.dims) if dim < 0 else dim - 1


def check_dim(field: str, dim: int, x: Shape) -> None:
    """Raise LayerError where a dimension of PyTorch is none of a sample's."""
    rank = len(x.dims)
    at = dim_index(dim, x)
    if at == -1:
        raise LayerError(
            f"{field} {dim} is the batch, which a layer leaves alone", field, "the first dimension of a sample is 1"
        )
    if not 0 <= at < rank:
        hint = f"use 1 to {rank}, or -{rank} to -1" if rank > 1 else "use 1 or -1, which are the same here"
        raise LayerError(f"{field} {dim} is outside the input {x}", field, hint)
