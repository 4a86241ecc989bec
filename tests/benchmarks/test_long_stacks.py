"""A stack of ten thousand layers, in every format, to a pipe and to a terminal."""

from pathlib import Path

import pytest

from tests.benchmarks.ratio import compare

pytestmark = pytest.mark.benchmark

LAYERS = 10_000
ENTRY = "  - {type: conv2d, out_channels: 16, kernel_size: 3, padding: 1, activation: relu}\n"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stack") / "deep.yaml"
    path.write_text("input: {channels: 16, height: 32, width: 32}\nlayers:\n" + ENTRY * LAYERS)
    return path


@pytest.mark.parametrize("format_", ["table", "csv", "markdown", "jsonl"])
def test_a_format_against_json(stack: Path, format_: str, capsys: pytest.CaptureFixture[str]) -> None:
    count = ["-m", "cnnparams", "count", str(stack)]
    ratio = compare([*count, "--format", format_], [*count, "--json"], runs=3)
    with capsys.disabled():
        print(f"\n{LAYERS:,} layers, {format_} / json: {ratio}")
    assert ratio.seconds < 2


@pytest.mark.parametrize("columns", ["60", "120"])
def test_the_table_on_a_terminal_against_json(
    stack: Path, columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    arguments = ["-m", "cnnparams", "count", str(stack)]
    on_terminal = f"import pty, sys; sys.exit(pty.spawn([sys.executable, *{arguments}]))"
    ratio = compare(["-c", on_terminal], [*arguments, "--json"], runs=3)
    with capsys.disabled():
        print(f"\n{LAYERS:,} layers, table on a terminal of {columns} columns / json: {ratio}")
    assert ratio.seconds < 2
