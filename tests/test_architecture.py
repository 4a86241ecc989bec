"""The arrows between packages point one way: data flows YAML -> Document -> Spec -> Graph -> Report -> text."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cnnparams"

MAY_USE = {
    "inert": set(),
    "screen": set(),
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
        "screen",
        "engine.reports.report",
        "engine.costs.quantity",
        "engine.reports.comparison",
        "engine.reports.grid",
        "engine.reports.ranking",
        "engine.difference.difference",
        "engine.difference.outline",
        "engine.reports.explain",
        "engine.reports.catalogue",
        "engine.reports.memory",
        "engine.choosing.solve",
        "engine.choosing.check",
        "targets.verification",
    },
    "cli": {"", "api", "dtypes", "errors", "screen", "units", "schema", "engine", "render", "sources", "targets"},
    "api": {"errors", "units", "schema", "engine", "sources", "targets", "render"},
    "": {"api", "errors", "engine", "targets"},
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
    declaring = {path.stem for path in layers if "\n@layer_type" in path.read_text()}
    assert declaring == set(FAMILIES)


LONGER: dict[str, str] = {}
"""Files of more than 400 lines, and why each is one subject all the same."""

ONE_IMPORTER = {
    "cli/completion.py": "start-up: a shell that completes asks for it, and nothing else does",
    "engine/costs/storage.py": "a kind of cost",
    "engine/difference/alignment.py": "an algorithm that knows layers by their likeness alone, tested by itself",
    "engine/memory/arena.py": "the planner of TensorFlow Lite Micro, held against its own test cases",
    "engine/reports/attributes.py": "what a stub beside it has the types of",
    "engine/network/own_keys.py": "the keys of an entry that decide where and how often it stands, apart from lists",
    "sources/onnx/fold.py": "arithmetic on constants, as a runtime folds it, apart from the reading of nodes",
    "sources/onnx/entrance.py": "what enters is settled before anything is read of the nodes",
    "sources/onnx/inference.py": "asks onnx itself, which the layers do not",
    "sources/onnx/translate.py": "nodes become layers here, with a file already read and prepared",
    "sources/pytorch/trace.py": "the recording of a forward pass, which knows nothing of layers",
    "sources/pytorch/walk.py": "the recorded steps become layers here, which knows nothing of recording",
    "sources/unread.py": "formats that nothing reads, apart from the sources that read one",
    "sources/structure/wording.py": "how a block that was found is written, apart from the finding",
    "targets/code/network.py": "a class with a forward pass of its own",
    "targets/code/page.py": "how Python is laid out in lines, whatever it says",
    "targets/code/splitting.py": "which frames share a class",
    "targets/torch/network.py": "the model itself, apart from what is asked of it",
    "targets/code/wiring.py": "which step reads what, for all instances of a class at once",
}
"""Modules that one neighbour alone imports, and why each is not a part of it."""

FOUND_BY_NAME = {
    "cli/commands",
    "engine/costs",
    "layers",
    "render/answers",
    "render/formats",
    "sources/onnx/ops",
    "sources/pytorch/functions",
}
"""Folders with a file for each of a kind, which a register finds by its name."""


def test_a_file_holds_one_subject() -> None:
    """More than 400 lines are more than one subject, unless a reason stands here; fewer are not too many."""
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in modules()}
    assert {name for name, length in lengths.items() if length > 400} == LONGER.keys()


def names_of(modules: Iterable[str]) -> dict[str, str]:
    """Return the files of modules, relative to the package, by their dotted names."""
    return {
        f"cnnparams.{path.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}": path for path in modules
    }


def importers(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Return which files import each of those in `sources`, which has the text of each."""
    known = names_of(sources)
    found: dict[str, set[str]] = {path: set() for path in sources}
    for path, source in sources.items():
        for name in imports(source):
            target = known.get(name) or known.get(name.rpartition(".")[0])
            if target is not None and target != path:
                found[target].add(path)
    return found


def lonely(sources: Mapping[str, str]) -> set[str]:
    """Return the files that one other in their folder imports, and nothing else does."""
    single = {path: next(iter(users)) for path, users in importers(sources).items() if len(users) == 1}
    return {
        path
        for path, user in single.items()
        if Path(path).parent == Path(user).parent
        and not path.endswith("__init__.py")
        and not user.endswith("__init__.py")
    }


def test_a_module_that_one_neighbour_alone_imports_has_a_reason() -> None:
    sources = {str(path.relative_to(PACKAGE)): path.read_text() for path in modules()}
    found = {path for path in lonely(sources) if str(Path(path).parent) not in FOUND_BY_NAME or path in ONE_IMPORTER}
    assert found == ONE_IMPORTER.keys()


def test_a_lonely_module_is_caught() -> None:
    use = "from cnnparams.schema.lonely import x"
    assert lonely({"schema/lonely.py": "x = 1", "schema/user.py": use}) == {"schema/lonely.py"}
    assert lonely({"schema/lonely.py": "x = 1", "schema/user.py": use, "schema/other.py": use}) == set()
    assert lonely({"schema/lonely.py": "x = 1", "engine/user.py": use}) == set()


def class_names(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the files that define a class of each name, be it with an underscore before it."""
    found: dict[str, set[str]] = {}
    for path, source in sources.items():
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name.lstrip("_"), set()).add(path)
    return found


def test_a_class_name_means_one_thing_in_the_tree() -> None:
    sources = {str(path.relative_to(PACKAGE)): path.read_text() for path in modules()}
    several = {name: paths for name, paths in class_names(sources).items() if len(paths) > 1}
    assert several == {}


def test_a_second_class_of_a_name_is_caught() -> None:
    assert class_names({"a.py": "class Row: ...", "b.py": "class _Row: ..."}) == {"Row": {"a.py", "b.py"}}
