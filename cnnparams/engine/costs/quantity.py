"""What a number of the report is: its key, its title, its kind. Declared once, where it is measured."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from fractions import Fraction
from typing import Any, NamedTuple

from cnnparams import units
from cnnparams.errors import Place
from cnnparams.units import COUNTS, Unit
from cnnparams.units import FRACTIONS_BELOW as FRACTIONS_BELOW
from cnnparams.units import number as number


class Measure(NamedTuple):
    """How numbers of a kind are read and written: the unit of amounts, how one is shown, and one as long as most."""

    unit: Unit
    write: Callable[[Any], str]
    longest: float


def _count(value: Fraction | float) -> str:
    return f"{number(value) if isinstance(value, Fraction) else value:,}"


def _share(value: Fraction | float) -> str:
    return f"{float(value):.1%}"


def ratio(value: Fraction | float) -> str:
    """Write how many times one number is another, without its x: 2.19."""
    value = number(value) if isinstance(value, Fraction) else value
    if value >= FRACTIONS_BELOW:
        return f"{round(value):,}"
    return f"{value:,.2f}" if value >= 0.1 or value == 0 else f"{value:.2g}"


class Kind(Enum):
    """What a field holds. A kind of number is its Measure: adding one is a line here."""

    TEXT = auto()
    NAMES = auto()
    SETTING = auto()
    SETTINGS = auto()
    SHAPE = auto()
    SHAPES = auto()
    VALUE = auto()
    TENSORS = auto()
    PORTS = auto()
    LAYERS = auto()
    FIELD = auto()
    PER_AXIS = auto()
    FLAG = auto()
    MARK = auto()
    COUNT = Measure(COUNTS, _count, 10**11 - 1)
    SHARE = Measure(COUNTS, _share, 1)
    RATIO = Measure(COUNTS, ratio, 99_999.99)
    BYTES = Measure(units.BYTES, units.BYTES.write, 1024**4 - 1)
    SECONDS = Measure(units.SECONDS, units.SECONDS.write, 999_999)
    JOULES = Measure(units.JOULES, units.JOULES.write, 999.99)
    BYTES_PER_SECOND = Measure(units.BYTES_PER_SECOND, units.BYTES_PER_SECOND.write, 999.99 * 10**9)

    @property
    def measure(self) -> Measure | None:
        """How its numbers are read and written; None where it is no number."""
        return self.value if isinstance(self.value, Measure) else None

    @property
    def unit(self) -> Unit:
        """What its amounts are counted in; of what has a number for each axis, places."""
        return self.measure.unit if self.measure else COUNTS

    @property
    def is_number(self) -> bool:
        """Whether it is one number; a value of the network's YAML may be a word too."""
        return self.measure is not None or self is Kind.VALUE


NUMBERS = frozenset(kind for kind in Kind if kind.is_number)


def unknown(values: Sequence[Any]) -> None:
    """Return nothing: several layers together have no such value."""
    return


class Column(NamedTuple):
    """A value of each layer, and the column of the layer table that shows it.

    `field` is its key in the JSON and its attribute in the report, `key` the word that chooses the column, `aliases`
    are words that did before. Where layers are summed up, `fold` makes one value of theirs. `estimate` is the field
    that says whether the value is no more than an estimate, where it may be one. `part_of` is the word of the column
    of whose whole it is the part that a layer has. One that `joins` stands beside the default ones where there is room.
    """

    key: str
    title: str
    kind: Kind
    field: str
    default: bool = False
    fold: Callable[[Sequence[Any]], Any] = unknown
    estimate: str | None = None
    aliases: tuple[str, ...] = ()
    part_of: str | None = None
    joins: bool = False

    @property
    def called(self) -> str:
        """What a user calls it."""
        return self.key


class Total(NamedTuple):
    """A value of the network, and the line of the totals that shows it; an optional one is left out where it is 0.

    `field` is its key in the JSON and its attribute in the report, `word` what limits, sorts and plots by it. With a
    `short` title it is a column where networks stand side by side. `column` is the word of the column that says which
    layers weigh most in it, `note` what has to be said where it is shown to people. `estimate` is the field of the
    total that says whether this one is no more than an estimate, where it may be one. `derived` makes it of the folded
    columns by their words, where it is not that of its own column.
    """

    field: str
    title: str
    kind: Kind
    optional: bool = False
    short: str | None = None
    word: str | None = None
    column: str | None = None
    note: str | None = None
    estimate: str | None = None
    derived: Callable[[Mapping[str, Any]], Any] | None = None

    @property
    def called(self) -> str:
        """What a user calls it."""
        return self.word or self.field


class Heading(NamedTuple):
    """A column: the key that programs read, its title, and what it holds."""

    key: str
    title: str
    kind: Kind


class Limit(NamedTuple):
    """The most that a total may be, and the place of the spec that says so; None: it comes from elsewhere."""

    total: Total
    most: Fraction
    place: Place | None = None

    def excess(self, value: Any) -> Fraction | None:
        """Return what a value of the total is above the most, below 0 where it is within; None for no value."""
        measured = magnitude(value, self.total.kind)
        return None if measured is None else exactly(measured) - self.most

    def keeps(self, value: Any) -> bool:
        """Tell whether a value is within the limit; it may be as much, and no value is within any."""
        excess = self.excess(value)
        return excess is None or excess <= 0


def exactly(value: float) -> Fraction:
    """Return what a number is written as: 0.1 is a tenth, not the nearest to it that a float can hold."""
    return Fraction(str(value))


def quotient(value: float, whole: float) -> float:
    """Return how many times one number is another, with no digit that is not so."""
    exact = exactly(value) / exactly(whole)
    return round(exact) if abs(exact) >= FRACTIONS_BELOW else float(exact)


def magnitude(value: Any, kind: Kind) -> float | None:
    """Return the number that a value is compared by: of one for each axis the largest; None where there is none.

    A receptive field has none where it is the same for all places along an axis.
    """
    if kind is Kind.FIELD:
        return max((axis.size for axis in value), default=None) if value and all(a.local for a in value) else None
    if kind is Kind.PER_AXIS:
        return max(value) if value else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and kind in NUMBERS else None
