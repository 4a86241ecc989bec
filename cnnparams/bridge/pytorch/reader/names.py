"""Names for the layers of a model: the paths of its modules, and names like those that lists give by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, count
from unicodedata import normalize

from cnnparams.bridge.pytorch.reader.step import Chain
from cnnparams.inert import BLANK

_NO_LETTER = re.compile(r"[^\w.-]|(?<![\w-])-")


class Names:
    """Gives every layer a name of its own, which is neither that of an input nor of a module that it is not."""

    def __init__(self, inputs: Iterable[str], modules: Iterable[str]) -> None:
        self._inputs = frozenset(inputs)
        self._modules = frozenset(map(spelled, modules))
        self._calls: dict[tuple[str, ...], str] = {}
        self._taken: set[str] = set()

    def of_call(self, calls: Chain) -> str:
        """Return the name of the innermost call: the module's path, with a number where it is called again."""
        name = outer = ""
        for i, (_, path) in enumerate(calls, 1):
            keys = tuple(key for key, _ in calls[:i])
            if keys not in self._calls:
                inside = path.startswith(f"{outer}.") or not outer
                wanted = spelled(joined(name, path.removeprefix(f"{outer}.")) if inside else path)
                others = {*self._inputs, *self._calls.values(), *(self._modules - {spelled(path)})}
                self._calls[keys] = next(each for each in _again(wanted) if each not in others)
            name, outer = self._calls[keys], path
        return name

    def of_layer(self, name: str, call: str) -> str:
        """Return the name of a layer in a call: the one wanted, with a number, from 2, where that is another's."""
        return self._take(_again(name), call)

    def numbered(self, stem: str, call: str) -> str:
        """Return the name of a layer in a call that has none: its stem with the next number, as in a list."""
        return self._take((f"{joined(call, stem)}{i}" for i in count(1)), call)

    def release(self, name: str) -> None:
        """Let another layer have the name."""
        self._taken.discard(name)

    def _take(self, names: Iterator[str], call: str) -> str:
        others = {*self._inputs, *self._taken, *((self._modules | {*self._calls.values()}) - {call})}
        name = next(each for each in names if each not in others)
        self._taken.add(name)
        return name


def joined(outer: str, name: str) -> str:
    """Return a name inside of another."""
    return f"{outer}.{name}" if outer else name


def spelled(name: str) -> str:
    """Return a name with nothing in it that the names of a spec may not have."""
    return _NO_LETTER.sub("_", BLANK.sub("_", normalize("NFC", name)))


def _again(name: str) -> Iterator[str]:
    between = "_" if name[-1:].isdigit() else ""
    return chain([name], (f"{name}{between}{i}" for i in count(2)))
