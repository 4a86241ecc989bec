"""Answers that are worked out once for each layer at each shape, however often a network has it."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memo(Generic[T]):
    """Answers by the objects that they are about, told apart by identity, and by what else they depend on.

    Layers are pydantic models, whose equality and hash go through every field: of a network of thousands of nodes that
    took longer than most answers. Blocks that repeat hold the very same layers, so that identity tells as much. But an
    id says which object it is only for as long as that lives, and Python gives it to another afterwards: each answer
    therefore holds on to its objects, and a memo must not outlive the question that it was made for.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[Hashable, ...], tuple[tuple[object, ...], T]] = {}

    def of(self, objects: tuple[object, ...], also: Hashable, make: Callable[[], T]) -> T:
        """Return the answer about these objects, and what `also` decides it; made where it is not known yet."""
        key = (*map(id, objects), also)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = (objects, make())
        return known[1]

    def answers(self) -> list[T]:
        """Return every answer, in the order in which they were first asked for."""
        return [answer for _, answer in self._known.values()]
