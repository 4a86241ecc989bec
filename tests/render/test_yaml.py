from __future__ import annotations

from cnnparams.render.yaml import marked, spec_lines

SPEC = {"name": "net", "layers": [{"type": "a.b", "name": "0.fft"}, {"type": "relu", "name": "1"}]}


def test_a_remark_stands_above_its_layer_as_comments() -> None:
    lines = marked(spec_lines(SPEC), {"1": "net.py:3: so\n  hint: or so", "2": "nothing"})
    assert "".join(lines) == (
        "name: net\n"
        "layers:\n"
        "  - {type: a.b, name: 0.fft}\n"
        "  # net.py:3: so\n"
        "  #   hint: or so\n"
        '  - {type: relu, name: "1"}\n'
    ).replace("name: 0.fft", 'name: "0.fft"')
