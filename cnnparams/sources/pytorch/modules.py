"""Modules of torch.nn that are layers: their settings, their tensors, and what calling them means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import torch
from torch import nn

from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.registry import find_type, layer_class
from cnnparams.sources.assembly import layer_of
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import invoke
from cnnparams.sources.pytorch.functions.activation import normalised
from cnnparams.sources.pytorch.functions.pool import surrounded
from cnnparams.sources.pytorch.functions.recurrent import States, recurrent
from cnnparams.sources.pytorch.functions.reshape import permuted
from cnnparams.sources.pytorch.values import Batched, ModelTensor, Unsaid

_HOME = "torch.nn.modules."
_ELSEWHERE = {"bias": "in_proj_bias", "add_bias_kv": "bias_k"}
"""Where MultiheadAttention has what tells of a setting."""

_ANYWHERE = frozenset({"linear", "embedding", "layer_norm", "rms_norm", "dropout"})
"""Types besides activations that do not mind where the batch is, as long as it is not the last dimension."""


class LayerModule(NamedTuple):
    """A module that is a layer: its settings, and the tensors that it holds."""

    type: type[Layer]
    settings: dict[str, Any]
    held: tuple[ModelTensor, ...]


class AttentionWeights(NamedTuple):
    """What each token attends to: a step of its own where something reads it, as the layer gives one result.

    `shape` has the batch first, wherever the layer has it.
    """

    of: Batched
    shape: tuple[int, ...]

    def put(self, call: StepContext) -> Batched:
        """Put an opaque step: the products that give the weights are those of the layer."""
        settings = {"op": "torch.nn.MultiheadAttention weights", "shape": [*self.of.folds, *self.shape[1:]]}
        return call.put("opaque", settings, self.of, batch=0)


def layer_class_of(module: nn.Module) -> type[Layer] | None:
    """Return the type of layer that a module is: its class is of torch.nn, or one that only makes it differently."""
    for base in type(module).__mro__:
        own = base.__module__.startswith(_HOME)
        if own and (declared := find_type(base.__name__)):
            return layer_class(declared)
        if any(not name.startswith("__") for name in vars(base)):
            return None
    return None


def kind_of(module: torch.nn.Module) -> str:
    """Return what messages call a module: its class, with the package that it is known from."""
    cls = type(module)
    home = "torch.nn" if cls.__module__.startswith("torch.nn.modules.") else cls.__module__
    return f"{home}.{cls.__qualname__}"


def leaf(path: str, module: nn.Module) -> LayerModule:
    """Return what a module is, which has a layer type."""
    type_ = layer_class_of(module)
    assert type_ is not None
    return LayerModule(type_, dict(_settings(module, type_)), tuple(model_tensors(path, module)))


def model_tensors(path: str, module: nn.Module) -> Iterator[ModelTensor]:
    """Yield the parameters and buffers of a module, each once."""
    for tensors, learned in ((module.named_parameters(path), True), (module.named_buffers(path), False)):
        yield from (ModelTensor(name, tensor, tuple(tensor.shape), learned) for name, tensor in tensors)


def tensors_of(model: nn.Module) -> dict[str, torch.Tensor]:
    """Return the parameters and buffers of a model by their paths, of which one tensor may have several."""
    parameters = model.named_parameters(remove_duplicate=False)
    return dict(chain(parameters, model.named_buffers(remove_duplicate=False)))


def translate(call: StepContext, module: LayerModule, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Put the layer that a module is where the module is called; return what the call gives."""
    return invoke(partial(_CALLS.get(module.type.type, _plain), module), call, args, kwargs)


def _settings(module: nn.Module, type_: type[Layer]) -> Iterator[tuple[str, Any]]:
    for name, field in type_.model_fields.items():
        found = next((each for each in (name, _ELSEWHERE.get(name, name)) if hasattr(module, each)), None)
        if found is not None:
            value = getattr(module, found)
            yield name, value is not None if field.annotation is bool and not isinstance(value, bool) else value


def _plain(module: LayerModule, call: StepContext, x: Any) -> Any:
    x = call.flow(x)
    if module.type.type == "identity":
        return x
    settings, anywhere = module.settings, module.type.is_activation or module.type.type in _ANYWHERE
    if module.type.is_activation and "dim" in settings:
        settings = {**settings, "dim": normalised(x, settings["dim"])}
    made = call.put(module.type.type, settings, x, held=module.held, batch=x.batch if anywhere else ...)
    return (made, Unsaid("the indices of a maximum")) if isinstance(call.step.value, tuple) else made


def _max_pool(module: LayerModule, call: StepContext, x: Any) -> Any:
    x, settings = surrounded(module.type.type, module.settings, x)
    return _plain(module._replace(settings={**settings}), call, x)


def _recurrent(
    module: LayerModule, call: StepContext, x: Any, hx: Any = None
) -> tuple[Batched, States | tuple[States, Unsaid]]:
    out, states, cells = recurrent(call, module.type.type, module.settings, module.held, x, hx)
    return out, (states, cells) if module.type.type == "lstm" else states


def _attention(
    module: LayerModule,
    call: StepContext,
    query: Any,
    key: Any,
    value: Any,
    key_padding_mask: Any = None,
    need_weights: bool = True,
    attn_mask: Any = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Batched, AttentionWeights | None]:
    """Put the layer, which has no mask: a mask changes no shape, is not learned, and multiplies nothing."""
    for mask in (attn_mask, key_padding_mask):
        if isinstance(mask, ModelTensor):
            call.flow(mask)  # what the model keeps, it counts
    inputs = list(map(call.flow, (query, key, value)))
    while len(inputs) > 1 and inputs[-1] == inputs[-2]:
        inputs.pop()
    if module.settings["batch_first"]:
        made = call.put(module.type.type, module.settings, *inputs, held=module.held)
    else:
        first = (permuted(call, x, [1, 0, 2]) for x in inputs)
        made = permuted(call, call.put(module.type.type, module.settings, *first, held=module.held), [1, 0, 2])
    weights = call.step.value[1]
    return made, None if weights is None else AttentionWeights(made._replace(batch=0), tuple(weights.shape))


def _bilinear(module: LayerModule, call: StepContext, x: Any, other: Any) -> Batched:
    x, other = call.flow(x), call.flow(other)
    return call.put("bilinear", module.settings, x, other, held=module.held, batch=x.batch)


def _transposed(module: LayerModule, call: StepContext, x: Any, output_size: Any = None) -> Any:
    if output_size is None:
        return _plain(module, call, x)
    x = call.flow(x)
    least = layer_of(module.type.type, {**module.settings, "output_padding": 0}).output_shape(x.edge.shape)
    more = [size - n for size, n in zip(call.shape[2:], least.spatial, strict=True)]
    return _plain(module._replace(settings={**module.settings, "output_padding": more}), call, x)


_CALLS: Mapping[str, Callable[..., Any]] = {
    **dict.fromkeys(("rnn", "lstm", "gru"), _recurrent),
    **{f"conv_transpose{rank}d": _transposed for rank in (1, 2, 3)},
    **{f"max_pool{rank}d": _max_pool for rank in (1, 2, 3)},
    "multihead_attention": _attention,
    "bilinear": _bilinear,
}
"""What is called with more than a tensor, or with one that others do not take."""
