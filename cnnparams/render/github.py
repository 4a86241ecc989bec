"""Verdicts as annotations on GitHub: an error where a budget is, notices where the layers are that weigh most.

Format: GitHub Docs, Workflow commands for GitHub Actions, "Setting an error message"; escapes as in its own toolkit,
github.com/actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from cnnparams.engine.choosing.check import Balance, Verdict
from cnnparams.errors import Place, Problem
from cnnparams.render.answers.verdict import VerdictAnswer, sentence, weighing
from cnnparams.render.view import View

COMMANDS = True
"""The lines are meant to be obeyed."""


_MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_MESSAGE, ":": "%3A", ",": "%2C"}


def render(answer: VerdictAnswer, view: View) -> Iterator[str]:
    """Yield the annotations of each budget that is broken; one of the command line is at the heaviest layer."""
    for verdict in answer.verdicts:
        for balance in verdict.broken:
            yield from _annotations(verdict, balance)


def problems_found(problems: Iterable[Problem]) -> Iterator[str]:
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


def annotation(level: str, title: str, message: str, place: Place | None = None) -> str:
    """Return a line that annotates a place; what is no file of the repository is named in the message instead."""
    file = _in_repository(place.source) if place else None
    where = {"file": file, "line": place.line, "col": place.column} if place and file else {}
    said = f"{place}: {message}" if place and not file else message
    properties = {**where, "title": title}
    shown = ",".join(f"{key}={_escaped(str(value), _PROPERTY)}" for key, value in properties.items())
    return f"::{level} {shown}::{_escaped(said, _MESSAGE)}\n"


def _in_repository(source: str) -> str | None:
    """Return the path of a file as GitHub has it, from the top of the repository; None for what is not in it."""
    root, path = Path(os.environ.get("GITHUB_WORKSPACE", ".")).resolve(), Path(source)
    path = path.parent.resolve() / path.name  # a link is in it, wherever it leads
    return path.relative_to(root).as_posix() if path.is_file() and path.is_relative_to(root) else None


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
