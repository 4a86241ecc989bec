"""What a shell may complete: specs by file, name and variant, and the values of options, some of which a spec decides.

No code is run, and no file is opened but a spec. Where something is wrong, nothing is offered. What is offered holds
only plain words: bash puts them on the command line as they are, where `$(...)` would run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from cnnparams.errors import CnnparamsError, SpecError
from cnnparams.inert import is_shell_word

_SPECS = ("spec", "specs", "first", "second")
"""Arguments that name specs."""


def spec_names(incomplete: str) -> list[CompletionItem]:
    """Return what the beginning of a spec's name can become."""
    from cnnparams.schema import zoo
    from cnnparams.schema.locate import AT

    before, at, variant = incomplete.rpartition(AT)
    if at:
        names = [f"{before}{AT}{name}" for name in _variants(before) if name.startswith(variant)]
        return _items(names)
    known = dict.fromkeys([*zoo.families(), *(member.name for member in zoo.members())])
    names = [name for name in known if name.startswith(incomplete)]
    return [*map(CompletionItem, names)] or [CompletionItem(incomplete, type="file")]


def _variants(spec: str) -> tuple[str, ...]:
    from cnnparams.schema import zoo
    from cnnparams.schema.locate import AT, locate

    try:
        path, _ = locate(f"{spec}{AT}")
    except SpecError:  # there is no such spec (yet): nothing to offer
        return ()
    return zoo.variants(Path(path))


def offered(what: str, context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return what the function of that name offers; nothing where a spec is wrong, or cannot be read."""
    try:
        found: list[CompletionItem] = globals()[what](context, incomplete)
    except (CnnparamsError, OSError, ValueError):
        return []
    return found


def files(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete the name of a file."""
    return [CompletionItem(incomplete, type="file")]


def specs(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the specs that a name may become."""
    return spec_names(incomplete)


def devices(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the boards."""
    from cnnparams.engine.devices import DEVICES

    return _beginning(incomplete, (device.name.casefold().replace(" ", "-") for device in DEVICES))


def columns(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return columns of layers, behind those that are given, separated by commas."""
    from cnnparams.engine.reports.report import columns

    return _listed(incomplete, columns())


def column(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the columns of layers that have an order."""
    from cnnparams.engine.reports.ranking import has_order
    from cnnparams.engine.reports.report import columns

    return _beginning(incomplete, (word for word, column in columns().items() if has_order(column)))


def total(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return totals to order networks by, and their name."""
    from cnnparams.engine.costs.register import totals

    return _beginning(incomplete, ("name", *totals()))


def totals(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return totals, behind those that are given, separated by commas."""
    from cnnparams.engine.costs.register import totals

    return _listed(incomplete, totals())


def goals(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return vars and totals, behind those that are given, separated by commas."""
    from cnnparams.engine.costs.register import totals

    axes = [axis.name for axis in context.params.get("axes") or ()]
    return _listed(incomplete, (*axes, *totals()))


def limits(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return totals, each with the = that an amount follows."""
    from cnnparams.engine.costs.register import totals

    return _beginning(incomplete, (f"{word}=" for word in totals()))


def names(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the vars of the specs that are named."""
    return _beginning(incomplete, _vars(context))


def assignments(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the vars of the specs that are named, each with the = that a value follows."""
    return _beginning(incomplete, (f"{name}=" for name in _vars(context)))


def types(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return layer types and structures."""
    from cnnparams.engine.reports.catalogue import summaries
    from cnnparams.schema.structures import STRUCTURES

    return _beginning(incomplete, (*STRUCTURES, *summaries()))


def layers(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the layers of a spec, and the parts of it that hold layers: those a dot further than what is there."""
    from cnnparams.engine.network.build import build
    from cnnparams.schema.load import load

    depth = incomplete.count(".") + 1
    values = context.params.get("values") or {}
    known = (build(load(path, values)) for path in _paths(context))
    parts = (".".join(node.name.split(".")[:depth]) for graph in known for node in graph.nodes)
    return _beginning(incomplete, parts)


def _paths(context: click.Context) -> Iterator[str]:
    """Yield the specs that are named, but not what is read only once, such as a pipe."""
    from cnnparams.schema.locate import locate

    named = (context.params.get(name) or () for name in _SPECS)
    for name in (name for one in named for name in ([one] if isinstance(one, str) else one)):
        if Path(locate(name)[0]).is_file():
            yield name


def _vars(context: click.Context) -> Iterator[str]:
    from cnnparams.schema.compose import compose
    from cnnparams.schema.locate import locate
    from cnnparams.schema.source import read

    for name in _paths(context):
        root = compose(read(locate(name)[0])).root
        found = root.get("vars")
        yield from found if isinstance(found, dict) else ()


def _listed(incomplete: str, words: Iterable[str]) -> list[CompletionItem]:
    before, comma, last = incomplete.rpartition(",")
    given = before.split(",")
    return _items(f"{before}{comma}{word}" for word in words if word.startswith(last) and word not in given)


def _beginning(incomplete: str, words: Iterable[str]) -> list[CompletionItem]:
    return _items(dict.fromkeys(word for word in words if word.startswith(incomplete)))


def _items(words: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(word) for word in words if is_shell_word(word)]
