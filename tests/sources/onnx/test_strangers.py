"""What a file calls its parts is only text in the spec, on the terminal and in the log."""

from pathlib import Path

import pytest
import yaml

from tests import readers
from tests.bad_runs import cnnparams
from tests.sources.onnx.models import File, node
from tests.test_names import HOSTILE


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("known", [True, False])
def test_names_of_a_file_are_only_text(text: str, known: bool, tmp_path: Path) -> None:
    nodes = [
        node("Conv", ["x", f"{text}.weight"], ["a"], name=text),
        node("Relu" if known else text, ["a"], ["b"], name=f"{text}2"),
        node("Conv", ["b", text], ["y"], name=f"::{text}"),
    ]
    proto = File(nodes, (1, 3, 8, 8), {f"{text}.weight": (4, 3, 3, 3), text: (4, 4, 1, 1)}).proto()
    proto.graph.name = text
    path = tmp_path / "net.onnx"
    path.write_bytes(proto.SerializeToString())
    for words in ((), ("--flat",), ("--partial",), ("--json",)):
        done = cnnparams("import", str(path), *words)
        assert done.code in ((0,) if known else (1, 2))
        assert readers.unseen(done.out) == readers.unseen(done.err) == set()
        assert readers.commands(done.out) == readers.commands(done.err) == []
        if known:
            back = tmp_path / "back.yaml"
            back.write_text(done.out, encoding="utf-8")
            assert yaml.safe_load(done.out)
            assert cnnparams("count", str(back)).code == 0
