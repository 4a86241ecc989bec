"""What activations share: element by element, no multiply-accumulates, the same shape."""

from __future__ import annotations

from typing import ClassVar

from cnnparams.layers.base import Footprint, Layer
from cnnparams.layers.settings import Flag, setting


class Activation(Layer):
    """What the activations share: they may stand as `activation:` of a layer with weights."""

    footprint: ClassVar[Footprint] = Footprint.ELEMENTWISE

    is_activation: ClassVar[bool] = True


class InPlaceActivation(Activation):
    """An activation that may overwrite its input."""

    inplace: Flag = setting("whether to overwrite the input", False)
