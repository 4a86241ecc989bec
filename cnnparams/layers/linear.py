"""The fully connected layer (PyTorch's Linear)."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.keras import KerasReading
from cnnparams.layers.contract.memory import INPUT, NOTHING, ForwardPass, SavedForBackward, rows_saved
from cnnparams.layers.contract.reach import Reaches, everything, same_places
from cnnparams.layers.contract.registry import keras_word, layer_type
from cnnparams.layers.contract.settings import Flag, Whole, setting
from cnnparams.layers.contract.shape import AXES, Shape
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor


@layer_type(
    "linear", keras="Dense", nicknames="fc dense fully_connected", example={"out_features": 10}, example_input=(128,)
)
class Linear(Layer):
    """Fully connected layer: every output is a weighted sum of all features, along the last dimension."""

    stem: ClassVar[str] = "fc"
    accepts_activation: ClassVar[bool] = True
    legend: ClassVar[str] = "F features; rows, the product of the dimensions before the last"

    in_features: Whole | None = setting(
        "size of the input's last dimension; inferred", None, ge=1, label="in", always=True
    )
    out_features: Whole = setting("size of the output's last dimension", ge=1, label="out", always=True, keras="units")
    bias: Flag = setting("whether to learn a bias for each output", True, label="bias", keras="use_bias")

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Infer in_features."""
        return {"in_features": x.dims[-1]}

    def other_size_hint(self, written: object, x: Shape) -> str | None:
        """Return the commonest slip: an image enters, which has not been flattened."""
        product = f"{x.size} = {' x '.join(map(str, x.channels_last))}"
        if written == x.size:
            return f"put flatten before it, which gives {product}"
        missing = "an image enters a linear layer: a flatten is probably missing before it"
        return f"{missing}, which gives {product}" if _is_image(x) else None

    def remark(self, x: Shape) -> str | None:
        """Remark on an image, of which only the last axis is seen: flatten may be missing."""
        if not _is_image(x):
            return None
        return f"works along the last dimension, here the {_last_axis(x)} of {x}: is a flatten missing before it?"

    def output_shape(self, x: Shape) -> Shape:
        """Return the input's shape with out_features as its last dimension."""
        return Shape((*x.dims[:-1], self.out_features), x.channel_axis)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return all features of the same row."""
        return ((*same_places(len(x.dims) - 1), everything(x.dims[-1])),)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, in plain rows; frozen, a matrix product needs its weights alone."""
        if not run.learns:
            return NOTHING
        return INPUT if len(run.output) == 2 else rows_saved(run.x.layout)

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight (out_features, in_features) and bias (out_features)."""
        outputs = Axis(AxisRole.OUT_CHANNELS, self.out_features, "F_out")
        weight = Tensor("weight", (outputs, Axis(AxisRole.IN_CHANNELS, x.dims[-1], "F_in")))
        return (weight, Tensor("bias", (outputs,))) if self.bias else (weight,)

    def macs(self, x: Shape) -> int:
        """Return rows times weights."""
        return math.prod(x.dims[:-1]) * self.tensors(x)[0].size

    def macs_formula(self, x: Shape) -> str:
        """Return rows times weights."""
        return "weight" if len(x.dims) == 1 else "rows * weight"

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the features and how many rows of them there are."""
        return {"F_in": x.dims[-1], "F_out": self.out_features, "rows": math.prod(x.dims[:-1])}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the output features."""
        yield Step("output features", "features", "F_out", self.out_features)


@keras_word("Dense")
class Dense(KerasReading, Linear):
    """Along the channels, which of an image are not PyTorch's last dimension: there it is refused."""

    def check(self, x: Shape) -> None:
        """Raise LayerError for an image whose channels are not last."""
        if _is_image(x):
            message = f"Dense is Keras', where it works along the channels of {x}; a linear layer works along the last"
            pointwise = f"conv{len(x.spatial)}d with kernel_size: 1 works along the channels"
            hint = f"is a flatten missing before it? {pointwise}, with the same counts"
            raise LayerError(f"{message} dimension, the {_last_axis(x)}", hint=hint)


def _is_image(x: Shape) -> bool:
    """Tell whether the last dimension is an axis of an image."""
    return len(x.dims) > 1 and x.channel_axis is not None and x.channel_axis < len(x.dims) - 1


def _last_axis(x: Shape) -> str:
    return AXES[len(x.spatial)][-1] if x.channel_axis == 0 and len(x.spatial) in AXES else "axis"
