"""Functions that are given their weights: convolutions, linear layers, norms, embeddings."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from cnnparams.engine.network.context import joined
from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.values import Batched, ModelTensor, TorchDims, Unsaid


class _GivenTensors(NamedTuple):
    """A weight and a bias: those that the layer holds, and those that are tensors of the network."""

    shape: TorchDims
    held: list[ModelTensor]
    weight: Batched | None
    bias: Batched | None

    def put(self, call: StepContext, type_: str, settings: dict[str, Any], x: Batched, channels: int) -> Batched:
        """Put a layer, whose output has its channels first or last in a sample; a bias of the network is added."""
        settings = {**settings, "bias": len(self.held) == (2 if self.weight is None else 1)}
        where = {"batch": x.batch} if channels == -1 else {}
        made = call.put(type_, settings, x, held=self.held, weight=self.weight, **where)
        if self.bias is None:
            return made
        behind = len(made.dims) - made.folded - 1 if channels == 0 else 0
        bias = self.bias
        if behind:
            bias = call.put("reshape", {"shape": [*bias.dims, *[1] * behind]}, bias, batch=None)
        return call.put("add", {}, made, bias, batch=made.batch)


def _given_tensors(call: StepContext, weight: Any, bias: Any) -> _GivenTensors:
    """Return what a layer is given: parameters as they are, or else tensors that depend on no sample."""
    held: list[ModelTensor] = []
    flows: list[Batched | None] = []
    for each in (weight, bias):
        own = (
            isinstance(each, ModelTensor)
            and each.learned
            and tuple(each.tensor.shape) == each.shape
            and not each.repeated
            and not call.assembly.is_source(each)
        )
        held += [each] if own else []
        flows.append(None if own or each is None else call.flow(each))
    shape = tuple(weight.repeated or weight.shape) if isinstance(weight, ModelTensor) else call.flow(weight).full
    return _GivenTensors(shape, held, *flows)


def _conv(
    rank: int,
    call: StepContext,
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batched:
    weights = _given_tensors(call, weight, bias)
    out, _, *kernel = weights.shape
    settings = {"out_channels": out, "kernel_size": kernel, "stride": stride, "padding": padding}
    rest = {"dilation": dilation, "groups": groups}
    return weights.put(call, f"conv{rank}d", {**_per_axis(settings), **_per_axis(rest)}, call.flow(x), 0)


def _conv_transpose(
    rank: int,
    call: StepContext,
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Batched:
    weights = _given_tensors(call, weight, bias)
    _, out, *kernel = weights.shape
    settings = {"out_channels": out * groups, "kernel_size": kernel, "stride": stride, "padding": padding}
    rest = {"output_padding": output_padding, "dilation": dilation, "groups": groups}
    return weights.put(call, f"conv_transpose{rank}d", {**_per_axis(settings), **_per_axis(rest)}, call.flow(x), 0)


for _rank in (1, 2, 3):
    function(f"conv{_rank}d")(partial(_conv, _rank))
    function(f"conv_transpose{_rank}d")(partial(_conv_transpose, _rank))


@function("linear")
def linear(call: StepContext, x: Any, weight: Any, bias: Any = None) -> Batched:
    """Return a linear layer."""
    x, weights = call.flow(x), _given_tensors(call, weight, bias)
    return weights.put(call, "linear", {"out_features": weights.shape[0]}, x, -1)


@function("bilinear")
def bilinear(call: StepContext, x: Any, input2: Any, weight: Any, bias: Any = None) -> Batched:
    """Return a bilinear layer."""
    x, other, held = call.flow(x), call.flow(input2), _given(weight, bias)
    settings = {"out_features": held[0].shape[0], "bias": bias is not None}
    return call.put("bilinear", settings, x, other, held=held, batch=x.batch)


@function("batch_norm")
def batch_norm(
    call: StepContext,
    x: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Batched:
    """Return a batch norm."""
    return _running_norm("batch_norm", call, x, _given(running_mean, running_var), _given(weight, bias), momentum, eps)


@function("instance_norm")
def instance_norm(
    call: StepContext,
    x: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Batched:
    """Return an instance norm."""
    statistics, affine = _given(running_mean, running_var), _given(weight, bias)
    return _running_norm("instance_norm", call, x, statistics, affine, momentum, eps)


@function("aten.batch_norm", "aten.instance_norm")
def aten_norm(
    call: StepContext,
    x: Any,
    weight: Any,
    bias: Any,
    mean: Any,
    var: Any,
    _: Any,
    momentum: float,
    eps: float,
    *__: Any,
) -> Batched:
    """Return either, of which ATen has the weight first."""
    return _running_norm(call.step.name, call, x, _given(mean, var), _given(weight, bias), momentum, eps)


@function("layer_norm")
def layer_norm(
    call: StepContext, x: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5, *_: Any
) -> Batched:
    """Return a layer norm."""
    x = call.flow(x)
    affine = {"elementwise_affine": weight is not None, "bias": bias is not None}
    settings = {"normalized_shape": list(normalized_shape), "eps": eps, **affine}
    return call.put("layer_norm", settings, x, held=_given(weight, bias), batch=x.batch)


@function("rms_norm")
def rms_norm(call: StepContext, x: Any, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Batched:
    """Return a root mean square norm."""
    x = call.flow(x)
    settings = {"normalized_shape": list(normalized_shape), "eps": eps, "elementwise_affine": weight is not None}
    return call.put("rms_norm", settings, x, held=_given(weight), batch=x.batch)


@function("group_norm")
def group_norm(
    call: StepContext, x: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5, *_: Any
) -> Batched:
    """Return a group norm."""
    settings = {"num_groups": num_groups, "eps": eps, "affine": weight is not None}
    return call.put("group_norm", settings, call.flow(x), held=_given(weight, bias))


@function("embedding")
def embedding(call: StepContext, x: Any, weight: Any, padding_idx: Any = None, *_: Any, **__: Any) -> Batched:
    """Return an embedding."""
    x, held = call.flow(x), _given(weight)
    number, size = held[0].shape
    settings = {"num_embeddings": number, "embedding_dim": size, "padding_idx": padding_idx}
    return call.put("embedding", settings, x, held=held, batch=x.batch)


@function("aten.embedding")
def aten_embedding(call: StepContext, x: Any, indices: Any, padding_idx: int = -1, *_: Any) -> Batched:
    """Return an embedding, of which ATen has the weight first, and -1 for no padding."""
    return embedding(call, indices, x, None if padding_idx == -1 else padding_idx)


@function("prelu")
def prelu(call: StepContext, x: Any, weight: Any) -> Batched:
    """Return a leaky rectifier with a learned slope."""
    held = _given(weight)
    return call.put("prelu", {"num_parameters": held[0].shape[0]}, call.flow(x), held=held)


@function("local_response_norm")
def local_response_norm(
    call: StepContext, x: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Batched:
    """Return a local response norm."""
    return call.put("local_response_norm", {"size": size, "alpha": alpha, "beta": beta, "k": k}, call.flow(x))


def _running_norm(
    type_: str,
    call: StepContext,
    x: Any,
    statistics: list[ModelTensor],
    affine: list[ModelTensor],
    momentum: float,
    eps: float,
) -> Batched:
    x = call.flow(x)
    settings = {"affine": bool(affine), "track_running_stats": bool(statistics), "momentum": momentum, "eps": eps}
    counters = [joined(each.path.rpartition(".")[0], "num_batches_tracked") for each in statistics[:1]]
    counted = [call.assembly.tensors[path] for path in counters if path in call.assembly.tensors]
    held = [*affine, *statistics, *counted]
    return call.put(f"{type_}{max(len(x.dims) - 1, 1)}d", settings, x, held=held)


def _given(*tensors: Any) -> list[ModelTensor]:
    """Return the tensors that are not left out; raise NoLayerError for one that is not the model's as it is."""
    given = [each for each in tensors if each is not None]
    for each in given:
        if not isinstance(each, ModelTensor):
            made = each.what if isinstance(each, Unsaid) else "what comes from the input"
            raise NoLayerError(f"has {made} as a weight", "a layer's weights are parameters as they are")
    return given


def _per_axis(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings in which a list of one, which torch takes for all axes, is that one."""
    return {
        name: value[0] if isinstance(value, list | tuple) and len(value) == 1 else value
        for name, value in settings.items()
    }
