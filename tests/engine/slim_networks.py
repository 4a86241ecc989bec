"""TF-Slim's networks, of which receptive fields are published, as far as these need them: windows without channels.

github.com/tensorflow/models, research/slim/nets: its resnets put the stride of a block in the last unit, pad a strided
3x3 convolution by one row on each side, and pool with padding "same".
"""

from __future__ import annotations

_ONE = "out_channels: 1"
_CONV3 = f"type: conv2d, {_ONE}, kernel_size: 3"


def spec(size: int, *layers: str) -> str:
    """Return the spec of a network over a square image."""
    entries = "".join(f"  - {layer}\n" for layer in layers)
    return f"input: {{channels: 1, height: {size}, width: {size}}}\nlayers:\n{entries}"


def alexnet_v2(size: int) -> str:
    """Return AlexNet as Krizhevsky simplified it in 2014 (arXiv 1404.5997)."""
    pool = "type: max_pool2d, kernel_size: 3, stride: 2"
    same = [f"{{{_CONV3}, padding: same, name: conv{i}}}" for i in (3, 4, 5)]
    return spec(
        size,
        f"{{type: conv2d, {_ONE}, kernel_size: 11, stride: 4, name: conv1}}",
        f"{{{pool}, name: pool1}}",
        f"{{type: conv2d, {_ONE}, kernel_size: 5, padding: same, name: conv2}}",
        f"{{{pool}, name: pool2}}",
        *same,
        f"{{{pool}, name: pool5}}",
    )


def vgg(size: int, depths: tuple[int, ...]) -> str:
    """Return VGG with so many convolutions before each pool."""
    layers = []
    for stage, depth in enumerate(depths, 1):
        layers += [f"{{{_CONV3}, padding: same, name: conv{stage}_{i}}}" for i in range(1, depth + 1)]
        layers.append(f"{{type: max_pool2d, kernel_size: 2, name: pool{stage}}}")
    return spec(size, *layers)


def mobilenet_v1(size: int) -> str:
    """Return MobileNetV1, whose padding depends on the size of the image."""
    layers = [f"{{{_CONV3}, stride: 2, padding: same, name: Conv2d_0}}"]
    for i, stride in enumerate((1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1), 1):
        layers.append(f"{{type: depthwise_conv2d, kernel_size: 3, stride: {stride}, padding: same}}")
        layers.append(f"{{type: conv2d, {_ONE}, kernel_size: 1, name: Conv2d_{i}_pointwise}}")
    return spec(size, *layers)


def resnet_v1(size: int, depths: tuple[int, ...]) -> str:
    """Return a ResNet with so many bottleneck units in each block."""
    layers = [
        f"{{type: conv2d, {_ONE}, kernel_size: 7, stride: 2, padding: 3}}",
        "{type: max_pool2d, kernel_size: 3, stride: 2, padding: same}",
    ]
    for block, (depth, last) in enumerate(zip(depths, (2, 2, 2, 1), strict=True), 1):
        for unit in range(1, depth + 1):
            stride = last if unit == depth else 1
            residual = f"layers: [{{{_CONV3}, stride: {stride}, padding: 1}}]"
            shortcut = f"shortcut: [{{type: max_pool2d, kernel_size: 1, stride: {stride}}}]"
            name = f"block{block}" if unit == depth else f"block{block}_{unit}"
            layers.append(f"{{type: residual, name: {name}, {residual}, {shortcut}}}")
    return spec(size, *layers)
