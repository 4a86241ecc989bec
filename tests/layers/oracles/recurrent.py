"""Recurrent layers against torch.nn.RNN, LSTM and GRU."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Dims, Oracle
from tests.layers.oracles.differences import unbatched
from tests.layers.oracles.drawing import FLAG, Choices, cases, of_rank_not, rarely

TOKENS = st.tuples(st.integers(1, 5), st.sampled_from((1, 2, 3, 4, 6, 8)))
RATE = st.sampled_from((0, 0.0, 0.5, 1))
WRONG_RATE = st.sampled_from((-0.5, 1.5, "half"))


def _choices(own: Choices, dims: Dims) -> Choices:
    return {
        "input_size": rarely(st.integers(1, 9), st.just(dims[-1])),
        "hidden_size": st.integers(3, 6),
        "num_layers": st.integers(1, 3),
        "bias": FLAG,
        "batch_first": FLAG,
        "dropout": RATE,
        "bidirectional": FLAG,
        **own,
    }


def _build(module: str, torch: ModuleType, case: Case) -> Built:
    layer = getattr(torch.nn, module)(**{"input_size": case.dims[-1], **case.settings})
    weights = sum(tensor.numel() for name, tensor in layer.named_parameters() if name.startswith("weight"))
    return Built(layer, lambda x: in_its_order(layer, lambda y: layer(y)[0], x), macs=case.dims[0] * weights)


def in_its_order(layer: Any, forward: Any, *inputs: Any) -> Any:
    """Call with the batch where the layer wants it, and return what comes out with the batch first."""
    return forward(*inputs) if layer.batch_first else forward(*(x.transpose(0, 1) for x in inputs)).transpose(0, 1)


def _oracle(module: str, own: Choices, faults: Choices) -> Oracle:
    wrong = {
        "hidden_size": st.sampled_from((0, -1)),
        "num_layers": st.sampled_from((0, -1)),
        "dropout": WRONG_RATE,
        **faults,
    }
    return Oracle(
        cases(TOKENS, partial(_choices, own), required=("hidden_size",), faults=wrong, wrong_dims=of_rank_not(1)),
        partial(_build, module),
        (unbatched(1, {"hidden_size": 3, "batch_first": True}),),
    )


ORACLES = {
    "rnn": _oracle("RNN", {"nonlinearity": st.sampled_from(("tanh", "relu"))}, {"nonlinearity": st.just("sigmoid")}),
    "lstm": _oracle("LSTM", {"proj_size": st.integers(0, 3)}, {"proj_size": st.sampled_from((-1, 6, 7))}),
    "gru": _oracle("GRU", {}, {}),
}
