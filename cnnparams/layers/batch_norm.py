"""Normalisation with running statistics (PyTorch's BatchNorm and InstanceNorm)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.base import Footprint, Tensor
from cnnparams.layers.registry import layer_type
from cnnparams.layers.settings import Flag, Real, Whole, setting
from cnnparams.layers.shape import Shape
from cnnparams.layers.spatial import SpatialLayer


class RunningNorm(SpatialLayer):
    """Normalisation of each channel, which may keep running statistics as buffers."""

    accepts_activation: ClassVar[bool] = True
    legend: ClassVar[str] = "C channels"

    num_features: Whole | None = setting("channels of the input; inferred", None, ge=1)
    eps: Real = setting("added to the variance", 1e-5)
    momentum: Real | None = setting("weight of a new batch in the running statistics", 0.1)
    affine: Flag
    track_running_stats: Flag

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Infer num_features."""
        super().inferred(x)
        return {"num_features": x.channels}

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight and bias where affine; running mean, variance and the count of batches where tracked."""
        per_channel = (x.channels,)
        affine = [Tensor(name, per_channel, "C") for name in ("weight", "bias") if self.affine]
        if not self.track_running_stats:
            return tuple(affine)
        statistics = (Tensor(name, per_channel, "C", learned=False) for name in ("running_mean", "running_var"))
        return (*affine, *statistics, Tensor("num_batches_tracked", (), "1", learned=False, itemsize=8))

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the channels."""
        return {"C": x.channels}


@layer_type("batch_norm", ranks=(1, 2, 3), keras="BatchNormalization")
class BatchNorm(RunningNorm):
    """Batch normalisation: each channel to mean 0 and variance 1 over the batch, then scaled and shifted."""

    footprint: ClassVar[Footprint] = Footprint.ELEMENTWISE

    affine: Flag = setting("whether to learn a scale and a shift for each channel", True, label="affine")
    track_running_stats: Flag = setting(
        "whether to keep running statistics, as buffers", True, label="track_running_stats"
    )

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Infer num_features; as in PyTorch, BatchNorm1d takes a vector too."""
        return {"num_features": x.channels} if self.rank == 1 and len(x.dims) == 1 else super().inferred(x)


@layer_type("instance_norm", ranks=(1, 2, 3))
class InstanceNorm(RunningNorm):
    """Instance normalisation: each channel of each sample to mean 0 and variance 1."""

    affine: Flag = setting("whether to learn a scale and a shift for each channel", False, label="affine")
    track_running_stats: Flag = setting(
        "whether to keep running statistics, as buffers", False, label="track_running_stats"
    )

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Infer num_features; check that a channel has more than one element to take a variance of."""
        found = super().inferred(x)
        if x.size == x.channels and not self.track_running_stats:
            raise LayerError(
                f"needs more than one element in each channel, but gets {x}", hint="use layer_norm or no norm here"
            )
        return found
