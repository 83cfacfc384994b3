"""Padding layers; `padding` is an int for all sides, or (left, right, top, bottom, front, back) as far as needed."""

from __future__ import annotations

from typing import Any

from penlight.nn import functional as F
from penlight.nn.modules.module import Module
from penlight.nn.modules.utils import _ntuple

__all__ = [
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d",
    "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d",
    "ZeroPad1d", "ZeroPad2d", "ZeroPad3d",
]  # fmt: skip


class _PadNd(Module):
    __constants__ = ["padding"]
    _dims = 0
    _mode = ""

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = _ntuple(2 * self._dims)(padding)

    def forward(self, input: Any) -> Any:
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _CircularPadNd(_PadNd):
    _mode = "circular"

    def forward(self, input: Any) -> Any:
        n = self._dims
        if input.dim() not in (n + 1, n + 2):
            raise ValueError(f"expected {n + 1}D or {n + 2}D input (got {input.dim()}D input)")
        return super().forward(input)


class CircularPad1d(_CircularPadNd):
    """Pad with the values of the other end. Shape: (N, C, W) or (C, W)."""

    _dims = 1


class CircularPad2d(_CircularPadNd):
    """Pad with the values of the other end. Shape: (N, C, H, W) or (C, H, W)."""

    _dims = 2


class CircularPad3d(_CircularPadNd):
    """Pad with the values of the other end. Shape: (N, C, D, H, W) or (C, D, H, W)."""

    _dims = 3


class _ConstantPadNd(Module):
    __constants__ = ["padding", "value"]
    _dims = 0

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__()
        self.value = value
        self.padding = _ntuple(2 * self._dims)(padding)

    def forward(self, input: Any) -> Any:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPadNd):
    """Pad the last dimension with a value."""

    _dims = 1


class ConstantPad2d(_ConstantPadNd):
    """Pad the last two dimensions with a value."""

    _dims = 2


class ConstantPad3d(_ConstantPadNd):
    """Pad the last three dimensions with a value."""

    _dims = 3


class ZeroPad1d(ConstantPad1d):
    """Pad the last dimension with zeros."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad2d(ConstantPad2d):
    """Pad the last two dimensions with zeros."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad3d(ConstantPad3d):
    """Pad the last three dimensions with zeros."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ReflectionPadNd(_PadNd):
    _mode = "reflect"


class ReflectionPad1d(_ReflectionPadNd):
    """Pad by reflection, the border not repeated. Shape: (N, C, W) or (C, W)."""

    _dims = 1


class ReflectionPad2d(_ReflectionPadNd):
    """Pad by reflection, the border not repeated. Shape: (N, C, H, W) or (C, H, W)."""

    _dims = 2


class ReflectionPad3d(_ReflectionPadNd):
    """Pad by reflection, the border not repeated. Shape: (N, C, D, H, W) or (C, D, H, W)."""

    _dims = 3


class _ReplicationPadNd(_PadNd):
    _mode = "replicate"


class ReplicationPad1d(_ReplicationPadNd):
    """Pad with the border's values. Shape: (N, C, W) or (C, W)."""

    _dims = 1


class ReplicationPad2d(_ReplicationPadNd):
    """Pad with the border's values. Shape: (N, C, H, W) or (C, H, W)."""

    _dims = 2


class ReplicationPad3d(_ReplicationPadNd):
    """Pad with the border's values. Shape: (N, C, D, H, W) or (C, D, H, W)."""

    _dims = 3
