"""Each operation of ONNX is the layer that it is: as many parameters as the file has, the shape that onnx infers."""

from pathlib import Path

import pytest

from tests.sources.onnx import cases_arithmetic, cases_layers, cases_shapes, cases_windows
from tests.sources.onnx.models import File, counted, inferred, kinds, shapes, whole

CASES = {**cases_arithmetic.CASES, **cases_windows.CASES, **cases_shapes.CASES, **cases_layers.CASES}


@pytest.mark.parametrize(("file", "expected"), CASES.values(), ids=CASES)
def test_an_operation_is_its_layer(file: File, expected: list[str], tmp_path: Path) -> None:
    reading = whole(file.save(tmp_path))
    report = counted(reading)
    assert kinds(reading) == expected
    assert report.total_params == file.parameters
    assert shapes(report) == inferred(file.proto())
