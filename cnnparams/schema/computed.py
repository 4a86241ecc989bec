"""Values of a spec that are arithmetic: read once, evaluated wherever they are used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from cnnparams.errors import listed, quote, suggest
from cnnparams.expression import FUNCTIONS, Expression, ExpressionError, Scope, Value, parse
from cnnparams.layers import registry
from cnnparams.schema.problems import Problems
from cnnparams.schema.source import KeyPath

INDEX = "index"
CHANNELS = "channels"
RESERVED = (INDEX, CHANNELS, *FUNCTIONS, "true", "false", "null")
"""Names that mean something already."""


class Computed(NamedTuple):
    """An expression, or a list that holds some. `words` are names in it that stand for themselves."""

    parts: Expression | tuple[Any, ...]
    words: Mapping[str, str] = MappingProxyType({})

    def evaluate(self, scope: Scope) -> Value:
        """Return the value; raise ExpressionError where there is none."""
        if isinstance(self.parts, Expression):
            return self.parts.run({**self.words, **scope} if self.words else scope)
        return tuple(value_of(part, scope) for part in self.parts)

    def explained(self, scope: Scope) -> str:
        """Return the expression with the values of its names, for a message."""
        if not isinstance(self.parts, Expression):
            return next((part.explained(scope) for part in self.parts if isinstance(part, Computed)), "")
        names = [name for name in sorted(self.parts.names) if name != self.parts.text and name in scope]
        values = listed([f"{name} is {quote(scope[name])}" for name in names], "and")
        return f"{self.parts.text}, where {values}" if values else self.parts.text


BROKEN = Computed(parse("0"))
"""Stands for an expression whose problem has been noted, so that it is not noted again."""


def value_of(part: Any, scope: Scope) -> Value:
    """Return what stands for a value, evaluated where it is computed."""
    return part.evaluate(scope) if isinstance(part, Computed) else part


@dataclass(frozen=True, slots=True)
class Names:
    """The names that expressions may read: those of the file, which are noted when used, and those of one place."""

    blocks: Mapping[str, Mapping[str, Any]]
    """The params of each block, None where they must be given."""
    variables: frozenset[str]
    local: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set)

    def within(self, *names: str) -> Names:
        """Return the names at a place that has these too."""
        return Names(self.blocks, self.variables, self.local | set(names), self.used)

    def inside_block(self, *params: str) -> Names:
        """Return the names inside of a block, which sees nothing of the place that uses it."""
        return Names(self.blocks, self.variables, frozenset((*params, CHANNELS)), self.used)

    def __contains__(self, name: object) -> bool:
        return name in self.local or name in self.variables

    def all(self) -> list[str]:
        """Return every name, those nearest first."""
        return [*sorted(self.local), *sorted(self.variables)]


class Reader(NamedTuple):
    """What reading any part of a spec needs: where problems go, the names at that part, and layers made so far."""

    problems: Problems
    names: Names
    interned: dict[tuple[type, str], Any]

    def at(self, names: Names) -> Reader:
        """Return a reader at a place with other names."""
        return self._replace(names=names)

    def setting(self, path: KeyPath, value: Any, words: Collection[str], subject: str | None) -> Any:
        """Return a setting: as it is, or computed. What is neither is left to the check of the setting."""
        if isinstance(value, list):
            items = tuple(self.setting((*path, i), item, words, subject) for i, item in enumerate(value))
            return Computed(items) if any(isinstance(item, Computed) for item in items) else list(items)
        if not isinstance(value, str) or value in words:
            return value
        try:
            expression = parse(value)
        except ExpressionError:
            return value
        if value.isidentifier() and value not in self.names:
            return value if suggest(value, self.names.all()) is None else self._unknown(path, value, subject)
        return self._computed(path, expression, subject)

    def expression(self, path: KeyPath, value: Any, subject: str | None, *, words: bool = False) -> Any:
        """Return any value of YAML, text in it being expressions; where `words`, a name may stand for itself."""
        if isinstance(value, list):
            items = tuple(self.expression((*path, i), item, subject, words=words) for i, item in enumerate(value))
            return Computed(items) if any(isinstance(item, Computed) for item in items) else items
        if isinstance(value, dict):
            message = f"expected a number, true or false, a word or a list, but found {quote(value)}"
            self.problems.add(path, message, subject=subject)
        if not isinstance(value, str):
            return value
        if value.isidentifier() and value not in self.names and (words or self._is_word(value)):
            self.names.used.add(value)
            return value
        try:
            return self._computed(path, parse(value), subject)
        except ExpressionError as error:
            self.problems.add(path, f"{quote(value)} {_fact(error)}", subject=subject, hint=error.hint)
            return BROKEN

    def _is_word(self, name: str) -> bool:
        """Tell whether a name stands for itself: a block, a type, or what some setting knows (padding: same)."""
        return name in self.names.blocks or registry.find(name) is not None or name in registry.words()

    def _computed(self, path: KeyPath, expression: Expression, subject: str | None) -> Any:
        strangers = [name for name in sorted(expression.names) if name not in self.names]
        words = {name: name for name in strangers if self._is_word(name)}
        if unknown := [self._unknown(path, name, subject) for name in strangers if name not in words]:
            return unknown[0]
        self.names.used.update(expression.names)
        if expression.names:
            return Computed(expression, words)
        try:
            return expression.run({})
        except ExpressionError as error:
            self.problems.add(path, f"{quote(expression.text)}: {error}", subject=subject, hint=error.hint)
            return BROKEN

    def _unknown(self, path: KeyPath, name: str, subject: str | None) -> Computed:
        if name == INDEX:
            hint: str | None = "index is the number of a copy, in an entry with repeat and what is inside of it"
        else:
            guess = suggest(name, [*self.names.all(), *self.names.blocks])
            known = listed(self.names.all(), "and")
            hint = f"did you mean {quote(guess)}?" if guess else f"the names here are {known}"
        self.problems.add(path, f"unknown name {quote(name)}", subject=subject, hint=hint)
        return BROKEN


def _fact(error: ExpressionError) -> str:
    text = str(error)
    return text if text.startswith("is ") else f"is not an expression: {text}"
