"""What the results of a model's steps are to a spec."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple, Protocol, runtime_checkable

from cnnparams.schema.structures import Edge
from cnnparams.sources.assembly import NoLayerError

BATCH = 13
"""Samples that enter a model as it is read: a number that sizes seldom have, and that divides few of them."""

_MOST_NAMED = 3
"""Tensors that a message names of those that something is made of: with all of them it would grow with each step."""


class Batched(NamedTuple):
    """A tensor on its way through the network; `batch` is the dimension along which it has the samples."""

    edge: Edge
    batch: int = 0

    @property
    def dims(self) -> tuple[int, ...]:
        """The dimensions of a sample."""
        return self.edge.shape.dims

    @property
    def full(self) -> tuple[int, ...]:
        """The dimensions with the batch among them."""
        return (*self.dims[: self.batch], BATCH, *self.dims[self.batch :])

    def axis(self, dim: Any) -> int:
        """Return a dimension counted from 0 with the batch among them; raise NoLayerError where there is none."""
        rank = len(self.dims) + 1
        if not isinstance(dim, int) or not -rank <= dim < rank:
            raise NoLayerError(f"works along dimension {dim} of {rank}")
        return dim % rank

    def dim(self, dim: Any) -> int:
        """Return the number of a dimension in a spec, where the batch is 0; raise NoLayerError for the batch."""
        at = self.axis(dim)
        if at == self.batch:
            raise NoLayerError("works along the batch, but a spec describes a single sample")
        return at if at > self.batch else at + 1


class ModelTensor(NamedTuple):
    """A parameter or a buffer of the model, in the shape in which it is used."""

    path: str
    tensor: Any
    shape: tuple[int, ...]
    learned: bool


class Unsaid(NamedTuple):
    """A tensor that no layer gives: fine as long as nothing reads it. `zeros` is its shape where it is all zeros.

    `origins` are what it was made of in the first place: a few names, however many steps lie between.
    """

    what: str
    told: bool = False
    zeros: tuple[int, ...] | None = None
    origins: tuple[str, ...] = ()

    @classmethod
    def made(cls, label: str, of: Iterable[ModelTensor | Unsaid], *, told: bool) -> Unsaid:
        """Return what a function makes of tensors."""
        each = dict.fromkeys(name for tensor in of for name in _origins(tensor))
        origins = tuple(islice(each, _MOST_NAMED + 1))
        listed = origins if len(origins) <= _MOST_NAMED else (*origins[:_MOST_NAMED], "others")
        return cls(f"what {label} makes of {' and '.join(listed) or 'constants'}", told, origins=origins)


def _origins(tensor: ModelTensor | Unsaid) -> Iterable[str]:
    return (tensor.path,) if isinstance(tensor, ModelTensor) else tensor.origins or (tensor.what,)


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
