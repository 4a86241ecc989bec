"""A step that no layer type says, of which no more is known than its result."""

from typing import ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.memory import ForwardPass, Placement
from cnnparams.layers.contract.reach import UNKNOWN, Reaches
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Dims, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Spelling


@layer_type("opaque", example={"op": "torchvision.ops.roi_align", "shape": [16, 7, 7]})
class Opaque(Layer):
    """Opaque: a step that learns nothing and multiplies nothing, such as roi_align, and gives what is written.

    Beyond it the receptive field and what training keeps are unknown. It cannot follow another input size, and cannot
    be written as PyTorch code.
    """

    most_inputs: ClassVar[int | None] = None

    op: str = setting("what the step is called where it comes from", label="op", always=True)
    shape: Dims = setting("shape of its result, without the batch", label="shape", always=True)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape that is written; of three or more dimensions the first count as channels."""
        return Shape.of(self.shape)

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return that nobody knows what it sees."""
        return (UNKNOWN,) * len(inputs)

    def placement(self, run: ForwardPass) -> Placement:
        """Return that nobody knows where the result lies."""
        return Placement(None, certain=False)

    def remark(self, *inputs: Shape) -> str | None:
        """Say what is not known."""
        return "is opaque: beyond it the receptive field and what training keeps are not known"

    def spelling(self, *inputs: Shape) -> Spelling:
        """Raise LayerError: there is no code for it."""
        raise LayerError(
            f"{self.op} is opaque, and cannot be written as PyTorch code", hint="write in its place what it does"
        )
