"""What is read is never written: not under another name, not through a link, by no command."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_import_onnx import save
from tests.specs import ROOT

LOST = "is also an input, and would be overwritten: write to another file\n"
NET = """
vars: {wide: 2}
variants: {small: {}, large: {wide: 4}}
budget: {params: 1M}
input: {channels: 1, height: 8, width: 8}
layers: [{type: conv2d, out_channels: wide, kernel_size: 3}]
"""
COMMANDS = [
    "check net.yaml",
    "check net.yaml --format github",
    "compare net.yaml lenet5",
    "compare lenet5 net.yaml@large --csv",
    "count net.yaml@small",
    "count lenet5 net.yaml@small --json",
    "diff net.yaml@small lenet5",
    "diff lenet5 net.yaml@large",
    "explain net.yaml@small",
    "export net.yaml@small",
    "memory net.yaml@small",
    "receptive-field net.yaml@small",
    "show net.yaml@small",
    "solve net.yaml@small --var wide=1:3",
    "sweep net.yaml --set wide=1:3",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a network under five names: its own, those of two links, one of a folder's link, a path."""
    (tmp_path / "net.yaml").write_text(NET)
    (tmp_path / "hard.yaml").hardlink_to(tmp_path / "net.yaml")
    (tmp_path / "soft.yaml").symlink_to("net.yaml")
    (tmp_path / "again").symlink_to(".")
    return tmp_path


def cnnparams(
    folder: Path, command: str, redirected: str = "", package: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, as a shell does."""
    line = f"{sys.executable} -m cnnparams {command} {redirected}"
    env = {**os.environ, "PYTHONPATH": str(package)}
    return subprocess.run(["bash", "-c", line], cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_writes_what_it_reads(folder: Path, command: str) -> None:
    done = cnnparams(folder, f"{command} -o net.yaml")
    assert (done.returncode, done.stdout, done.stderr.endswith(f"net.yaml: {LOST}")) == (2, "", True)
    assert (folder / "net.yaml").read_text() == NET


@pytest.mark.parametrize("read", ["net.yaml", "soft.yaml", "hard.yaml", "again/net.yaml"])
@pytest.mark.parametrize("written", ["./net.yaml", "soft.yaml", "hard.yaml", "again/again/soft.yaml"])
def test_a_file_is_itself_under_any_name(folder: Path, read: str, written: str) -> None:
    done = cnnparams(folder, f"count {read}@large -o {written}")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{written}: {LOST}")
    assert {(folder / name).read_text() for name in ("net.yaml", "hard.yaml", "soft.yaml")} == {NET}
    assert (folder / "soft.yaml").is_symlink()


@pytest.mark.parametrize("written", ["net.yaml", "hard.yaml", "/dev/stdin"])
def test_standard_input_may_be_a_file(folder: Path, written: str) -> None:
    (folder / "net.yaml").write_text(NET.replace("variants", "# variants"))
    before = (folder / "hard.yaml").read_text()
    done = cnnparams(folder, "count - -o", f"{written} < net.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{written}: {LOST}")
    assert (folder / "net.yaml").read_text() == before


def test_standard_output_may_be_a_file(folder: Path) -> None:
    done = cnnparams(folder, "count net.yaml@small", ">> soft.yaml")
    assert (done.returncode, done.stderr) == (2, f"standard output {LOST}")
    assert (folder / "net.yaml").read_text() == NET


@pytest.mark.parametrize(
    ("command", "written"),
    [
        ("count resnet18", "resnet.yaml"),
        ("count resnet@resnet50", "resnet.yaml"),
        ("compare lenet5 resnet18", "lenet5.yaml"),
        ("specs", "vgg.yaml"),
    ],
)
def test_nor_is_what_comes_with_the_tool(tmp_path: Path, command: str, written: str) -> None:
    """Tried on a copy of it."""
    for part in ("cnnparams", "specs"):
        shutil.copytree(ROOT / part, tmp_path / part)
    before = hashlib.sha256((tmp_path / "specs" / written).read_bytes()).digest()
    done = cnnparams(tmp_path, f"{command} -o specs/{written}", package=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"specs/{written}: {LOST}")
    assert hashlib.sha256((tmp_path / "specs" / written).read_bytes()).digest() == before


def test_nor_is_an_onnx_file(tmp_path: Path) -> None:
    model = save(tmp_path / "net.onnx", "Relu")
    before = model.read_bytes()
    done = cnnparams(tmp_path, "import net.onnx -o net.onnx")
    assert (done.returncode, done.stdout, done.stderr.endswith(f"net.onnx: {LOST}")) == (2, "", True)
    assert model.read_bytes() == before


@pytest.mark.parametrize("written", ["models.py", "parts.py", "sizes.txt"])
def test_nor_is_the_code_of_a_model_or_what_it_reads(tmp_path: Path, written: str) -> None:
    """The second time it is run from __pycache__, and its text is not even opened."""
    pytest.importorskip("torch")
    (tmp_path / "sizes.txt").write_text("3")
    (tmp_path / "parts.py").write_text(
        "from torch import nn\ndef conv(size): return nn.Sequential(nn.Conv2d(3, 4, size))\n"
    )
    (tmp_path / "models.py").write_text("import parts\ndef small(): return parts.conv(int(open('sizes.txt').read()))\n")
    before = (tmp_path / written).read_text()
    for _ in range(2):
        done = cnnparams(tmp_path, f"import models:small --input 3x8x8 -o {written}")
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{written}: {LOST}")
        assert (tmp_path / written).read_text() == before


def test_what_was_written_is_written_again(folder: Path) -> None:
    for _ in range(2):
        assert cnnparams(folder, "count net.yaml@small --json -o out.json").returncode == 0
    (folder / "chain.json").symlink_to("out.json")
    assert cnnparams(folder, "count net.yaml@large --json -o chain.json").returncode == 0
    assert '"total_params": 40' in (folder / "out.json").read_text()
