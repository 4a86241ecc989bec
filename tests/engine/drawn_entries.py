"""What an entry of a random spec may be: layers, merges, structures, blocks. All keep the height and width of a tensor.

A list that keeps the channels that enter, too, gives what can be added to its input.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

Entry = Any
Lists = Callable[["Place"], st.SearchStrategy[list[Entry]]]
PARAMS = {"out": None, "extra": "out + wide", "on": "channels > 3"}


class Place(NamedTuple):
    """Where entries are drawn: expressions there, blocks and layers that may be named, levels to go down.

    Of the blocks, `keepers` keep the channels that enter, and `joiners` take several tensors.
    """

    numbers: tuple[str | int, ...] = ("wide", "half", "widths[1]", "widths[-1]", 1, 3, 4)
    flags: tuple[str | bool, ...] = (True, False, "flag", "not flag", "depth > 1", "channels > 3", "channels % 2 == 0")
    blocks: tuple[str, ...] = ()
    keepers: tuple[str, ...] = ()
    joiners: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    levels: int = 2
    keeps: bool = False

    def inside(self, *, keeps: bool | None = None) -> Place:
        """Return the place of a list within; one that keeps channels of its own knows no others."""
        within = self.keeps if keeps is None else keeps
        return self._replace(levels=self.levels - 1, keeps=within, known=self.known if self.keeps >= within else ())

    def hiding(self, name: str) -> Place:
        """Return the place where a name no longer means what it does around."""
        return self._replace(known=tuple(known for known in self.known if known.split("[")[0] != name))

    def repeated(self) -> Place:
        """Return the place of an entry with repeat."""
        numbers = ("index + 1", "widths[index % 3]", "wide if index == 0 else half")
        return self._replace(numbers=(*self.numbers, *numbers), flags=(*self.flags, "index == 0", "index > 0"))


@st.composite
def bodies(draw: st.DrawFn, place: Place, lists: Lists) -> Entry:
    """Draw what an entry is."""
    kinds: list[Callable[[st.DrawFn, Place, Lists], Entry]] = [_layer, _layer]
    if place.levels:
        kinds += [_call, _call, *_KEEPING, *([] if place.keeps else _ANY)]
    if place.known:
        kinds.append(_merge)
    return draw(st.sampled_from(kinds))(draw, place, lists)


def conv(draw: st.DrawFn, out: str | int, **more: Any) -> Entry:
    """Draw a convolution that keeps height and width."""
    kernel = draw(st.sampled_from([1, 3]))
    optional: dict[str, Any] = {"bias": False, "activation": "relu", "groups": "channels" if out == "channels" else 1}
    chosen = draw(st.sets(st.sampled_from(sorted(optional))))
    settings: dict[str, Any] = {
        "kernel_size": kernel,
        "padding": kernel // 2,
        **{key: optional[key] for key in sorted(chosen)},
    }
    return {"type": "conv2d", "out_channels": out, **settings, **more}


def _layer(draw: st.DrawFn, place: Place, lists: Lists) -> Entry:
    if draw(st.booleans()):
        return conv(draw, "channels" if place.keeps else draw(st.sampled_from(place.numbers)))
    plain = ["relu", "sigmoid", "batch_norm2d", "identity", {"type": "batch_norm2d", "activation": "relu"}]
    pool = {"type": "max_pool2d", "kernel_size": 3, "stride": 1, "padding": 1}
    shuffle = {"type": "channel_shuffle", "groups": draw(st.sampled_from([1, "channels"]))}
    cuts: list[dict[str, Any]] = [{"end": 1}, {"start": -1}, {"step": 2}, {"start": "channels // 2"}]
    slices: list[Entry] = [] if place.keeps else [{"type": "slice", **cut} for cut in cuts]
    return draw(st.sampled_from([*plain, pool, shuffle, *slices]))


def _merge(draw: st.DrawFn, place: Place, lists: Lists) -> Entry:
    """Draw what takes several layers before, a block too; those that keep their channels can be added."""
    several = {"from": draw(st.lists(st.sampled_from(place.known), min_size=2, max_size=3))}
    if place.joiners and not place.keeps and draw(st.booleans()):
        return {**_use(draw, place, place.joiners), **several}
    return {"type": draw(st.sampled_from(["add", "multiply"] if place.keeps else ["concat"])), **several}


def _call(draw: st.DrawFn, place: Place, lists: Lists) -> Entry:
    blocks = place.keepers if place.keeps else place.blocks
    return _use(draw, place, blocks) if blocks else _layer(draw, place, lists)


def _use(draw: st.DrawFn, place: Place, blocks: tuple[str, ...]) -> dict[str, Any]:
    args = {"extra": draw(st.sampled_from(place.numbers)), "on": draw(st.sampled_from(place.flags))}
    chosen = draw(st.sets(st.sampled_from(sorted(args))))
    given = {key: args[key] for key in sorted(chosen)}
    return {"block": draw(st.sampled_from(blocks)), "out": draw(st.sampled_from(place.numbers)), **given}


def _sequence(draw: st.DrawFn, place: Place, lists: Lists) -> Entry:
    return {"type": "sequence", "layers": draw(lists(place.inside()))}


def _plain_residual(draw: st.DrawFn, place: Place, lists: Lists) -> Entry:
    activation = draw(st.sampled_from([{}, {"activation": "relu"}]))
    keeping = lists(place.inside(keeps=True))
    shortcut = {"shortcut": draw(keeping)} if draw(st.booleans()) else {}
    return {"type": "residual", "layers": draw(keeping), **shortcut, **activation}


def _gate(draw: st.DrawFn, place: Place, lists: Lists) -> Entry:
    """Draw channels multiplied by a number each, as Squeeze-and-Excitation does."""
    gate = [{"type": "global_avg_pool2d", "keepdims": True}, conv(draw, "channels"), "sigmoid"]
    around = draw(lists(place.inside(keeps=True))) if draw(st.booleans()) else []
    return {"type": "parallel", "join": "multiply", "branches": draw(st.permutations([around, gate]))}


def _auxiliary(draw: st.DrawFn, place: Place, lists: Lists) -> Entry:
    head = ["global_avg_pool2d", {"type": "linear", "out_features": draw(st.sampled_from(place.numbers))}]
    head = draw(st.sampled_from([[], head, [*head, "relu"], ["flatten", head[1]]]))
    return {"type": "auxiliary", "layers": [*draw(lists(place.inside(keeps=False))), *head]}


def _projection(draw: st.DrawFn, place: Place, lists: Lists) -> Entry:
    """Draw a residual whose shortcut is a convolution where the channels differ."""
    out = draw(st.sampled_from(place.numbers))
    condition: dict[str, Any] = draw(st.sampled_from([{}, {"when": f"channels != ({out})"}]))
    shortcut = conv(draw, out, **condition)
    return {"type": "residual", "layers": [*draw(lists(place.inside())), conv(draw, out)], "shortcut": [shortcut]}


def _concatenation(draw: st.DrawFn, place: Place, lists: Lists) -> Entry:
    branches = draw(st.lists(st.just([]) | lists(place.inside()), min_size=2, max_size=3))
    return {"type": "parallel", "branches": branches, **draw(st.sampled_from([{}, {"join": "concat"}]))}


def _sum(draw: st.DrawFn, place: Place, lists: Lists) -> Entry:
    out = draw(st.sampled_from(place.numbers))
    branches = [[*draw(lists(place.inside())), conv(draw, out)] for _ in range(draw(st.integers(2, 3)))]
    return {"type": "parallel", "branches": branches, "join": draw(st.sampled_from(["add", "multiply"]))}


_KEEPING = [_sequence, _plain_residual, _gate, _auxiliary]
_ANY = [_projection, _concatenation, _sum, _call]
