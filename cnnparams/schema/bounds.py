"""What a var may be: its kind, its least and its most."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, Strict, WrapValidator, model_validator
from pydantic_core import PydanticCustomError

from cnnparams.errors import quote

Amount = Annotated[float, Strict(), WrapValidator(lambda value, check: (check(value), value)[1])]
"""A number as it is written: 4 stays whole."""
VarKind = Literal["integer", "number", "flag", "word"]
_SINGULAR: dict[VarKind, str] = {
    "integer": "a whole number",
    "number": "a number",
    "flag": "true or false",
    "word": "a word",
}
_PLURAL: dict[VarKind, str] = {
    "integer": "whole numbers",
    "number": "numbers",
    "flag": "true or false each",
    "word": "words",
}
_TYPES: dict[VarKind, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "flag": (bool,), "word": (str,)}


class VarKeys(BaseModel):
    """The keys of a var that says what it may be."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    default: Any = Field(None, description="its value; every variant must set it if not given")
    min: Amount | None = Field(
        None, description="the least that it may be; of a list, that each item may be", examples=[0.05]
    )
    max: Amount | None = Field(
        None, description="the most that it may be; of a list, that each item may be", examples=[4]
    )
    kind: VarKind | None = Field(
        None,
        description="what it is, or what each item of a list is; a number where it has a least or a most",
        examples=["integer"],
    )

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if (self.min, self.max) == (None, None):
            if self.kind is None:
                hint = "give it a min, a max or a kind, or write the value alone"
                raise PydanticCustomError("bounds", "sets no bounds", {"hint": hint})
        elif self.kind in ("flag", "word"):
            message = f"is {_SINGULAR[self.kind]}, which has no least or most"
            raise PydanticCustomError("bounds", message, {"hint": "leave out min and max"})
        elif self.min is not None and self.max is not None and self.min > self.max:
            raise PydanticCustomError("bounds", f"min {self.min} is more than max {self.max}", {"hint": "swap them"})
        return self

    def bounds(self) -> "Bounds":
        """Return what the var may be."""
        return Bounds(self.kind or "number", self.min, self.max)


class Bounds(NamedTuple):
    """What a var may be; of a list, what each of its items may be."""

    kind: VarKind
    least: float | None = None
    most: float | None = None

    def forbids(self, value: Any) -> bool:
        """Tell whether a value, or an item of a list, is something else."""
        return any(self._forbids(item) for item in _items(value))

    def allowed(self, value: Any) -> str:
        """Return what may stand instead of a value that is forbidden."""
        what = f"a list of {_PLURAL[self.kind]}" if isinstance(value, tuple) else _SINGULAR[self.kind]
        if self.least is not None and self.most is not None:
            return f"{what} from {self.least} to {self.most}"
        return what + (f" of {self.least} or more" if self.least is not None else self._at_most())

    def _at_most(self) -> str:
        return "" if self.most is None else f" of {self.most} or less"

    def _forbids(self, item: Any) -> bool:
        if type(item) not in _TYPES[self.kind]:  # true is no number here, though it is an int of Python
            return True
        return (self.least is not None and item < self.least) or (self.most is not None and item > self.most)


def misfit(value: Any, bounds: Bounds, verb: str = "is") -> str:
    """Return what is wrong with a value that a var may not have."""
    return f"{verb} {_told(value, bounds)}, but may only be {bounds.allowed(value)}"


def _told(value: Any, bounds: Bounds) -> str:
    """Return the value, of a list the item at fault."""
    if not isinstance(value, tuple):
        return quote(value)
    return f"a list with {quote(next(item for item in _items(value) if bounds.forbids(item)))}"


def _items(value: Any) -> Iterator[Any]:
    """Yield the values in a list, and in the lists in it; or the value itself."""
    if isinstance(value, tuple):
        for item in value:
            yield from _items(item)
    else:
        yield value
