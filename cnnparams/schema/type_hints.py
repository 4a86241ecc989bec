"""What was meant by a word that is no layer type: one with a typo, a nickname, or a call as PyTorch has it."""

import ast
import re
from collections.abc import Iterable

from cnnparams.errors import brief, suggest, yaml_text
from cnnparams.layers.contract import registry
from cnnparams.schema.structures import STRUCTURES

_CALL = re.compile(r"(?:\w+\.)*(\w+)\(.*\)")
_LONGEST = 200
_CLOSE = 0.8
_USUAL_RANK = 2


def guess_type(word: str, blocks: Iterable[str] = ()) -> str | None:
    """Return the type, structure or block that was most likely meant; of several ranks, that of images."""
    from difflib import get_close_matches  # only mistakes pay for it

    word = word.rpartition(".")[2]  # of torch.nn.ReLU
    if named := registry.find_type(word):
        return named.name
    known = registry.nicknames()
    if called := get_close_matches(word.casefold(), known, 1, _CLOSE):
        return known[called[0]]
    declared = sorted(registry.declarations(), key=lambda declaration: declaration.rank not in (None, _USUAL_RANK))
    return suggest(word, [*(declaration.name for declaration in declared), *STRUCTURES, *blocks])


def from_python(word: str) -> str | None:
    """Return how a spec says Conv2d(3, 16, kernel_size=5); None for what is no call of a layer type."""
    match = _CALL.fullmatch(word)
    found = registry.find_type(match[1]) if match else None
    if found is None or len(word) > _LONGEST:
        return None
    try:
        call = ast.parse(word, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(call, ast.Call):
        return None
    # the fields of a layer are the arguments of its class in torch.nn, in their order; Keras infers what enters
    fields = list(registry.layer_class(found).model_fields)
    is_keras = match is not None and match[1] in found.aliases
    fields = [name for name in fields if not (is_keras and name.startswith("in_"))]
    named = [*zip(fields, call.args, strict=False)]
    named += [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg]
    return f"write {brief(yaml_text({'type': found.name, **{name: _value(node) for name, node in named}}), _LONGEST)}"


def _value(node: ast.expr) -> object:
    """Return an argument as a spec writes it: a constant as it is, lists and tuples as lists, the rest as text."""
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(item) for item in node.elts]
    return node.value if isinstance(node, ast.Constant) else ast.unparse(node)
