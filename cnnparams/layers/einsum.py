"""Sums of products that an equation says (PyTorch's einsum)."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import ClassVar, NamedTuple

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.memory import (
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    together,
)
from cnnparams.layers.contract.reach import Reaches, everything, moving
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.strides import MemoryLayout, contiguous, repeated_strides, view_strides

_EXAMPLE = "such as bhnd,bhmd->bhnm, where b is the batch"


class EinsumEquation(NamedTuple):
    """What an equation says: a letter for each dimension of each input, and of the output, the batch among them."""

    terms: tuple[str, ...]
    output: str

    @classmethod
    def parsed(cls, text: str) -> "EinsumEquation":
        """Return what a text says; raise LayerError where it is none."""
        left, arrow, output = text.replace(" ", "").partition("->")
        terms = tuple(left.split(","))
        if not arrow or not all(term.isascii() and term.isalpha() for term in (*terms, output)):
            remedy = f"write a letter for each dimension, {_EXAMPLE}"
            raise LayerError(f"equation {text} is not understood", "equation", remedy)
        return cls(terms, output)

    @property
    def batch(self) -> str:
        """The letter of the batch."""
        return self.output[0]

    def of_samples(self) -> "EinsumEquation":
        """Return the same without the batch."""
        return EinsumEquation(tuple(term.removeprefix(self.batch) for term in self.terms), self.output[1:])

    def products(self) -> "Iterator[_Product]":
        """Yield the products of two tensors, from left to right, as PyTorch takes them without opt_einsum."""
        first, *others = self.terms
        terms = Counter(letter for term in self.terms for letter in set(term))
        left = dict.fromkeys(first)
        for other in others:
            right = dict.fromkeys(other)
            letters = {**left, **right}
            inner = [letter for letter in letters if letter not in self.output]
            alone = {letter for letter in inner if terms[letter] == 1}
            terms.subtract(letter for letter in inner if letter in left and letter in right)
            summed = {letter for letter in inner if terms[letter] == 1 and letter not in alone}
            yield _Product("".join(each for each in letters if each not in alone), frozenset(summed))
            left = {letter: None for letter in letters if letter not in alone | summed}


class _Product(NamedTuple):
    """A product of two tensors: the letters of all that are multiplied, and those of them that are summed over.

    Where none is, it is a product element by element, which counts as multiply does.
    """

    letters: str
    summed: frozenset[str]


class _MatrixProduct(NamedTuple):
    """How PyTorch multiplies two tensors: as matrices, their letters in groups, in the order of its dimensions.

    `shared` are letters of both that stay, `left` and `right` those of one, `summed` those of both that are summed
    over. Letters of one place are left out of them all.
    """

    shared: str
    left: str
    right: str
    summed: str

    @classmethod
    def of(cls, equation: EinsumEquation, sizes: Mapping[str, int]) -> "_MatrixProduct":
        """Group the letters of two terms as sumproduct_pair of aten/src/ATen/native/Linear.cpp does."""
        first, second = equation.terms
        order = dict.fromkeys((*equation.output, *sorted(first)))
        several = [letter for letter in order if sizes[letter] > 1]
        both = [letter for letter in several if letter in first and letter in second]
        return cls(
            "".join(letter for letter in both if letter in equation.output),
            "".join(letter for letter in several if letter not in second),
            "".join(letter for letter in several if letter not in first),
            "".join(letter for letter in both if letter not in equation.output),
        )

    def order(self, output: str) -> list[str]:
        """Return the letters of the output as they lie in memory, those of one place with those of the right."""
        alone = {*self.shared, *self.left, *self.summed}
        right = [letter for letter in output if letter not in alone]
        swapped = bool(self.left and right) and output.index(right[-1]) < output.index(self.left[0])
        return [*self.shared, *((*right, *self.left) if swapped else (*self.left, *right))]


def _is_view(term: str, layout: MemoryLayout, *groups: str) -> bool:
    """Tell whether a tensor has its dimensions in groups as they lie."""
    at = [term.index(letter) for letter in "".join(groups)]
    dims, strides = (tuple(values[i] for i in at) for values in layout)
    merged = tuple(math.prod(layout.dims[term.index(letter)] for letter in group) for group in groups)
    return not dims or view_strides(MemoryLayout(dims, strides), merged) is not None


@layer_type("einsum", example={"equation": "bhnd,bhmd->bhnm"}, example_input=(4, 50, 16))
class Einsum(Layer):
    """Sum of products, as an equation says: what stands before the arrow and not behind it is summed over."""

    least_inputs: ClassVar[int] = 2
    most_inputs: ClassVar[int | None] = None
    legend: ClassVar[str] = "the letters of the equation, the batch left out"

    equation: str = setting(
        "a letter for each dimension of each input, and of the output; the first is the batch",
        label="equation",
        always=True,
    )

    def check(self, *inputs: Shape) -> None:
        """Raise LayerError where the equation is none of these inputs."""
        whole = EinsumEquation.parsed(self.equation)
        self._check_batch(whole)
        terms, output = whole.of_samples()
        if len(terms) != len(inputs):
            message = f"equation {self.equation} has {len(terms)} inputs, but {len(inputs)} enter"
            raise LayerError(message, "equation")
        sizes: dict[str, int] = {}
        for term, x in zip(terms, inputs, strict=True):
            if len(term) != len(x.dims):
                message = f"{term} has {len(term)} letters beside the batch, but the input is {list(x.dims)}"
                raise LayerError(f"{message} in PyTorch's order", "equation", f"write a letter for each, {_EXAMPLE}")
            for letter, n in zip(term, x.dims, strict=True):
                if sizes.setdefault(letter, n) != n:
                    raise LayerError(f"{letter} is {sizes[letter]} and {n} in {self.equation}", "equation")
        if lost := next((letter for letter in output if letter not in sizes or output.count(letter) > 1), None):
            where = "twice" if lost in sizes else "only"
            raise LayerError(f"{lost} stands {where} in the output of {self.equation}", "equation")

    def _check_batch(self, equation: EinsumEquation) -> None:
        batch = equation.batch
        if any(term[0] != batch or batch in term[1:] for term in (*equation.terms, equation.output)):
            message = f"{batch}, the first letter of the output of {self.equation}, is not the batch everywhere"
            raise LayerError(message, "equation", f"begin each term with the batch, {_EXAMPLE}")

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the sizes of the output's letters; one number where there is none but the batch."""
        terms, output = self._samples
        sizes = self.symbols(*inputs)
        channels = (term[x.channel_axis] for term, x in zip(terms, inputs, strict=True) if x.channel_axis is not None)
        axis = next((output.index(letter) for letter in channels if letter in output), None)
        return Shape(tuple(sizes[letter] for letter in output) or (1,), axis)

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return the same place along what stays, and all of what is summed over."""
        terms, output = self._samples
        found = []
        for term, x in zip(terms, inputs, strict=True):
            facing = zip(term, x.dims, strict=True)
            found.append(tuple(moving(output.index(a)) if a in output else everything(n) for a, n in facing))
        return tuple(found)

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the function."""
        number = "" if self._samples.output else ".unsqueeze(1)"
        return Spelling(None, Code(f"torch.einsum({{equation}}, {{inputs}}){number}", {"equation": self.equation}))

    def macs(self, *inputs: Shape) -> int:
        """Return what the products multiply that are summed over."""
        sizes = self.symbols(*inputs)
        summed = (product for product in self._samples.products() if product.summed)
        return sum(math.prod(sizes[letter] for letter in product.letters) for product in summed)

    def macs_formula(self, *inputs: Shape) -> str:
        """Return a product of letters for each."""
        summed = (product for product in self._samples.products() if product.summed)
        return " + ".join(" * ".join(product.letters) for product in summed) or "0"

    def symbols(self, *inputs: Shape) -> dict[str, int]:
        """Return the size of each letter."""
        terms = self._samples.terms
        return {
            letter: n for term, x in zip(terms, inputs, strict=True) for letter, n in zip(term, x.dims, strict=True)
        }

    def shape_steps(self, *inputs: Shape) -> Iterator[Step]:
        """Yield the letter of each dimension."""
        sizes = self.symbols(*inputs)
        for i, letter in enumerate(self._samples.output, 1):
            yield Step(f"output dimension {i}", f"n{i}", letter, sizes[letter])
        if not self._samples.output:
            yield Step("output dimension 1", "n1", "1", 1)

    @property
    def _samples(self) -> EinsumEquation:
        return EinsumEquation.parsed(self.equation).of_samples()

    def placement(self, run: ForwardPass) -> Placement:
        """Return the order in which a matrix product of two inputs gives the output; others are not followed."""
        product, output = self._matrix_product(run), EinsumEquation.parsed(self.equation).output
        if product is None or not product.summed:
            return Placement(None)
        order = product.order(output)
        sizes = dict(zip(output, run.output, strict=False))
        steps = dict(zip(order, contiguous(tuple(sizes[letter] for letter in order)), strict=True))
        strides = tuple(steps[letter] for letter in output)
        return Placement((*strides, 1) if len(output) == 1 else strides)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return each of two factors whose other factor needs a gradient: itself, or a copy that is a matrix.

        What more than two factors, or sums before a product, keep is an estimate.
        """
        product, terms = self._matrix_product(run), EinsumEquation.parsed(self.equation).terms
        if product is None:
            return SavedForBackward(tuple(range(len(run.inputs))), certain=False)
        groups = (
            (product.shared, product.left, product.summed),
            (product.shared, product.summed, product.right),
        )
        kept = []
        for i in (i for i in range(2) if run.inputs[1 - i].needs_grad):
            layout, dims = run.inputs[i].layout, (run.output[0], *run.inputs[i].shape.dims)
            repeated = layout and MemoryLayout(dims, repeated_strides(dims, layout))
            itself = not product.summed or (repeated and _is_view(terms[i], repeated, *groups[i]))
            own = SavedForBackward(own=(OwnTensor(math.prod(dims)),))
            kept.append(SavedForBackward((i,)) if itself else own._replace(certain=layout is not None))
        return together(*kept)

    def _matrix_product(self, run: ForwardPass) -> _MatrixProduct | None:
        """Return how two inputs are multiplied; None where they are more, or nothing that a matrix product does."""
        equation = EinsumEquation.parsed(self.equation)
        if len(equation.terms) != 2:
            return None
        (product,) = equation.products()
        first, second = equation.terms
        once = all(len({*term}) == len(term) for term in equation.terms)
        if not once or {*first, *second} != {*product.letters}:
            return None
        sizes = self.symbols(*(x.shape for x in run.inputs)) | {equation.batch: run.output[0]}
        return _MatrixProduct.of(equation, sizes)
