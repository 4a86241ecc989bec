"""Multi-head attention (PyTorch's MultiheadAttention)."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.memory import (
    NOTHING,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    rows_saved,
    together,
)
from cnnparams.layers.contract.reach import Reaches, everything, moving
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Flag, Real, Whole, divisor_hint, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor

_FEATURES_OF = {"kdim": "key", "vdim": "value"}
_ONE = Axis(AxisRole.SHARED, 1, "1")


class QueryKeyValue(NamedTuple):
    """Which input is what: one is all three, a second is keys and values, a third the values."""

    query: Shape
    key: Shape
    value: Shape

    @classmethod
    def of(cls, *inputs: Shape) -> "QueryKeyValue":
        """Assign one to three inputs."""
        return cls(*(*inputs, inputs[-1], inputs[-1])[:3])


class _Products(NamedTuple):
    """Which inputs are query, key and value, and how many matrix products project them.

    Where all have the same features, one product makes what is made of one input: all three, or keys and values.
    """

    sources: tuple[int, ...]
    number: int

    @classmethod
    def of(cls, run: ForwardPass, *, alike: bool) -> "_Products":
        """Assign the inputs, which may be alike in their features."""
        query, key, value = (*run.same, run.same[-1], run.same[-1])[:3]
        together = alike and key == value
        return cls((query, key, value), (1 if query == key else 2) if together else 3)

    def entering(self, run: ForwardPass) -> SavedForBackward:
        """Return what the products keep: inputs, or copies of them."""
        each = ((source, rows_saved(run.inputs[source].steps_first)) for source in self.sources[: self.number])
        return together(*(kept._replace(inputs=(source,) if kept.inputs else ()) for source, kept in each))


@layer_type("multihead_attention", example={"num_heads": 4}, example_input=(50, 64))
class MultiheadAttention(Layer):
    """Multi-head attention over (tokens, features): of one input on itself, or a query, a key and a value."""

    most_inputs: ClassVar[int | None] = 3
    unlike_keras: ClassVar[str] = (
        "as in PyTorch, the heads share the features of a token; in Keras each has key_dim of its own"
    )
    keras_settings: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("key_dim", "value_dim", "output_shape", "attention_axes"), "leave it out"
    )
    legend: ClassVar[str] = (
        "T tokens, S tokens attended to, E embed_dim; "
        "with keys of their own: K tokens of key and value, E_k kdim, E_v vdim"
    )

    embed_dim: Whole | None = setting("features of a token; inferred", None, ge=1, label="in", always=True)
    num_heads: Whole = setting("heads; must divide the features", ge=1, label="heads", always=True)
    dropout: Real = setting("dropout of the attention weights", 0.0, ge=0, le=1)
    bias: Flag = setting("whether the projections learn biases", True, label="bias", keras="use_bias")
    add_bias_kv: Flag = setting("whether to learn one more key and value", False, label="add_bias_kv")
    add_zero_attn: Flag = setting("whether to attend to one more token of zeros", False, label="add_zero_attn")
    kdim: Whole | None = setting("features of a key, which is the second input or else the first; inferred", None, ge=1)
    vdim: Whole | None = setting("features of a value, which is the last input; inferred", None, ge=1)
    batch_first: Flag = setting("where PyTorch puts the batch; shapes here have none", False)

    def inferred(self, *inputs: Shape) -> Mapping[str, Any]:
        """Infer embed_dim, kdim and vdim."""
        query, key, value = QueryKeyValue.of(*inputs)
        return {"embed_dim": query.dims[-1], "kdim": key.dims[-1], "vdim": value.dims[-1]}

    def check(self, *inputs: Shape) -> None:
        """Raise LayerError where the heads do not divide the features, or keys have no values."""
        for x in inputs:
            if len(x.dims) != 2:
                message = f"needs an input of (tokens, features), but gets {x}"
                raise LayerError(message, hint="reshape it to two dimensions")
        query, key, value = QueryKeyValue.of(*inputs)
        if query.dims[1] % self.num_heads:
            raise LayerError(
                f"num_heads {self.num_heads} does not divide the {query.dims[1]} features of a token",
                "num_heads",
                divisor_hint(query.dims[1]),
            )
        if key.dims[0] != value.dims[0]:
            message = f"needs as many values as keys, but gets {key.dims[0]} keys and {value.dims[0]} values"
            raise LayerError(message, hint="the inputs are query, key and value, in this order")

    def check_written(self, found: Mapping[str, Any], *inputs: Shape) -> None:
        """Raise LayerError as ever, but say of which input the features are, where there are several."""
        for name, said in _FEATURES_OF.items() if len(inputs) > 1 else ():
            if getattr(self, name) not in (None, features := found[name]):
                message = f"{name} is {getattr(self, name)}, but the {said} has {features} features"
                raise LayerError(message, name, f"write {name}: {features}, or leave it out")
        super().check_written(found, *inputs)

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return the same token of a query that is an input of its own, and all tokens of what it attends to."""
        query, *attended = (tuple(map(everything, x.dims)) for x in inputs)
        return ((moving(0), query[1]), *attended) if attended else (query,)

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the module, whose result is the output and the attention weights."""
        own = {"kdim": None, "vdim": None} if self._alike else {}
        batched = self.model_copy(update={"batch_first": True, **own})
        query, key, value = (*range(len(inputs)), *[len(inputs) - 1] * 2)[:3]
        call = f"{{self}}({{x{query}}}, {{x{key}}}, {{x{value}}})[0]"
        return Spelling(batched.module(type(self).__name__, *inputs), Code(call))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the tokens of all samples side by side."""
        batch, _, features = run.output
        return Placement((features, batch * features, 1))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what enters the projections, what they give, the attention weights, and what the heads give.

        As torch.nn.MultiheadAttention works where it returns the weights too, which is its default.
        """
        products = _Products.of(run, alike=self._alike)
        query, key, value = (run.learns or run.inputs[source].needs_grad for source in products.sources)
        tokens = self._attended(run.inputs[products.sources[1]].shape.dims[0])
        heads, weights = OwnTensor(run.x.size), OwnTensor(run.output[0] * self.num_heads * run.output[1] * tokens)
        keys = OwnTensor(run.output[0] * tokens * run.output[2])
        own = [heads] * (key + run.learns)
        if products.number == len(products.sources) or self.add_bias_kv or self.add_zero_attn:
            own += [keys] * (query + (query or key))
        elif query or key:
            own.append(OwnTensor(keys.elements * (1 + len(products.sources) - products.number)))
        if query or key or (value and not self.dropout):
            own.append(weights)
        if self.dropout:
            own += [OwnTensor(1) if self.dropout == 1 else weights] * (query or key) + [weights] * value
        entering = products.entering(run) if run.learns else NOTHING
        return entering._replace(own=(*entering.own, *own))

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        """Return the projections of query, key and value, of the output, and the biases asked for."""
        e = inputs[0].dims[1]
        outputs, heads = Axis(AxisRole.OUT_CHANNELS, e, "E"), Axis(AxisRole.HIDDEN, e, "E")
        into_bias = [Tensor("in_proj_bias", (Axis(AxisRole.HIDDEN, 3 * e, "3 * E"),))] if self.bias else []
        out_bias = [Tensor("out_proj.bias", (outputs,))] if self.bias else []
        extra = [Tensor(name, (_ONE, _ONE, heads)) for name in ("bias_k", "bias_v")] if self.add_bias_kv else []
        out = Tensor("out_proj.weight", (outputs, heads))
        return (*self._projections(*inputs), *into_bias, *extra, out, *out_bias)

    def macs(self, *inputs: Shape) -> int:
        """Return the projections, the scores (T x S dot products over all heads) and the weighted sum of values."""
        query, key, value = QueryKeyValue.of(*inputs)
        (t, e), k = query.dims, key.dims[0]
        return t * e * e + k * e * (key.dims[1] + value.dims[1]) + 2 * t * self._attended(k) * e + t * e * e

    def macs_formula(self, *inputs: Shape) -> str:
        """Return projections, scores and sums, output projection."""
        into = "T * E * E + 2 * K * E * E"
        if len(inputs) == 1:
            into = "T * in_proj_weight"
        elif not self._alike:
            into = "T * q_proj_weight + K * (k_proj_weight + v_proj_weight)"
        return f"{into} + 2 * T * S * E + T * out_proj_weight"

    def symbols(self, *inputs: Shape) -> Mapping[str, float]:
        """Return T tokens, S tokens attended to, E features; K, E_k, E_v where keys and values are other inputs."""
        query, key, value = QueryKeyValue.of(*inputs)
        own = {"K": key.dims[0], "E_k": key.dims[1], "E_v": value.dims[1]} if len(inputs) > 1 else {}
        return {"T": query.dims[0], "S": self._attended(key.dims[0]), "E": query.dims[1], **own}

    def _attended(self, keys: int) -> int:
        return keys + self.add_bias_kv + self.add_zero_attn

    @property
    def _alike(self) -> bool:
        """Whether query, key and value have the same features, so that one tensor projects all three."""
        return self.embed_dim == self.kdim == self.vdim

    def _projections(self, *inputs: Shape) -> Iterator[Tensor]:
        e, k, v = (x.dims[1] for x in QueryKeyValue.of(*inputs))
        if self._alike:
            yield Tensor("in_proj_weight", (Axis(AxisRole.HIDDEN, 3 * e, "3 * E"), Axis(AxisRole.IN_CHANNELS, e, "E")))
        else:
            sizes = {"q": (e, "E"), "k": (k, "E_k"), "v": (v, "E_v")}
            heads = Axis(AxisRole.HIDDEN, e, "E")
            for part, (n, symbol) in sizes.items():
                yield Tensor(f"{part}_proj_weight", (heads, Axis(AxisRole.IN_CHANNELS, n, symbol)))
