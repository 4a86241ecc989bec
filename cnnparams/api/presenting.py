"""How answers show themselves: each by its class in render/answers, in every format of render/formats."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from cnnparams.engine.costs.quantity import Kind
from cnnparams.engine.shown import Shown
from cnnparams.inert import to_json
from cnnparams.render.answer import Answer
from cnnparams.render.view import LAYOUTS, View

_ANSWERS = {
    "Report": "report.ReportAnswer",
    "Memory": "memory.MemoryAnswer",
    "Explanation": "explanation.ExplanationAnswer",
    "Verdict": "verdict.VerdictAnswer",
    "Difference": "difference.DifferenceAnswer",
    "Comparison": "grid.GridAnswer",
    "Point": "grid.GridAnswer",
    "Solution": "solution.SolutionAnswer",
    "Verification": "verification.VerificationAnswer",
    "Catalogue": "catalogue.CatalogueAnswer",
}
"""What shows each answer, imported when one is shown."""


def text(answer: Shown, format: str, layout: str, *, is_page: bool) -> str:
    """Return an answer in a format; HTML as a page that stands alone, or as a part of one."""
    module = import_module(f"cnnparams.render.formats.{format}")
    return "".join(module.render(_answer(answer), View(LAYOUTS[layout], is_page=is_page)))


def documents(answer: Shown, layout: str) -> list[dict[str, Any]]:
    """Return the JSON documents of an answer."""
    return [json.loads(to_json(document)) for document in _answer(answer).documents(LAYOUTS[layout])]


def rows(answer: Shown, layout: str) -> list[dict[str, Any]]:
    """Return the rows of an answer: numbers, text, and whether something is so."""
    from cnnparams.render.writing import plain

    order = LAYOUTS[layout]
    table = _answer(answer).records(order)
    return [
        {
            head.key: value if head.kind in (Kind.FLAG, Kind.MARK) else plain(value, head.kind, order)
            for head, value in zip(table.heads, row.values, strict=True)
        }
        for row in table.rows
    ]


def _answer(found: Shown) -> Answer:
    module, _, name = _ANSWERS[type(found).__name__].rpartition(".")
    shown: type[Answer] = getattr(import_module(f"cnnparams.render.answers.{module}"), name)
    return shown.of(found)
