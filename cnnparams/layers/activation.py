"""What activations share: element by element, no multiply-accumulates, the same shape."""

from collections.abc import Hashable
from typing import ClassVar

from cnnparams.layers.contract.base import SAME_SIZES, Footprint, Layer
from cnnparams.layers.contract.memory import (
    INPUT,
    OUTPUT,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    in_order,
    overwritten,
)
from cnnparams.layers.contract.settings import Flag, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling


class Activation(Layer):
    """What the activations share: they may stand as `activation:` of a layer with weights."""

    footprint: ClassVar[Footprint] = Footprint.ELEMENTWISE
    is_activation: ClassVar[bool] = True
    home: ClassVar[str] = "F"
    """Where PyTorch has the function."""

    def in_forward(self, x: Shape) -> Spelling:
        """Return the function of the same name, which takes what the module is made with."""
        make = self.spelling(x).make
        assert make
        settings = ", ".join(f"{name}={{{name}}}" for name in make.values)
        return Spelling(
            None, Code(f"{self.home}.{self.type}({', '.join(filter(None, ['{x}', settings]))})", make.values)
        )

    def geometry(self) -> Hashable | None:
        """Return that every size is kept."""
        return SAME_SIZES

    def placement(self, run: ForwardPass) -> Placement:
        """Return the order of the input."""
        return in_order(run.output, run.x.layout)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, which most slopes are computed from."""
        return INPUT


class InPlaceActivation(Activation):
    """An activation that may overwrite its input."""

    copies_overwritten: ClassVar[bool] = True
    """Whether it keeps a copy of what it overwrites; the others have slopes that the output tells."""

    inplace: Flag = setting("whether to overwrite the input", False)

    def placement(self, run: ForwardPass) -> Placement:
        """Return the place of the input where it is overwritten."""
        return overwritten(run) if self.inplace else super().placement(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input; where that is overwritten a copy of it, or the output."""
        if not self.inplace:
            return super().saved_for_backward(run)
        return SavedForBackward(own=(OwnTensor(run.x.size),)) if self.copies_overwritten else OUTPUT
