"""The params of a block: as few as tell its uses apart, all else being the same or computed from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cnnparams.schema.expression_hints import CHANNELS
from cnnparams.sources.structure.formula import SAME, Formula, NoValue, all_equal, formula, same_value, scale

OUT = ("out_channels", "out_features")
SIZES = frozenset({*OUT, "groups", "num_groups", "start", "end", "before", "after"})
"""Settings that count channels, and may be computed from one another, and from the channels that enter."""

PADDING, KERNEL, DILATION = "padding", "kernel_size", "dilation"
LATE = (PADDING,)
"""Settings that are computed from others of the layer, and are looked at after them."""

_ALSO = {PADDING: (DILATION,), "stride": (KERNEL,)}
"""Settings that may be equal to others by more than chance."""

RATIO, WIDTHS = "expansion", "widths"
_MOST_RATIOS = 3
_MANY = 4  # sizes that are given as one list


class SettingColumn(NamedTuple):
    """A setting, its values where it is used, and there the use of the block and the channels that enter its layer.

    `word` is what a param for it is called. `usual` is the value that it has where it is not given.
    """

    key: str
    word: str
    site: tuple[str, ...]
    rows: Sequence[int]
    values: Sequence[Any]
    channels: Sequence[int | None]
    usual: Any = NoValue.REQUIRED


@dataclass(eq=False, slots=True)
class ParamDraft:
    """A param: what it is for, where that stands, and its values in each use of the block.

    One that is `derived` has a formula as its default. A `member` is an item of another param, which is a list.
    """

    key: str
    word: str
    site: tuple[str, ...]
    values: list[Any]
    usual: Any
    derived: Formula | None = None
    member: tuple[int, int] | None = None


@dataclass(eq=False, slots=True)
class Inference:
    """What has been found of a block's params, given the channels that enter and leave each use of it."""

    entering: Sequence[int]
    leaving: Sequence[int]
    drafts: list[ParamDraft] = field(default_factory=list)
    sizes: list[tuple[Any, SettingColumn]] = field(default_factory=list)

    def express(self, column: SettingColumn) -> Any:
        """Return what to write for a setting: a value, or a formula, of a new param if need be."""
        found = self.find(column)
        return self.new(column) if found is NoValue.UNKNOWN else found

    def find(self, column: SettingColumn) -> Any:
        """Return what to write for a setting, as far as it takes no param but one that is derived, or a ratio."""
        there = [value for value in column.values if value is not NoValue.ABSENT]
        if not there:
            return NoValue.ABSENT
        found = self._constant(column, there) if all_equal(there) else self._formula(column)
        if column.key in SIZES and found is not NoValue.UNKNOWN:
            self.sizes.append((found, column))
        return found

    def new(self, column: SettingColumn, derived: Formula | None = None) -> Formula:
        """Return the formula that is a new param of these values."""
        values: list[Any] = [NoValue.ABSENT] * len(self.entering)
        for row, value in zip(column.rows, column.values, strict=True):
            values[row] = value if values[row] is NoValue.ABSENT else values[row]
        self.drafts.append(ParamDraft(column.key, column.word, column.site, values, column.usual, derived))
        found = formula(len(self.drafts) - 1)
        if column.key in SIZES:
            self.sizes.append((found, column))
        return found

    def bundle(self) -> None:
        """Make many sizes that must be given one param, which is a list."""
        found = [draft for draft in self.drafts if draft.key in OUT and draft.derived is None]
        plain = [draft for draft in found if draft.usual is NoValue.REQUIRED and NoValue.ABSENT not in draft.values]
        if len(plain) >= _MANY:
            rows = [list(row) for row in zip(*(draft.values for draft in plain), strict=True)]
            for i, draft in enumerate(plain):
                draft.member = (len(self.drafts), i)
            self.drafts.append(ParamDraft(WIDTHS, WIDTHS, (), rows, NoValue.REQUIRED))

    def _constant(self, column: SettingColumn, there: Sequence[Any]) -> Any:
        """Return a value that is always the same; of a part not always there, as a param that it agrees with."""
        if len(there) == len(column.values) or same_value(there[0], column.usual):
            return there[0]
        alike = (n for n, draft in enumerate(self.drafts) if draft.key == column.key and self._fill(draft, column))
        return next(map(formula, alike), there[0])

    def _formula(self, column: SettingColumn) -> Any:
        for number, draft in enumerate(self.drafts):
            if _are_related(column.key, draft.key) and self._fill(draft, column):
                return formula(number)
        if column.key == PADDING:
            return self._padding(column)
        return self._size(column) if column.key in SIZES else NoValue.UNKNOWN

    def _fill(self, draft: ParamDraft, column: SettingColumn) -> bool:
        """Tell whether a param has the values of a setting, or could where it has had none yet; then it has them."""
        values = list(draft.values)
        for row, value in zip(column.rows, column.values, strict=True):
            if value is not NoValue.ABSENT and values[row] is NoValue.ABSENT and draft.derived is None:
                values[row] = value
            elif value is not NoValue.ABSENT and not same_value(values[row], value):
                return False
        draft.values[:] = values
        return True

    def _padding(self, column: SettingColumn) -> Any:
        """Return half the kernel, times the dilation if need be."""
        numbers = {draft.key: number for number, draft in reversed(list(enumerate(self.drafts)))}
        if KERNEL not in numbers:
            return NoValue.UNKNOWN
        kernel = numbers[KERNEL]
        halves = [_half(self.drafts[kernel].values[row]) for row in column.rows]
        if _agree(column.values, halves):
            return formula(kernel, " // 2")
        if DILATION not in numbers:
            return NoValue.UNKNOWN
        dilation = numbers[DILATION]
        spread = [
            _times(half, self.drafts[dilation].values[row]) for half, row in zip(halves, column.rows, strict=True)
        ]
        return formula(kernel, " // 2 * ", dilation) if _agree(column.values, spread) else NoValue.UNKNOWN

    def _size(self, column: SettingColumn) -> Any:
        """Return channels that enter the layer, or else the block, or another size; or a multiple or a part of one."""
        own = scale(column.values, column.channels)
        if own == SAME:
            return formula(CHANNELS)
        for number, draft in enumerate(self.drafts):
            found = scale(column.values, [draft.values[row] for row in column.rows]) if draft.key in SIZES else None
            if found:
                return found.formula(number)
        if own:
            return own.formula(CHANNELS)
        return self._ratio(column) or self._around(column) or NoValue.UNKNOWN

    def _around(self, column: SettingColumn) -> Formula | None:
        """Return a param that is computed from the channels that enter the block."""
        found = scale(column.values, [self.entering[row] for row in column.rows])
        if found is None:
            return None
        everywhere = column._replace(rows=range(len(self.entering)), values=list(map(found.of, self.entering)))
        return self.new(everywhere, found.formula(CHANNELS))

    def _ratio(self, column: SettingColumn) -> Formula | None:
        """Return the channels that enter, times a param, where few factors stand for many values within a block."""
        trios = zip(column.rows, column.values, column.channels, strict=True)
        known = [(row, value, by) for row, value, by in trios if value is not NoValue.ABSENT]
        if column.key not in OUT or any(type(value) is not int or not by or value % by for _, value, by in known):
            return None
        ratios = {row: value // by for row, value, by in known}
        few, many = len(set(ratios.values())), len({value for _, value, _ in known})
        inside = any(value != self.leaving[row] for row, value, _ in known)
        agree = all(value == ratios[row] * by for row, value, by in known)  # the first copy and the rest
        if few > _MOST_RATIOS or many < 2 * few or not inside or not agree:
            return None
        values = [ratios.get(row, NoValue.ABSENT) for row in range(len(self.entering))]
        factor = self.express(
            SettingColumn(RATIO, RATIO, column.site, range(len(values)), values, [None] * len(values))
        )
        return formula(f"{CHANNELS} * ", factor)


def _half(kernel: Any) -> Any:
    return kernel // 2 if type(kernel) is int else NoValue.UNKNOWN


def _times(half: Any, dilation: Any) -> Any:
    return half * dilation if type(half) is type(dilation) is int else NoValue.UNKNOWN


def _agree(values: Sequence[Any], others: Sequence[Any]) -> bool:
    return all(value is NoValue.ABSENT or same_value(value, other) for value, other in zip(values, others, strict=True))


def _are_related(key: str, other: str) -> bool:
    return key == other or {key, other} <= SIZES or other in _ALSO.get(key, ())
