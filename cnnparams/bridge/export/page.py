"""Classes -> the text of a module: what it imports, the classes, and a count of the parameters where it is run."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from cnnparams.bridge.export.book import Class
from cnnparams.bridge.export.layout import WIDTH, lines
from cnnparams.engine.report import PortReport, Report
from cnnparams.errors import listed
from cnnparams.inert import log, printable

_IMPORTS = (
    (r"\bmath\.", "import math"),
    (r"\bOrderedDict\(", "from collections import OrderedDict"),
    (r"\btorch\.", "import torch"),
    (r"\bF\.", "import torch.nn.functional as F"),
    ("", "from torch import nn"),
)
"""What shows that a module needs an import."""

_MAKE_DIVISIBLE = '''\
def make_divisible(value, divisor=8, least=None):
    """Round to the nearest multiple of the divisor, but by a tenth down at most."""
    least = divisor if least is None else least
    rounded = max(least, math.floor((value + divisor / 2) / divisor) * divisor)
    return int(rounded + divisor if rounded < 0.9 * value else rounded)
'''

_FIXED = "\N{NO-BREAK SPACE}"

_MAIN = """\
if __name__ == "__main__":
    model = {name}()
    print(sum(p.numel() for p in model.parameters() if p.requires_grad))
"""


def page(report: Report, classes: Sequence[Class], description: str, notes: Mapping[str, str]) -> str:
    """Return the text of a module, whose last class is the network; `notes` are on the blocks of classes."""
    said = [_docstring([_plain(notes.get(found.block or "", ""))], 1) for found in classes[:-1]]
    said.append(_docstring(_totals(report), 1))
    body = [*map(_class, classes, said), _MAIN.format(name=classes[-1].name)]
    if any("make_divisible(" in part for part in body):
        body.insert(0, _MAKE_DIVISIBLE)
    imports = [line for sign, line in _IMPORTS if any(re.search(sign, part) for part in body)]
    own = [line for line in imports if "torch" not in line]
    head = [*_docstring([_plain(f"{report.name} in PyTorch, exported by cnnparams."), _plain(description)], 0), ""]
    head += [*own, *([""] if own else []), *(line for line in imports if "torch" in line)]
    return "\n\n".join(["\n".join(head) + "\n", *body])


def _class(found: Class, docstring: Sequence[str]) -> str:
    inside = [line for statement in found.lines for line in _laid_out(statement)]
    gap = [""] if docstring and inside else []
    text = [f"class {found.name}({found.base}):", *docstring, *gap, *inside]
    return "\n".join(text) + "\n"


def _laid_out(line: str) -> Iterator[str]:
    statement = line.lstrip()
    depth = (len(line) - len(statement)) // 4
    yield from lines(statement, depth) if statement and not statement.startswith("#") else [line]


def _totals(report: Report) -> list[str]:
    inputs, outputs = (_shapes(ports) for ports in (report.inputs, report.outputs))
    frozen = f", of which {report.frozen_params:,} are frozen" if report.frozen_params else ""
    counts = f"{report.total_params:,} parameters{frozen}, {report.total_macs:,} multiply-accumulates."
    return [f"{_plain(report.name)}: {inputs} -> {outputs}.", counts]


def _shapes(ports: Sequence[PortReport]) -> str:
    """Return shapes as PyTorch has them, with N samples."""
    return listed([f"(N, {', '.join(map(str, port.shape.dims))})".replace(" ", _FIXED) for port in ports], "and")


def _plain(text: str) -> str:
    """Return a text of the spec in one line, printable."""
    return printable(" ".join(text.split()))


def _wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text as they may stand in a docstring: nothing in them can end it, or means more."""
    lines = textwrap.wrap(text, width)
    return [log(line.replace(_FIXED, " ").replace("\\", "\\\\").replace('"', "'")) for line in lines]


def _docstring(paragraphs: Sequence[str], depth: int) -> list[str]:
    """Return the lines of a docstring."""
    indent = "    " * depth
    wrapped = [_wrapped(text, WIDTH - len(indent) - 3) for text in paragraphs if text]
    if not wrapped:
        return []
    first, *others = wrapped
    if not others and len(first) == 1 and len(first[0]) + len(indent) + 6 <= WIDTH:
        return [f'{indent}"""{first[0]}"""']
    text = "\n\n".join("\n".join(part) for part in (first, *others))
    return [*(f"{indent}{line}".rstrip() for line in f'"""{text}'.splitlines()), f'{indent}"""']
