"""What a reader chose to see, and where it goes."""

from collections.abc import Iterable
from typing import NamedTuple, TextIO

from cnnparams.engine.reports.report import Shape


class Layout(NamedTuple):
    """The order in which shapes are written: channels last (Keras, and tables) or first (PyTorch)."""

    name: str

    def dims(self, shape: Shape) -> tuple[int, ...]:
        """Return the dimensions in this order."""
        return shape.channels_last if self.name == "hwc" else shape.dims

    def text(self, shape: Shape) -> str:
        """Write a shape: (64, 64, 3), or just 5408 for a vector."""
        dims = self.dims(shape)
        return str(dims[0]) if len(dims) == 1 else f"({', '.join(map(str, dims))})"

    def texts(self, shapes: Iterable[Shape]) -> str:
        """Write several shapes, as a layer with several inputs has them."""
        return ", ".join(map(self.text, shapes))


HWC = Layout("hwc")
CHW = Layout("chw")
LAYOUTS = {layout.name: layout for layout in (HWC, CHW)}


class View(NamedTuple):
    """The order of shapes. Where `stream` is a terminal, tables fit its width and use colour.

    `width` is how long lines of a spec may be, where they can be parted; None for a layer a line. What `is_page` stands
    alone, as a file does; HTML is otherwise a part of a page, such as a notebook.
    """

    layout: Layout = HWC
    stream: TextIO | None = None
    width: int | None = None
    is_page: bool = False
