"""What a network costs: a module for each kind of cost, which reads the graph and gives numbers per layer and in total.

A module declares COLUMNS and TOTALS, what it gives; measure(graph, setting), which gives it; and AT_OTHER_SIZES, how
its totals follow from those of the same layers at other sizes, where they do. A cost of which each layer has a part of
its own says no more than what that is: `by_node` makes its measure, and the totals are the folded columns.

COSTS, below, says of each module what can be asked of it before it is imported, so that a command loads only the costs
that it shows. A new cost is a module and a line there; a test holds the line against the module.

A total that cannot be measured is an error, which names what is missing. One that does not apply to a network (the
receptive field where there is no image) is None: it breaks no limit.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from cnnparams.engine.costs.quantity import Column, Total
from cnnparams.engine.network.graph import Graph, Node
from cnnparams.engine.network.memo import Memo
from cnnparams.engine.setting import SAMPLES, USUAL, Need, Setting
from cnnparams.errors import CnnparamsError, argument, quote, suggest

if TYPE_CHECKING:
    from cnnparams.engine.network.resized import Resized


class Listed(NamedTuple):
    """A kind of cost before it is imported: its module, and every word, old word and JSON key that it gives.

    `always` is whether it is measured even where nobody asks for it, `needs` what a setting must say before it can be
    measured at all; a setting that does asks for it.
    """

    module: str
    names: frozenset[str]
    always: bool = False
    needs: Need | None = None

    def can_be_measured(self, setting: Setting) -> bool:
        """Tell whether a setting says what it needs."""
        return self.needs is None or self.needs.is_met(setting)

    @property
    def cost(self) -> "Cost":
        """The module, imported."""
        return cast("Cost", import_module(f"cnnparams.engine.costs.{self.module}"))


def _listed(module: str, names: str, *, always: bool = False, needs: Need | None = None) -> Listed:
    return Listed(module, frozenset(names.split()), always, needs)


COSTS = (
    _listed(
        "parameters",
        "params share trainable frozen buffers total_params trainable_params frozen_params float32_bytes",
        always=True,
    ),
    _listed("computation", "macs total_macs", always=True),
    _listed("storage", "weights weight-size buffer-size weight_bytes buffer_bytes"),
    _listed(
        "activations",
        "activation-size peak-memory live output_bytes activation_bytes live_bytes peak_activation_bytes "
        "peak_layer peak_activation_bytes_out_of_place",
    ),
    _listed(
        "training",
        "saved saved-estimate gradients optimizer training-memory saved_bytes saved_is_estimate gradient_bytes "
        "optimizer_bytes saved_for_backward_bytes training_bytes",
    ),
    _listed(
        "receptive_field",
        "receptive-field effective-stride effective-padding aligned global sees-all rf rf-stride rf-padding "
        "receptive_field effective_stride effective_padding is_global input_sees_all largest_receptive_field "
        "layers_without_context first_without_context context_limit",
    ),
    _listed("layers", "layers layer_count"),
    _listed("flops", "flops total_flops"),
    _listed("samples", "params-per-sample params_per_sample", needs=SAMPLES),
)
"""The kinds of cost, in the order of tables."""

Totals = tuple[Any, ...]


class Measured(NamedTuple):
    """The values of COLUMNS for each node, and those of TOTALS."""

    rows: Sequence[tuple[Any, ...]]
    totals: Totals


class UnknownTotalError(CnnparamsError):
    """A word that names no total; `hint` has a guess, from the words or from the titles that tables show."""

    def __init__(self, word: str, known: Mapping[str, Total]) -> None:
        titled = total_titled(word)
        guess = titled.word if titled else suggest(word, known)
        hint = f"did you mean {quote(guess)}?" if guess else f"choose from {', '.join(known)}"
        super().__init__(f"unknown quantity {quote(word)}", hint)


class UnmeasuredError(CnnparamsError):
    """Something is asked for that a setting says too little for."""

    def __init__(self, word: str, need: Need) -> None:
        super().__init__(f"{word} is not measured without {need.words}: give {argument(need.field)}")


AtOtherSizes = Callable[[Totals, "Resized"], Totals]
"""Returns the totals of a network at other sizes, given those that it had before."""


def same(before: Totals, network: "Resized") -> Totals:
    """Return the totals as they were: they are those of the layers, whatever enters."""
    return before


class Cost(Protocol):
    """A kind of cost."""

    COLUMNS: tuple[Column, ...]
    TOTALS: tuple[Total, ...]
    AT_OTHER_SIZES: AtOtherSizes | None

    def measure(self, graph: Graph, setting: Setting) -> Measured:
        """Return what the nodes of a graph cost in a setting."""


def by_node(
    columns: Sequence[Column], totals: Sequence[Total], values: Callable[[Node, Setting], tuple[Any, ...]]
) -> Callable[[Graph, Setting], Measured]:
    """Return what measures a cost of which each node has its own part, whatever the others have.

    `values` are those of the columns that are no part of another, in their order. They may depend on the node's layer
    and shapes, on whether it learns, whose tensors it uses, and its dtype: nodes that agree in these are asked once.
    """

    def measure(graph: Graph, setting: Setting) -> Measured:
        memo = Memo[tuple[Any, ...]]()
        rows = [
            memo.of(
                (node.layer, node.input_shapes),
                (node.trainable, node.shares is None, node.dtype),
                partial(values, node, setting),
            )
            for node in graph.nodes
        ]
        own = [column for column in columns if not column.part_of]
        series = list(zip(*rows, strict=True)) or [()] * len(own)
        by_word: dict[str, Sequence[Any]] = {column.key: each for column, each in zip(own, series, strict=True)}
        folded = {column.key: column.fold(by_word[column.key]) for column in own}
        for column in columns:
            if column.part_of:
                whole = folded[column.part_of]
                by_word[column.key] = [value / whole if whole else 0.0 for value in by_word[column.part_of]]
        if len(own) < len(columns):
            rows = list(zip(*(by_word[column.key] for column in columns), strict=True))
        return Measured(rows, tuple(_total(total, folded) for total in totals))

    return measure


def _total(total: Total, folded: Mapping[str, Any]) -> Any:
    return total.derived(folded) if total.derived else folded[str(total.column)]


def every_cost() -> tuple[Cost, ...]:
    """Return every kind of cost, in the order of tables."""
    return tuple(listed.cost for listed in COSTS)


def costs_of(fields: Collection[str], setting: Setting) -> tuple[Cost, ...]:
    """Return the kinds of cost that are always measured, those that give any of these fields, and those asked for.

    A setting that says what a cost needs asks for it. Raise UnmeasuredError as `costs_giving` does.
    """
    asked = _giving(fields, setting)
    return tuple(
        listed.cost
        for listed in COSTS
        if listed.always or listed in asked or (listed.needs and listed.needs.is_met(setting))
    )


def costs_giving(fields: Collection[str], setting: Setting) -> tuple[Cost, ...]:
    """Return the kinds of cost that give any of these fields; raise UnmeasuredError where a setting says too little."""
    return tuple(listed.cost for listed in _giving(fields, setting))


def _giving(fields: Collection[str], setting: Setting) -> list[Listed]:
    found = [listed for listed in COSTS if not listed.names.isdisjoint(fields)]
    for listed in found:
        if listed.needs and not listed.can_be_measured(setting):
            given: tuple[Column | Total, ...] = (*listed.cost.COLUMNS, *listed.cost.TOTALS)
            asked = next(quantity for quantity in given if quantity.field in fields)
            raise UnmeasuredError(asked.called, listed.needs)
    return found


def measurable(totals: Iterable[Total], setting: Setting) -> list[Total]:
    """Return the totals; raise UnmeasuredError for the first that a setting says too little for."""
    found = list(totals)
    _giving([total.field for total in found], setting)
    return found


def totals() -> dict[str, Total]:
    """Return every total that has a word, by it."""
    return {total.word: total for cost in every_cost() for total in cost.TOTALS if total.word}


def short_totals(setting: Setting = USUAL) -> list[Total]:
    """Return the totals that stand side by side, but for those that a setting says too little for."""
    measured = (listed.cost for listed in COSTS if listed.can_be_measured(setting))
    return [total for cost in measured for total in cost.TOTALS if total.short]


def normalized_word(word: str) -> str:
    """Return the word of a quantity as it is known: - and _ are the same, as are capitals and small letters."""
    return word.strip().casefold().replace("_", "-")


def find_total(word: str) -> Total:
    """Return the total of a word, however it is spelt; raise UnknownTotalError where there is none."""
    found: Total | None = next(
        (total for total in _with(normalized_word(word), "TOTALS") if total.word == normalized_word(word)), None
    )
    if found is None:
        raise UnknownTotalError(word, totals())
    return found


def total_titled(title: str) -> Total | None:
    """Return the total that tables show under a title, long or short; None where there is none."""
    meant = normalized_word(title)
    titled = {shown: total for total in totals().values() for shown in (total.title, total.short) if shown}
    return next((total for shown, total in titled.items() if normalized_word(shown) == meant), None)


def find_cost_column(word: str) -> Column | None:
    """Return the column of a word, or of an old one, however it is spelt; None where no cost has it."""
    meant = normalized_word(word)
    return next((column for column in _with(meant, "COLUMNS") if meant in (column.key, *column.aliases)), None)


def always_columns() -> list[Column]:
    """Return the columns of the costs that are always measured."""
    return [column for listed in COSTS if listed.always for column in listed.cost.COLUMNS]


def place_of(total: Total) -> tuple[int, int]:
    """Return what sorts totals into the order of tables."""
    i, listed = next((i, listed) for i, listed in enumerate(COSTS) if total.field in listed.names)
    return i, listed.cost.TOTALS.index(total)


def with_estimates(shown: Iterable[Total]) -> tuple[Total, ...]:
    """Return totals, and behind them those that say which of them are estimates, where they may be."""
    shown = tuple(shown)
    marks = dict.fromkeys(total.estimate for total in shown if total.estimate)
    return (*shown, *(next(total for total in _with(mark, "TOTALS") if total.field == mark) for mark in marks))


def _with(name: str, what: str) -> Iterator[Any]:
    """Yield the columns or totals of the costs that give a name."""
    return (quantity for listed in COSTS if name in listed.names for quantity in getattr(listed.cost, what))
