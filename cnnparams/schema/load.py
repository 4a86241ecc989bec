"""What a user calls a spec -> Spec: a file, one of the zoo by name, with @ a variant of either."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnnparams.schema import zoo
from cnnparams.schema.compose import compose
from cnnparams.schema.locate import locate
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text, read
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose


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
