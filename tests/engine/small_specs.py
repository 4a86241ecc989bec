"""What tests say of small specs that are written out."""

from __future__ import annotations

import pytest

from cnnparams.errors import SpecError
from tests.specs import graph_of

INPUT = "input: {channels: 4, height: 8, width: 8}\n"
CONV = "type: conv2d, out_channels: 4, kernel_size: 1"


def names(text: str) -> list[str]:
    """Return the names of the layers, in their order."""
    return [node.name for node in graph_of(INPUT + text).nodes]


def reads(text: str) -> dict[str, tuple[str, ...]]:
    """Return what each layer reads."""
    return {node.name: node.inputs for node in graph_of(INPUT + text).nodes}


def widths(text: str) -> list[int]:
    """Return the channels that each layer gives."""
    return [node.output_shape.dims[0] for node in graph_of(INPUT + text).nodes]


def refusal(text: str) -> str:
    """Return how a spec is refused."""
    with pytest.raises(SpecError) as caught:
        graph_of(text if "input:" in text or "inputs:" in text else INPUT + text)
    return str(caught.value)
