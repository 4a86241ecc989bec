"""Attention, of one input on itself and of several, against torch.nn.MultiheadAttention."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.differences import unbatched
from tests.layers.oracles.drawing import FLAG, Choices, cases, groups, of_rank_not, rarely
from tests.layers.oracles.recurrent import RATE, TOKENS, WRONG_RATE, in_its_order


def _features(dims: Dims) -> st.SearchStrategy[int]:
    return rarely(st.integers(1, 9), st.just(dims[-1]))


def _choices(dims: Dims) -> Choices:
    return {
        "embed_dim": _features(dims),
        "kdim": _features(dims),
        "vdim": _features(dims),
        "num_heads": groups(dims[-1]),
        "dropout": RATE,
        "bias": FLAG,
        "add_bias_kv": FLAG,
        "add_zero_attn": FLAG,
        "batch_first": FLAG,
    }


@st.composite
def _several(draw: st.DrawFn, ones: st.SearchStrategy[Case]) -> Case:
    """Draw a case with keys, perhaps values, of their own; kdim and vdim are those inputs' features, mostly."""
    case = draw(ones)
    features = st.sampled_from((case.dims[-1], 3, 4))
    key = draw(rarely(TOKENS, st.tuples(st.integers(1, 5), features)))
    value = draw(rarely(TOKENS, st.tuples(st.just(key[0]), features)))
    more = draw(st.sampled_from(((key,), (key, value))))
    settings = {name: setting for name, setting in case.settings.items() if name not in ("kdim", "vdim")}
    written = draw(st.fixed_dictionaries({}, optional={"kdim": _features(more[0]), "vdim": _features(more[-1])}))
    return Case(settings | written, case.dims, more)


def _build(torch: ModuleType, case: Case) -> Built:
    features = {"embed_dim": case.dims[-1], "kdim": case.inputs[:2][-1][-1], "vdim": case.inputs[-1][-1]}
    attention = torch.nn.MultiheadAttention(**{**features, **case.settings})

    def forward(*inputs: Any) -> Any:
        query, key, value = (*inputs, inputs[-1], inputs[-1])[:3]
        return attention(query, key, value)[0]

    return Built(attention, lambda *inputs: in_its_order(attention, forward, *inputs))


def _negative(case: Case) -> bool:
    return case.settings.get("dropout") == -0.5


_NEGATIVE = Case({"num_heads": 1, "dropout": -0.5}, (3, 4))
_FAULTS = {"num_heads": st.sampled_from((0, -1, 5)), "embed_dim": st.sampled_from((0, 12)), "dropout": WRONG_RATE}
_ONES = cases(TOKENS, _choices, required=("num_heads",), faults=_FAULTS, wrong_dims=of_rank_not(1))
ORACLES = {
    "multihead_attention": Oracle(
        _ONES | _several(cases(TOKENS, _choices, required=("num_heads",))),
        _build,
        (
            unbatched(1, {"num_heads": 1, "batch_first": True}),
            Difference("a probability is not negative; PyTorch looks only at positive ones", _negative, _NEGATIVE),
        ),
    )
}
