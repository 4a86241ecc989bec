"""How a repository of specs guards itself: the hook for pre-commit, and the recipes of docs/budgets.md."""

import re
import shlex
from typing import Any

import pytest
import yaml

from cnnparams.engine.costs.register import totals
from tests.bad_runs import cnnparams
from tests.docs.pages import Block, blocks
from tests.specs import ROOT

SPEC = "docs/examples/digits.yaml"


def hook() -> dict[str, Any]:
    (found,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return dict(found)


def recipe(key: str) -> Any:
    (block,) = [block for block in blocks("yaml") if block.text.startswith(f"{key}:") or f"\n{key}:" in block.text]
    return yaml.safe_load(block.text)


def test_the_hook_checks_the_specs_that_it_is_given() -> None:
    program, *arguments = shlex.split(hook()["entry"])
    assert program == "cnnparams"
    assert cnnparams(*arguments, SPEC) == (0, "", "")
    assert cnnparams(*arguments, *hook().get("args", []), "--max", "params=1", SPEC).code == 1


@pytest.mark.parametrize(
    ("path", "is_spec"),
    [("specs/net.yaml", True), ("nets/specs/a/net.yml", True), (".github/workflows/specs.yaml", False)],
)
def test_the_hook_takes_the_files_in_folders_of_specs(path: str, is_spec: bool) -> None:
    assert hook()["types"] == ["yaml"]
    assert bool(re.search(hook()["files"], path)) == is_spec


def test_the_recipe_for_pre_commit_names_the_hook() -> None:
    (repository,) = recipe("repos")["repos"]
    assert repository["hooks"] == [{"id": hook()["id"]}]


def checks(block: Block) -> list[str]:
    """Return the commands of a block that check."""
    return re.findall(r"^(?:.*run: )?cnnparams (check .*)$", block.text, re.MULTILINE)


@pytest.mark.parametrize(
    "block", [block for block in blocks("yaml", "sh") if block.page.name == "budgets.md" and checks(block)], ids=str
)
def test_the_commands_of_a_recipe_work(block: Block) -> None:
    for command in checks(block):
        words = shlex.split(command.replace("specs/*.yaml", f"{SPEC} specs/simple_cnn.yaml"))
        assert cnnparams(*words)[:2] == (0, "")


def test_the_page_names_words_of_budgets_alone() -> None:
    """All of them are in quantities.md, which is made from the code."""
    page = (ROOT / "docs" / "budgets.md").read_text(encoding="utf-8")
    table = page.split("| word |")[1].split("\n\n")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    named = re.findall(r"`([\w-]+)`", "".join(first_cells))
    assert named == [word for word in totals() if word in named] != []
