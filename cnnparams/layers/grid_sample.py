"""Pixels of an image at places that another tensor gives (PyTorch's grid_sample)."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.memory import ForwardPass, Placement, SavedForBackward, as_usual
from cnnparams.layers.contract.reach import Reaches, everything, moving
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Flag, setting
from cnnparams.layers.contract.shape import AXES, Shape
from cnnparams.layers.contract.spelling import Code, Spelling


@layer_type("grid_sample", example_input=(2, 32, 2))
class GridSample(Layer):
    """Grid sample: pixels of the first input at the places that the second has, as (height, width, 2), from -1 to 1."""

    least_inputs: ClassVar[int] = 2
    most_inputs: ClassVar[int | None] = 2

    mode: Literal["bilinear", "nearest", "bicubic"] = setting("how to interpolate", "bilinear", label="mode")
    padding_mode: Literal["zeros", "border", "reflection"] = setting("what is beyond the image", "zeros")
    align_corners: Flag = setting("whether -1 and 1 are the centres of corners, or else their edges", False)

    def check(self, x: Shape, grid: Shape) -> None:
        """Raise LayerError where the two are no image and no places in it."""
        axes = len(x.dims) - 1
        if axes not in (2, 3) or len(grid.dims) != axes + 1 or grid.dims[-1] != axes:
            message = f"needs an image and places in it, but gets {list(x.dims)} and {list(grid.dims)}"
            raise LayerError(f"{message} in PyTorch's order", hint="places are (height, width, 2), the channels last")
        if axes == 3 and self.mode == "bicubic":
            raise LayerError("mode bicubic needs an image of two axes", "mode", "use bilinear or nearest")

    def output_shape(self, x: Shape, grid: Shape) -> Shape:
        """Return (channels, *places)."""
        return Shape.image(x.channels, grid.dims[:-1])

    def reach(self, x: Shape, grid: Shape) -> tuple[Reaches, ...]:
        """Return the whole image, and the place."""
        places = tuple(moving(at) for at in range(1, len(grid.dims)))
        return (moving(0), *map(everything, x.spatial)), (*places, everything(grid.dims[-1]))

    def spelling(self, x: Shape, grid: Shape) -> Spelling:
        """Return the functional grid_sample, with align_corners, without which it warns."""
        values = {**self.differing(), "align_corners": self.align_corners}
        named = "".join(f", {name}={{{name}}}" for name in values)
        return Spelling(None, Code(f"F.grid_sample({{x0}}, {{x1}}{named})", values))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order, of images in it."""
        return as_usual(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return both."""
        return SavedForBackward(inputs=(0, 1))

    def symbols(self, x: Shape, grid: Shape) -> Mapping[str, float]:
        """Return the sizes of the grid."""
        return {f"{name[0].upper()}_grid": n for name, n in zip(AXES[len(x.spatial)], grid.dims[:-1], strict=True)}

    def shape_steps(self, x: Shape, grid: Shape) -> Iterator[Step]:
        """Yield the sizes of the grid."""
        for name, n in zip(AXES[len(x.spatial)], grid.dims[:-1], strict=True):
            yield Step(f"output {name}", f"{name[0].upper()}_out", f"{name[0].upper()}_grid", n)
