"""What a user calls a spec -> Spec: a file, one of the zoo by name, with @ a variant of either."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnnparams.errors import Problem, SpecError, quote, suggest
from cnnparams.inert import printable
from cnnparams.schema import zoo
from cnnparams.schema.compose import compose
from cnnparams.schema.parse import parse
from cnnparams.schema.source import STDIN, Text, read
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose

AT = "@"


def load(name: str | Path, values: Mapping[str, Any] | None = None) -> Spec:
    """Read and validate a spec, with vars overridden by `values`.

    The name is a path, "-" for standard input, or that of a spec in the zoo; FILE@VARIANT chooses a variant.
    Raise SpecError with everything that is wrong with it.
    """
    path, variant = locate(str(name))
    return choose(spec_of(read(path)._replace(bundled=zoo.has(path))), variant, values)


def spec_of(text: Text) -> Spec:
    """Return what a text says; raise SpecError with everything that is wrong with it."""
    return parse(compose(text))


def locate(name: str) -> tuple[str, str | None]:
    """Return the path of a spec, and the variant that its name chooses; raise SpecError for a name of none."""
    if _is_file(name):
        return name, None
    before, at, variant = name.rpartition(AT)
    called = before if at else name
    if _is_file(called) or (called and not _is_bare(called)):
        return called, variant if at else None
    if at and called in zoo.families():
        return str(zoo.families()[called]), variant
    member = zoo.find_spec(called) if called else None
    if member and not at:
        return str(member.path), member.variant
    guess = suggest(called, [*zoo.families(), *(member.name for member in zoo.members())])
    hint = f"did you mean {quote(guess)}?" if guess else "name a YAML file, or one of those that cnnparams specs lists"
    message = "no such file, and no spec of that name comes with cnnparams"
    if member:
        message, hint = "is one network, and has no variants", f"leave out the {AT}"
    raise SpecError([Problem(message, source=printable(called) or quote(""), hint=hint)])


def _is_file(name: str) -> bool:
    try:
        return name == STDIN or (name != "" and Path(name).exists())
    except (OSError, ValueError):  # a name that no file can have
        return False


def _is_bare(name: str) -> bool:
    return re.fullmatch(r"[\w-]+", name) is not None
