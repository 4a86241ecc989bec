"""What layers over images share: a rank (1d, 2d, 3d), settings per axis, and the names of the axes."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import ValidationInfo, field_validator

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.memory import ForwardPass, Placement, as_image
from cnnparams.layers.contract.settings import per_axis
from cnnparams.layers.contract.shape import AXES, Shape
from cnnparams.layers.contract.tensor import Axis, AxisRole

_KERNEL = (AxisRole.KERNEL,) * max(AXES)
_KERNEL_SYMBOLS = {rank: tuple(f"k_{name[0]}" for name in names) for rank, names in AXES.items()}


class ImageLayer(Layer):
    """A layer over (channels, *spatial)."""

    @classmethod
    def reads(cls, x: Shape) -> Shape:
        """Take the first dimension for the channels, whatever came before."""
        return x if x.channel_axis == 0 else Shape(x.dims, 0)

    def placement(self, run: ForwardPass) -> Placement:
        """Return an image like the input's."""
        return as_image(run)


class SpatialLayer(ImageLayer):
    """A layer over (channels, *spatial), with one spatial axis for each of its ranks."""

    rank: ClassVar[int]
    ranks: ClassVar[tuple[int, ...]]

    @field_validator("*", mode="before")
    @classmethod
    def _expand(cls, value: object, info: ValidationInfo) -> object:
        """Write a setting per axis once for each axis."""
        name = str(info.field_name)
        axes = per_axis(cls).get(name)
        left_out = value is None and cls.model_fields[name].default is None
        return value if axes is None or left_out else axes.expand(value, cls.rank)

    def check(self, x: Shape) -> None:
        """Raise LayerError where the input is no image of the layer's rank."""
        if len(x.dims) != self.rank + 1:
            wanted = ", ".join((*AXES[self.rank], "channels"))
            raise LayerError(f"needs an input of ({wanted}), but gets {x}", hint=self._remedy(x))

    def _remedy(self, x: Shape) -> str:
        rank = len(x.dims) - 1
        if rank == 0:
            return "put it before any flatten and global pool, or reshape the vector to an image"
        if x.channel_axis == 0 and rank in self.ranks:
            return f"for this input use {self.type.replace(f'{self.rank}d', f'{rank}d')}"
        return "give the network an image as input, or reshape"

    def axis_symbols(self, x: Shape, **settings: tuple[int, ...]) -> dict[str, float]:
        """Return C_in, H_in, H_out and the given settings per axis, {"k": kernel_size} as k_h and k_w."""
        symbols: dict[str, float] = {"C_in": x.channels}
        output = self.output_shape(x)
        for i, name in enumerate(AXES[self.rank]):
            letter = name[0]
            symbols[f"{letter.upper()}_in"] = x.spatial[i]
            symbols |= {f"{symbol}_{letter}": values[i] for symbol, values in settings.items()}
            symbols[f"{letter.upper()}_out"] = output.spatial[i]
        return symbols

    def size_steps(self, x: Shape, template: str) -> Iterator[Step]:
        """Yield a step for each spatial axis of the output; `template` is a formula of `window`."""
        output = self.output_shape(x)
        for i, name in enumerate(AXES[self.rank]):
            yield Step(f"output {name}", f"{name[0].upper()}_out", axis_formula(template, name[0]), output.spatial[i])

    def kernel_axes(self, sizes: tuple[int, ...]) -> tuple[Axis, ...]:
        """Return the axes of a kernel."""
        return tuple(map(Axis, _KERNEL, sizes, _KERNEL_SYMBOLS[self.rank]))

    def sizes_product(self, side: str) -> str:
        """Return the product of the sizes over the axes: H_out * W_out for "out"."""
        return " * ".join(f"{name[0].upper()}_{side}" for name in AXES[self.rank])


def axis_formula(template: str, letter: str) -> str:
    """Fill a formula of `window` with the symbols of one axis."""
    return template.format(
        n=f"{letter.upper()}_in", **{symbol: f"{symbol}_{letter}" for symbol in ("k", "s", "p", "d", "op", "o")}
    )


def dims_text(dims: tuple[int, ...]) -> str:
    """Write spatial dimensions the short way: 4x4."""
    return "x".join(map(str, dims))
