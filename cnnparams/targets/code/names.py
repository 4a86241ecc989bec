"""Names of a spec as names in Python: identifiers, none of which means something else where it is written.

For params, variables and classes, which nothing outside goes by; how attributes keep their names is in attributes.py.
A name that is an identifier stays as it is. In any other the characters that cannot stand are written as _, and what
begins with a digit or a _ has `layer` before it: layer-1 is layer_1, 1st is layer1st. A name that means something
already (a keyword, a builtin) gets a _ behind it, and of two names that Python would take for the same the second gets
a number.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable
from itertools import count

from cnnparams.inert import BLANK

GLOBALS = frozenset({"torch", "nn", "F", "math", "OrderedDict", "make_divisible", "self", *dir(builtins)})
"""What the functions of a module read by name."""

ATTRIBUTES = frozenset(
    [
        "T_destination",
        "_apply",
        "_backward_hooks",
        "_backward_pre_hooks",
        "_buffers",
        "_call_impl",
        "_compiled_call_impl",
        "_forward_hooks",
        "_forward_hooks_always_called",
        "_forward_hooks_with_kwargs",
        "_forward_pre_hooks",
        "_forward_pre_hooks_with_kwargs",
        "_get_backward_hooks",
        "_get_backward_pre_hooks",
        "_get_name",
        "_is_full_backward_hook",
        "_load_from_state_dict",
        "_load_state_dict_post_hooks",
        "_load_state_dict_pre_hooks",
        "_maybe_warn_non_full_backward_hook",
        "_modules",
        "_named_members",
        "_non_persistent_buffers_set",
        "_parameters",
        "_register_load_state_dict_pre_hook",
        "_register_state_dict_hook",
        "_replicate_for_data_parallel",
        "_save_to_state_dict",
        "_slow_forward",
        "_state_dict_hooks",
        "_state_dict_pre_hooks",
        "_version",
        "_wrapped_call_impl",
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "forward",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "ipu",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "set_extra_state",
        "set_submodule",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "xpu",
        "zero_grad",
    ]
)
"""What every nn.Module has."""

METHODS = frozenset(
    [
        "_get_item_by_idx",
        "_key_to_attr",
        "_keys",
        "append",
        "clear",
        "copy",
        "extend",
        "fromkeys",
        "get",
        "insert",
        "items",
        "keys",
        "pop",
        "popitem",
        "setdefault",
        "update",
        "values",
    ]
)
"""What nn.Sequential, nn.ModuleDict and nn.ParameterDict have beside it."""

_ACRONYM = re.compile(r"[b-df-hj-np-tv-xz]{1,4}\d*|\d+[b-df-hj-np-tv-xz]+")
_PART = re.compile(r"(net|conv)(?=\d*$)")


class Namespace:
    """The names at one place of a program."""

    def __init__(self, *reserved: Iterable[str]) -> None:
        self._reserved = frozenset(keyword.kwlist).union(*reserved)
        self._given: set[str] = set()

    def add_all(self, wanted: Iterable[str]) -> dict[str, str]:
        """Return a name for each that is wanted; what can stay as it is comes before what resembles it."""
        wanted = [*dict.fromkeys(wanted)]
        plain = [name for name in wanted if identifier(name) == name and name not in self._reserved]
        found = {name: self.add(name) for name in plain}
        return {name: found[name] if name in found else self.add(name) for name in wanted}

    @property
    def given(self) -> frozenset[str]:
        """The names that have been given."""
        return frozenset(self._given)

    def add(self, wanted: str) -> str:
        """Return a name like the one that is wanted, and give it to no one else."""
        found = identifier(wanted)
        while found in self._reserved:
            found += "_"
        if found in self._given:
            stem = f"{found}_" if found[-1].isdigit() else found
            found = next(name for i in count(2) if (name := f"{stem}{i}") not in self._given | self._reserved)
        self._given.add(found)
        return found


def identifier(wanted: str) -> str:
    """Return a name as Python reads it, with _ for what it cannot have."""
    found = re.sub(r"\W", "_", re.sub(BLANK, "_", unicodedata.normalize("NFKC", wanted)))
    found = found if found.isidentifier() and not found.startswith("_") else f"layer{found}"
    return found if found.isidentifier() else "layer"


def class_name(wanted: str) -> str:
    """Return a name in the style of classes: SimpleCNN for simple_cnn, MobileNetV2 for mobilenet_v2."""
    words = [word for word in re.split(r"[\W_]+", re.sub(BLANK, "_", unicodedata.normalize("NFKC", wanted))) if word]
    styled = ""
    for word in map(_styled, words):
        styled += f"_{word}" if styled[-1:].isdigit() and word[0].isdigit() else word
    return identifier(styled)


def _styled(word: str) -> str:
    if _ACRONYM.fullmatch(word):
        return word.upper()
    return word[0].upper() + _PART.sub(lambda part: part[1].capitalize(), word[1:])
