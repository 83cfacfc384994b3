"""Layer tables from torchsummary."""

from torch import nn
from torchsummary import summary

model = nn.Sequential(
    nn.Conv2d(3, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4)
)
summary(model, (3, 32, 32), device="cpu")
