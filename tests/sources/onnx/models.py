"""ONNX files made by hand, what cnnparams reads in them, and what onnx itself says of their shapes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from onnx import TensorProto, helper, numpy_helper, shape_inference
from onnx.reference import ReferenceEvaluator

from cnnparams.engine.reports.report import Report
from cnnparams.render.yaml import spec_lines
from cnnparams.schema.input_shape import InputShape
from cnnparams.sources.checking import spec_differences
from cnnparams.sources.onnx import open as read
from cnnparams.sources.reading import Reading
from tests.specs import report_of

OPSET = 20
node = helper.make_node
_MOST_WRITTEN = 10_000
"""Elements of a tensor whose values a test file holds: cnnparams needs none of a larger one."""


class File(NamedTuple):
    """What an ONNX file is to hold: nodes, inputs with their batch, learned tensors, buffers, other tensors."""

    nodes: Sequence[Any]
    x: Sequence[int | str | None]
    weights: Mapping[str, Sequence[int]] = {}
    buffers: Mapping[str, Sequence[int]] = {}
    numbers: Mapping[str, Any] = {}
    more_inputs: Mapping[str, Sequence[int | str | None]] = {}
    outputs: Sequence[str] = ("y",)
    opset: int = OPSET

    @property
    def parameters(self) -> int:
        """The elements of the learned tensors."""
        return sum(map(math.prod, self.weights.values()))

    def proto(self) -> Any:
        """Return the model."""
        inputs = {"x": self.x, **self.more_inputs}
        stored = [
            *map(_weight, self.weights, self.weights.values()),
            *map(_weight, self.buffers, self.buffers.values()),
        ]
        numbers = [numpy_helper.from_array(np.asarray(value), name) for name, value in self.numbers.items()]
        graph = helper.make_graph(
            list(self.nodes),
            "graph",
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in self.outputs],
            [*stored, *numbers],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=9)

    def save(self, folder: Path) -> str:
        """Write the file; return its path."""
        return save(self.proto(), folder)


def save(proto: Any, folder: Path) -> str:
    """Write a model to a file; return its path."""
    path = folder / "net.onnx"
    path.write_bytes(proto.SerializeToString())
    return str(path)


def whole(path: str, *inputs: tuple[int, ...]) -> Reading:
    """Return what is read in a file, of which nothing may be left out."""
    reading = read(path, [InputShape(dims) for dims in inputs])
    assert reading.gaps == ()
    return reading


def counted(reading: Reading) -> Report:
    """Return the report of a spec, as it is after it was written and read again; it comes to what the file has."""
    text = "".join(spec_lines(reading.spec))
    assert reading.totals is not None
    assert list(spec_differences(text, reading.totals)) == []
    return report_of(text)


def kinds(reading: Reading) -> list[str]:
    """Return the types of the layers."""
    return [layer["type"] for layer in reading.spec["layers"]]


def layer(reading: Reading, name: str) -> dict[str, Any]:
    """Return the entry of a layer."""
    (found,) = (entry for entry in reading.spec["layers"] if entry["name"] == name)
    return dict(found)


def inferred(proto: Any) -> list[tuple[int, ...]]:
    """Return the shapes of the outputs, without the batch, as onnx infers them; or else as they are when it runs."""
    known = shape_inference.infer_shapes(proto, check_type=True, strict_mode=True, data_prop=True)
    found = [tuple(dim.dim_value for dim in output.type.tensor_type.shape.dim)[1:] for output in known.graph.output]
    return found if all(found) else run(proto)


def run(proto: Any) -> list[tuple[int, ...]]:
    """Return the shapes of the outputs, without the batch, as they are when onnx's reference runs the network."""
    dims = {port.name: [dim.dim_value for dim in port.type.tensor_type.shape.dim] for port in proto.graph.input}
    entering: dict[str, Any] = {name: np.ones(shape, np.float32) for name, shape in dims.items()}
    return [result.shape[1:] for result in ReferenceEvaluator(proto).run(None, entering)]


def shapes(report: Report) -> list[tuple[int, ...]]:
    """Return the shapes of the outputs in PyTorch's order."""
    return [port.shape.dims for port in report.outputs]


def _weight(name: str, dims: Sequence[int]) -> Any:
    size = math.prod(dims)
    if size > _MOST_WRITTEN:
        return TensorProto(name=name, dims=dims, data_type=TensorProto.FLOAT)
    return numpy_helper.from_array(np.linspace(0.5, 2, size, dtype=np.float32).reshape(tuple(dims)), name)
