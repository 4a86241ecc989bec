"""The words that say which columns a table of networks has, and which networks in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cnnparams.engine.costs.quantity import Heading, Total
from cnnparams.engine.costs.register import UnknownTotalError, find_total
from cnnparams.engine.reports.ranking import Ranking
from cnnparams.errors import CnnparamsError, quote, suggest

_MOST = "-params"


def column_of(word: str, own: Mapping[str, Heading]) -> Heading | Total:
    """Return one of the table's own columns, or the total of a word; raise CnnparamsError for another."""
    try:
        return own.get(word.strip()) or find_total(word)
    except UnknownTotalError as error:
        guess = suggest(word, own)
        raise CnnparamsError(error.message, f"did you mean {quote(guess)}?" if guess else error.hint) from None


def columns_of(words: Iterable[str], own: Mapping[str, Heading]) -> tuple[Heading | Total, ...]:
    """Return the columns that words, or text with commas between them, name."""
    return tuple(column_of(word, own) for word in words_of(words))


def words_of(words: Iterable[str]) -> list[str]:
    """Return the words of a list, or of text with commas between them."""
    return words.split(",") if isinstance(words, str) else list(words)


def ranking_of(sort: str | None, top: int | None, own: Mapping[str, Heading]) -> Ranking:
    """Return the order of a word such as "-params", which `top` keeps the first of; without a word, by the most of it.

    Raise CnnparamsError for a word that gives none.
    """
    by = sort or (_MOST if top else None)
    return Ranking(column_of(by.removeprefix("-"), own), by.startswith("-"), top) if by else Ranking()
