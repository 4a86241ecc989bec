"""What a shell may complete: specs by file, those that come with the tool by name, and their variants."""

from __future__ import annotations

from pathlib import Path

from click.shell_completion import CompletionItem

from cnnparams.errors import SpecError
from cnnparams.inert import is_shell_word
from cnnparams.schema import zoo
from cnnparams.schema.load import AT, locate


def spec_names(incomplete: str) -> list[CompletionItem]:
    """Return what the beginning of a spec's name can become.

    bash puts on the command line what it is offered as it is, where `$(...)` would run: what a shell would not take for
    a plain word, in the path or in a variant, has to be typed.
    """
    before, at, variant = incomplete.rpartition(AT)
    if at:
        names = [f"{before}{AT}{name}" for name in _variants(before) if name.startswith(variant)]
        return [CompletionItem(name) for name in names if is_shell_word(name)]
    known = dict.fromkeys([*zoo.families(), *(member.name for member in zoo.members())])
    names = [name for name in known if name.startswith(incomplete)]
    return [*map(CompletionItem, names)] or [CompletionItem(incomplete, type="file")]


def _variants(spec: str) -> tuple[str, ...]:
    try:
        path, _ = locate(f"{spec}{AT}")
    except SpecError:  # there is no such spec (yet): nothing to offer
        return ()
    return zoo.variants(Path(path))
