"""Networks side by side: ratios to the first, and order."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.costs.quantity import Kind
from cnnparams.engine.costs.register import find_total
from cnnparams.engine.reports.grid import Grid, Heading, Row, side_by_side, with_ratios
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.ranking import Ranking
from tests.specs import graph_of

HEADINGS = (Heading("name", "Name", Kind.TEXT), Heading("n", "N", Kind.COUNT), Heading("rf", "RF", Kind.PER_AXIS))
PLAIN = "input: {features: 4}\nlayers: [{type: linear, out_features: 3}]"
IMAGE = "input: {channels: 1, height: 8, width: 8}\nlayers: [{type: conv2d, out_channels: 2, kernel_size: 3}]"


def grid(*rows: tuple[object, ...]) -> Grid:
    return Grid(HEADINGS, [Row(row) for row in rows])


def test_a_ratio_is_to_the_first_row() -> None:
    rows = with_ratios(grid(("a", 4, (2, 8)), ("b", 6, (16, 4)))).rows
    assert [row.ratios for row in rows] == [(None, 1.0, 1.0), (None, 1.5, 2.0)]


def test_nothing_is_a_ratio_to_nothing() -> None:
    rows = with_ratios(grid(("a", 0, None), ("b", 6, (16, 4)))).rows
    assert [row.ratios for row in rows] == [(None, None, None)] * 2


@given(st.lists(st.integers(0, 10**12), min_size=1))
def test_ratios_times_the_first_are_the_values(numbers: list[int]) -> None:
    rows = list(with_ratios(grid(*(("x", n, None) for n in numbers))).rows)
    for n, row in zip(numbers, rows, strict=True):
        ratio = row.ratios[1]
        assert ratio is None if numbers[0] == 0 else abs(Fraction(ratio or 0) * numbers[0] - n) <= Fraction(n, 10**12)


def test_rows_are_ordered_by_a_column_those_without_a_value_last() -> None:
    rows = grid(("b", 3, None), ("a", 1, (5, 5)), ("c", 2, (4, 6)))

    def names(key: str, *, descending: bool = False) -> str:
        at = [heading.key for heading in HEADINGS].index(key)
        ranking = Ranking(HEADINGS[at], descending)
        return "".join(row.values[0] for row in ranking.rank(rows.rows, lambda row: row.values[at]))

    assert names("name") == "abc"
    assert names("n") == "acb"
    assert names("n", descending=True) == "bca"
    assert names("rf") == "acb"
    assert names("rf", descending=True) == "cab"


def test_a_column_that_no_network_has_is_left_out() -> None:
    fields = ["largest_receptive_field"]
    plain, image = (measure(graph_of(text), fields) for text in (PLAIN, IMAGE))
    assert "rf" not in [heading.key for heading in side_by_side([plain]).headings]
    together = side_by_side([plain, image])
    at = [heading.key for heading in together.headings].index("largest_receptive_field")
    assert [row.values[at] for row in together.rows] == [None, (3, 3)]


def test_any_total_can_be_a_column() -> None:
    report = measure(graph_of(IMAGE))
    assert "buffers" not in [heading.key for heading in side_by_side([report]).headings]
    assert "buffers" in [heading.key for heading in side_by_side([report], [find_total("buffers")]).headings]
