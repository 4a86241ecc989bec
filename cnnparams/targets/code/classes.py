"""What all classes of a module have in common: what is known of tensors, words, and of the classes so far."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from cnnparams.expression import Value
from cnnparams.schema.bodies import activation_class
from cnnparams.schema.spec import Block
from cnnparams.targets.code.frames import Frame
from cnnparams.targets.code.holes import HoleKind
from cnnparams.targets.code.names import GLOBALS, Namespace
from cnnparams.targets.code.sharing import Sharing
from cnnparams.targets.code.simplify import Expr


@dataclass(frozen=True, slots=True)
class Argument:
    """A param of a class as its users see it: what they call it in the spec, or whose channels it is, and its default.

    A flag is never anything but true or false.
    """

    name: str
    kind: HoleKind
    param: str | None
    input: int | None
    default: Expr | None
    is_flag: bool


@dataclass(frozen=True, slots=True, eq=False)
class ClassCode:
    """A class that has been written: its arguments, their values in each instance, the channels of what it gives.

    `places` are where it holds the modules of steps: .conv1, or [0].
    """

    base: str
    arguments: tuple[Argument, ...]
    values: Mapping[int, Mapping[str, Value]]
    outputs: tuple[Expr | None, ...]
    lines: tuple[str, ...]
    places: Mapping[int, str]
    block: str | None
    name: str = ""


@dataclass(slots=True)
class SharedByClasses:
    """What is known of tensors, blocks and frames, and the classes that have been written.

    `channels` are those of each tensor, `inline` the kinds of frames that are written where they stand; `trainable`
    tells of steps (by their identity) whether they learn, where nothing around them decides it.
    """

    channels: Mapping[str, int]
    blocks: Mapping[str, Block]
    inline: frozenset[object]
    trainable: Mapping[int, bool]
    sharing: Sharing
    classes: dict[int, ClassCode] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    names: Namespace = field(default_factory=lambda: Namespace(GLOBALS))

    @property
    def class_names(self) -> frozenset[str]:
        """The names of the classes so far."""
        return self.names.given

    def word(self, word: str | None, kind: HoleKind) -> str:
        """Return what a word stands for, or None."""
        if kind is HoleKind.ACTIVATION:
            return "nn.Identity" if word is None else f"nn.{activation_class(word).__name__}"
        if kind is HoleKind.MODULE:
            return next(found.name for found in self.classes_of(str(word)))
        return "None" if word is None else json.dumps(word, ensure_ascii=False)

    def classes_of(self, block: str) -> list[ClassCode]:
        """Return the classes that are uses of a block."""
        return [*dict.fromkeys(found for found in self.classes.values() if found.block == block)]

    def class_of(self, frame: Frame) -> ClassCode:
        """Return the class that a frame is an instance of."""
        return self.classes[id(frame)]
