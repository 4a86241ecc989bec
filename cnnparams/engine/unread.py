"""Layers whose result nothing reads: they are counted, and seldom meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cnnparams.engine.network import EntryResult, Network
from cnnparams.errors import Problem, brief, some
from cnnparams.schema.spec import Entry, Spec

_HINT = "name it in the from of what should read it, in outputs if it is a result, or write it as an auxiliary"


def unread(spec: Spec, network: Network, outputs: Collection[str]) -> Iterator[Problem]:
    """Yield a remark for each entry of the spec whose result nothing reads, however often it is copied.

    It is that of the outermost entry: of a block, the entry that uses it.
    """
    read = {source for node in network.order for source in node.inputs} | set(outputs)
    found: dict[object, list[EntryResult]] = {}
    for node in network.order:
        result = network.results.get(node.name)
        if result and node.name not in read:
            found.setdefault(result.entry.path, []).append(result)
    yield from (_remark(spec, results) for results in found.values())


def _remark(spec: Spec, results: list[EntryResult]) -> Problem:
    first, *more = results
    fact = "nothing reads its result, which is counted all the same"
    if more:
        fact = (
            f"nothing reads the results of {some([result.name for result in results])}, which are counted all the same"
        )
    return Problem(
        f"remark: {fact}",
        spec.document.place(first.entry.path),
        subject=f"{first.name} ({brief(first.entry.kind)})",
        hint=_meant(first),
    )


def _meant(result: EntryResult) -> str:
    """Return what was probably meant: of copies that all read the same, a chain."""
    entry = result.entry
    if entry.repeat is None:
        return _HINT
    if not entry.sources:
        return "what is inside of it reads something else than the copy before: leave out its from for a chain"
    if result.follows:
        return f"every copy reads {_sources(entry)}: leave out from for a chain"
    chain = f"{{type: sequence, from: {_sources(entry)}, layers: [...]}}"
    return f"every copy reads {_sources(entry)}: for a chain write {chain}, with the repeat inside and no from there"


def _sources(entry: Entry) -> str:
    names = [source.text for source in entry.sources]
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"
