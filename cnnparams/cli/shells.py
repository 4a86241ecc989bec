"""What each shell is given to complete a command line, and how it is answered: click's own, where that falls short."""

from __future__ import annotations

from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

_SEPARATORS = ("=", ":")


class Bash(BashComplete):
    """bash reads NAME=VALUE and FROM:TO as several words, and replaces the last of them.

    FILE@VARIANT is made one word; to do so with = would change how other commands are completed.
    """

    source_template = "COMP_WORDBREAKS=${COMP_WORDBREAKS//@/}  # FILE@VARIANT is one word\n" + (
        BashComplete.source_template.replace(
            "COMPREPLY+=($value)", "COMPREPLY+=($value)\n            [[ $value == *= ]] && compopt -o nospace"
        )
    )
    _before = 0

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one to complete, and that, each put together again."""
        args, typed = super().get_completion_args()
        *args, last = _joined([*args, typed])
        value = last.partition("=")[2] if last.startswith("--") else last
        replaced = "" if typed in _SEPARATORS else typed
        self._before = max(0, len(value) - len(replaced))
        return args, last

    def format_completion(self, item: CompletionItem) -> str:
        """Return what replaces the last word."""
        return f"{item.type},{item.value[self._before :]}"


class Zsh(ZshComplete):
    """zsh puts a space behind each word, which a value after = must not have."""

    source_template = ZshComplete.source_template.replace(
        "compadd -U -V unsorted -a completions",
        "local -a before_values\n"
        "        before_values=(${(M)completions:#*=})\n"
        "        completions=(${completions:#*=})\n"
        "        compadd -U -V unsorted -a completions\n"
        "        compadd -U -V unsorted -S '' -a before_values",
    )


class Fish(FishComplete):
    """fish splits what it is answered at commas, which a list of columns has too."""

    source_template = FishComplete.source_template.replace(
        'string split "," $completion', 'string split --max 1 "," $completion'
    )


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


def _joined(words: list[str]) -> list[str]:
    joined: list[str] = []
    before = ""
    for word in words:
        if joined and (word in _SEPARATORS or before in _SEPARATORS):
            joined[-1] += word
        else:
            joined.append(word)
        before = word
    return joined
