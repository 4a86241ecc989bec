"""What a block says of its layers: every setting of them as a value, or as a formula of the block's params."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cnnparams.layers.contract.registry import find_type, layer_class
from cnnparams.layers.contract.settings import one_for_all, per_axis
from cnnparams.schema.expression_hints import CHANNELS
from cnnparams.sources.structure.formula import Formula, NoValue, Split, all_equal, formula, same_value
from cnnparams.sources.structure.inference import LATE, Inference, ParamDraft, SettingColumn
from cnnparams.sources.structure.naming import DEPTH, WHEN, WORDS, param_names
from cnnparams.sources.structure.pattern import ENTERING, Instance, Pattern, PatternSlot
from cnnparams.sources.structure.plan import BlockPlan
from cnnparams.sources.structure.sorting import Sorting
from cnnparams.sources.structure.tree import TRAINABLE, Part, TreeLayer

_OFTEN_ALIKE = ("activation", "when")
"""Settings whose commonest value goes without saying; of others, it is the one that layers have by themselves."""


def default(draft: ParamDraft) -> Any:
    """Return a param's default: a value, a formula, or REQUIRED where it must be given."""
    if draft.derived is not None:
        return draft.derived
    known = [value for value in draft.values if value is not NoValue.ABSENT and value is not None]
    if any(same_value(value, draft.usual) for value in known):
        return draft.usual
    if draft.key == "kernel_size" and (whole := [value for value in known if type(value) is int]):
        return min(whole)
    if draft.key in _OFTEN_ALIKE and known:
        texts = Counter(map(json.dumps, known))
        commonest = texts.most_common(1)[0][0]
        return next(value for value in known if json.dumps(value) == commonest)
    return NoValue.REQUIRED


class _Equation(NamedTuple):
    """Two sides, and whether they are equal in each use of the block; ABSENT where that cannot be told."""

    left: Formula
    right: Formula
    holds: Sequence[Any]


def when_formula(inference: Inference, presence: SettingColumn, *, sees_entering: bool) -> Any:
    """Return the `when` of a slot: a formula over strides and channels where one tells, else that of a param.

    An entry that does not see the channels that enter the block is given a param that does.
    """
    found = inference.find(presence)
    if found is not NoValue.UNKNOWN:
        return found
    for fitting in _fitting(presence.values, *_equations(inference)):
        return fitting if sees_entering or not fitting.mentions(CHANNELS) else inference.new(presence, fitting)
    return _of_a_size(inference, presence) or inference.new(presence)


def _of_a_size(inference: Inference, presence: SettingColumn) -> Formula | None:
    """Return that a size is more than 0, where it is one only of what is there or not: it is 0 elsewhere."""
    for number, draft in enumerate(inference.drafts):
        known = [value for value in draft.values if value is not NoValue.ABSENT]
        sized = draft.derived is None and draft.usual is NoValue.REQUIRED and all(type(value) is int for value in known)
        if sized and all(
            there is not (value is NoValue.ABSENT) for there, value in zip(presence.values, draft.values, strict=True)
        ):
            draft.values[:] = [0 if value is NoValue.ABSENT else value for value in draft.values]
            draft.usual = 0
            return formula(number, " > 0")
    return None


def _equations(inference: Inference) -> tuple[list[_Equation], list[_Equation]]:
    """Return that a stride is 1, and that the channels which enter are those of a layer in the block."""
    rows = range(len(inference.entering))
    strides = [
        (formula(number), draft.values) for number, draft in enumerate(inference.drafts) if draft.key == "stride"
    ]
    still = [
        _Equation(stride, formula("1"), [value == 1 if _is_known(value) else NoValue.ABSENT for value in values])
        for stride, values in strides
    ]
    equal = []
    for found, column in reversed(inference.sizes):
        size = found if isinstance(found, Formula) else formula(str(found))
        values = dict(zip(column.rows, column.values, strict=True))
        holds = [
            values[row] == inference.entering[row] if _is_known(values.get(row)) else NoValue.ABSENT for row in rows
        ]
        if not size.mentions(CHANNELS) and len(column.rows) == len(rows):
            equal.append(_Equation(formula(CHANNELS), size, holds))
    return still, equal


def _fitting(there: Sequence[Any], still: list[_Equation], equal: list[_Equation]) -> Iterator[Formula]:
    """Yield conditions that hold where, and only where, something is there."""
    for one in (*still, *equal):
        if _agree(there, one.holds):
            yield formula(one.left, " == ", one.right)
        if _agree(there, [_negated(held) for held in one.holds]):
            yield formula(one.left, " != ", one.right)
    for one in still:
        for other in equal:
            both = [_both(*pair) for pair in zip(one.holds, other.holds, strict=True)]
            if _agree(there, both):
                yield formula(one.left, " == ", one.right, " and ", other.left, " == ", other.right)
            if _agree(there, [_negated(held) for held in both]):
                yield formula(one.left, " != ", one.right, " or ", other.left, " != ", other.right)


def _agree(there: Sequence[Any], holds: Sequence[Any]) -> bool:
    return all(one is NoValue.ABSENT or one is other for one, other in zip(there, holds, strict=True))


def _negated(held: Any) -> Any:
    return held if held is NoValue.ABSENT else not held


def _both(one: Any, other: Any) -> Any:
    return NoValue.ABSENT if NoValue.ABSENT in (one, other) else one and other


def _is_known(value: Any) -> bool:
    return value is not None and value is not NoValue.ABSENT


TemplateSite = tuple[str, ...]
"""Where something stands in a block: the names of the slots that lead there."""


class BlockTemplate(NamedTuple):
    """A block: its params, their names and defaults, what its slots hold by place and key, its instances' rows."""

    params: Sequence[ParamDraft]
    names: Sequence[str]
    defaults: Sequence[Any]
    values: Mapping[tuple[TemplateSite, str | int], Any]
    rows: Mapping[str, int]

    @property
    def given(self) -> list[int]:
        """The numbers of the params that users give: the required first, those computed from others last."""
        known = [number for number, draft in enumerate(self.params) if draft.member is None]
        return sorted(
            known,
            key=lambda number: (self.params[number].derived is not None, self.defaults[number] is not NoValue.REQUIRED),
        )


class FilledSlot(NamedTuple):
    """A slot somewhere in a block, and what it holds in each instance: copies, nothing, or None where it is not."""

    site: TemplateSite
    slot: PatternSlot
    owners: Sequence[Instance | None]

    @property
    def copies(self) -> list[tuple[Part, ...]]:
        """What the slot holds in each instance."""
        return [owner.parts.get(self.slot.name, ()) if owner else () for owner in self.owners]


class Filling:
    """The templates of a network, each made from those of the blocks that it uses."""

    def __init__(
        self, sorting: Sorting, plan: BlockPlan, names: Mapping[Pattern, str], channels: Mapping[str, int]
    ) -> None:
        self.sorting = sorting
        self.plan = plan
        self.taken = frozenset(names.values())
        self.channels = channels
        self.templates: dict[Pattern, BlockTemplate] = {}
        for pattern in (*plan.blocks, sorting.root):
            self.templates[pattern] = self._template(pattern)

    def _template(self, pattern: Pattern) -> BlockTemplate:
        entering = [self._entering(instance.group.reads) for instance in pattern.instances]
        leaving = [self.channels[instance.group.out] for instance in pattern.instances]
        inference, values = Inference(entering, leaving), dict[tuple[TemplateSite, str | int], Any]()
        places = list(self._places(pattern, (), pattern.instances))
        for place in places:
            for column in self._columns(place):
                values[place.site, column.key] = inference.express(column)
            if isinstance(place.slot.kind, Pattern) and place.slot.kind in self.templates:
                self._call(place, self.templates[place.slot.kind], inference, values)
            if place.slot.most > 1:
                values[place.site, DEPTH] = inference.express(self._count(place))
        for place in places:
            if place.slot.optional:
                sees = len(place.site) == 1 and _sees_entering(pattern, place.slot)
                values[place.site, WHEN] = when_formula(inference, self._presence(place), sees_entering=sees)
        rows = {instance.group.path: row for row, instance in enumerate(pattern.instances)}
        inference.bundle()
        names = param_names(inference, self.taken)
        return BlockTemplate(inference.drafts, names, list(map(default, inference.drafts)), values, rows)

    def _places(self, pattern: Pattern, site: TemplateSite, owners: Sequence[Instance | None]) -> Iterator[FilledSlot]:
        for slot in pattern.slots:
            place = FilledSlot((*site, slot.name), slot, owners)
            yield place
            if isinstance(slot.kind, Pattern) and slot.kind not in self.templates:
                inner = [self.sorting.instances[run[0].path] if run else None for run in place.copies]
                yield from self._places(slot.kind, place.site, inner)

    def _columns(self, place: FilledSlot) -> Iterator[SettingColumn]:
        """Yield the settings of a layer, and of a group whether it learns."""
        copies = place.copies
        rows, channels = range(len(copies)), [self._entering(run[0].reads) if run else None for run in copies]
        if isinstance(place.slot.kind, Pattern):
            flags = [
                run[0].trainable if run and not isinstance(run[0], TreeLayer) else NoValue.ABSENT for run in copies
            ]
            if False in flags:
                yield SettingColumn(TRAINABLE, WORDS[TRAINABLE], place.site, rows, flags, channels, True)
            return
        leaves = [run[0] if run and isinstance(run[0], TreeLayer) else None for run in copies]
        written = {key for leaf in leaves if leaf for key in leaf.settings}
        for key, usual in sorted(usual_settings(place.slot.kind.type).items(), key=lambda item: item[0] in LATE):
            if key in written:
                values = [leaf.settings.get(key, usual) if leaf else NoValue.ABSENT for leaf in leaves]
                yield SettingColumn(key, WORDS.get(key, key), place.site, rows, values, channels, usual)

    def _call(
        self,
        place: FilledSlot,
        template: BlockTemplate,
        inference: Inference,
        values: dict[tuple[TemplateSite, str | int], Any],
    ) -> None:
        for number in sorted(template.given, key=lambda number: template.params[number].key in LATE):
            if template.params[number].derived is None:
                values[place.site, number] = self._argument(place, number, template, inference)

    def _argument(self, place: FilledSlot, number: int, template: BlockTemplate, inference: Inference) -> Any:
        first, rest = (self._given(place, number, template, copy) for copy in (0, 1))
        together = inference.find(_joined(first, rest))
        if together is not NoValue.UNKNOWN:
            return together
        if all(
            other is NoValue.ABSENT or same_value(one, other)
            for one, other in zip(first.values, rest.values, strict=True)
        ):
            return inference.new(first)
        others = inference.express(rest)
        word = f"first_{first.word}" if isinstance(others, Formula) else first.word
        return Split(inference.express(first._replace(word=word)), others)

    def _given(self, place: FilledSlot, number: int, template: BlockTemplate, copy: int) -> SettingColumn:
        """Return what a param is given by one of the copies in a slot."""
        draft = template.params[number]
        copies = [run[copy] if len(run) > copy else None for run in place.copies]
        values = [draft.values[template.rows[part.path]] if part else NoValue.ABSENT for part in copies]
        channels = [self._channels_of(run, copy) if len(run) > copy else None for run in place.copies]
        return SettingColumn(
            draft.key, template.names[number], place.site, range(len(copies)), values, channels, draft.usual
        )

    def _channels_of(self, run: tuple[Part, ...], copy: int) -> int | None:
        """Return the channels that enter a copy, which for the second stands for all after it."""
        entering = {self._entering(part.reads) for part in (run[copy:] if copy else run[:1])}
        return entering.pop() if len(entering) == 1 else None

    def _count(self, place: FilledSlot) -> SettingColumn:
        counts = [len(run) or NoValue.ABSENT for run in place.copies]
        return SettingColumn(DEPTH, DEPTH, place.site, range(len(counts)), counts, [None] * len(counts))

    def _presence(self, place: FilledSlot) -> SettingColumn:
        there = [bool(run) if owner else NoValue.ABSENT for run, owner in zip(place.copies, place.owners, strict=True)]
        return SettingColumn(WHEN, place.site[-1], place.site, range(len(there)), there, [None] * len(there))

    def _entering(self, reads: tuple[str, ...]) -> int:
        return self.channels[reads[0]]


def usual_settings(type_: str) -> dict[str, Any]:
    """Return what a layer type's settings are where they are not given, in the order in which they are written."""
    declaration = find_type(type_)
    assert declaration is not None
    layer = layer_class(declaration)
    axes = per_axis(layer)
    usual = {
        name: NoValue.REQUIRED if field.is_required() else one_for_all(field.default) if name in axes else field.default
        for name, field in layer.model_fields.items()
    }
    return {**usual, "activation": None, TRAINABLE: True}


def _sees_entering(pattern: Pattern, slot: PatternSlot) -> bool:
    """Tell whether what an entry of a block reads first is what enters the block."""
    if slot.wire.flows:
        return slot is pattern.slots[0]
    return slot.wire.refs is not None and slot.wire.refs[0] == ENTERING


def _joined(first: SettingColumn, rest: SettingColumn) -> SettingColumn:
    """Return the values of the first copies and of the rest as one setting's, which they are if one formula fits."""
    if all_equal(rest.values) and all(value is NoValue.ABSENT for value in rest.values):
        return first
    return first._replace(
        rows=[*first.rows, *rest.rows], values=[*first.values, *rest.values], channels=[*first.channels, *rest.channels]
    )
