"""The last look at a file: whether each tensor of weights is in some layer."""

from __future__ import annotations

from collections.abc import Sequence

from cnnparams.errors import quote
from cnnparams.sources.onnx.model import Op
from cnnparams.sources.onnx.net import Net
from cnnparams.sources.reading import Gap

_REPORT = "this is a fault of cnnparams, please report it with the file"
_UNREAD = "nothing that the outputs depend on reads some tensors of the file; they are not counted"


def note_unheld(net: Net, ops: Sequence[Op]) -> None:
    """Note a gap for each tensor of weights that is read and in no layer; remark on those that nothing reads."""
    read = {name for op in ops for one in (op, *op.parts) for name in one.reads}
    used = net.learned | net.buffers | net.read
    for name, known in net.model.initializers.items():
        is_weights = known.is_float or not net.quantized.isdisjoint(known.origins)
        if not is_weights or not known.size:
            continue
        if name not in read:
            net.remark(_UNREAD, name)
        elif used.isdisjoint(known.origins):
            what = f"no layer holds the initializer {quote(name)} of {known.size:,} elements, though a node reads it"
            gap = Gap("", what, remedy=_REPORT)
            net.gap(net.names.numbered("gap"), "onnx.initializer", gap=gap, parameters=known.size)
