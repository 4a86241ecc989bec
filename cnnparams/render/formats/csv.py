"""CSV, which programs read and people open in a spreadsheet: numbers without separators."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from cnnparams import inert
from cnnparams.render.answer import Answer
from cnnparams.render.view import View
from cnnparams.render.writing import plain


class _Record:
    """A file that gives back what is written to it, which csv's writer then returns."""

    def write(self, text: str) -> str:
        return text


def render(answer: Answer, view: View) -> Iterator[str]:
    """Yield a header, and a line for each record as soon as it is known."""
    table = answer.records(view.layout)
    write = csv.writer(_Record(), lineterminator="\n").writerow
    kinds = [head.kind for head in table.heads]
    yield _returned(write([inert.csv(head.key) for head in table.heads]))
    for row in table.rows:
        values = (plain(value, kind, view.layout) for value, kind in zip(row.values, kinds, strict=True))
        yield _returned(write([*map(inert.csv, values)]))


def _returned(written: object) -> str:
    return str(written)  # what _Line gave back; typeshed knows it as a number
