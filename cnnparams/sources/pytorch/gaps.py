"""Modules and tensors of a model that no step uses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import torch

from cnnparams.sources.pytorch.names import spelled
from cnnparams.sources.pytorch.sketch import Sketch, around
from cnnparams.sources.pytorch.values import Held
from cnnparams.sources.reading import Gap

_REMEDY = "let forward use it, or take it out of the model"


def unused(sketch: Sketch, model: torch.nn.Module, met: Collection[int]) -> Iterator[Gap]:
    """Yield a gap for each module, or tensor of one, that no step uses: what it holds would not be counted.

    `met` are the ids of the tensors that steps use.
    """
    busy = {part for held in sketch.tensors.values() if id(held.tensor) in met for part in around(held.path)}
    groups: dict[str, list[Held]] = {}
    for held in sketch.tensors.values():
        if id(held.tensor) not in met:
            path = next((part for part in around(held.path) if part not in busy), held.path)
            groups.setdefault(path, []).append(held)
    modules = dict(model.named_modules())
    for path, group in groups.items():
        yield _gap(sketch, path, _kind(modules, path, group), group)


def kind_of(module: torch.nn.Module) -> str:
    """Return what messages call a module: its class, with the package that it is known from."""
    cls = type(module)
    home = "torch.nn" if cls.__module__.startswith("torch.nn.modules.") else cls.__module__
    return f"{home}.{cls.__qualname__}"


def _gap(sketch: Sketch, path: str, kind: str, group: Sequence[Held]) -> Gap:
    sizes = {"parameters": True, "buffers": False}
    counts = {
        what: sum(held.tensor.numel() for held in group if held.learned is learned) for what, learned in sizes.items()
    }
    holds = " and ".join(f"{n:,} {what}" for what, n in counts.items() if n)
    name = sketch.names.of_layer(spelled(path), spelled(path))
    entry = sketch.gap(name, kind, (), parameters=counts["parameters"] or None)
    return Gap(path, f"{kind} is never used: its {holds} would not be counted", None, _REMEDY, entry)


def _kind(modules: Mapping[str, torch.nn.Module], path: str, group: Sequence[Held]) -> str:
    if path in modules:
        return kind_of(modules[path])
    return "torch.nn.Parameter" if group[0].learned else "torch.Tensor"
