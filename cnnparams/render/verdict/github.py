"""Verdicts as annotations on GitHub: an error where a budget is, notices where the layers are that weigh most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cnnparams.engine.choosing.check import Balance, Verdict
from cnnparams.errors import Problem
from cnnparams.render.annotation import annotation
from cnnparams.render.balance import sentence, weighing
from cnnparams.render.view import View

COMMANDS = True
"""The lines are meant to be obeyed."""


def render(verdicts: Sequence[Verdict], view: View) -> Iterator[str]:
    """Yield the annotations of each budget that is broken; one of the command line is at the heaviest layer."""
    for verdict in verdicts:
        for balance in verdict.broken:
            yield from _annotations(verdict, balance)


def trouble(problems: Iterable[Problem]) -> Iterator[str]:
    """Yield what is wrong with specs."""
    for problem in problems:
        yield annotation("error", "cnnparams", str(problem._replace(place=None)), problem.place)


def _annotations(verdict: Verdict, balance: Balance) -> Iterator[str]:
    word, heaviest = balance.limit.total.word, balance.heaviest
    place = balance.limit.place or (heaviest[0].place if heaviest else verdict.place)
    title = f"{verdict.name}: {word} over budget"
    yield annotation("error", title, sentence(balance), place)
    for weight in heaviest:
        if weight.place and weight.place != place:
            said = f"{weight.name} has {weighing(weight)} of the {word} of {verdict.name}"
            yield annotation("notice", f"{weight.name}: {word}", said, weight.place)
