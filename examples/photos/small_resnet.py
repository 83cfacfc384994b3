"""A small residual net for colour images of any size."""

import torch.nn.functional as F
from torch import nn

WIDTHS = 16, 32, 64
GROUPS = 8  # of channels that are normalised together: batches of few images are too small for batch norm's averages


class Block(nn.Module):
    """x + what two convolutions make of x, (B, C, H, W) -> (B, D, H / stride, W / stride).

    Where the shape changes, x goes through a convolution of one pixel. GELU is smooth: rounding decides no branch.
    Source: K. He et al., Deep residual learning for image recognition, https://arxiv.org/abs/1512.03385
    """

    def __init__(self, channels, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, padding=1, bias=False)
        self.norm1 = nn.GroupNorm(GROUPS, width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2 = nn.GroupNorm(GROUPS, width)
        self.shortcut = nn.Identity() if (channels, stride) == (width, 1) else nn.Conv2d(channels, width, 1, stride)

    def forward(self, x):
        y = F.gelu(self.norm1(self.conv1(x)))
        return F.gelu(self.norm2(self.conv2(y)) + self.shortcut(x))


class SmallResNet(nn.Module):
    """Four times fewer pixels in each direction, three blocks, the mean over the image, one linear layer.

    Shape: (B, 3, H, W) -> (B, classes)
    """

    def __init__(self, classes):
        super().__init__()
        first, second, third = WIDTHS
        self.stem = nn.Conv2d(3, first, 5, stride=2, padding=2, bias=False)
        self.norm = nn.GroupNorm(GROUPS, first)
        self.blocks = nn.Sequential(Block(first, first, 1), Block(first, second, 2), Block(second, third, 2))
        self.fc = nn.Linear(third, classes)

    def forward(self, x):
        x = F.gelu(self.norm(self.stem(x)))  # (B, 16, H/2, W/2)
        x = self.blocks(x)  # (B, 64, H/8, W/8)
        return self.fc(x.mean((2, 3)))
