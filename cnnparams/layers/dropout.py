"""Dropout (PyTorch's Dropout, Dropout1d to Dropout3d), and that of whole samples: nothing to learn, the same shape."""

from collections.abc import Hashable
from typing import ClassVar, Literal

from cnnparams.layers.contract.base import SAME_SIZES, Footprint, Layer
from cnnparams.layers.contract.keras import KerasReading
from cnnparams.layers.contract.memory import (
    NOTHING,
    BatchTensor,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    in_order,
    overwritten,
)
from cnnparams.layers.contract.registry import keras_word, layer_type
from cnnparams.layers.contract.settings import Flag, Real, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spatial import SpatialLayer
from cnnparams.layers.contract.spelling import Code, Spelling, module


class DropoutSettings(Layer):
    """The settings of every dropout."""

    footprint: ClassVar[Footprint] = Footprint.VIEW

    p: Real = setting(
        "probability of zeroing an element during training", 0.5, ge=0, le=1, label="p", always=True, keras="rate"
    )
    inplace: Flag = setting("whether to overwrite the input", False)

    def geometry(self) -> Hashable | None:
        """Return that every size is kept."""
        return SAME_SIZES

    def spelling(self, x: Shape) -> Spelling:
        """Return the module, with its probability even where that is the default."""
        return Spelling(module(self.type.capitalize(), {"p": self.p, **self.differing()}))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the place of the input where that is overwritten, or nothing is dropped."""
        return overwritten(run) if self.inplace or self.p == 0 else in_order(run.output, run.x.layout)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the mask, which is of the network's dtype; a single zero where everything is dropped."""
        if self.p == 0:
            return NOTHING
        return SavedForBackward(own=(OwnTensor(1 if self.p == 1 else self._choices(run.x)),))

    def _choices(self, x: BatchTensor) -> int:
        """Return how often it is decided whether to drop something."""
        return x.size


@layer_type("dropout", example={"p": 0.5})
class Dropout(DropoutSettings):
    """Dropout: zeroes elements at random while training."""


@layer_type("dropout", ranks=(1, 2, 3), keras="SpatialDropout{rank}D", example={"p": 0.2})
class ChannelDropout(DropoutSettings, SpatialLayer):
    """Dropout of whole channels at random while training."""

    def _choices(self, x: BatchTensor) -> int:
        return x.batch * x.shape.channels


@layer_type("stochastic_depth", example={"p": 0.2})
class StochasticDepth(Layer):
    """Stochastic depth: zeroes whole samples at random while training, so that a residual path is skipped.

    After Huang et al., arXiv 1603.09382, as torchvision.ops.StochasticDepth has it.
    """

    footprint: ClassVar[Footprint] = Footprint.VIEW

    p: Real = setting("probability of a sample to be zeroed while training", ge=0, le=1, label="p", always=True)
    mode: Literal["row", "batch"] = setting("whether each sample is by itself, or all as one", "row", label="mode")

    def geometry(self) -> Hashable | None:
        """Return that every size is kept."""
        return SAME_SIZES

    def spelling(self, x: Shape) -> Spelling:
        """Return a dropout of ones, with which the samples are multiplied: torch itself has no module for it."""
        samples = "{x}.shape[0]" if self.mode == "row" else "1"
        ones = f"{{x}}.new_ones({samples}{', 1' * len(x.dims)})"
        return Spelling(module("Dropout", {"p": self.p}), Code(f"{{x}} * {{self}}({ones})"))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the order of the input."""
        return in_order(run.output, run.x.layout)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the numbers with which the samples are multiplied."""
        return SavedForBackward(own=(OwnTensor(run.x.batch if self.mode == "row" else 1),))


@keras_word("SpatialDropout{rank}D")
class SpatialDropout(KerasReading, ChannelDropout):
    """The probability must be given."""

    p: Real = setting(
        "probability of zeroing a channel during training", ge=0, le=1, label="p", always=True, keras="rate"
    )
