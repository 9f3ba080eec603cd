"""Networks that nobody has seen, their files, and how far firmware is from the runtime on them."""

import numpy as np
import torch
from torch import nn

from labsupport import device, ort


class Drawn(nn.Module):
    """A network that nobody has seen: widths, strides, kernels, padding and sizes from a seed."""

    def __init__(self, seed, *, least_width=3):
        super().__init__()
        draw = np.random.default_rng(seed)
        width, kernel = int(draw.integers(least_width, least_width + 11)), int(draw.choice([1, 3, 5]))
        self.stem = nn.Conv2d(3, width, kernel, int(draw.integers(1, 3)), int(draw.integers(0, kernel // 2 + 1)))
        kernel = int(draw.choice([2, 3, 5]))
        self.depthwise = nn.Conv2d(width, width, kernel, int(draw.integers(1, 3)), kernel // 2, groups=width)
        self.one = nn.Conv2d(width, width, 1)
        self.wide = nn.Conv2d(width, width + int(draw.integers(1, 9)), 3, 2, int(draw.integers(0, 2)))
        self.head = nn.Linear(self.wide.out_channels, int(draw.integers(2, 12)))
        self.bounded = bool(seed % 2)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        y = self.depthwise(x)
        y = nn.functional.relu6(y) if self.bounded else torch.relu(y)
        y = self.one(y) + y
        return self.head(torch.relu(self.wide(y)).mean((2, 3)))


def int8_file(model, shape, folder, name="net", count=8):
    """Return the int8 file of a model and the images that it was calibrated on; the float32 file lies beside it."""
    torch.manual_seed(1)
    images = [torch.randn(1, *shape) * 1.3 + 0.4 for _ in range(count)]
    fp32 = ort.export(model.eval(), images[0], folder / f"{name}.onnx")
    return ort.quantize_static(fp32, images, folder / f"{name}_int8.onnx"), images


def differences(network, images, kernels, part=device.LARGE):
    """Return how far each layer is from the runtime on each image."""
    firmware, reference = device.Firmware(network, part, kernels), device.Reference(network)
    return [one for image in images for one in device.layer_by_layer(firmware, reference.tensors(image[0].numpy()))]
