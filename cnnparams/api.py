"""The Python API: load a network, ask it anything; every answer shows itself as text and in a notebook.

The command line asks here too. What only some answers need is imported when one of them is asked for: `count` alone
is there in a blink.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports import report as engine_report
from cnnparams.engine.reports.measure import measure_as
from cnnparams.engine.setting import USUAL, Setting
from cnnparams.errors import CnnparamsError, quote
from cnnparams.schema import load as loading
from cnnparams.schema import variables
from cnnparams.schema.input_shape import Inputs, InputShape, shapes_of
from cnnparams.schema.parse import parse
from cnnparams.schema.plain import document_of
from cnnparams.schema.source import Text, text_of
from cnnparams.schema.spec import Spec
from cnnparams.sources import pytorch
from cnnparams.sources.register import source_of

if TYPE_CHECKING:
    from cnnparams.engine.choosing.check import Verdict
    from cnnparams.engine.costs.quantity import Limit
    from cnnparams.engine.difference.difference import Difference
    from cnnparams.engine.reports.explain import Explanation
    from cnnparams.engine.reports.memory import Memory
    from cnnparams.sources.pytorch.mode import Mode
    from cnnparams.sources.reading import Reading


class TorchModule(Protocol):
    """A torch.nn.Module, without torch: what one has and nothing else that `load` takes."""

    forward: Callable[..., Any]

    def named_modules(self) -> Any:
        """Yield the modules within it, by their paths."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Report(engine_report.Report):
    """What a network is and costs; as text it is the layer table, in a notebook an HTML table."""

    def __repr__(self) -> str:
        from cnnparams.render.formats import text

        return self._rendered(text).rstrip("\n")

    def _repr_html_(self) -> str:
        from cnnparams.render.formats import html

        return self._rendered(html)

    def _rendered(self, format_: ModuleType) -> str:
        from cnnparams.render.answers.report import ReportAnswer
        from cnnparams.render.view import View

        return "".join(format_.render(ReportAnswer([self], engine_report.default_columns()), View()))


Reread = Callable[[Sequence[InputShape]], Spec]


@dataclass(frozen=True)
class Network:
    """A network: its spec, with what was chosen of it, and where that came from.

    It never changes; its graph and its budget are worked out when they are first asked for. Each answer is asked of it
    in one `Setting`: the batch, the dtype, the optimizer, the samples of the training set, the device. What is asked
    raises SpecError where the spec gives no network.
    """

    spec: Spec
    source: str
    reread: Reread | None = field(default=None, repr=False, compare=False)
    """What reads it again with other inputs, where it is not from a spec."""

    @property
    def name(self) -> str:
        """Its name: that of the variant, of a family."""
        return self.spec.choice.variant or self.spec.name

    @cached_property
    def graph(self) -> Graph:
        """Every layer in its place, at the shapes that enter and leave it."""
        return build(self.spec)

    @cached_property
    def budget(self) -> tuple[Limit, ...]:
        """The limits that its spec sets; raise SpecError where they are none."""
        if not self.spec.budget:
            return ()
        from cnnparams.engine.choosing.budget import limits

        return limits(self.spec)

    def set(self, **values: Any) -> Network:
        """Return the network with other values of its vars."""
        choice = self.spec.choice
        return replace(self, spec=variables.choose(self.spec, choice.variant, {**choice.values, **values}))

    def resized(self, input: Inputs) -> Network:
        """Return the network at another size of its input, given as for `load`: read again, where it is no spec."""
        shapes = _shapes(input)
        return replace(self, spec=self.reread(shapes) if self.reread else _resized(self.spec, shapes))

    def variants(self) -> tuple[Network, ...]:
        """Return the networks that it stands for: each variant of a family of which none is chosen, else itself."""
        return tuple(replace(self, spec=member) for member in variables.members(self.spec))

    def report(self, fields: Collection[str] = (), setting: Setting = USUAL, depth: int | None = None) -> Report:
        """Return what it is and costs: the costs that are always measured, and those that give these fields.

        With a `depth`, layers are summed up by as many parts of their names.
        """
        measured = measure_as(self.graph, Report, fields, setting)
        if depth is None:
            return measured
        from cnnparams.engine.reports.fold import fold

        return fold(measured, depth)

    def memory(
        self, setting: Setting = USUAL, *, training: bool = False, limit: int | None = None, int8: bool = False
    ) -> Memory:
        """Return the memory that it needs, in bytes: to be used, and to be trained; in 8 bits, and on a device.

        With a `limit`, also the largest batch that stays within it.
        """
        from cnnparams.engine.reports.memory import memory

        return memory(self.graph, setting, training=training, limit=limit, int8=int8)

    def explain(self, layers: Collection[str] = ()) -> Explanation:
        """Return how each number of these layers, or parts of the network, comes about; of all by default."""
        from cnnparams.engine.reports.explain import explain

        return explain(self.graph, layers)

    def check(self, limits: Iterable[Limit] = (), setting: Setting = USUAL) -> Verdict:
        """Return whether it keeps its own budget and these limits.

        Raise SpecError or UnmeasuredError for a limit of what the setting says too little for.
        """
        from cnnparams.engine.choosing.check import check

        return check(self.graph, (*self.budget, *limits), setting)

    def diff(self, other: Network, setting: Setting = USUAL) -> Difference:
        """Return what leads from this network to another, layer by layer and in total."""
        from cnnparams.engine.costs.register import short_totals
        from cnnparams.engine.difference.diff import diff

        fields = [total.field for total in short_totals()]
        return diff(self.report(fields, setting), other.report(fields, setting))


Loadable = str | Path | Mapping[str, Any] | IO[str] | IO[bytes] | TorchModule
"""What `load` takes."""

_FAMILIAR = "a path, the name of a network, YAML text, a dict, an open file, or a torch.nn.Module"


def load(spec: Loadable, *, input: Inputs | None = None, mode: str | None = None, **values: Any) -> Network:
    """Return a network, its spec read and validated; raise CnnparamsError with everything that is wrong with that.

    A spec is a path, or the name of one that comes with cnnparams, where FILE@VARIANT chooses a variant; the text of
    one (more than one line), a dict of what YAML would hold, or an open file. A network from elsewhere is an ONNX file,
    the code of one as "package.module:factory", which is run, or a live torch.nn.Module.

    `input` is the shape of one sample, without the batch, such as (3, 160, 160), "3x160x160" or {"image": (3, 8, 8)}:
    another one than the spec says, or what the source leaves open. `mode` is that in which a PyTorch model is read,
    "eval" or "train"; by default the one that it is in. `values` override the vars of the spec: load("resnet50",
    size=160).
    """
    network = _read(spec, _shapes(input), _mode(mode))
    for name, value in network.spec.choice.values.items():
        if values.get(name, value) != value:
            raise CnnparamsError(f"{name} is set to {values[name]}, but the input says {value}: give one of them")
    return network.set(**values)


def count(spec: Loadable | Network, *, input: Inputs | None = None, **values: Any) -> Report:
    """Return the report of a network, given as for `load` or as it returned it.

    Raise CnnparamsError where it has none.
    """
    if not isinstance(spec, Network):
        return load(spec, input=input, **values).report()
    if input is not None:
        raise CnnparamsError("a network has its input: give another one to load")
    return spec.set(**values).report()


def _shapes(given: Inputs | None) -> tuple[InputShape, ...]:
    try:
        return tuple(shapes_of(given))
    except ValueError as error:
        raise CnnparamsError(f"input: {error}") from None


_MODES: Mapping[str | None, Mode | None] = {
    None: None,
    **dict.fromkeys(("eval", "evaluation"), "evaluation"),
    **dict.fromkeys(("train", "training"), "training"),
}


def _mode(word: str | None) -> Mode | None:
    if word not in _MODES:
        raise CnnparamsError(f"mode: {quote(str(word))} is neither eval nor train")
    return _MODES[word]


def _read(spec: Loadable, inputs: Sequence[InputShape], mode: Mode | None) -> Network:
    if opens := _foreign(spec, mode):
        name, reread = opens
        return Network(reread(inputs), name, reread)
    if mode:
        raise CnnparamsError("--mode is for PyTorch models: a spec has none")
    found, name = _spec(spec)
    return Network(_resized(found, inputs), name)


def _foreign(thing: Loadable, mode: Mode | None) -> tuple[str, Reread] | None:
    """Return what messages call a network from elsewhere, and what reads it; None for a spec."""
    if pytorch.is_model(thing):
        name = type(thing).__name__
        return name, lambda inputs: _entered(pytorch.open_model(thing, inputs, name, mode), name)
    source = source_of(name := str(thing)) if _is_name(thing) else None
    if source is None:
        return None
    return name, lambda inputs: _entered(source.open(name, inputs, mode), name)


def _entered(reading: Reading, name: str) -> Spec:
    from cnnparams.sources.entry import spec_of

    return spec_of(reading, name)


def _is_name(thing: Loadable) -> bool:
    return isinstance(thing, Path) or (isinstance(thing, str) and "\n" not in thing)


def _spec(spec: Loadable) -> tuple[Spec, str]:
    """Return what a spec says, and what messages call it."""
    if _is_name(spec):
        return loading.load(str(spec)), str(spec)
    if isinstance(spec, Mapping):
        return parse(document_of(spec, "<dict>")), "<dict>"
    if not isinstance(spec, str) and not hasattr(spec, "read"):
        raise CnnparamsError(f"{quote(type(spec).__name__)} is no network\n  hint: give {_FAMILIAR}")
    text = Text("<text>", spec) if isinstance(spec, str) else text_of(cast("IO[str] | IO[bytes]", spec))
    return loading.spec_of(text), text.name


def _resized(spec: Spec, inputs: Sequence[InputShape]) -> Spec:
    if not inputs:
        return spec
    from cnnparams.schema.input_size import with_inputs

    return with_inputs(spec, inputs)
