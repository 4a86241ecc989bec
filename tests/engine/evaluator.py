"""A second evaluator of specs, for tests: the language in the plainest way, with Python's own eval, step by step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.engine.evaluator_layers import LAYERS, STEMS, Dims
from tests.engine.evaluator_values import evaluated, listed, variables_of

Keys = Mapping[str, Any]
STRUCTURES = ("sequence", "residual", "parallel", "auxiliary")
OWN_KEYS = ("type", "block", "name", "repeat", "when", "from", "share", "trainable", "dtype", "activation")


class Tensor(NamedTuple):
    """A tensor on its way: the row that it comes from, and its shape."""

    source: str
    dims: Dims


class Row(NamedTuple):
    """A layer in its place."""

    name: str
    type: str
    activation: str | None
    inputs: tuple[str, ...]
    input_dims: tuple[Dims, ...]
    dims: Dims
    params: int
    buffers: int
    macs: int
    trainable: bool
    shares: str | None


class Network(NamedTuple):
    """The rows in the order of execution, and the results."""

    rows: list[Row]
    outputs: list[Tensor]


class Around(NamedTuple):
    """What holds around a list: values, the name that names begin with, what is shared or frozen, the rows before."""

    scope: dict[str, Any]
    path: str = ""
    trainable: bool = True
    share: tuple[str, str] | None = None
    start: int = 0


class Found(NamedTuple):
    """An entry that has been laid out: its path, and the tensors that leave it."""

    path: str
    tensors: list[Tensor]


class Names:
    """What a list has laid out by name, and the list around it."""

    def __init__(self, outer: Names | None, **found: Found) -> None:
        self.outer = outer
        self.found = found
        self.copies: dict[str, list[Found]] = {}

    def find(self, text: str, scope: Keys) -> Found:
        """Return what a reference means, here or in a list around."""
        match = re.fullmatch(r"([^\[]+)\[(.+)\]", text)
        if match and match[1] in self.copies:
            copies = self.copies[match[1]]
            return copies[int(evaluated(match[2], scope))]
        if not match and text in self.found:
            return self.found[text]
        assert self.outer, text
        return self.outer.find(text, scope)


def evaluate(spec: Keys, variant: str | None = None) -> Network:
    """Return the network that a spec stands for."""
    variables = variables_of({**spec.get("vars", {}), **(spec["variants"][variant] if variant else {})})
    inputs = spec["inputs"] if "inputs" in spec else {"input": spec["input"]}
    tensors = [Tensor(name, _input(evaluated(keys, variables))) for name, keys in inputs.items()]
    evaluator = _Evaluator(spec.get("blocks", {}), variables)
    names = Names(None, **{tensor.source: Found(tensor.source, [tensor]) for tensor in tensors})
    last = evaluator.lay_out(spec["layers"], tensors, Around(variables), names)
    outputs = [tensor for name in listed(spec.get("outputs")) for tensor in names.find(name, variables).tensors]
    return Network(evaluator.rows, outputs or last)


def _input(keys: Keys) -> Dims:
    return tuple(keys[name] for name in ("channels", "height", "width", "features") if name in keys)


class _Evaluator:
    def __init__(self, blocks: Keys, variables: dict[str, Any]) -> None:
        self.blocks = blocks
        self.variables = variables
        self.rows: list[Row] = []
        self.settings: dict[str, Keys] = {}

    def lay_out(
        self, items: list[Any], x: list[Tensor], around: Around, names: Names, *, positions: bool = False
    ) -> list[Tensor]:
        entries: list[Keys] = [{"type": item} if isinstance(item, str) else item for item in items]
        alone = len(entries) == 1 and not {"name", "repeat"} & entries[0].keys() and not _is_layer(entries[0])
        used: list[str] = []
        for entry in entries:
            sources = listed(entry.get("from")) if "channels" in str(entry.get("repeat")) else []
            first = [tensor for name in sources for tensor in names.find(name, {**around.scope, "index": 0}).tensors]
            scope = {**around.scope, "channels": (first or x)[0].dims[0]}
            for index in range(evaluated(entry.get("repeat", 1), scope)):
                scope = {**around.scope, **({"index": index} if "repeat" in entry else {})}
                entered = [tensor for name in listed(entry.get("from")) for tensor in names.find(name, scope).tensors]
                scope["channels"] = (entered or x)[0].dims[0]
                if not evaluated(entry.get("when", True), scope):
                    continue
                name = _named(entry, used, {other.get("name") for other in entries}, positions=positions)
                used.append(name)
                path = around.path if alone else _joined(around.path, name)
                share = (path, names.find(entry["share"], scope).path) if "share" in entry else around.share
                trainable = around.trainable and evaluated(entry.get("trainable", True), scope)
                at = Around(scope, path, trainable, share, len(self.rows))
                found = Found(path, self.place(entry, entered or x, at, names))
                names.found[name] = found
                if "repeat" in entry and "name" in entry:
                    names.copies.setdefault(entry["name"], []).append(found)
                x = x if entry.get("type") == "auxiliary" else found.tensors
        return x

    def place(self, entry: Keys, x: list[Tensor], at: Around, names: Names) -> list[Tensor]:
        activation = evaluated(entry.get("activation"), at.scope)
        if "block" in entry:
            return self.call(entry, x, at)
        if entry["type"] == "residual":
            main = self.inside(entry["layers"], x, at, names)
            ends = [*main, *self.inside(entry.get("shortcut", []), x, at, names, "shortcut")]
            return self.add("add", {}, activation, ends, self.under("add", at))
        if entry["type"] == "parallel":
            branches = [(f"branch{i}", branch) for i, branch in enumerate(entry["branches"], 1)]
            ends = [tensor for under, branch in branches for tensor in self.inside(branch, x, at, names, under)]
            join = entry.get("join", "concat")
            return self.add(join, {}, activation, ends, self.under(join, at))
        if entry["type"] in STRUCTURES:
            return self.lay_out(entry["layers"], x, at, Names(names), positions=entry["type"] == "sequence")
        settings = {key: evaluated(value, at.scope) for key, value in entry.items() if key not in OWN_KEYS}
        return self.add(entry["type"], settings, activation, x, at)

    def inside(self, items: list[Any], x: list[Tensor], at: Around, names: Names, under: str = "") -> list[Tensor]:
        return self.lay_out(items, x, self.under(under, at) if under else at, Names(names))

    def under(self, name: str, at: Around) -> Around:
        """Return what holds under a name: where what is inside already has it, with the first free number from 2."""
        paths = [_joined(at.path, tried) for tried in (name, *(f"{name}{i}" for i in range(2, 100)))]
        taken = [f"{row.name}." for row in self.rows[at.start :]]
        return at._replace(path=next(path for path in paths if not any(row.startswith(f"{path}.") for row in taken)))

    def call(self, entry: Keys, x: list[Tensor], at: Around) -> list[Tensor]:
        block = self.blocks[evaluated(entry["block"], at.scope)]
        inside = {**self.variables, "channels": at.scope["channels"]}
        for param, default in (block.get("params") or {}).items():
            inside[param] = evaluated(entry[param], at.scope) if param in entry else evaluated(default, inside)
        return self.lay_out(block["layers"], x, at._replace(scope=inside), Names(None, input=Found("", x)))

    def add(self, type_: str, settings: Keys, activation: Any, x: list[Tensor], at: Around) -> list[Tensor]:
        target = at.share and at.share[1] + at.path[len(at.share[0]) :]
        self.settings[at.path] = {**(self.settings[target] if target else {}), **settings}
        made = LAYERS[type_](self.settings[at.path], *(tensor.dims for tensor in x))
        shares = next((row.shares or row.name for row in self.rows if row.name == target), None)
        params, buffers = (0, 0) if shares else (made.params, made.buffers)
        sources, shapes = tuple(tensor.source for tensor in x), tuple(tensor.dims for tensor in x)
        cost = (params, buffers, made.macs, at.trainable, shares)
        self.rows.append(Row(at.path, type_, activation, sources, shapes, made.dims, *cost))
        return [Tensor(at.path, made.dims)]


def _is_layer(entry: Keys) -> bool:
    return entry.get("type") in LAYERS


def _named(entry: Keys, used: list[str], written: set[Any], *, positions: bool) -> str:
    if "name" in entry and "repeat" not in entry:
        return str(entry["name"])
    if positions and "name" not in entry:
        return str(len(used))
    kind = str(entry.get("type") or entry["block"])
    stem = str(entry.get("name") or STEMS.get(kind, kind if kind.isidentifier() else "layer"))
    return next(name for i in range(1, len(used) + len(written) + 2) if (name := f"{stem}{i}") not in {*used, *written})


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or name
