"""Recurrent nodes that read the batch second, as torch.nn.LSTM does unless batch_first is set."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnparams.errors import SpecError
from cnnparams.schema.input_shape import shape_of
from cnnparams.sources.onnx import open as read
from tests.sources.onnx.models import File, counted, node, run, shapes, whole

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
NUMBERS = {"directions": np.asarray([1]), "last": np.asarray(-1)}
SQUEEZED = node("Squeeze", ["all", "directions"], ["steps"])


def file_of(kind: str, *rest: Any, x: Sequence[Any] = (5, 2, 3), y: str = "y") -> File:
    """Return a file with a recurrent layer that reads its input as it is: steps, batch, features."""
    gates = GATES[kind]
    weights = {"r.w": (1, gates * 4, 3), "r.r": (1, gates * 4, 4), "r.b": (1, gates * 8), "head": (4, 6)}
    reset = {"linear_before_reset": 1} if kind == "GRU" else {}
    first = node(kind, ["x", "r.w", "r.r", "r.b"], ["all"], hidden_size=4, **reset)
    return File([first, SQUEEZED, *rest], x, weights, numbers=NUMBERS, outputs=(y,))


LAST = (node("Gather", ["steps", "last"], ["step"], axis=0), node("MatMul", ["step", "head"], ["y"]))
EVERY = (node("MatMul", ["steps", "head"], ["y"]),)


def params(kind: str) -> int:
    return GATES[kind] * (4 * (3 + 4) + 8) + 24


@pytest.mark.parametrize("kind", GATES)
def test_the_last_step_of_each_sample_is_a_result(kind: str, tmp_path: Path) -> None:
    file = file_of(kind, *LAST)
    report = counted(whole(file.save(tmp_path)))
    assert shapes(report) == run(file.proto()) == [(6,)]
    assert (report.inputs[0].shape.dims, report.total_params) == ((5, 3), params(kind))


@pytest.mark.parametrize("kind", GATES)
def test_every_step_of_each_sample_is_a_result(kind: str, tmp_path: Path) -> None:
    """The file gives steps, batch and features: of a sample, steps and features."""
    report = counted(whole(file_of(kind, *EVERY).save(tmp_path)))
    assert (shapes(report), report.total_params) == ([(5, 6)], params(kind))
    assert report.total_macs == 5 * (GATES[kind] * 4 * (3 + 4) + 4 * 6)


@pytest.mark.parametrize("x", [(5, "n", 3), (5, 1, 3), ("t", "n", 3)])
def test_the_number_of_samples_does_not_matter(x: tuple[Any, ...], tmp_path: Path) -> None:
    path = file_of("LSTM", *LAST, x=x).save(tmp_path)
    if x[0] == "t":
        with pytest.raises(SpecError, match=r"leaves sizes of its input 'x' open: \?x3"):
            read(path)
    report = counted(read(path, [shape_of("5x3")]))
    assert (report.inputs[0].shape.dims, report.total_params) == ((5, 3), params("LSTM"))


def test_what_else_reads_it_has_the_batch_second_too(tmp_path: Path) -> None:
    file = file_of("LSTM", node("Relu", ["x"], ["z"]), *LAST)._replace(outputs=("y", "z"))
    report = counted(whole(file.save(tmp_path)))
    assert shapes(report)[1] == (5, 3)
    assert report.total_params == params("LSTM")
