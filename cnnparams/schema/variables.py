"""The vars of a file and its variants, and their values once a variant is chosen."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, NoReturn

from cnnparams.errors import Problem, SpecError, quote, some, suggest
from cnnparams.expression import BOOLEAN, NUMBER, Expression, ExpressionError, Value, parse
from cnnparams.schema.blocks import check_name
from cnnparams.schema.bounds import Bounds, VarKeys, misfit
from cnnparams.schema.computed import Computed, Reader, value_of
from cnnparams.schema.source import KeyPath
from cnnparams.schema.spec import Choice, Spec, Variables

DEFAULT = "default"
_VARS: KeyPath = ("vars",)
_LIST = "a list"
_OF_TYPE: dict[type, str] = {int: NUMBER, float: NUMBER, str: "a word", tuple: _LIST}


def variable_names(root: Mapping[str, Any]) -> frozenset[str]:
    """Return every name that the vars or a variant set."""
    variants = root.get("variants")
    written = [root.get("vars"), *(variants.values() if isinstance(variants, dict) else ())]
    return frozenset(name for names in written if isinstance(names, dict) for name in names)


def read_variables(reader: Reader, root: Mapping[str, Any]) -> Variables:
    """Return vars and variants, every problem with them noted."""
    written, declared = root.get("variants"), root.get("vars")
    bounds = dict(_bounds(reader, declared))
    variants = {
        name: _values(reader, ("variants", name), chosen, bounds)
        for name, chosen in (written.items() if isinstance(written, dict) else ())
    }
    return Variables(_values(reader, _VARS, declared, bounds), variants, bounds)


def _bounds(reader: Reader, declared: Any) -> Iterator[tuple[str, Bounds]]:
    """Yield what each var may be that says so."""
    for name, written in declared.items() if isinstance(declared, dict) else ():
        if _says_bounds(written) and (
            found := reader.problems.validate(VarKeys, written, (*_VARS, name), subject=f"var {name}")
        ):
            yield name, found.bounds()


def _says_bounds(written: Any) -> bool:
    return isinstance(written, dict) and not written.keys().isdisjoint(VarKeys.model_fields)


def _values(reader: Reader, path: KeyPath, written: Any, bounds: Mapping[str, Bounds]) -> dict[str, Any]:
    if written is not None and not isinstance(written, dict) and path != _VARS:
        variant = path[-1]
        message = f"expected vars and their values, but found {quote(written)}"
        reader.problems.add(path, message, subject=f"variant {variant}", hint=f"such as {variant}: {{width: 0.5}}")
    names = written if isinstance(written, dict) else {}
    for name in names:
        check_name(reader, (*path, name), name, "var")
    return {
        name: _value(reader, (*path, name, *more), name, value, bounds.get(name))
        for name, of_name in names.items()
        for more, value in _written(of_name, declared=path == _VARS)
    }


def _written(value: Any, *, declared: bool) -> Iterator[tuple[KeyPath, Any]]:
    """Yield the value that is written, and the way to it; nothing where a var only says what it may be."""
    if not declared or not _says_bounds(value):
        yield (), value
    elif DEFAULT in value:
        yield (DEFAULT,), value[DEFAULT]


def _value(reader: Reader, path: KeyPath, name: str, written: Any, bounds: Bounds | None) -> Any:
    value = reader.expression(path, written, f"var {name}", words=True)
    if bounds and not isinstance(value, Computed) and not isinstance(written, dict) and bounds.forbids(value):
        reader.problems.add(path, f"var {name} {misfit(value, bounds)}")
    return value


def choose(spec: Spec, variant: str | None = None, values: Mapping[str, Any] | None = None) -> Spec:
    """Return the spec with a variant chosen, and vars overridden; values are as in YAML, text in them expressions.

    Raise SpecError for a variant or a var that the spec does not have.
    """
    if variant is not None and variant not in spec.variables.variants:
        message = f"no variant {quote(variant)}" if variant else "the variant is missing after the @"
        _fail(spec, message, _variants(spec, variant))
    for name in values or {}:
        if name not in spec.variables.names:
            known = sorted(spec.variables.names)
            guess = suggest(name, known)
            hint = f"its vars are {some(known)}" if known else "it has no vars"
            _fail(spec, f"no var {quote(name)}", f"did you mean {quote(guess)}?" if guess else hint)
    return spec._replace(choice=Choice(variant, dict(values or {})))


def members(spec: Spec) -> list[Spec]:
    """Return the networks that a spec stands for: each variant of a family of which none is chosen, or itself."""
    if spec.choice.variant is not None or not spec.variables.variants:
        return [spec]
    return [spec._replace(choice=spec.choice._replace(variant=name)) for name in spec.variables.variants]


def values(spec: Spec) -> dict[str, Value]:
    """Return the values of the vars as chosen; raise SpecError where one has none, or no variant is chosen."""
    variables, (variant, overrides) = spec.variables, spec.choice
    if variables.variants and variant is None:
        hint = f"name it after an @, such as @{next(iter(variables.variants))}; {_variants(spec)}"
        _fail(spec, "is a family: choose one of its variants", hint)
    declared = {**variables.defaults, **(variables.variants[variant] if variant is not None else {})}
    chosen = {name: _read(spec, name, value) for name, value in overrides.items()}
    found = _evaluated(spec, {**declared, **chosen})
    _check_bounds(spec, found)
    for name in chosen:
        kind = _kind(declared.get(name))
        if kind not in (None, _kind(found[name])):
            _fail(spec, f"{name} is {kind}, and cannot be set to {quote(found[name])}", None, name)
    return found


def _check_bounds(spec: Spec, found: Mapping[str, Value]) -> None:
    for name, bounds in spec.variables.bounds.items():
        if name not in found:
            _fail(spec, f"var {name} has no value", "give it a default, or a value in the variant", name)
        if bounds.forbids(found[name]):
            if name in spec.choice.values:
                _fail(spec, f"{name} {misfit(found[name], bounds, 'is set to')}", None, name, of_variant=False)
            _fail(spec, f"var {name} {misfit(found[name], bounds)}", None, name)


def _read(spec: Spec, name: str, value: Any) -> Any:
    """Return a value from outside of the file, in which text is an expression, or a word."""
    if isinstance(value, list | tuple):
        return Computed(tuple(_read(spec, name, item) for item in value))
    if not isinstance(value, str) or (value.isidentifier() and value not in spec.variables.names):
        return value
    try:
        expression = parse(value)
    except ExpressionError as error:
        _fail(spec, f"{name} is set to {quote(value)}, which {error}", error.hint, name)
    if unknown := sorted(expression.names - spec.variables.names):
        guess = suggest(unknown[0], spec.variables.names)
        hint = f"did you mean {quote(guess)}?" if guess else None
        _fail(spec, f"{name} is set to {quote(value)}: unknown name {quote(unknown[0])}", hint, name)
    return Computed(expression)


def _kind(value: Any) -> str | None:
    """Return what kind of value this is; None where that is not plain."""
    if isinstance(value, Computed):
        return value.parts.kind if isinstance(value.parts, Expression) else _LIST
    if isinstance(value, bool):
        return BOOLEAN
    return next((kind for type_, kind in _OF_TYPE.items() if isinstance(value, type_)), None)


def _evaluated(spec: Spec, written: Mapping[str, Any]) -> dict[str, Value]:
    computed = {name: value for name, value in written.items() if isinstance(value, Computed)}
    reads = {name: computed[name].names & written.keys() if name in computed else () for name in written}
    found: dict[str, Value] = {}
    try:
        order = [*TopologicalSorter(reads).static_order()]
    except CycleError as error:
        circle = error.args[1][::-1]  # the cycle as the sorter gives it runs from what is read to what reads it
        hint = "give one of them a value" if len(circle) > 2 else "give it a value"
        _fail(spec, f"var {circle[0]} is computed from itself: {some(circle, ' <- ')}", hint, circle[0])
    for name in order:
        try:
            found[name] = value_of(written[name], found)
        except ExpressionError as error:
            how = " is set to what has no value:" if name in spec.choice.values else ""
            how = how or ("" if str(error).startswith("is ") else ":")
            _fail(spec, f"var {name}{how} {error} ({written[name].explained(found)})", error.hint, name)
    return found


def _variants(spec: Spec, word: str | None = None) -> str:
    known = spec.variables.variants
    guess = suggest(word, known) if word else None
    if guess:
        return f"did you mean {quote(guess)}?"
    return f"its variants are {some(known)}" if known else "it has no variants"


def _fail(spec: Spec, message: str, hint: str | None, name: str | None = None, *, of_variant: bool = True) -> NoReturn:
    variant = spec.choice.variant if of_variant else None
    paths: list[KeyPath] = [("vars", name)] if name else []
    if name and variant and name in spec.variables.variants[variant]:
        paths.insert(0, ("variants", variant, name))
    place = spec.document.place(paths[0]) if paths else None
    raise SpecError([Problem(message, place, source=spec.document.source.name, hint=hint)])
