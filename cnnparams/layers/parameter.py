"""Learned tensors that meet the input element by element: bare parameters and layer scale."""

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Footprint, Layer
from cnnparams.layers.contract.memory import INPUT, NOTHING, ForwardPass, Placement, SavedForBackward, in_order
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import AnyDims, Dims, Real, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.strides import MemoryLayout, contiguous
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor, role_of


@layer_type("parameter", example={"shape": [50, 64]}, example_input=(50, 64))
class Parameter(Layer):
    """Parameter: a learned tensor, such as an embedding of positions, added to the input or multiplied with it."""

    footprint: ClassVar[Footprint] = Footprint.ELEMENTWISE

    shape: AnyDims = setting(
        "shape of the tensor, aligned with the end of the input's; sizes of 1 are repeated", label="shape", always=True
    )
    op: Literal["add", "multiply"] = setting("what to do with the input", "add", label="op")
    view: Dims | None = setting(
        "shape in which it meets the input, where that is not its own: [16, 1, 1] for one number a channel",
        None,
        label="view",
    )

    def check(self, x: Shape) -> None:
        """Raise LayerError where the tensor cannot be repeated to the input's shape, which it leaves as it is."""
        if self.view and math.prod(self.view) != math.prod(self.shape):
            raise LayerError(
                f"view {list(self.view)} has {math.prod(self.view):,} elements, but shape {list(self.shape)} has "
                f"{math.prod(self.shape):,}",
                "view",
            )
        seen = self._seen
        own = seen[1:] if len(seen) == len(x.dims) + 1 and seen[0] == 1 else seen
        facing = list(zip(reversed(own), reversed(x.dims), strict=False))
        if len(own) > len(x.dims) or any(n not in (1, size) for n, size in facing):
            enlarges = len(own) <= len(x.dims) and all(1 in (n, size) or n == size for n, size in facing)
            key = "view" if self.view else "shape"
            message = f"{key} {list(seen)} {'would enlarge' if enlarges else 'does not fit'} the input"
            hint = f"write {key}: {list(x.dims)}, or 1 for sizes that share their values"
            raise LayerError(f"{message}, {list(x.dims)} in PyTorch's order", key, hint)

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight (shape)."""
        meets = self._roles(x)
        return (Tensor("weight", tuple(Axis(meets[i], n, f"n_{i + 1}") for i, n in enumerate(self.shape))),)

    def _roles(self, x: Shape) -> list[AxisRole]:
        """Return what each size meets of the input, where its view has the sizes in the order of the tensor's."""
        first = len(x.dims) - len(self._seen)
        met = [role_of(x, at) for at, n in enumerate(self._seen, first) if n > 1]
        if [n for n in self._seen if n > 1] != [n for n in self.shape if n > 1]:
            return [AxisRole.ELEMENTS] * len(self.shape)
        return [met.pop(0) if n > 1 else AxisRole.SHARED for n in self.shape]

    def spelling(self, x: Shape) -> Spelling:
        """Return a bare parameter that changes nothing until it has learned something."""
        operator, start = {"add": ("+", "zeros"), "multiply": ("*", "ones")}[self.op]
        make = Code(f"nn.Parameter(torch.{start}({{shape}}))", {"shape": self.shape})
        if self.view is None:
            return Spelling(make, Code(f"{{x}} {operator} {{self}}"))
        return Spelling(make, Code(f"{{x}} {operator} {{self}}.view({{view}})", {"view": self.view}))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the order of the input."""
        return in_order(run.output, run.x.layout, MemoryLayout(self._seen, contiguous(self._seen)))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input where a factor is learned."""
        return INPUT if run.learns and self.op == "multiply" else NOTHING

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return n_1, n_2, ...: the tensor's sizes."""
        return {f"n_{i}": n for i, n in enumerate(self.shape, 1)}

    @property
    def _seen(self) -> tuple[int, ...]:
        """The shape in which it meets the input."""
        return self.view or self.shape


@layer_type("layer_scale")
class LayerScale(Layer):
    """Layer scale: multiplies each channel with a learned factor (Touvron et al., arXiv 2103.17239)."""

    footprint: ClassVar[Footprint] = Footprint.ELEMENTWISE

    legend: ClassVar[str] = "C channels"

    init_value: Real = setting("initial factor", 1e-6)

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight (channels, 1, 1) for an image, (features) where channels are last."""
        channels, *ones = self._shape(x)
        shared = (Axis(AxisRole.SHARED, 1, "1") for _ in ones)
        return (Tensor("weight", (Axis(AxisRole.CHANNELS, channels, "C"), *shared)),)

    def spelling(self, x: Shape) -> Spelling:
        """Return a bare parameter."""
        values = {"shape": self._shape(x), "init_value": self.init_value}
        return Spelling(Code("nn.Parameter(torch.full({shape}, {init_value}))", values), Code("{self} * {x}"))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the order of the input."""
        shape = self._shape(run.x.shape)
        return in_order(run.output, MemoryLayout(shape, contiguous(shape)), run.x.layout)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, for the factors."""
        return INPUT if run.learns else NOTHING

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the channels."""
        return {"C": self._shape(x)[0]}

    def _shape(self, x: Shape) -> tuple[int, ...]:
        at = x.channel_index
        return (x.dims[at], *[1] * (len(x.dims) - 1 - at))
