"""Names for the layers of a model: the paths of its modules, and names like those that lists give by themselves."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, count
from unicodedata import normalize

from cnnparams.engine.network.context import joined
from cnnparams.inert import BLANK
from cnnparams.schema.keys import INPUT
from cnnparams.sources.assembly import LayerNames
from cnnparams.sources.pytorch.step import Chain

_NO_LETTER = re.compile(r"[^\w.-]|(?<![\w-])-")


class ModuleNames(LayerNames):
    """Names layers by the modules that they are in: a name is neither an input's nor that of another module or tensor.

    `inputs` are the names of those, `own` those of the modules and tensors.
    """

    def __init__(self, inputs: Iterable[str], own: Iterable[str]) -> None:
        self.own = frozenset(map(spelled, own))
        self.inputs = _inputs_called([*inputs], self.own)
        self._inputs = frozenset({INPUT, *self.inputs.values()})
        super().__init__(self._inputs, self.own)
        self._calls: dict[tuple[str, str], str] = {}
        self._called = {*self._inputs}

    def of_call(self, calls: Chain) -> str:
        """Return the name of the innermost call: the module's path, with a number where it is called again."""
        name = outer = ""
        for key, path in calls:
            call = name, key
            if call not in self._calls:
                inside = path.startswith(f"{outer}.") or not outer
                wanted = spelled(joined(name, path.removeprefix(f"{outer}.")) if inside else path)
                self._calls[call] = self.free(self._again(wanted), spelled(path), self._called)
                self._called.add(self._calls[call])
                self.reserved.add(self._calls[call])
            name, outer = self._calls[call], path
        return name

    def of_layer(self, name: str, call: str) -> str:
        """Return the name of a layer in a call: the one wanted, with a number, from 2, where that is another's."""
        return self.take(self._again(name), call)

    def numbered(self, stem: str, call: str) -> str:
        """Return the name of a layer in a call that has none: its stem with the next number, as in a list."""
        return self.take(self.counted(joined(call, stem), 1), call)

    def _again(self, name: str) -> Iterator[str]:
        yield name
        yield from self.counted(f"{name}_" if name[-1:].isdigit() else name, 2)


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


def spelled(name: str) -> str:
    """Return a name with nothing in it that the names of a spec may not have."""
    return _NO_LETTER.sub("_", re.sub(BLANK, "_", normalize("NFC", name)))
