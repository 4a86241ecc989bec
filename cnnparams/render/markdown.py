"""A Markdown table, for whatever has rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heads: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a title says whether its column is aligned to the right, a cell is Markdown (see `escape`)."""
    lines = [
        _line([title for title, _ in heads]),
        _line(["---:" if right else "---" for _, right in heads]),
        *(_line(row) for row in rows),
    ]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Return text as Markdown that a table's cell can hold."""
    for character in "\\|*_`<":
        text = text.replace(character, "\\" + character)
    return text


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
