"""The totals at many points are those of single counts."""

import itertools

import pytest

from cnnparams.engine.choosing.evaluation import Evaluator, vars_behind
from cnnparams.engine.costs.register import every_cost, totals
from cnnparams.engine.network.build import build
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.setting import USUAL, Setting
from cnnparams.errors import SpecError
from cnnparams.schema.load import load
from cnnparams.schema.variables import choose
from tests.specs import spec_of

FIELDS = [total.field for total in totals().values()]
FLAT = """
vars: {size: 9, wide: 4, half: wide // 2, unused: 3}
input: {channels: 3, height: size, width: size + 1}
layers:
  - {type: conv2d, out_channels: half, kernel_size: 3}
  - {type: conv2d, out_channels: wide, kernel_size: 3, when: channels > 1}
  - flatten
  - {type: linear, out_features: 10}
"""


@pytest.mark.parametrize(
    ("name", "axes"),
    [
        ("resnet18", {"size": (64, 65, 224), "classes": (10, 100)}),
        ("mobilenet_v2", {"width": (0.25, 1.0), "size": (96, 128)}),
        ("efficientnet_b0", {"size": (64, 100, 224)}),
        ("densenet121", {"size": (64, 96)}),
        ("convnext_tiny", {"size": (64, 96, 97)}),
    ],
)
def test_every_total_equals_that_of_a_count(name: str, axes: dict[str, tuple[float, ...]]) -> None:
    spec = load(name)
    setting = Setting(batch=2, samples=60_000)
    evaluator = Evaluator(spec, FIELDS, setting)
    for values in itertools.product(*axes.values()):
        point = dict(zip(axes, values, strict=True))
        report = measure(build(choose(spec, spec.choice.variant, point)), FIELDS, setting)
        assert evaluator(point) == report.costs


def test_a_network_whose_layers_change_with_the_size_is_built_anew() -> None:
    evaluator = Evaluator(spec_of(FLAT), ["total_params"], USUAL)
    for wide, size in itertools.product((2, 4, 6), (9, 7, 12, 9)):
        half = wide // 2
        convs = 27 * half + half + (9 * half * wide + wide if half > 1 else 0)
        features = wide * (size - 4) * (size - 3) if half > 1 else half * (size - 2) * (size - 1)
        assert evaluator({"wide": wide, "size": size})["total_params"] == convs + features * 10 + 10


def test_a_point_that_is_no_network_is_told_and_others_go_on() -> None:
    evaluator = Evaluator(spec_of(FLAT), ["total_params"], USUAL)
    first = evaluator({"size": 9})
    with pytest.raises(SpecError, match="kernel_size 3 does not fit in the 1x2 input"):
        evaluator({"size": 3})
    with pytest.raises(SpecError, match="size is a number, and cannot be set to 'big'"):
        evaluator({"size": "big"})
    assert evaluator({"size": 9}) == first


def test_what_layers_and_inputs_depend_on() -> None:
    spec = spec_of(FLAT)
    assert vars_behind(spec, (spec.layers, spec.blocks)) == {"half", "wide"}
    assert vars_behind(spec, spec.inputs) == {"size"}
    resnet = load("resnet50")
    assert vars_behind(resnet, (resnet.layers, resnet.blocks)) == {"unit", "depths", "groups", "group_width", "classes"}


def test_only_costs_of_layers_alone_stay_as_they_were() -> None:
    kept = {cost.TOTALS[0].field for cost in every_cost() if cost.AT_OTHER_SIZES}
    assert kept == {"total_params", "weight_bytes", "layer_count", "params_per_sample", "total_macs"}
