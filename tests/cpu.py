"""How long tests may take: in the processor's time, which other work on a busy machine does not lengthen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail where what is done takes more of the processor's time, that of processes waited for included.

    The bounds are many times what is seen: they are for what grows without end.
    """
    start = _spent()
    yield
    assert _spent() - start < seconds


def _spent() -> float:
    return sum(os.times()[:4])
