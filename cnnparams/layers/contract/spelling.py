"""How a layer is written in PyTorch. This is text alone: nothing here knows torch.

A layer's fields are the arguments of its class in torch.nn, by PyTorch's names and in its order. So most layers say
nothing of their own; a family says what is really different.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pydantic import BaseModel

from cnnparams.layers.contract.settings import brief_value
from cnnparams.layers.contract.shape import Shape


class Code(NamedTuple):
    """A Python expression: a template with {holes}, and the values that fill them."""

    template: str
    values: Mapping[str, Any] = MappingProxyType({})

    def text(self, texts: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return the expression; `texts` stand in holes beside the values, or in place of them."""
        return self.template.format_map({**{name: _literal(value) for name, value in self.values.items()}, **texts})


CALLED = Code("{self}({x})")
PARAMETER, BUFFER, CONSTANT = "nn.Parameter(", "nn.Buffer(", "torch."
"""What the making of a bare parameter begins with, or that of a buffer, or of a tensor that is neither."""


def is_bare(make: Code) -> bool:
    """Tell whether what is made is a tensor by itself, rather than a module."""
    return make.template.startswith((PARAMETER, BUFFER, CONSTANT))


class Spelling(NamedTuple):
    """How PyTorch writes a layer: what is made once, if anything, and the expression of the forward pass.

    What is made is a module, whose tensors have the names and the order of the layer's, or a bare nn.Parameter or
    nn.Buffer, which is the layer's only tensor. Both expressions know `torch`, `nn` (torch.nn) and `F`
    (torch.nn.functional). Holes of `call`, beside those of its values: {self} is what was made; {x}, the same as {x0},
    {x1} ... are the inputs, and {inputs} all of them. An input may be read more than once: what stands for it is best
    a name.
    """

    make: Code | None
    call: Code = CALLED

    def called(self, name: str, inputs: Sequence[str]) -> str:
        """Return the forward expression: `name` stands for what was made, `inputs` for what enters."""
        each = {f"x{i}": text for i, text in enumerate(inputs)}
        first = inputs[0] if inputs else ""
        return self.call.text({"self": name, "x": first, "inputs": ", ".join(inputs), **each})

    def reading(self, x: Code) -> "Spelling":
        """Return the spelling of the same layer over an expression of its first input."""
        template = self.call.template.replace("{x}", x.template)
        return self._replace(call=Code(template, {**self.call.values, **x.values}))


def module(name: str, settings: Mapping[str, Any], by_place: int = 0) -> Code:
    """Return the making of a class of torch.nn: the first so many settings by their place, the others by name."""
    arguments = (f"{{{key}}}" if i < by_place else f"{key}={{{key}}}" for i, key in enumerate(settings))
    return Code(f"nn.{name}({', '.join(arguments)})", settings)


def _literal(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


class Spelled(BaseModel):
    """What a layer type says of PyTorch. The default is the class of torch.nn of the same name."""

    input_dtype: ClassVar[str | None] = None
    """What PyTorch wants to read, where that is not whatever comes: int64 for indices."""

    if TYPE_CHECKING:  # a layer says it

        def inferred(self, *inputs: Any, **_: Any) -> Mapping[str, Any]:
            """Return the settings that the input decides."""

    def spelling(self, *inputs: Any, **_: Any) -> Spelling:
        """Return how PyTorch writes the layer."""
        return Spelling(self.module(type(self).__name__, *inputs))

    def in_forward(self, *inputs: Any, **_: Any) -> Spelling:
        """Return how people write the layer in a forward pass, where they make less of it than in a Sequential."""
        return self.spelling(*inputs)

    def module(self, name: str, *inputs: Shape) -> Code:
        """Return the making of a class of torch.nn that takes this layer's settings: those that are not defaults.

        As people write it: what PyTorch demands, such as the channels, by its place, but the size of a kernel by name.
        """
        fields, decided = type(self).model_fields, self.inferred(*inputs)
        demanded = takewhile(lambda key: key != "kernel_size" and (fields[key].is_required() or key in decided), fields)
        return module(name, self.differing(), len(list(demanded)))

    def differing(self) -> dict[str, Any]:
        """Return the settings that differ from their defaults, one number for all axes where they agree."""
        settings = {key: (brief_value(self, key), field.default) for key, field in type(self).model_fields.items()}
        return {key: value for key, (value, default) in settings.items() if value != default}
