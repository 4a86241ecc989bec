"""Values of a spec that are arithmetic: read once, evaluated wherever they are used."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from keyword import iskeyword
from types import MappingProxyType
from typing import Any, NamedTuple

from cnnparams.dtypes import DTYPES
from cnnparams.errors import listed, quote, some, suggest
from cnnparams.expression import FUNCTIONS, Expression, ExpressionError, Scope, Value, parse
from cnnparams.layers.contract import registry
from cnnparams.schema.expression_hints import CHANNELS, INDEX, MEANING, expression_hint
from cnnparams.schema.problems import Problems
from cnnparams.schema.source import KeyPath

MOST_VALUES = 10_000
RESERVED = (INDEX, CHANNELS, *FUNCTIONS, "true", "false", "null")
"""Names that mean something already."""

_WORD = re.compile(r"[^\W\d]\w*")


class Computed(NamedTuple):
    """An expression, or a list that holds some. `words` are names in it that stand for themselves."""

    parts: Expression | tuple[Any, ...]
    words: Mapping[str, str] = MappingProxyType({})

    def evaluate(self, scope: Scope) -> Value:
        """Return the value; raise ExpressionError where there is none."""
        if not isinstance(self.parts, Expression):
            return _bounded(tuple(value_of(part, scope) for part in self.parts))
        try:
            return self.parts.run({**self.words, **scope} if self.words else scope)
        except ExpressionError as error:
            if error.hint is None and any(quote(name) in str(error) for name in self.names if name not in scope):
                raise ExpressionError(str(error), "give it a value in vars, or in this variant") from None
            raise

    def explained(self, scope: Scope) -> str:
        """Return the expression with the values of its names, for a message."""
        names = [name for name in sorted(self.names) if name in scope]
        if names == [self.text]:
            return f"the value of {self.text}"
        values = listed([f"{name} is {quote(scope[name])}" for name in names if type(scope[name]) is not tuple], "and")
        return f"{self.text}, where {values}" if values else self.text

    @property
    def names(self) -> frozenset[str]:
        """The names that it reads."""
        if isinstance(self.parts, Expression):
            return self.parts.names
        return frozenset().union(*(part.names for part in self.parts if isinstance(part, Computed)))

    @property
    def text(self) -> str:
        """What is written in the file."""
        if isinstance(self.parts, Expression):
            return self.parts.text
        return f"[{', '.join(part.text if isinstance(part, Computed) else str(part) for part in self.parts)}]"


BROKEN = Computed(parse("0"))
"""Stands for an expression whose problem has been noted, so that it is not noted again."""


def _bounded(items: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return a list that holds no more than can be: lists of lists that double, say."""
    open_, count = [items], 0
    while open_:
        inner = open_.pop()
        count += len(inner)
        open_.extend(item for item in inner if isinstance(item, tuple))
        if count > MOST_VALUES:
            raise ExpressionError(f"is a list of more than {MOST_VALUES:,} values")
    return items


def value_of(part: Any, scope: Scope) -> Value:
    """Return what stands for a value, evaluated where it is computed."""
    return part.evaluate(scope) if isinstance(part, Computed) else part


@dataclass(frozen=True, slots=True)
class NamesInScope:
    """The names that expressions may read: those of the file, which are noted when used, and those of one place."""

    blocks: Mapping[str, Mapping[str, Any]]
    """The params of each block, None where they must be given."""
    variables: frozenset[str]
    local: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set)

    def within(self, *names: str) -> "NamesInScope":
        """Return the names at a place that has these too."""
        return NamesInScope(self.blocks, self.variables, self.local | set(names), self.used)

    def inside_block(self, *params: str) -> "NamesInScope":
        """Return the names inside of a block, which sees nothing of the place that uses it."""
        return NamesInScope(self.blocks, self.variables, frozenset((*params, CHANNELS)), self.used)

    def __contains__(self, name: object) -> bool:
        return name in self.local or name in self.variables

    def all(self) -> list[str]:
        """Return every name, those nearest first."""
        return [*sorted(self.local), *sorted(self.variables)]


class Reader(NamedTuple):
    """What reading any part of a spec needs: where problems go, the names at that part, and layers made so far."""

    problems: Problems
    names: NamesInScope
    interned: dict[tuple[type, str], Any]

    def at(self, names: NamesInScope) -> "Reader":
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
        except ExpressionError as error:
            meant = any(word in self.names for word in _WORD.findall(value))
            return self._misread(path, value, error, subject) if meant else value
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
        word = value in self.names.blocks or (value.isidentifier() and (words or self._is_word(value)))
        if word and value not in self.names:
            self.names.used.add(value)
            return value
        try:
            return self._computed(path, parse(value), subject)
        except ExpressionError as error:
            return self._misread(path, value, error, subject)

    def _is_word(self, name: str) -> bool:
        """Tell whether a name stands for itself: a block, a type, a dtype, or what a setting knows (padding: same)."""
        of_file = name in self.names.blocks
        return of_file or name in DTYPES or registry.find_type(name) is not None or name in registry.words()

    def _computed(self, path: KeyPath, expression: Expression, subject: str | None) -> Any:
        strangers = [name for name in sorted(expression.names) if name not in self.names]
        words = {name: name for name in strangers if self._is_word(name)}
        if strangers and self._noted(expression.text):
            return BROKEN
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

    def _noted(self, text: str) -> bool:
        """Tell whether a text has a name that no expression can read: a problem where it is declared."""
        return any(name in text for name in self.names.all() if not name.isidentifier() or iskeyword(name))

    def _misread(self, path: KeyPath, text: str, error: ExpressionError, subject: str | None) -> Computed:
        if self._noted(text):
            return BROKEN
        hint = expression_hint(text) or error.hint
        fact = f" {error}" if str(error).startswith("is ") else f": {error}"
        self.problems.add(path, quote(text) + fact, subject=subject, hint=hint)
        return BROKEN

    def _unknown(self, path: KeyPath, name: str, subject: str | None) -> Computed:
        known = [known for known in self.names.all() if known.isidentifier()]
        guess = suggest(name, [*known, *self.names.blocks])
        declare = f"declare it in vars{'; known here: ' if known else ''}{some(known)}"
        hint = MEANING.get(name) or (f"did you mean {quote(guess)}?" if guess else declare)
        self.problems.add(path, f"unknown name {quote(name)}", subject=subject, hint=hint)
        return BROKEN
