"""Settings some of which are computed -> a checked model, for the values of its names at each use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Generic, Literal, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from cnnparams.errors import LayerError
from cnnparams.expression import ExpressionError, Scope
from cnnparams.layers.settings import PerAxis
from cnnparams.schema.computed import Computed, Reader
from cnnparams.schema.source import KeyPath
from cnnparams.schema.wording import findings

M = TypeVar("M", bound=BaseModel)

_WHOLE = "// and round, floor, ceil, make_divisible give whole numbers"


class Template(NamedTuple, Generic[M]):
    """A model to be made: settings as they are, and computed ones. `made` remembers what has been made."""

    model: type[M]
    settings: Mapping[str, Any]
    computed: tuple[tuple[str, Computed], ...]
    made: dict[str, M]

    def fill(self, scope: Scope, base: Mapping[str, Any] | None = None) -> M:
        """Return the model in a scope, over the settings of `base`; raise LayerError where a setting has no value."""
        if not self.computed and base is None and self.made:
            return self.made[""]
        values = {key: evaluate(key, computed, scope) for key, computed in self.computed}
        key = repr((*values.values(), base)) if values or base else ""  # unlike a hash, it tells 1, 1.0 and true apart
        found = self.made.get(key)
        if found is None:
            found = self.made[key] = self._validated({**(base or {}), **self.settings, **values}, scope)
        return found

    def _validated(self, data: Mapping[str, Any], scope: Scope) -> M:
        try:
            return self.model.model_validate(data)
        except ValidationError as error:
            finding = next(findings(error, self.model))
            field = str(finding.path[0]) if finding.path else None
            computed = dict(self.computed).get(field or "")
            if computed is None:
                raise LayerError(finding.message, field, finding.hint) from None
            whole = isinstance(data[str(field)], float)
            message = f"{finding.message} ({computed.explained(scope)})"
            raise LayerError(message, field, _WHOLE if whole else None) from None


def evaluate(key: str, computed: Computed, scope: Scope) -> Any:
    """Return the value of a setting; raise LayerError, which names it, where it has none."""
    try:
        return computed.evaluate(scope)
    except ExpressionError as error:
        raise LayerError(f"{key}: {error} ({computed.explained(scope)})", key, error.hint) from None


def read_template(
    reader: Reader,
    model: type[M],
    data: Mapping[str, Any],
    path: KeyPath,
    *,
    subject: str | None = None,
    also: Collection[str] = (),
    complete: bool = True,
) -> Template[M] | None:
    """Return a template of `data`, all of it checked that can be; None, with the problems noted, where it is wrong.

    Where not `complete`, settings may be missing, which are known later.
    """
    noted, words = len(reader.problems.found), setting_words(model)
    read = {key: reader.setting((*path, key), value, words.get(key, ()), subject) for key, value in data.items()}
    computed = {key: value for key, value in read.items() if isinstance(value, Computed)}
    settings = {key: value for key, value in read.items() if key not in computed}
    key = (model, repr(settings))
    if not computed and key in reader.interned:
        return Template(model, settings, (), {"": reader.interned[key]})
    pending = {*computed, *(() if complete else model.model_fields)}
    made = reader.problems.validate(model, settings, path, subject=subject, also=also, pending=pending)
    if len(reader.problems.found) > noted:
        return None
    if made is None or computed:
        return Template(model, settings, tuple(computed.items()), {})
    reader.interned[key] = made
    return Template(model, settings, (), {"": made})


class _AnyWord(frozenset[str]):
    """The words of a setting that is text."""

    def __contains__(self, word: object) -> bool:
        return True


@cache
def setting_words(model: type[BaseModel]) -> Mapping[str, frozenset[str]]:
    """Return the words that each setting of a model takes as they are, such as the modes of padding, by its key."""
    return {
        field.alias or name: _words((field.annotation, *field.metadata)) for name, field in model.model_fields.items()
    }


def _words(annotations: Collection[Any]) -> frozenset[str]:
    if str in annotations:
        return _AnyWord()
    found: set[str] = set()
    for annotation in annotations:
        if isinstance(annotation, PerAxis):
            found.update(annotation.words)
        elif get_origin(annotation) is Literal:
            found.update(word for word in get_args(annotation) if isinstance(word, str))
        elif isinstance(inner := _words(get_args(annotation)), _AnyWord):
            return inner
        else:
            found.update(inner)
    return frozenset(found)
