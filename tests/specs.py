"""The repository's own specs, and specs that tests write."""

import json
from pathlib import Path
from typing import Any

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import Report
from cnnparams.schema.compose import compose
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose

ROOT = Path(__file__).parent.parent
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
SIMPLE_CNN = ROOT / "specs" / "simple_cnn.yaml"


def reference(name: str) -> Any:
    """Return the figures of a file in tests/reference."""
    return json.loads((ROOT / "tests" / "reference" / name).read_text(encoding="utf-8"))


def spec_of(yaml: str) -> Spec:
    return parse(compose(Text("test.yaml", yaml)))


def graph_of(yaml: str, variant: str | None = None, **values: Any) -> Graph:
    return build(choose(spec_of(yaml), variant, values))


def report_of(yaml: str, variant: str | None = None, **values: Any) -> Report:
    return measure(graph_of(yaml, variant, **values))
