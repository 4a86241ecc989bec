"""Settings some of which are computed -> a checked model, for the values of its names at each use."""

from collections.abc import Collection, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from cnnparams.errors import LayerError
from cnnparams.expression import ExpressionError, Scope
from cnnparams.layers.contract.settings import setting_words
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


def evaluate(key: str, computed: Any, scope: Scope) -> Any:
    """Return the value of a setting, computed or as it is; raise LayerError, which names it, where it has none."""
    if not isinstance(computed, Computed):
        return computed
    try:
        return computed.evaluate(scope)
    except ExpressionError as error:
        separator = " " if str(error).startswith("is ") else ": "
        raise LayerError(f"{key}{separator}{error} ({computed.explained(scope)})", key, error.hint) from None


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
    read = {
        key: reader.setting((*path, key), value, words[key], subject) if key in words else value
        for key, value in data.items()
    }
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
