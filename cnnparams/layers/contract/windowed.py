"""A window that slides over an image: what convolution and pooling have in common."""

import math
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from cnnparams.errors import LayerError
from cnnparams.layers.contract import window
from cnnparams.layers.contract.base import Step
from cnnparams.layers.contract.memory import INPUT, BatchTensor, ForwardPass, OwnTensor, SavedForBackward
from cnnparams.layers.contract.reach import Reaches, Taps, everything, image_reaches, window_taps
from cnnparams.layers.contract.settings import PerAxis
from cnnparams.layers.contract.shape import AXES, Shape
from cnnparams.layers.contract.spatial import SpatialLayer, dims_text
from cnnparams.layers.contract.spelling import Code, Spelling

SAME = "same"
Paddings = Annotated[tuple[int, ...] | Literal["same"], PerAxis(minimum=0, words=("same", "valid"))]


class WindowedLayer(SpatialLayer):
    """A layer whose output has one element for each place of its window.

    Subclasses declare kernel_size, stride and padding as their settings; those without dilation have 1.
    """

    legend: ClassVar[str] = (
        "C channels, k kernel_size, s stride, p padding, d dilation, g groups; _h, _w, ... along an axis"
    )

    knows_same: ClassVar[bool] = True
    """Whether PyTorch's module takes the word "same", for strides of 1."""

    if TYPE_CHECKING:  # not fields of this class: each subclass orders and describes its own
        kernel_size: tuple[int, ...]
        stride: tuple[int, ...]
        padding: tuple[int, ...] | Literal["same"]

    def dilations(self) -> tuple[int, ...]:
        """Return the dilation along each axis."""
        return (1,) * self.rank

    def paddings(self, x: Shape) -> tuple[window.Padding, ...]:
        """Return the padding before and after, along each axis."""
        if isinstance(self.padding, tuple):
            return tuple([(p, p) for p in self.padding])
        geometry = zip(x.spatial, self.kernel_size, self.stride, self.dilations(), strict=True)
        return tuple(window.same_padding(*axis) for axis in geometry)

    def geometry(self) -> Hashable | None:
        """Return the window."""
        return type(self), self.kernel_size, self.stride, self.padding, self.dilations()

    def check(self, x: Shape) -> None:
        """Raise LayerError also where the window is larger than the padded input."""
        super().check(x)
        if min(self.places(x)) < 1:
            raise self._misfit(x)

    def places(self, x: Shape) -> tuple[int, ...]:
        """Return how many places the window has along each axis."""
        if self.padding == SAME:
            return tuple(map(window.size_same, x.spatial, self.stride))
        return tuple(map(window.size, x.spatial, self.kernel_size, self.stride, self.paddings(x), self.dilations()))

    def taps(self, x: Shape) -> tuple[Taps, ...]:
        """Return which elements each place of the window sees, along each axis."""
        befores = (before for before, _ in self.paddings(x))
        geometry = zip(self.kernel_size, self.stride, befores, self.dilations(), strict=True)
        return tuple(window_taps(*axis) for axis in geometry)

    def spelling(self, x: Shape) -> Spelling:
        """Return the module; where it has no such padding as "same" means here, that in numbers, or before it."""
        if self.padding != SAME or self._is_torchs_same:
            return self.sliding(x)
        sides = self.padded_before(x)
        if sides is None:
            befores = tuple(before for before, _ in self.paddings(x))
            return self.model_copy(update={"padding": befores}).sliding(x)
        padded = Shape.image(x.channels, tuple(n + sum(p) for n, p in zip(x.spatial, sides, strict=True)))
        slid = self.unpadded().sliding(padded)
        pad = {"pad": tuple(n for pair in reversed(sides) for n in pair)}
        return slid.reading(Code(f"F.pad({{x}}, {{pad}}{self.fill})", pad))

    def padded_before(self, x: Shape) -> tuple[window.Padding, ...] | None:
        """Return what a pad of its own adds before the module, along each axis; None where the module itself pads."""
        if self.padding != SAME or self._is_torchs_same:
            return None
        sides = self.paddings(x)
        return None if self.pads(x, sides) else sides

    def unpadded(self) -> Self:
        """Return the layer behind a pad of its own."""
        return self.model_copy(update={"padding": (0,) * self.rank})

    @property
    def _is_torchs_same(self) -> bool:
        return self.padding == SAME and self.knows_same and set(self.stride) == {1}

    def sliding(self, x: Shape) -> Spelling:
        """Return how PyTorch writes the layer whose padding is what PyTorch means by it."""
        return super().spelling(x)

    def pads(self, x: Shape, sides: tuple[window.Padding, ...]) -> bool:
        """Tell whether the module itself can pad so."""
        return all(before == after for before, after in sides)

    @property
    def fill(self) -> str:
        """What the padding is filled with, as further arguments of PyTorch's pad."""
        return ""

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the window along each axis, and every channel."""
        return (image_reaches(everything(x.channels), self.taps(x)),)

    def window_saved(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, or a copy of it: with the pad before the module, or the odd row of PyTorch's own "same".

        Of the latter PyTorch adds the odd row alone, and leaves the rest to the kernel
        (aten/src/ATen/native/Convolution.cpp, _convolution_same).
        """
        x = run.x.shape
        sides = self.padded_before(x)
        if sides is not None:
            return SavedForBackward(own=(self.padded_copy(run.x, tuple(map(sum, sides))),))
        odd = tuple(after - before for before, after in self.paddings(x)) if self._is_torchs_same else ()
        return SavedForBackward(own=(self.padded_copy(run.x, odd),)) if any(odd) else INPUT

    def padded_copy(self, x: BatchTensor, rows: tuple[int, ...]) -> OwnTensor:
        """Return a copy of an image with so many more rows along each axis."""
        sizes = (n + more for n, more in zip(x.shape.spatial, rows, strict=True))
        return OwnTensor(x.batch * x.shape.channels * math.prod(sizes))

    def positions(self, x: Shape) -> int:
        """Return how many places the window has over all axes."""
        return math.prod(self.places(x))

    def _misfit(self, x: Shape) -> LayerError:
        """Return the error of a window that is larger than its padded input."""
        padded = tuple(n + sum(p) for n, p in zip(x.spatial, self.paddings(x), strict=True))
        reach = tuple(map(window.extent, self.kernel_size, self.dilations()))
        kernel = f"kernel_size {_brief(self.kernel_size)}"
        if reach != self.kernel_size:
            kernel += f" (which reaches over {dims_text(reach)} with its dilation)"
        where = f"the {dims_text(x.spatial)} input"
        if padded != x.spatial:
            where += f" ({dims_text(padded)} with padding)"
        return LayerError(
            f"{kernel} does not fit in {where}",
            "kernel_size",
            "use a smaller kernel, more padding, or fewer strides and pools before",
        )

    def window_symbols(self, x: Shape) -> dict[str, float]:
        """Return the symbols of the window formulas along each axis."""
        settings = {"k": self.kernel_size, "s": self.stride, "d": self.dilations()}
        if isinstance(self.padding, tuple):
            settings["p"] = self.padding
        return self.axis_symbols(x, **settings)

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the output's sizes, with a note on what the floor drops."""
        if self.padding == SAME:
            steps = zip(self.size_steps(x, window.SIZE_SAME), self.paddings(x), strict=True)
            yield from (step._replace(note=_padded(padding)) for step, padding in steps)
            return
        for i, step in enumerate(self.size_steps(x, window.SIZE)):
            yield step._replace(note=self._unseen(x, i))

    def _unseen(self, x: Shape, axis: int) -> str | None:
        padding = self.paddings(x)[axis]
        rest = window.unreached(
            x.spatial[axis], self.kernel_size[axis], self.stride[axis], padding, self.dilations()[axis]
        )
        if not rest:
            return None
        of_padding = min(rest, padding[1])
        aside = f" ({'all' if of_padding == rest else of_padding} of it padding)" if of_padding else ""
        return f"rounded down: {_last(rest, AXES[self.rank][axis])} never seen{aside}"


def _brief(sizes: tuple[int, ...]) -> str:
    return str(sizes[0]) if len(set(sizes)) == 1 else dims_text(sizes)


def _padded(padding: window.Padding) -> str | None:
    return f"with {padding[0]} of padding before and {padding[1]} after" if any(padding) else None


def _last(count: int, axis: str) -> str:
    one = {"height": "row", "width": "column", "depth": "slice", "length": "element"}[axis]
    return f"the last {one} is" if count == 1 else f"the last {count} {one}s are"
