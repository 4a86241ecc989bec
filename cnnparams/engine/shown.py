"""What is handed to a user shows itself: as text, in a notebook, as JSON and as rows.

How that is done is no matter of the engine: the API, which hands answers out, says it by `Shown.presenter`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Protocol

LayoutName = Literal["hwc", "chw"]
FormatName = Literal["text", "markdown", "html", "latex", "csv", "json", "jsonl"]


class Presenter(Protocol):
    """Shows answers."""

    def text(self, answer: Shown, format: str, layout: str, *, is_page: bool) -> str:
        """Return an answer in a format; HTML as a page that stands alone, or as a part of one."""

    def documents(self, answer: Shown, layout: str) -> list[dict[str, Any]]:
        """Return the JSON documents of an answer."""

    def rows(self, answer: Shown, layout: str) -> list[dict[str, Any]]:
        """Return the rows of an answer."""


class Shown:
    """An answer: print it, leave it at the end of a notebook's cell, or take its JSON or its rows.

    Shapes are (height, width, channels) there; layout="chw" gives PyTorch's order.
    """

    __slots__ = ()
    presenter: ClassVar[Presenter | None] = None

    def __repr__(self) -> str:
        presenter = Shown.presenter
        return presenter.text(self, "text", "hwc", is_page=False).strip("\n") if presenter else object.__repr__(self)

    def _repr_html_(self) -> str:
        return self._presented_by.text(self, "html", "hwc", is_page=False)

    def to_string(self, format: FormatName = "text", *, layout: LayoutName = "hwc") -> str:
        """Return the text that a command prints with this --format."""
        return self._presented_by.text(self, format, layout, is_page=True)

    def to_dict(self, *, layout: LayoutName = "hwc") -> dict[str, Any]:
        """Return the JSON document that a command prints with --json."""
        (document,) = self._presented_by.documents(self, layout)
        return document

    def to_dicts(self, *, layout: LayoutName = "hwc") -> list[dict[str, Any]]:
        """Return the JSON documents that a command prints with --format jsonl: one, or one for each network."""
        return self._presented_by.documents(self, layout)

    def rows(self, *, layout: LayoutName = "hwc") -> list[dict[str, Any]]:
        """Return the rows that a command prints with --format csv, numbers as numbers: pandas.DataFrame takes them."""
        return self._presented_by.rows(self, layout)

    @property
    def _presented_by(self) -> Presenter:
        assert Shown.presenter is not None, "an answer is presented by cnnparams.api"
        return Shown.presenter
