"""Options of the whole test suite."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.layers import effort

# No test depends on how long it takes: on a busy machine that says nothing of what is tested.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough", type=int, default=1, metavar="N", help="draw N times as many examples in the random tests"
    )
    parser.addoption("--keras", action="store_true", help="make Keras' figures anew, and compare with those kept")
    parser.addoption("--benchmarks", action="store_true", help="measure ratios of time and memory, and print them")


def pytest_configure(config: pytest.Config) -> None:
    if "CNNPARAMS_REGENERATE" in os.environ and config.getoption("numprocesses", None):
        raise pytest.UsageError("CNNPARAMS_REGENERATE writes files, and several processes the same: add -n 0")
    effort.factor = config.getoption("--thorough")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--benchmarks"):
        skip = pytest.mark.skip(reason="runs with --benchmarks")
        for item in items:
            if item.get_closest_marker("benchmark"):
                item.add_marker(skip)
