"""Sections: what answers are made of for people, and their rows for programs.

They hold raw values, each with its Kind, and rows may come one by one: a sweep is shown while it is worked out. What a
value looks like is decided in `cells`, and each format makes text from strangers inert, once, where it writes it.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from cnnparams.engine.costs.quantity import Kind
from cnnparams.engine.reports.grid import Heading, Row

if TYPE_CHECKING:
    from cnnparams.engine.reports.explain import Derivation
    from cnnparams.engine.reports.report import Shape


class Title(NamedTuple):
    """The name of what follows, which may be words of the spec language, and lines on what it is."""

    text: str
    about: tuple[str, ...] = ()
    level: int = 2
    is_code: bool = False


class Table(NamedTuple):
    """Columns, and rows that may come one by one: `widest` are then values as long as any that may come.

    A cell is a value of its column's kind, or one of Phrase, SpecWord, Estimated and FormulaCell. `is_list` is a table
    so plain that a terminal shows neither a frame nor the columns' titles.

    In a terminal, `joining` columns stand among the others where there is room for all of them. Where there is too
    little, columns give way (fitting.py): `kept` of them never go, and `whole_shapes` are the last to be shortened.
    `option` chooses the columns, where the command has such a one.
    """

    heads: tuple[Heading, ...]
    rows: Iterable[Row]
    title: str = ""
    widest: tuple[Any, ...] | None = None
    is_list: bool = False
    joining: "tuple[Joining, ...]" = ()
    kept: int = 1
    whole_shapes: bool = False
    option: str = ""


class Joining(NamedTuple):
    """A column with its cells, and the key of the column that it stands before; at the end for none."""

    head: Heading
    cells: tuple[Any, ...]
    before: str | None = None


class Fact(NamedTuple):
    """A value with a name, and perhaps a remark behind it."""

    name: str
    value: Any
    kind: Kind
    remark: str = ""


class Facts(NamedTuple):
    """Values with names, one below the other, such as totals."""

    facts: tuple[Fact, ...]
    title: str = ""


class Note(NamedTuple):
    """A paragraph, line by line."""

    lines: tuple[str, ...]


class Items(NamedTuple):
    """A list of lines, below a title that may be a sentence."""

    lines: tuple[str, ...]
    title: str = ""


class Example(NamedTuple):
    """An entry of a spec, and a comment on it."""

    entry: str
    comment: str


class Working(NamedTuple):
    """How numbers come about, step by step: of a layer, or of the whole network, which then has no type."""

    name: str
    derivation: "Derivation"
    type: str = ""
    input_shapes: "tuple[Shape, ...]" = ()
    output_shape: "Shape | None" = None
    legend: str = ""


class Bars(NamedTuple):
    """A bar for each name."""

    title: str
    bars: tuple[tuple[str, int], ...]
    kind: Kind

    @property
    def table(self) -> Table:
        """The numbers behind the bars."""
        heads = (Heading("layer", "Layer", Kind.TEXT), Heading("value", self.title, self.kind))
        return Table(heads, map(Row, self.bars))


class Scatter(NamedTuple):
    """A point for each name, at two numbers; 0 has no place, as both axes are logarithmic."""

    points: tuple[tuple[str, int, int], ...]
    x_title: str
    y_title: str

    @property
    def table(self) -> Table:
        """The numbers behind the points."""
        numbers = (Heading("x", self.x_title, Kind.COUNT), Heading("y", self.y_title, Kind.COUNT))
        return Table((Heading("name", "Network", Kind.TEXT), *numbers), map(Row, self.points))


class Details(NamedTuple):
    """What a page has room for, and a terminal has not."""

    sections: "Iterable[Section]"


Section: TypeAlias = Title | Table | Facts | Note | Items | Example | Working | Bars | Scatter | Details
PICTURES = (Bars, Scatter)
SECTIONS = (Title, Table, Facts, Note, Items, Example, Working, *PICTURES, Details)


class Phrase(NamedTuple):
    """A cell that is text already, whatever its column holds."""

    text: str


class SpecWord(NamedTuple):
    """A cell that is a word of the spec language."""

    text: str


class Estimated(NamedTuple):
    """A value that is no more than an estimate."""

    value: Any


class FormulaCell(NamedTuple):
    """A formula, perhaps of a quantity with a symbol; with `values`, each symbol in it as its value."""

    formula: str
    symbol: str = ""
    values: Mapping[str, float] | None = None
