"""Specs around one layer, for tests of what it keeps: what enters may need a gradient, and lie in any order."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from cnnparams.layers.contract.registry import layer_class
from tests.layers.answers import TYPES
from tests.layers.oracles.case import Case, Dims

Spec = dict[str, Any]
Entries = list[Spec]

_FOLLOWERS: dict[str, Entries] = {
    "nothing": [],
    "flatten": [{"type": "flatten"}, {"type": "linear", "out_features": 2}],
    "linear": [{"type": "linear", "out_features": 2}],
    "group_norm": [{"type": "group_norm", "num_groups": 1}],
    "relu": [{"type": "relu"}, {"type": "layer_norm"}],
    "silu": [{"type": "silu", "inplace": True}, {"type": "layer_norm"}],
}
"""What comes after the layer, to see where its output lies."""


@st.composite
def specs_around(draw: st.DrawFn, name: str, cases: st.SearchStrategy[Case]) -> Spec:
    """Draw a spec of a layer of a type; it may be invalid, as the cases may be."""
    case = draw(cases)
    inputs, before, sources = {}, [], []
    for i, dims in enumerate(case.inputs):
        given_dims, entries = draw(_entering(f"x{i}", dims, tokens=name == "embedding"))
        inputs[f"x{i}"] = {"shape": list(given_dims)}
        before += entries
        sources.append(entries[-1]["name"] if entries else f"x{i}")
    layer = {**case.settings, "type": name, "name": "layer", "from": sources, "trainable": draw(st.booleans())}
    floats = layer_class(TYPES[name]).output_itemsize is None
    after = _FOLLOWERS[draw(st.sampled_from(sorted(_FOLLOWERS)))] if floats else []
    return {"inputs": inputs, "layers": [*before, layer, *after]}


@st.composite
def _entering(draw: st.DrawFn, name: str, dims: Dims, *, tokens: bool) -> tuple[Dims, Entries]:
    """Draw how a tensor of these dimensions comes about: its dimensions at first, and what happens to it."""
    entries: Entries = []
    if not tokens and draw(st.booleans()):
        entries.append({"type": "parameter", "name": f"{name}_learned", "shape": [1], "from": name})
    source = entries[-1]["name"] if entries else name
    how = draw(st.sampled_from(("plain", "plain", "permuted", "channels last", "sliced")))
    rank = len(dims)
    if how in ("permuted", "channels last") and rank > 1:
        order = draw(st.permutations(range(1, rank + 1))) if how == "permuted" else [rank, *range(1, rank)]
        entries.append({"type": "permute", "name": f"{name}_permuted", "dims": list(order), "from": source})
        return tuple(dims[order.index(dim)] for dim in range(1, rank + 1)), entries
    if how == "sliced":
        dim = draw(st.integers(1, rank))
        entries.append({"type": "slice", "name": f"{name}_sliced", "dim": dim, "start": 1, "from": source})
        return tuple(n + (at == dim) for at, n in enumerate(dims, 1)), entries
    return dims, entries
