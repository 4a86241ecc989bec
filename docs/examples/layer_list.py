"""JSON such as {"input": "3x8x8", "layers": [["conv2d", {"out_channels": 4, "kernel_size": 3}]]} -> a spec."""

import json
from pathlib import Path

from cnnparams.engine.network.graph import Graph, Port
from cnnparams.engine.network.stack import stack
from cnnparams.errors import CnnparamsError
from cnnparams.inert import title
from cnnparams.layers.contract.shape import Shape
from cnnparams.schema.input_shape import shape_of
from cnnparams.schema.keys import INPUT
from cnnparams.schema.structures import Edge
from cnnparams.sources.assembly import Assembly, LayerNames, NoLayerError, layer_of, simplified
from cnnparams.sources.reading import Gap, Reading

RUNS_CODE = False


def match(name: str, first: bytes) -> bool:
    """Tell whether a file is called as these are, and may be JSON."""
    return name.endswith(".layers.json") and first.lstrip()[:1] == b"{"


def open(path: str, *_: object) -> Reading:
    """Return the spec of a file; it ends with a gap where no layer does what an entry says."""
    try:
        model = json.loads(Path(path).read_text(encoding="utf-8"))
        shape = Shape.of(shape_of(str(model["input"])).dims)
        entries = [(str(kind), dict(own)) for kind, own in model["layers"]]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CnnparamsError(f"{path} is no list of layers: {error}") from None
    names, x = LayerNames([INPUT]), Edge(INPUT, shape)
    assembly = Assembly(names)
    assembly.inputs = (Port(INPUT, INPUT, shape),)
    for kind, own in entries:
        try:
            layer = layer_of(kind, own)
            x = assembly.add(names.take(names.counted(layer.stem, 1)), layer, (x,))
        except NoLayerError as error:
            name = names.take(names.counted("gap", 1))
            assembly.gap(name, "list.unknown", (x,), gap=Gap("", f"{kind} {error.what}", remedy=error.remedy))
            break
    graph = Graph(title(Path(path).stem), assembly.inputs, assembly.nodes, (Port("", x.source, x.shape),))
    return Reading(stack(graph if assembly.gaps else simplified(graph)), tuple(assembly.gaps))
