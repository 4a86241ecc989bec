"""Checks that layers of several families make of their settings."""

from __future__ import annotations

from cnnparams.errors import LayerError
from cnnparams.layers.shape import Shape


def check_divides(field: str, groups: int, **channels: int) -> None:
    """Raise LayerError where the groups of setting `field` do not divide the channels."""
    for name, count in channels.items():
        if count % groups:
            divisors = [str(d) for d in range(1, min(count, 64) + 1) if count % d == 0]
            raise LayerError(
                f"{field} {groups} does not divide {name} {count}",
                field,
                f"use a divisor of {count}: {', '.join(divisors[:8])}",
            )


def sample_dim(field: str, dim: int, x: Shape) -> int:
    """Return where in a sample dimension `dim` stands, which counts the batch as 0 like PyTorch; or raise LayerError."""
    rank = len(x.dims)
    at = dim + rank + 1 if dim < 0 else dim
    if at == 0:
        raise LayerError(
            f"{field} {dim} is the batch, which a layer leaves alone", field, "the first dimension of a sample is 1"
        )
    if not 0 < at <= rank:
        raise LayerError(f"{field} {dim} is outside the input {x}", field, f"use 1 to {rank}, or -{rank} to -1")
    return at - 1
