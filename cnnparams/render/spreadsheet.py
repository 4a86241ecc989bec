"""CSV, for whatever has rows: what programs read, and what people open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from cnnparams import inert


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([*map(inert.csv, row)] for row in rows)
    return text.getvalue()
