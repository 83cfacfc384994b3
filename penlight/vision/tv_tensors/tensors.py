"""The base class of all, and images, videos and masks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import penlight as torch
from penlight import Tensor
from penlight.tensor.subclass import DisableTorchFunctionSubclass
from penlight.vision.pillow import is_pil
from penlight.vision.transforms.functional import pil_to_tensor

__all__ = ["Image", "Mask", "TVTensor", "Video", "set_return_type", "wrap"]

_KEPT = {"clone", "to", "detach", "requires_grad_", "pin_memory"}  # methods whose results keep the class


class _ReturnType:
    """The choice that `set_return_type` made; a `with` block ends it."""

    keep_class = False

    def __init__(self, before: bool):
        self._before = before

    def __enter__(self) -> _ReturnType:
        return self

    def __exit__(self, *args: Any) -> None:
        _ReturnType.keep_class = self._before


def set_return_type(return_type: str) -> _ReturnType:
    """Let operations on these tensors return plain tensors ("Tensor", as at first) or their class ("TVTensor").

    Works from now on, or for a `with` block.

    Raises: ValueError for another word.

    >>> with set_return_type("TVTensor"):
    ...     type(Image(torch.zeros(3, 2, 2)) + 1).__name__
    'Image'
    """
    known = {"tensor": False, "tvtensor": True}
    if return_type.lower() not in known:
        raise ValueError(f"return_type must be 'TVTensor' or 'Tensor', got {return_type}")
    before, _ReturnType.keep_class = _ReturnType.keep_class, known[return_type.lower()]
    return _ReturnType(before)


class TVTensor(Tensor):
    """A tensor that says what it holds. Operations return plain tensors; `clone`, `to` and `detach` keep the class."""

    @staticmethod
    def _to_tensor(data: Any, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Tensor:
        if requires_grad is None:
            requires_grad = data.requires_grad if isinstance(data, Tensor) else False
        return torch.as_tensor(data, dtype=dtype, device=device).requires_grad_(requires_grad)

    @classmethod
    def wrap(cls, tensor: Tensor, like: TVTensor, **kwargs: Any) -> TVTensor:
        """The tensor as this class, with the attributes of `like`."""
        return tensor.as_subclass(cls)

    @classmethod
    def _wrap_output(cls, output: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Any:
        if isinstance(output, Tensor) and not isinstance(output, cls):
            return output.as_subclass(cls)
        if isinstance(output, (tuple, list)):
            return type(output)(cls._wrap_output(part, args, kwargs) for part in output)
        return output

    @classmethod
    def __torch_function__(
        cls, func: Callable, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if not all(issubclass(cls, t) for t in types):
            return NotImplemented
        with DisableTorchFunctionSubclass():
            output = func(*args, **(kwargs or {}))
        kept = getattr(func, "__name__", "") in _KEPT and isinstance(args[0], cls)
        if isinstance(output, cls) and output is not args[0]:
            output = output.as_subclass(Tensor)  # `detach` gives its own class, without the attributes
        if kept or _ReturnType.keep_class:
            return cls._wrap_output(output, args, kwargs)
        # In-place operations return their argument itself.
        return output.as_subclass(Tensor) if isinstance(output, cls) else output

    def _printed_class(self) -> str:
        return type(self).__name__

    def _make_repr(self, **kwargs: Any) -> str:
        return f"{super().__repr__()[:-1]}, {', '.join(f'{key}={value}' for key, value in kwargs.items())})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self.detach().clone().requires_grad_(self.requires_grad)


def wrap(wrappee: Tensor, *, like: Any, **kwargs: Any) -> Any:
    """The tensor as the class of `like`, with its attributes, such as the format of boxes, unless given.

    >>> wrap(torch.zeros(1, 2, 2), like=Mask(torch.zeros(1, 2, 2))).__class__.__name__
    'Mask'
    """
    method = getattr(type(like), "wrap", None)
    return method(wrappee, like, **kwargs) if method is not None else wrappee.as_subclass(type(like))


class Image(TVTensor):
    """An image (…, C, H, W), from a tensor, data or a Pillow image; (H, W) becomes (1, H, W).

    Raises: ValueError for fewer dimensions.

    >>> Image(torch.zeros(2, 2)).shape
    torch.Size([1, 2, 2])
    """

    def __new__(cls, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Image:
        tensor = cls._to_tensor(pil_to_tensor(data) if is_pil(data) else data, dtype, device, requires_grad)
        if tensor.ndim < 2:
            raise ValueError(f"Tensor must be 2D or higher, got {tensor.ndim}D tensor.")
        return (tensor.unsqueeze(0) if tensor.ndim == 2 else tensor).as_subclass(cls)

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return self._make_repr()


class Video(TVTensor):
    """A video (…, T, C, H, W).

    Raises: ValueError for fewer than 4 dimensions.
    """

    def __new__(cls, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Video:
        tensor = cls._to_tensor(data, dtype, device, requires_grad)
        if tensor.ndim < 4:
            raise ValueError(f"expected a video of at least 4 dimensions, (T, C, H, W), got {tensor.ndim}")
        return tensor.as_subclass(cls)

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return self._make_repr()


class Mask(TVTensor):
    """Masks for segmentation or detection, (…, H, W), from a tensor, data or a Pillow image."""

    def __new__(cls, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Mask:
        tensor = cls._to_tensor(pil_to_tensor(data) if is_pil(data) else data, dtype, device, requires_grad)
        return tensor.as_subclass(cls)
