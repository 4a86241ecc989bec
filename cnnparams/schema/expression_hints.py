"""What is written where an expression should be, and what to write instead."""

import re

from cnnparams.schema.remedies import CUT

INDEX = "index"
CHANNELS = "channels"
MEANING = {
    INDEX: "index counts the copies of an entry with repeat, and is known only in it; a block gets it as a param",
    CHANNELS: "channels counts those that enter an entry, and is known only in layers",
}
"""Names that mean something in some places only."""

_SLIPS = {
    "&&": "write and instead of &&",
    r"\|\|": "write or instead of ||",
    r"\?|^(?!.* else ).* if ": "write a choice such as: 8 if width > 4 else 16",
    r"\$": "write the name alone",
    r"^[^(]*[^=!<>]=[^=]": "compare with ==",
    r"(?i)(?<![\w.])[0-9.]+[kmgt]i?b?\b": "in arithmetic write the number itself: 1000 for 1k, 2 ** 20 for 1Mi",
}
"""What other languages write, and what to write instead."""


def expression_hint(text: str) -> str | None:
    """Return what to write instead of a text that is no expression, where that can be told from the text."""
    if text.count("(") > text.count(")"):
        return CUT
    return next((hint for pattern, hint in _SLIPS.items() if re.search(pattern, text)), None)
