"""Random specs that compose all there is, valid as they are drawn."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.engine.drawn_entries import PARAMS, Entry, Place, bodies, conv

NAMES = ("a", "b", "c", "conv2", "conv3", "relu2", "sequence1", "d_3", "e.f")
VARS: dict[str, Any] = {"wide": 6, "half": "wide // 2 + 1", "widths": [2, "wide", 5], "flag": True, "depth": 2}
VARIANTS: dict[str, dict[str, Any]] = {
    "small": {"wide": 2, "unit": "first", "flag": False},
    "large": {"depth": 3, "widths": [1, "half", "depth"], "unit": "second", "flag": "wide > 3"},
}
JOINS: tuple[Entry, ...] = (
    "concat",
    {"type": "concat", "from": "input"},
    {"type": "concat", "from": ["input", "input"]},
)
COUNTS = (0, 1, 2, 3, "depth", "len(widths)", "channels % 3")


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a family of two: its blocks use those before them, its layers use all, one of them by a var."""
    top = Place()
    inside = top._replace(numbers=(*top.numbers, "out", "extra", "2 * out"), flags=(*top.flags, "on"), known=("input",))
    blocks = {
        "first": draw(lists(inside)),
        "second": [*draw(lists(inside._replace(blocks=("first",)))), conv(draw, "out")],
    }
    blocks["keeper"] = draw(lists(inside._replace(keeps=True)))
    joined: list[Entry] = draw(lists(inside._replace(blocks=("first",), known=())))
    blocks["joiner"] = [draw(st.sampled_from(JOINS)), *joined]
    third = inside._replace(blocks=("first", "second", "unit"), keepers=("keeper",), joiners=("joiner",))
    blocks["third"] = draw(lists(third))
    top = top._replace(blocks=(*third.blocks, "third"), keepers=third.keepers, joiners=third.joiners, known=("input",))
    layers: list[Entry] = draw(lists(top, 4))
    if draw(st.booleans()):
        down = conv(draw, draw(st.sampled_from(top.numbers)), kernel_size=3, padding=1, stride=2)
        layers += [down, *draw(lists(top._replace(known=()), taken=layers))]
    if draw(st.booleans()):
        layers += ["global_avg_pool2d", {"type": "linear", "name": "fc", "out_features": "wide"}]
    params = {name: {"params": PARAMS, "layers": items} for name, items in blocks.items()}
    image = {"channels": "half", "height": draw(st.integers(1, 9)), "width": draw(st.integers(1, 9))}
    return {"vars": VARS, "variants": VARIANTS, "input": image, "blocks": params, "layers": layers}


@st.composite
def lists(draw: st.DrawFn, place: Place, most: int = 3, taken: list[Entry] | None = None) -> list[Entry]:
    """Draw a list of entries, each of which may name those before."""
    found: list[Entry] = []
    used = {entry.get("name") for entry in taken or () if isinstance(entry, dict)}
    names = [name for name in draw(st.permutations(NAMES)) if name not in used]
    for _ in range(draw(st.integers(1, most))):
        if len(names) < 2:
            break
        if place.keeps and place.levels and draw(st.integers(0, 5)) == 5:
            found.extend(draw(twins(place, names.pop(), names.pop())))
            continue
        place = place.hiding(name := names.pop())
        entry = draw(entries(place, name))
        found.append(entry)
        if reference := _reference_to(entry):
            place = place._replace(known=(*place.known, reference))
    return found


@st.composite
def entries(draw: st.DrawFn, place: Place, name: str) -> Entry:
    """Draw one entry and what any entry may have: a name, copies, a condition, another input, frozen or not."""
    own: dict[str, Any] = {}
    if draw(st.booleans()):
        own["name"] = name
    if draw(st.integers(0, 3)) == 3:
        own["repeat"] = draw(st.sampled_from(COUNTS))
        place = place.repeated()
    for key, values in {"when": place.flags, "trainable": place.flags, "from": place.known}.items():
        if values and draw(st.integers(0, 4)) == 4:
            own[key] = draw(st.sampled_from(values))
    body = draw(bodies(place, lists))
    if isinstance(body, str):
        return {"type": body, **own} if own else body
    return {**own, **body}


def _reference_to(entry: Entry) -> str | None:
    """Return how later entries may name this one; None where it may not be there, or gives another size."""
    if isinstance(entry, str) or "name" not in entry or "when" in entry or entry.get("type") == "auxiliary":
        return None
    if "repeat" not in entry:
        return str(entry["name"])
    index = {1: 0, 2: -1, "depth": "depth - 1", 3: "depth - 2", "len(widths)": "1 if flag else 2"}.get(entry["repeat"])
    return None if index is None else f"{entry['name']}[{index}]"


@st.composite
def twins(draw: st.DrawFn, place: Place, name: str, other: str) -> list[Entry]:
    """Draw what is used twice with the same tensors: it gives the channels that it takes."""
    if draw(st.integers(0, 2)) == 2:
        return [draw(unequal_twins(name))]
    sequence = {"type": "sequence", "layers": draw(lists(place.inside(), 2))}
    convolution = conv(draw, "channels")
    body = draw(st.sampled_from([sequence, convolution]))
    second = {**body, "share": name, **draw(st.sampled_from([{}, {"name": other}, {"trainable": False}]))}
    return [{**body, "name": name}, *draw(st.sampled_from([[], ["relu"]])), second]


@st.composite
def unequal_twins(draw: st.DrawFn, name: str) -> Entry:
    """Draw a convolution used twice with the same tensors and other settings, aside: it changes height and width."""
    first = conv(draw, "channels", kernel_size=3, padding=3, stride=2)
    own = {"stride": draw(st.sampled_from([1, 2])), "padding": draw(st.sampled_from([0, 1, 3]))}
    return {"type": "auxiliary", "layers": [{**first, "name": name}, {**first, **own, "share": name}]}
