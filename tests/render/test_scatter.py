"""A drawing of points in a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from cnnparams.render.scatter import drawing
from cnnparams.render.sections import Scatter


def places(lines: list[str]) -> dict[str, tuple[int, int]]:
    """Return row (from below) and column of each letter on the canvas."""
    rows = [line[7:] for line in lines if line[6:7] in "│┤"]
    return {
        mark: (len(rows) - i, j) for i, row in enumerate(rows) for j, mark in enumerate(row.rstrip("\n")) if mark != " "
    }


@given(st.lists(st.tuples(st.integers(1, 10**12), st.integers(1, 10**12)), min_size=1, max_size=20))
def test_what_is_more_stands_higher_and_to_the_right(values: list[tuple[int, int]]) -> None:
    lines = list(drawing(Scatter(tuple((f"n{i}", x, y) for i, (x, y) in enumerate(values)), "x", "y")))
    legend = {name: line[2] for line in lines if line[:3].strip() and line[:2] == "  " for name in line[4:].split(", ")}
    at = places(lines)
    points = {f"n{i}": point for i, point in enumerate(values)}
    found = {name.strip(): at[mark] for name, mark in legend.items() if name.strip() in points}
    assert found.keys() == points.keys()
    for a, (x, y) in points.items():
        for b, (other_x, other_y) in points.items():
            assert x <= other_x or found[a][1] >= found[b][1]
            assert y <= other_y or found[a][0] >= found[b][0]


def test_a_power_of_ten_stands_at_its_tick() -> None:
    lines = list(drawing(Scatter((("one", 1000, 1000), ("two", 10_000, 100_000)), "x", "y")))
    rows = [line for line in lines if "a" in line[7:] or "b" in line[7:]][:2]
    assert rows[0].startswith(" 100k ┤")
    assert rows[1].startswith("   1k ┤a")


def test_networks_without_either_are_not_drawn() -> None:
    assert list(drawing(Scatter((("relu", 0, 0),), "parameters", "MACs"))) == [
        "Nothing to draw: no network has both parameters and MACs."
    ]
