"""What is counted of a file's tensors: every weight once, buffers apart, and what nothing reads not at all."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import numpy_helper

from cnnparams.render.yaml import spec_lines
from cnnparams.sources.checking import spec_differences
from cnnparams.sources.onnx import open as read
from cnnparams.sources.onnx import reader
from tests.sources.onnx.models import File, counted, kinds, layer, node, save, whole

_SQUARE = {"c.weight": (4, 4, 1, 1), "c.bias": (4,)}


def twice(**more: Any) -> File:
    """Return a convolution that is used twice."""
    nodes = [node("Conv", ["x", *_SQUARE], ["a"]), node("Conv", ["a", *_SQUARE], ["y"])]
    return File(nodes, (1, 4, 6, 6), _SQUARE, **more)


def test_weights_that_are_used_twice_are_counted_once(tmp_path: Path) -> None:
    reading = whole(twice().save(tmp_path))
    report = counted(reading)
    assert layer(reading, "c_1")["share"] == "c"
    assert report.total_params == 16 + 4
    assert report.total_macs == 2 * 16 * 36


def test_a_bias_that_two_layers_have_beside_their_own_weights_counts_once(tmp_path: Path) -> None:
    """As optimizers store the biases of a new network, which are all zeros."""
    nodes = [node("Conv", ["x", "v", "b"], ["a"]), node("Conv", ["a", "w", "b"], ["y"])]
    file = File(nodes, (1, 4, 6, 6), {"v": (4, 4, 1, 1), "w": (4, 4, 1, 1), "b": (4,)})
    reading = whole(file.save(tmp_path))
    assert kinds(reading) == ["conv2d", "parameter", "conv2d", "parameter"]
    assert counted(reading).total_params == 16 + 16 + 4


def test_a_scale_that_norms_share_beside_other_shifts_counts_once(tmp_path: Path) -> None:
    nodes = [
        node("LayerNormalization", ["x", "s", "b"], ["a"]),
        node("LayerNormalization", ["a", "s", "c"], ["m"]),
        node("MatMul", ["m", "w"], ["n"]),
        node("Add", ["n", "b"], ["y"]),
    ]
    file = File(nodes, (1, 4, 6), {"s": (6,), "b": (6,), "c": (6,), "w": (6, 6)})
    assert counted(whole(file.save(tmp_path))).total_params == 18 + 36


def test_weights_of_a_layer_of_another_type_are_a_gap(tmp_path: Path) -> None:
    nodes = [node("MatMul", ["x", "w"], ["a"]), node("Mul", ["a", "w"], ["y"])]
    (gap,) = read(File(nodes, (1, 4, 4), {"w": (4, 4)}).save(tmp_path)).gaps
    assert "uses the tensors of w" in gap.what or "uses the tensors of" in gap.what


def test_equal_tensors_that_pytorch_stores_once_count_each(tmp_path: Path) -> None:
    """An untrained network's norms are all ones and zeros, and so is each running statistic."""
    norms = [[f"n{i}.{part}" for part in ("weight", "bias", "running_mean", "running_var")] for i in range(2)]
    copies = [node("Identity", [norms[0][i % 2]], [name]) for i, name in enumerate([*norms[0][2:], *norms[1]])]
    nodes = [node("BatchNormalization", [x, *norm], [y]) for x, norm, y in zip("xa", norms, "ay", strict=True)]
    reading = whole(File([*copies, *nodes], (1, 4, 6, 6), {"n0.weight": (4,), "n0.bias": (4,)}).save(tmp_path))
    report = counted(reading)
    assert (report.total_params, report.buffers) == (2 * 8, 2 * 9)
    assert [entry["name"] for entry in reading.spec["layers"]] == ["n0", "n1"]
    (remark,) = reading.remarks
    assert remark.startswith("warning: the file stores some tensors once for several, as they are equal;")


def test_weights_that_pass_an_identity_of_another_exporter_are_the_same(tmp_path: Path) -> None:
    nodes = [
        node("Identity", ["w"], ["read1"]),
        node("Identity", ["w"], ["read2"]),
        node("Conv", ["x", "read1"], ["a"]),
        node("Conv", ["a", "read2"], ["y"]),
    ]
    assert counted(whole(File(nodes, (1, 4, 6, 6), {"w": (4, 4, 1, 1)}).save(tmp_path))).total_params == 16


def test_what_nothing_reads_is_told_and_not_counted(tmp_path: Path) -> None:
    reading = whole(twice()._replace(weights={**_SQUARE, "left.over": (9,)}).save(tmp_path))
    assert counted(reading).total_params == 20
    assert reading.remarks == ("warning: tensors that no output depends on are not counted: 'left.over'",)


def test_a_buffer_of_batch_norm_is_one_more_than_onnx_has(tmp_path: Path) -> None:
    """PyTorch counts the batches that it has seen; ONNX has no such tensor."""
    learned, buffers = {"s": (4,), "b": (4,)}, {"m": (4,), "v": (4,)}
    file = File([node("BatchNormalization", ["x", *learned, *buffers], ["y"])], (1, 4, 6, 6), learned, buffers)
    report = counted(whole(file.save(tmp_path)))
    assert (report.total_params, report.buffers) == (8, 2 * 4 + 1)


def test_ones_and_zeros_without_a_module_are_not_learned(tmp_path: Path) -> None:
    nodes = [node("InstanceNormalization", ["x", "ones", "zeros"], ["y"])]
    numbers: Any = {"ones": np.ones(4, np.float32), "zeros": np.zeros(4, np.float32)}
    assert counted(whole(File(nodes, (1, 4, 6, 6), numbers=numbers).save(tmp_path))).total_params == 0


def test_ones_and_zeros_of_a_module_are_learned(tmp_path: Path) -> None:
    nodes = [node("InstanceNormalization", ["x", "n.weight", "n.bias"], ["y"])]
    numbers: Any = {"n.weight": np.ones(4, np.float32), "n.bias": np.zeros(4, np.float32)}
    assert counted(whole(File(nodes, (1, 4, 6, 6), numbers=numbers).save(tmp_path))).total_params == 8


def test_zeros_that_a_node_makes_are_no_bias(tmp_path: Path) -> None:
    zeros = node("Constant", [], ["b"], value=numpy_helper.from_array(np.zeros(2, np.float32)))
    file = File([zeros, node("Conv", ["x", "w", "b"], ["y"])], (1, 4, 6, 6), {"w": (2, 4, 1, 1)})
    assert counted(whole(file.save(tmp_path))).total_params == 8


def test_weights_in_a_constant_are_weights(tmp_path: Path) -> None:
    made = node("Constant", [], ["w"], value=numpy_helper.from_array(np.ones((2, 4, 1, 1), np.float32)))
    file = File([made, node("Conv", ["x", "w"], ["y"])], (1, 4, 6, 6))
    assert counted(whole(file.save(tmp_path))).total_params == 8


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64"])
def test_weights_of_any_floating_type_count_by_elements(kind: str, tmp_path: Path) -> None:
    proto = twice().proto()
    types = {"float16": 10, "bfloat16": 16, "float64": 11}
    for tensor in proto.graph.initializer:
        tensor.data_type = types[kind]
    assert counted(whole(save(proto, tmp_path))).total_params == 20


def test_values_outside_of_the_file_are_not_needed(tmp_path: Path) -> None:
    proto = twice().proto()
    for tensor in proto.graph.initializer:
        tensor.ClearField("raw_data")
        tensor.data_location = 1
        tensor.external_data.add(key="location", value="../../../etc/passwd")
    assert counted(whole(save(proto, tmp_path))).total_params == 20


def test_a_folded_normalisation_is_remarked_on(tmp_path: Path) -> None:
    file = File(
        [node("Conv", ["x", "onnx::Conv_7", "onnx::Conv_8"], ["y"], name="/stem/conv/Conv")],
        (1, 3, 8, 8),
        {"onnx::Conv_7": (4, 3, 3, 3), "onnx::Conv_8": (4,)},
    )
    reading = whole(file.save(tmp_path))
    assert reading.remarks == (
        "warning: normalisations seem to be folded into these convolutions; what the file holds is counted: "
        "'stem.conv'",
    )


def test_the_totals_are_those_of_the_weights_in_the_file(tmp_path: Path) -> None:
    file = twice(buffers={"left.over": (9,)})
    totals = whole(file.save(tmp_path)).totals
    assert totals is not None
    assert (totals.trainable, totals.frozen, totals.outputs) == (file.parameters, 0, ((4, 6, 6),))


def test_a_tensor_that_no_layer_holds_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last look catches a tensor that went astray."""
    look = reader.note_unheld

    def forgotten(net: Any, ops: Any) -> None:
        net.learned = {origin for origin in net.learned if origin.name != "c.bias"}
        look(net, ops)

    monkeypatch.setattr("cnnparams.sources.onnx.reader.note_unheld", forgotten)
    reading = read(twice().save(tmp_path))
    (gap,) = reading.gaps
    assert gap.what == "no layer holds the initializer 'c.bias' of 4 elements, though a node reads it"
    assert kinds(reading) == ["conv2d", "conv2d", "onnx.initializer"]
    assert layer(reading, str(gap.entry))["parameters"] == 4


def test_a_tensor_that_is_viewed_before_use_keeps_its_own_shape(tmp_path: Path) -> None:
    """A number a channel, stored as (4) and seen as (4, 1, 1): the tensor that a checkpoint has is the former."""
    nodes = [node("Reshape", ["scale.gamma", "s"], ["g"]), node("Mul", ["x", "g"], ["y"])]
    file = File(nodes, (1, 4, 6, 6), {"scale.gamma": (4,)}, numbers={"s": np.asarray([1, 4, 1, 1])})
    reading = whole(file.save(tmp_path))
    assert (layer(reading, "scale.gamma")["shape"], layer(reading, "scale.gamma")["view"]) == ([4], [1, 4, 1, 1])
    (held,) = counted(reading).layers[-1].tensors
    assert held.shape == (4,)
    assert reading.totals is not None
    other = "".join(spec_lines(reading.spec)).replace("shape: [4]", "shape: [1, 4, 1, 1]")
    assert list(spec_differences(other, reading.totals)) == [
        "trainable tensors of shape [4]: 0 in the spec, 1 in the model",
        "trainable tensors of shape [1, 4, 1, 1]: 1 in the spec, 0 in the model",
    ]


def test_a_tensor_that_is_transposed_before_use_is_as_it_is_used(tmp_path: Path) -> None:
    """A view has its elements in the same order, which these are not."""
    nodes = [node("Transpose", ["p"], ["q"]), node("Add", ["x", "q"], ["y"])]
    entry = layer(whole(File(nodes, (1, 7, 6), {"p": (6, 7)}).save(tmp_path)), "p")
    assert entry == {"type": "parameter", "name": "p", "shape": [7, 6]}


def test_the_tensors_of_the_file_are_those_of_the_spec(tmp_path: Path) -> None:
    """Weights of a matrix product stand transposed in PyTorch; what two nodes use is there once."""
    nodes = [
        node("Conv", ["x", "c.weight", "c.bias"], ["a"]),
        node("Conv", ["a", "c.weight", "c.bias"], ["b"]),
        node("Flatten", ["b"], ["f"]),
        node("MatMul", ["f", "w"], ["m"]),
        node("Add", ["m", "fc.bias"], ["y"]),
    ]
    file = File(nodes, (1, 4, 2, 2), {**_SQUARE, "w": (16, 3), "fc.bias": (1, 3)})
    reading = whole(file.save(tmp_path))
    assert reading.totals is not None
    shapes = ((4, 4, 1, 1), (4,), (3, 16), (3,))
    assert reading.totals.tensors == {(shape, "trainable"): 1 for shape in shapes}


def test_weights_of_other_sizes_are_a_gap_even_if_they_are_as_many(tmp_path: Path) -> None:
    """24 + 24 = 48 of a norm over (4, 6), which has two tensors of 4 x 6, and the file one of 8 x 3."""
    nodes = [node("LayerNormalization", ["x", "s", "b"], ["y"], axis=1)]
    (gap,) = read(File(nodes, (1, 4, 6), {"s": (4, 6), "b": (8, 3)}).save(tmp_path)).gaps
    assert gap.what.endswith("has weights of shape [4, 6] and [8, 3], which do not fit layer_norm")


def test_weights_that_are_not_float32_are_told(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    model = File([node("Conv", ["x", "c.weight"], ["y"])], (1, 4, 2, 2), {"c.weight": (3, 4, 1, 1)}).proto()
    for tensor in model.graph.initializer:
        half = onnx.numpy_helper.to_array(tensor).astype("float16")
        tensor.CopyFrom(onnx.numpy_helper.from_array(half, tensor.name))
    onnx.save(model, tmp_path / "half.onnx")
    (remark,) = whole(str(tmp_path / "half.onnx")).remarks
    assert remark == "warning: the spec says no dtype, and the model holds float16: count with --dtype"
