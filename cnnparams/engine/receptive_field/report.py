"""What a report says of the receptive fields of a network's nodes."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from cnnparams.engine.network.memo import Memo
from cnnparams.engine.receptive_field.field import Field
from cnnparams.engine.receptive_field.fields import AxisView, ImageView, NodeView

FieldRow = tuple[Any, ...]
"""View, stride, padding, whether it is aligned and whether it is global; whether the input sees the whole image."""

NOTHING: FieldRow = (None,) * 6
_Numbers = tuple[int, ...]


class FieldTotals(NamedTuple):
    """What is said of the network: the largest field, and the layers whose windows add no context to it."""

    largest: _Numbers | None
    layers_without_context: int
    first_without_context: str | None
    context_limit: _Numbers | None


class ViewSummary(NamedTuple):
    """What is said of a view: the sizes along its axes, whether each place sees another field, or all of the image."""

    sizes: _Numbers
    is_local: bool
    sees_all: bool
    row: FieldRow


class Fields:
    """The receptive fields of a network's nodes; what nodes see that see the same is looked at once."""

    def __init__(self, names: Sequence[str], fields: Sequence[NodeView | None]) -> None:
        self._seen = list(zip(names, fields, strict=True))
        self._known = Memo[ViewSummary]()

    def rows(self) -> list[FieldRow]:
        """Return what is said of each node."""
        return [
            (*self._looks(seen.after, seen).row, self._input_sees_all(seen)) if seen else NOTHING
            for _, seen in self._seen
        ]

    def totals(self) -> FieldTotals:
        """Return what is said of the network."""
        after = [self._looks(seen.after, seen) for _, seen in self._seen if seen]
        widening = [(name, before) for name, seen in self._seen if seen and (before := self._widened(seen))]
        in_vain = [name for name, before in widening if before.sees_all]
        largest = _largest([looks.sizes for looks in after if looks.is_local])
        limit = _largest([before.sizes for _, before in widening])
        return FieldTotals(largest, len(in_vain), in_vain[0] if in_vain else None, limit)

    def _looks(self, view: ImageView, seen: NodeView) -> ViewSummary:
        return self._known.of((view,), None, partial(_look, view, seen.image))

    def _input_sees_all(self, seen: NodeView) -> bool:
        """Tell whether an input sees the whole image; one that is local nowhere counts where there is no other."""
        views = [view for view in seen.before if view]
        local = [view for view in views if any(axis.local for axis in view)] if len(views) > 1 else views
        return any(self._looks(view, seen).sees_all for view in local or views)

    def _widened(self, seen: NodeView) -> ViewSummary | None:
        """Return what the only input sees where a layer's window makes the field larger."""
        view = seen.before[0]
        if len(seen.before) > 1 or not view or view is seen.after:
            return None
        before, after = self._looks(view, seen), self._looks(seen.after, seen)
        grows = any(n > m for n, m in zip(after.sizes, before.sizes, strict=True))
        return before if before.is_local and after.is_local and grows else None


def _look(view: ImageView, image: Sequence[int]) -> ViewSummary:
    local = [axis.local for axis in view if axis.local]
    fields = [field for field in local if isinstance(field, Field)]
    sees_all = all(axis.sees_all(n) for axis, n in zip(view, image, strict=True))
    row: FieldRow = (view, None, None, None)
    if fields and len(fields) == len(local):
        aligned = all(field.aligned for field in fields)
        row = (view, tuple(map(_stride, view)), tuple(map(_padding, view)), aligned)
    row = (*row, any(axis.everywhere for axis in view))
    return ViewSummary(tuple(axis.size for axis in view), len(fields) == len(view), sees_all, row)


def _stride(axis: AxisView) -> Fraction:
    return axis.local.stride if isinstance(axis.local, Field) else Fraction(0)


def _padding(axis: AxisView) -> int:
    if isinstance(axis.local, Field):
        return axis.local.padding
    return -axis.everywhere.first if axis.everywhere else 0


def _largest(sizes: Sequence[_Numbers]) -> _Numbers | None:
    """Return the largest size along each axis."""
    return tuple(map(max, zip(*sizes, strict=True))) if sizes else None
