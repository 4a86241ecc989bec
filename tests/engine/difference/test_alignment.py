"""Which layer is which: by name, and by what it is where names have shifted."""

from __future__ import annotations

import pytest

from cnnparams.engine.difference import alignment
from cnnparams.engine.difference.alignment import align
from tests.specs import report_of

IMAGE = "input: {channels: 3, height: 16, width: 16}\n"


def pairs(before: str, after: str) -> list[tuple[str, str]]:
    """Return the names of layers that are the same in two lists of them."""
    one, other = (report_of(f"{IMAGE}layers: [{layers}]").layers for layers in (before, after))
    return [(one[i].name, other[j].name) for i, j in align(one, other)]


def conv(out: int, name: str = "", kernel: int = 1) -> str:
    called = f", name: {name}" if name else ""
    return f"{{type: conv2d, out_channels: {out}, kernel_size: {kernel}{called}}}"


def layer(type_: str, name: str) -> str:
    return f"{{type: {type_}, name: {name}}}"


def several(*layers: str) -> str:
    return ", ".join(layers)


def test_the_same_name_is_the_same_layer_whatever_its_settings() -> None:
    one, other = several(conv(4, "a"), conv(5, "b")), several(conv(6, "a", 3), conv(7, "b", 5))
    assert pairs(one, other) == [("a", "a"), ("b", "b")]


def test_numbers_that_shift_do_not_lead_astray() -> None:
    one = several(conv(8, kernel=3), "relu", conv(16, kernel=5), "relu")
    other = several(conv(8, kernel=3), "relu", conv(8), "relu", conv(16, kernel=5), "relu")
    assert pairs(one, other) == [("conv1", "conv1"), ("relu1", "relu1"), ("conv2", "conv3"), ("relu2", "relu3")]


def test_a_name_that_is_no_number_counts_more_than_equal_settings_elsewhere() -> None:
    one = several(conv(4, "stem"), conv(8, "mid1"), conv(4, "back1"), conv(16, "head"))
    other = several(conv(4, "stem"), conv(16, "head"))
    assert pairs(one, other) == [("stem", "stem"), ("head", "head")]


def test_a_layer_that_moved_is_still_itself() -> None:
    one = several(conv(4, "a"), layer("batch_norm2d", "bn"), layer("relu", "act"))
    other = several(conv(4, "a"), layer("relu", "act"), layer("batch_norm2d", "bn"))
    assert pairs(one, other) == [("a", "a"), ("bn", "bn"), ("act", "act")]


def test_equal_layers_that_change_places_keep_their_names() -> None:
    one = several(conv(4, "a1"), conv(4, "b1"), conv(4, "c1"))
    other = several(conv(4, "a1"), conv(4, "c1"), conv(4, "b1"))
    assert pairs(one, other) == [("a1", "a1"), ("b1", "b1"), ("c1", "c1")]


def test_a_part_with_another_name_is_known_by_its_layers() -> None:
    part = "{{type: sequence, name: {0}, layers: [{1}, batch_norm2d, relu]}}"
    one, other = (part.format(name, conv(8, kernel=3)) for name in ("stage", "block"))
    assert pairs(one, other) == [(f"stage.{i}", f"block.{i}") for i in range(3)]


def test_the_only_one_of_its_type_between_two_others_is_the_same_layer() -> None:
    one = several(conv(4, "a"), conv(6, "old", 3), layer("relu", "b"))
    other = several(conv(4, "a"), conv(7, "new", 5), layer("relu", "b"))
    assert pairs(one, other) == [("a", "a"), ("old", "new"), ("b", "b")]


def test_of_several_between_two_others_none_is_guessed() -> None:
    one = several(conv(4, "a"), conv(6, "old1", 3), conv(7, "old2", 3), layer("relu", "b"))
    other = several(conv(4, "a"), conv(8, "new1", 5), conv(9, "new2", 5), layer("relu", "b"))
    assert pairs(one, other) == [("a", "a"), ("b", "b")]


def test_a_name_with_another_type_is_a_change_where_nothing_fits_better() -> None:
    one, other = several(conv(4, "a"), layer("relu", "act")), several(conv(4, "a"), layer("gelu", "act"))
    assert pairs(one, other) == [("a", "a"), ("act", "act")]


def test_norms_of_as_many_channels_in_unlike_networks_are_not_the_same() -> None:
    def norms(letter: str, kernel: int, *widths: int) -> str:
        return several(
            *(
                several(conv(width, f"{letter}{i}", kernel), layer("batch_norm2d", f"norm_{letter}{i}"))
                for i, width in enumerate(widths)
            )
        )

    assert pairs(norms("a", 3, 8, 9, 10), norms("b", 5, 8, 9, 10)) == []


@pytest.mark.parametrize("swap", [False, True])
def test_very_deep_networks_are_known_by_name_alone(swap: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "MOST_CELLS", 0)
    one = several(conv(4, "a"), conv(5, "b"), conv(6, "c"), conv(7, "d"))
    other = several(conv(4, "x"), conv(5, "c"), conv(6, "b"), conv(7, "d", 3))
    before, after = (other, one) if swap else (one, other)
    assert dict(pairs(before, after)).items() >= {"b": "b", "c": "c", "d": "d"}.items()
