"""Parameters for each sample of the training set.

Two layers with 2n + d parameters can fit any labels of n samples in d dimensions: Zhang, Bengio, Hardt, Recht, Vinyals:
Understanding deep learning requires rethinking generalization, ICLR 2017, arXiv 1611.03530, Theorem 1.
"""

from __future__ import annotations

from cnnparams.engine.costs import parameters
from cnnparams.engine.costs.quantity import Column, Kind, Total, quotient
from cnnparams.engine.costs.register import Measured, same
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.setting import Setting

AT_OTHER_SIZES = same
COLUMNS: tuple[Column, ...] = ()
_NOTE = (
    "Parameters per sample say whether the network could learn its training set by heart (from about 1 on it can, "
    "whatever the labels), not whether it will: that depends on the data, augmentation, regularisation and training."
)
TOTALS = (
    Total(
        "params_per_sample",
        "Trainable parameters per sample",
        Kind.RATIO,
        optional=True,
        short="Per sample",
        word="params-per-sample",
        column="trainable",
        note=_NOTE,
    ),
)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the trainable parameters over the setting's samples."""
    _, trainable, *_ = parameters.measure(graph, setting).totals
    assert setting.samples is not None  # which the register sees to
    return Measured([()] * len(graph.nodes), (quotient(trainable, setting.samples),))
