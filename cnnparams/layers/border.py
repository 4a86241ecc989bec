"""Rows and columns added around an image or taken off it (PyTorch's ZeroPad and its kin, and pad, Keras' Cropping)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic_core import PydanticCustomError

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.keras import KerasReading
from cnnparams.layers.contract.memory import (
    INPUT,
    NOTHING,
    ForwardPass,
    Placement,
    SavedForBackward,
    as_image,
    fresh,
    in_order,
)
from cnnparams.layers.contract.reach import Reaches, image_reaches, moving, replaced, same_places, window_taps
from cnnparams.layers.contract.registry import keras_word, layer_type
from cnnparams.layers.contract.settings import Number, PerAxis, Whole, one_for_all, setting
from cnnparams.layers.contract.shape import AXES, Shape, axis_name, check_dim, dim_index
from cnnparams.layers.contract.spatial import SpatialLayer, dims_text
from cnnparams.layers.contract.spelling import Code, Spelling, module
from cnnparams.layers.contract.strides import MemoryLayout

Sides = Annotated[tuple[int, ...], PerAxis(minimum=None, each=2)]
SidesToCrop = Annotated[tuple[int, ...], PerAxis(minimum=0, each=2)]
_ORDER = "(left, right, top, bottom, front, back)"


class BorderLayer(SpatialLayer):
    """A layer that changes the image's border: `sides` are rows added before and after, the last axis first."""

    written: ClassVar[str]
    """The setting that says how much."""

    def sides(self) -> tuple[int, ...]:
        """Return rows added (negative: taken off) before and after each axis, the last axis first."""
        raise NotImplementedError

    def check(self, x: Shape) -> None:
        """Raise LayerError also where nothing of the image is left."""
        super().check(x)
        if min(self.output_shape(x).spatial) < 1:
            message = f"{self.written} removes all of the {dims_text(x.spatial)} input"
            raise LayerError(message, self.written, "remove less")

    def output_shape(self, x: Shape) -> Shape:
        """Return (channels, *sizes)."""
        sizes = (n + before + after for n, (before, after) in zip(x.spatial, self._by_axis(), strict=True))
        return Shape.image(x.channels, tuple(sizes))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place of the image, which lies further on."""
        return (image_reaches(moving(0), tuple(window_taps(1, 1, before) for before, _ in self._by_axis())),)

    def placement(self, run: ForwardPass) -> Placement:
        """Return an image like the input's, of which what is only cropped is a copy."""
        return as_image(run) if max(self.sides()) > 0 else _cropped(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the sizes, and what each side gains."""
        befores, afters = zip(*self._by_axis(), strict=True)
        return self.axis_symbols(x, before=befores, after=afters)

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the output's sizes."""
        for name, n in zip(AXES[self.rank], self.output_shape(x).spatial, strict=True):
            letter = name[0]
            yield Step(
                f"output {name}", f"{letter.upper()}_out", f"{letter.upper()}_in + before_{letter} + after_{letter}", n
            )

    def _by_axis(self) -> list[tuple[int, int]]:
        sides = self.sides()
        return [(sides[2 * i], sides[2 * i + 1]) for i in reversed(range(self.rank))]


@layer_type("zero_pad", ranks=(1, 2, 3), keras="ZeroPadding{rank}D", example={"padding": 1})
class ZeroPad(BorderLayer):
    """Zero padding around the image; a negative number takes rows off."""

    written: ClassVar[str] = "padding"

    padding: Sides = setting(f"zeros on each side, one number for all or {_ORDER}", label="p", always=True)

    def sides(self) -> tuple[int, ...]:
        """Return the padding."""
        return self.padding


@layer_type("constant_pad", ranks=(1, 2, 3), example={"padding": 1, "value": 0.5})
class ConstantPad(BorderLayer):
    """Padding around the image with a number; a negative number of rows takes them off."""

    written: ClassVar[str] = "padding"

    padding: Sides = setting(f"rows on each side, one number for all or {_ORDER}", label="p", always=True)
    value: Number = setting("what the rows are filled with", label="value", always=True)

    def sides(self) -> tuple[int, ...]:
        """Return the padding."""
        return self.padding


class LookingPad(BorderLayer):
    """Padding that repeats the image; what it sees of it beyond the border is left out of the receptive field."""

    written: ClassVar[str] = "padding"
    beyond: ClassVar[int | None]
    """How many rows more than the image has it can add on a side; None where there is no end."""

    padding: SidesToCrop = setting(f"rows on each side, one number for all or {_ORDER}", label="p", always=True)

    def sides(self) -> tuple[int, ...]:
        """Return the padding."""
        return self.padding

    def check(self, x: Shape) -> None:
        """Raise LayerError also for more rows than there are to repeat."""
        super().check(x)
        if self.beyond is None:
            return
        for n, sides in zip(x.spatial, self._by_axis(), strict=True):
            if max(sides) > n + self.beyond:
                message = f"padding {max(sides)} is more than the {n + self.beyond} that an input of {n} has to repeat"
                raise LayerError(message, "padding", "use less padding, or zero_pad")

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input."""
        return INPUT


@layer_type("reflection_pad", ranks=(1, 2, 3), example={"padding": 1})
class ReflectionPad(LookingPad):
    """Reflection padding: repeats the image backwards at its borders, without the outermost row."""

    beyond: ClassVar[int | None] = -1


@layer_type("replication_pad", ranks=(1, 2, 3), example={"padding": 1})
class ReplicationPad(LookingPad):
    """Replication padding: repeats the outermost row."""

    beyond: ClassVar[int | None] = None


@layer_type("circular_pad", ranks=(1, 2, 3), example={"padding": 1})
class CircularPad(LookingPad):
    """Circular padding: goes on with the other end of the image."""

    beyond: ClassVar[int | None] = 0

    def placement(self, run: ForwardPass) -> Placement:
        """Return an image that is laid out anew."""
        return fresh(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING


@layer_type("crop", ranks=(1, 2, 3), keras="Cropping{rank}D", example={"cropping": 1})
class Crop(BorderLayer):
    """Cropping: takes rows and columns off the image."""

    written: ClassVar[str] = "cropping"

    cropping: SidesToCrop = setting(
        f"rows to remove on each side, one number for all or {_ORDER}", label="crop", always=True
    )

    def sides(self) -> tuple[int, ...]:
        """Return what is taken off as negative padding."""
        return tuple(-n for n in self.cropping)

    def spelling(self, x: Shape) -> Spelling:
        """Return the padding with negative numbers."""
        return Spelling(module(f"ZeroPad{self.rank}d", {"padding": one_for_all(self.sides())}, by_place=1))


@layer_type("pad", example={"before": 8, "after": 8})
class Pad(Layer):
    """Padding along one dimension, the channels by default (PyTorch's functional pad)."""

    dim: Whole = setting("dimension to make longer; 0 is the batch, 1 the channels", 1, label="dim")
    before: Whole = setting("zeros before", 0, ge=0, label="before", always=True)
    after: Whole = setting("zeros after", 0, ge=0, label="after", always=True)
    value: Number = setting("what stands in place of zeros", 0, label="value")

    def check(self, x: Shape) -> None:
        """Raise LayerError where there is no such dimension."""
        check_dim("dim", self.dim, x)

    def output_shape(self, x: Shape) -> Shape:
        """Return the input's shape with the zeros along `dim`."""
        at = dim_index(self.dim, x)
        return x.with_size(at, x.dims[at] + self.before + self.after)

    def spelling(self, x: Shape) -> Spelling:
        """Return the functional pad, which names the last dimension first."""
        behind = ", 0" * 2 * (len(x.dims) - 1 - dim_index(self.dim, x))
        sides = f"({behind[2:]}, {{before}}, {{after}})" if behind else "({before}, {after})"
        values = {"before": self.before, "after": self.after, **({"value": self.value} if self.value else {})}
        filled = ", value={value}" if self.value else ""
        return Spelling(None, Code(f"F.pad({{x}}, {sides}{filled})", values))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place, which lies further on along `dim`."""
        at = dim_index(self.dim, x)
        return (replaced(same_places(len(x.dims)), at, moving(at, window_taps(1, 1, self.before))),)

    def placement(self, run: ForwardPass) -> Placement:
        """Return an image like the input's."""
        return as_image(run) if self.before or self.after else _cropped(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the size along `dim`, and the zeros."""
        at = dim_index(self.dim, x)
        return {f"{axis_name(x, at).letter}_in": x.dims[at], "before": self.before, "after": self.after}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the size with the zeros."""
        symbols = self.symbols(x)
        words, letter = axis_name(x, dim_index(self.dim, x))
        yield Step(f"output {words}", f"{letter}_out", " + ".join(symbols), int(sum(symbols.values())))


def _cropped(run: ForwardPass) -> Placement:
    """Return the place of a copy of a part: PyTorch's pad makes one even where it adds nothing."""
    strides = run.x.strides
    return in_order(run.output, None if strides is None else MemoryLayout(run.output, strides))


class _KerasSides(PerAxis):
    """Keras' way: a number for all sides, for each axis, or a pair for each axis, the first axis first."""

    def expand(self, value: object, rank: int) -> object:
        """Return the sides in PyTorch's order, the last axis first; raise PydanticCustomError."""
        if not isinstance(value, list | tuple):
            return super().expand(value, rank)
        axes = [value] if rank == 1 and len(value) == self.each else value
        if len(axes) != rank:
            raise self._unlike(value, rank)
        pairs = [self._pair(axis, rank, (i,)) for i, axis in enumerate(axes)]
        return tuple(side for pair in reversed(pairs) for side in pair)

    def _pair(self, value: Any, rank: int, at: tuple[int, ...]) -> tuple[Any, ...]:
        sides = value if isinstance(value, list | tuple) else (value,) * self.each
        if len(sides) != self.each:
            raise self._unlike(value, rank)
        return tuple(self._number(side, rank, at) for side in sides)

    def _unlike(self, value: Any, rank: int) -> PydanticCustomError:
        wanted = "a number, or [before, after]" if rank == 1 else f"a number, {rank} numbers, or {rank} pairs of them"
        message = f"expected {wanted}, as in Keras, but found a list of {len(value)}"
        hint = "write [height, width] or [[top, bottom], [left, right]]" if rank == len(AXES[2]) else None
        return PydanticCustomError("keras_sides", "{message}", {"message": message, **({"hint": hint} if hint else {})})


_InKeras = Annotated[tuple[int, ...], _KerasSides(minimum=0, each=2)]
_KERAS = "a number for all sides, for each axis, or a pair for each axis"


@keras_word("ZeroPadding{rank}D")
class ZeroPadding(KerasReading, ZeroPad):
    """1 where nothing is given; lists are Keras': [height, width] or [[top, bottom], [left, right]]."""

    padding: _InKeras = setting(_KERAS, 1, label="p", always=True)


@keras_word("Cropping1D Cropping3D")
class Cropping(KerasReading, Crop):
    """1 where nothing is given; lists are Keras': [before, after] for each axis."""

    cropping: _InKeras = setting(_KERAS, 1, label="crop", always=True)


@keras_word("Cropping2D")
class ImageCropping(Cropping):
    """0 where nothing is given; lists are Keras': [height, width] or [[top, bottom], [left, right]]."""

    cropping: _InKeras = setting(_KERAS, 0, label="crop", always=True)
