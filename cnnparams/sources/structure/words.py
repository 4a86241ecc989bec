"""What params are called."""

from __future__ import annotations

OUT, DEPTH, WHEN = "out", "depth", "when"
WORDS = {"out_channels": OUT, "out_features": OUT, "kernel_size": "kernel", "activation": "act", "trainable": "learns"}
"""Short names for settings."""
