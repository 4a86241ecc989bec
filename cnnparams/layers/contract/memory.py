"""What a layer does to memory while a network is trained: where its output lies, and what it keeps to go backward.

Everything as PyTorch 2.13 has it on the CPU, which the tests ask by torch.autograd.graph.saved_tensors_hooks. What it
keeps are tensors of the network, which other layers may keep too, tensors of the layer's own, and buffers. Parameters
are left out: they are there anyway.
"""

import math
from functools import reduce
from typing import ClassVar, NamedTuple

from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.strides import (
    LogicalDims,
    MemoryLayout,
    Strides,
    contiguous,
    elementwise_strides,
    image,
    is_contiguous,
    repeated_strides,
    view_strides,
)


class BatchTensor(NamedTuple):
    """A tensor on its way through the network: a batch of samples, and whether a gradient flows back through it.

    Strides of None are not known.
    """

    shape: Shape
    batch: int
    strides: Strides | None
    needs_grad: bool

    @property
    def dims(self) -> LogicalDims:
        """The dimensions, the batch first."""
        return (self.batch, *self.shape.dims)

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.batch * self.shape.size

    @property
    def layout(self) -> MemoryLayout | None:
        """Where the elements lie, if that is known."""
        return None if self.strides is None else MemoryLayout(self.dims, self.strides)

    @property
    def steps_first(self) -> MemoryLayout | None:
        """The layout of a sequence as recurrent layers and attention see it: the steps before the batch."""
        if self.strides is None:
            return None
        dims, strides = ((second, first, *rest) for first, second, *rest in (self.dims, self.strides))
        return MemoryLayout(tuple(dims), tuple(strides))


class ForwardPass(NamedTuple):
    """One pass forward through a layer: what enters, what leaves, and whether the layer's parameters are trained.

    `same` gives for each input the number of the first that is the same tensor; `itemsize` are the bytes of an element.
    """

    inputs: tuple[BatchTensor, ...]
    same: tuple[int, ...]
    output: LogicalDims
    learns: bool
    itemsize: int

    @property
    def x(self) -> BatchTensor:
        """The first input."""
        return self.inputs[0]


class Placement(NamedTuple):
    """Where an output lies: how its elements are laid out, and whether in the memory of the first input.

    Strides of None are not known; without `certain`, it is not known either whose memory it is. What is `held` is a
    parameter.
    """

    strides: Strides | None
    shared: bool = False
    certain: bool = True
    held: bool = False


class OwnTensor(NamedTuple):
    """A tensor that only the layer keeps; `itemsize` are the bytes of an element where it has a dtype of its own."""

    elements: int
    itemsize: int | None = None


class SavedForBackward(NamedTuple):
    """What a layer keeps: some of its inputs, its output, tensors of its own, so many elements of its buffers.

    `itemsize` are the bytes of an element of the inputs where that is not the network's dtype. What is not `certain` is
    an estimate, or not known at all.
    """

    inputs: tuple[int, ...] = ()
    output: bool = False
    own: tuple[OwnTensor, ...] = ()
    buffers: int = 0
    itemsize: int | None = None
    certain: bool = True


NOTHING, UNKNOWN = SavedForBackward(), SavedForBackward(certain=False)
INPUT, OUTPUT = SavedForBackward(inputs=(0,)), SavedForBackward(output=True)
FLOAT32, INDEX, TRUTH = 4, 8, 1
"""Bytes of the narrowest float that means are taken in; of an index, 64 bits in any dtype; and of true or false."""


def together(*kept: SavedForBackward) -> SavedForBackward:
    """Return what several operations keep of the inputs, and of their own."""
    inputs = tuple(dict.fromkeys(i for each in kept for i in each.inputs))
    own = tuple(tensor for each in kept for tensor in each.own)
    return SavedForBackward(inputs, own=own, certain=all(each.certain for each in kept))


class TrainingMemory:
    """What a layer type says of memory. The defaults are an output of its own, and that nobody knows what is kept."""

    passes_gradient: ClassVar[bool] = True
    """Whether a gradient flows back through the output: none does through truth values and indices."""
    output_itemsize: ClassVar[int | None] = None
    """The bytes of an element of the output, where they do not depend on the network's dtype."""

    def placement(self, run: ForwardPass) -> Placement:
        """Return where the output lies."""
        return fresh(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what is kept, where a gradient flows back to the parameters or to an input."""
        return UNKNOWN


def fresh(run: ForwardPass) -> Placement:
    """Return the place of an output whose elements lie one after another, in memory of its own."""
    return Placement(contiguous(run.output))


def as_usual(run: ForwardPass) -> Placement:
    """Return the usual place of what is made of an input in the usual order; of another it is not known."""
    return fresh(run) if run.x.layout and is_contiguous(run.x.layout) else Placement(None)


def overwritten(run: ForwardPass) -> Placement:
    """Return the place of an output that is the first input, or is written over it."""
    return Placement(run.x.strides, shared=True)


def as_image(run: ForwardPass) -> Placement:
    """Return the place of an image that keeps its channels last where the input has them so."""
    layout = run.x.layout
    return Placement(layout and image(run.output, layout))


def as_pooled(run: ForwardPass) -> Placement:
    """Return the place of what a pool makes of an image; along one axis, orders but the usual one are not followed."""
    layout = run.x.layout
    if len(run.output) == 2:
        return fresh(run)
    return Placement(None) if len(run.output) == 3 and not (layout and is_contiguous(layout)) else as_image(run)


def in_order(dims: LogicalDims, *operands: MemoryLayout | None) -> Placement:
    """Return the place of an elementwise result, whose elements lie in the order of the operands'."""
    known = [layout for layout in operands if layout]
    return Placement(elementwise_strides(dims, *known) if len(known) == len(operands) else None)


def one_by_one(run: ForwardPass) -> Placement:
    """Return the place of what an elementwise operation makes of two inputs, then of that and the third, and so on."""
    layouts = [x.layout for x in run.inputs]
    known = [layout for layout in layouts if layout]
    return Placement(reduce(_joined, known).strides if len(known) == len(layouts) else None)


def _joined(a: MemoryLayout, b: MemoryLayout) -> MemoryLayout:
    dims = tuple(map(max, a.dims, b.dims))
    return MemoryLayout(dims, elementwise_strides(dims, a, b))


def view_or_copy(run: ForwardPass) -> Placement:
    """Return the place of the same elements under other dimensions: a view where the layout allows one, or a copy."""
    if run.x.layout is None:
        return Placement(None, shared=True, certain=False)
    strides = view_strides(run.x.layout, run.output)
    return fresh(run) if strides is None else Placement(strides, shared=True)


def rows_saved(layout: MemoryLayout | None, copies: int = 1) -> SavedForBackward:
    """Return what a matrix product along the last dimension keeps of its input: itself, or copies with plain rows."""
    if layout is None:
        return INPUT._replace(certain=False)
    size = math.prod(layout.dims)
    rows = (size // layout.dims[-1], layout.dims[-1])
    return INPUT if view_strides(layout, rows) else SavedForBackward(own=(OwnTensor(size),) * copies)


def matrices_saved(run: ForwardPass, i: int, leading: LogicalDims) -> SavedForBackward:
    """Return what a batch of matrix products keeps of an input: itself, or a copy in which its matrices are stacked.

    `leading` are the dimensions before those of a matrix, the batch among them, to which they are repeated.
    """
    x = run.inputs[i]
    if x.layout is None:
        return SavedForBackward((i,), certain=False)
    dims = (*leading, *x.dims[-2:])
    repeated = MemoryLayout(dims, repeated_strides(dims, x.layout))
    stacked = (math.prod(leading), *dims[-2:])
    return (
        SavedForBackward((i,))
        if view_strides(repeated, stacked)
        else SavedForBackward(own=(OwnTensor(math.prod(dims)),))
    )
