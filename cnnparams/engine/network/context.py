"""What holds while a list of entries is laid out."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

from cnnparams.engine.network.builder import GraphBuilder
from cnnparams.engine.network.replay import Recording
from cnnparams.errors import LayerError
from cnnparams.expression import Value
from cnnparams.schema.source import KeyPath
from cnnparams.schema.spec import Block, Entry
from cnnparams.schema.structures import Edges

DEEPEST = 200


class BlockUse(NamedTuple):
    """The use of a block: its name, and the place of the entry that uses it."""

    block: str
    path: KeyPath


class NetworkPlan(NamedTuple):
    """What all lists of a network have in common: the network, vars, blocks, and what tells the user of an error."""

    network: GraphBuilder
    variables: Mapping[str, Value]
    blocks: Mapping[str, Block]
    stop: "Callable[[Context, Entry, str, Edges, LayerError], NoReturn]"
    recordings: dict[tuple[Any, ...], Recording]


class Context(NamedTuple):
    """What holds for an entry and all within it: the values of names, and the name that names inside begin with.

    `share` is a pair of names: what is called after the first uses the tensors of what is called after the second.
    `dtype` is that of the innermost entry that says one.
    """

    plan: NetworkPlan
    scope: dict[str, Any]
    prefix: str = ""
    trainable: bool = True
    share: tuple[str, str] | None = None
    uses: tuple[BlockUse, ...] = ()
    depth: int = 0
    dtype: str | None = None

    def deeper(self, under: str) -> "Context":
        """Return the context of a list within; raise LayerError where there are too many around it."""
        if self.depth == DEEPEST:
            raise LayerError(f"is nested more than {DEEPEST} lists deep", hint="nest fewer blocks")
        return self._replace(prefix=joined(self.prefix, under), depth=self.depth + 1)


def joined(prefix: str, name: str) -> str:
    """Return a name inside of another."""
    return f"{prefix}.{name}" if prefix and name else prefix or name
