"""Patches of an image as columns of a matrix, and back (PyTorch's Unfold and Fold)."""

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract import window
from cnnparams.layers.contract.base import Step
from cnnparams.layers.contract.memory import NOTHING, ForwardPass, Placement, SavedForBackward, fresh
from cnnparams.layers.contract.reach import Reach, Reaches, everything
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Margins, Sizes, setting
from cnnparams.layers.contract.shape import AXES, Shape
from cnnparams.layers.contract.spatial import SpatialLayer, axis_formula
from cnnparams.layers.contract.windowed import WindowedLayer

_LETTERS = tuple(name[0] for name in AXES[2])


class Patches(SpatialLayer):
    """What takes patches of images of two axes as columns."""

    rank: ClassVar[int] = 2
    ranks: ClassVar[tuple[int, ...]] = (2,)

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order."""
        return fresh(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING


@layer_type("unfold", example={"kernel_size": 3, "padding": 1})
class Unfold(Patches, WindowedLayer):
    """Unfold: each patch of an image as a column, the channels of all its pixels one below another."""

    kernel_size: Sizes = setting("size of a patch", label="k", always=True, each_axis=True)
    dilation: Sizes = setting("spacing between its pixels", 1, label="d")
    padding: Margins = setting("zeros on each side of the image", 0, label="p", always=True)
    stride: Sizes = setting("step from patch to patch", 1, label="s", always=True)

    def dilations(self) -> tuple[int, ...]:
        """Return the dilation along each axis."""
        return self.dilation

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order, as an estimate: of few patches PyTorch gives a view of a copy of the image."""
        return super().placement(run)._replace(certain=False)

    def geometry(self) -> Hashable | None:
        """Return nothing: a column has channels and pixels."""
        return None

    def output_shape(self, x: Shape) -> Shape:
        """Return (channels * pixels of a patch, patches)."""
        return Shape((x.channels * math.prod(self.kernel_size), math.prod(self.places(x))))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return one pixel of one channel, which column and row decide together."""
        return (tuple(Reach((0, 1), None) for _ in x.dims),)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the sizes, and the symbols of the window along each axis."""
        settings = {"k": self.kernel_size, "s": self.stride, "p": self.padding, "d": self.dilation}
        each = {
            f"{symbol}_{letter}": values[i]
            for i, letter in enumerate(_LETTERS)
            for symbol, values in settings.items()
            if isinstance(values, tuple)
        }
        return {"C_in": x.channels, "H_in": x.spatial[0], "W_in": x.spatial[1], **each}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the length of a column, and their number."""
        length, columns = self.output_shape(x).dims
        places = " * ".join(f"({axis_formula(window.SIZE, letter)})" for letter in _LETTERS)
        yield Step("output dimension 1", "n1_out", "C_in * k_h * k_w", length)
        yield Step("output dimension 2", "n2_out", places, columns)


@layer_type("fold", example={"output_size": 8, "kernel_size": 2, "stride": 2}, example_input=(64, 16))
class Fold(Patches):
    """Fold: an image of patches that are columns; where they overlap, their sum."""

    output_size: Sizes = setting("height and width of the image", label="out", always=True, each_axis=True)
    kernel_size: Sizes = setting("size of a patch", label="k", always=True, each_axis=True)
    dilation: Sizes = setting("spacing between its pixels", 1, label="d")
    padding: Margins = setting("rows of the patches that lie beyond each side of the image", 0, label="p", always=True)
    stride: Sizes = setting("step from patch to patch", 1, label="s", always=True)

    @classmethod
    def reads(cls, x: Shape) -> Shape:
        """Take the columns as they are, which are no image."""
        return x

    def check(self, x: Shape) -> None:
        """Raise LayerError where the columns are not the patches of such an image."""
        if len(x.dims) != 2:
            raise LayerError(f"needs columns, as unfold gives them, but gets {x}", hint="reshape before")
        length, columns = x.dims
        if length % (pixels := math.prod(self.kernel_size)):
            raise LayerError(f"kernel_size has {pixels} pixels, which do not divide {length}", "kernel_size")
        axes = zip(self.output_size, self.kernel_size, self.stride, self.padding, self.dilation, strict=True)
        places = [window.size(n, k, s, (p, p), d) for n, k, s, p, d in axes]
        if min(places) < 1 or math.prod(places) != columns:
            message = f"output_size has {max(math.prod(places), 0)} patches, but the input has {columns} columns"
            raise LayerError(message, "output_size", "give the settings of the unfold before it")

    def output_shape(self, x: Shape) -> Shape:
        """Return (channels, *output_size)."""
        return Shape.image(x.dims[0] // math.prod(self.kernel_size), self.output_size)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return any column, and what is in it."""
        return (tuple(map(everything, x.dims)),)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the length of a column, and the sizes of a patch and of the image."""
        kernel = {f"k_{letter}": n for letter, n in zip(_LETTERS, self.kernel_size, strict=True)}
        sizes = {f"o_{letter}": n for letter, n in zip(_LETTERS, self.output_size, strict=True)}
        return {"n1_in": x.dims[0], **kernel, **sizes}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield channels, height and width."""
        channels, *sizes = self.output_shape(x).dims
        yield Step("output channels", "C_out", "n1_in / (k_h * k_w)", channels)
        for name, n in zip(AXES[2], sizes, strict=True):
            yield Step(f"output {name}", f"{name[0].upper()}_out", f"o_{name[0]}", n)
