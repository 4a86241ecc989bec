"""Differences from PyTorch that several families share."""

from __future__ import annotations

from collections.abc import Mapping

from tests.layers.oracles.case import Case, Difference, Dims, Settings


def unbatched(rank: int, settings: Settings) -> Difference:
    """Return the difference over an input that lacks a dimension: PyTorch takes the batch for its channels."""
    return Difference(
        "shapes here are of one sample; PyTorch takes an input with a dimension too few for a sample without a batch",
        lambda case: len(case.dims) == rank,
        Case(settings, (4,) * rank),
    )


def any_rank(rank: int, settings: Settings) -> Difference:
    """Return the difference over an input of another rank, which PyTorch does not count or only warns about."""
    return Difference(
        "a layer named for a rank wants inputs of that rank; PyTorch looks at the last dimensions only, or just warns",
        lambda case: len(case.dims) != rank + 1,
        Case(settings, (4,) * (rank + 2)),
    )


def of_the_batch(*settings: str, example: Settings) -> Difference:
    """Return the difference over a dimension that is the batch, which PyTorch does not keep apart."""

    def names_the_batch(case: Case) -> bool:
        return any(case.settings.get(setting) in (0, -len(case.dims) - 1) for setting in settings)

    return Difference(
        "a layer leaves the batch alone; to PyTorch it is a dimension like others",
        names_the_batch,
        Case(example, (3, 4)),
    )


def unchecked(setting: str, flags: Mapping[str, bool], example: Settings, dims: Dims) -> Difference:
    """Return the difference over channels that PyTorch ignores where all `flags` (their defaults given) are off."""

    def ignored(case: Case) -> bool:
        off = not any(case.settings.get(flag, default) for flag, default in flags.items())
        return off and case.settings.get(setting) not in (None, case.dims[0])

    reason = "channels that are written must be those of the input; PyTorch looks only where a tensor has them"
    return Difference(reason, ignored, Case({setting: 8, **dict.fromkeys(flags, False), **example}, dims))
