"""Normalisation over neighbouring channels (PyTorch's LocalResponseNorm)."""

from cnnparams.errors import LayerError
from cnnparams.layers.contract.memory import INPUT, ForwardPass, OwnTensor, Placement, SavedForBackward, in_order
from cnnparams.layers.contract.reach import Reaches, moving, replaced, same_places, window_taps
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Real, Whole, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spatial import ImageLayer


@layer_type("local_response_norm", example={"size": 5})
class LocalResponseNorm(ImageLayer):
    """Local response normalisation over neighbouring channels, as in AlexNet's paper: learns nothing."""

    size: Whole = setting("neighbouring channels to sum over", ge=1, label="size", always=True)
    alpha: Real = setting("factor of the sum", 1e-4)
    beta: Real = setting("exponent", 0.75)
    k: Real = setting("added to the sum", 1.0)

    def check(self, x: Shape) -> None:
        """Raise LayerError where the input has no dimension beside its channels."""
        if len(x.dims) < 2:
            raise LayerError(f"needs an image, but gets {x}", hint="put it before flatten")

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place, and the channels beside it."""
        return (replaced(same_places(len(x.dims)), 0, moving(0, window_taps(self.size, 1, self.size // 2))),)

    def placement(self, run: ForwardPass) -> Placement:
        """Return the order of the input."""
        return in_order(run.output, run.x.layout)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, its squares with borders of channels, their sums, and the powers that it is divided by."""
        pixels = run.x.size // run.output[1]
        squares = OwnTensor((run.output[1] + self.size - 1) * pixels)
        return INPUT._replace(own=(squares, OwnTensor(run.x.size), OwnTensor(run.x.size)))
