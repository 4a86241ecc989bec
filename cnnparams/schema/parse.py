"""Document -> Spec. Every problem of a file is found before any is told."""

from collections.abc import Iterator
from pathlib import PurePath

from cnnparams.errors import Problem, quote
from cnnparams.inert import title
from cnnparams.schema.blocks import params_of, read_blocks
from cnnparams.schema.budget import read_budget
from cnnparams.schema.computed import NamesInScope, Reader
from cnnparams.schema.entries import read_entries, read_references
from cnnparams.schema.expression_hints import CHANNELS
from cnnparams.schema.keys import INPUT, Input, SeveralInputs, SingleInput
from cnnparams.schema.problems import Problems
from cnnparams.schema.source import Document, YamlMapping
from cnnparams.schema.spec import Spec
from cnnparams.schema.template import Template, read_template
from cnnparams.schema.variables import read_variables, variable_names


def parse(document: Document) -> Spec:
    """Validate a document; raise SpecError with everything that is wrong with it."""
    root, problems = document.root, Problems(document)
    several = _has_several(root)
    if several and INPUT in root:
        hint = "write one of them: inputs where there are several, each with its name"
        problems.add((INPUT,), "both input and inputs are given", hint=hint, at_key=True)
        problems.raise_any()
    head = problems.validate(SeveralInputs if several else SingleInput, root, ())
    names = NamesInScope(params_of(root), variable_names(root))
    reader = Reader(problems, names, {})
    variables = read_variables(reader, root)
    blocks = read_blocks(reader, root)
    budget = read_budget(reader, root)
    inputs = _inputs(reader, root, several=several)
    layers = read_entries(reader.at(names.within(CHANNELS)), ("layers",), root.get("layers"))
    outputs = read_references(reader, ("outputs",), root.get("outputs"), "outputs")
    problems.raise_any()
    assert head is not None
    name = title(head.name or _default_name(document))
    remarks = tuple(_remarks(document, names))
    return Spec(name, inputs, variables, blocks, layers, outputs, document, remarks, budget=budget)


def _has_several(root: YamlMapping) -> bool:
    """Tell whether the inputs have names; inputs: {channels: 3} is a misspelt input."""
    inputs = root.get("inputs")
    sizes = isinstance(inputs, dict) and inputs and all(isinstance(value, int) for value in inputs.values())
    return "inputs" in root and not sizes


def _inputs(reader: Reader, root: YamlMapping, *, several: bool) -> dict[str, Template[Input]]:
    written = root["inputs"] if several else {INPUT: root.get(INPUT)}
    named = written if isinstance(written, dict) else {}
    places = {name: ("inputs", name) if several else (INPUT,) for name in named}
    read = {
        name: read_template(reader, Input, value, places[name])
        for name, value in named.items()
        if isinstance(value, dict)
    }
    return {name: template for name, template in read.items() if template}


def _remarks(document: Document, names: NamesInScope) -> Iterator[Problem]:
    """Yield a remark for each var and block that nothing uses."""
    variants = document.root.get("variants") or {}
    written = [("vars",), *(("variants", name) for name in variants), ("blocks",)]
    told: set[str] = set()
    for path in written:
        for name in document.at(path) or ():
            if name not in names.used and name not in told:
                told.add(name)
                what = "block" if path == ("blocks",) else "var"
                yield Problem(
                    f"warning: nothing uses the {what} {quote(name)}", document.place((*path, name), key=True)
                )


def _default_name(document: Document) -> str:
    return "stdin" if document.source.name == "<stdin>" else PurePath(document.source.name).stem
