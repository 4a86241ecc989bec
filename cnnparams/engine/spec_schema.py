"""The JSON Schema of a spec file, complete: the language, and the words that its budget may have."""

from __future__ import annotations

from cnnparams.engine.costs import totals
from cnnparams.schema.json_schema import json_schema
from cnnparams.schema.model_schema import Json


def spec_schema() -> Json:
    """Return the schema of a whole file."""
    return json_schema({word: total.title for word, total in totals().items()})
