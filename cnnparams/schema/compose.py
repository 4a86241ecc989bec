"""PyYAML's events -> values with places.

Composing from events refuses, before anything walks the values, what PyYAML lets pass: duplicate keys, tags,
a second document, aliases that multiply without end, absurd depth.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

from cnnparams.errors import quote
from cnnparams.schema import scalars
from cnnparams.schema.source import Document, Mapping, Mark, Sequence, Text

MAX_DEPTH = 100
MAX_ALIASED = 1_000_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "<<"


def compose(source: Text) -> Document:
    """Parse one YAML document whose top is a mapping; raise SpecError with the place of whatever it is not."""
    try:
        return _Composer(source).document()
    except yaml.reader.ReaderError as error:
        return source.fail(
            *_line_and_column(source.text, error), f"not YAML: {error.reason}", "remove the character: a spec is plain text"
        )
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        return source.fail(line, column, f"not YAML: {_what(error)}", _remedy(source, line, column))


class _Anchored(NamedTuple):
    value: Any
    weight: int


class _Composer:
    """One pass over the events of a text."""

    def __init__(self, source: Text) -> None:
        self.source = source
        self.events = yaml.parse(source.text, Loader=_LOADER)
        self.anchors: dict[str, _Anchored | None] = {}
        self.weight = 0
        self.aliased = 0

    def document(self) -> Document:
        next(self.events)  # the start of the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            self.source.fail(0, 0, "the file is empty", "a spec has an input and a list of layers")
        first = next(self.events)
        start = _start(first)
        root = self.value(first, 0)
        if not isinstance(root, Mapping):
            found = "a list" if isinstance(root, Sequence) else "empty" if root is None else quote(root)
            self.source.fail(*start, f"a spec is a mapping with the keys input and layers; this file is {found}")
        next(self.events)  # the end of the document
        second = next(self.events)
        if not isinstance(second, yaml.StreamEndEvent):
            self.source.fail(*_start(second), "a second document starts here", "one file holds one spec: split the file")
        return Document(self.source, root, start)

    def value(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if event.tag is not None and event.tag != "!":
            self.source.fail(*_start(event), f"tags such as {quote(event.tag)} are not understood", "remove the tag")
        if depth > MAX_DEPTH:
            self.source.fail(*_start(event), f"nested more than {MAX_DEPTH} levels deep")
        before = self.weight
        self.weight += 1
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        value = self.content(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(value, self.weight - before)
        return value

    def content(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(depth)
        if not event.implicit[0]:
            return event.value
        try:
            return scalars.resolve(event.value)
        except ValueError as error:
            return self.source.fail(*_start(event), f"{quote(event.value)}: {error}", "no size or count of a network is that large")

    def alias(self, event: Any) -> Any:
        if event.anchor not in self.anchors:
            self.source.fail(*_start(event), f"no anchor {quote('&' + event.anchor)} before this alias")
        anchored = self.anchors[event.anchor]
        if anchored is None:
            self.source.fail(*_start(event), f"{quote('*' + event.anchor)} stands inside itself")
        self.weight += anchored.weight
        self.aliased += anchored.weight
        if self.aliased > MAX_ALIASED:
            self.source.fail(*_start(event), f"aliases expand to more than {MAX_ALIASED:,} values")
        return anchored.value

    def sequence(self, depth: int) -> Sequence:
        items = Sequence()
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            start = _start(event)
            items.marks.append(Mark(start, start))
            items.append(self.value(event, depth + 1))
        return items

    def mapping(self, depth: int) -> Mapping:
        pairs = Mapping()
        merged: list[Mapping] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key, key_start = self.key(event, pairs), _start(event)
            event = next(self.events)
            mark = Mark(key_start, _start(event))
            value = self.value(event, depth + 1)
            if key == _MERGE:
                merged.extend(self.to_merge(value, mark))
            else:
                pairs[key], pairs.marks[key] = value, mark
        for other in merged:
            for key in other:
                if key not in pairs:
                    pairs[key], pairs.marks[key] = other[key], other.marks[key]
        return pairs

    def key(self, event: Any, pairs: Mapping) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self.source.fail(*_start(event), "a key must be a plain word")
        key: str = event.value
        if key in pairs:
            first = pairs.marks[key].key[0] + 1
            self.source.fail(*_start(event), f"{quote(key)} is given twice", f"the first is in line {first}: remove one of them")
        return key

    def to_merge(self, value: Any, mark: Mark) -> list[Mapping]:
        sources = value if isinstance(value, Sequence) else [value]
        if not all(isinstance(source, Mapping) for source in sources):
            self.source.fail(*mark.value, "'<<' merges mappings", "give it an alias of a mapping, such as *defaults")
        return list(sources)


def _start(event: Any) -> tuple[int, int]:
    return event.start_mark.line, event.start_mark.column


def _what(error: yaml.MarkedYAMLError) -> str:
    return " ".join(part for part in (error.context, error.problem) if part)


def _remedy(source: Text, line: int, column: int) -> str:
    before = source.place(line, column).text[: column + 1]
    if "\t" in before:
        return "indent with spaces: YAML does not allow tabs"
    return "check the indentation, the brackets and the quotes here and in the line above"


def _line_and_column(text: str, error: yaml.reader.ReaderError) -> tuple[int, int]:
    character = error.character if isinstance(error.character, str) else chr(error.character)
    before = text[: max(text.find(character), 0)]
    return before.count("\n"), len(before) - before.rfind("\n") - 1
