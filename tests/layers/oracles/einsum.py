"""Sums of products against torch.einsum: letters of two to five places, as it multiplies nothing along one place."""

from __future__ import annotations

from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import BATCH, Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.drawing import rarely

_LETTERS = "ijkLm"
_TERM = st.lists(st.sampled_from(_LETTERS), min_size=1, max_size=3).map("".join)
_WRONG = st.sampled_from(
    (
        "bij,bjk",
        "bij->bik->b",
        "bi.j->bij",
        "bij,jbk->bik",
        "ij,jk->ik",
        "bij->bii",
        "bij->bijq",
        "",
        "bij,bjk->",
        "->b",
    )
)


@st.composite
def _cases(draw: st.DrawFn) -> Case:
    """Draw an equation of letters of which some stay, and inputs that mostly fit it."""
    terms = draw(st.lists(_TERM, min_size=2, max_size=3))
    used = sorted({*"".join(terms)})
    output = "".join(draw(st.permutations(draw(st.lists(st.sampled_from(used), unique=True)))))
    equation = f"{','.join(f'b{term}' for term in terms)}->b{output}"
    sizes = {letter: draw(st.integers(2, 5)) for letter in used}
    inputs = [tuple(sizes[letter] for letter in term) for term in terms]
    wrong: tuple[Dims, ...] = ((3, 4), (4, 5))
    equation = draw(rarely(_WRONG, st.just(equation)))
    first, *more = draw(rarely(st.just(wrong), st.just(tuple(inputs))))
    return Case({"equation": equation}, first, tuple(more))


def _build(torch: ModuleType, case: Case) -> Built:
    def forward(*inputs: object) -> object:
        output = torch.einsum(case.settings["equation"], *inputs)
        return output.unsqueeze(1) if output.dim() == 1 else output

    return Built(torch.nn.Identity(), forward)


def _implied(case: Case) -> bool:
    return "->" not in case.settings["equation"]


def _mixing(case: Case) -> bool:
    """Tell whether an equation sums over the batch, or leaves it where it is not the first letter."""
    left, _, output = case.settings["equation"].partition("->")
    terms = left.split(",")
    return not output or any(term[:1] != output[0] for term in terms)


ORACLES = {
    "einsum": Oracle(
        _cases(),
        _build,
        (
            Difference(
                "the output is written; PyTorch takes what stands once",
                _implied,
                Case({"equation": "ij,jk"}, (BATCH,), ((3,),)),
            ),
            Difference(
                "the batch stays, and is the first letter; to PyTorch it is a letter like others",
                _mixing,
                Case({"equation": "bij,bjk->ik"}, (3, 4), ((4, 5),)),
            ),
        ),
    )
}
