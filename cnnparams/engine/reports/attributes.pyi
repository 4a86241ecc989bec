"""Every cost as an attribute, with its type. Made from the code: CNNPARAMS_REGENERATE=1 writes it anew."""

from collections.abc import Mapping
from typing import Any

from cnnparams.engine.receptive_field.fields import ImageView

class LayerCosts:
    costs: Mapping[str, Any]
    @property
    def params(self) -> int:
        """Parameters."""
    @property
    def share(self) -> float:
        """Share."""
    @property
    def trainable_params(self) -> int:
        """Trainable."""
    @property
    def frozen_params(self) -> int:
        """Frozen."""
    @property
    def buffers(self) -> int:
        """Buffers."""
    @property
    def macs(self) -> int:
        """MACs."""
    @property
    def weight_bytes(self) -> int:
        """Weights."""
    @property
    def buffer_bytes(self) -> int:
        """Buffer size."""
    @property
    def output_bytes(self) -> int:
        """Output size."""
    @property
    def live_bytes(self) -> int:
        """Live memory."""
    @property
    def saved_bytes(self) -> int:
        """Saved for backward."""
    @property
    def saved_is_estimate(self) -> bool | None:
        """Saved is an estimate."""
    @property
    def receptive_field(self) -> ImageView | None:
        """Receptive field."""
    @property
    def effective_stride(self) -> tuple[Any, ...] | None:
        """Effective stride."""
    @property
    def effective_padding(self) -> tuple[Any, ...] | None:
        """Effective padding."""
    @property
    def aligned(self) -> bool | None:
        """Aligned."""
    @property
    def is_global(self) -> bool | None:
        """Global."""
    @property
    def input_sees_all(self) -> bool | None:
        """Input is global."""
    @property
    def flops(self) -> int:
        """FLOPs."""

class NetworkCosts:
    costs: Mapping[str, Any]
    @property
    def total_params(self) -> int:
        """Total parameters."""
    @property
    def trainable_params(self) -> int:
        """Trainable."""
    @property
    def frozen_params(self) -> int:
        """Frozen."""
    @property
    def buffers(self) -> int:
        """Buffers."""
    @property
    def float32_bytes(self) -> int:
        """Size in float32."""
    @property
    def total_macs(self) -> int:
        """MACs."""
    @property
    def weight_bytes(self) -> int:
        """Weights."""
    @property
    def buffer_bytes(self) -> int:
        """Buffer size."""
    @property
    def peak_activation_bytes(self) -> int:
        """Peak activations."""
    @property
    def activation_bytes(self) -> int:
        """Activations of all layers."""
    @property
    def peak_layer(self) -> str | None:
        """Peak at."""
    @property
    def peak_activation_bytes_out_of_place(self) -> int:
        """Peak without in-place reuse."""
    @property
    def gradient_bytes(self) -> int:
        """Gradients."""
    @property
    def optimizer_bytes(self) -> int:
        """Optimizer state."""
    @property
    def saved_for_backward_bytes(self) -> int:
        """Saved for backward."""
    @property
    def training_bytes(self) -> int:
        """Training."""
    @property
    def saved_is_estimate(self) -> bool | None:
        """Saved is an estimate."""
    @property
    def receptive_field(self) -> ImageView | None:
        """Receptive field."""
    @property
    def effective_stride(self) -> tuple[Any, ...] | None:
        """Effective stride."""
    @property
    def effective_padding(self) -> tuple[Any, ...] | None:
        """Effective padding."""
    @property
    def largest_receptive_field(self) -> tuple[Any, ...] | None:
        """Largest (excluding global layers)."""
    @property
    def layers_without_context(self) -> int:
        """Layers that add no context."""
    @property
    def first_without_context(self) -> str | None:
        """First layer without context."""
    @property
    def context_limit(self) -> tuple[Any, ...] | None:
        """All add context above an image size of."""
    @property
    def layer_count(self) -> int:
        """Layers."""
    @property
    def total_flops(self) -> int:
        """FLOPs."""
    @property
    def params_per_sample(self) -> float:
        """Trainable parameters per sample."""
