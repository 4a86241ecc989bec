"""The budget of a file: by the words of totals, the most that they may be."""

from collections.abc import Mapping
from typing import Any

from cnnparams.schema.computed import Reader
from cnnparams.units import is_amount

BUDGET = "budget"


def read_budget(reader: Reader, root: Mapping[str, Any]) -> dict[str, Any]:
    """Return the amounts, computed or as written; what is neither is left to those who know the words and the units."""
    written = root.get(BUDGET)
    amounts = written if isinstance(written, dict) else {}
    return {word: _amount(reader, word, amount) for word, amount in amounts.items()}


def _amount(reader: Reader, word: str, written: Any) -> Any:
    if isinstance(written, str) and is_amount(written):
        return written  # 300k, also where a var is called k
    return reader.setting((BUDGET, word), written, (), f"{BUDGET}: {word}")
