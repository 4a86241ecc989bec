"""Where a spec is that a user calls by a name: a file, or one of the zoo, with @ a variant of either.

This stands apart from reading it, as completion asks no more, and has no time to import what a spec is made of.
"""

import re
from pathlib import Path

from cnnparams.errors import Problem, SpecError, quote, suggest
from cnnparams.inert import printable
from cnnparams.schema import zoo
from cnnparams.schema.source import STDIN

AT = "@"


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
