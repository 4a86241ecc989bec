"""How a command shows its answer: in the format, with the order of shapes, and where its user chose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from cnnparams import render
from cnnparams.cli.output import shown_on, write
from cnnparams.errors import Problem
from cnnparams.render import formats as general
from cnnparams.render.view import LAYOUTS, View


@dataclass(frozen=True)
class Show:
    """Shows an answer as the options of `answers` say."""

    format: str
    output: str | None
    layout: str

    @property
    def _renderer(self) -> ModuleType:
        """The module of the format: of those that every answer has, or of one answer's own."""
        every = Path(next(iter(general.__path__)), f"{self.format}.py").exists()
        return import_module(f"{(general if every else render).__name__}.{self.format}")

    def text(self, answer: Any, width: int | None = None) -> Iterable[str]:
        """Return the parts of the text, as they come; lines of a spec may be parted that are longer than `width`."""
        view = View(LAYOUTS[self.layout], shown_on(self.output), width, is_page=True)
        rendered: Iterable[str] = self._renderer.render(answer, view)
        return rendered

    def __call__(self, answer: Any, *, live: bool = False) -> None:
        """Write the answer; if `live`, each part of it at once."""
        self.write(self.text(answer), live=live, verbatim=getattr(self._renderer, "COMMANDS", False))

    def write(self, text: Iterable[str], *, live: bool = False, verbatim: bool = False) -> None:
        """Write text as the answer goes; see `output.write`."""
        write(text, self.output, live=live, verbatim=verbatim)

    def problems(self, problems: Iterable[Problem]) -> bool:
        """Write what is wrong, where the format has words for that; tell whether it has."""
        found = getattr(self._renderer, "problems_found", None)
        if found is not None:
            write(found(problems), self.output, verbatim=True)
        return found is not None
