"""Mixing groups of channels."""

from __future__ import annotations

from typing import Any

from penlight.nn import functional as F
from penlight.nn.modules.module import Module

__all__ = ["ChannelShuffle"]


class ChannelShuffle(Module):
    """Deal the channels of `groups` groups out in turn. Shape: (N, C, *) -> (N, C, *). Source: Zhang et al., 2017."""

    __constants__ = ["groups"]

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Any) -> Any:
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        return f"groups={self.groups}"
