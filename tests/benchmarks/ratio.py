"""Whole processes against one another: CPU time and peak memory, as ratios of medians taken in one run."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.specs import ROOT

RUNS = 15
MEASURE = Path(__file__).parent / "measure.py"


class Ratio(NamedTuple):
    """One command's medians over another's."""

    seconds: float
    peak: float

    def __str__(self) -> str:
        return f"time {self.seconds:.2f}, peak memory {self.peak:.2f}"


def compare(one: Sequence[str], other: Sequence[str], runs: int = RUNS) -> Ratio:
    """Run two Python commands in turn, the arguments of each given, and return the ratio of their medians."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    measure = [sys.executable, str(MEASURE), *map(json.dumps, (runs, one, other))]
    done = subprocess.run(measure, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    first, second = json.loads(done.stdout)
    return Ratio(first[0] / second[0], first[1] / second[1])
