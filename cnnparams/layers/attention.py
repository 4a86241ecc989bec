"""Multi-head attention of a sequence on itself (PyTorch's MultiheadAttention)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.base import Layer, Tensor
from cnnparams.layers.checks import divisor_hint
from cnnparams.layers.registry import layer_type
from cnnparams.layers.settings import Flag, Real, Whole, setting
from cnnparams.layers.shape import Shape


@layer_type("multihead_attention", example={"num_heads": 4}, example_input=(50, 64))
class MultiheadAttention(Layer):
    """Multi-head self-attention over (tokens, features)."""

    legend: ClassVar[str] = "T tokens, S tokens attended to, E embed_dim"

    embed_dim: Whole | None = setting("features of a token; inferred", None, ge=1, label="in", always=True)
    num_heads: Whole = setting("heads; must divide the features", ge=1, label="heads", always=True)
    dropout: Real = setting("dropout of the attention weights", 0.0, ge=0, le=1)
    bias: Flag = setting("whether the projections learn biases", True, label="bias", keras="use_bias")
    add_bias_kv: Flag = setting("whether to learn one more key and value", False, label="add_bias_kv")
    add_zero_attn: Flag = setting("whether to attend to one more token of zeros", False, label="add_zero_attn")
    kdim: Whole | None = setting("features of a key: those of a token, as keys are tokens here", None, ge=1)
    vdim: Whole | None = setting("features of a value: those of a token, as values are tokens here", None, ge=1)
    batch_first: Flag = setting("where PyTorch puts the batch; shapes here have none", False)

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Infer embed_dim, kdim and vdim; check that the heads divide them."""
        if len(x.dims) != 2:
            raise LayerError(f"needs an input of (tokens, features), but gets {x}", hint="reshape it to two dimensions")
        if x.dims[1] % self.num_heads:
            raise LayerError(
                f"num_heads {self.num_heads} does not divide the {x.dims[1]} features of a token",
                "num_heads",
                divisor_hint(x.dims[1]),
            )
        return dict.fromkeys(("embed_dim", "kdim", "vdim"), x.dims[1])

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return the projections of query, key and value, of the output, and the biases asked for."""
        e = x.dims[1]
        into, out = Tensor("in_proj_weight", (3 * e, e), "3 * E * E"), Tensor("out_proj.weight", (e, e), "E * E")
        into_bias = [Tensor("in_proj_bias", (3 * e,), "3 * E")] if self.bias else []
        out_bias = [Tensor("out_proj.bias", (e,), "E")] if self.bias else []
        extra = [Tensor(name, (1, 1, e), "E") for name in ("bias_k", "bias_v")] if self.add_bias_kv else []
        return (into, *into_bias, *extra, out, *out_bias)

    def macs(self, x: Shape) -> int:
        """Return the projections, the scores (T x S dot products over all heads) and the weighted sum of values."""
        t, e = x.dims
        return t * 3 * e * e + 2 * t * self._attended(t) * e + t * e * e

    def macs_formula(self, x: Shape) -> str:
        """Return projections, scores and sums, output projection."""
        return "T * in_proj_weight + 2 * T * S * E + T * out_proj_weight"

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return T tokens, S tokens attended to, E features."""
        return {"T": x.dims[0], "S": self._attended(x.dims[0]), "E": x.dims[1]}

    def _attended(self, tokens: int) -> int:
        return tokens + self.add_bias_kv + self.add_zero_attn
