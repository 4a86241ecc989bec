"""Functions over dimensions against those of torch."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.differences import of_the_batch
from tests.layers.oracles.drawing import ANY_DIMS, FLAG, Choices, Drawn, any_dim, cases

_SEVERAL: dict[str, tuple[str, Choices]] = {
    **{name: (name, {}) for name in ("sum", "mean", "amax", "amin", "logsumexp", "any", "all")},
    "norm": ("linalg.vector_norm", {"p": st.sampled_from((1, 2, 3, 0.5, "inf"))}),
    "std": ("std", {"correction": st.integers(0, 2)}),
    "var": ("var", {"correction": st.integers(0, 2)}),
}
_ONE = ("prod", "argmax", "argmin")
_SCANS = ("cumsum", "cumprod", "logcumsumexp")


def _some_dims(dims: Dims) -> Drawn:
    one = any_dim(dims)
    several = st.lists(st.integers(1, len(dims)), min_size=1, max_size=len(dims), unique=True)
    return one | several | st.none()


def _function(torch: ModuleType, name: str) -> Any:
    home, _, own = name.rpartition(".")
    return getattr(getattr(torch, home) if home else torch, own)


def _build(name: str, torch: ModuleType, case: Case) -> Built:
    settings = {**case.settings}
    dim, keepdim = settings.pop("dim", None), settings.pop("keepdim", False)
    if "p" in settings:
        settings["ord"] = float(settings.pop("p"))
    if settings.get("correction", 0) is None or settings.get("correction", 0) < 0:
        raise ValueError("a correction is taken off")
    over = tuple(range(1, len(case.dims) + 1)) if dim is None else dim if isinstance(dim, int) else tuple(dim)
    if over == ():
        raise ValueError("no dimension")
    function = _function(torch, name)
    return Built(torch.nn.Identity(), lambda x: _with_a_dimension(function(x, dim=over, keepdim=keepdim, **settings)))


def _with_a_dimension(result: Any) -> Any:
    return result.unsqueeze(1) if result.dim() == 1 else result


def _build_one(name: str, torch: ModuleType, case: Case) -> Built:
    dim, keepdim = case.settings.get("dim"), case.settings.get("keepdim", False)
    if isinstance(dim, list) and len(dim) == 1:
        dim = dim[0]
    function = getattr(torch, name)
    if dim is None and len(case.dims) > 1 and keepdim:
        raise ValueError("keeps one dimension alone")
    if dim is None:
        return Built(torch.nn.Identity(), lambda x: function(x.flatten(1), dim=1, keepdim=True))
    return Built(torch.nn.Identity(), lambda x: _with_a_dimension(function(x, dim=dim, keepdim=keepdim)))


def _over_batch(case: Case) -> bool:
    dim = case.settings.get("dim")
    return any(each in (0, -len(case.dims) - 1) for each in (dim if isinstance(dim, list) else [dim]))


_OF_THE_BATCH = Difference(
    "a layer leaves the batch alone; to PyTorch it is a dimension", _over_batch, Case({"dim": 0}, (3, 4))
)
_FAULTS: Choices = {"dim": st.integers(-6, 6) | st.just([]) | st.just([1, 1])}


def _oracle(own: Choices, build: Any) -> Oracle:
    drawn = cases(ANY_DIMS, lambda dims: {"dim": _some_dims(dims), "keepdim": FLAG, **own}, faults=_FAULTS)
    return Oracle(drawn, build, (_OF_THE_BATCH,))


def _along(own: Choices, build: Any) -> Oracle:
    drawn = cases(ANY_DIMS, lambda dims: {"dim": any_dim(dims), **own}, faults={"dim": st.integers(-6, 6)})
    return Oracle(drawn, build, (of_the_batch("dim", example={"dim": 0}),))


def _build_scan(name: str, torch: ModuleType, case: Case) -> Built:
    dim = case.settings.get("dim", 1)
    return Built(torch.nn.Identity(), lambda x: getattr(torch, name)(x, dim))


def _build_normalize(torch: ModuleType, case: Case) -> Built:
    return Built(torch.nn.Identity(), lambda x: torch.nn.functional.normalize(x, **case.settings))


ORACLES = {
    **{name: _oracle(own, partial(_build, function)) for name, (function, own) in _SEVERAL.items()},
    **{name: _oracle({}, partial(_build_one, name)) for name in _ONE},
    **{name: _along({}, partial(_build_scan, name)) for name in _SCANS},
    "normalize": _along({"p": st.sampled_from((1, 2, 3)), "eps": st.sampled_from((1e-12, 1e-3))}, _build_normalize),
}
