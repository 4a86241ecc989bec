"""A model's steps -> the nodes of a network, and gaps where no layer says what a step does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple, NoReturn

import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils.flop_counter import FlopCounterMode

from cnnparams.engine.network.context import joined
from cnnparams.engine.network.graph import Node, Port
from cnnparams.layers.contract.shape import Shape
from cnnparams.schema.structures import Edge, Edges
from cnnparams.sources.assembly import NoLayerError, layer_of
from cnnparams.sources.foreign import ForeignError, foreign
from cnnparams.sources.pytorch import functions, modules
from cnnparams.sources.pytorch.assembly import StepContext, TorchAssembly, around
from cnnparams.sources.pytorch.functions import invoke
from cnnparams.sources.pytorch.functions.chance import Chance
from cnnparams.sources.pytorch.names import ModuleNames, spelled
from cnnparams.sources.pytorch.step import Program, TracedStep
from cnnparams.sources.pytorch.values import Batched, Implied, ModelTensor, TorchDims, Unsaid, Values, is_list
from cnnparams.sources.reading import Gap

_UNREAD = "not.read"
"""What stands as a type in place of the rest of a model that was not read to its end."""


class ModelNetwork(NamedTuple):
    """A network as it was read: its inputs, its nodes, its results, what no node says, and what is called otherwise."""

    inputs: tuple[Port, ...]
    nodes: tuple[Node, ...]
    results: tuple[Batched, ...]
    gaps: tuple[Gap, ...]
    remarks: tuple[str, ...]
    renamed: tuple[str, ...]
    origins: Mapping[str, str]


def walk(program: Program, model: torch.nn.Module) -> ModelNetwork:
    """Translate a program step by step; what cannot be translated is told, and stands as a node of no type."""
    walker = _Walker(program, model)
    for step in program.steps:
        walker.take(step)
    made = walker.assembly
    remarks: tuple[str, ...] = ()
    if program.failure:
        made.gap(made.names.of_layer("rest", ""), _UNREAD, gap=program.failure)
    else:
        called = {path for step in program.steps for _, path in step.chain}
        remarks = tuple(_hold_unused(made, model, walker.met, called))
    return ModelNetwork(
        made.inputs,
        made.nodes,
        tuple(walker.results),
        tuple(made.gaps),
        remarks,
        tuple(made.renamed()),
        made.origins,
    )


class _Walker:
    """What each step so far gives, by the node that stands for it; `met` are the ids of the tensors used."""

    def __init__(self, program: Program, model: torch.nn.Module) -> None:
        entering = [step.name for step in program.steps if step.kind == "input"]
        self.modules = dict(model.named_modules(remove_duplicate=False))  # torch.export goes by any of a module's names
        tensors = [*modules.model_tensors("", model)]
        self.names = ModuleNames(entering, [*filter(None, self.modules), *(held.path for held in tensors)])
        self.assembly = TorchAssembly(self.names, tensors)
        self.results: list[Batched] = []
        self.met: set[int] = set()
        self.values = Values()
        self.ran: dict[Any, Any] = {}
        self.held = {id(each.tensor): each for each in self.assembly.tensors.values()}

    def take(self, step: TracedStep) -> None:
        """Translate one step."""
        take: Callable[[TracedStep], Any] = getattr(self, f"_{step.kind}")
        self.ran[step.node] = step.value
        self.values.put(step.node, take(step))

    def _input(self, step: TracedStep) -> Batched:
        name, shape = self.names.inputs[step.name], Shape.of(tuple(step.value.shape[1:]))
        self.assembly.inputs += (Port(name, name, shape),)
        return Batched(Edge(name, shape))

    def _tensor(self, step: TracedStep) -> ModelTensor | Unsaid:
        held = self.held.get(id(step.value))
        unknown = held or step.value.is_meta or isinstance(step.value, FakeTensor)
        zeros = not unknown and not step.value.any()
        return held or Unsaid("a constant tensor", zeros=zeros, constant=tuple(step.value.shape))

    def _output(self, step: TracedStep) -> None:
        call = StepContext(self.assembly, step)
        for value in _leaves(self._known(step.args)):
            if value is not None and not isinstance(value, int | float | str):
                try:
                    self.results.append(call.flow(value))
                except NoLayerError as error:
                    self._gap(step, error, self.names.of_layer("result", ""), _UNREAD)

    def _function(self, step: TracedStep) -> Any:
        args, kwargs = self._known(step.args), self._known(step.kwargs)
        translation = functions.translation_of(step) or _unknown
        return self._attempt(step, (args, kwargs), lambda call: invoke(translation, call, args, kwargs))

    def _module(self, step: TracedStep) -> Any:
        args, kwargs = self._known(step.args), self._known(step.kwargs)
        leaf = modules.leaf(step.name, self.modules[step.name])
        return self._attempt(step, (args, kwargs, leaf.held), lambda call: modules.translate(call, leaf, args, kwargs))

    def _attempt(self, step: TracedStep, entering: Any, translate: Callable[[StepContext], Any]) -> Any:
        """Return what a step gives; where that cannot be said, take back what was put for it, and put a gap there."""
        leaves = list(_leaves(entering))
        self.met.update(id(each.tensor) for each in leaves if isinstance(each, ModelTensor))
        length = len(self.assembly.network.order)
        try:
            made = _fitting(step, translate(StepContext(self.assembly, step)))
        except NoLayerError as error:
            self.assembly.rewind(length)
            return self._without(step, leaves, error)
        if step.source:
            self.assembly.origins.update((node.name, step.source) for node in self.assembly.network.order[length:])
        if isinstance(made, Batched) and isinstance(leaves[0], Batched) and self._overwrites(step, made):
            self.values.replace(leaves[0], made)
        if step.overwrites and isinstance(made, Chance):
            self.values.put(step.args[0], made)
        return made

    def _without(self, step: TracedStep, leaves: Sequence[Any], error: NoLayerError) -> Any:
        """Return what stands for the results of a step that cannot be said.

        What is made of constants alone is another; a step that learns nothing and multiplies nothing is opaque.
        """
        others = [each for each in leaves if isinstance(each, ModelTensor | Unsaid)]
        unknown = [each for each in others if isinstance(each, Unsaid) and each.constant is None]
        entering = [each for each in leaves if isinstance(each, Batched | Implied | ModelTensor)]
        if not entering and not unknown and not error.told:
            return _constants(step.value, step.label)
        if not unknown and not error.told and _flops(step, self.ran, self.modules) == 0:
            length = len(self.assembly.network.order)
            try:
                return self._opaque(step, entering)
            except NoLayerError as other:
                self.assembly.rewind(length)
                error = other
        flows = [
            each.of if isinstance(each, Implied) else each for each in leaves if isinstance(each, Batched | Implied)
        ]
        if error.told or not flows:  # only a tensor that leads on from the input matters
            told = error.told or any(each.told for each in unknown)
            return Unsaid.made(step.label, others, told=told)
        name = self._name(step)
        gives = next((standing.dims for value in _leaves(step.value) if (standing := _standing_for(value, name))), None)
        entry = self._gap(step, error, name, step.label, tuple(flow.edge for flow in flows), gives)
        return _standing(step.value, entry)

    def _name(self, step: TracedStep) -> str:
        name = self.assembly.names.of_call(step.chain)
        if step.kind != "function":
            return name
        return self.assembly.names.of_layer(joined(name, spelled(step.label.rpartition(".")[2])), name)

    def _opaque(self, step: TracedStep, entering: Sequence[Any]) -> Any:
        """Return the results of a step of which no more is known than their shapes, a layer for each.

        Raise NoLayerError where one of them is of all samples together.
        """
        call = StepContext(self.assembly, step)
        flows = [each.of if isinstance(each, Implied) else call.flow(each) for each in entering]
        edges = tuple(dict.fromkeys(flow.edge for flow in flows))
        sampled = any(flow.batch is not None for flow in flows)

        def stand(value: Any) -> Any:
            if isinstance(value, tuple | list):
                return tuple(map(stand, value))
            if not isinstance(value, torch.Tensor):
                return value
            name = self._name(step)
            full = tuple(value.shape)
            found = Batched.standing(name, full)
            if found is None and sampled:
                raise NoLayerError("gives one result for all samples of a batch", "keep the batch as a dimension")
            dims = found.dims if found else full or (1,)
            edge = self.assembly.put(name, layer_of("opaque", {"op": step.label, "shape": list(dims)}), edges)
            return found._replace(edge=edge) if found else Batched(edge, None)

        return stand(step.value)

    def _gap(
        self, step: TracedStep, error: NoLayerError, name: str, what: str, x: Edges = (), gives: TorchDims | None = None
    ) -> str:
        gap = Gap(step.path, f"{step.label} {error.what}", step.source, error.remedy)
        return self.assembly.gap(name, what, x, gap=None if error.told else gap, gives=gives)

    def _overwrites(self, step: TracedStep, made: Batched) -> bool:
        """Tell whether a step writes its result over its first argument, which later steps see."""
        node = self.assembly.network.nodes.get(made.edge.source)
        return step.overwrites or bool(node and getattr(node.layer, "inplace", False))

    def _known(self, args: Any) -> Any:
        """Return arguments with what is known of earlier results in their places."""
        return torch.fx.map_arg(args, self.values.of)


def _hold_unused(
    assembly: TorchAssembly, model: torch.nn.Module, met: Collection[Hashable], called: Collection[str]
) -> Iterator[str]:
    """Let each tensor of the model that no layer holds enter the network, as numel() counts it; yield what to know.

    `met` are the ids of the tensors that steps use, `called` the modules that steps happen in, with or without those.
    """
    holding = {part for held in assembly.tensors.values() if id(held.tensor) in met for part in around(held.path)}
    busy = holding.union(called)
    groups: dict[str, list[ModelTensor]] = {}
    for held in assembly.tensors.values():
        if id(held.tensor) not in met and id(held.tensor) not in assembly.owners:
            path = next((part for part in around(held.path) if part not in busy), held.path)
            groups.setdefault(path, []).append(held)
    inside = dict(model.named_modules())
    for path, group in groups.items():
        yield _told_unused(path, _kind(inside, path, group), group)
    if not assembly.gaps:
        for held in assembly.tensors.values():
            if id(held.tensor) not in assembly.owners:
                name = spelled(held.path)
                assembly.source_of(assembly.names.of_layer(name, name), held)


def _told_unused(path: str, kind: str, group: Sequence[ModelTensor]) -> str:
    sizes = {"parameters": True, "buffers": False}
    counts = {
        what: sum(held.tensor.numel() for held in group if held.learned is learned) for what, learned in sizes.items()
    }
    holds = " and ".join(f"{n:,} {what}" for what, n in counts.items() if n)
    return f"warning: {path} ({kind}) is never used by forward; its {holds} count all the same"


def _kind(inside: Mapping[str, torch.nn.Module], path: str, group: Sequence[ModelTensor]) -> str:
    if path in inside:
        return modules.kind_of(inside[path])
    return "torch.nn.Parameter" if group[0].learned else "torch.Tensor"


def _unknown(call: StepContext, *_: Any, **__: Any) -> NoReturn:
    raise NoLayerError("is a function without a layer type")


def _fitting(step: TracedStep, made: Any) -> Any:
    """Return what a translation gives; raise NoLayerError where its shapes are not those of the model."""
    if is_list(made) and isinstance(step.value, torch.Tensor):
        made = made[0]
    for result, value in zip(_leaves(made), _leaves(step.value), strict=False):
        if isinstance(result, Batched) and result.dims != (result.sample(tuple(value.shape)) or (1,)):
            raise NoLayerError(f"gives {list(value.shape)}, but the matching layer type gives {list(result.full)}")
    return made


def _standing(value: Any, entry: str) -> Any:
    """Return what stands for a result, or several, that come out of a gap."""
    if isinstance(value, tuple | list):
        return tuple(_standing(each, entry) for each in value)
    return _standing_for(value, entry) or Unsaid("what comes of it", told=True)


def _standing_for(value: Any, entry: str) -> Batched | None:
    return Batched.standing(entry, tuple(value.shape)) if isinstance(value, torch.Tensor) else None


def _constants(value: Any, label: str) -> Any:
    """Return what is made of constants alone: others."""
    if isinstance(value, tuple | list):
        return tuple(_constants(each, label) for each in value)
    shape = tuple(value.shape) if isinstance(value, torch.Tensor) else None
    return Unsaid(f"what {label} makes of constants", constant=shape)


def _flops(step: TracedStep, ran: Mapping[Any, Any], inside: Mapping[str, torch.nn.Module]) -> int | None:
    """Return the FLOPs that PyTorch counts for a step as it runs; None where it does not run by itself."""
    args, kwargs = torch.fx.map_arg((step.args, step.kwargs), ran.__getitem__)
    fake = next((value.fake_mode for value in _leaves((args, kwargs)) if isinstance(value, FakeTensor)), None)
    counter = FlopCounterMode(display=False)
    try:
        with foreign(), fake or nullcontext(), counter:
            if step.kind == "module":
                inside[step.name](*args, **kwargs)
            elif isinstance(step.node.target, str):
                getattr(args[0], step.node.target)(*args[1:], **kwargs)
            else:
                step.node.target(*args, **kwargs)
    except ForeignError:
        return None
    return int(counter.get_total_flops())


def _leaves(value: Any) -> Iterator[Any]:
    """Yield what is inside of tuples, lists and mappings."""
    if isinstance(value, dict):
        yield from _leaves(list(value.values()))
    elif is_list(value):
        for each in value:
            yield from _leaves(each)
    else:
        yield value
