"""Normalisation with running statistics (PyTorch's BatchNorm and InstanceNorm)."""

import math
from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import Any, ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import SAME_SIZES, Footprint
from cnnparams.layers.contract.keras import KerasReading
from cnnparams.layers.contract.memory import INPUT, ForwardPass, OwnTensor, Placement, SavedForBackward, fresh
from cnnparams.layers.contract.reach import Reaches, same_places
from cnnparams.layers.contract.registry import keras_word, layer_type
from cnnparams.layers.contract.settings import Flag, Real, Whole, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spatial import SpatialLayer
from cnnparams.layers.contract.strides import is_contiguous
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor


class RunningNorm(SpatialLayer):
    """Normalisation of each channel, which may keep running statistics as buffers."""

    accepts_activation: ClassVar[bool] = True
    keras_settings: ClassVar[Mapping[str, str]] = {
        "axis": "the channels are normalised: leave it out",
        **dict.fromkeys(
            ("center", "scale"),
            "write affine: false to learn neither shift nor scale; PyTorch cannot leave out one of them",
        ),
    }
    legend: ClassVar[str] = "C channels"

    num_features: Whole | None = setting("channels of the input; inferred", None, ge=1)
    eps: Real = setting("added to the variance", 1e-5, keras="epsilon")
    momentum: Real | None = setting("weight of a new batch in the running statistics", 0.1)
    affine: Flag
    track_running_stats: Flag

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Infer num_features."""
        return {"num_features": x.channels}

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight and bias where affine; running mean, variance and the count of batches where tracked."""
        per_channel = (Axis(AxisRole.CHANNELS, x.channels, "C"),)
        affine = [Tensor(name, per_channel) for name in ("weight", "bias") if self.affine]
        if not self.track_running_stats:
            return tuple(affine)
        statistics = (Tensor(name, per_channel, learned=False) for name in ("running_mean", "running_var"))
        return (*affine, *statistics, Tensor("num_batches_tracked", (), learned=False, itemsize=8))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place, and statistics of the image where none are kept."""
        rank = len(x.dims)
        return (same_places(rank, frozenset(() if self.track_running_stats else range(1, rank))),)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the channels."""
        return {"C": x.channels}


@layer_type("batch_norm", ranks=(1, 2, 3), keras="BatchNormalization", nicknames="bn")
class BatchNorm(RunningNorm):
    """Batch normalisation: each channel to mean 0 and variance 1 over the batch, then scaled and shifted."""

    footprint: ClassVar[Footprint] = Footprint.ELEMENTWISE

    affine: Flag = setting("whether to learn a scale and a shift for each channel", True, label="affine")
    track_running_stats: Flag = setting(
        "whether to keep running statistics, as buffers", True, label="track_running_stats"
    )

    def check(self, x: Shape) -> None:
        """Raise LayerError for another rank; as in PyTorch, BatchNorm1d takes a vector too."""
        if self.rank > 1 or len(x.dims) > 1:
            super().check(x)

    def geometry(self) -> Hashable | None:
        """Return that every size is kept."""
        return SAME_SIZES

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, mean and inverse deviation of each channel over the batch, and the running statistics."""
        channels = run.output[1]
        return INPUT._replace(own=(OwnTensor(channels),) * 2, buffers=2 * channels if self.track_running_stats else 0)


@layer_type("instance_norm", ranks=(1, 2, 3))
class InstanceNorm(RunningNorm):
    """Instance normalisation: each channel of each sample to mean 0 and variance 1."""

    affine: Flag = setting("whether to learn a scale and a shift for each channel", False, label="affine")
    track_running_stats: Flag = setting(
        "whether to keep running statistics, as buffers", False, label="track_running_stats"
    )

    def check(self, x: Shape) -> None:
        """Raise LayerError also where a channel has but one element to take a variance of."""
        super().check(x)
        if x.size == x.channels and not self.track_running_stats:
            raise LayerError(
                f"needs more than one element in each channel, but gets {x}", hint="use layer_norm or no norm here"
            )

    def placement(self, run: ForwardPass) -> Placement:
        """Return an output that is laid out anew."""
        return fresh(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, and mean and inverse deviation of each channel of each sample.

        PyTorch normalises the batch as one sample of more channels, and so lays the input out and repeats the scale and
        the running statistics for each sample (aten/src/ATen/native/Normalization.cpp, instance_norm).
        """
        layout, repeated = run.x.layout, self.affine + 2 * self.track_running_stats
        own = (OwnTensor(math.prod(run.output[:2])),) * (2 + repeated)
        if layout is None or is_contiguous(layout):
            return SavedForBackward((0,), own=own, certain=layout is not None)
        return SavedForBackward(own=(OwnTensor(run.x.size), *own))


@keras_word("BatchNormalization")
class BatchNormalization(KerasReading, BatchNorm):
    """For every rank; eps is 0.001, and momentum, 0.99, the weight of the running statistics, 1 less PyTorch's."""

    eps: Real = setting("added to the variance", 1e-3, keras="epsilon")
    momentum: Real = setting("weight of the running statistics, not of a new batch", 0.99)

    def pytorch_type(self, x: Shape) -> str:
        """Return the type of the input's rank."""
        return f"batch_norm{min(max(len(x.dims) - 1, 1), 3)}d"

    def settings(self, x: Shape) -> dict[str, Any]:
        """Return PyTorch's momentum."""
        return super().settings(x) | {"momentum": float(1 - Fraction(str(self.momentum)))}
