"""How those who get the tool's text read it: what of it they would obey, follow, run or not see.

Each reader is another's program, or its rule written down from its source; none knows how the text was made.
"""

import csv
import io
import re
import unicodedata
from html.parser import HTMLParser

from markdown_it import MarkdownIt

# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt, Default_Ignorable_Code_Point, all of it
IGNORABLE = frozenset(
    chr(code)
    for first, last in (
        (0xAD, 0xAD),
        (0x34F, 0x34F),
        (0x61C, 0x61C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFF8),
        (0x1BCA0, 0x1BCA3),
        (0x1D173, 0x1D17A),
        (0xE0000, 0xE0FFF),
    )
    for code in range(first, last + 1)
)
_COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_FOLLOWED = re.compile(r"(?<!\w)[@#]\w|\w@\w+\.\w|\b(https?|ftp)://|\bwww\.|\bGH-\d", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[\d.,]*([eE][-+]?\d+)?")


def unseen(text: str) -> set[str]:
    """Return the characters of lines that a terminal obeys or does not show."""
    return {
        c for c in text if c != "\n" and (c in IGNORABLE or unicodedata.category(c)[0] in "C" or c in "\u2028\u2029")
    }


def commands(text: str) -> list[str]:
    """Return the lines that GitHub's runner may obey (actions/runner, ActionCommand.cs, TryParseV2 and TryParse)."""
    return [line for line in re.split("[\r\n]", text) if line.lstrip().startswith("::") or "##[" in line]


def markdown_tokens(text: str) -> set[str]:
    """Return the kinds of inline and block tokens in Markdown."""
    tokens = _COMMONMARK.parse(text)
    return {token.type for token in tokens} | {inner.type for token in tokens for inner in token.children or ()}


def markdown_text(text: str) -> str:
    """Return what a reader sees of Markdown."""
    parsed = (inner for token in _COMMONMARK.parse(text) for inner in token.children or ())
    return " ".join(inner.content for inner in parsed if inner.type == "text")


def followed(text: str) -> list[str]:
    """Return what GitHub makes a link of in text once it is read: people, issues, addresses (GFM 6.9)."""
    return [found.group() for found in _FOLLOWED.finditer(markdown_text(text))]


def formulas(text: str) -> list[str]:
    """Return the cells of CSV that a spreadsheet computes (OWASP, CSV Injection); a number is none."""
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    return [cell for cell in cells if cell.strip()[:1] in tuple("=+-@") and not _NUMBER.fullmatch(cell)]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def html(text: str) -> tuple[set[str], str]:
    """Return the tags of HTML, and its text."""
    reader = _Tags()
    reader.feed(text)
    reader.close()
    return reader.tags, reader.text
