"""What the params of a block are where its users do not give them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from cnnparams.bridge.structure.formula import Mark, same
from cnnparams.bridge.structure.inference import Draft

_OFTEN_ALIKE = ("activation", "when")
"""Settings whose commonest value goes without saying; of others, it is the one that layers have by themselves."""


def default(draft: Draft) -> Any:
    """Return a param's default: a value, a formula, or REQUIRED where it must be given."""
    if draft.derived is not None:
        return draft.derived
    known = [value for value in draft.values if value is not Mark.ABSENT and value is not None]
    if any(same(value, draft.usual) for value in known):
        return draft.usual
    if draft.key == "kernel_size" and (whole := [value for value in known if type(value) is int]):
        return min(whole)
    if draft.key in _OFTEN_ALIKE and known:
        texts = Counter(map(json.dumps, known))
        commonest = texts.most_common(1)[0][0]
        return next(value for value in known if json.dumps(value) == commonest)
    return Mark.REQUIRED
