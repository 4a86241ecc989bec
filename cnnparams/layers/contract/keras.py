"""What Keras' own words mean, said as a layer of PyTorch's.

A word that PyTorch has too, in whatever case, is PyTorch's: Conv2D, LSTM, PReLU. A word that is Keras' alone counts as
Keras does, by Keras' defaults, or is refused with the reason: it is a reading, declared beside the type that it reads
as, and becomes that type when its input is known. Keras takes the last dimension for the channels, PyTorch the first:
where it is not known that the first are channels, the two would take different dimensions.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.registry import find_type, layer_class
from cnnparams.layers.contract.shape import Shape

_INPUT = "write input: beside layers, such as input: {channels: 3, height: 32, width: 32}"
_UNCOUNTED: Mapping[str, str] = {
    "Activation": "give the activation an entry of its own, such as relu, or write activation: on the layer before",
    "Attention": "it learns no projections; multihead_attention does",
    "AdditiveAttention": "there is no such layer type",
    "Average": "there is no such layer type; add has the same shape",
    "Bidirectional": "write bidirectional: true on an rnn, lstm or gru",
    "Dot": "there is no such layer type",
    "EinsumDense": "there is no such layer type; linear works along the last dimension",
    "GaussianDropout": "it does not affect any count: leave it out, or use dropout",
    "GaussianNoise": "it does not affect any count: leave it out",
    "Input": _INPUT,
    "InputLayer": _INPUT,
    "Lambda": "there is no such layer type",
    "Masking": "it does not affect any count: leave it out",
    "RepeatVector": "there is no such layer type",
    "Rescaling": "it does not affect any count: leave it out",
    "RMSNormalization": "rms_norm normalises the last dimensions, which of an image are not the channels",
    "SimpleRNN": "it has one bias where rnn, which is PyTorch's, has two",
    "TimeDistributed": "give the layer an entry of its own: linear works at every step as it is",
    **{f"ConvLSTM{rank}D": "there is no such layer type" for rank in (1, 2, 3)},
}
"""Words of Keras' that count otherwise than the layer types that they resemble, each with what to do."""

_NO_COUNT = "it does not affect any count: leave it out"
_ENDS = ("_initializer", "_regularizer", "_constraint")
_SETTINGS: Mapping[str, str] = {
    "data_format": "shapes are (channels, height, width), however tables show them: leave it out",
    "input_dim": _INPUT,
    "input_shape": _INPUT,
    "noise_shape": _NO_COUNT,
    "seed": _NO_COUNT,
}


def uncounted(word: str) -> str | None:
    """Return what to do about a layer of Keras' that is not counted as Keras does; None for any other word."""
    named = next((name for name in _UNCOUNTED if name.casefold() == word.replace("_", "").casefold()), None)
    return f"{named} is a Keras layer: {_UNCOUNTED[named]}" if named else None


def setting_remedy(layer: type[Layer], key: str) -> str | None:
    """Return what to do about a setting that is Keras' alone and has no name here; None for any other word."""
    return _NO_COUNT if key.endswith(_ENDS) else layer.keras_settings.get(key) or _SETTINGS.get(key)


class KerasReading(Layer):
    """What a word of Keras' is before its input is known: settings by PyTorch's names, with Keras' defaults."""

    word: ClassVar[str]

    def resolve(self, *inputs: Shape) -> Any:
        """Return PyTorch's layer that counts the same; raise LayerError where there is none."""
        self.check(*inputs)
        plain = _plain(self.pytorch_type(*inputs))
        return plain.model_validate(self.settings(*inputs)).resolve(*inputs)

    def check(self, *inputs: Any, **_: Any) -> None:
        """Raise LayerError where Keras would count otherwise: by default, where the channels are not first."""
        for x in inputs:
            check_channels_first(self.word, self.pytorch_type(*inputs), x)

    def pytorch_type(self, *inputs: Any, **_: Any) -> str:
        """Return the layer type that the word means here."""
        return self.type

    def settings(self, *inputs: Any, **_: Any) -> dict[str, Any]:
        """Return the settings of that type: those that are written, and where Keras' defaults are others, these."""
        plain = _plain(self.pytorch_type(*inputs)).model_fields
        written = self.model_fields_set
        return {name: value for name, value in self if name in written or value != plain[name].default}


def _plain(type_: str) -> type[Layer]:
    declaration = find_type(type_)
    assert declaration is not None
    return layer_class(declaration)


def check_channels_first(word: str, type_: str, x: Shape) -> None:
    """Raise LayerError where Keras, to which the last dimension is the channels, would take another than PyTorch."""
    rank = len(x.dims)
    if rank == 1 or x.channel_axis == 0:
        return
    message = f"{word} is Keras', which takes the last dimension of {list(x.dims)} for the channels, not the first"
    order = [rank, *range(1, rank)]
    hint = f"bring the channels first with {{type: permute, dims: {order}}}, and then write {type_}"
    raise LayerError(message, hint=hint)
