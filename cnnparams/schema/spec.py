"""The Spec: a validated architecture, every layer with its settings, its name and the place it came from."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from cnnparams.errors import listed
from cnnparams.layers.base import Layer
from cnnparams.layers.settings import Flag, Size
from cnnparams.layers.shape import MOST_ELEMENTS, Shape
from cnnparams.schema.source import Document, KeyPath

INPUT = "input"  # what layers call the network's input when they say where theirs comes from
Name = Annotated[str, StringConstraints(pattern=r"^\w[\w-]*$")]


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
            raise PydanticCustomError("input_form", "{what}", {"what": self._misfit(), "hint": hint})
        if self.to_shape().size > MOST_ELEMENTS:
            raise PydanticCustomError("input_size", "must have no more elements than 64 bits can count")
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
            return "is empty"
        larger = next((form for form in self.FORMS if given < set(form)), ())
        if missing := [name for name in larger if name not in given]:
            return f"needs {listed(missing, 'and')} too"
        return f"{listed([name for name in type(self).model_fields if name in given], 'and')} do not go together"


class Head(BaseModel):
    """The keys at the top of a spec."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str | None = Field(None, description="name of the network; the file's name where not given")
    description: str | None = Field(None, description="what the network is, for readers")
    input: Input = Field(description="shape of one sample", examples=[{"channels": 3, "height": 224, "width": 224}])
    layers: Annotated[list[Any], Field(min_length=1)] = Field(
        description="the layers, in order", examples=[["flatten", {"type": "linear", "out_features": 10}]]
    )


class EntryKeys(BaseModel):
    """The keys that any entry may have beside the settings of its layer type."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: Name | None = Field(None, description="name of the layer; numbered by type where not given")
    trainable: Flag = Field(True, description="false freezes the layer: its parameters count as frozen")


class Entry(NamedTuple):
    """One entry of `layers`."""

    name: str
    layer: Layer
    activation: Layer | None
    trainable: bool
    path: KeyPath

    @property
    def label(self) -> str:
        """How messages name the entry: conv1 (conv2d)."""
        return f"{self.name} ({self.layer.type})"


class Spec(NamedTuple):
    """A network as its author wrote it, checked."""

    name: str
    input: Shape
    entries: tuple[Entry, ...]
    document: Document
