"""Parts of a tensor, and channels in another order (slicing, and PyTorch's ChannelShuffle)."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Footprint, Layer, Step
from cnnparams.layers.contract.memory import NOTHING, ForwardPass, Placement, SavedForBackward
from cnnparams.layers.contract.reach import Reaches, everything, moving, replaced, same_places, window_taps
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Whole, check_divides, setting
from cnnparams.layers.contract.shape import Shape, axis_name, check_dim, dim_index
from cnnparams.layers.contract.spatial import ImageLayer
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.window import larger, smaller


@layer_type("slice", example={"end": 8})
class Slice(Layer):
    """Slice: a part of the tensor along one dimension, as Python's x[start:end:step]."""

    footprint: ClassVar[Footprint] = Footprint.VIEW

    dim: Whole = setting("dimension to cut; 0 is the batch, 1 the channels", 1, label="dim")
    start: Whole = setting("first index; negative counts from the end", 0, label="start", always=True)
    end: Whole | None = setting("index after the last; to the end if not given", None, label="end")
    step: Whole = setting("distance between indices", 1, ge=1, label="step")

    def check(self, x: Shape) -> None:
        """Raise LayerError where nothing is left."""
        check_dim("dim", self.dim, x)
        if self._left(x) < 1:
            at = dim_index(self.dim, x)
            size = x.dims[at]
            what = f"{size} channels" if at == x.channel_axis else f"{size} along dimension {self.dim}"
            hint = f"indices run from 0 to {size - 1}, and end is the one after the last"
            if self.start >= size:
                raise LayerError(f"start {self.start} selects nothing of the {what}", "start", hint)
            raise LayerError(f"start {self.start} and end {self.end} select nothing of the {what}", "end", hint)

    def output_shape(self, x: Shape) -> Shape:
        """Return the input's shape with what is left along `dim`."""
        return x.with_size(dim_index(self.dim, x), self._left(x))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the place that was kept."""
        at = dim_index(self.dim, x)
        kept = window_taps(1, self.step, -self._bounds(x)[0])
        return (replaced(same_places(len(x.dims)), at, moving(at, kept)),)

    def spelling(self, x: Shape) -> Spelling:
        """Return the slice, behind one of everything for the batch and each dimension before."""
        start = "{start}" if self.start else ""
        end = "" if self.end is None else "{end}"
        step = ":{step}" if self.step > 1 else ""
        before = ":, " * (1 + dim_index(self.dim, x))
        return Spelling(None, Code(f"{{x}}[{before}{start}:{end}{step}]", dict(self)))

    def placement(self, run: ForwardPass) -> Placement:
        """Return a view of the input, which stays in memory as a whole."""
        if run.x.strides is None:
            return Placement(None, shared=True)
        at = 1 + dim_index(self.dim, run.x.shape)
        strides = (n * self.step if dim == at else n for dim, n in enumerate(run.x.strides))
        return Placement(tuple(strides), shared=True)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return start and end as indices from 0, and the step."""
        start, end = self._bounds(x)
        return {"start": start, "end": end, "step": self.step}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the size that is left."""
        words, letter = axis_name(x, dim_index(self.dim, x))
        formula = "end - start" if self.step == 1 else "ceil((end - start) / step)"
        yield Step(f"output {words}", f"{letter}_out", formula, self._left(x))

    def _left(self, x: Shape) -> int:
        start, end = self._bounds(x)
        return -((start - end) // self.step)

    def _bounds(self, x: Shape) -> tuple[int, int]:
        """Return start and end as indices from 0."""
        n = x.dims[dim_index(self.dim, x)]
        return _from_zero(self.start, n), n if self.end is None else _from_zero(self.end, n)


def _from_zero(index: int, n: int) -> int:
    """Return where an index of a slice stands, as Python has it: a negative one counts from the end."""
    return larger(n + index, 0) if index < 0 else smaller(index, n)


@layer_type("channel_shuffle", example={"groups": 4})
class ChannelShuffle(ImageLayer):
    """Channel shuffle: deals the channels of each group out over all groups (Zhang et al., arXiv 1707.01083)."""

    groups: Whole = setting("groups of channels; must divide them", ge=1, label="groups", always=True)

    def check(self, x: Shape) -> None:
        """Raise LayerError where the input is no image whose channels the groups divide."""
        if len(x.dims) < 2:
            raise LayerError(f"needs an image, but gets {x}", hint="put it before any flatten and global pool")
        check_divides("groups", self.groups, channels=x.channels)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place of some channel."""
        return (replaced(same_places(len(x.dims)), 0, everything(x.channels)),)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING
