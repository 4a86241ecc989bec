"""What a shell may complete: specs by file, those that come with the tool by name, and their variants."""

from __future__ import annotations

from pathlib import Path

from click.shell_completion import CompletionItem

from cnnparams.schema import zoo
from cnnparams.schema.load import AT, locate


def spec_names(incomplete: str) -> list[CompletionItem]:
    """Return what the beginning of a spec's name can become."""
    before, at, variant = incomplete.rpartition(AT)
    if at:
        path, _ = locate(f"{before}{AT}")
        return [CompletionItem(f"{before}{AT}{name}") for name in zoo.variants(Path(path)) if name.startswith(variant)]
    known = dict.fromkeys([*zoo.families(), *(member.name for member in zoo.members())])
    names = [CompletionItem(name) for name in known if name.startswith(incomplete)]
    return names or [CompletionItem(incomplete, type="file")]
