"""The arrows between packages point one way: data flows YAML -> Document -> Spec -> Graph -> Report -> text."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cnnparams"

MAY_USE = {
    "errors": set(),
    "layers": {"errors"},
    "schema": {"errors", "layers"},
    "engine": {"errors", "layers", "schema"},
    "render": {"engine"},
    "cli": {"", "errors", "schema", "engine", "render"},
    "api": {"schema", "engine", "render"},
    "": {"api", "errors"},
    "__main__": {"cli"},
}
"""For each part of the house, what of the others it may import."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(module: str) -> str:
    """Return the part of the house that a dotted module name belongs to: `layers` for cnnparams.layers.conv."""
    return module.split(".")[1] if "." in module else ""


def imports(source: str) -> Iterator[str]:
    """Yield every module of ours that the source imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "cnnparams")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cnnparams":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def wrong_arrows(part: str, source: str) -> list[str]:
    allowed = MAY_USE[part] | {part}
    known = set(MAY_USE) - {""}
    targets = ((name, part_of(name) if part_of(name) in known else "") for name in imports(source))
    return [name for name, target in targets if target not in allowed]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_part_may_use(path: Path) -> None:
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert wrong_arrows("" if part == "__init__" else part, path.read_text()) == []


def test_the_window_arithmetic_imports_nothing_of_ours() -> None:
    assert list(imports((PACKAGE / "layers" / "window.py").read_text())) == []


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("layers", "from cnnparams.schema.spec import Spec"),
        ("engine", "import cnnparams.render.report.table"),
        ("render", "from cnnparams.layers.shape import Shape"),
        ("schema", "def f():\n    from cnnparams.engine import build"),
        ("errors", "from cnnparams import api"),
    ],
)
def test_a_wrong_import_is_caught(part: str, source: str) -> None:
    assert wrong_arrows(part, source) != []


def test_only_the_command_line_prints() -> None:
    calls = {
        path.relative_to(PACKAGE).parts[0]
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "click.echo", "sys.stdout.write")
    }
    assert calls <= {"cli"}


def test_files_are_small() -> None:
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > 200} == {}
