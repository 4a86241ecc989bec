"""What is drawn from all of Unicode is only text to whoever reads it."""

import json

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cnnparams import inert
from tests import readers

WORDS = r""":: error ##[ @ #1 [ ]( ]: ![ http:// www. <b> &#64; ` * _ | \ = + - > $ $( { } " ' a GH-1 ~~ --- % ^ %0A"""
SPACES = ["\n", "\r", " ", "    ", "\t", "\x85"]
UNSEEN = ["\u200d", "\x1b[31m", "\u3164", "\ufe0f", "\u202e"]
PIECES = st.sampled_from([*WORDS.split(), *SPACES, *UNSEEN, "1. ", "> ", "x@y.z", "é", "e\u0301", "日"])
TEXT = st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=8).map("".join))


@given(TEXT)
def test_a_terminal_shows_all_of_a_line_and_obeys_nothing(text: str) -> None:
    shown = inert.printable(text)
    assert readers.unseen(shown) == set()
    assert "\n" not in shown
    assert len(shown) == len(text)
    assert inert.printable(shown) == shown


@given(TEXT)
@example(" \t::error::x")
@example("a ##[group]b")
def test_a_log_obeys_nothing(text: str) -> None:
    kept = inert.log(text)
    assert readers.commands(kept) == []
    assert len(kept) == len(text)
    assert kept == text or readers.commands(text)


@given(TEXT)
@example("![x](http://evil/t.png) [c](javascript:alert(1)) @octocat https://evil")
@example("[a]: http://evil")
@example("-")
@example("@_")
@example("&#64;octocat <script>")
def test_markdown_shows_the_text_itself(text: str) -> None:
    written = inert.markdown(text)
    assert readers.markdown_tokens(written) <= {"paragraph_open", "paragraph_close", "inline", "text"}
    assert readers.followed(written) == []
    assert readers.markdown_text(written).replace("\u200b", "") == inert.printable(text).strip()


@given(TEXT)
def test_a_cell_of_a_markdown_table_stays_one_cell(text: str) -> None:
    tokens = readers.markdown_tokens(f"| a | b |\n| --- | --- |\n| {inert.markdown(text)} | 1 |\n")
    assert {
        kind for kind in tokens if kind.startswith(("link", "image", "html", "code", "em", "strong", "s_"))
    } == set()
    assert readers.markdown_text(f"| a |\n| --- |\n| {inert.markdown(text)} |\n").replace("\u200b", "") in (
        f"a {inert.printable(text).strip()}",
        "a",
    )


@pytest.mark.parametrize("plain", ["conv1", "layer1.0", "x[start:end]", "[3, 3]", "-1.50", "3.0", "12,832", "a-b"])
def test_plain_names_stay_as_they_are(plain: str) -> None:
    assert inert.markdown(plain) == inert.csv(plain) == inert.printable(plain) == inert.log(plain) == plain


@given(TEXT)
@example("=cmd|'/C calc'!A0")
def test_a_spreadsheet_computes_nothing(text: str) -> None:
    cell = inert.csv(text)
    assert not readers.formulas(f'"{cell.replace(chr(34), chr(34) * 2)}"')
    assert cell.removeprefix("'") == inert.printable(text).removeprefix("'")


@pytest.mark.parametrize("number", [-5, -1.5, "-5", "-1,234.5", None, True])
def test_numbers_stay_numbers(number: object) -> None:
    assert inert.csv(number) == number


@given(TEXT)
def test_html_has_no_tag_of_it(text: str) -> None:
    assert readers.html(f"<p>{inert.html(text)}</p>") == ({"p"}, inert.printable(text))


@given(TEXT)
def test_latex_typesets_the_text_itself(text: str) -> None:
    back = inert.latex(text)
    for command, character in {"backslash": "\\", "asciitilde": "~", "asciicircum": "^", "less": "<"}.items():
        back = back.replace(f"\\text{command}{{}}", f"\0{ord(character)};")
    for command, character in {"greater": ">", "bar": "|", "quotedbl": '"'}.items():
        back = back.replace(f"\\text{command}{{}}", f"\0{ord(character)};")
    for character in "_%&#${}":
        back = back.replace(f"\\{character}", f"\0{ord(character)};")
    assert not set("\\~^_%&#${}") & {c for c in back if c != "#"}
    for character in '\\~^_%&#${}<>|"':
        back = back.replace(f"\0{ord(character)};", character)
    assert back == inert.printable(text)


@given(TEXT)
def test_yaml_and_json_give_it_back(text: str) -> None:
    text = text.replace("\0", "")
    assert yaml.safe_load(f"k: {inert.yaml(text)}\n") == {"k": text}
    assert json.loads(inert.to_json({text: [text]})) == {text: [text]}
    for written in (inert.yaml(text), inert.to_json([text], 2)):
        assert readers.unseen(written) == set()
        assert readers.commands(written) == []


@given(TEXT)
@example("$(touch PWNED)")
@example("a;b")
@example("-o")
@example("*")
@example("~root")
def test_what_is_a_word_to_a_shell_has_nothing_that_it_reads(text: str) -> None:
    if inert.is_shell_word(text):
        assert not set(text) & set(" \t\n\r$`\\\"'!*?[]{}()<>|&;~#%^")
        assert text[0] not in "-="
        assert readers.unseen(text) == set()


@given(TEXT)
def test_of_two_names_that_look_alike_one_is_refused(name: str) -> None:
    """Characters that are not seen, and the same letter in one or two characters, would make two names of one."""
    if inert.unseen(name) is None:
        assert readers.unseen(name) == set()
        for hidden in ("\u200d", "\u115f", "\ufe0f", "\u00ad", "\u202e", "\u2800"):
            assert inert.unseen(f"{name}{hidden}")
    assert inert.unseen("e\u0301")
    assert inert.unseen("é") is None


@pytest.mark.parametrize("name", ["conv1", "größe", "слой", "層1", "α_β", "aа", "q\u0301", "$(x)", "a b", "=1"])  # noqa: RUF001
def test_what_is_seen_may_stand_in_a_name(name: str) -> None:
    assert inert.unseen(name) is None


@pytest.mark.parametrize(
    "hidden", [*sorted(readers.IGNORABLE)[::37], "\x1b", "\n", "\xa0", "\u3000", "\u2028", "\ue000"]
)
def test_what_is_not_seen_may_not(hidden: str) -> None:
    assert f"U+{ord(hidden):04X}" in str(inert.unseen(f"conv{hidden}1"))
