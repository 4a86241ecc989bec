"""What training keeps beside the weights: gradients, the optimizer's state, and tensors saved for the backward pass.

Gradients and the optimizer's state have the dtype of their parameter, as PyTorch makes them (torch.zeros_like). What
is saved has BatchNorm's running statistics in it, as autograd holds on to them; the whole counts them once. Adam's
counter of steps, the gradients of activations, the data and the framework's own needs are left out.
"""

from __future__ import annotations

from cnnparams.engine.costs import parameters, storage
from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import Measured
from cnnparams.engine.memory.saved import saved
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.setting import OPTIMIZERS, Setting

AT_OTHER_SIZES = None
_ESTIMATE = "saved_is_estimate"
COLUMNS = (
    Column("saved", "Saved for backward", Kind.BYTES, "saved_bytes", fold=sum, estimate=_ESTIMATE),
    Column("saved-estimate", "Saved is an estimate", Kind.MARK, _ESTIMATE, fold=any),
)
TOTALS = (
    Total("gradient_bytes", "Gradients", Kind.BYTES, word="gradients", column="trainable"),
    Total("optimizer_bytes", "Optimizer state", Kind.BYTES, word="optimizer", column="trainable"),
    Total(
        "saved_for_backward_bytes",
        "Saved for backward",
        Kind.BYTES,
        word="saved",
        column="saved",
        estimate=_ESTIMATE,
    ),
    Total(
        "training_bytes",
        "Training",
        Kind.BYTES,
        short="Training",
        word="training-memory",
        column="saved",
        estimate=_ESTIMATE,
    ),
    Total(_ESTIMATE, "Saved is an estimate", Kind.MARK, optional=True),
)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the bytes for a batch of samples, with the setting's optimizer."""
    weights, buffers = storage.measure(graph, setting).totals
    learned = zip(graph.nodes, parameters.measure(graph, setting).rows, strict=True)
    gradients = sum(trainable * setting.itemsize(node.dtype) for node, (_, _, trainable, *_) in learned)
    state = OPTIMIZERS[setting.optimizer] * gradients
    kept = saved(graph, setting)
    whole = weights + buffers + gradients + state + kept.total - kept.buffers
    uncertain = set(kept.uncertain)
    rows = [(size, node.name in uncertain) for node, size in zip(graph.nodes, kept.per_node, strict=True)]
    return Measured(rows, (gradients, state, kept.total, whole, bool(uncertain)))
