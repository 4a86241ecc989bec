"""Names for the layers of a model: the paths of its modules, and names like those that lists give by themselves."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, count
from unicodedata import normalize

from cnnparams.inert import BLANK
from cnnparams.schema.keys import INPUT
from cnnparams.sources.pytorch.step import Chain

_NO_LETTER = re.compile(r"[^\w.-]|(?<![\w-])-")


class Names:
    """Gives every layer a name of its own, neither that of an input nor of a module or tensor that it is not.

    `inputs` are the names of those, `own` those of the modules and tensors.
    """

    def __init__(self, inputs: Iterable[str], own: Iterable[str]) -> None:
        self.own = frozenset(map(spelled, own))
        self.inputs = _inputs_called([*inputs], self.own)
        self._inputs = frozenset({INPUT, *self.inputs.values()})
        self._calls: dict[tuple[str, str], str] = {}
        self._called: set[str] = set()
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def of_call(self, calls: Chain) -> str:
        """Return the name of the innermost call: the module's path, with a number where it is called again."""
        name = outer = ""
        for key, path in calls:
            call = name, key
            if call not in self._calls:
                inside = path.startswith(f"{outer}.") or not outer
                wanted = spelled(joined(name, path.removeprefix(f"{outer}.")) if inside else path)
                self._calls[call] = self._free(self._again(wanted), spelled(path), among=self._called)
                self._called.add(self._calls[call])
            name, outer = self._calls[call], path
        return name

    def of_layer(self, name: str, call: str) -> str:
        """Return the name of a layer in a call: the one wanted, with a number, from 2, where that is another's."""
        return self._take(self._again(name), call)

    def numbered(self, stem: str, call: str) -> str:
        """Return the name of a layer in a call that has none: its stem with the next number, as in a list."""
        return self._take(self._counted(joined(call, stem), 1), call)

    def release(self, name: str) -> None:
        """Let another layer have the name."""
        self._taken.discard(name)
        self._next.pop(name.rstrip("0123456789"), None)

    def _take(self, names: Iterator[str], call: str) -> str:
        name = self._free(names, call, among=self._taken)
        self._taken.add(name)
        return name

    def _free(self, names: Iterator[str], own: str, among: Collection[str]) -> str:
        """Return the first name that is none of these, nor of an input, a module, a tensor or a call but its own."""
        return next(
            each
            for each in names
            if each not in among
            and each not in self._inputs
            and (each == own or not (each in self.own or each in self._called))
        )

    def _again(self, name: str) -> Iterator[str]:
        yield name
        yield from self._counted(f"{name}_" if name[-1:].isdigit() else name, 2)

    def _counted(self, stem: str, first: int) -> Iterator[str]:
        """Yield a stem with numbers: those after the last that was wanted, as the ones before are not free."""
        for number in count(self._next.get(stem, first)):
            self._next[stem] = number
            yield f"{stem}{number}"


def _inputs_called(names: Sequence[str], own: Collection[str]) -> dict[str, str]:
    """Return what a spec calls the inputs: as forward does, but never like a module or a tensor, which is to stay."""
    if len(names) == 1:
        return {names[0]: INPUT}
    called: dict[str, str] = {}
    for name in names:
        wanted = chain([name, f"{name}_input"], (f"{name}_input{i}" for i in count(2)))
        taken = {INPUT, *called.values(), *names} - {name}
        called[name] = next(each for each in wanted if each not in taken and each not in own)
    return called


def joined(outer: str, name: str) -> str:
    """Return a name inside of another."""
    return f"{outer}.{name}" if outer else name


def spelled(name: str) -> str:
    """Return a name with nothing in it that the names of a spec may not have."""
    return _NO_LETTER.sub("_", BLANK.sub("_", normalize("NFC", name)))
