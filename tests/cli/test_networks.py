"""The specs that a command takes, families among them."""

from pathlib import Path

import pytest

from cnnparams.cli.networks import load_networks
from cnnparams.errors import SpecError

FAMILY = """
vars: {width: 4, spare: 1}
variants: {small: {}, large: {width: 16}}
input: {channels: 3, height: 8, width: 8}
layers: [{type: conv2d, out_channels: width, kernel_size: 3, groups: 1 if width < 8 else 3}]
"""


@pytest.fixture
def family(tmp_path: Path) -> str:
    path = tmp_path / "family.yaml"
    path.write_text(FAMILY)
    return str(path)


@pytest.mark.filterwarnings("ignore::cnnparams.CnnparamsWarning")  # as the command line has it
def test_a_problem_of_one_member_says_whose_it_is(family: str) -> None:
    with pytest.raises(SpecError) as raised:
        load_networks([family], families=True)
    (problem,) = raised.value.problems
    assert problem.notes[-1] == "in the variant large"
    assert "out_channels 16" in problem.message


@pytest.mark.filterwarnings("ignore::cnnparams.CnnparamsWarning")  # as the command line has it
def test_a_remark_that_all_members_earn_is_told_once(family: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert [network.name for network in load_networks([family], {"width": 3}, families=True)] == ["small", "large"]
    assert capsys.readouterr().err.count("warning: nothing uses the var 'spare'") == 1
