"""PyYAML's events -> values with places.

Composing from events refuses, before anything walks the values, what PyYAML lets pass: duplicate keys, tags,
a second document, aliases that multiply without end, absurd depth.
"""

import re
from itertools import chain
from typing import Any, NamedTuple, NoReturn

import yaml

from cnnparams.errors import brief, quote
from cnnparams.inert import unseen
from cnnparams.schema.source import Document, SourceMark, Text, YamlMapping, YamlSequence, split_lines

MAX_DEPTH = 100
TOO_DEEP = (f"nested more than {MAX_DEPTH} levels deep", "close what is open before this")
_ALIGN = "indent the keys of one mapping alike, and the '-' of one list alike"


class Fault(NamedTuple):
    """Where a text stops being YAML (line and column from 0), why, and what to do about it."""

    line: int
    column: int
    message: str
    hint: str


_KNOWN = {
    "mapping values are not allowed": (
        "a ':' where no key can be",
        "write each key on its own line, indented like its neighbours, and a space after each ':'; "
        "text that contains ': ' goes in quotes",
    ),
    "sequence entries are not allowed": ("a '-' where no entry can be", "start the list on its own line"),
    "expected key": ("this is outside the mapping above it", _ALIGN),
    "expected '-'": ("this is outside the list above it", _ALIGN),
    "<block end>": ("this is outside what comes before it", _ALIGN),
    "<document start>": ("this is outside what comes before it", _ALIGN),
    "node content": ("a value is missing here", "write one, or remove the character"),
    "violates indentation": ("a tab in the indentation", "indent with spaces"),
    "indentation space": ("a tab in the indentation", "indent with spaces"),
    "unknown escape character": ("in double quotes, a backslash starts an escape", "use single quotes"),
    "undefined tag handle": ("tags are not supported", "remove the tag"),
    "maximum nesting depth": TOO_DEEP,  # of libyaml, which reads ahead and may get there first
    "alphabetic or numeric": ("a name must follow '&' and '*'", "put the text in quotes"),
}
"""What the parser says -> what we say, and a remedy."""

_AT_ITS_START = {
    "could not find expected ':'": ("a key without ':'", "write a ':' and a space after it"),
    "unexpected end of stream": ("this quote is never closed", "close it"),
    "directive": ("directives are not supported", "remove the line"),
    "incompatible YAML document": ("directives are not supported", "remove the line"),
}
"""The same for what the parser notices late: told where it starts."""


def fault(error: yaml.MarkedYAMLError, text: str) -> Fault:
    """Return what is wrong with a text that is not YAML."""
    found, start = error.problem_mark or error.context_mark, error.context_mark or error.problem_mark
    problem = error.problem or ""
    if found is None or start is None:
        return Fault(0, 0, _said(error), _ALIGN)
    if "cannot start any token" in problem:
        return Fault(found.line, found.column, *_bad_start(_character(text, found)))
    if "expected ',' or" in problem:
        return _unclosed(found, start, text)
    if (closing := _character(text, found)) in ("]", "}"):
        return Fault(found.line, found.column, f"a '{closing}' that closes nothing", "remove it")
    at_its_start = ((start, words) for part, words in _AT_ITS_START.items() if part in f"{error.context} {problem}")
    known = ((found, words) for part, words in _KNOWN.items() if part in problem)
    mark, words = next(chain(at_its_start, known), (found, (_said(error), _ALIGN)))
    return Fault(mark.line, mark.column, *words)


def _said(error: yaml.MarkedYAMLError) -> str:
    return " ".join(part for part in (error.context, error.problem) if part)


def _bad_start(character: str) -> tuple[str, str]:
    if character == "\t":
        return "a tab in the indentation", "indent with spaces"
    return f"a value cannot start with {quote(character)}", "put it in quotes"


def _unclosed(found: Any, start: Any, text: str) -> Fault:
    bracket = _character(text, start)
    closing = "]" if bracket == "[" else "}"
    if not _character(text, found):
        return Fault(start.line, start.column, f"this '{bracket}' is never closed", f"close it with '{closing}'")
    if _character(text, found) == "[" and text[found.index - 1 : found.index].isidentifier():
        hint = 'inside of braces, an expression with brackets goes in quotes: "depths[index]"'
        return Fault(found.line, found.column, "a '[' inside of a value", hint)
    hint = f"a ',' is missing before this, or the '{bracket}' in line {start.line + 1} is not closed"
    return Fault(found.line, found.column, f"expected ',' or '{closing}'", hint)


def _character(text: str, mark: Any) -> str:
    return text[mark.index : mark.index + 1]


_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMBER = re.compile(
    r"(?P<whole>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hexadecimal>[0-9a-fA-F]+)"
    r"|(?P<real>[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)"
)
_BASES = {"whole": 10, "octal": 8, "hexadecimal": 16}
_LARGEST = 2**63 - 1
_LONGEST = 25  # characters: the digits of 64 bits in base 8, with room for a sign


def resolve(text: str) -> bool | int | float | str | None:
    """Return the value of a plain scalar; raise ValueError, saying what it is, where 64 bits cannot hold it."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("not a finite number")
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    kind = str(match.lastgroup)
    return _real(text) if kind == "real" else _whole(match[kind], _BASES[kind])


def _whole(digits: str, base: int) -> int:
    value = int(digits, base) if len(digits) <= _LONGEST or base != 10 else _LARGEST + 1
    if abs(value) > _LARGEST:
        raise ValueError("an integer beyond 64 bits")
    return value


def _real(text: str) -> int | float:
    value = float(text)
    if abs(value) > _LARGEST:
        raise ValueError("a number beyond 64 bits")
    if "." in text or not value.is_integer():
        return value  # 2.0 stays a float, as scale factors are
    digits, _, exponent = text.casefold().partition("e")
    return int(digits) * 10 ** int(exponent) if value and int(exponent) > 0 else int(value)  # 1e6 is a million


MAX_ALIASED = 100_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "<<"
_STANDARD = "tag:yaml.org,2002:"
_PLAIN = "remove the character: a spec is plain text"
_SPEC = "a spec has an input and a list of layers"


def compose(source: Text) -> Document:
    """Parse one YAML document whose top is a mapping; raise SpecError with the place of whatever it is not."""
    try:
        return _Composer(source).document()
    except yaml.reader.ReaderError as error:
        return source.fail(
            *_line_and_column(source.text, error), "not YAML: control characters are not allowed", _PLAIN
        )
    except yaml.MarkedYAMLError as error:
        line, column, message, hint = fault(error, source.text)
        return source.fail(line, column, f"not YAML: {message}", hint)
    except UnicodeEncodeError as error:
        return source.fail(*_end(source.text[: error.start]), "not YAML: half of a surrogate pair", _PLAIN)


class _Anchored(NamedTuple):
    value: Any
    weight: int
    height: int


class _Composer:
    """One pass over the events of a text."""

    def __init__(self, source: Text) -> None:
        self.source = source
        self.events = yaml.parse(source.text, Loader=_LOADER)
        self.anchors: dict[str, _Anchored | None] = {}
        self.weight = 0
        self.aliased = 0
        self.deepest = 0

    def document(self) -> Document:
        next(self.events)  # the start of the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            self.empty()
        first = next(self.events)
        start = _start(first)
        root = self.value(first, 0)
        if root is None:
            self.empty()
        if not isinstance(root, YamlMapping):
            found, hint = (
                ("a list", "put the list under layers:") if isinstance(root, YamlSequence) else (quote(root), _SPEC)
            )
            self.source.fail(*start, f"a spec is a mapping with the keys input and layers; this file is {found}", hint)
        next(self.events)  # the end of the document
        second = next(self.events)
        if not isinstance(second, yaml.StreamEndEvent):
            self.source.fail(
                *_start(second), "a second document starts here", "one file holds one spec: split the file"
            )
        return Document(self.source, root, start)

    def empty(self) -> NoReturn:
        self.source.fail(0, 0, "the file holds no spec" if self.source.text.strip() else "the file is empty", _SPEC)

    def value(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, depth)
        if event.tag is not None and event.tag != "!":
            tag = event.tag.replace(_STANDARD, "!!", 1)
            self.source.fail(*_start(event), f"tags such as {quote(tag)} are not supported", "remove the tag")
        self.check_depth(event, depth)
        before, around = self.weight, self.deepest
        self.weight += 1
        self.deepest = depth
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        value = self.content(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(value, self.weight - before, self.deepest - depth)
        self.deepest = max(self.deepest, around)
        return value

    def check_depth(self, event: Any, depth: int) -> None:
        if depth > MAX_DEPTH:
            self.source.fail(*_start(event), *TOO_DEEP)

    def content(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(depth)
        if event.tag == "!" or not event.implicit[0]:
            return event.value
        try:
            return resolve(event.value)
        except ValueError as error:
            return self.source.fail(
                *_start(event),
                f"{brief(event.value)} is {error}",
                "write a number that 64 bits can hold, or put text in quotes",
            )

    def alias(self, event: Any, depth: int) -> Any:
        if event.anchor not in self.anchors:
            anchor = quote(f"&{event.anchor}")
            self.source.fail(
                *_start(event), f"no anchor {anchor} before this alias", f"put {anchor} before what it should repeat"
            )
        anchored = self.anchors[event.anchor]
        if anchored is None:
            alias = quote(f"*{event.anchor}")
            self.source.fail(*_start(event), f"{alias} stands inside of what it repeats", "write it out here")
        self.check_depth(event, depth + anchored.height)
        self.deepest = max(self.deepest, depth + anchored.height)
        self.weight += anchored.weight
        self.aliased += anchored.weight
        if self.aliased > MAX_ALIASED:
            message = f"aliases expand to more than {MAX_ALIASED:,} values"
            self.source.fail(*_start(event), message, "repeat less, or write it out here")
        return anchored.value

    def sequence(self, depth: int) -> YamlSequence:
        items = YamlSequence()
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            start = _start(event)
            items.marks.append(SourceMark(start, start))
            items.append(self.value(event, depth + 1))
        return items

    def mapping(self, depth: int) -> YamlMapping:
        pairs = YamlMapping()
        merged: list[YamlMapping] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key, key_start = self.key(event, pairs), _start(event)
            event = next(self.events)
            mark = SourceMark(key_start, _start(event))
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

    def key(self, event: Any, pairs: YamlMapping) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self.source.fail(*_start(event), "a key must be a plain word", "write key: value")
        key: str = event.value
        if why := unseen(key):
            self.source.fail(*_start(event), f"the key {quote(key)} {why}", "retype it")
        if key in pairs:
            first = pairs.marks[key].key[0] + 1
            hint = f"the first is in line {first}; remove one of them"
            self.source.fail(*_start(event), f"{quote(key)} is given twice", hint)
        return key

    def to_merge(self, value: Any, mark: SourceMark) -> list[YamlMapping]:
        sources = value if isinstance(value, YamlSequence) else [value]
        if wrong := [source for source in sources if not isinstance(source, YamlMapping)]:
            message = f"'<<' takes a mapping or a list of them, but found {quote(wrong[0])}"
            self.source.fail(*mark.value, message, "give it an alias of a mapping, such as *defaults")
        return list(sources)


def _start(event: Any) -> tuple[int, int]:
    return event.start_mark.line, event.start_mark.column


def _line_and_column(text: str, error: yaml.reader.ReaderError) -> tuple[int, int]:
    character = error.character if isinstance(error.character, str) else chr(error.character)
    return _end(text[: max(text.find(character), 0)])


def _end(before: str) -> tuple[int, int]:
    lines = split_lines(before)
    return len(lines) - 1, len(lines[-1])
