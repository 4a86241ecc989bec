"""How far a long run is: a line on standard error, where that is a terminal, gone when the run goes on.

Nothing is written in the first second. What else is printed hides it first.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from cnnparams.cli.messages import draw_status, has_status, hide_status

T = TypeVar("T")
_PATIENCE = 1.0
"""Seconds after which a run is long."""
_PAUSE = 0.1
"""Seconds between two changes of the line: an eye sees no more."""
_BAR = 20


def progress(items: Iterable[T], count: int, label: str, *, beside_rows: bool = False) -> Iterator[T]:
    """Yield the items, and show how many there have been.

    Where rows appear on that terminal as they come (`beside_rows`), they are the progress.
    """
    if beside_rows or not has_status():
        yield from items
        return
    start = drawn = time.monotonic()
    try:
        for done, item in enumerate(items, 1):
            yield item
            now = time.monotonic()
            if now - start > _PATIENCE and now - drawn > _PAUSE:
                draw_status(_bar(label, done, count, (now - start) / done * (count - done)))
                drawn = now
    finally:
        hide_status()


def _bar(label: str, done: int, count: int, left: float) -> str:
    filled = _BAR * done // max(count, 1)
    return f"{label} [{'#' * filled:-<{_BAR}}] {done:,}/{count:,}, {left:,.0f} s left"


@contextmanager
def working(label: str) -> Iterator[None]:
    """Show for how long something is under way of which nobody knows how long it takes."""
    if not has_status():
        yield
        return
    from threading import Event, Thread

    done, start = Event(), time.monotonic()

    def count() -> None:
        while not done.wait(_PATIENCE):
            draw_status(f"{label} ({time.monotonic() - start:.0f} s)")

    thread = Thread(target=count, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        hide_status()
