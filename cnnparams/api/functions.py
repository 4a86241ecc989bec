"""What is asked of several networks, or of none. A network is whatever `load` takes, or one that it returned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cnnparams.api.loading import AnyNetwork, TorchModule, network_of
from cnnparams.api.network import Network
from cnnparams.engine.reports.comparison import Comparison
from cnnparams.engine.setting import SettingWords, setting_of

if TYPE_CHECKING:
    from typing import Unpack

    from cnnparams.engine.difference.difference import Difference
    from cnnparams.engine.reports.catalogue import Catalogue
    from cnnparams.targets.verification import Verification


def compare(
    *networks: AnyNetwork,
    columns: Iterable[str] | None = None,
    sort: str | None = None,
    top: int | None = None,
    plot: bool = False,
    **setting: Unpack[SettingWords],
) -> Comparison:
    """Return networks side by side, with ratios to the first; a family stands for all its variants.

    `columns` are the totals to show, beside "input"; by default those that tell most. `sort` orders by one of them,
    "-params" by the most first, and `top` keeps the first of that. With `plot`, parameters are drawn against MACs.
    """
    from cnnparams.api.network_table import NetworkWords

    words = NetworkWords.of(columns, sort, top, setting_of(setting))
    members = [member for each in networks for member in network_of(each).variants()]
    return words.comparison([words.measured(member.graph) for member in members], is_plotted=plot)


def diff(a: AnyNetwork, b: AnyNetwork, **setting: Unpack[SettingWords]) -> Difference:
    """Return what leads from a network to another, layer by layer and in total."""
    return network_of(a).diff(b, **setting)


def verify(network: AnyNetwork, against: str | TorchModule | None = None) -> Verification:
    """Return every figure of a network beside PyTorch's; it is true where all are the same. This needs torch.

    Or beside those of a model of your own: a torch.nn.Module, or "package.module:factory", which is run.
    """
    from cnnparams.sources.extra import extra

    extra("torch")
    graph = network_of(network).graph
    if against is None:
        from cnnparams.targets.torch.verify import verify

        return verify(graph)
    from cnnparams.sources.factory import make
    from cnnparams.targets.torch.against import compare

    if isinstance(against, str):
        return compare(graph, make(against), against)
    return compare(graph, against, type(against).__name__)


def specs() -> Iterator[Network]:
    """Yield the networks that come with cnnparams."""
    from cnnparams.schema import zoo

    return (network_of(member.name) for member in zoo.members())


def layer_types(*types: str) -> Catalogue:
    """Return what there is to know of these layer types, or of all: settings, formulas, an example.

    Raise CnnparamsError for a word that names none.
    """
    from cnnparams.engine.reports.catalogue import catalogue

    return catalogue(types)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a spec, for editors."""
    from cnnparams.engine.choosing.budget import spec_schema

    return dict(spec_schema())
