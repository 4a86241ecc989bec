"""What other tools print is our number and the terms that the docs name, to the unit."""

from typing import Any

import pytest

import cnnparams
from tests.specs import ROOT, reference

FIGURES = reference("other_tools.json")
PRINTED = [pytest.param(row, id=f"{row['tool']}-{row['what']}-{row['network']}") for row in FIGURES["printed"]]


@pytest.mark.parametrize("network", FIGURES["networks"])
def test_our_numbers_are_those_that_the_terms_begin_with(network: str) -> None:
    report, expected = cnnparams.count(network), FIGURES["networks"][network]
    assert (report.total_params, report.total_macs) == (expected["params"], expected["macs"])


@pytest.mark.parametrize("row", PRINTED)
def test_a_printed_number_is_ours_and_its_terms(row: dict[str, Any]) -> None:
    report, terms = cnnparams.count(row["network"]), FIGURES["networks"][row["network"]]["terms"]
    ours = {"params": report.total_params, "macs": report.total_macs}[row["of"]]
    assert row["value"] == row["times"] * ours + sum(times * terms[name] for name, times in row["plus"].items())


@pytest.mark.parametrize("row", PRINTED)
def test_the_page_shows_it(row: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "other-tools.md").read_text(encoding="utf-8")
    assert f"{row['value']:,}" in page
