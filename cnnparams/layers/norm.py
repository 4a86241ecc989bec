"""Normalisation of a single sample (PyTorch's GroupNorm, LayerNorm, RMSNorm)."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.keras import KerasReading
from cnnparams.layers.contract.memory import (
    FLOAT32,
    INPUT,
    BatchTensor,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    as_image,
)
from cnnparams.layers.contract.reach import Reaches, same_places
from cnnparams.layers.contract.registry import keras_word, layer_type
from cnnparams.layers.contract.settings import Dims, Flag, Real, Whole, check_divides, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spatial import ImageLayer, SpatialLayer
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.strides import channels_last, is_plain
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor, role_of


@layer_type("group_norm", keras="GroupNormalization", example={"num_groups": 4})
class GroupNorm(ImageLayer):
    """Group normalisation: groups of channels of each sample to mean 0 and variance 1."""

    accepts_activation: ClassVar[bool] = True
    keras_settings: ClassVar[Mapping[str, str]] = {
        "axis": "the channels are normalised: leave it out",
        **dict.fromkeys(
            ("center", "scale"),
            "write affine: false to learn neither shift nor scale; PyTorch cannot leave out one of them",
        ),
    }

    num_groups: Whole = setting(
        "groups of channels; must divide them", ge=1, label="num_groups", always=True, keras="groups"
    )
    num_channels: Whole | None = setting("channels of the input; inferred", None, ge=1)
    eps: Real = setting("added to the variance", 1e-5, keras="epsilon")
    affine: Flag = setting("whether to learn a scale and a shift for each channel", True, label="affine")

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Infer num_channels."""
        return {"num_channels": x.channels}

    def check(self, x: Shape) -> None:
        """Raise LayerError where num_groups does not divide the channels."""
        check_divides("num_groups", self.num_groups, num_channels=x.channels)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place, and statistics of everything."""
        return (same_places(len(x.dims), frozenset(range(len(x.dims)))),)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, or a copy in plain order, and mean and inverse deviation of each group."""
        layout, own = run.x.layout, (OwnTensor(run.x.batch * self.num_groups),) * 2
        if layout is None or is_plain(layout):
            return SavedForBackward((0,), own=own, certain=layout is not None)
        return SavedForBackward(own=(OwnTensor(run.x.size), *own))

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight and bias (num_channels) where affine."""
        per_channel = (Axis(AxisRole.CHANNELS, x.channels, "C"),)
        return tuple(Tensor(name, per_channel) for name in ("weight", "bias") if self.affine)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the channels."""
        return {"C": x.channels}


class TrailingNorm(Layer):
    """Normalisation over the last dimensions of the input."""

    accepts_activation: ClassVar[bool] = True
    keras_settings: ClassVar[Mapping[str, str]] = {
        "axis": "write normalized_shape, the sizes of the last dimensions",
        "center": "write bias: false to learn no shift",
        "scale": "elementwise_affine: false learns neither scale nor shift; a shift alone cannot be said",
    }

    normalized_shape: Dims | None = setting(
        "the last dimensions, to normalise over; the last one if not given", None, label="shape", always=True
    )
    eps: Real | None = setting("added to the variance or the mean square", 1e-5, keras="epsilon")
    elementwise_affine: Flag = setting("whether to learn a scale for each element", True, label="elementwise_affine")

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Fill in normalized_shape."""
        return {"normalized_shape": self.normalized_shape or x.dims[-1:]}

    def check(self, x: Shape) -> None:
        """Raise LayerError where normalized_shape is not how the input ends."""
        shape = self.normalized_shape or ()
        if x.dims[-len(shape) :] != shape:
            raise LayerError(
                f"normalized_shape {list(shape)} is not how the input ends, {list(x.dims)} in PyTorch's order",
                "normalized_shape",
                f"write normalized_shape: {list(x.dims[-len(shape) :])}",
            )

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place, and statistics along the last dimensions."""
        rank = len(x.dims)
        return (same_places(rank, frozenset(range(rank - len(self.normalized_shape or ()), rank))),)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return n_1, n_2, ...: the sizes of normalized_shape."""
        return {axis.symbol: axis.size for axis in self._normalized(x)}

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight (normalized_shape) where affine."""
        return (self._tensor("weight", x),) if self.elementwise_affine else ()

    def rows(self, x: BatchTensor) -> int:
        """Return how many times a mean is taken."""
        return x.size // math.prod(self.normalized_shape or ())

    def _tensor(self, name: str, x: Shape) -> Tensor:
        return Tensor(name, self._normalized(x))

    def _normalized(self, x: Shape) -> tuple[Axis, ...]:
        first = len(x.dims) - len(self.normalized_shape or ())
        return tuple(Axis(role_of(x, at), n, f"n_{at - first + 1}") for at, n in enumerate(x.dims[first:], first))


@layer_type("layer_norm", keras="LayerNormalization", example_input=(64,))
class LayerNorm(TrailingNorm):
    """Layer normalisation: the last dimensions of each sample to mean 0 and variance 1."""

    eps: Real = setting("added to the variance", 1e-5, keras="epsilon")
    bias: Flag = setting("whether to learn a shift too", True, label="bias")

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight and bias (normalized_shape) where affine."""
        weight = super().tensors(x)
        return (*weight, self._tensor("bias", x)) if weight and self.bias else weight

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, and mean and inverse deviation of each row."""
        return INPUT._replace(own=(OwnTensor(self.rows(run.x)),) * 2)


@layer_type("layer_norm", ranks=(2,))
class ChannelLayerNorm(LayerNorm, SpatialLayer):
    """Layer normalisation of an image: the channels of each pixel to mean 0 and variance 1, as in ConvNeXt."""

    legend: ClassVar[str] = "C channels"

    normalized_shape: Dims | None = setting("channels of the input; inferred", None)

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Fill in normalized_shape, the channels."""
        return super().inferred(Shape((x.channels,)))

    def check(self, x: Shape) -> None:
        """Raise LayerError where the input is no image, or has other channels."""
        SpatialLayer.check(self, x)
        super().check(Shape((x.channels,)))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place, and statistics of the channels."""
        return (same_places(len(x.dims), frozenset({0})),)

    def _normalized(self, x: Shape) -> tuple[Axis, ...]:
        return (Axis(AxisRole.CHANNELS, x.channels, "C"),)

    def spelling(self, x: Shape) -> Spelling:
        """Return a norm over the last dimension, to which the channels move for it."""
        call = Code("{self}({x}.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)")
        return Spelling(self.module("LayerNorm", x), call)

    def placement(self, run: ForwardPass) -> Placement:
        """Return an output whose channels are last in memory."""
        return Placement(channels_last(run.output))


@layer_type("rms_norm", example_input=(64,))
class RMSNorm(TrailingNorm):
    """Root mean square normalisation: the last dimensions of each sample to mean square 1."""

    eps: Real | None = setting("added to the mean square; the dtype's epsilon if not given", None, keras="epsilon")

    def placement(self, run: ForwardPass) -> Placement:
        """Return an image like the input's."""
        return as_image(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input and a factor for each row; for the scale, what it multiplies.

        All this in float32 or wider, to which PyTorch's _rms_norm converts the input first.
        """
        itemsize, own = max(run.itemsize, FLOAT32), []
        if run.learns:
            own.append(OwnTensor(run.x.size, itemsize))
        if run.x.needs_grad:
            own.append(OwnTensor(self.rows(run.x), itemsize))
            if itemsize == run.itemsize:
                return INPUT._replace(own=tuple(own))
            own.append(OwnTensor(run.x.size, itemsize))
        return SavedForBackward(own=tuple(own))


@keras_word("GroupNormalization")
class GroupNormalization(KerasReading, GroupNorm):
    """32 groups where no number is given; eps is 0.001."""

    num_groups: Whole = setting(
        "groups of channels; must divide them", 32, ge=1, label="num_groups", always=True, keras="groups"
    )
    eps: Real = setting("added to the variance", 1e-3, keras="epsilon")


@keras_word("LayerNormalization")
class LayerNormalization(KerasReading, LayerNorm):
    """Over the channels: layer_norm2d for an image, else layer_norm; eps is 0.001."""

    eps: Real = setting("added to the variance", 1e-3, keras="epsilon")

    def check(self, x: Shape) -> None:
        """Raise LayerError for an image of another rank."""
        if self.pytorch_type(x) != self.type and (len(x.dims) != 3 or x.channel_axis != 0):
            message = f"LayerNormalization is Keras', and normalises the channels of {x}"
            raise LayerError(message, hint="no layer type does that but for (height, width, channels)")

    def pytorch_type(self, x: Shape) -> str:
        """Return that of images where the channels are not the last dimension."""
        image = x.channel_axis is not None and x.channel_axis < len(x.dims) - 1
        return "layer_norm2d" if image else "layer_norm"
