"""What the layers of a file are called: by the modules that they were exported from, as far as the file tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from cnnparams.schema.keys import INPUT
from cnnparams.sources.assembly import LayerNames
from cnnparams.sources.onnx.model import ConstantTensor, Model, OnnxNode, every_node

_LONGEST = 200
_UNSAFE = re.compile(r"[^\w-]", re.ASCII)
_OF_A_MODULE = re.compile(r"([^:]+)\.[^.:]+|([^:]+?)[_/](?:weight|bias|kernel|w|b)(?:_\d+)?")
_MADE_UP = re.compile(r"val_\d+|.*:.*|\d+")  # as the exporters of PyTorch call what has no name of its own
_FROM_DYNAMO = "node_"


class FileNames(LayerNames):
    """The names that a file suggests: a name that others begin with, as modules do, is none for a layer."""

    def __init__(self, model: Model) -> None:
        ops = tuple(every_node(model.ops))
        stored = (name for op in ops for graph in op.graphs for name in graph.initializers)
        self._holding = set(filter(None, map(module_of, chain(model.initializers, stored))))
        paths = self._holding | set(filter(None, map(path_of, ops)))
        self._inner = {lead for path in paths for lead in _leads(path)}
        self._suggested = paths | self._inner
        super().__init__({INPUT})

    def layer(self, op: OnnxNode, weights: Iterable[ConstantTensor], stem: str) -> str:
        """Name a layer: as the module of its weights, or else of its node; by its type where there is neither."""
        modules = (module_of(name) for name in _origins(weights))
        if module := next(filter(None, modules), None):
            return self._like(module, stem)
        path = path_of(op)
        return self._like(f"{path}.{stem}" if path in self._holding else path, stem)

    def tensor(self, op: OnnxNode, tensor: ConstantTensor, stem: str) -> str:
        """Name a layer that is a learned tensor and nothing else, as the tensor is called."""
        names = (safe(name.split(".")) for name in _origins([tensor]) if not is_made_up(name))
        return self._like(next(filter(None, names), path_of(op)), stem)

    def port(self, name: str) -> str:
        """Name an input."""
        return self._like(safe([name]), INPUT)

    def numbered(self, stem: str) -> str:
        """Name a layer by its type and a number."""
        return self.take(name for name in self.counted(stem, 1) if name not in self._suggested)

    def _like(self, wanted: str | None, stem: str) -> str:
        """Return a name that no other has: with the type where other names begin with it, and a number if need be."""
        if wanted is None:
            return self.numbered(stem)
        name = f"{wanted}.{stem}" if wanted in self._inner else wanted
        return self.take(chain([name], self.counted(f"{name}_", 1)))


def module_of(tensor: str) -> str | None:
    """Return the module that a tensor belongs to: layer1.0.conv1 for layer1.0.conv1.weight; None if not told."""
    found = _OF_A_MODULE.fullmatch(tensor)
    return safe((found[1] or found[2]).replace("/", ".").split(".")) if found else None


def is_made_up(tensor: str) -> bool:
    """Tell whether a tensor's name is one that an exporter gave it, as it had none."""
    return _MADE_UP.fullmatch(tensor) is not None


def is_of_a_module(tensor: ConstantTensor) -> bool:
    """Tell whether a tensor is stored under the name of a module, as what is learned is."""
    names = [origin.name for origin in tensor.origins if origin.stored]
    return any(module_of(name) for name in names if not name.startswith("/"))  # as what nodes give is called


def path_of(op: OnnxNode) -> str | None:
    """Return the module that a node was exported from: layer1.0.relu for /layer1/layer1.0/relu/Relu."""
    if op.scope:
        return safe(op.scope[-1].split("."))
    if op.name.startswith(_FROM_DYNAMO):
        return None
    parts = [part for part in op.name.split("/") if part]
    if parts and (op.name.startswith("/") or _is_kind(parts[-1], op)):
        parts.pop()
    nested: list[str] = []
    for part in parts:
        if nested and part.startswith(f"{nested[-1]}."):
            nested.pop()
        nested.append(part)
    return safe(".".join(nested).split(".")) if nested and not is_made_up(op.name) else None


def safe(parts: Sequence[str]) -> str | None:
    """Return a dotted name that a spec may have, as like these parts as can be; None where there is none."""
    clean = [_UNSAFE.sub("_", part) for part in parts]
    name = ".".join(clean)
    return name if all(part and part[0] != "-" for part in clean) and len(name) <= _LONGEST else None


def _is_kind(part: str, op: OnnxNode) -> bool:
    """Tell whether a part of a node's name only says what the node does: Conv, Conv_3, Conv2D."""
    kinds = (op.kind, *(one.kind for one in op.parts))
    return any(re.fullmatch(rf"{re.escape(kind)}(\dD)?(_\d+)?", part) for kind in kinds)


def _origins(tensors: Iterable[ConstantTensor]) -> Iterator[str]:
    for tensor in tensors:
        yield from sorted(origin.name for origin in tensor.origins)


def _leads(path: str) -> Iterator[str]:
    """Yield the names of what a path is inside of."""
    parts = path.split(".")
    yield from (".".join(parts[:n]) for n in range(1, len(parts)))
