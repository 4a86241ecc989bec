"""From the `type:` of a spec to the class of that layer type.

A family module declares its types with `@layer_type`. Families are imported in the order below, commonest first,
until the type is found: a network of convolutions and linear layers never loads attention. A type that exists in
1d, 2d and 3d becomes a class for each when it is first asked for; so do functions that a family declares by a line.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar

from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.settings import setting_words

FAMILIES = (
    "conv",
    "linear",
    "rectifier",
    "pool",
    "flatten",
    "batch_norm",
    "norm",
    "response_norm",
    "dropout",
    "smooth",
    "adaptive_pool",
    "conv_transpose",
    "separable",
    "border",
    "upsample",
    "pixel_shuffle",
    "merge",
    "elementwise",
    "pick",
    "parameter",
    "source",
    "opaque",
    "arrange",
    "embedding",
    "recurrent",
    "attention",
    "product",
    "dot_product_attention",
    "einsum",
    "unary",
    "arithmetic",
    "select",
    "reduction",
    "rearrange",
    "repeat",
    "index",
    "patches",
    "grid_sample",
)

_RANKS = (1, 2, 3)

L = TypeVar("L", bound=type[Layer])


class TorchFunction(Protocol):
    """A function of torch that is a layer type: its name, and what it does."""

    @property
    def name(self) -> str:
        """Its name in torch, and as a type."""

    @property
    def does(self) -> str:
        """What it does, in a line."""


class Declaration(NamedTuple):
    """One layer type: its name, its class (of a family, for all ranks), other names for it, and a working example.

    Of a word that is Keras' alone, `word` is that, and the family is what reads it as Keras does. Of a family of
    functions, `function` is the one.
    """

    name: str
    family: type[Layer]
    rank: int | None
    aliases: tuple[str, ...]
    example: Mapping[str, Any]
    example_input: tuple[int, ...]
    word: str = ""
    function: TorchFunction | None = None


_declared: dict[str, Declaration] = {}
_by_word: dict[str, Declaration] = {}
_by_nickname: dict[str, str] = {}


def layer_type(
    name: str,
    *,
    ranks: tuple[int | None, ...] = (None,),
    keras: str = "",
    nicknames: str = "",
    example: Mapping[str, Any] | None = None,
    example_input: tuple[int, ...] | None = None,
) -> Callable[[L], L]:
    """Declare a class as the layer type `name`, or for ranks 1, 2, 3 as `name1d`, `name2d`, `name3d`.

    In `keras`, the names that Keras gives the type, "{rank}" stands for the rank; a name without it means images (2d).
    `nicknames` are what people call it, which no spec may: a hint says the name.
    The example is settings of the layer and the shape that enters it; without one, an image of 16 channels.
    """

    def declare(family: L) -> L:
        for rank in ranks:
            own = name if rank is None else f"{name}{rank}d"
            aliases = _aliases(keras, rank)
            image = (16, *[32] * (2 if rank is None else rank))
            _enter(Declaration(own, family, rank, aliases, example or {}, example_input or image))
            _by_nickname.update(dict.fromkeys(nicknames.split() if rank in (None, 2) else (), own))
        if ranks == (None,):
            family.type, family.stem = name, vars(family).get("stem", _stem(name))
        return family

    return declare


def layer_types(
    *functions: TorchFunction,
    example: Mapping[str, Any] = MappingProxyType({}),
    example_input: tuple[int, ...] = (16, 32, 32),
) -> Callable[[L], L]:
    """Declare a class as several layer types, which are the same but for the `function` that each is.

    The example is one that works for all.
    """

    def declare(family: L) -> L:
        for each in functions:
            _enter(Declaration(each.name, family, None, (), example, example_input, function=each))
        return family

    return declare


def _enter(declaration: Declaration) -> None:
    words = dict.fromkeys(map(_squashed, (declaration.name, *declaration.aliases)), declaration)
    if taken := words.keys() & _by_word.keys():
        raise ValueError(f"two layer types answer to {min(taken)}")
    _declared[declaration.name] = declaration
    _by_word.update(words)


def keras_word(words: str) -> Callable[[L], L]:
    """Declare a class as what words mean that are Keras' alone; "{rank}" stands for each rank.

    The words are among those that layer types have been declared to answer to.
    """

    def declare(reading: L) -> L:
        for said in (name.format(rank=rank) for name in words.split() for rank in _RANKS):
            if declared := _by_word.get(_squashed(said)):
                _by_word[_squashed(said)] = declared._replace(family=reading, word=said)
        return reading

    return declare


def find_type(word: str) -> Declaration | None:
    """Return the layer type that a spec means, whatever case and underscores it has; None where there is none."""
    key = _squashed(word)
    for family in FAMILIES:
        if key in _by_word:
            break
        _load(family)
    return _by_word.get(key)


def nicknames() -> Mapping[str, str]:
    """Return what people call layer types, each word with the name of the type; of several ranks, that of images."""
    for family in FAMILIES:
        _load(family)
    return _by_nickname


def declarations() -> Iterator[Declaration]:
    """Return every layer type, family by family."""
    for family in FAMILIES:
        _load(family)
    return iter(sorted(_declared.values(), key=_place))


def _place(declaration: Declaration) -> int:
    """Return where the family stands, whichever was imported first; one from outside comes last."""
    module = declaration.family.__module__.rpartition(".")[2]
    return FAMILIES.index(module) if module in FAMILIES else len(FAMILIES)


def layer_class(declaration: Declaration) -> type[Layer]:
    """Return the class of one type: that of its family with its name and, where it has one, its rank."""
    return _class(declaration.name, declaration.word)


@cache
def words() -> frozenset[str]:
    """Return every word that a setting of some layer type takes as it is."""
    classes = map(layer_class, declarations())
    return frozenset(word for layer in classes for known in setting_words(layer).values() for word in known)


@cache
def _class(name: str, word: str) -> type[Layer]:
    declaration, plain = _by_word[_squashed(word or name)], _declared[name]
    family, rank = declaration.family, declaration.rank
    own: dict[str, Any] = {"word": word} if word else {}
    if rank is not None:
        ranks = tuple(other.rank for other in _declared.values() if other.family is plain.family)
        own |= {"type": name, "stem": _stem(name.removesuffix(f"{rank}d")), "rank": rank, "ranks": ranks}
    if plain.function:
        own |= {"type": name, "stem": _stem(name), "function": plain.function}
    if not own:
        return family
    title = word or (f"{family.__name__}{rank}d" if rank else _camel(name))
    return type(title, (family,), {"__module__": family.__module__, "__doc__": family.__doc__, **own})


def _camel(name: str) -> str:
    return name.title().replace("_", "")


def _stem(name: str) -> str:
    return name.replace("_", "")


def _aliases(keras: str, rank: int | None) -> tuple[str, ...]:
    names = (name for name in keras.split() if "{rank}" in name or rank in (None, 2))
    return tuple(name.format(rank=rank) for name in names)


def _load(family: str) -> None:
    import_module(f"cnnparams.layers.{family}")


def _squashed(word: str) -> str:
    return _stem(word).casefold()
