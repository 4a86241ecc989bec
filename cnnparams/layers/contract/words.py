"""The words that settings take as they are, such as the modes of padding."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from cnnparams.layers.contract.settings import PerAxis


class _AnyWord(frozenset[str]):
    """The words of a setting that is text."""

    def __contains__(self, word: object) -> bool:
        return True


@cache
def setting_words(model: type[BaseModel]) -> Mapping[str, frozenset[str]]:
    """Return the words that each setting of a model takes as they are, such as the modes of padding, by its key."""
    return {
        field.alias or name: _words((field.annotation, *field.metadata)) for name, field in model.model_fields.items()
    }


def _words(annotations: Collection[Any]) -> frozenset[str]:
    if str in annotations:
        return _AnyWord()
    found: set[str] = set()
    for annotation in annotations:
        if isinstance(annotation, PerAxis):
            found.update(annotation.words)
        elif get_origin(annotation) is Literal:
            found.update(word for word in get_args(annotation) if isinstance(word, str))
        elif isinstance(inner := _words(get_args(annotation)), _AnyWord):
            return inner
        else:
            found.update(inner)
    return frozenset(found)
