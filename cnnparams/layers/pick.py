"""Parts of a tensor, and channels in another order (slicing, and PyTorch's ChannelShuffle)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract.axis import axis_name
from cnnparams.layers.contract.base import Footprint, Layer, Step
from cnnparams.layers.contract.checks import check_divides, sample_dim
from cnnparams.layers.contract.reach import Sights, everything, moving, replaced, same_places, window_taps
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Whole, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spatial import ImageLayer
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.training import NOTHING, Kept, Pass, Place


@layer_type("slice", example={"end": 8})
class Slice(Layer):
    """Slice: a part of the tensor along one dimension, as Python's x[start:end:step]."""

    footprint: ClassVar[Footprint] = Footprint.VIEW

    dim: Whole = setting("dimension to cut; 0 is the batch, 1 the channels", 1, label="dim")
    start: Whole = setting("first index; negative counts from the end", 0, label="start", always=True)
    end: Whole | None = setting("index after the last; to the end where not given", None, label="end")
    step: Whole = setting("distance between indices", 1, ge=1, label="step")

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Check that something is left."""
        if not self._kept(x):
            size, at = self._size(x), sample_dim("dim", self.dim, x)
            what = f"{size} channels" if at == x.channel_axis else f"{size} along dimension {self.dim}"
            hint = f"indices run from 0 to {size - 1}, and end is the one after the last"
            if self.start >= size:
                raise LayerError(f"start {self.start} leaves nothing of the {what}", "start", hint)
            raise LayerError(f"start {self.start} and end {self.end} leave nothing of the {what}", "end", hint)
        return {}

    def output_shape(self, x: Shape) -> Shape:
        """Return the input's shape with what is left along `dim`."""
        at = sample_dim("dim", self.dim, x)
        return Shape((*x.dims[:at], len(self._kept(x)), *x.dims[at + 1 :]), x.channel_axis)

    def sights(self, x: Shape) -> tuple[Sights, ...]:
        """Return the place that was kept."""
        at = sample_dim("dim", self.dim, x)
        kept = window_taps(1, self.step, -self._kept(x).start)
        return (replaced(same_places(len(x.dims)), at, moving(at, kept)),)

    def spelling(self, x: Shape) -> Spelling:
        """Return the slice, behind one of everything for the batch and each dimension before."""
        start = "{start}" if self.start else ""
        end = "" if self.end is None else "{end}"
        step = ":{step}" if self.step > 1 else ""
        before = ":, " * (1 + sample_dim("dim", self.dim, x))
        return Spelling(None, Code(f"{{x}}[{before}{start}:{end}{step}]", dict(self)))

    def placed(self, run: Pass) -> Place:
        """Return a view of the input, which stays in memory as a whole."""
        if run.x.strides is None:
            return Place(None, shared=True)
        at = 1 + sample_dim("dim", self.dim, run.x.shape)
        strides = (n * self.step if dim == at else n for dim, n in enumerate(run.x.strides))
        return Place(tuple(strides), shared=True)

    def kept(self, run: Pass) -> Kept:
        """Return nothing."""
        return NOTHING

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return start and end as indices from 0, and the step."""
        kept = self._kept(x)
        return {"start": kept.start, "end": kept.stop, "step": self.step}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the size that is left."""
        words, letter = axis_name(x, sample_dim("dim", self.dim, x))
        formula = "end - start" if self.step == 1 else "ceil((end - start) / step)"
        yield Step(f"output {words}", f"{letter}_out", formula, len(self._kept(x)))

    def _size(self, x: Shape) -> int:
        return x.dims[sample_dim("dim", self.dim, x)]

    def _kept(self, x: Shape) -> range:
        return range(self._size(x))[self.start : self.end : self.step]


@layer_type("channel_shuffle", example={"groups": 4})
class ChannelShuffle(ImageLayer):
    """Channel shuffle: deals the channels of each group out over all groups (Zhang et al., arXiv 1707.01083)."""

    groups: Whole = setting("groups of channels; must divide them", ge=1, label="groups", always=True)

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Check that the input is an image whose channels the groups divide."""
        if len(x.dims) < 2:
            raise LayerError(f"needs an image, but gets {x}", hint="put it before any flatten and global pool")
        check_divides("groups", self.groups, channels=x.channels)
        return {}

    def sights(self, x: Shape) -> tuple[Sights, ...]:
        """Return the same place of some channel."""
        return (replaced(same_places(len(x.dims)), 0, everything(x.channels)),)

    def kept(self, run: Pass) -> Kept:
        """Return nothing."""
        return NOTHING
