"""How many examples the random tests draw: HYPOTHESIS_PROFILE=thorough asks for twenty times as many."""

from __future__ import annotations

import os

from hypothesis import settings

_THOROUGH = 20


def examples(count: int) -> settings:
    """Return the settings of a test that usually looks at `count` examples."""
    factor = _THOROUGH if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1
    return settings(max_examples=count * factor, deadline=None)
