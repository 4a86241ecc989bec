"""What the places of a tensor see of the image along one of its axes, and what layers make of that.

Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks, Distill 2019,
doi 10.23915/distill.00021, with two things more: strides may be fractions, as after an upsampling, where places see
fields of different sizes in turn; and paths whose strides or centres differ are worked out place by place.
"""

import math
from fractions import Fraction
from typing import NamedTuple

from cnnparams.layers.contract.reach import MOST_PHASES, Taps, all_taps


class Span(NamedTuple):
    """The first and the last row that are seen; rows outside of the image are padding."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many rows these are."""
        return self.last - self.first + 1

    def moved(self, rows: int) -> "Span":
        """Return the span so many rows further on."""
        return Span(self.first + rows, self.last + rows)


class Field(NamedTuple):
    """What each place sees: the places 0 to q - 1 the spans of `phases`, the next q places those q * stride further on.

    None: a place that sees nothing. The stride is rise / run. `centred`: every path to a place has its field around the
    same centre.
    """

    phases: tuple[Span | None, ...]
    rise: int = 1
    run: int = 1
    centred: bool = True

    def at(self, place: int) -> Span | None:
        """Return what a place sees."""
        around, phase = divmod(place, len(self.phases))
        span = self.phases[phase]
        return span and span.moved(around * len(self.phases) * self.rise // self.run)

    @property
    def size(self) -> int:
        """The largest number of rows that a place sees."""
        return max([span.last - span.first + 1 for span in self.phases if span], default=0)

    @property
    def stride(self) -> Fraction:
        """How much further on the field of the next place lies, on average."""
        return Fraction(self.rise, self.run)

    @property
    def repeats(self) -> bool:
        """Whether the phases are all there are; where they repeat only beyond the tensor, `at` guesses there."""
        return len(self.phases) * self.rise % self.run == 0

    @property
    def padding(self) -> int:
        """How many rows before the image the first place begins to see."""
        return -next((span.first for span in self.phases if span), 0)

    @property
    def aligned(self) -> bool:
        """Whether place u sees `size` rows around -padding + u * stride + (size - 1) / 2, on each path around it."""
        return self.centred and len(self.phases) == 1

    def through(self, taps: Taps, n: int, places: int) -> "Field":
        """Return what so many places see that see these n places by `taps`; of stride 0 where all see the same."""
        turns = len(self.phases) // math.gcd(len(self.phases), taps.step)
        period = min(turns * len(taps.phases), places) if self.repeats or not taps.step else places
        if period > MOST_PHASES:
            return self.through(all_taps(n), n, places)
        spans = tuple([self._through(taps.at(place)) for place in range(period)])
        rise, run = self.rise * taps.step, self.run * len(taps.phases)
        common = math.gcd(rise, run)
        return _reduced(Field(spans, rise // common, run // common, self.centred))

    def beside(self, other: "Field", places: int) -> "Field":
        """Return what places see that see both: from the first row of either to the last."""
        same = self.rise * other.run == other.rise * self.run
        repeats = same and self.repeats and other.repeats
        period = min(math.lcm(len(self.phases), len(other.phases)), places) if repeats else places
        if period > MOST_PHASES:
            taps = all_taps(places)
            return self.through(taps, places, 1).beside(other.through(taps, places, 1), 1)
        pairs = [(self.at(place), other.at(place)) for place in range(period)]
        centred = self.centred and other.centred and same and all(a and b and sum(a) == sum(b) for a, b in pairs)
        wider = self if self.size >= other.size else other
        return _reduced(Field(tuple([hull(*pair) for pair in pairs]), wider.rise, wider.run, centred))

    def _through(self, elements: range) -> Span | None:
        """Return the span of some places; of those, a period at either end is enough."""
        period = len(self.phases)
        return hull(*map(self.at, elements[:period]), *map(self.at, elements[-period:]))


def hull(*spans: Span | None) -> Span | None:
    """Return the rows from the first to the last of some spans."""
    seen = [span for span in spans if span]
    return Span(min([span.first for span in seen]), max([span.last for span in seen])) if seen else None


def _reduced(field: Field) -> Field:
    """Return the same field with the shortest period."""
    spans = field.phases
    for period in range(1, len(spans)):
        rows, rest = divmod(period * field.rise, field.run)
        if len(spans) % period == 0 and not rest:
            moved = (span and span.moved(rows) for span in spans)
            if all(a == b for a, b in zip(spans[period:], moved, strict=False)):
                return field._replace(phases=spans[:period])
    return field
