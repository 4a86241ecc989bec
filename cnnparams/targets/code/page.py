"""Classes -> the text of a module: what it imports, the classes, and a count of the parameters where it is run."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence

from cnnparams.engine.reports.report import PortReport, Report
from cnnparams.errors import listed
from cnnparams.inert import log, printable
from cnnparams.targets.code.classes import ClassCode

WIDTH = 88

_INDENT = "    "
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"| (?:for|if|else|or|and|[-+*/]) |, |[(\[{]|[)\]}]|[^"()\[\]{}, ]+|.')
_START = re.compile(r'(?:return |if |(?:[\w.\[\]"]+, )*[\w.\[\]"]+ = )?')
_NAMED = re.compile(r'(?:\*|\w+=|"\w+": )?')
_COMMA = (", ",)
_OPERATORS = ((" for ",), (" if ", " else "), (" or ",), (" and ",), (" + ", " - "), (" * ", " / "))
"""Where a line may be broken, the weakest first."""


def lines(statement: str, depth: int) -> list[str]:
    """Return the lines of a statement, indented to a depth."""
    if _fits(statement, depth):
        return [_INDENT * depth + statement]
    start = _matched(_START, statement)
    end = ":" if start == "if " else ""
    value = statement[len(start) : len(statement) - len(end)]
    if "," in start or len(_parts(value, _COMMA)) > 1 or len(_operands(value)) > 1:
        return [f"{_INDENT * depth}{start}(", *_inside(value, depth + 1, each=True), f"{_INDENT * depth}){end}"]
    return list(_bracketed(start, value, end, depth))


def _fits(text: str, depth: int) -> bool:
    return len(_INDENT) * depth + len(text) <= WIDTH


def _matched(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return found.group() if found else ""


def _inside(body: str, depth: int, *, each: bool) -> Iterator[str]:
    """Yield the lines of what stands between brackets; `each` item of several has a line of its own."""
    items = _parts(body, _COMMA)
    if _fits(body, depth) and not (each and len(items) > 1):
        yield _INDENT * depth + body
    elif len(items) > 1:
        for item in items:
            yield from _item(item.removeprefix(", "), ",", depth)
    else:
        yield from _item(body, "", depth)


def _item(item: str, end: str, depth: int) -> Iterator[str]:
    """Yield the lines of one of several things between brackets."""
    if _fits(item + end, depth):
        yield f"{_INDENT * depth}{item}{end}"
        return
    *operands, last = _operands(item)
    for operand in operands:
        yield from _operand(operand, "", depth)
    yield from _operand(last, end, depth)


def _operand(operand: str, end: str, depth: int) -> Iterator[str]:
    start = _matched(_NAMED, operand)
    if _fits(operand + end, depth):
        yield f"{_INDENT * depth}{operand}{end}"
    else:
        yield from _bracketed(start, operand[len(start) :], end, depth)


def _bracketed(start: str, value: str, end: str, depth: int) -> Iterator[str]:
    """Yield the lines of what has brackets: up to them, what is between, and from them on."""
    groups = _groups(value)
    if not groups:
        yield f"{_INDENT * depth}{start}{value}{end}"
        return
    opened, closed = next((at for at in reversed(groups) if _fits(start + value[: at[0]], depth)), groups[0])
    yield f"{_INDENT * depth}{start}{value[:opened]}"
    called = re.search(r"[\w)\]][(\[]$", value[:opened])
    yield from _inside(value[opened:closed], depth + 1, each=not called)
    yield f"{_INDENT * depth}{value[closed:]}{end}"


def _operands(text: str) -> list[str]:
    """Return what stands between the weakest operators, each with the operator before it."""
    return next((parts for signs in _OPERATORS if len(parts := _parts(text, signs)) > 1), [text])


def _parts(text: str, signs: Collection[str]) -> list[str]:
    """Cut a text before these signs, where they are not inside of brackets or quotes."""
    parts, level = [""], 0
    for token in _TOKEN.findall(text):
        level += (token in "([{") - (token in ")]}")
        if level == 0 and token in signs:
            parts.append("")
        parts[-1] += token if parts[-1] or len(parts) == 1 or token == ", " else token.lstrip()
    return parts


def _groups(text: str) -> list[tuple[int, int]]:
    """Return where the outermost brackets that hold something are: after the opening one, and before the closing."""
    groups, level, at, opened = [], 0, 0, 0
    for token in _TOKEN.findall(text):
        if token in "([{":
            level += 1
            opened = at + 1 if level == 1 else opened
        elif token in ")]}":
            level -= 1
            if level == 0 and at > opened:
                groups.append((opened, at))
        at += len(token)
    return groups


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


def page(report: Report, classes: Sequence[ClassCode], description: str, notes: Mapping[str, str]) -> str:
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


def _class(found: ClassCode, docstring: Sequence[str]) -> str:
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
