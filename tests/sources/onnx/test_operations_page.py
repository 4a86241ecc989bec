"""The table of operations in docs/onnx.md is what the code reads.

With CNNPARAMS_REGENERATE=1 and -n 0 it is written anew, to be reviewed.
"""

import os
import sys
from collections.abc import Iterator

from onnx import defs

from cnnparams.sources.onnx import ops, quantized
from tests.specs import ROOT

PAGE = ROOT / "docs" / "onnx.md"
HEAD = "\n## Operations\n"


def test_the_table_of_operations_is_what_is_read() -> None:
    before, head, table = PAGE.read_text(encoding="utf-8").partition(HEAD)
    made = "".join(lines())
    if "CNNPARAMS_REGENERATE" in os.environ:
        PAGE.write_text(f"{before}{HEAD}{made}", encoding="utf-8")
    else:
        assert head
        assert table == made


def lines() -> Iterator[str]:
    """Yield the rest of the page behind the head of its last part."""
    ops.translator_of("Conv")
    known = {schema.name for schema in defs.get_all_schemas() if not schema.domain}
    yield "\nThis list is made from the code. What is not in it is opaque, or a gap.\n\n"
    yield "| what | operations |\n| --- | --- |\n"
    for family in ops.FAMILIES:
        module = sys.modules[f"{ops.__name__}.{family}"]
        own = sorted(
            kind for kind, made in ops._translators.items() if made.__module__ == module.__name__ and kind in known
        )
        if own:
            yield f"| {(module.__doc__ or '').split(chr(10))[0].rstrip('.')} | {', '.join(own)} |\n"
    whole = sorted({kind for _, kind in quantized._STANDS_FOR} | {"QLinearConcat"})
    yield f"| Operations on whole numbers of 8 bits | {', '.join(whole)} |\n"
    yield "| Branches that are known before the network runs | If |\n"
