"""How far a long run is, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

T = TypeVar("T")
_PATIENCE = 1.0
"""Seconds after which a run is long."""


def progress(items: Iterable[T], count: int, label: str, *, beside_rows: bool = False) -> Iterator[T]:
    """Yield the items; where that takes longer than a second, show a bar on standard error if it is a terminal.

    Where rows appear on that terminal as they come (`beside_rows`), they are the progress.
    """
    if not sys.stderr or not sys.stderr.isatty() or (beside_rows and sys.stdout and sys.stdout.isatty()):
        yield from items
        return
    start, done, waiting = time.monotonic(), 0, iter(items)
    for item in waiting:
        yield item
        done += 1
        if time.monotonic() - start > _PATIENCE:
            break
    else:
        return
    with click.progressbar(length=count, label=label, file=sys.stderr) as bar:
        bar.update(done)
        for item in waiting:
            yield item
            bar.update(1)
