"""Where a class keeps what it makes: so that state_dict() calls every tensor as the spec does.

A name that can be an attribute is one: self.conv1. A number, a keyword or a name with - in it is a key: of the class
itself, which is then an nn.ModuleDict, or of one that stands for the part of a name before a dot: self.features["0"].
What is called like an attribute of torch.nn.Module can only be looked up where modules are kept: self._modules["type"].
A name inside of a layer that has no room for it, such as conv.weight beside conv, is written with _.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cnnparams.targets.code.names import ATTRIBUTES, METHODS, Namespace

_MODULE, _MODULES, _PARAMETERS = "nn.Module", "nn.ModuleDict", "nn.ParameterDict"


@dataclass(frozen=True, slots=True)
class AttributeCode:
    """What a class makes: a bare parameter, or a module and what is called inside of it."""

    is_parameter: bool = False
    inside: frozenset[str] = frozenset()


@dataclass
class _Branch:
    """A part of a name between dots: what is made there, if anything, and the names that go on from it."""

    thing: AttributeCode | None = None
    more: dict[str, _Branch] = field(default_factory=dict)

    @cached_property
    def container(self) -> str:
        """The class that holds what is further inside, where nothing is made here; asked once all of that is known."""
        keys = {name: place for name, place in self.more.items() if not is_attribute(name)}
        if not keys or any(map(is_taken, self.more)):
            return _MODULE
        parameters = [bool(place.thing and place.thing.is_parameter) for place in self.more.values()]
        if all(parameters):
            return _PARAMETERS
        return _MODULE if any(place.thing and place.thing.is_parameter for place in keys.values()) else _MODULES


class Attributes:
    """The attributes of a class, by the names that its steps have in the spec."""

    def __init__(self, things: Mapping[str, AttributeCode]) -> None:
        self._root = _Branch()
        self._parts: dict[str, tuple[str, ...]] = {}
        self._made: set[tuple[str, ...]] = set()
        for name in sorted(things, key=lambda name: name.count(".")):  # what others stand inside of comes first
            parts = tuple(name.split("."))
            if self._has_room(parts):
                self._put(name, parts, things[name])
        others = Namespace(ATTRIBUTES, METHODS, self._root.more)
        for name in things:
            if name not in self._parts:
                self._put(name, (others.add(name),), things[name])

    @property
    def base(self) -> str:
        """The class to derive from, whose keys are what cannot be an attribute."""
        container = self._root.container
        return _MODULE if container == _PARAMETERS else container

    @property
    def names(self) -> Collection[str]:
        """The names that the class has; others have to be different."""
        return self._root.more.keys()

    def of(self, name: str) -> str:
        """Return what comes behind `self` to get at what is made of that name."""
        text, place, container = "", self._root, self.base
        for part in self._parts[name]:
            place = place.more[part]
            text += _access(container, part, is_parameter=bool(place.thing and place.thing.is_parameter))
            container = _MODULE if place.thing else place.container
        return text

    def statements(self, name: str) -> Iterator[str]:
        """Yield what makes those that hold what is made of that name, where they have not been made so far."""
        text, place, container, parts = "self", self._root, self.base, self._parts[name]
        for i, part in enumerate(parts[:-1], 1):
            place = place.more[part]
            text += _access(container, part, is_parameter=False)
            container = place.container
            if place.thing is None and parts[:i] not in self._made:
                self._made.add(parts[:i])
                yield f"{text} = {container}()"

    def is_inside(self, name: str) -> bool:
        """Tell whether it is held by something that the class makes."""
        place = self._root
        for part in self._parts[name][:-1]:
            place = place.more[part]
            if place.thing:
                return True
        return False

    def _has_room(self, parts: tuple[str, ...]) -> bool:
        """Tell whether a name does not go on inside of a bare parameter, nor is taken by what a module has inside."""
        place = self._root
        for part in parts:
            if place.thing and (place.thing.is_parameter or part in place.thing.inside):
                return False
            place = place.more.get(part, _Branch())
        return True

    def _put(self, name: str, parts: tuple[str, ...], thing: AttributeCode) -> None:
        place = self._root
        for part in parts:
            place = place.more.setdefault(part, _Branch())
        place.thing = thing
        self._parts[name] = parts


def is_attribute(name: str) -> bool:
    """Tell whether a name can be that of an attribute; Python writes __x otherwise, and some letters as others."""
    plain = name.isidentifier() and not keyword.iskeyword(name) and unicodedata.normalize("NFKC", name) == name
    return plain and name not in ATTRIBUTES and not name.startswith("__")


def is_taken(name: str) -> bool:
    """Tell whether nn.Sequential and nn.ModuleDict may have an attribute of that name."""
    return name in ATTRIBUTES or name in METHODS or name.startswith("__")


def quoted(name: str) -> str:
    """Return a part of a name of a spec as a key: it has letters, digits, _ and - alone."""
    return f'"{name}"'


def _access(container: str, part: str, *, is_parameter: bool) -> str:
    if is_attribute(part):
        return f".{part}"
    if container != _MODULE:
        return f"[{quoted(part)}]"
    return f".{'_parameters' if is_parameter else '_modules'}[{quoted(part)}]"
