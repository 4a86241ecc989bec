"""Attention without projections against torch.nn.functional.scaled_dot_product_attention."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import BATCH, Built, Case, Dims, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, FLAG, Choices, cases, rarely, with_more
from tests.layers.oracles.product import SIZE, leading, of_matrices, of_one_rank
from tests.layers.oracles.recurrent import WRONG_RATE

_QUERIES = st.lists(st.integers(1, 4), min_size=2, max_size=4).map(tuple)
_RATE = st.sampled_from((0, 0.0, 0.0, 0.5))


def _choices(_: Dims) -> Choices:
    return {
        "dropout_p": _RATE,
        "is_causal": FLAG,
        "scale": st.sampled_from((0.5, 2.0, None)),
        "enable_gqa": FLAG,
    }


@st.composite
def _others(draw: st.DrawFn, case: Case) -> tuple[Dims, ...]:
    """Draw keys and values that mostly fit the query, and perhaps a mask."""
    query = case.dims
    if len(query) < 2 or draw(rarely(st.just(True), st.just(False))):
        return tuple(draw(st.lists(ANY_DIMS, min_size=2, max_size=2)))
    before = draw(st.just(query[:-2]) | leading(query))
    tokens = draw(SIZE)
    key = (*before, tokens, draw(rarely(SIZE, st.just(query[-1]))))
    value = (*before, draw(rarely(SIZE, st.just(tokens))), draw(rarely(SIZE, st.just(query[-1]))))
    scores = (*query[:-1], tokens)
    mask = draw(st.none() | st.tuples(*(st.sampled_from((1, n, n, n)) for n in scores)))
    return (key, value) if mask is None else (key, value, mask)


def _build(torch: ModuleType, case: Case) -> Built:
    settings = {"dropout_p": 0.0, **case.settings}
    dropout = torch.nn.Dropout(settings.pop("dropout_p"))

    def forward(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
        rate = dropout.p if dropout.training else 0.0
        attention = torch.nn.functional.scaled_dot_product_attention
        return attention(query, key, value, attn_mask=mask, dropout_p=rate, **settings)

    return Built(dropout, forward, macs=_macs(torch, case, forward))


def _macs(torch: ModuleType, case: Case, forward: Any) -> int:
    """Return what FlopCounterMode counts step by step: of the kernel that PyTorch takes on a CPU it sees nothing."""
    attention, counting = torch.nn.attention, torch.utils.flop_counter.FlopCounterMode(display=False)
    with attention.sdpa_kernel(attention.SDPBackend.MATH), counting:
        forward(*(torch.zeros(BATCH, *dims) for dims in case.inputs))
    macs: int = counting.get_total_flops() // (2 * BATCH)
    return macs


_FAULTS = {"dropout_p": WRONG_RATE, "scale": st.just("half")}
ORACLES = {
    "scaled_dot_product_attention": Oracle(
        with_more(cases(_QUERIES, _choices, faults=_FAULTS, wrong_dims=ANY_DIMS), _others),
        _build,
        (of_one_rank((3, 4), (BATCH, 5, 4), (BATCH, 5, 4)), of_matrices((3,), (3,), (3,))),
    )
}
