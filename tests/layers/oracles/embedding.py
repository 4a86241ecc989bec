"""Learned vectors against torch.nn.Embedding."""

from __future__ import annotations

from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, cases


def _build(torch: ModuleType, case: Case) -> Built:
    embedding = torch.nn.Embedding(**case.settings)
    return Built(embedding, embedding)


_CHOICES = {
    "num_embeddings": st.integers(4, 9),
    "embedding_dim": st.integers(1, 6),
    "padding_idx": st.none() | st.integers(-4, 3),
}
_FAULTS = {
    "num_embeddings": st.sampled_from((0, -1)),
    "embedding_dim": st.sampled_from((0, -1)),
    "padding_idx": st.integers(-12, 12),
}
ORACLES = {
    "embedding": Oracle(
        cases(ANY_DIMS, lambda _: _CHOICES, required=("num_embeddings", "embedding_dim"), faults=_FAULTS),
        _build,
        dtype="int64",
    )
}
