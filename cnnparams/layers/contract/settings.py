"""How a layer declares its settings: pydantic fields, which are the keys of its YAML; how tables show them."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, Field, GetCoreSchemaHandler, PlainSerializer, Strict, WithJsonSchema
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from cnnparams.errors import LayerError, listed, quote, suggest

Whole = Annotated[int, Strict()]
Real = Annotated[float, Strict()]
Flag = Annotated[bool, Strict()]
Number = Annotated[
    Annotated[int, Strict(), Field(ge=-(2**63), lt=2**63)] | Annotated[float, Strict(), Field(allow_inf_nan=False)],
    WithJsonSchema({"type": "number"}),
]
"""A number of either kind, which stays of its kind."""


class Display(NamedTuple):
    """How a setting appears in the hyperparameters column, and what Keras calls it.

    Without a label it appears only in JSON; with one, where it differs from its default, or `always`.
    A setting per axis is written as one number where all axes agree, unless `each_axis`.
    """

    label: str | None = None
    always: bool = False
    each_axis: bool = False
    keras: str | None = None


class Hyperparameter(NamedTuple):
    """A setting as it was used.

    `label` is its short name in tables (None: not worth a place there), `brief` its value there: one number for all
    axes where they agree.
    """

    name: str
    value: Any
    label: str | None
    brief: Any


def setting(
    description: str,
    default: Any = ...,
    *,
    label: str | None = None,
    always: bool = False,
    each_axis: bool = False,
    keras: str | None = None,
    **constraints: Any,
) -> Any:
    """Declare one setting of a layer; `constraints` are those of pydantic's Field (ge, gt, le, lt)."""
    field: FieldInfo = Field(default, description=description, **constraints)
    field.metadata.append(Display(label, always, each_axis, keras))
    return field


def display(field: FieldInfo) -> Display:
    """Return how a field wants to be shown."""
    return next((mark for mark in field.metadata if isinstance(mark, Display)), Display())


@cache
def displays(layer: type[BaseModel]) -> tuple[tuple[str, Display, Any], ...]:
    """Return name, display and default of each setting of a layer type."""
    return tuple((name, display(field), field.default) for name, field in layer.model_fields.items())


_KERAS_PADDINGS: Mapping[str, str] = {
    "causal": "put zero_pad1d before it, with padding: [dilation * (kernel_size - 1), 0]",
    "full": "write kernel_size - 1, or dilation * (kernel_size - 1)",
    "same": "write numbers",
    "valid": "write numbers, which are 0",
}

_SIDES: Mapping[int, str] = {
    1: "left, right",
    2: "left, right, top, bottom",
    3: "left, right, top, bottom, front, back",
}
"""The order of padding in PyTorch's ZeroPad modules: the last axis first."""


class PerAxis(NamedTuple):
    """`each` numbers for every spatial axis, or one number for all of them.

    `words` are names accepted instead; `optional` admits null.
    """

    minimum: int | None = 1
    words: tuple[str, ...] = ()
    optional: bool = False
    each: int = 1

    def expand(self, value: object, rank: int) -> object:
        """Return `value` as a tuple of `each` * `rank` numbers, or as one of the words; raise PydanticCustomError."""
        count = self.each * rank
        if isinstance(value, str) and value in self.words:
            return (0,) * count if value == "valid" else value
        if not isinstance(value, list | tuple):
            return (self._number(value, count),) * count
        if len(value) != count:
            on_sides = f"put zero_pad{rank}d before it, with padding: [{_SIDES.get(rank)}]"
            sides = {"hint": on_sides} if self.words and len(value) == 2 * rank else {}
            message = f"expected {self._expected(count)}, but found a list of {len(value)}"
            raise PydanticCustomError("per_axis", message, sides)
        return tuple(self._number(item, count, (i,)) for i, item in enumerate(value))

    def _number(self, value: object, count: int, at: tuple[int, ...] = ()) -> int | None:
        """Return a number; `at` is its place in a list, for the error's context."""
        if value is None and self.optional:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            expected = "a whole number" if at else self._expected(count)
            hint = {"hint": said} if isinstance(value, str) and (said := self._remedy(value)) else {}
            raise PydanticCustomError("per_axis", f"expected {expected}, but found {quote(value)}", {"at": at, **hint})
        if self.minimum is not None and value < self.minimum:
            raise PydanticCustomError("per_axis", f"must be at least {self.minimum}, but is {value}", {"at": at})
        return value

    def _remedy(self, word: str) -> str | None:
        if word in _KERAS_PADDINGS:
            return f"{word} is not known here: {_KERAS_PADDINGS[word]}"
        meant = suggest(word, self.words) if self.words else None
        return f"did you mean {quote(meant)}?" if meant else None

    def _expected(self, count: int) -> str:
        choices = ["a whole number", *([f"a list of {count}"] if count > 1 else []), *self.words]
        return listed(choices, "or")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Leave the checks to `expand`, which the layer calls because it knows its rank."""
        return core_schema.any_schema()

    def json_schema(self, rank: int, *, nullable: bool) -> dict[str, Any]:
        """Return what may be written: a number, a list of numbers, a word, or null where that is the default."""
        number: dict[str, Any] = {"type": ["integer", "null"] if self.optional else "integer"}
        if self.minimum is not None:
            number["minimum"] = self.minimum
        numbers = {"type": "array", "items": number, "minItems": self.each * rank, "maxItems": self.each * rank}
        words = [{"enum": list(self.words)}] if self.words else []
        return {"anyOf": [number, numbers, *words, *([{"type": "null"}] if nullable else [])]}


@cache
def per_axis(layer: type[BaseModel]) -> Mapping[str, PerAxis]:
    """Return the settings of a layer type that are numbers per axis."""
    fields = layer.model_fields.items()
    return {name: mark for name, field in fields for mark in field.metadata if isinstance(mark, PerAxis)}


def one_for_all(value: Any) -> Any:
    """Return the one number of a setting per axis where all axes agree."""
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value


def brief_value(layer: BaseModel, name: str) -> Any:
    """Return a setting of a layer; of numbers per axis, or of a list of one, the one number if there is no other."""
    value = getattr(layer, name)
    single = isinstance(value, tuple) and len(value) == 1
    return one_for_all(value) if single or name in per_axis(type(layer)) else value


Sizes = Annotated[tuple[int, ...], PerAxis(minimum=1)]
"""Kernel sizes, strides, dilations: at least 1 along each axis."""

Margins = Annotated[tuple[int, ...], PerAxis(minimum=0)]
"""Padding in numbers: at least 0 along each axis."""

Size = Annotated[int, Strict(), Field(ge=1)]
Scale = Annotated[float, Strict(), Field(gt=0)]
_SomeSizes = Annotated[list[Size], Field(min_length=1)]
_SomeScales = Annotated[list[Scale], Field(min_length=1)]


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, int | float) else value


Dims = Annotated[
    tuple[Size, ...], Field(min_length=1), BeforeValidator(_as_tuple, json_schema_input_type=Size | _SomeSizes)
]
"""Dimensions, each at least 1, or a single one."""

AnyDims = Annotated[tuple[Size, ...], BeforeValidator(_as_tuple, json_schema_input_type=Size | list[Size])]
"""The same, or none: the dimensions of a single number."""

DimNumbers = Annotated[
    tuple[Whole, ...],
    Field(min_length=1),
    BeforeValidator(_as_tuple, json_schema_input_type=Whole | Annotated[list[Whole], Field(min_length=1)]),
    PlainSerializer(lambda dims: dims[0] if len(dims) == 1 else dims),
]
"""Numbers of dimensions, of which negative ones count from the end, or a single one."""

Scales = Annotated[
    tuple[Scale, ...], Field(min_length=1), BeforeValidator(_as_tuple, json_schema_input_type=Scale | _SomeScales)
]
"""Factors above 0, or a single one."""


class _AnyWord(frozenset[str]):
    """The words of a setting that is text."""

    def __contains__(self, word: object) -> bool:
        return True


@cache
def setting_words(model: type[BaseModel]) -> Mapping[str, frozenset[str]]:
    """Return the words that each setting of a model takes as they are, such as the modes of padding, by its key."""
    return {
        field.alias or name: _words((field.annotation, *field.metadata)) for name, field in model.model_fields.items()
    }


def _words(annotations: Collection[Any]) -> frozenset[str]:
    if str in annotations:
        return _AnyWord()
    found: set[str] = set()
    for annotation in annotations:
        if isinstance(annotation, PerAxis):
            found.update(annotation.words)
        elif get_origin(annotation) is Literal:
            found.update(word for word in get_args(annotation) if isinstance(word, str))
        elif isinstance(inner := _words(get_args(annotation)), _AnyWord):
            return inner
        else:
            found.update(inner)
    return frozenset(found)


def check_divides(field: str, groups: int, **channels: int) -> None:
    """Raise LayerError where the groups of setting `field` do not divide the channels."""
    for name, count in channels.items():
        if count % groups:
            raise LayerError(f"{field} {groups} does not divide {name} {count}", field, divisor_hint(count))


def divisor_hint(count: int) -> str:
    """Return the hint to use a divisor, with the first few."""
    divisors = [str(d) for d in range(1, min(count, 64) + 1) if count % d == 0]
    return f"use a divisor of {count}: {', '.join(divisors[:8])}"
