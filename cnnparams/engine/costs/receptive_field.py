"""Receptive fields: how much of the image a place of each layer's output depends on (docs/receptive-field.md).

Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks, Distill 2019,
doi 10.23915/distill.00021. A layer whose input sees the whole image adds no context: Richter, Byttner, Krumnack,
Wiedenroth, Schallner, Shenk: (Input) Size Matters for CNN Classifiers, ICANN 2021, doi 10.1007/978-3-030-86340-1_11.
"""

from __future__ import annotations

from operator import itemgetter

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import Measured
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.setting import Setting

_first, _last = itemgetter(0), itemgetter(-1)
AT_OTHER_SIZES = None
COLUMNS = (
    Column("receptive-field", "Receptive field", Kind.FIELD, "receptive_field", fold=_last, aliases=("rf",)),
    Column(
        "effective-stride", "Effective stride", Kind.PER_AXIS, "effective_stride", fold=_last, aliases=("rf-stride",)
    ),
    Column(
        "effective-padding",
        "Effective padding",
        Kind.PER_AXIS,
        "effective_padding",
        fold=_last,
        aliases=("rf-padding",),
    ),
    Column("aligned", "Aligned", Kind.FLAG, "aligned", fold=_last),
    Column("global", "Global", Kind.MARK, "is_global", fold=_last),
    Column("sees-all", "Input is global", Kind.MARK, "input_sees_all", fold=_first),
)
TOTALS = (
    Total("receptive_field", "Receptive field", Kind.FIELD, optional=True),
    Total("effective_stride", "Effective stride", Kind.PER_AXIS, optional=True),
    Total("effective_padding", "Effective padding", Kind.PER_AXIS, optional=True),
    Total(
        "largest_receptive_field",
        "Largest (excluding global layers)",
        Kind.PER_AXIS,
        optional=True,
        short="Receptive field",
        word="receptive-field",
        column="receptive-field",
    ),
    Total("layers_without_context", "Layers that add no context", Kind.COUNT),
    Total("first_without_context", "First layer without context", Kind.TEXT, optional=True),
    Total("context_limit", "All add context above an image size of", Kind.PER_AXIS, optional=True),
)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return what each node sees of the image, whatever the setting."""
    from cnnparams.engine.receptive_field.fields import receptive_fields
    from cnnparams.engine.receptive_field.report import NOTHING, Fields  # which other costs do without

    names = [node.name for node in graph.nodes]
    fields = Fields(names, receptive_fields(graph))
    rows = fields.rows()
    output = dict(zip(names, rows, strict=True)).get(graph.outputs[0].source, NOTHING)
    return Measured(rows, (*output[:3], *fields.totals()))
