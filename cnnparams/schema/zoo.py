"""The specs that come with the tool, found by name: a file's, or one of a variant in it."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from cnnparams.errors import SpecError
from cnnparams.schema.compose import compose
from cnnparams.schema.source import read

_SUFFIX = ".yaml"
_PACKAGE = Path(__file__).parent.parent


class Member(NamedTuple):
    """One network of the zoo: its name, its file, and the variant of that file where it has some."""

    name: str
    path: Path
    variant: str | None


def folder() -> Path:
    """Return where the specs are: inside of an installed package, beside the package in a checkout."""
    installed = _PACKAGE / "specs"
    return installed if installed.is_dir() else _PACKAGE.parent / "specs"


def families() -> dict[str, Path]:
    """Return every file of the zoo by its name."""
    return {path.name.removesuffix(_SUFFIX): path for path in sorted(folder().glob(f"*{_SUFFIX}"))}


def members() -> list[Member]:
    """Return every network of the zoo, in the order of files and of variants in them."""
    return [
        Member(variant or name, path, variant)
        for name, path in families().items()
        for variant in (variants(path) or [None])
    ]


def find_spec(name: str) -> Member | None:
    """Return the file of that name, or the variant of that name in one of them; None where there is neither."""
    known = families()
    if name in known:
        return Member(name, known[name], name if name in variants(known[name]) else None)
    mentioning = (path for path in known.values() if f"{name}:" in path.read_text(encoding="utf-8"))
    return next((Member(name, path, name) for path in mentioning if name in variants(path)), None)


def has(path: str) -> bool:
    """Tell whether a file is one of those that come with the tool, as they are found by name."""
    return Path(path).parent == folder()


@cache
def variants(path: Path) -> tuple[str, ...]:
    """Return the names of a file's variants; none where the file cannot be read."""
    try:
        found = compose(read(path)).root.get("variants")
    except SpecError:
        return ()
    return tuple(found) if isinstance(found, dict) else ()
