"""Self-attention against torch.nn.MultiheadAttention."""

from __future__ import annotations

from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.differences import unbatched
from tests.layers.oracles.drawing import FLAG, Choices, cases, groups, of_rank_not, rarely
from tests.layers.oracles.recurrent import RATE, TOKENS, WRONG_RATE, in_its_order


def _choices(dims: Dims) -> Choices:
    return {
        "embed_dim": rarely(st.integers(1, 9), st.just(dims[-1])),
        "kdim": rarely(st.integers(1, 9), st.just(dims[-1])),
        "vdim": rarely(st.integers(1, 9), st.just(dims[-1])),
        "num_heads": groups(dims[-1]),
        "dropout": RATE,
        "bias": FLAG,
        "add_bias_kv": FLAG,
        "add_zero_attn": FLAG,
        "batch_first": FLAG,
    }


def _build(torch: ModuleType, case: Case) -> Built:
    attention = torch.nn.MultiheadAttention(**{"embed_dim": case.dims[-1], **case.settings})
    return Built(attention, lambda x: in_its_order(attention, x, lambda y: attention(y, y, y)[0]))


def _negative(case: Case) -> bool:
    return case.settings.get("dropout") == -0.5


_NEGATIVE = Case({"num_heads": 1, "dropout": -0.5}, (3, 4))
_FAULTS = {"num_heads": st.sampled_from((0, -1, 5)), "embed_dim": st.sampled_from((0, 12)), "dropout": WRONG_RATE}
ORACLES = {
    "multihead_attention": Oracle(
        cases(TOKENS, _choices, required=("num_heads",), faults=_FAULTS, wrong_dims=of_rank_not(1)),
        _build,
        (
            unbatched(1, {"num_heads": 1, "batch_first": True}),
            Difference("a probability is not negative; PyTorch looks only at positive ones", _negative, _NEGATIVE),
        ),
    )
}
