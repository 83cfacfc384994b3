"""The meta device: tensors with shape, dtype and strides and without data."""

from penlight.meta.create import made, moved
from penlight.meta.default import DeviceMode
from penlight.meta.parameter import MetaParameter
from penlight.meta.tensor import MetaTensor

__all__ = ["DeviceMode", "MetaParameter", "MetaTensor", "made", "moved"]
