"""A network, of which anything can be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cnnparams.api.remark import warn
from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import Layers, Report
from cnnparams.engine.setting import SettingWords, setting_of
from cnnparams.errors import CnnparamsError
from cnnparams.schema import variables
from cnnparams.schema.input_shape import Inputs, InputShape
from cnnparams.schema.spec import Spec

if TYPE_CHECKING:
    from typing import Unpack

    from cnnparams.api.loading import AnyNetwork
    from cnnparams.engine.choosing.check import Verdict
    from cnnparams.engine.costs.quantity import Limit
    from cnnparams.engine.difference.difference import Difference
    from cnnparams.engine.reports.explain import Explanation
    from cnnparams.engine.reports.memory import Memory
    from cnnparams.targets.torch.made import Module


_GIVE = 'give one, such as check("params=1M"), or set it in the spec with budget: {params: 1M}'
_ALIVE = "live_bytes"
Reread = Callable[[tuple[InputShape, ...]], Spec]


@dataclass(frozen=True, repr=False)
class Network:
    """A network: its spec, with what was chosen of it, and where that came from.

    It never changes; its graph and its budget are worked out when they are first asked for. What depends on the batch,
    the dtype, the optimizer, the size of the training set or the device takes them as keyword arguments: batch=8,
    dtype="float16", optimizer="sgd", samples=50_000, device="Raspberry Pi Pico". What is asked raises SpecError where
    the spec gives no network.
    """

    spec: Spec
    source: str
    reread: Reread | None = field(default=None, compare=False)
    """What reads it again with other inputs, where it is not from a spec."""

    def __repr__(self) -> str:
        return f"<Network {self.name} from {self.source}>" if self.name != self.source else f"<Network {self.name}>"

    @property
    def name(self) -> str:
        """Its name: that of the variant, of a family."""
        return self.spec.choice.variant or self.spec.name

    @cached_property
    def graph(self) -> Graph:
        """Every layer in its place, at the shapes that enter and leave it."""
        graph = build(self.spec)
        warn(*graph.remarks)
        return graph

    @cached_property
    def budget(self) -> tuple[Limit, ...]:
        """The limits that its spec sets; raise SpecError where they are none."""
        if not self.spec.budget:
            return ()
        from cnnparams.engine.choosing.budget import limits

        return limits(self.spec)

    @cached_property
    def layers(self) -> Layers:
        """Its layers, with their parameters and MACs: layers[0], layers["conv1"], layers[1:3]."""
        return self._counted.layers

    @property
    def params(self) -> int:
        """Its parameters."""
        return self._counted.total_params

    @property
    def trainable_params(self) -> int:
        """Its parameters that training changes."""
        return self._counted.trainable_params

    @property
    def frozen_params(self) -> int:
        """Its parameters that training leaves as they are."""
        return self._counted.frozen_params

    @property
    def buffers(self) -> int:
        """What it holds that is no parameter, such as BatchNorm's running statistics."""
        return self._counted.buffers

    @property
    def macs(self) -> int:
        """Its multiply-accumulates, for one sample."""
        return self._counted.total_macs

    @cached_property
    def _counted(self) -> Report:
        return measure(self.graph)

    def set(self, **values: Any) -> Network:
        """Return the network with other values of its vars."""
        choice = self.spec.choice
        return replace(self, spec=variables.choose(self.spec, choice.variant, {**choice.values, **values}))

    def resized(self, input: Inputs) -> Network:
        """Return the network at another size of its input, given as for `load`: read again, where it is no spec."""
        from cnnparams.api.loading import resized, shapes

        given = shapes(input)
        return replace(self, spec=self.reread(given) if self.reread else resized(self.spec, given))

    def variants(self) -> tuple[Network, ...]:
        """Return the networks that it stands for: each variant of a family of which none is chosen, else itself."""
        return tuple(replace(self, spec=member) for member in variables.members(self.spec))

    def report(
        self,
        *costs: str,
        columns: Iterable[str] | None = None,
        sort: str | None = None,
        top: int | None = None,
        depth: int | None = None,
        **setting: Unpack[SettingWords],
    ) -> Report:
        """Return what it is and costs: parameters and MACs, and these costs, which join the table as columns.

        `columns` are those of the table instead. `sort` orders layers by a column, "-params" by the most first, and
        `top` keeps the first of them, which without `sort` are those with the most parameters. With a `depth`, layers
        are summed up by as many parts of their names. Raise CnnparamsError for a word that names nothing to measure,
        and for what the setting says too little for.
        """
        from cnnparams.api.layer_table import LayerWords

        words = LayerWords.of(costs, columns, sort, top, most="params")
        return words.table(measure(self.graph, words.fields, setting_of(setting)), depth)

    def receptive_field(
        self,
        *,
        columns: Iterable[str] | None = None,
        sort: str | None = None,
        top: int | None = None,
        depth: int | None = None,
    ) -> Report:
        """Return how much of the image each layer sees; `columns`, `sort`, `top` and `depth` are those of `report`."""
        from cnnparams.api.layer_table import RECEPTIVE_FIELD, LayerWords
        from cnnparams.engine.costs import receptive_field

        words = LayerWords.of((), columns or RECEPTIVE_FIELD, sort, top, most="receptive-field")
        own = [column.field for column in receptive_field.COLUMNS]
        report = words.table(measure(self.graph, [*own, *words.fields]), depth)
        return replace(report, columns=receptive_field.COLUMNS, totals=receptive_field.TOTALS)

    def memory(
        self,
        *,
        training: bool = False,
        limit: int | str | None = None,
        int8: bool = False,
        columns: Iterable[str] | None = None,
        sort: str | None = None,
        top: int | None = None,
        depth: int | None = None,
        **setting: Unpack[SettingWords],
    ) -> Memory:
        """Return the memory that it needs, in bytes: to be used, and to be trained; in 8 bits, and on a device.

        With a `limit` in bytes, or such as "8GiB", also the largest batch that stays within it. What is told of
        the layers is their live memory, or these `columns`; `sort`, `top` and `depth` are those of `report`, by the
        live memory where `sort` does not say.
        """
        from cnnparams.api.layer_table import LayerWords
        from cnnparams.engine.reports.memory import memory

        most, chosen = _bytes(limit) if isinstance(limit, str) else limit, setting_of(setting)
        found = memory(self.graph, chosen, training=training, limit=most, int8=int8)
        words = LayerWords.of((), columns or (), sort, top, most="peak-memory")
        return replace(found, told=words.table(measure(self.graph, (_ALIVE, *words.fields), chosen), depth))

    def explain(self, *layers: str) -> Explanation:
        """Return how each number of these layers, or parts of the network, comes about; of all by default.

        Raise UnknownLayerError for another name.
        """
        from cnnparams.engine.reports.explain import explain

        return explain(self.graph, layers)

    def check(self, *limits: str | Limit, **setting: Unpack[SettingWords]) -> Verdict:
        """Return whether it keeps its own budget and these limits, such as "params=1M"; it is true if so.

        Raise SpecError or UnmeasuredError for a limit of what the setting says too little for.
        """
        from cnnparams.engine.choosing.budget import limit
        from cnnparams.engine.choosing.check import check

        given = [limit(each) if isinstance(each, str) else each for each in limits]
        verdict = check(self.graph, (*self.budget, *given), setting_of(setting))
        warn(*verdict.remarks(_GIVE))
        return verdict

    def diff(self, other: AnyNetwork, *costs: str, **setting: Unpack[SettingWords]) -> Difference:
        """Return what leads from this network to another, layer by layer and in total.

        These costs are among the totals that are told of, even where both have the same.
        """
        from cnnparams.api.layer_table import LayerWords
        from cnnparams.api.loading import network_of
        from cnnparams.engine.costs.register import short_totals
        from cnnparams.engine.difference.diff import diff

        asked, chosen = LayerWords.of(costs, (), None, None, most="params").fields, setting_of(setting)
        fields = [*asked, *(total.field for total in short_totals())]
        before, after = (measure(each.graph, fields, chosen) for each in (self, network_of(other)))
        return diff(before, after, asked)

    def to_dict(self) -> dict[str, Any]:
        """Return its spec as what YAML holds, with blocks and expressions worked out: `load` takes it."""
        from cnnparams.engine.costs.quantity import number
        from cnnparams.engine.network.stack import stack

        return stack(self.graph, {str(limit.total.word): number(limit.most) for limit in self.budget})

    def to_yaml(self) -> str:
        """Return its spec as YAML, with blocks and expressions worked out: `load` takes it."""
        from cnnparams.render.yaml import spec_lines

        return "".join(spec_lines(self.to_dict()))

    def to_code(self) -> str:
        """Return it as PyTorch code: a module that needs torch alone."""
        from cnnparams.targets.code.module import export, remarks

        warn(*remarks(self.graph))
        return export(self.spec)

    def to_pytorch(self, device: Any = "meta") -> Module:
        """Return it as a torch.nn.Module, made by its PyTorch code; on the meta device, it holds shapes and no values.

        With a device such as "cpu" its parameters are those that PyTorch begins with. This needs torch.
        """
        from cnnparams.sources.extra import extra

        extra("torch")
        from cnnparams.targets.torch.made import make

        return make(self.to_code(), self.name, device)


def _bytes(written: str) -> int:
    from cnnparams.units import BYTES

    try:
        return int(BYTES.read(written))
    except ValueError as error:
        raise CnnparamsError(f"limit: {error}") from None
