"""Random numbers, one for each sample, by which paths are dropped while a model is trained (stochastic depth).

As torchvision has it, as a function, and as it is written out by others: ones with a probability, or a probability
plus what is drawn between 0 and 1, rounded down; the samples are multiplied with that, and divided by the probability.
"""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from cnnparams.sources.assembly import NOTHING_COUNTED, NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.values import BATCH, Batched

_TYPE = "stochastic_depth"


class Chance(NamedTuple):
    """Random numbers of a shape, which are 1 with the probability `keep`, or 1 / `scale`, and 0 otherwise.

    Of numbers that are drawn between 0 and 1, `keep` is None until it is added to them.
    """

    shape: tuple[int, ...]
    keep: float | None = None
    scale: float = 1

    def put(self, call: StepContext) -> NoReturn:
        """Raise NoLayerError: only what is multiplied with them has a layer."""
        raise NoLayerError("uses random numbers as no layer does", NOTHING_COUNTED)


@function("rand", "rand_like", "empty", "empty_like", "new_empty")
def drawn(call: StepContext, *_: Any, **__: Any) -> Chance:
    """Return numbers that are drawn, or that will be."""
    return Chance(call.shape)


@function("bernoulli")
def bernoulli(call: StepContext, x: Any, p: Any = None, **_: Any) -> Chance:
    """Return ones, with a probability."""
    if not isinstance(x, Chance) or not isinstance(p, int | float):
        raise NoLayerError("draws by probabilities that the network gives", NOTHING_COUNTED)
    return Chance(x.shape, p)


def multiplied(type_: str, call: StepContext, x: Any, other: Any) -> Batched | Chance:
    """Return what arithmetic makes of random numbers and something else: a dropout of samples, if that is a tensor."""
    chance: Chance = x if isinstance(x, Chance) else other
    value = other if chance is x else x
    if isinstance(value, int | float):
        return _with_number(type_, chance, value, first=chance is other)
    if type_ != "multiply" or isinstance(value, Chance) or chance.keep is None:
        return chance.put(call)
    flow = call.flow(value)
    return dropped(call, flow, chance)


def _with_number(type_: str, chance: Chance, number: float, *, first: bool) -> Chance:
    if type_ == "add" and chance.keep is None:
        return chance._replace(keep=number)
    if type_ == "divide" and chance.keep is not None and not first:
        return chance._replace(scale=chance.scale * number)
    raise NoLayerError("uses random numbers as no layer does", NOTHING_COUNTED)


def dropped(call: StepContext, x: Batched, chance: Chance) -> Batched:
    """Return a dropout of samples, which divides by the probability; where the model does not, multiplied with it."""
    ones = [at for at, n in enumerate(chance.shape) if n == BATCH]
    if ones != [x.batch] or chance.keep is None or max([n for n in chance.shape if n != BATCH], default=1) > 1:
        raise NoLayerError("uses random numbers as no layer does", NOTHING_COUNTED)
    x = call.put(_TYPE, {"p": round(1 - chance.keep, 12)}, x, batch=x.batch)
    factor = round(chance.keep / chance.scale, 12)
    return x if factor == 1 else call.put("multiply", {"other": factor}, x, batch=x.batch)


@function("torchvision.ops.stochastic_depth.stochastic_depth")
def stochastic_depth(call: StepContext, x: Any, p: float, mode: str, training: bool = True) -> Batched:
    """Return torchvision's own, which does nothing but while training."""
    x = call.flow(x)
    return call.put(_TYPE, {"p": p, "mode": mode}, x, batch=x.batch) if training and p else x
