"""A Markdown table, for whatever has rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heads: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a title says whether its column is aligned to the right; cells are Markdown."""
    lines = [
        _line([title for title, _ in heads]),
        _line(["---:" if right else "---" for _, right in heads]),
        *(_line(row) for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
