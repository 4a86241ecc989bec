"""A spec for another size of its input, as one may ask for it: 3x160x160 where it says 3x224x224."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnnparams.errors import CnnparamsError, Problem, SpecError, argument, quote, some
from cnnparams.expression import Expression
from cnnparams.schema.computed import Computed
from cnnparams.schema.draft import TYPE
from cnnparams.schema.input_shape import InputShape
from cnnparams.schema.keys import INPUT, Input
from cnnparams.schema.parse import parse
from cnnparams.schema.plain import NOWHERE
from cnnparams.schema.source import KeyPath, YamlMapping
from cnnparams.schema.spec import Spec

Sizes = tuple[int, ...]
_OPAQUE = "opaque"


def with_inputs(spec: Spec, given: Sequence[InputShape]) -> Spec:
    """Return a spec with other sizes of its inputs, which have names or come in order; raise SpecError for others.

    Where a size is a var of the spec, the var is set: other parts of the network may depend on it.
    """
    if typed := next((each for each in given if each.dtype), None):
        fact = f"{typed}:{typed.dtype}: a spec does not declare the type of its input: leave it out"
        raise CnnparamsError(f"{argument('input')}: {fact}")
    values: dict[str, Any] = {}
    changed: dict[KeyPath, Mapping[str, Any]] = {}
    for name, sizes in _matched(spec, given).items():
        path: KeyPath = (INPUT,) if INPUT in spec.document.root else ("inputs", name)
        changed[path] = _keys(spec, name, sizes, values)
    root = spec.document.root
    for path, keys in changed.items():
        root = _replaced(root, path, keys)
    if path := next(_opaque(root), ()):
        message = "is opaque: its result has the shape that is written, and cannot follow another size of the input"
        raise SpecError([Problem(message, spec.document.place(path), hint="write in its place what it does")])
    choice = spec.choice._replace(values={**spec.choice.values, **values})
    if root is spec.document.root:
        return spec._replace(choice=choice)
    resized = parse(spec.document._replace(root=root))  # whose vars may have lost their use: that is no mistake
    return resized._replace(choice=choice, remarks=spec.remarks)


def _opaque(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield where steps stand of which nothing but their result is known."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if key == TYPE and isinstance(inner, str) and inner.casefold() == _OPAQUE:
            yield (*path, key)
        yield from _opaque(inner, (*path, key))


def _matched(spec: Spec, given: Sequence[InputShape]) -> dict[str, Sizes]:
    names = list(spec.inputs)
    named = {each.name: each.dims for each in given if each.name}
    others = [each.dims for each in given if not each.name]
    rest = [name for name in names if name not in named]
    if (unknown := [name for name in named if name not in names]) or len(others) > len(rest):
        what = f"no input is called {some(unknown)}" if unknown else f"{len(given)} inputs are given"
        raise _error(
            spec, f"{what}; it has {len(names)}: {some(names)}", f"give {argument('input')} once for each, or by name"
        )
    return {**named, **dict(zip(rest, others, strict=False))}


def _keys(spec: Spec, name: str, sizes: Sizes, values: dict[str, Any]) -> Mapping[str, Any]:
    """Return the keys of an input; where they are vars, set these in `values`, and keep the keys."""
    template = spec.inputs[name]
    written = {**template.settings, **dict(template.computed)}
    if "shape" in written:
        return {"shape": _dims(spec, name, written["shape"], sizes, values)}
    form = next((form for form in Input.FORMS if set(form) == {key for key in written if written[key] is not None}), ())
    if len(form) != len(sizes):
        example = "x".join(f"{key.upper()}" for key in form)
        fact = f"the shape of {quote(name)} is {example}: {len(form)} sizes, not {len(sizes)}"
        raise _error(spec, fact, _without_batch(sizes, len(form)))
    return {key: _size(spec, written[key], size, values) for key, size in zip(form, sizes, strict=True)}


def _dims(spec: Spec, name: str, shape: Any, sizes: Sizes, values: dict[str, Any]) -> Any:
    parts = shape.parts if isinstance(shape, Computed) else shape
    if isinstance(parts, Expression):  # a var, say, whose value is the list
        return _size(spec, shape, list(sizes), values)
    if len(parts) != len(sizes):
        fact = f"the shape of {quote(name)} has {len(parts)} sizes, not {len(sizes)}"
        raise _error(spec, fact, _without_batch(sizes, len(parts)))
    return [_size(spec, part, size, values) for part, size in zip(parts, sizes, strict=True)]


def _without_batch(sizes: Sizes, count: int) -> str:
    if len(sizes) == count + 1:
        return f"leave out the batch: --input {'x'.join(map(str, sizes[1:]))}"
    return "give the shape of one sample, without the batch"


def _size(spec: Spec, computed: Any, size: Any, values: dict[str, Any]) -> Any:
    var = computed.text if isinstance(computed, Computed) else ""
    if var not in spec.variables.names or values.setdefault(var, size) != size:
        return size
    return var


def _replaced(root: YamlMapping, path: KeyPath, keys: Mapping[str, Any]) -> YamlMapping:
    """Return the mapping with other keys at a path; all else is the same, in the same place."""
    made = YamlMapping()
    made.update(root)
    made.marks.update(root.marks)
    first, *rest = path
    if rest:
        made[str(first)] = _replaced(root[str(first)], tuple(rest), keys)
        return made
    inner = YamlMapping()
    inner.update(keys)
    inner.marks.update(dict.fromkeys(keys, root.marks.get(str(first), NOWHERE)))
    made[str(first)] = inner
    return made


def _error(spec: Spec, message: str, hint: str) -> SpecError:
    return SpecError([Problem(message, source=spec.document.source.name, hint=hint)])
