"""What an entry can be beside a structure: a layer, or a block of the file."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from cnnparams.errors import LayerError, quote, some, suggest
from cnnparams.expression import Scope
from cnnparams.layers.contract import registry
from cnnparams.layers.contract.base import Layer
from cnnparams.schema.computed import Computed
from cnnparams.schema.remedies import CUT
from cnnparams.schema.structures import ActivationSlot, Edges, Extent, Extents, Site
from cnnparams.schema.template import Template, evaluate


class LayerBody(NamedTuple):
    """A layer, and the activation that is applied to its output."""

    template: Template[Layer]
    activation: ActivationSlot | None

    @property
    def side(self) -> bool:
        """No: the network goes on with the layer's output."""
        return False

    @property
    def reads_nothing(self) -> bool:
        """Whether the type of layer takes no input."""
        return self.template.model.most_inputs == 0

    def wire(self, at: Site, x: Edges) -> Edges:
        """Put the layer here."""
        shared = at.shared
        try:
            layer = self.template.fill(at.scope, self._settings(shared) if shared else None)
        except LayerError as error:
            if shared is None or shared.type == self.template.model.type:
                raise
            hint = f"it shares a {shared.type}, and only another {shared.type} can take its settings"
            raise LayerError(str(error), error.field, hint) from None
        return at.layer(layer, self.activation.fill(at.scope) if self.activation else None, x)

    def extent(self, at: Extents) -> Extent:
        """Return that it is one layer."""
        return Extent(layers=1)

    def _settings(self, shared: Layer) -> Mapping[str, Any]:
        """Return the settings of the layer that is shared; of another type there are none."""
        return shared.model_dump(exclude_unset=True) if shared.type == self.template.model.type else {}


class BlockCall(NamedTuple):
    """The use of a block, with the values of its params."""

    block: str | Computed
    args: tuple[tuple[str, Any], ...]

    @property
    def side(self) -> bool:
        """No: the network goes on with the block's output."""
        return False

    @property
    def reads_nothing(self) -> bool:
        """No: its layers may."""
        return False

    def wire(self, at: Site, x: Edges) -> Edges:
        """Lay the block out here."""
        scope = at.scope
        args = {key: evaluate(key, arg, scope) for key, arg in self.args}
        return at.call(evaluate("block", self.block, scope), args, x)

    def extent(self, at: Extents) -> Extent:
        """Return that of the block."""
        return at.of_block(self.block, dict(self.args))


_ELSEWHERE = {
    "params": "write each param beside block, without params",
    "activation": "give it an entry of its own after the block",
}


class Misfit(NamedTuple):
    """A param that a block does not have, or (without a key) one that it needs."""

    key: str | None
    message: str
    hint: str


def misfits(block: str, params: Mapping[str, Any], given: Collection[str]) -> Iterator[Misfit]:
    """Yield what is wrong with the params given to a block; of `params`, those that are None must be given."""
    unknown = {key: suggest(key, params) for key in given if key not in params}
    for key, guess in unknown.items():
        known = f"the params of {block}: {some(params)}" if params else f"{block} has no params"
        hint = _ELSEWHERE.get(key) or (f"did you mean {quote(guess)}?" if guess else known)
        hint = CUT if key.count(")") > key.count("(") else hint
        yield Misfit(key, f"block {block} has no param {quote(key)}", hint)
    for key, default in params.items():
        if default is None and key not in given and key not in unknown.values() and "params" not in unknown:
            yield Misfit(None, f"block {block} needs the param {quote(key)}", f"add {key}: ...")


class NamedActivation(NamedTuple):
    """An activation whose name is computed; without one there is none."""

    word: Computed
    made: dict[str, Layer]

    def fill(self, scope: Scope) -> Layer | None:
        """Return the activation of that name; raise LayerError where it names none."""
        word = evaluate("activation", self.word, scope)
        if word is None:
            return None
        if not isinstance(word, str):
            raise LayerError(f"activation: expected a name such as relu, but found {quote(word)}", "activation")
        if word not in self.made:
            self.made[word] = _default(activation_class(word))
        return self.made[word]


def activation_class(word: str) -> type[Layer]:
    """Return the activation that a word names; raise LayerError where it names none."""
    found = registry.find_type(word)
    if found is None:
        known = [declared.name for declared in registry.declarations() if declared.family.is_activation]
        guess = suggest(word, known)
        hint = f"did you mean {quote(guess)}?" if guess else "list the types with: cnnparams layers"
        raise LayerError(f"unknown activation {quote(word)}", "activation", hint)
    layer = registry.layer_class(found)
    if not layer.is_activation:
        message = f"activation: {layer.type} cannot be used here: only activations without parameters can"
        raise LayerError(message, "activation", f"give {layer.type} an entry of its own after this one")
    return layer


def _default(layer: type[Layer]) -> Layer:
    try:
        return layer()
    except ValidationError:
        message = f"activation: {layer.type} needs settings"
        raise LayerError(message, "activation", "write it as a mapping with a type") from None
