"""What the results of a model's steps are to a spec."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple, Protocol, runtime_checkable

from cnnparams.layers.contract.shape import Shape
from cnnparams.schema.structures import Edge
from cnnparams.sources.assembly import NoLayerError

BATCH = 13
"""Samples that enter a model as it is read: a number that sizes seldom have, and that divides few of them."""

_MOST_NAMED = 3
"""Tensors that a message names of those that something is made of: with all of them it would grow with each step."""


TorchDims = tuple[int, ...]
"""Dimensions as PyTorch has them."""


class Batched(NamedTuple):
    """A tensor on its way through the network, in the two forms that it has: in PyTorch, and as a sample in a spec.

    PyTorch has the samples along its dimension `batch`; None is a tensor that depends on no sample, such as a
    parameter. A model may fold dimensions of a sample into the batch, as windows of an image: from `batch` on, the
    sample has so many that are `folded`, in their order behind the batch.
    """

    edge: Edge
    batch: int | None = 0
    folded: int = 0

    @property
    def dims(self) -> TorchDims:
        """The dimensions of a sample."""
        return self.edge.shape.dims

    @property
    def full(self) -> TorchDims:
        """The dimensions in PyTorch, with the batch among them."""
        if self.batch is None:
            return self.dims
        end = self.batch + self.folded
        return (*self.dims[: self.batch], BATCH * math.prod(self.dims[self.batch : end]), *self.dims[end:])

    @property
    def folds(self) -> TorchDims:
        """The dimensions that are folded into the batch."""
        return () if self.batch is None else self.dims[self.batch : self.batch + self.folded]

    def sample(self, full: TorchDims, batch: int | None = None) -> TorchDims:
        """Return the dimensions of a sample of what PyTorch has under other sizes, the batch perhaps elsewhere."""
        if self.batch is None:
            return full
        at = self.batch if batch is None else batch
        return (*full[:at], *self.folds, *full[at + 1 :])

    def axis(self, dim: Any) -> int:
        """Return a dimension in PyTorch, counted from 0; raise NoLayerError where there is none."""
        rank = len(self.full)
        if not isinstance(dim, int) or not -rank <= dim < rank:
            raise NoLayerError(f"works along dimension {dim} of {rank}")
        return dim % rank

    def at(self, dim: Any) -> int:
        """Return where in a sample a dimension of PyTorch is; raise NoLayerError for the batch."""
        axis = self.axis(dim)
        if axis == self.batch:
            raise NoLayerError("works along the batch, but a spec describes a single sample")
        return axis if self.batch is None or axis < self.batch else axis - 1 + self.folded

    def dim(self, dim: Any) -> int:
        """Return the number of a dimension in a spec, where the batch is 0; raise NoLayerError for the batch."""
        return self.at(dim) + 1

    @classmethod
    def standing(cls, source: str, full: TorchDims) -> Batched | None:
        """Return the tensor that a node gives of which PyTorch's dimensions are known; None where no batch is there."""
        for batch, n in enumerate(full):
            if n and n % BATCH == 0:
                own = (n // BATCH,) if n > BATCH else ()
                dims = (*full[:batch], *own, *full[batch + 1 :])
                return cls(Edge(source, Shape.of(dims or (1,))), batch, len(own))
        return None


class ModelTensor(NamedTuple):
    """A parameter or a buffer of the model, in the shape in which it is used.

    It may be `repeated` to other dimensions, which sums and products do by themselves.
    """

    path: str
    tensor: Any
    shape: tuple[int, ...]
    learned: bool
    repeated: TorchDims | None = None


class Unsaid(NamedTuple):
    """A tensor that no layer gives: fine as long as nothing reads it.

    Of a `constant` it is the shape: it depends neither on a sample nor on anything that the model holds, and may be all
    `zeros`. `origins` are what it was made of in the first place: a few names, however many steps lie between.
    """

    what: str
    told: bool = False
    zeros: bool = False
    origins: tuple[str, ...] = ()
    constant: TorchDims | None = None

    @classmethod
    def made(cls, label: str, of: Iterable[ModelTensor | Unsaid], *, told: bool) -> Unsaid:
        """Return what a function makes of tensors."""
        each = dict.fromkeys(name for tensor in of for name in _origins(tensor))
        origins = tuple(islice(each, _MOST_NAMED + 1))
        listed = origins if len(origins) <= _MOST_NAMED else (*origins[:_MOST_NAMED], "others")
        return cls(f"what {label} makes of {' and '.join(listed) or 'constants'}", told, origins=origins)


def _origins(tensor: ModelTensor | Unsaid) -> Iterable[str]:
    return (tensor.path,) if isinstance(tensor, ModelTensor) else tensor.origins or (tensor.what,)


def sampled(tensors: Sequence[Batched]) -> Batched:
    """Return the first tensor that has a batch, or else the first: the others go with it."""
    return next((x for x in tensors if x.batch is not None), tensors[0])


@runtime_checkable
class Implied(Protocol):
    """A tensor made of another, for which layers are put only where it is needed as such."""

    @property
    def of(self) -> Batched:
        """The other tensor."""

    def put(self, call: Any) -> Batched:
        """Put the layers, and return what they give; raise NoLayerError where none do."""


class Values:
    """What each step gives, by the node that stands for it.

    Nodes that stand for one tensor have one place between them, so that writing over it is one change for all.
    """

    def __init__(self) -> None:
        self._places: dict[Any, list[Any]] = {}
        self._shared: dict[Batched, list[Any]] = {}

    def put(self, node: Any, value: Any) -> None:
        """Note what a node stands for."""
        self._places[node] = self._shared.setdefault(value, [value]) if isinstance(value, Batched) else [value]

    def of(self, node: Any) -> Any:
        """Return what a node stands for."""
        place = self._places.get(node)
        return Unsaid("a result inside of a layer") if place is None else _end(place)[0]

    def replace(self, old: Batched, new: Batched) -> None:
        """Let all that stood for one tensor stand for another."""
        if old == new or old not in self._shared:
            return
        place = self._shared.pop(old)
        place[0] = new
        other = self._shared.setdefault(new, place)
        if other is not place:  # one is the other from now on
            place[:] = [None, other]


def _end(place: list[Any]) -> list[Any]:
    """Return where a place leads, and let it lead there at once."""
    end = place
    while len(end) > 1:
        end = end[1]
    while len(place) > 1 and place[1] is not end:
        place[1], place = end, place[1]
    return end


def is_list(value: Any) -> bool:
    """Tell a list or tuple of values from a value that is a tuple by itself."""
    return isinstance(value, list | tuple) and not hasattr(value, "_fields")
