"""The keys that a spec file may have, where, and what they may hold."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    Strict,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from cnnparams.dtypes import Dtype
from cnnparams.errors import listed, quote
from cnnparams.inert import unseen
from cnnparams.layers.contract.settings import Flag, Size
from cnnparams.layers.contract.shape import MOST_ELEMENTS, Shape

NAME, DESCRIPTION = "name", "description"  # what a spec says of itself
INPUT = "input"  # what layers call the network's input when they say where theirs comes from


def _seen(name: str) -> str:
    if why := unseen(name):
        raise PydanticCustomError("unseen", "{what}", {"what": f"is {quote(name)}, which {why}", "hint": "retype it"})
    return name


def _title(name: str) -> str:
    return _seen(" ".join(name.split()))  # as YAML has it, text may be folded, and end a line


NetworkTitle = Annotated[str, AfterValidator(_title)]
Name = Annotated[str, StringConstraints(pattern=r"^\w[\w-]*(\.\w[\w-]*)*$"), AfterValidator(_seen)]


class Input(BaseModel):
    """What enters the network: an image, a vector of features, or a tensor of any other shape."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    FORMS: ClassVar = (
        ("channels", "height", "width"),
        ("channels", "length"),
        ("channels", "depth", "height", "width"),
        ("features",),
        ("shape",),
    )

    channels: Size | None = Field(None, description="channels of the image: 3 for colour, 1 for grey")
    height: Size | None = Field(None, description="height in pixels")
    width: Size | None = Field(None, description="width in pixels")
    depth: Size | None = Field(None, description="depth of a volume in voxels")
    length: Size | None = Field(None, description="length of a signal in samples")
    features: Size | None = Field(None, description="size of a vector")
    shape: Annotated[tuple[Size, ...], Field(min_length=1)] | None = Field(
        None, description="any other shape, such as [tokens, features]"
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self._form() is None:
            hint = f"give {'; or '.join(listed(form, 'and') for form in self.FORMS)}"
            raise PydanticCustomError("input_form", "input{what}", {"what": self._misfit(), "hint": hint})
        if self.to_shape().size > MOST_ELEMENTS:
            raise PydanticCustomError("input_size", "input must have no more elements than 64 bits can count")
        return self

    def to_shape(self) -> Shape:
        """Return the input's shape in PyTorch's order."""
        if self.shape is not None:
            return Shape.of(self.shape)
        dims = tuple(getattr(self, name) for name in self._form() or ())
        return Shape(dims, 0 if len(dims) > 1 else None)

    def _form(self) -> tuple[str, ...] | None:
        return next((form for form in self.FORMS if set(form) == self._given()), None)

    def _given(self) -> set[str]:
        return {name for name in self.model_fields_set if getattr(self, name) is not None}

    def _misfit(self) -> str:
        given = self._given()
        if not given:
            return " is empty"
        larger = next((form for form in self.FORMS if given < set(form)), ())
        if missing := [name for name in larger if name not in given]:
            return f" needs {listed(missing, 'and')} too"
        return f": {listed([name for name in type(self).model_fields if name in given], 'and')} do not go together"


class _PlainMapping:
    """A mapping of which no more is checked: its values may be computed, and are read elsewhere."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.dict_schema()


class _NameList:
    """A name, or a list of names."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        names = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
        plain = core_schema.no_info_plain_validator_function(_one_or_more)
        return core_schema.with_default_schema(plain, metadata={"pydantic_js_functions": [lambda *_: dict(names)]})


def _one_or_more(value: object) -> object:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise PydanticCustomError("names", f"expected a name or a list of names, but found {quote(value)}")
    return value


OneOrMore = Annotated[str | list[str], _NameList()]
InputKeys = Annotated[Input, _PlainMapping()]


class SpecHead(BaseModel):
    """The keys at the top of a spec."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: NetworkTitle | None = Field(None, description="name of the network; the file's name if not given")
    description: str | None = Field(None, description="what the network is, for readers")
    vars: dict[str, Any] | None = Field(
        None, description="names for numbers, and what else expressions may read; what each may be"
    )
    variants: dict[str, Any] | None = Field(
        None, description="members of the family: the vars that each sets", examples=[{"small": {"width": 0.5}}]
    )
    budget: dict[str, Any] | None = Field(
        None,
        description="the most that totals may be: numbers, amounts such as 256KiB, or expressions",
        examples=[{"params": "1M", "peak-memory": "256KiB"}],
    )
    blocks: dict[str, Any] | None = Field(None, description="parts that the layers use by name")
    outputs: OneOrMore | None = Field(
        None, description="names of the layers whose outputs are the results; the last layer if not given"
    )
    layers: Annotated[list[Any], Field(min_length=1)] = Field(
        description="the layers, in order", examples=[["flatten", {"type": "linear", "out_features": 10}]]
    )


class _OneInput(BaseModel):
    model_config = ConfigDict(defer_build=True)

    input: InputKeys = Field(description="shape of one sample", examples=[{"channels": 3, "height": 224, "width": 224}])


class _NamedInputs(BaseModel):
    model_config = ConfigDict(defer_build=True)

    inputs: Annotated[dict[Name, InputKeys], Field(min_length=1)] = Field(
        description="shapes of one sample, by name", examples=[{"image": {"channels": 3, "height": 224, "width": 224}}]
    )


class SingleInput(SpecHead, _OneInput):
    """The keys at the top of a network with one input."""


class SeveralInputs(SpecHead, _NamedInputs):
    """The keys at the top of a network with several inputs."""


class BlockKeys(BaseModel):
    """The keys of a block."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    description: str | None = Field(None, description="what the block is, for readers")
    params: dict[str, Any] | None = Field(
        None, description="what its users may set: null must be given, else a default"
    )
    layers: Annotated[list[Any], Field(min_length=1)] = Field(
        description="the layers, in order", examples=[["batch_norm2d", "relu"]]
    )


class EntryKeys(BaseModel):
    """The keys that any entry may have beside the settings of what it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: Name | None = Field(None, description="name of the layer; numbered by type if not given")
    repeat: Annotated[int, Strict(), Field(ge=0)] | None = Field(
        None, description="how many times the entry stands here"
    )
    when: Flag = Field(True, description="whether the entry is there at all")
    from_: OneOrMore | None = Field(
        None, alias="from", description="name of the layer, or of the layers, whose outputs enter; else the one before"
    )
    weight: str | None = Field(
        None, description="name of a tensor of the network that is the layer's weight, in place of one of its own"
    )
    share: str | None = Field(None, description="name of an earlier layer whose tensors are used again")
    trainable: Flag = Field(True, description="false freezes the layer: its parameters count as frozen")
    batch_dims: Annotated[int, Strict(), Field(ge=1)] | None = Field(
        None, description="how many leading dimensions of the input a layer takes as further samples, such as windows"
    )
    dtype: Dtype | None = Field(
        None, description="type of the elements that the layer holds and gives; that of --dtype if not given"
    )
