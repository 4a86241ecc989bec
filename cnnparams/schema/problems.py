"""All that is wrong with a document, collected so that it can be told at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cnnparams.errors import Problem, SpecError
from cnnparams.schema.source import Document, KeyPath
from cnnparams.schema.wording import findings

M = TypeVar("M", bound=BaseModel)

MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Problems:
    """Problems with one document, each with its place."""

    document: Document
    found: list[Problem] = field(default_factory=list)

    def add(
        self, path: KeyPath, message: str, *, subject: str | None = None, hint: str | None = None, at_key: bool = False
    ) -> None:
        """Note a problem with the value at `path`, or with its key."""
        self.found.append(Problem(message, self.document.place(path, key=at_key), subject=subject, hint=hint))
        if len(self.found) == MOST_TOLD:
            last = Problem(f"{MOST_TOLD} problems; the rest was not checked", source=self.document.source.name)
            raise SpecError([*sorted(self.found, key=_position), last])

    def validate(
        self,
        model: type[M],
        data: Mapping[str, Any],
        path: KeyPath,
        *,
        subject: str | None = None,
        also: Collection[str] = (),
        pending: Collection[str] = (),
    ) -> M | None:
        """Return `data` as `model`; or None, with every problem noted.

        `also` are keys that belong to another model, `pending` those whose values are not yet known.
        """
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for finding in findings(error, model, also, pending):
                self.add(
                    (*path, *finding.path), finding.message, subject=subject, hint=finding.hint, at_key=finding.at_key
                )
            return None

    def raise_any(self) -> None:
        """Raise SpecError with all problems in the order of the file, if there are any."""
        if self.found:
            raise SpecError(sorted(self.found, key=_position))


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.place.line, problem.place.column) if problem.place else (0, 0)
