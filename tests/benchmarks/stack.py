"""Count a stack of N equal layers, written out or by repeat, and print seconds and peak kilobytes per layer.

usage: stack.py N written|repeat|block
"""

import gc
import json
import resource
import sys
import time
from collections.abc import Callable

from cnnparams.engine.network.build import build
from cnnparams.engine.reports.measure import measure
from cnnparams.schema.compose import compose
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text

LAYER = "type: conv2d, out_channels: 16, kernel_size: 3, padding: 1, activation: relu"
HEAD = f"input: {{channels: 16, height: 32, width: 32}}\nblocks: {{pair: {{layers: [{{{LAYER}}}, {{{LAYER}}}]}}}}\n"
BODIES: dict[str, Callable[[int], str]] = {
    "written": lambda n: f"  - {{{LAYER}}}\n" * n,
    "repeat": lambda n: f"  - {{{LAYER}, repeat: {n}}}\n",
    "block": lambda n: f"  - {{block: pair, repeat: {n // 2}}}\n",
}


def count(n: int, form: str) -> float:
    """Return the CPU seconds that a stack takes from its text to its report."""
    text = f"{HEAD}layers:\n{BODIES[form](n)}"
    start = time.process_time()
    report = measure(build(parse(compose(Text("stack.yaml", text)))))
    seconds = time.process_time() - start
    assert len(report.layers) == n
    return seconds


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    gc.disable()  # as the command line does
    layers, shape = int(sys.argv[1]), sys.argv[2]
    count(2, shape)  # what is loaded and made once
    before, runs = peak(), max(1, 10_000 // layers)
    per_layer = min(count(layers, shape) for _ in range(runs)) / layers
    print(json.dumps([per_layer, max(0, peak() - before) / layers / runs]))
