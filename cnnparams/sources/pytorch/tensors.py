"""What a model in PyTorch holds and gives, in the terms of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import nn

from cnnparams.engine.reports.report import Role, TensorReport


def held(module: nn.Module) -> tuple[TensorReport, ...]:
    """Return the tensors of a module, part by part; what is shared is there once."""
    found: dict[int, TensorReport] = {}
    for prefix, part in module.named_modules():
        for name, tensor in part.named_parameters(prefix, recurse=False):
            role: Role = "trainable" if tensor.requires_grad else "frozen"
            found.setdefault(id(tensor), TensorReport(name, tuple(tensor.shape), role))
        for name, tensor in part.named_buffers(prefix, recurse=False):
            found.setdefault(id(tensor), TensorReport(name, tuple(tensor.shape), "buffer"))
    return tuple(found.values())


def counts(model: nn.Module) -> dict[str, int]:
    """Return the elements of a model's tensors, under the names that a report's totals have."""
    return {
        "total_params": sum(p.numel() for p in model.parameters()),
        "trainable_params": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "frozen_params": sum(p.numel() for p in model.parameters() if not p.requires_grad),
        "buffers": sum(b.numel() for b in model.buffers()),
    }


def result_tensors(result: Any) -> Iterator[torch.Tensor]:
    """Yield the tensors of whatever a model returns, in order."""
    if isinstance(result, torch.Tensor):
        yield result
    elif isinstance(result, Mapping | list | tuple):
        for part in result.values() if isinstance(result, Mapping) else result:
            yield from result_tensors(part)
    elif is_dataclass(result):
        yield from result_tensors([getattr(result, field.name) for field in fields(result)])
