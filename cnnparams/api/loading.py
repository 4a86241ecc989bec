"""Load a network: whatever it is kept as."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

from cnnparams.api.network import Network, Reread
from cnnparams.engine.reports.report import Report
from cnnparams.errors import ArgumentError, CnnparamsError, argument, quote
from cnnparams.schema import load as loading
from cnnparams.schema.input_shape import Inputs, InputShape, shapes_of
from cnnparams.schema.parse import parse
from cnnparams.schema.plain import document_of
from cnnparams.schema.source import Text, called, text_of
from cnnparams.schema.spec import Spec
from cnnparams.sources import pytorch
from cnnparams.sources.register import source_of

if TYPE_CHECKING:
    from cnnparams.sources.pytorch.mode import Mode
    from cnnparams.sources.reading import Reading


class TorchModule(Protocol):
    """A torch.nn.Module, without torch: what one has and nothing else that `load` takes."""

    forward: Callable[..., Any]

    def named_modules(self) -> Any:
        """Yield the modules within it, by their paths."""


Loadable = str | Path | Mapping[str, Any] | IO[str] | IO[bytes] | TorchModule
"""What `load` takes."""

AnyNetwork = Loadable | Network
"""What everything else takes: what `load` does, or a network that it returned."""

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
    network = _read(spec, shapes(input), mode_of(mode))
    for name, value in network.spec.choice.values.items():
        if values.get(name, value) != value:
            raise CnnparamsError(f"{name} is set to {values[name]}, but the input says {value}: give one of them")
    return network.set(**values)


def network_of(spec: AnyNetwork, *, input: Inputs | None = None, **values: Any) -> Network:
    """Return a network, given as for `load` or as it returned it."""
    if not isinstance(spec, Network):
        return load(spec, input=input, **values)
    if input is not None:
        raise CnnparamsError("a network has its input: give another one to load")
    return spec.set(**values) if values else spec


def count(spec: AnyNetwork, *, input: Inputs | None = None, **values: Any) -> Report:
    """Return the report of a network, given as for `load` or as it returned it.

    Raise CnnparamsError where it has none.
    """
    return network_of(spec, input=input, **values).report()


def shapes(given: Inputs | None) -> tuple[InputShape, ...]:
    """Return the shapes of inputs, however they are given; raise CnnparamsError for what is none."""
    try:
        return tuple(shapes_of(given))
    except ValueError as error:
        raise ArgumentError("input", str(error)) from None


_MODES: Mapping[str | None, Mode | None] = {
    None: None,
    **dict.fromkeys(("eval", "evaluation"), "evaluation"),
    **dict.fromkeys(("train", "training"), "training"),
}


def mode_of(word: str | None) -> Mode | None:
    """Return the mode of a word; raise CnnparamsError for one that is none."""
    if word not in _MODES:
        raise ArgumentError("mode", f"{quote(str(word))} is neither eval nor train")
    return _MODES[word]


def _read(spec: Loadable, inputs: tuple[InputShape, ...], mode: Mode | None) -> Network:
    if opens := _foreign(spec, mode):
        name, reread = opens[0], lru_cache(maxsize=1)(opens[1])  # who asks for other sizes begins with this one
        return Network(reread(inputs), name, reread)
    if mode:
        raise CnnparamsError(f"{argument('mode')} is for PyTorch models: a spec has none")
    found, name = _spec(spec)
    return Network(resized(found, inputs), name)


def _foreign(thing: Loadable, mode: Mode | None) -> tuple[str, Reread] | None:
    """Return what messages call a network from elsewhere, and what reads it; None for a spec."""
    if pytorch.is_model(thing):
        name = type(thing).__name__
        return name, lambda inputs: _entered(pytorch.open_model(thing, inputs, name, mode), name)
    source = source_of(name := str(thing)) if is_name(thing) else None
    if source is None:
        return None
    return name, lambda inputs: _entered(source.open(name, inputs, mode), called(name))


def _entered(reading: Reading, name: str) -> Spec:
    from cnnparams.sources.entry import spec_of

    return spec_of(reading, name)


def is_spec(thing: Loadable) -> bool:
    """Tell whether a network is given as a spec, and not read from elsewhere."""
    return _foreign(thing, None) is None


def is_name(thing: object) -> bool:
    """Tell whether a network is given by a path or a name."""
    return isinstance(thing, Path) or (isinstance(thing, str) and "\n" not in thing)


def _spec(spec: Loadable) -> tuple[Spec, str]:
    """Return what a spec says, and what messages call it."""
    if is_name(spec):
        return loading.load(str(spec)), str(spec)
    if isinstance(spec, Mapping):
        return parse(document_of(spec, "<dict>")), "<dict>"
    if not isinstance(spec, str) and not hasattr(spec, "read"):
        raise CnnparamsError(f"an object of type {quote(type(spec).__name__)} is not a network", f"give {_FAMILIAR}")
    text = Text("<text>", spec) if isinstance(spec, str) else text_of(cast("IO[str] | IO[bytes]", spec))
    return loading.spec_of(text), text.name


def resized(spec: Spec, inputs: Sequence[InputShape]) -> Spec:
    """Return a spec with other sizes of its inputs."""
    if not inputs:
        return spec
    from cnnparams.schema.input_size import with_inputs

    return with_inputs(spec, inputs)
