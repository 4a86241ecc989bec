"""Any network as YAML with blocks."""

from typing import Any

import pytest

import cnnparams
from tests.cli.run import run


def test_what_repeats_is_written_as_the_command_writes_it() -> None:
    network = cnnparams.load("resnet18")
    text = cnnparams.to_yaml(network)
    assert text == cnnparams.to_yaml("resnet18") == run("import", "resnet18").stdout
    assert "blocks:" in text
    assert cnnparams.load(text).params == network.params
    assert cnnparams.to_yaml("resnet18", flat=True) == run("import", "resnet18", "--flat").stdout


def test_what_no_layer_does_is_an_error_or_a_mark() -> None:
    torch = pytest.importorskip("torch")

    class Deciding(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return x if x.max() > 0 else -x

    with pytest.raises(cnnparams.SpecError, match="values of a tensor"):
        cnnparams.to_yaml(Deciding(), input=(3, 8, 8), mode="eval")
    with pytest.warns(cnnparams.CnnparamsWarning, match="all samples|values of a tensor"):
        assert "# " in cnnparams.to_yaml(Deciding(), input=(3, 8, 8), mode="eval", partial=True)
