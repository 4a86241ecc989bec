"""Which source takes what a user names, and what is told of what none takes."""

from pathlib import Path

import pytest

from cnnparams.errors import SpecError
from cnnparams.sources import onnx, pytorch
from cnnparams.sources.register import source_of

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    "name", ["resnet50", "specs/resnet.yaml@resnet18", "-", "missing.yaml", "missing.pt", "a/b:c", ""]
)
def test_what_no_source_takes_is_a_spec(name: str) -> None:
    assert source_of(name) is None


@pytest.mark.parametrize("name", ["models:Net", "my.models:make.small"])
def test_code_is_named_as_module_and_factory(name: str) -> None:
    assert source_of(name) is pytorch


def test_a_file_is_never_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models:Net").write_text("layers: [relu]")
    assert source_of("models:Net") is None


def test_an_onnx_file_is_known_by_its_name_or_its_first_bytes(tmp_path: Path) -> None:
    data = (ROOT / "docs/examples/simple_cnn.onnx").read_bytes()
    (tmp_path / "model").write_bytes(data)
    assert source_of(str(tmp_path / "model")) is onnx
    assert source_of("missing.onnx") is onnx


KNOWN = {
    "net.tflite": (b"\x1c\0\0\0TFL3", "TensorFlow Lite"),
    "net": (b"\x1c\0\0\0TFL3", "TensorFlow Lite"),
    "net.h5": (b"\x89HDF\r\n\x1a\n", "Keras"),
    "net.keras": (b"PK\x03\x04", "Keras"),
    "net.pt": (b"PK\x03\x04", "saved by PyTorch"),
    "net.pth": (b"\x80\x02", "saved by PyTorch"),
    "weights": (b"\x80\x02}", "saved by PyTorch"),
    "net.safetensors": (b'\x08\0\0\0\0\0\0\0{"a":0}', "weights alone"),
    "net.zip": (b"PK\x03\x04", "zip archive"),
    "net.json": (b'{"class_name": "Sequential", "config": {}}', "Keras model as JSON"),
    "yolo.cfg": (b"# yolo\n[net]\nwidth=416\n", "Darknet"),
    "yolov8.yaml": (b"nc: 80\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]] # 0\n", "Ultralytics"),
    "net.py": (b"import torch", "Python code"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_format_is_told_by_what_it_is(name: str, tmp_path: Path) -> None:
    first, what = KNOWN[name]
    (tmp_path / name).write_bytes(first)
    with pytest.raises(SpecError, match=what) as raised:
        source_of(str(tmp_path / name))
    (problem,) = raised.value.problems
    assert problem.source == str(tmp_path / name)
    assert problem.hint


def test_a_factory_in_a_file_is_told_how_to_be_named() -> None:
    with pytest.raises(SpecError, match=r"hint: write my\.models:Net"):
        source_of("my/models.py:Net")


@pytest.mark.parametrize("path", sorted((ROOT / "specs").glob("*.yaml")), ids=lambda path: path.stem)
def test_no_spec_is_taken_for_another_format(path: Path) -> None:
    assert source_of(str(path)) is None
