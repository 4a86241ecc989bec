"""Larger images without weights (PyTorch's Upsample)."""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal, Self

from pydantic import ConfigDict, field_validator, model_validator
from pydantic_core import PydanticCustomError

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Step
from cnnparams.layers.contract.keras import KerasReading
from cnnparams.layers.contract.memory import NOTHING, ForwardPass, SavedForBackward
from cnnparams.layers.contract.reach import Reaches, Taps, image_reaches, interpolated_taps, moving, nearest_taps
from cnnparams.layers.contract.registry import keras_word, layer_type
from cnnparams.layers.contract.settings import Dims, Flag, Scales, setting
from cnnparams.layers.contract.shape import AXES, MOST_ELEMENTS, Shape
from cnnparams.layers.contract.spatial import ImageLayer, dims_text

_RANK_OF_MODE = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


@layer_type("upsample", keras="UpSampling1D UpSampling2D UpSampling3D", example={"scale_factor": 2})
class Upsample(ImageLayer):
    """Upsampling to a size or by a factor: repeats or interpolates."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["size"]}, {"required": ["scale_factor"]}]})

    size: Dims | None = setting("size of the output, for each axis or one for all", None, label="size")
    scale_factor: Scales | None = setting("factor, for each axis or one for all", None, label="scale")
    mode: Literal["nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear"] = setting(
        "how to interpolate", "nearest", label="mode", keras="interpolation"
    )
    align_corners: Flag | None = setting("whether corners keep their place", None)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.size is None and self.scale_factor is None:
            raise PydanticCustomError("upsample", "needs size or scale_factor", {"hint": "add scale_factor: 2"})
        if self.size is not None and self.scale_factor is not None:
            raise PydanticCustomError("upsample", "size and scale_factor do not go together", {"hint": "remove one"})
        return self

    def check(self, x: Shape) -> None:
        """Raise LayerError where the input is no image that the mode and the numbers fit, or where nothing is left."""
        rank = len(x.dims) - 1
        if rank not in AXES:
            raise LayerError(f"needs an image, but gets {x}", hint="put it before any flatten and global pool")
        if _RANK_OF_MODE.get(self.mode, rank) != rank:
            wanted = f"mode {self.mode} needs {_RANK_OF_MODE[self.mode]} spatial axes"
            fitting = [mode for mode, axes in _RANK_OF_MODE.items() if axes == rank]
            raise LayerError(f"{wanted}, but the input has {rank}", "mode", f"use {' or '.join(fitting)}")
        if self.align_corners is not None and self.mode not in _RANK_OF_MODE:
            message = f"mode {self.mode} does not interpolate, and has no corners to align"
            raise LayerError(message, "align_corners", f"leave it out, or use a mode of {', '.join(_RANK_OF_MODE)}")
        given = self.size or self.scale_factor or ()
        if len(given) not in (1, rank):
            field = "size" if self.size else "scale_factor"
            raise LayerError(
                f"{field} has {len(given)} numbers, but the input has {rank} spatial axes", field, "write one for all"
            )
        self._check_scales(x)

    def _check_scales(self, x: Shape) -> None:
        products = [n * scale for n, scale in zip(x.spatial, self._scales(len(x.spatial)), strict=False)]
        if max(products, default=1) > MOST_ELEMENTS:
            message = "scale_factor makes the output larger than 64 bits can count"
            raise LayerError(message, "scale_factor", "use a smaller factor, or size")
        if min(products, default=1) < 1:
            message = f"scale_factor removes all of the {dims_text(x.spatial)} input"
            raise LayerError(message, "scale_factor", "use a larger factor, or size")

    def output_shape(self, x: Shape) -> Shape:
        """Return (channels, *size), or (channels, *floor(n * scale_factor))."""
        rank = len(x.spatial)
        if self.size:
            return Shape.image(x.channels, self.size if len(self.size) == rank else self.size * rank)
        return Shape.image(x.channels, tuple(map(_scaled, x.spatial, self._scales(rank))))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the elements that a place is a copy or an average of, along each axis, and the same channel."""
        sizes, rank = self.output_shape(x).spatial, len(x.spatial)
        ratios = [1 / Fraction(str(scale)) for scale in self._scales(rank)] or map(Fraction, x.spatial, sizes)
        return (image_reaches(moving(0), tuple(map(self._taps, x.spatial, sizes, ratios))),)

    def _taps(self, n: int, size: int, ratio: Fraction) -> Taps:
        """Return those of PyTorch's area_pixel_compute_source_index (aten/src/ATen/native/UpSample.h)."""
        if self.mode not in _RANK_OF_MODE:
            return nearest_taps(n, ratio, ratio / 2 if self.mode == "nearest-exact" else Fraction(0))
        reach = 2 if self.mode == "bicubic" else 1
        if self.align_corners:
            return interpolated_taps(n, Fraction(n - 1, max(size - 1, 1)), Fraction(0), reach)
        return interpolated_taps(n, ratio, (ratio - 1) / 2, reach)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the sizes, and the scale along each axis."""
        scales = self._scales(len(x.spatial)) if self.scale_factor else self.output_shape(x).spatial
        names = [name[0] for name in AXES[len(x.spatial)]]
        sizes = {f"{letter.upper()}_in": n for letter, n in zip(names, x.spatial, strict=True)}
        kind = "scale" if self.scale_factor else "size"
        return {**sizes, **{f"{kind}_{letter}": value for letter, value in zip(names, scales, strict=True)}}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the output's sizes."""
        for name, result in zip(AXES[len(x.spatial)], self.output_shape(x).spatial, strict=True):
            letter = name[0]
            formula = f"floor({letter.upper()}_in * scale_{letter})" if self.scale_factor else f"size_{letter}"
            yield Step(f"output {name}", f"{letter.upper()}_out", formula, result)

    def _scales(self, rank: int) -> tuple[float, ...]:
        scales = self.scale_factor or ()
        return scales if len(scales) == rank else scales * rank


def _scaled(n: int, scale: float) -> int:
    """Return floor(n * scale), rounded as PyTorch rounds; a whole factor needs neither floats nor a floor."""
    return n * int(scale) if scale == int(scale) else math.floor(n * scale)


@keras_word("UpSampling1D UpSampling2D UpSampling3D")
class UpSampling(KerasReading, Upsample):
    """By a factor, 2 where none is given: scale_factor, as Keras' size is PyTorch's for another thing."""

    scale_factor: Scales | None = setting("factor, for each axis or one for all", 2, label="scale")

    @field_validator("size", mode="before")
    @classmethod
    def _no_size(cls, value: object) -> object:
        if value is not None:
            message = f"is that of {cls.word}, which is a Keras layer: there it is a factor"
            raise PydanticCustomError("keras_size", "{message}", {"message": message, "hint": "write scale_factor"})
        return value

    def check(self, x: Shape) -> None:
        """Raise LayerError also for an input of another rank."""
        super().check(x)
        if self.word != f"UpSampling{len(x.dims) - 1}D":
            rank = len(x.dims) - 1
            hint = f"for this input use UpSampling{rank}D" if rank in AXES else "give it an image"
            raise LayerError(f"{self.word} does not take {x}", hint=hint)
