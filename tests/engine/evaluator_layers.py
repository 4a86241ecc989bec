"""What the layers that the second evaluator knows make of their inputs: shapes without the batch, channels first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Dims = tuple[int, ...]


class Made(NamedTuple):
    """The shape that leaves a layer, the parameters it learns, its multiply-accumulates and its buffers."""

    dims: Dims
    params: int = 0
    macs: int = 0
    buffers: int = 0


def _windowed(dims: Dims, channels: int, kernel: int, stride: int, padding: int) -> Dims:
    return (channels, *((n + 2 * padding - kernel) // stride + 1 for n in dims[1:]))


def _conv2d(keys: Mapping[str, Any], dims: Dims) -> Made:
    channels, kernel, groups = keys["out_channels"], keys["kernel_size"], keys.get("groups", 1)
    left = _windowed(dims, channels, kernel, keys.get("stride", 1), keys.get("padding", 0))
    weights = channels * (dims[0] // groups) * kernel**2
    bias = channels if keys.get("bias", True) else 0
    return Made(left, weights + bias, weights * left[1] * left[2])


def _max_pool2d(keys: Mapping[str, Any], dims: Dims) -> Made:
    kernel = keys["kernel_size"]
    return Made(_windowed(dims, dims[0], kernel, keys.get("stride", kernel), keys.get("padding", 0)))


def _linear(keys: Mapping[str, Any], dims: Dims) -> Made:
    features = keys["out_features"]
    left = (*dims[:-1], features)
    bias = features if keys.get("bias", True) else 0
    return Made(left, dims[-1] * features + bias, math.prod(left) * dims[-1])


def _batch_norm2d(keys: Mapping[str, Any], dims: Dims) -> Made:
    return Made(dims, 2 * dims[0], 0, 2 * dims[0] + 1)


def _slice(keys: Mapping[str, Any], dims: Dims) -> Made:
    at = keys.get("dim", 1) - 1
    kept = list(range(dims[at]))[keys.get("start", 0) : keys.get("end") : keys.get("step", 1)]
    return Made((*dims[:at], len(kept), *dims[at + 1 :]))


def _concat(keys: Mapping[str, Any], *inputs: Dims) -> Made:
    return Made((sum(dims[0] for dims in inputs), *inputs[0][1:]))


def _broadcast(keys: Mapping[str, Any], *inputs: Dims) -> Made:
    return Made(tuple(max(sizes) for sizes in zip(*inputs, strict=True)))


def _flatten(keys: Mapping[str, Any], dims: Dims) -> Made:
    return Made((math.prod(dims),))


def _global_avg_pool2d(keys: Mapping[str, Any], dims: Dims) -> Made:
    return Made((dims[0], 1, 1) if keys.get("keepdims") else dims[:1])


def _same(keys: Mapping[str, Any], dims: Dims) -> Made:
    return Made(dims)


LAYERS: Mapping[str, Callable[..., Made]] = {
    **{"conv2d": _conv2d, "max_pool2d": _max_pool2d, "linear": _linear, "batch_norm2d": _batch_norm2d},
    **{"relu": _same, "sigmoid": _same, "identity": _same, "channel_shuffle": _same, "slice": _slice},
    **{"concat": _concat, "add": _broadcast, "multiply": _broadcast},
    **{"flatten": _flatten, "global_avg_pool2d": _global_avg_pool2d},
}
STEMS = {
    **{"conv2d": "conv", "max_pool2d": "maxpool", "linear": "fc", "batch_norm2d": "batchnorm"},
    **{"channel_shuffle": "channelshuffle", "global_avg_pool2d": "globalavgpool"},
}
