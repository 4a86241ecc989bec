"""Tensors that no layer computes: learned, kept, or constant. They read nothing, and have no batch."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from cnnparams.layers.contract.base import Footprint, Layer, Step
from cnnparams.layers.contract.memory import NOTHING, ForwardPass, Placement, SavedForBackward
from cnnparams.layers.contract.reach import Reaches
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import AnyDims, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import BUFFER, CONSTANT, PARAMETER, Code, Spelling
from cnnparams.layers.contract.strides import contiguous
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor


@layer_type("tensor", example={"shape": [1, 64]})
class TensorSource(Layer):
    """Tensor: a parameter, a buffer or a constant as it is, for other layers to read: a class token, a table, a mask.

    It depends on no sample. What is made of it alone is worked out once, whatever the batch; where it meets a sample,
    every sample meets the same.
    """

    least_inputs: ClassVar[int] = 0
    most_inputs: ClassVar[int | None] = 0
    footprint: ClassVar[Footprint] = Footprint.HELD

    shape: AnyDims = setting("shape of the tensor", label="shape", always=True)
    kind: Literal["parameter", "buffer", "constant"] = setting(
        "whether it is learned, kept with the model, or neither", "parameter", label="kind"
    )

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return its own shape; one number is a vector of one."""
        return Shape(self.shape or (1,))

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        """Return weight (shape), unless it is a constant."""
        if self.kind == "constant":
            return ()
        axes = (Axis(AxisRole.ELEMENTS, n, f"n_{i}") for i, n in enumerate(self.shape, 1))
        return (Tensor("weight", tuple(axes), self.kind == "parameter"),)

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return nothing: it sees no input."""
        return ()

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return a bare parameter or a buffer, behind a batch of one, which others repeat."""
        values = {"shape": self.shape}
        made = {
            "parameter": Code(f"{PARAMETER}torch.zeros({{shape}}))", values),
            "buffer": Code(f"{BUFFER}torch.zeros({{shape}}))", values),
            "constant": Code(f"{CONSTANT}zeros({{shape}})", values),
        }
        return Spelling(made[self.kind], Code("{self}[None]" if self.shape else "{self}.view(1, 1)"))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the tensor itself; the memory of a parameter is not counted with what layers make."""
        return Placement(contiguous(run.output), held=self.kind == "parameter")

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING

    def symbols(self, *inputs: Shape) -> Mapping[str, float]:
        """Return n_1, n_2, ...: the tensor's sizes."""
        return {f"n_{i}": n for i, n in enumerate(self.shape, 1)}

    def shape_steps(self, *inputs: Shape) -> Iterator[Step]:
        """Yield nothing: the shape is written."""
        yield from ()
