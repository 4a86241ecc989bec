"""A learned vector for each token (PyTorch's Embedding)."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.memory import INDEX, NOTHING, ForwardPass, SavedForBackward
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Whole, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor


@layer_type("embedding", example={"num_embeddings": 1000, "embedding_dim": 64}, example_input=(128,))
class Embedding(Layer):
    """Embedding: looks a learned vector up for each token; a look-up multiplies nothing."""

    input_dtype: ClassVar[str | None] = "int64"
    keras_settings: ClassVar[Mapping[str, str]] = {"mask_zero": "it does not affect any count: leave it out"}
    legend: ClassVar[str] = "V num_embeddings, D embedding_dim"

    num_embeddings: Whole = setting("size of the vocabulary", ge=1, label="in", always=True, keras="input_dim")
    embedding_dim: Whole = setting("size of a vector", ge=1, label="out", always=True, keras="output_dim")
    padding_idx: Whole | None = setting("token whose vector stays as it is", None)

    def check(self, x: Shape) -> None:
        """Raise LayerError where padding_idx is outside the vocabulary."""
        if self.padding_idx is not None and not -self.num_embeddings <= self.padding_idx < self.num_embeddings:
            message = f"padding_idx {self.padding_idx} is outside the vocabulary of {self.num_embeddings}"
            raise LayerError(message, "padding_idx", f"use 0 to {self.num_embeddings - 1}, or -1 for the last token")

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the features of a token."""
        yield Step("output features", "features", "D", self.embedding_dim)

    def output_shape(self, x: Shape) -> Shape:
        """Return (*tokens, embedding_dim)."""
        return Shape((*x.dims, self.embedding_dim))

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight (num_embeddings, embedding_dim)."""
        tokens = Axis(AxisRole.VOCABULARY, self.num_embeddings, "V")
        return (Tensor("weight", (tokens, Axis(AxisRole.OUT_CHANNELS, self.embedding_dim, "D"))),)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the tokens, which are integers."""
        return SavedForBackward((0,), itemsize=INDEX) if run.learns else NOTHING

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return V, the vocabulary, and D, the vector's size."""
        return {"V": self.num_embeddings, "D": self.embedding_dim}
