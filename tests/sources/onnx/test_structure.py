"""Whatever a file of the right form says, there is an answer that holds, or a word on what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from cnnparams.errors import SpecError
from cnnparams.render.yaml import spec_lines
from cnnparams.sources.checking import spec_differences
from cnnparams.sources.onnx import open as read
from cnnparams.sources.structure.recover import recovered
from tests.layers.effort import examples
from tests.sources.onnx import test_operations, test_patterns
from tests.sources.onnx.drawn_files import files, spoiled
from tests.sources.onnx.models import save


def answered(path: str) -> bool:
    """Read a file as the command does; tell whether it is read whole. What is no error of the file's is raised."""
    try:
        reading = read(path)
    except SpecError:
        return False
    for text in (*map(str, reading.gaps), *reading.remarks):
        assert all(line.isprintable() and len(line) < 1000 for line in text.splitlines())
    if reading.gaps:
        "".join(spec_lines(reading.spec))
        return False
    assert reading.totals is not None
    assert list(spec_differences("".join(spec_lines(recovered(reading.spec))), reading.totals)) == []
    return True


VALID = [
    file.proto().SerializeToString() for file, _ in (*test_operations.CASES.values(), *test_patterns.CASES.values())
]


@given(file=spoiled(VALID))
@examples(300)
def test_a_file_that_is_right_but_for_some_things_gets_an_answer(
    file: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    answered(save(file, tmp_path_factory.mktemp("spoiled")))


@given(file=files())
@examples(300)
def test_a_drawn_file_gets_an_answer(file: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    answered(save(file, tmp_path_factory.mktemp("drawn")))
