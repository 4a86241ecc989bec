"""Every answer in every format: one renderer for each format, fed by sections."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from cnnparams.engine.costs.quantity import Kind
from cnnparams.engine.reports.explain import Derivation, Step
from cnnparams.engine.reports.grid import Heading, Row
from cnnparams.render import formats
from cnnparams.render.answer import Answer
from cnnparams.render.sections import (
    SECTIONS,
    Bars,
    Details,
    Estimated,
    Example,
    Fact,
    Facts,
    FormulaCell,
    Items,
    Note,
    Phrase,
    Scatter,
    Section,
    SpecWord,
    Table,
    Title,
    Working,
)
from cnnparams.render.view import Layout, View
from tests import readers
from tests.cli.run import run

FORMATS = sorted(module.name for module in iter_modules(formats.__path__))
FOR_PEOPLE = [name for name in FORMATS if ".sections(" in Path(formats.__path__[0], f"{name}.py").read_text()]
EVIL = "=1+1 <b>`*x*`</b> [a](http://b.c) \\input{x} \x1b[31m ::error::"
HEADS = (Heading("name", EVIL, Kind.TEXT), Heading("bytes", "Bytes", Kind.BYTES))
STEP = Step("MACs", "MACs", "a * 2", 6, EVIL)


class Everything(Answer):
    """An answer with each section, all of whose text comes from a stranger."""

    def sections(self, layout: Layout) -> Iterator[Section]:
        """Yield all of them."""
        yield Title(EVIL, (EVIL,))
        yield Table(HEADS, iter([Row((EVIL, 2048)), Row((Phrase(EVIL), Estimated(1)), (None, 0.5))]), EVIL)
        yield Table(HEADS, [Row((SpecWord(EVIL), 1)), Row((FormulaCell("a * 2", "b"), 3))], EVIL, is_list=True)
        yield Facts((Fact(EVIL, 1536, Kind.BYTES, EVIL),))
        yield Facts((Fact(EVIL, 1536, Kind.BYTES, EVIL),), EVIL)
        yield Note((EVIL, EVIL))
        yield Items((EVIL,), EVIL)
        yield Example("conv2d", "so")
        yield Working("net", Derivation({"a": 3}, (STEP,)), legend=EVIL)
        yield Bars(EVIL, ((EVIL, 3072), ("b", 0)), Kind.BYTES)
        yield Scatter(((EVIL, 10, 100),), "parameters", "MACs")
        yield Details((Title(EVIL, is_code=True),))

    def records(self, layout: Layout) -> Table:
        """Return one."""
        return Table(HEADS, [Row((EVIL, 2048))])

    def documents(self, layout: Layout) -> Iterator[Mapping[str, Any]]:
        """Yield one."""
        yield {"name": EVIL}


def written(format_: str) -> str:
    module = import_module(f"{formats.__name__}.{format_}")
    return "".join(module.render(Everything(), View()))


def test_the_answer_above_has_every_section() -> None:
    assert {type(section) for section in Everything().sections(View().layout)} == set(SECTIONS)


@pytest.mark.parametrize("format_", FOR_PEOPLE)
def test_a_format_for_people_writes_every_section(format_: str) -> None:
    text = re.sub(r"[\\{}$]", "", written(format_).replace("textasciitilde", "~"))
    assert readers.unseen(text) == set()
    for said in ("2.00 KiB", "~1 B", "1.50 KiB", "conv2d", "so", "3.00 KiB", "MACs"):
        assert said in text


def test_markdown_is_text_whatever_strangers_write() -> None:
    kinds = readers.markdown_tokens(written("markdown"))
    assert not {kind for kind in kinds if kind.startswith(("link", "image", "html", "em", "strong"))}
    assert readers.followed(written("markdown")) == []


def test_html_is_text_whatever_strangers_write() -> None:
    tags, _ = readers.html(written("html"))
    assert "a" not in tags
    assert "&lt;b&gt;" in written("html")


def test_html_is_a_page_that_needs_no_other_file_and_a_part_of_one_in_a_notebook() -> None:
    module = import_module(f"{formats.__name__}.html")
    page = "".join(module.render(Everything(), View(is_page=True)))
    tags, _ = readers.html(page)
    assert page.startswith('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    assert page.endswith("</body>\n</html>\n")
    assert "<title>=1+1 &lt;b&gt;" in page
    assert tags.isdisjoint({"script", "link", "img", "a"})
    assert "url(" not in page
    assert "color-scheme: light dark" in page
    assert written("html") in page
    assert {"html", "head", "style"}.isdisjoint(readers.html(written("html"))[0])


def test_latex_is_text_whatever_strangers_write() -> None:
    assert "\\input" not in written("latex")
    assert "\\begin{tabular}{lr}" in written("latex")
    assert "\\text{MACs} &= a \\times 2" in written("latex")


def test_csv_is_rows_whatever_strangers_write() -> None:
    header, row = csv.reader(io.StringIO(written("csv")))
    assert header == ["name", "bytes"]
    assert (row[0].startswith("'="), row[1]) == (True, "2048")


def test_json_has_rows_as_lines() -> None:
    assert json.loads(written("json")) == json.loads(written("jsonl"))


ANSWERS = {
    "count": ("lenet5",),
    "compare": ("lenet5", "simple_cnn"),
    "diff": ("lenet5", "simple_cnn"),
    "explain": ("lenet5",),
    "layers": ("conv2d",),
    "memory": ("lenet5", "--training", "--int8"),
    "check": ("lenet5", "--max", "params=1k"),
    "solve": ("resnet18", "--var", "size=32:64:32", "--max", "macs=100M"),
}
NO = {"check": 1}


@pytest.mark.parametrize("format_", ["csv", "html", "jsonl", "latex", "markdown"])
@pytest.mark.parametrize("command", ANSWERS)
def test_an_answer_has_every_format(command: str, format_: str) -> None:
    done = run(command, *ANSWERS[command], "--format", format_)
    assert (done.code, done.stderr) == (NO.get(command, 0), "")
    if format_ == "csv":
        assert len({len(row) for row in csv.reader(io.StringIO(done.stdout))}) == 1
    elif format_ == "jsonl":
        assert all(json.loads(line) for line in done.stdout.splitlines())
    else:
        assert {"html": "<", "latex": "\\", "markdown": "|"}[format_] in done.stdout or command == "check"


def test_csv_of_memory_has_a_row_for_each_part() -> None:
    rows = list(csv.DictReader(io.StringIO(run("memory", "simple_cnn", "--format", "csv").stdout)))
    assert [(row["part"], row["bytes"]) for row in rows] == [
        ("Weights", "2830760"),
        ("Buffers", "0"),
        ("Peak activations", "288000"),
        ("Total", "3118760"),
    ]


def test_csv_of_check_has_what_is_kept_too() -> None:
    limits = ("--max", "params=1k", "--max", "macs=1G")
    rows = list(csv.DictReader(io.StringIO(run("check", "simple_cnn", *limits, "--format", "csv").stdout)))
    assert [(row["total"], row["value"], row["limit"], row["kept"]) for row in rows] == [
        ("params", "707690", "1000", "no"),
        ("macs", "13666304", "1000000000", "yes"),
    ]


def test_table_is_an_old_word_for_text() -> None:
    assert run("count", "lenet5", "--format", "table") == run("count", "lenet5")
