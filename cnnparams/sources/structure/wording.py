"""The settings of an entry, and what it gives to a block, as a spec has them: values and expressions."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnnparams.engine.network.stack import Plain
from cnnparams.sources.structure.formula import Formula, NoValue, Split, same_value
from cnnparams.sources.structure.naming import DEPTH, WHEN
from cnnparams.sources.structure.template import BlockTemplate, TemplateSite, usual_settings
from cnnparams.sources.structure.tree import TRAINABLE

FIRST, REST = 0, 1


class WrittenBlock(NamedTuple):
    """A block as its users see it."""

    name: str
    template: BlockTemplate


class Wording(NamedTuple):
    """What the template of one block says, in words."""

    template: BlockTemplate

    def settings(self, site: TemplateSite, type_: str) -> Plain:
        """Return the settings of a layer."""
        values = {key: self._value(site, key) for key in usual_settings(type_)}
        return {key: self.plain(value) for key, value in values.items() if value is not NoValue.ABSENT}

    def flag(self, site: TemplateSite) -> Plain:
        """Return whether a group learns, where it does not always."""
        value = self._value(site, TRAINABLE)
        return {} if value in (NoValue.ABSENT, True) else {TRAINABLE: self.plain(value)}

    def when(self, site: TemplateSite) -> Any:
        """Return the condition of an optional slot."""
        return self.plain(self._value(site, WHEN))

    def count(self, site: TemplateSite) -> Any:
        """Return how many copies a slot holds."""
        return self.plain(self._value(site, DEPTH))

    def arguments(self, site: TemplateSite, block: WrittenBlock, copy: int | None = None) -> Plain:
        """Return what a block is given; where that differs from copy to copy, by the first or by the rest of them.

        Of all copies, it is a choice between both.
        """
        given: Plain = {}
        for number in block.template.given:
            name, usual = block.template.names[number], block.template.defaults[number]
            value = self._value(site, number)
            if isinstance(value, Split):
                value = value[copy] if copy is not None else self._choice(value)
            if value is NoValue.ABSENT and usual is NoValue.REQUIRED:
                given[name] = None
            elif value is not NoValue.ABSENT and not same_value(value, usual):
                given[name] = self.plain(value)
        return given

    def is_one_entry(self, site: TemplateSite, block: WrittenBlock) -> bool:
        """Tell whether copies of a block can be given what they need by one entry that can still be read."""
        values = (self._value(site, number) for number in block.template.given)
        split = [value for value in values if isinstance(value, Split)]
        return len(split) < 2 and all(isinstance(part, int | Formula) for value in split for part in value)

    def plain(self, value: Any) -> Any:
        """Return a value as YAML holds it."""
        if isinstance(value, Formula):
            return value.text(self.template.names)
        return list(value) if isinstance(value, tuple) else value

    def _value(self, site: TemplateSite, key: str | int) -> Any:
        return self.template.values.get((site, key), NoValue.ABSENT)

    def _choice(self, split: Split) -> Any:
        if isinstance(split.first, bool) and isinstance(split.rest, bool):
            return "index == 0" if split.first else "index > 0"
        return f"{self.plain(split.first)} if index == 0 else {self.plain(split.rest)}"
