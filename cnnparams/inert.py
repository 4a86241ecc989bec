"""Text from strangers, made inert: one rule for each place that it may go to.

Names, descriptions, paths and the errors of other people's code come from files that nobody has read. Here is all that
keeps them from being more than text where they arrive. Lines of a log that are commands on purpose have their escapes
in `render.github`, names in Python code in `targets.code.names`.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

V = TypeVar("V")

# Patterns are text, which `re` compiles when it is first used and remembers: most runs write one format.

# What Python calls printable and nobody sees: Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt as
# far as it is of letters and marks (joiners, fillers, selectors; of its others isprintable() is false), and what is
# drawn as nothing: U+2800, U+FFFC, U+16FE4, U+1D159.
_BLANK = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc"
    "\U00016fe4\U0001d159\U000e0100-\U000e01ef"
)
BLANK = f"[{_BLANK}]"

# GitHub's runner (actions/runner, src/Runner.Common/ActionCommand.cs) obeys a line that begins with ::, whatever space
# stands before it, and ##[ anywhere in one.
_COMMAND = r"(?:(?<![^\r\n])(?P<space>[^\S\r\n]*):(?=:))|(?P<old>##)\["

# GitHub Flavored Markdown, 2.4 and 6: what is markup anywhere, and what only at the start of a paragraph.
_MARKUP = r"[\\|*_`<&~$#]|^[>:]|^[-+](?=\s|$)|^-(?=-)"
_BRACKET = r"[\[\]]"  # alone it is itself: x[0], [3, 3]
_LINKING = r"\][(\[:]|\[[\^!]|\[[ xX]\]"  # a link, an image, a footnote, a box to tick
_NUMBERED = r"^([0-9]{1,9})(?=[.)](\s|$))"
# Links without markup (GFM, 6.9), people, issues: GitHub looks for these in the text as it is read, so that a backslash
# or an entity for the character itself hides nothing. A space without width between the two does.
_LINK = r"(?i)(?<=:)(?=//)|(?<=mailto:)|(?<=xmpp:)|(?<=www)(?=\.)|(?<=@)(?=[\w\\])|(?<=#)(?=[\w\\])|(?<=\bGH-)(?=[0-9])"
_NOTHING = "&#8203;"

# OWASP, CSV Injection: what a spreadsheet takes for a formula, in its wide forms too; the apostrophe makes it text.
_FORMULA = r"\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]"
_NUMBER = r"[-+]?[0-9][0-9,]*(\.[0-9]+)?([eE][-+]?[0-9]+)?|-"

_LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_LATEX |= {character: f"\\{character}" for character in "_%&#${}"}
_LATEX |= {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}"}

_SHELL_WORD = r"(?![-=])[\w.,/:@+=-]+"


def unseen(name: str) -> str | None:
    """Return what a name holds that nobody sees, or why another that looks the same may differ; None for a plain one.

    Letters that resemble others are seen, and may stand in a name.
    """
    if name.isascii() and name.isprintable():
        return None
    from unicodedata import is_normalized
    from unicodedata import name as called

    for character in name:
        if not character.isprintable() or re.match(BLANK, character):
            word = called(character, "a control character").lower()
            return f"holds U+{ord(character):04X} ({word}), a character that is not seen"
    if not is_normalized("NFC", name):
        return "holds a letter and its mark where Unicode has one letter for both (NFC)"
    return None


def printable(text: str) -> str:
    """Return text for a line of a terminal or a log, as long as before.

    What would move the cursor, change a terminal's state or not be seen is ?, a line's end is a space.
    """
    if text.isprintable():
        return text if text.isascii() else re.sub(BLANK, "?", text)
    return re.sub(BLANK, "?", "".join(c if c.isprintable() else " " if c in "\t\r\n" else "?" for c in text))


def title(text: str) -> str:
    """Return text as a name that a network may have, whatever the file or the model that it comes from is called."""
    from unicodedata import normalize

    return normalize("NFC", printable(" ".join(text.split())))


def log(text: str) -> str:
    """Return the lines of a log, none of which is a command to what keeps the log."""
    if "::" not in text and "##[" not in text:
        return text
    return re.sub(_COMMAND, lambda found: "##?" if found["old"] else f"{found['space']}?", text)


def markdown(text: str) -> str:
    """Return text as Markdown that says just that, in a cell of a table or as a paragraph."""
    marked = re.sub(_MARKUP, r"\\\g<0>", printable(text).strip())
    if re.search(_LINKING, marked):
        marked = re.sub(_BRACKET, r"\\\g<0>", marked)
    return re.sub(_LINK, _NOTHING, re.sub(_NUMBERED, r"\1\\", marked))


def csv(value: V) -> V | str:
    """Return a value as a cell of a spreadsheet that computes nothing; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if re.match(_FORMULA, text) and not re.fullmatch(_NUMBER, text) else text


def html(text: str) -> str:
    """Return text as HTML."""
    from html import escape  # with a table of all entities, which no other answer needs

    return escape(printable(text))


def latex(text: str) -> str:
    """Return text as LaTeX, outside of formulas."""
    return "".join(_LATEX.get(character, character) for character in printable(text))


def to_json(value: Any, indent: int | None = None) -> str:
    """Return a value as JSON, that may be read in a log."""
    import json  # which not every run needs

    return json.dumps(value, indent=indent).replace("##[", r"##\u005b")


def yaml(text: str) -> str:
    """Return text in quotes, so that YAML reads just that; all of it can be seen."""
    import json

    quoted = json.dumps(text, ensure_ascii=False).replace("##[", r"##\u005b")
    return "".join(c if c.isprintable() and not re.match(BLANK, c) else f"\\U{ord(c):08x}" for c in quoted)


def is_shell_word(text: str) -> bool:
    """Tell whether a shell (bash, zsh, fish) reads text as a word that is just that, without quotes."""
    return re.fullmatch(_SHELL_WORD, text) is not None and printable(text) == text
