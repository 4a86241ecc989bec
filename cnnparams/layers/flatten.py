"""From an image to a vector (PyTorch's Flatten)."""

import math
from collections.abc import Iterator, Mapping
from typing import ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Footprint, Layer, Step
from cnnparams.layers.contract.memory import NOTHING, ForwardPass, Placement, SavedForBackward, view_or_copy
from cnnparams.layers.contract.reach import Reaches, regrouped_reaches
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Whole, setting
from cnnparams.layers.contract.shape import Shape, check_dim, dim_index
from cnnparams.layers.contract.spelling import Code, Spelling


class Regrouping(Layer):
    """The same elements in the same order, under other dimensions."""

    footprint: ClassVar[Footprint] = Footprint.VIEW

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the dimensions that stay as they are, and for others an element at some place of what they became."""
        return (regrouped_reaches(x.dims, self.output_shape(x).dims),)

    def placement(self, run: ForwardPass) -> Placement:
        """Return a view of the input where its layout allows one, or a copy."""
        return view_or_copy(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING


@layer_type("flatten")
class Flatten(Regrouping):
    """Flatten: lays dimensions out as one, an image as a vector of features."""

    start_dim: Whole = setting("first dimension to flatten; 0 is the batch, which stays", 1, label="start_dim")
    end_dim: Whole = setting("last dimension to flatten; -1 is the last", -1, label="end_dim")

    def check(self, x: Shape) -> None:
        """Raise LayerError where there is no such range of dimensions."""
        for name in ("start_dim", "end_dim"):
            check_dim(name, getattr(self, name), x)
        start, end = self._range(x)
        if start > end:
            message = f"start_dim {self.start_dim} comes after end_dim {self.end_dim}"
            raise LayerError(
                message, "start_dim", "give the first dimension to flatten as start_dim, the last as end_dim"
            )

    def output_shape(self, x: Shape) -> Shape:
        """Return the input's shape with the range as one dimension."""
        start, end = self._range(x)
        dims = (*x.dims[:start], math.prod(x.dims[start : end + 1]), *x.dims[end + 1 :])
        return Shape(dims, x.channel_axis if len(dims) == len(x.dims) else None)

    def in_forward(self, x: Shape) -> Spelling:
        """Return torch.flatten, whose dimensions are those of the batch too."""
        end = "" if self.end_dim == -1 else ", {end_dim}"
        return Spelling(None, Code(f"torch.flatten({{x}}, {{start_dim}}{end})", dict(self)))

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return n_1, n_2, ...: the flattened sizes in the order in which tables show them."""
        return {f"n_{i}": n for i, n in enumerate(self._flattened(x), 1)}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the features: the product of the sizes."""
        yield Step("output features", "features", " * ".join(self.symbols(x)), math.prod(self._flattened(x)))

    def provenance(self, x: Shape) -> str:
        """Return the product that the features are: 5408 = 13 x 13 x 32."""
        return f"{math.prod(self._flattened(x))} = {' x '.join(map(str, self._flattened(x)))}"

    def _flattened(self, x: Shape) -> tuple[int, ...]:
        start, end = self._range(x)
        return x.channels_last if end - start + 1 == len(x.dims) else x.dims[start : end + 1]

    def _range(self, x: Shape) -> tuple[int, int]:
        return dim_index(self.start_dim, x), dim_index(self.end_dim, x)
