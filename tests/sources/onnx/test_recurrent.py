"""Recurrent layers: what they give beside the output of every step, and what changes no count."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnparams.sources.onnx import open as read
from tests.sources.onnx.models import File, counted, kinds, node, shapes, whole

_STEPS = node("Transpose", ["x"], ["steps"], perm=[1, 0, 2])


@pytest.mark.parametrize(("kind", "gates"), [("LSTM", 4), ("GRU", 3), ("RNN", 1)])
def test_the_last_states_of_both_directions_are_results(kind: str, gates: int, tmp_path: Path) -> None:
    """Weights: 2 directions x gates x 4 x (3 + 4), and two biases of 2 x gates x 4; states: 4 features a direction."""
    weights = {"r.w": (2, gates * 4, 3), "r.r": (2, gates * 4, 4), "r.b": (2, gates * 8)}
    reset = {"linear_before_reset": 1} if kind == "GRU" else {}
    nodes = [
        node("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
        node(kind, ["steps", *weights], ["", "h"], hidden_size=4, direction="bidirectional", **reset),
        node("Gather", ["h", "zero"], ["a"]),
        node("Gather", ["h", "one"], ["b"]),
        node("Concat", ["a", "b"], ["y"], axis=1),
    ]
    file = File(nodes, (2, 5, 3), weights, numbers={"zero": np.asarray(0), "one": np.asarray(1)})
    report = counted(whole(file.save(tmp_path)))
    assert report.total_params == 2 * gates * 4 * (3 + 4) + 2 * gates * 8
    assert shapes(report) == [(8,)]


def test_activations_of_a_recurrence_are_what_the_file_says(tmp_path: Path) -> None:
    """A list of texts: Relu is a setting of rnn, another activation is no layer's."""
    for activation, expected in (("Relu", "relu"), ("Sigmoid", None)):
        nodes = [
            node("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
            node("RNN", ["steps", "w", "r"], ["", "h"], hidden_size=4, activations=[activation]),
            node("Squeeze", ["h", "a"], ["y"]),
        ]
        file = File(nodes, (2, 5, 3), {"w": (1, 4, 3), "r": (1, 4, 4)}, numbers={"a": np.asarray([0])})
        reading = read(file.save(tmp_path))
        assert bool(reading.gaps) == (expected is None)
        if expected:
            (entry,) = (entry for entry in reading.spec["layers"] if entry["type"] == "rnn")
            assert entry["nonlinearity"] == expected


GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def last_state(kind: str, *more: str, result: int = 1, **attributes: Any) -> File:
    """Return a network whose result is a state, of 5 steps of 3 features."""
    gates = GATES[kind]
    results = ["", "", ""]
    results[result] = "h"
    nodes = [
        _STEPS,
        node(kind, ["steps", "r.w", "r.r", *more], results[: result + 1], hidden_size=4, **attributes),
        node("Squeeze", ["h", "zero"], ["y"]),
    ]
    weights = {"r.w": (1, gates * 4, 3), "r.r": (1, gates * 4, 4)}
    return File(nodes, (2, 5, 3), weights, numbers={"zero": np.asarray([0])})


def test_the_state_of_a_cell_is_a_result_of_known_size(tmp_path: Path) -> None:
    reading = whole(last_state("LSTM", result=2).save(tmp_path))
    assert kinds(reading) == ["lstm", "opaque", "flatten"]
    report = counted(reading)
    assert report.total_params == 16 * 7
    assert shapes(report) == [(4,)]


@pytest.mark.parametrize("kind", ["LSTM", "RNN"])
def test_steps_are_flipped_for_what_runs_backwards(kind: str, tmp_path: Path) -> None:
    """The last state is then the output at the first step."""
    reading = whole(last_state(kind, direction="reverse").save(tmp_path))
    report = counted(reading)
    first, layer, last, *_ = kinds(reading)
    assert (first, layer, last) == ("flip", kind.lower(), "flip")
    assert report.total_params == GATES[kind] * 4 * 7
    assert shapes(report) == [(4,)]


def test_a_state_that_is_reset_first_is_remarked_on(tmp_path: Path) -> None:
    """A GRU resets its state before or after it is multiplied: the default of ONNX is not PyTorch's."""
    reading = whole(last_state("GRU").save(tmp_path))
    assert counted(reading).total_params == GATES["GRU"] * 4 * 7
    (remark,) = reading.remarks
    assert "their counts are the same" in remark


@pytest.mark.parametrize("entering", ["h0", "lengths"])
def test_first_states_and_lengths_that_enter_change_no_count(entering: str, tmp_path: Path) -> None:
    more = ("", "", "h0") if entering == "h0" else ("", "lengths")
    file = last_state("GRU", *more, linear_before_reset=1)
    entered = {"h0": (1, 2, 4)} if entering == "h0" else {"lengths": (2,)}
    reading = whole(file._replace(more_inputs=entered).save(tmp_path))
    assert counted(reading).total_params == 12 * 7
    (remark,) = reading.remarks
    assert "first states or lengths of these layers enter" in remark


@pytest.mark.parametrize(
    ("more", "what"),
    [(("", "", "state"), "has a first state of its own"), (("", "", "", "", "peepholes"), "has peepholes")],
)
def test_what_is_learned_and_no_layer_has_is_a_gap(more: Any, what: str, tmp_path: Path) -> None:
    file = last_state("LSTM", *more)
    learned = {"state": (1, 1, 4), "peepholes": (1, 12)}
    held = {**file.weights, **{name: dims for name, dims in learned.items() if name in more}}
    (gap,) = read(file._replace(weights=held).save(tmp_path)).gaps
    assert what in gap.what
