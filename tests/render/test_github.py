"""Annotations as GitHub reads them: what would end a property or a line is escaped, a path begins at the top."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.errors import Place
from cnnparams.render.github import annotation


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """Return level, properties and message, as GitHub's runner takes a line apart."""
    assert line.startswith("::")
    assert line.endswith("\n")
    command, message = line[2:-1].split("::", 1)
    level, _, properties = command.partition(" ")
    pairs = (pair.split("=", 1) for pair in properties.split(","))
    return level, {key: unquote(value) for key, value in pairs}, unquote(message)


@given(title=st.text(), message=st.text())
def test_any_text_comes_back_and_keeps_to_its_line(title: str, message: str) -> None:
    line = annotation("error", title, message)
    assert not {"\r", "\n"} & set(line[:-1])
    assert parsed(line) == ("error", {"title": title}, message)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "top" / "nets").mkdir(parents=True)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "top"))
    monkeypatch.chdir(tmp_path / "top" / "nets")
    return tmp_path / "top"


@pytest.mark.parametrize("name", ["net.yaml", "a, b: 100%.yaml"])
def test_a_path_is_told_from_the_top_of_the_repository(name: str, repository: Path) -> None:
    (repository / "nets" / name).touch()
    level, properties, message = parsed(annotation("notice", "fc1", "too large", Place(name, 3, 5, "")))
    assert (level, message) == ("notice", "too large")
    assert properties == {"file": f"nets/{name}", "line": "3", "col": "5", "title": "fc1"}


def test_a_link_is_where_it_stands(repository: Path) -> None:
    target = repository.parent / "elsewhere.yaml"
    target.touch()
    (repository / "nets" / "link.yaml").symlink_to(target)
    assert parsed(annotation("error", "t", "m", Place("link.yaml", 1, 1, "")))[1]["file"] == "nets/link.yaml"


@pytest.mark.usefixtures("repository")
def test_what_is_in_no_repository_is_named_in_the_message() -> None:
    for source in ("<stdin>", __file__):
        assert parsed(annotation("error", "t", "m", Place(source, 2, 1, ""))) == (
            "error",
            {"title": "t"},
            f"{source}:2:1: m",
        )
