"""YAML to values: merges, aliases, quotes, and the places that everything came from."""

from __future__ import annotations

from typing import Any

import pytest

from cnnparams.errors import SpecError
from cnnparams.schema.compose import compose
from cnnparams.schema.source import Document, KeyPath, Text


def document(text: str) -> Document:
    return compose(Text("net.yaml", text))


def values(text: str) -> Any:
    return document(text).root


def place(text: str, *path: str | int, key: bool = False) -> tuple[int, int]:
    found = document(text).place(path, key=key)
    return found.line, found.column


def test_quoted_words_and_numbers_are_text() -> None:
    assert values("""{a: "1", b: '2', c: "true", d: ! 3}""") == {"a": "1", "b": "2", "c": "true", "d": "3"}


def test_block_text_is_text() -> None:
    assert values("a: |\n  1\nb: >\n  2\n  3\n") == {"a": "1\n", "b": "2 3\n"}


def test_keys_are_text_as_written() -> None:
    assert list(values("{1: a, true: b, ~: c}")) == ["1", "true", "~"]


def test_a_mark_of_byte_order_and_a_start_of_document_are_no_content() -> None:
    assert values("%YAML 1.2\n---\na: 1\n...\n") == {"a": 1}


def test_an_alias_is_what_it_repeats() -> None:
    assert values("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}


def test_an_anchor_may_be_given_anew() -> None:
    assert values("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_a_merge_adds_what_is_not_written() -> None:
    assert values("a: &x {k: 1, s: 2}\nb: {<<: *x, k: 3}\n")["b"] == {"k": 3, "s": 2}
    assert values("a: &x {k: 1, s: 2}\nb: {k: 3, <<: *x}\n")["b"] == {"k": 3, "s": 2}


def test_of_several_merged_the_first_wins() -> None:
    assert values("a: &x {k: 1}\nb: &y {k: 2, s: 2}\nc: {<<: [*x, *y]}\n")["c"] == {"k": 1, "s": 2}


def test_a_merged_value_keeps_the_place_it_was_written_in() -> None:
    text = "a: &x {k: 1}\nb: {<<: *x}\n"
    assert place(text, "b", "k") == (1, 11)
    assert place(text, "b", "k", key=True) == (1, 8)


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), (1, 1), (1, 1)),
        (("input",), (1, 8), (1, 1)),
        (("input", "features"), (1, 19), (1, 9)),
        (("layers",), (3, 3), (2, 1)),
        (("layers", 0), (3, 5), (3, 5)),
        (("layers", 1, "type"), (4, 11), (4, 5)),
        (("layers", 1, "kernel_size", 1), (5, 22), (5, 22)),
    ],
)
def test_a_value_and_its_key_have_their_places(path: KeyPath, value: tuple[int, int], key: tuple[int, int]) -> None:
    text = "input: {features: 8}\nlayers:\n  - relu\n  - type: conv\n    kernel_size: [3, 3]\n"
    assert place(text, *path) == value
    assert place(text, *path, key=True) == key


@pytest.mark.parametrize("missing", [("layers", 1), ("layers", 0, "name"), ("layers", "name"), ("layers", 0, 5, "x")])
def test_the_place_of_what_is_missing_is_where_it_should_be(missing: KeyPath) -> None:
    text = "layers:\n  - relu\n"
    expected = (2, 5) if len(missing) > 2 else (2, 3)
    assert place(text, *missing) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_lines_end_as_yaml_has_it(end: str) -> None:
    found = document(f"a: 1{end}b: 2{end}").place(("b",))
    assert (found.line, found.column, found.text) == (2, 4, "b: 2")


def test_columns_count_characters_not_bytes() -> None:
    assert place("{卷積: 層, b: 1}", "b") == (1, 12)


@pytest.mark.parametrize("text", ["\ud800", 'a: "\\ud800"', "a: \x07", "a: \ufffe"])
def test_what_is_no_character_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        document(text)
