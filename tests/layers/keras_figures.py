"""Figures of Keras for the words that the layer types share with it: cases drawn at random, and what Keras says.

The figures are kept in tests/reference/keras.json. To make them anew, with keras and torch installed:

    KERAS_BACKEND=torch python -m tests.layers.keras_figures

and to hold them against the keras that is installed: pytest --keras tests/layers/test_keras.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from types import MappingProxyType, ModuleType
from typing import Any, NamedTuple

FIGURES = Path(__file__).parents[1] / "reference" / "keras.json"
EACH = 12
SEED = 20

Dims = tuple[int, ...]
Settings = dict[str, Any]

OURS = {
    "dilation_rate": "dilation",
    "filters": "out_channels",
    "groups": "groups",
    "input_dim": "num_embeddings",
    "output_dim": "embedding_dim",
    "pool_size": "kernel_size",
    "rate": "p",
    "size": "scale_factor",
    "strides": "stride",
    "units": "out_features",
    "use_bias": "bias",
}
"""What Keras' settings are called in a spec; others have the same name there."""


class Word(NamedTuple):
    """A layer of Keras': its inputs, by Keras' shapes with the channels last, and its settings, both to draw.

    `renamed` are settings whose name in a spec is another than elsewhere.
    """

    inputs: Callable[[Random], list[Dims]]
    settings: Callable[[Random, Dims], Settings]
    renamed: Mapping[str, str] = MappingProxyType({})


def image(rank: int, least: int = 4, most: int = 9, *channels: int) -> Callable[[Random], list[Dims]]:
    """Return what draws an image of a rank."""

    def draw(random: Random) -> list[Dims]:
        sizes = [least + random.randrange(most - least + 1) for _ in range(rank)]
        return [(*sizes, pick(random, channels or (1, 2, 3, 4, 6)))]

    return draw


def anything(*channels: int) -> Callable[[Random], list[Dims]]:
    """Return what draws a vector or an image of any rank."""
    return lambda random: image(random.randrange(4), 2, 5, *channels)(random)


def twice(one: Callable[[Random], list[Dims]]) -> Callable[[Random], list[Dims]]:
    """Return what draws two inputs alike."""
    return lambda random: one(random) * 2


def pick(random: Random, among: tuple[Any, ...]) -> Any:
    """Return one of several; by randrange alone, which is the same in every Python."""
    return among[random.randrange(len(among))]


def per_axis(random: Random, rank: int, least: int, most: int) -> int | list[int]:
    """Draw one number, or one for each axis."""
    numbers = [least + random.randrange(most - least + 1) for _ in range(rank)]
    return numbers if rank > 1 and random.randrange(2) else numbers[0]


def some(random: Random, settings: Settings, *required: str) -> Settings:
    """Keep the settings that are required, and each other as often as not."""
    return {name: value for name, value in settings.items() if name in required or random.randrange(2)}


def window(random: Random, rank: int) -> Settings:
    """Draw the settings of a kernel; Keras refuses a stride with a dilation."""
    step = {pick(random, ("strides", "dilation_rate")): 1 + random.randrange(3)}
    return {"kernel_size": per_axis(random, rank, 1, 4), "padding": pick(random, ("valid", "same")), **step}


def conv(random: Random, dims: Dims) -> Settings:
    groups = pick(random, tuple(g for g in (1, 2, 3) if dims[-1] % g == 0))
    own = {"filters": groups * (1 + random.randrange(4)), "groups": groups, "use_bias": bool(random.randrange(2))}
    return some(random, {**own, **window(random, len(dims) - 1)}, "filters", "groups", "kernel_size")


def transposed(random: Random, dims: Dims) -> Settings:
    rank, stride = len(dims) - 1, 1 + random.randrange(3)
    own = {"filters": 1 + random.randrange(4), "use_bias": bool(random.randrange(2)), "strides": stride}
    reach = {"kernel_size": per_axis(random, rank, 1, 4)}
    extra = {"output_padding": random.randrange(stride)} if stride > 1 else {}
    return some(random, {**own, **reach, **extra}, "filters", "kernel_size")


def depthwise(random: Random, dims: Dims) -> Settings:
    own = {"depth_multiplier": 1 + random.randrange(3), "use_bias": bool(random.randrange(2))}
    return some(random, {**own, **window(random, len(dims) - 1)}, "kernel_size")


def separable(random: Random, dims: Dims) -> Settings:
    return {"filters": 1 + random.randrange(5), **depthwise(random, dims)}


def pool(*required: str) -> Callable[[Random, Dims], Settings]:
    def draw(random: Random, dims: Dims) -> Settings:
        rank = len(dims) - 1
        sizes = {"pool_size": per_axis(random, rank, 1, 3), "strides": per_axis(random, rank, 1, 3)}
        return some(random, {**sizes, "padding": pick(random, ("valid", "same"))}, *required)

    return draw


def sides(name: str, most: int) -> Callable[[Random, Dims], Settings]:
    """Return what draws rows at the border: a number, one for each axis, a pair for each axis, or nothing."""

    def draw(random: Random, dims: Dims) -> Settings:
        rank, form = len(dims) - 1, random.randrange(4)
        numbers = [random.randrange(most + 1) for _ in range(2 * rank)]
        pairs = [numbers[2 * i : 2 * i + 2] for i in range(rank)]
        one_each = numbers[:rank] if rank > 1 else numbers[0]
        drawn: tuple[Settings, ...] = (
            {},
            {name: numbers[0]},
            {name: one_each},
            {name: pairs if rank > 1 else pairs[0]},
        )
        return drawn[form]

    return draw


def dense(random: Random, dims: Dims) -> Settings:
    return some(random, {"units": 1 + random.randrange(9), "use_bias": bool(random.randrange(2))}, "units")


def groups(random: Random, dims: Dims) -> Settings:
    return some(random, {"groups": pick(random, (1, 2, 4))}, *(("groups",) if dims[-1] % 32 else ()))


def given(**settings: Any) -> Callable[[Random, Dims], Settings]:
    """Return what draws nothing but has these settings."""
    return lambda *_: dict(settings)


def nothing(random: Random, dims: Dims) -> Settings:
    return {}


def _words() -> Iterator[tuple[str, Word]]:
    for rank in (1, 2, 3):
        yield f"Conv{rank}D", Word(image(rank), conv)
        yield f"Conv{rank}DTranspose", Word(image(rank, 2, 4), transposed)
        yield f"MaxPooling{rank}D", Word(image(rank), pool())
        yield f"AveragePooling{rank}D", Word(image(rank), pool("pool_size"))
        for kind in ("Average", "Max"):
            yield f"Global{kind}Pooling{rank}D", Word(image(rank), lambda random, _: some(random, {"keepdims": True}))
        yield f"ZeroPadding{rank}D", Word(image(rank), sides("padding", 4))
        yield f"Cropping{rank}D", Word(image(rank), sides("cropping", 1))
        yield f"SpatialDropout{rank}D", Word(image(rank), given(rate=0.25))
        yield (
            f"UpSampling{rank}D",
            Word(image(rank, 2, 4), lambda random, dims: some(random, {"size": per_axis(random, len(dims) - 1, 1, 3)})),
        )
    for rank in (1, 2):
        yield f"DepthwiseConv{rank}D", Word(image(rank), depthwise)
        yield f"SeparableConv{rank}D", Word(image(rank), separable)
    yield "Dense", Word(anything(), dense)
    yield "BatchNormalization", Word(anything(), nothing)
    yield "GroupNormalization", Word(anything(4, 8, 32), groups, {"groups": "num_groups"})
    yield "LayerNormalization", Word(anything(), nothing)
    for merge in ("Concatenate", "Add", "Multiply"):
        yield merge, Word(twice(anything()), nothing)
    yield "Dropout", Word(anything(), given(rate=0.5))
    yield "Flatten", Word(image(2), nothing)
    yield "Embedding", Word(image(0, 1, 1, 5, 8), given(input_dim=9, output_dim=4))
    yield "GRU", Word(image(1), given(units=5, return_sequences=True), {"units": "hidden_size"})


WORDS = dict(_words())
TOKENS = (
    "AveragePooling1D",
    "BatchNormalization",
    "Concatenate",
    "Dense",
    "DepthwiseConv1D",
    "GlobalAveragePooling1D",
    "GlobalMaxPooling1D",
    "GroupNormalization",
    "LayerNormalization",
    "MaxPooling1D",
    "SeparableConv1D",
    "SpatialDropout1D",
    "UpSampling1D",
    "ZeroPadding1D",
)
"""Words that people put behind an embedding, whose steps and features are no image here: they are drawn so too."""


def drawn() -> Iterator[dict[str, Any]]:
    """Yield the cases: a word, settings in Keras' names and in ours, inputs as Keras has them, and what they are."""
    for word, source in WORDS.items():
        random = Random(f"{SEED} {word}")
        for number in range(EACH + (4 if word in TOKENS else 0)):
            inputs = source.inputs(random)
            if number >= EACH:
                inputs = [image(1, 4, 6, 32)(random)[0]] * len(inputs)
            kind = "tokens" if number >= EACH or word in ("Embedding", "GRU") else "image"
            settings = source.settings(random, inputs[0])
            ours = {source.renamed.get(name, OURS.get(name, name)): value for name, value in settings.items()}
            ours.pop("return_sequences", None)
            yield {"word": word, "keras": settings, "settings": ours, "inputs": list(map(list, inputs)), "kind": kind}


def measured(keras: ModuleType, case: dict[str, Any]) -> dict[str, Any]:
    """Return what Keras says of a case: its shape without the batch and its weights, or that it refuses."""
    inputs = [keras.Input(tuple(dims)) for dims in case["inputs"]]
    try:
        settings = {name: _tuples(value) for name, value in case["keras"].items()}
        layer = getattr(keras.layers, case["word"])(**settings)
        shape = layer(inputs if len(inputs) > 1 else inputs[0]).shape[1:]
    except Exception as error:  # what Keras raises for a wrong shape differs from layer to layer
        return {"refused": type(error).__name__}
    kinds = {"trainable": layer.trainable_weights, "non_trainable": layer.non_trainable_weights}
    counts = {kind: sum(math.prod(w.shape) for w in weights if w.dtype != "uint32") for kind, weights in kinds.items()}
    return {"output": list(shape), **counts}


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def main() -> None:
    """Write the figures of the keras that is installed."""
    import keras

    cases = [{**case, **measured(keras, case)} for case in drawn()]
    source = f"Keras {keras.__version__}, {keras.backend.backend()} backend; made by tests/layers/keras_figures.py"
    lines = ",\n".join(f"    {json.dumps(case)}" for case in cases)
    FIGURES.write_text(f'{{\n  "source": {json.dumps(source)},\n  "cases": [\n{lines}\n  ]\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
