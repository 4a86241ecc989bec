"""The arrows between packages point one way: data flows YAML -> Document -> Spec -> Graph -> Report -> text."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cnnparams"

MAY_USE = {
    "inert": set(),
    "dtypes": set(),
    "errors": set(),
    "expression": set(),
    "units": {"errors"},
    "layers": {"errors"},
    "schema": {"dtypes", "errors", "expression", "units", "layers"},
    "engine": {"dtypes", "errors", "expression", "units", "layers", "schema"},
    "sources": {"errors", "expression", "layers", "schema", "engine"},
    "targets": {"errors", "expression", "layers", "schema", "engine", "sources"},
    "render": {
        "errors",
        "engine.reports.report",
        "engine.costs.quantity",
        "engine.reports.grid",
        "engine.difference.difference",
        "engine.difference.outline",
        "engine.reports.explain",
        "engine.reports.catalogue",
        "engine.reports.memory",
        "engine.choosing.solve",
        "engine.choosing.check",
        "targets.verification",
    },
    "cli": {"", "api", "dtypes", "errors", "units", "schema", "engine", "render", "sources", "targets"},
    "api": {"errors", "schema", "engine", "render"},
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
    allowed = MAY_USE[part] | {part, "inert"}
    return [name for name in imports(source) if not may_use(allowed, name)]


def may_use(allowed: set[str], name: str) -> bool:
    """Tell whether a module is one of the parts, or modules, that are allowed."""
    inner = name.removeprefix("cnnparams").removeprefix(".")
    target = inner if part_of(name) in MAY_USE else ""
    return any(target == part or (part and f"{target}.".startswith(f"{part}.")) for part in allowed)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_part_may_use(path: Path) -> None:
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert wrong_arrows("" if part == "__init__" else part, path.read_text()) == []


def frameworks(source: str) -> set[str]:
    """Return the frameworks that the source imports."""
    tree = ast.walk(ast.parse(source))
    names = [alias.name for node in tree if isinstance(node, ast.Import) for alias in node.names]
    tree = ast.walk(ast.parse(source))
    names += [str(node.module) for node in tree if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names} & {"torch", "onnx", "numpy", "tensorflow"}


def test_only_sources_and_targets_import_other_frameworks() -> None:
    using = {path.relative_to(PACKAGE).parts[0] for path in modules() if frameworks(path.read_text())}
    assert using <= {"sources", "targets"}


@pytest.mark.parametrize("source", ["import torch.nn", "def f():\n    from onnx import helper"])
def test_importing_a_framework_is_caught(source: str) -> None:
    assert frameworks(source)


def test_the_window_arithmetic_imports_nothing_of_ours() -> None:
    assert list(imports((PACKAGE / "layers" / "contract" / "window.py").read_text())) == []


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("layers", "from cnnparams.schema.spec import Spec"),
        ("engine", "import cnnparams.render.formats.text"),
        ("render", "from cnnparams.layers.contract.shape import Shape"),
        ("render", "from cnnparams.engine.reports.measure import measure"),
        ("layers", "import cnnparams"),
        ("engine", "from cnnparams.sources.extra import extra"),
        ("targets", "from cnnparams.cli import main"),
        ("schema", "def f():\n    from cnnparams.engine import build"),
        ("errors", "from cnnparams import api"),
    ],
)
def test_a_wrong_import_is_caught(part: str, source: str) -> None:
    assert wrong_arrows(part, source) != []


def writes(source: str) -> bool:
    """Tell whether the source prints, or touches the standard streams for writing."""
    names = {ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name | ast.Attribute)}
    return not names.isdisjoint({"print", "click.echo", "sys.stdout", "sys.stderr"})


def test_only_the_command_line_prints() -> None:
    assert {path.relative_to(PACKAGE).parts[0] for path in modules() if writes(path.read_text())} == {"cli"}


@pytest.mark.parametrize("source", ["print(1)", "import sys\nsys.stdout.writelines([])", "click.echo('x')"])
def test_printing_is_caught(source: str) -> None:
    assert writes(source)


@pytest.mark.parametrize(
    ("part", "call", "only"),
    [
        ("cli", "err=True", set()),
        ("cli", "streams.beside()", {"cli/messages.py"}),
        ("render", "csv.writer(", {"render/formats/csv.py"}),
    ],
)
def test_text_from_strangers_has_one_way_to_a_destination(part: str, call: str, only: set[str]) -> None:
    """What is written past these is not made inert."""
    users = {str(path.relative_to(PACKAGE)) for path in (PACKAGE / part).rglob("*.py") if call in path.read_text()}
    assert users == only


def test_every_family_of_layer_types_is_known_to_the_registry() -> None:
    from cnnparams.layers.contract.registry import FAMILIES

    layers = (PACKAGE / "layers").glob("*.py")
    declaring = {path.stem for path in layers if "\n@layer_type(" in path.read_text()}
    assert declaring == set(FAMILIES)


def test_a_file_holds_one_subject() -> None:
    """More than 400 lines are more than one subject; fewer may be one that is better read in one place."""
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > 400} == {}
