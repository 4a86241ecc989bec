"""The same elements in another shape or order (PyTorch's reshape and permute)."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Footprint, Layer, Step
from cnnparams.layers.contract.memory import NOTHING, ForwardPass, Placement, SavedForBackward
from cnnparams.layers.contract.reach import Reaches, moving
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Whole, setting
from cnnparams.layers.contract.shape import Shape, check_dim, dim_index
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.flatten import Regrouping

INFER = -1
PlainOrListed = Annotated[tuple[Whole, ...], Field(min_length=1)]


@layer_type("reshape", example={"shape": [16, -1]})
class Reshape(Regrouping):
    """Reshape: the same elements under other dimensions, without the batch; one of them may be -1."""

    unlike_keras: ClassVar[str] = "as in PyTorch, of three or more dimensions the first are the channels"

    shape: PlainOrListed = setting(
        "the new dimensions; -1 stands for what is left", label="shape", always=True, keras="target_shape"
    )

    def check(self, x: Shape) -> None:
        """Raise LayerError where the elements do not fit the new dimensions."""
        if any(n < 1 and n != INFER for n in self.shape) or self.shape.count(INFER) > 1:
            raise LayerError(
                f"shape {list(self.shape)} must have sizes of at least 1, and one -1 at most", "shape", "write -1 once"
            )
        known = math.prod(n for n in self.shape if n != INFER)
        if x.size % known or (INFER not in self.shape and x.size != known):
            message = f"the input's {x.size:,} elements do not fill shape {list(self.shape)}"
            hint = f"{known:,} must divide {x.size:,}" if INFER in self.shape else "write -1 for one of the sizes"
            raise LayerError(message, "shape", hint)

    def output_shape(self, x: Shape) -> Shape:
        """Return the new shape; of three or more dimensions the first counts as channels."""
        known = math.prod(n for n in self.shape if n != INFER)
        dims = tuple(x.size // known if n == INFER else n for n in self.shape)
        return Shape.of(dims)

    def spelling(self, x: Shape) -> Spelling:
        """Return the method of a tensor, which is given the batch too."""
        sizes = {f"size{i}": n for i, n in enumerate(self.shape)}
        holes = "".join(f", {{{name}}}" for name in sizes)
        return Spelling(None, Code(f"{{x}}.reshape({{x}}.shape[0]{holes})", sizes))

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the number of elements, and n_1, n_2, ...: the sizes that are known."""
        known = (n for n in self.shape if n != INFER)
        return {"elements": x.size, **{f"n_{i}": n for i, n in enumerate(known, 1)}}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the size that -1 stands for."""
        if INFER in self.shape:
            known = " * ".join(name for name in self.symbols(x) if name != "elements")
            formula = f"elements / ({known})" if known else "elements"
            yield Step("inferred size", "n", formula, self.output_shape(x).dims[self.shape.index(INFER)])


@layer_type("permute", example={"dims": [0, 2, 3, 1]})
class Permute(Layer):
    """Permute: the dimensions in another order."""

    footprint: ClassVar[Footprint] = Footprint.VIEW

    dims: PlainOrListed = setting(
        "the dimensions in their new order, from 1; the batch, 0, may stand first", label="dims", always=True
    )

    def check(self, x: Shape) -> None:
        """Raise LayerError where a dimension is not there once."""
        for dim in self._written():
            check_dim("dims", dim, x)
        if sorted(self._order(x)) != list(range(len(x.dims))):
            example = list(range(1, len(x.dims) + 1))
            raise LayerError(
                f"dims {list(self.dims)} is not an order of the dimensions {example}",
                "dims",
                "name every dimension once",
            )

    def output_shape(self, x: Shape) -> Shape:
        """Return the dimensions in the new order; the channels stay the channels."""
        order = self._order(x)
        axis = None if x.channel_axis is None else order.index(x.channel_axis)
        return Shape(tuple(x.dims[i] for i in order), axis)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place, along the dimensions in their new order."""
        order = self._order(x)
        return (tuple(moving(order.index(dim)) for dim in range(len(order))),)

    def spelling(self, x: Shape) -> Spelling:
        """Return the method of a tensor, whose 0 is the batch."""
        return Spelling(None, Code("{x}.permute{dims}", {"dims": (0, *(dim + 1 for dim in self._order(x)))}))

    def placement(self, run: ForwardPass) -> Placement:
        """Return a view of the input, along other dimensions."""
        strides, order = run.x.strides, self._order(run.x.shape)
        return Placement(strides and (strides[0], *(strides[1 + dim] for dim in order)), shared=True)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING

    def _order(self, x: Shape) -> list[int]:
        return [dim_index(dim, x) for dim in self._written()]

    def _written(self) -> tuple[int, ...]:
        return self.dims[1:] if self.dims[0] == 0 else self.dims
