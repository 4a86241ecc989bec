"""The README and the pages of docs/, and the examples in them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.specs import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ (.*)\n", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: its page, the line it starts in, its language and its text."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


class Example(NamedTuple):
    """A command and what it prints."""

    command: str
    output: str


def blocks(*languages: str) -> list[Block]:
    """Return the blocks of these languages in all pages."""
    return [block for page in PAGES for block in _blocks(page) if block.language in languages]


def _blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        yield Block(page, text.count("\n", 0, match.start()) + 1, match[1], match[2])


def examples(block: Block) -> list[Example]:
    """Return the commands of a console block, each with the output that follows it."""
    parts = _COMMAND.split(block.text)
    assert parts[0] == "", f"{block}: a console block starts with a command"
    return [Example(*pair) for pair in zip(parts[1::2], parts[2::2], strict=True)]


def session(page: Path) -> str:
    """Return the Python sessions of a page as one, which has the page's lines where they stand."""
    lines = [""] * page.read_text(encoding="utf-8").count("\n")
    for block in _blocks(page):
        if block.language == "python" and ">>>" in block.text:
            written = block.text.splitlines()
            lines[block.line : block.line + len(written)] = written
    return "\n".join(lines)
