"""Bytes to text: only UTF-8 is read, and what is not says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnparams.errors import SpecError
from cnnparams.schema.source import Text, read


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return tmp_path / "net.yaml"


def refusal(spec: Path, data: bytes) -> str:
    spec.write_bytes(data)
    with pytest.raises(SpecError) as caught:
        read(spec)
    return str(caught.value).removeprefix(str(spec))


def test_utf_8_is_read_with_and_without_its_mark(spec: Path) -> None:
    for data in ("é: 1".encode(), "é: 1".encode("utf-8-sig")):
        spec.write_bytes(data)
        assert read(spec) == Text(str(spec), "é: 1")


def test_a_wrong_byte_is_shown_in_its_line(spec: Path) -> None:
    assert refusal(spec, b"a: 1\r\nname: caf\xe9 noir\n").splitlines()[:3] == [
        ":2:10: not UTF-8: byte 0xe9",
        "  name: caf\ufffd noir",
        "           ^^^^^^",
    ]


def test_utf_16_is_named(spec: Path) -> None:
    assert refusal(spec, "a: 1".encode("utf-16")).startswith(": is UTF-16 text, not UTF-8\n")


def test_bytes_that_are_no_text_are_named(spec: Path) -> None:
    assert refusal(spec, b"\x89PNG\0\0").startswith(": is not a text file\n")


def test_a_place_beyond_the_text_has_no_line_to_show() -> None:
    place = Text("net.yaml", "a\nb").place(7, 2)
    assert (str(place), place.text) == ("net.yaml:8:3", "")
