"""How a problem reads: place, subject, message, the line with carets, notes, hint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.errors import Place, Problem, SpecError, brief, quote, suggest
from cnnparams.inert import printable


def excerpt(text: str, column: int) -> list[str]:
    return Place("net.yaml", 1, column, text).excerpt().splitlines()


def marked(text: str, column: int) -> str:
    """Return what stands above the carets."""
    line, carets = excerpt(text, column)
    return line[carets.index("^") : len(carets)]


def test_a_problem_reads_from_place_to_hint() -> None:
    place = Place("net.yaml", 7, 5, "    kernel_size: 7")
    problem = Problem("does not fit", place, subject="conv2 (conv2d)", hint="use less", notes=("known: 4x4",))
    assert str(problem).splitlines() == [
        "net.yaml:7:5: conv2 (conv2d): does not fit",
        "      kernel_size: 7",
        "      ^^^^^^^^^^^",
        "  known: 4x4",
        "  hint: use less",
    ]


def test_a_problem_without_a_place_names_its_source() -> None:
    assert str(Problem("is a directory", source="specs")) == "specs: is a directory"


def test_a_blank_line_is_not_shown() -> None:
    assert str(Problem("empty", Place("net.yaml", 1, 1, "  "))) == "net.yaml:1:1: empty"


def test_an_error_tells_all_problems() -> None:
    assert str(SpecError([Problem("one"), Problem("two")])) == "one\ntwo"


@pytest.mark.parametrize(
    ("text", "column", "token"),
    [
        ("{type: conv2d, k: 3}", 8, "conv2d"),
        ("{type: conv2d, k: 3}", 2, "type"),
        ("{type: conv2d, k: 3}", 1, "{"),
        ("name: my net # mine", 7, "my net"),
        ("name: my#net", 7, "my#net"),
        ("at: 12:30", 5, "12:30"),
        ('name: "a, b" # c', 7, '"a, b"'),
        ("name: 'a: b'", 7, "'a: b'"),
        ("name: 'never closed", 7, "'never closed"),
        ("- *all", 3, "*all"),
        ("a b: c", 4, ":"),
    ],
)
def test_carets_stand_under_the_token(text: str, column: int, token: str) -> None:
    assert marked(text, column) == token


def test_a_column_behind_the_end_has_one_caret() -> None:
    assert excerpt("layers:", 8) == ["  layers:", "         ^"]


def test_a_long_line_is_cut_around_the_column() -> None:
    line, carets = excerpt("x, " * 100 + "flaten, " + "y, " * 100, 301)
    assert line.startswith("  ...")
    assert line.endswith("...")
    assert len(line) < 110
    assert line[carets.index("^") :].startswith("flaten")


def test_wide_letters_take_two_columns_and_marks_none() -> None:
    assert excerpt("{卷: x}", 5) == ["  {卷: x}", "        ^"[1:]]
    assert excerpt("{e\u0301: x}", 6) == ["  {e\u0301: x}", "       ^"[1:]]
    assert excerpt("{a: 卷積}", 5)[1].count("^") == 4


def test_tabs_and_control_characters_take_one_column() -> None:
    assert excerpt("\tk: \x1b[0m", 5) == ["   k: ?[0m", "      ^"]


@given(
    st.text(alphabet=st.characters(exclude_characters="\r\n\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e"), max_size=300),
    st.data(),
)
def test_any_line_is_shown_in_two_printable_lines(text: str, data: st.DataObject) -> None:
    lines = excerpt(text, data.draw(st.integers(1, len(text) + 1)))
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
    assert set(lines[1].strip()) == {"^"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("text", "'text'"),
        ("two\nlines", "'two lines'"),
        ("\x1b[31m", "'?[31m'"),
        ("x" * 50, f"'{'x' * 37}...'"),
        (None, "nothing"),
        (True, "true"),
        (1.5, "1.5"),
        (10**18, "1000000000000000000"),
        ([1, 2], "a list"),
        ({"a": 1}, "a mapping"),
    ],
)
def test_a_value_is_quoted_in_the_words_of_yaml(value: object, shown: str) -> None:
    assert quote(value) == shown


@given(st.text())
def test_brief_text_is_printable_and_short(text: str) -> None:
    assert brief(text).isprintable()
    assert len(brief(text)) <= 40
    assert len(printable(text)) == len(text)


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("relo", ["tanh", "relu"], "relu"),
        ("RELU6", ["relu", "relu6"], "relu6"),
        ("kernel", ["stride", "kernel_size"], "kernel_size"),
        ("conv", ["conv2d", "conv1d"], "conv2d"),
        ("k", ["kernel_size"], None),
        ("wibble", ["kernel_size"], None),
        ("x" * 10_000, ["x" * 10_000], None),
        ("relu", [], None),
    ],
)
def test_a_misspelt_word_suggests_the_nearest_and_of_equals_the_first(
    word: str, known: list[str], meant: str | None
) -> None:
    assert suggest(word, known) == meant
