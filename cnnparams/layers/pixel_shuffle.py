"""Channels traded for pixels (PyTorch's PixelShuffle and PixelUnshuffle)."""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Step
from cnnparams.layers.contract.memory import NOTHING, ForwardPass, SavedForBackward
from cnnparams.layers.contract.reach import Reaches, everything, image_reaches, nearest_taps, window_taps
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Whole, divisor_hint, setting
from cnnparams.layers.contract.shape import AXES, Shape
from cnnparams.layers.contract.spatial import ImageLayer, dims_text


class PixelLayer(ImageLayer):
    """A layer that trades channels for pixels."""

    def check(self, x: Shape) -> None:
        """Raise LayerError where the input is no image."""
        if len(x.dims) != 3:
            hint = "put it before any flatten and global pool, or reshape its input to an image"
            raise LayerError(f"needs an input of (height, width, channels), but gets {x}", hint=hint)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING

    def _steps(self, x: Shape, channels: str, size: str) -> Iterator[Step]:
        output = self.output_shape(x)
        yield Step("output channels", "C_out", channels, output.channels)
        for name, n in zip(AXES[2], output.spatial, strict=True):
            letter = name[0].upper()
            yield Step(f"output {name}", f"{letter}_out", size.format(n=f"{letter}_in"), n)

    def _symbols(self, x: Shape, r: int) -> Mapping[str, float]:
        return {"C_in": x.channels, "H_in": x.spatial[0], "W_in": x.spatial[1], "r": r}


@layer_type("pixel_shuffle", example={"upscale_factor": 2})
class PixelShuffle(PixelLayer):
    """Pixel shuffle: lays r * r channels out as r x r pixels."""

    upscale_factor: Whole = setting("r, how many times larger the image gets", ge=1, label="r", always=True)

    def check(self, x: Shape) -> None:
        """Raise LayerError also where the channels do not make whole pixels."""
        r = self.upscale_factor
        if x.channels % r**2:
            raise LayerError(
                f"upscale_factor {r} needs a multiple of {r**2} channels, but the input has {x.channels}",
                "upscale_factor",
                f"give the layer before it {-(-x.channels // r**2) * r**2} channels",
            )
        super().check(x)

    def output_shape(self, x: Shape) -> Shape:
        """Return (channels / r^2, r * height, r * width)."""
        r = self.upscale_factor
        return Shape.image(x.channels // r**2, tuple(n * r for n in x.spatial))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the pixel that was laid out to a place, and the channels."""
        ratio = Fraction(1, self.upscale_factor)
        return (image_reaches(everything(x.channels), tuple(nearest_taps(n, ratio) for n in x.spatial)),)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the input's sizes and r."""
        return self._symbols(x, self.upscale_factor)

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield channels, height and width."""
        return self._steps(x, "C_in / (r * r)", "{n} * r")


@layer_type("pixel_unshuffle", example={"downscale_factor": 2})
class PixelUnshuffle(PixelLayer):
    """Pixel unshuffle: stacks r x r pixels as r * r channels."""

    downscale_factor: Whole = setting("r, how many times smaller the image gets", ge=1, label="r", always=True)

    def check(self, x: Shape) -> None:
        """Raise LayerError also where the factor does not divide height and width."""
        super().check(x)
        if any(n % self.downscale_factor for n in x.spatial):
            raise LayerError(
                f"downscale_factor {self.downscale_factor} does not divide the {dims_text(x.spatial)} input",
                "downscale_factor",
                divisor_hint(math.gcd(*x.spatial)),
            )

    def output_shape(self, x: Shape) -> Shape:
        """Return (channels * r^2, height / r, width / r)."""
        r = self.downscale_factor
        return Shape.image(x.channels * r**2, tuple(n // r for n in x.spatial))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the r x r pixels that were stacked at a place, and the channels."""
        pixels = window_taps(self.downscale_factor, self.downscale_factor, 0)
        return (image_reaches(everything(x.channels), (pixels, pixels)),)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the input's sizes and r."""
        return self._symbols(x, self.downscale_factor)

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield channels, height and width."""
        return self._steps(x, "C_in * r * r", "{n} / r")
