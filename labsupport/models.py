"""The networks that the labs compress.

All take float32 images of shape (N, C, H, W) and return logits of shape (N, num_classes). The CIFAR-10 networks end in
a global average pool, so they accept any image size; training uses that to begin at a low resolution.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn


class TinyCNN(nn.Module):
    """The lecture's network for 1x28x28 images: 29,066 parameters."""

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(4),
        )
        self.classifier = nn.Linear(64 * 4 * 4, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (N, num_classes) for images (N, 1, 28, 28)."""
        return self.classifier(self.features(images).flatten(1))


def _conv_bn(
    in_channels: int, out_channels: int, kernel_size: int = 3, stride: int = 1, groups: int = 1
) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding=kernel_size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(out_channels),
    )


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut (He et al. 2016, arXiv:1512.03385, figure 5 left).

    Args:
        in_channels: channels of the input.
        out_channels: channels of both convolutions.
        stride: of the first convolution; the shortcut is a 1x1 convolution where the shape changes, else the identity.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = _conv_bn(in_channels, out_channels, stride=stride)
        self.conv2 = _conv_bn(out_channels, out_channels)
        self.shortcut = (
            nn.Identity()
            if stride == 1 and in_channels == out_channels
            else _conv_bn(in_channels, out_channels, kernel_size=1, stride=stride)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor (N, out_channels, H / stride, W / stride)."""
        out = self.conv2(torch.relu(self.conv1(x)))
        return torch.relu(out + self.shortcut(x))


class ResNet8(nn.Module):
    """The image-classification network of MLPerf Tiny: three residual blocks, 77,946 parameters, 12.5 M MACs.

    The shortcuts are 1x1 convolutions with a bias and without batch norm, as published (Banbury et al. 2021,
    arXiv:2106.07597). The published count of 78,666 adds the biases before batch norm and the running statistics.
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv_bn(3, 16), nn.ReLU())
        self.blocks = nn.Sequential(BasicBlock(16, 16), BasicBlock(16, 32, stride=2), BasicBlock(32, 64, stride=2))
        for block, channels in zip(self.blocks[1:], (16, 32), strict=True):
            block.shortcut = nn.Conv2d(channels, 2 * channels, 1, stride=2)
        self.classifier = nn.Linear(64, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (N, num_classes) for images (N, 3, H, W)."""
        return self.classifier(self.blocks(self.stem(images)).mean((2, 3)))


class ResNet18(nn.Module):
    """ResNet-18 for small images: 11.2 M parameters.

    The stem is a 3x3 convolution followed by a 2x2 max-pool, in place of ImageNet's 7x7 convolution with stride 2 and
    3x3 max-pool. Without the pool a 32x32 image costs four times as many MACs.
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv_bn(3, 64), nn.ReLU(), nn.MaxPool2d(2))
        widths = (64, 64, 128, 256, 512)
        self.blocks = nn.Sequential(
            *(
                block
                for stage, (before, width) in enumerate(pairwise(widths))
                for block in (BasicBlock(before, width, stride=1 if stage == 0 else 2), BasicBlock(width, width))
            )
        )
        self.classifier = nn.Linear(512, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (N, num_classes) for images (N, 3, H, W)."""
        return self.classifier(self.blocks(self.stem(images)).mean((2, 3)))


class InvertedResidual(nn.Module):
    """Expand with 1x1, filter each channel with 3x3, project with 1x1 (Sandler et al. 2018, arXiv:1801.04381).

    Args:
        in_channels: channels of the input.
        out_channels: channels of the projection, which has no activation after it.
        stride: of the depthwise convolution; the input is added to the output where stride and channels allow it.
        expand_ratio: channels of the depthwise convolution over in_channels; 1 leaves the expansion out.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int, expand_ratio: int) -> None:
        super().__init__()
        hidden_channels = in_channels * expand_ratio
        expand = [_conv_bn(in_channels, hidden_channels, kernel_size=1), nn.ReLU6()] if expand_ratio != 1 else []
        self.layers = nn.Sequential(
            *expand,
            _conv_bn(hidden_channels, hidden_channels, stride=stride, groups=hidden_channels),
            nn.ReLU6(),
            _conv_bn(hidden_channels, out_channels, kernel_size=1),
        )
        self.has_skip = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor (N, out_channels, H / stride, W / stride)."""
        out = self.layers(x)
        return x + out if self.has_skip else out


class MobileCNN(nn.Module):
    """A small MobileNetV2 for 32x32 images: inverted residuals, under 0.3 M parameters."""

    # out_channels, stride, expand_ratio of each block
    BLOCKS = (
        (16, 1, 1),
        (32, 2, 4),
        (32, 1, 4),
        (32, 1, 4),
        (64, 2, 4),
        (64, 1, 4),
        (64, 1, 4),
        (96, 1, 4),
        (96, 1, 4),
    )

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv_bn(3, 16), nn.ReLU6())
        blocks, channels = [], 16
        for out_channels, stride, expand_ratio in self.BLOCKS:
            blocks.append(InvertedResidual(channels, out_channels, stride, expand_ratio))
            channels = out_channels
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Sequential(_conv_bn(channels, 192, kernel_size=1), nn.ReLU6())
        self.classifier = nn.Linear(192, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (N, num_classes) for images (N, 3, H, W)."""
        return self.classifier(self.head(self.blocks(self.stem(images))).mean((2, 3)))


class VGG16(nn.Module):
    """VGG-16 for small images: thirteen 3x3 convolutions with batch norm, one linear layer, 14.7 M parameters.

    The two hidden linear layers of the ImageNet network (Simonyan and Zisserman 2015, arXiv:1409.1556, column D) are
    left out: at 32x32 the last feature map is one pixel.
    """

    STAGES = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        layers, channels = [], 3
        for stage in self.STAGES:
            for width in stage:
                layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
                channels = width
            layers.append(nn.MaxPool2d(2, ceil_mode=True))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(channels, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (N, num_classes) for images (N, 3, H, W)."""
        return self.classifier(self.features(images).mean((2, 3)))
