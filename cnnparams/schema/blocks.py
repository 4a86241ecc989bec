"""The blocks of a file: what their users may set, and their layers."""

import keyword
import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from cnnparams.errors import quote, some
from cnnparams.schema.bodies import BlockCall
from cnnparams.schema.computed import RESERVED, Computed, Reader
from cnnparams.schema.draft import BLOCK, TYPE
from cnnparams.schema.entries import ENTRY_KEYS, characters, read_entries
from cnnparams.schema.keys import BlockKeys
from cnnparams.schema.remedies import CUT
from cnnparams.schema.spec import Block
from cnnparams.schema.structures import Entries, Structure

_KEYS_OF_ENTRIES = {*ENTRY_KEYS, TYPE, BLOCK}


def params_of(root: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the params of each block as they are written; a list of names is taken for params that must be given."""
    blocks = root.get("blocks")
    if not isinstance(blocks, dict):
        return {}
    written = {name: block.get("params") if isinstance(block, dict) else None for name, block in blocks.items()}
    return {name: _params(params) for name, params in written.items()}


def _params(written: Any) -> Mapping[str, Any]:
    if isinstance(written, list):
        return {name: None for name in written if isinstance(name, str)}
    return written if isinstance(written, dict) else {}


def read_blocks(reader: Reader, root: Mapping[str, Any]) -> dict[str, Block]:
    """Return the blocks, every problem with them noted."""
    written = root.get("blocks")
    if not isinstance(written, dict):
        return {}
    blocks = {name: _block(reader, name, block) for name, block in written.items()}
    _check_no_circle(reader, blocks)
    return blocks


def check_name(reader: Reader, path: tuple[str | int, ...], name: str, what: str) -> None:
    """Note a name that expressions could not read."""
    if not name.isidentifier():
        meant = re.sub(r"\W+", "_", name).strip("_")
        hint = f"use letters, digits and _, such as {meant if meant.isidentifier() else 'width_2'}"
        hint = CUT if name.count(")") > name.count("(") else hint
        reader.problems.add(path, f"{quote(name)} cannot be the name of a {what}", hint=hint, at_key=True)
    elif name in RESERVED or keyword.iskeyword(name):
        hint = "give it another name"
        reader.problems.add(path, f"{name} already has a meaning in expressions", hint=hint, at_key=True)


def _block(reader: Reader, name: str, written: Any) -> Block:
    path = ("blocks", name)
    check_name(reader, path, name, "block")
    if not isinstance(written, dict):
        hint = "write its entries under layers" if isinstance(written, list) else "give it layers"
        reader.problems.add(path, f"expected a block, but found {quote(written)}", subject=f"block {name}", hint=hint)
        return Block({}, Entries())
    reader.problems.validate(BlockKeys, written, path, subject=f"block {name}")
    names = reader.names.blocks[name]
    inside = reader.at(reader.names.inside_block(*names))
    params: dict[str, Any] = {}
    for param, default in names.items():
        at = (*path, "params", param)
        if param in _KEYS_OF_ENTRIES:
            message = f"{param} is a key of every entry, and cannot be a param"
            reader.problems.add(at, message, hint="give it another name", at_key=True)
        else:
            check_name(reader, at, param, "param")
        value = inside.expression(at, default, f"block {name}: {param}")
        own = sorted(value.names & names.keys() - reader.names.variables) if isinstance(value, Computed) else ()
        if later := [read for read in own if read not in params]:
            message = f"the default of {param} reads {later[0]}, which has no value yet"
            reader.problems.add(at, message, subject=f"block {name}", hint="a default may use the params before it")
        params[param] = value
    layers = read_entries(inside, (*path, "layers"), written.get("layers"))
    return Block(params, layers, characters(list(names.values())))


def _check_no_circle(reader: Reader, blocks: Mapping[str, Block]) -> None:
    """Note a circle of blocks that use one another by name."""
    uses = {name: set(_used_by(block.layers)) & blocks.keys() for name, block in blocks.items()}
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as error:
        circle = error.args[1][:0:-1]  # each once, a block before those that it uses
        first = min(circle, key=list(blocks).index)
        at = circle.index(first)
        others = [*circle[at + 1 :], *circle[:at]]
        through = f" through {some(others)}" if others else ""
        hint = "a block may use others, but no chain of them may come back to it"
        reader.problems.add(("blocks", first), f"block {first} uses itself{through}", hint=hint, at_key=True)


def _used_by(entries: Entries) -> list[str]:
    """Return the blocks that a list uses by name, in the lists within it too."""
    found: list[str] = []
    for entry in entries.items:
        body = entry.body
        if isinstance(body, BlockCall) and isinstance(body.block, str):
            found.append(body.block)
        elif isinstance(body, Structure):
            found.extend(block for part in body.lists() for block in _used_by(part))
    return found
