"""Boxes and key points: tensors that know the size of their image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from penlight import Tensor
from penlight.vision.tv_tensors.tensors import TVTensor

__all__ = ["BoundingBoxFormat", "BoundingBoxes", "KeyPoints", "as_format", "is_rotated_bounding_format"]


class BoundingBoxFormat(Enum):
    """What the numbers of a box are: corners X, Y; width and height W, H; centre CX, CY; angle R in degrees."""

    XYXY = "XYXY"
    XYWH = "XYWH"
    CXCYWH = "CXCYWH"
    XYWHR = "XYWHR"
    CXCYWHR = "CXCYWHR"
    XYXYXYXY = "XYXYXYXY"


def as_format(format: Any) -> Any:
    """The format of a name, in any case of letters."""
    return BoundingBoxFormat[format.upper()] if isinstance(format, str) else format


def is_rotated_bounding_format(format: BoundingBoxFormat | str) -> bool:
    """Whether boxes of a format can be turned.

    Raises: ValueError for what is neither a format nor a string.

    >>> is_rotated_bounding_format("XYWHR")
    True
    """
    if not isinstance(format, (BoundingBoxFormat, str)):
        raise ValueError(f"format should be str or BoundingBoxFormat, got {type(format)}")
    name = format.value if isinstance(format, BoundingBoxFormat) else format
    return name in ("XYWHR", "CXCYWHR", "XYXYXYXY")


def _instances(value: Any, cls: type) -> Iterator[Any]:
    if isinstance(value, cls):
        yield value
    elif isinstance(value, (tuple, list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _instances(item, cls)


class _OnCanvas(TVTensor):
    """What boxes and key points share: attributes that results take from the first argument that has them."""

    _attributes: tuple[str, ...] = ()

    @classmethod
    def _wrap(cls, tensor: Tensor, *, check_dims: bool = True, **attributes: Any) -> Any:
        wrapped = (cls._checked(tensor) if check_dims else tensor).as_subclass(cls)
        vars(wrapped).update(attributes)
        return wrapped

    @classmethod
    def _checked(cls, tensor: Tensor) -> Tensor:
        raise NotImplementedError

    @classmethod
    def wrap(cls, tensor: Tensor, like: Any, **kwargs: Any) -> Any:
        """The tensor as this class, with the attributes of `like` unless given."""
        return cls._wrap(tensor, **{name: kwargs.get(name, getattr(like, name)) for name in cls._attributes})

    @classmethod
    def _wrap_output(cls, output: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Any:
        if isinstance(output, (tuple, list)):
            return type(output)(cls._wrap_output(part, args, kwargs) for part in output)
        if not isinstance(output, Tensor) or isinstance(output, cls):
            return output
        first = next(_instances((args, kwargs or {}), cls))
        return cls._wrap(output, check_dims=False, **{name: getattr(first, name) for name in cls._attributes})

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return self._make_repr(**{name: getattr(self, name) for name in self._attributes})


class BoundingBoxes(_OnCanvas):
    """Boxes (N, 4), or (N, 5) and (N, 8) for rotated formats, in an image of `canvas_size` (height, width).

    Args: clamping_mode: whether transforms cut boxes at the border: "soft", "hard" or None; the first two differ for
    rotated boxes only.
    Raises: ValueError for other dimensions or modes, and for rotated boxes of integers.

    >>> BoundingBoxes([[0, 0, 2, 3]], format="XYXY", canvas_size=(4, 4))
    BoundingBoxes([[0, 0, 2, 3]], format=BoundingBoxFormat.XYXY, canvas_size=(4, 4), clamping_mode=soft)
    """

    format: BoundingBoxFormat
    canvas_size: tuple[int, int]
    clamping_mode: str | None
    _attributes = ("format", "canvas_size", "clamping_mode")

    def __new__(
        cls, data: Any, *, format: BoundingBoxFormat | str, canvas_size: tuple[int, int],
        clamping_mode: str | None = "soft", dtype: Any = None, device: Any = None, requires_grad: bool | None = None,
    ) -> Any:  # fmt: skip
        tensor = cls._to_tensor(data, dtype, device, requires_grad)
        if not tensor.is_floating_point() and is_rotated_bounding_format(format):
            raise ValueError(f"Rotated bounding boxes should be floating point tensors, got {tensor.dtype}.")
        return cls._wrap(tensor, format=format, canvas_size=canvas_size, clamping_mode=clamping_mode)

    @classmethod
    def _wrap(cls, tensor: Tensor, *, check_dims: bool = True, **attributes: Any) -> Any:
        mode = attributes.setdefault("clamping_mode", "soft")
        if mode is not None and mode not in ("hard", "soft"):
            raise ValueError(f"clamping_mode must be None, hard or soft, got {mode}.")
        attributes["format"] = as_format(attributes["format"])
        return super()._wrap(tensor, check_dims=check_dims, **attributes)

    @classmethod
    def _checked(cls, tensor: Tensor) -> Tensor:
        if tensor.ndim not in (1, 2):
            raise ValueError(f"Expected a 1D or 2D tensor, got {tensor.ndim}D")
        return tensor.unsqueeze(0) if tensor.ndim == 1 else tensor


class KeyPoints(_OnCanvas):
    """Points (…, 2) of (x, y) in an image of `canvas_size` (height, width).

    Raises: ValueError for another last dimension.
    """

    canvas_size: tuple[int, int]
    _attributes = ("canvas_size",)

    def __new__(
        cls, data: Any, *, canvas_size: tuple[int, int], dtype: Any = None, device: Any = None,
        requires_grad: bool | None = None,
    ) -> Any:  # fmt: skip
        return cls._wrap(cls._to_tensor(data, dtype, device, requires_grad), canvas_size=canvas_size)

    @classmethod
    def _checked(cls, tensor: Tensor) -> Tensor:
        if tensor.ndim != 1 and tensor.shape[-1] != 2:
            raise ValueError(f"Expected a tensor of shape (..., 2), not {tuple(tensor.shape)}")
        return tensor.unsqueeze(0) if tensor.ndim == 1 else tensor
