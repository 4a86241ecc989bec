"""How much the tool adds to what its libraries cost to import."""

import pytest

from tests.benchmarks.ratio import compare

pytestmark = pytest.mark.benchmark

COUNT = ["-m", "cnnparams", "count", "specs/simple_cnn.yaml", "--json"]
LIBRARIES = "import click, yaml, pydantic"
ONE_MODEL = f"""
{LIBRARIES}
class Model(pydantic.BaseModel):
    n: int
Model(n=1)
"""


@pytest.mark.parametrize(
    ("name", "command", "baseline", "most", "peak"),
    [
        ("--help / import click", ["-m", "cnnparams", "--help"], ["-c", "import click"], 1.5, 1.3),
        ("count --json / import click, yaml, pydantic", COUNT, ["-c", LIBRARIES], 3.5, 2.1),
        ("count --json / the same and one pydantic model", COUNT, ["-c", ONE_MODEL], 1.6, 1.3),
        ("one pydantic model / import click, yaml, pydantic", ["-c", ONE_MODEL], ["-c", LIBRARIES], 3.5, 2.1),
    ],
)
def test_whole_process(
    name: str, command: list[str], baseline: list[str], most: float, peak: float, capsys: pytest.CaptureFixture[str]
) -> None:
    ratio = compare(command, baseline)
    with capsys.disabled():
        print(f"\n{name}: {ratio}")
    assert ratio.seconds < most
    assert ratio.peak < peak
