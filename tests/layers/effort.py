"""How many examples the random tests draw: --thorough=N asks for N times as many."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

factor = 1


def examples(count: int) -> settings:
    """Return the settings of a test that usually looks at `count` examples."""
    return settings(
        max_examples=count * factor,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],  # some layers refuse most draws
    )
