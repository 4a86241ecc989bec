"""Models as people write them: their specs come to what PyTorch says of them, to the unit."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from cnnparams.errors import CnnparamsError
from cnnparams.render.yaml import spec_lines
from cnnparams.schema.input_shape import shape_of
from cnnparams.sources.checking import spec_differences
from cnnparams.sources.structure.recover import recovered, same_network
from tests.sources.read_back import counted, named, read, text, torchs
from tests.specs import graph_of, report_of

if TYPE_CHECKING:
    from cnnparams.sources.pytorch.mode import Mode


class Sample(NamedTuple):
    """A model, its inputs, the MACs of its LSTMs, which torch's counter leaves out, and the modes to read it in."""

    model: str
    inputs: tuple[str, ...]
    uncounted: int = 0
    modes: tuple[Mode, ...] = ("training", "evaluation")


STEPS, ROWS = 36, 28
POSITIONS = 10 * 2 * 16
"""MACs that depend on no sample: as at batch 1, of which a batch of two has a half for each."""
SAMPLES = [
    Sample("classic:Tutorial", ("3x64x64",)),
    Sample("classic:LeNet", ("1x28x28",)),
    Sample("classic:AlexNet", ("3x224x224",)),
    Sample("classic:VGG", ("3x37x37",)),
    Sample("classic:Functional", ("3x32x32",)),
    Sample("classic:Signal", ("2x200",)),
    Sample("classic:Volume", ("1x8x16x16",)),
    Sample("residual:ResNet", ("3x64x64",)),
    Sample("residual:FrozenBackbone", ("3x64x64",)),
    Sample("residual:PreActivationNet", ("3x16x16",)),
    Sample("residual:MobileNetV2", ("3x32x32",)),
    Sample("branching:DenseNet", ("3x32x32",)),
    Sample("branching:Inception", ("3x17x17",), modes=("training",)),
    Sample("branching:ShuffleNet", ("3x17x17",)),
    Sample("branching:UNet", ("3x35x35",)),
    Sample("branching:Siamese", ("1x14x14", "1x14x14")),
    Sample("branching:ImageAndMeta", ("3x14x14", "5")),
    Sample("tokens:VisionTransformer", ("3x32x32",)),
    Sample("tokens:ConvNeXt", ("3x32x32",)),
    Sample("tokens:Recurrent", ("1x28x28",), ROWS * (4 * 16 * (28 + 16) + 4 * 16 * (16 + 16))),
    Sample("tokens:Language", ("20:int64",)),
    Sample("tokens:StepsFirst", ("7x6",)),
    Sample("unusual:Strict", ("3x16x16",), STEPS * 4 * 6 * (8 + 6)),
    Sample("unusual:OwnGradient", ("3x8x8",)),
    Sample("unusual:Checkpointed", ("3x16x16",)),
    Sample("unusual:Cache", ("3x8x8",)),
    Sample("unusual:Named", ("3x8x8",), modes=("evaluation",)),
    Sample("unusual:OneActivation", ("3x16x16",)),
    Sample("unusual:TwoNames", ("3x16x16",)),
    Sample("unusual:Sliced", ("3x8x8",)),
    Sample("unusual:Viewed", ("3x8x8",)),
    Sample("unusual:StepsFirstScale", ("7x6",)),
    Sample("functional:Scaled", ("3x8x8",)),
    Sample("functional:Compared", ("3x8x8",)),
    Sample("functional:Reduced", ("3x8x8",)),
    Sample("functional:DroppedPath", ("3x8x8",)),
    Sample("functional:Padded", ("3x8x8",)),
    Sample("functional:Activated", ("3x8x8",)),
    Sample("functional:Moved", ("3x8x8",)),
    Sample("unusual:Spectral", ("5x8",)),
    Sample("unusual:Spare", ("3x8x8",)),
    Sample("unusual:SpareInside", ("3x8x8",)),
    Sample("unusual:Growing", ("3x8x8",)),
    Sample("unusual:MixedBatch", ("10x16",)),
    Sample("unusual:ManyWeights", ("3x8x8",)),
    Sample("unusual:PartlyFrozen", ("3x8x8",)),
    Sample("unusual:Standardised", ("3x8x8",)),
    Sample("unusual:Tokens", ("9x16",), POSITIONS // 2),
    Sample("unusual:Windows", ("4x8x8",)),
]


@pytest.mark.parametrize(
    ("sample", "mode"),
    [pytest.param(sample, mode, id=f"{sample.model}-{mode}") for sample in SAMPLES for mode in sample.modes],
)
def test_a_model_is_read_and_counts_the_same(torch: ModuleType, sample: Sample, mode: Mode) -> None:
    model = named(sample.model)().train(mode == "training")
    reading = read(model, *sample.inputs)
    found = counted(reading)
    model = named(sample.model)().train(mode == "training")
    expected = torchs(model, *(_batch(torch, each) for each in sample.inputs))
    assert found == expected._replace(macs=expected.macs + sample.uncounted)
    assert reading.totals is not None
    assert list(spec_differences(text(reading), reading.totals)) == []
    structured = "".join(spec_lines(recovered(reading.spec, reading.classes)))
    assert same_network(graph_of(structured), graph_of(text(reading)))


def _batch(torch: ModuleType, written: str) -> Any:
    shape = shape_of(written)
    return torch.zeros(2, *shape.dims, dtype=getattr(torch, shape.dtype or "float32"))


def layers_of(model: Any, *inputs: str) -> list[str]:
    """Return the lines of the layers of a spec that was read."""
    lines = text(read(model, *inputs)).splitlines()
    return [line.strip() for line in lines[lines.index("layers:") + 1 :] if line.startswith("  -")]


def test_the_tutorial_s_network_reads_like_its_spec(torch: ModuleType) -> None:
    assert layers_of(named("classic:Tutorial")(), "3x64x64") == [
        "- {type: conv2d, name: conv1, out_channels: 16, kernel_size: 5, activation: relu}",
        "- {type: max_pool2d, name: pool, kernel_size: 2}",
        "- {type: conv2d, name: conv2, out_channels: 32, kernel_size: 3, activation: relu}",
        "- {type: max_pool2d, name: pool2, kernel_size: 2}",
        "- {type: flatten, name: flatten1}",
        "- {type: linear, name: fc1, out_features: 128, activation: relu}",
        "- {type: linear, name: fc2, out_features: 10}",
    ]


def test_modules_keep_the_names_of_their_paths(torch: ModuleType) -> None:
    model = named("residual:ResNet")()
    graph = graph_of(text(read(model, "3x64x64")))
    holding = {name.rpartition(".")[0] for name, _ in model.named_parameters()}
    assert holding <= {node.name for node in graph.nodes}


def test_what_is_frozen_is_not_trainable(torch: ModuleType) -> None:
    report = report_of(text(read(named("residual:FrozenBackbone")(), "3x64x64")))
    roles = {(layer.name.startswith("backbone."), tensor.role) for layer in report.layers for tensor in layer.tensors}
    assert roles == {(True, "frozen"), (True, "buffer"), (False, "trainable")}


def test_a_block_is_called_after_the_class_of_its_modules(torch: ModuleType) -> None:
    reading = read(named("residual:ResNet")(), "3x64x64")
    blocks = recovered(reading.spec, reading.classes)["blocks"]
    assert list(blocks) == ["basic_block", "layer"]
    assert blocks["basic_block"]["params"] == {"out": None, "stride": 1}


def test_a_parameter_keeps_its_own_shape_however_it_is_seen(torch: ModuleType) -> None:
    model = named("unusual:Viewed")()
    report = report_of(text(read(model, "3x8x8")))
    held = {layer.name: tensor.shape for layer in report.layers for tensor in layer.tensors if layer.name != "conv"}
    assert held == {name: tuple(tensor.shape) for name, tensor in model.named_parameters(recurse=False)}


def test_weights_in_another_shape_than_the_layer_s_keep_their_own(torch: ModuleType) -> None:
    class Flat(torch.nn.Linear):  # type: ignore[name-defined,misc]
        def forward(self, x: Any) -> Any:
            return torch.nn.functional.linear(x, self.weight.view(3, 8), self.bias)

    model = Flat(6, 4, bias=False)
    report = report_of(text(read(model, "8")))
    assert [tensor.shape for layer in report.layers for tensor in layer.tensors] == [(4, 6)]
    assert report.total_macs == 3 * 8


def test_a_module_that_is_called_twice_shares_its_tensors(torch: ModuleType) -> None:
    shared = [line for line in layers_of(named("branching:Siamese")(), "1x14x14", "1x14x14") if "share: " in line]
    assert ["share: tower.0" in line or "share: tower.4" in line for line in shared] == [True, True]


def test_modules_with_one_tensor_between_them_share_it(torch: ModuleType) -> None:
    first, second = torch.nn.Linear(6, 6), torch.nn.Linear(6, 6)
    second.weight, second.bias = first.weight, first.bias
    reading = read(torch.nn.Sequential(first, torch.nn.ReLU(), second), "6")
    assert counted(reading).trainable == 42
    assert 'share: "0"' in text(reading)


@pytest.mark.parametrize(("model", "params", "macs"), [("OneActivation", 112 + 148, 64_512), ("TwoNames", 84, 41_472)])
def test_what_has_two_names_is_read_under_either(torch: ModuleType, model: str, params: int, macs: int) -> None:
    """27 x 4 + 4 and 36 x 4 + 4 parameters, 256 x (27 + 36) x 4 MACs; 27 x 3 + 3, used twice: 2 x 256 x 27 x 3."""
    report = report_of(text(read(named(f"unusual:{model}")(), "3x16x16")))
    assert (report.total_params, report.total_macs) == (params, macs)
    assert [layer.name.partition(".")[0] for layer in report.layers] == ["a", "b"]


def test_a_model_is_read_in_its_mode_and_no_other(torch: ModuleType) -> None:
    """Only training uses the auxiliary head, of 512 x 10 + 10 parameters, which evaluation says."""
    model = named("branching:Inception")().eval()
    reading = read(model, "3x17x17")
    assert reading.gaps == ()
    assert reading.remarks == (
        "warning: aux (torch.nn.Sequential) is never used by forward; its 5,130 parameters count all the same",
        "warning: read in evaluation mode, as the model is in it; --mode training reads the other",
    )
    assert reading.spec["description"] == "read in evaluation mode"
    chosen = read(model, "3x17x17", mode="training")
    assert (chosen.gaps, chosen.remarks, model.training) == ((), (), False)
    assert chosen.spec["description"] == "read in training mode"
    assert "name: aux.2" in text(chosen)


def test_parts_in_the_other_mode_are_told_and_stay_in_it(torch: ModuleType) -> None:
    model = torch.nn.Sequential(torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Dropout()), torch.nn.Linear(4, 2))
    model[0].eval()
    assert read(model, "4").spec["description"] == "read in training mode, with 0 in evaluation mode"
    assert read(model, "4", mode="training").spec["description"] == "read in training mode"
    assert [module.training for module in model.modules()] == [True, False, False, False, True]


def test_a_model_that_fails_in_its_mode_is_not_read_in_the_other(torch: ModuleType) -> None:
    model = torch.nn.InstanceNorm2d(3, track_running_stats=True)
    with pytest.raises(CnnparamsError, match=r"in training mode; "):
        read(model, "3x1x1")
    assert read(model, "3x1x1", mode="evaluation").gaps == ()


def test_what_is_padded_as_same_says_is_same(torch: ModuleType) -> None:
    reading = read(named("unusual:PaddedSame")(), "3x16x16")
    assert "{type: max_pool2d, name: pool, kernel_size: 3, stride: 2, padding: same}" in text(reading)
    other = read(named("unusual:PaddedSame")((1, 1, 1, 1)), "3x16x16")
    (pool,) = [layer for layer in other.spec["layers"] if layer["name"] == "pool"]
    assert (pool["type"], pool["shape"]) == ("opaque", [8, 8, 8])


def test_inputs_and_results_have_names(torch: ModuleType) -> None:
    reading = read(named("branching:ImageAndMeta")(), "meta=5", "image=3x14x14")
    graph = graph_of(text(reading))
    assert {port.name: port.shape.dims for port in graph.inputs} == {"meta_input": (5,), "image": (3, 14, 14)}
    assert [port.shape.dims for port in graph.outputs] == [(2,), (8,)]
    assert len(read(named("branching:ImageAndMeta")().fc, "8").spec["layers"]) == 1


def test_a_model_is_left_as_it_was(torch: ModuleType) -> None:
    model = named("unusual:Cache")()
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    read(model, "3x8x8")
    assert (model.seen, model.last, model.training) == ([], None, True)
    torch.testing.assert_close(model.state_dict(), state)


def test_totals_that_are_not_the_model_s_are_told(torch: ModuleType) -> None:
    reading = read(named("unusual:Spare")(idle=True), "3x8x8")
    assert reading.totals is not None
    kept = [layer for layer in reading.spec["layers"] if layer["name"] != "idle"]
    without = reading._replace(spec={**reading.spec, "layers": kept, "outputs": ["conv"]})
    assert list(spec_differences(text(without), reading.totals)) == [
        "trainable: 224 in the spec, 229 in the model",
        "trainable tensors of shape [5]: 0 in the spec, 1 in the model",
    ]


@pytest.mark.parametrize(
    ("model", "inputs", "message"),
    [
        ("classic:Tutorial", ["3x64x64", "5"], r"the inputs do not fit the model: .*\n  hint: .*which takes x, with"),
        ("classic:Tutorial", ["image=3x64x64"], r"the inputs do not fit the model: missing a required argument: 'x'"),
        ("classic:Tutorial", ["3x32x32"], r"running the model failed: RuntimeError: .*\n  .*classic.py:\d+: x = "),
        ("tokens:Language", ["20"], r"(?s)running the model failed: .*hint: for tokens, .* --input 128:int64$"),
    ],
)
def test_a_model_that_cannot_run_on_such_inputs_is_told(
    torch: ModuleType, model: str, inputs: list[str], message: str
) -> None:
    with pytest.raises(CnnparamsError, match=message):
        read(named(model)(), *inputs)


def test_what_has_no_code_or_no_sizes_yet_is_refused(torch: ModuleType) -> None:
    with warnings.catch_warnings(action="ignore"):
        script = torch.jit.trace(torch.nn.ReLU(), torch.zeros(1))
    with pytest.raises(CnnparamsError, match=r"^the model is TorchScript"):
        read(script, "5")
    with pytest.raises(CnnparamsError, match=r"^1 is lazy: it has no shapes yet\n  hint: run the model once before "):
        read(torch.nn.Sequential(torch.nn.ReLU(), torch.nn.LazyLinear(3)), "5")


def test_a_linear_layer_that_does_not_fit_is_named(torch: ModuleType) -> None:
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Sequential(nn.ReLU(), nn.Linear(100, 10)))
    hint = "it has in_features=100, but 7200 enter: write in_features=7200, or give another --input"
    with pytest.raises(CnnparamsError, match=rf"\n  in module 2.1 \(Linear\)\n  hint: {hint}$"):
        read(model, "3x32x32")


def test_a_batch_in_the_input_is_to_be_left_out(torch: ModuleType) -> None:
    with pytest.raises(CnnparamsError, match=r"\n  hint: leave out the batch: --input 3x32x32$"):
        read(torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3)), "1x3x32x32")


def test_weights_that_are_not_float32_are_told(torch: ModuleType) -> None:
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 1)).to(torch.bfloat16)
    (remark,) = read(model, "3x8x8:bfloat16").remarks
    assert remark == "warning: the spec says no dtype, and the model holds bfloat16: count with --dtype"
    assert read(model.float(), "3x8x8").remarks == ()
