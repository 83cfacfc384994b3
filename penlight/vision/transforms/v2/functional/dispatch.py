"""How a function finds the kernel for what it is given: an image, a video, a mask, boxes, key points or a Pillow image."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from penlight import Tensor
from penlight.vision import tv_tensors
from penlight.vision.pillow import is_pil
from penlight.vision.tv_tensors import BoundingBoxes, Image, KeyPoints, Mask, TVTensor, Video, wrap

__all__ = ["PIL", "find_kernel", "functional", "is_pure_tensor", "kernel", "register_kernel", "unwrapped"]

C = TypeVar("C", bound=Callable)


class PIL:
    """Stands for Pillow's class of images, which is imported only when there is one."""


_KERNELS: dict[Callable, dict[type, Callable]] = {}
_BUILTIN = {value for value in vars(tv_tensors).values() if isinstance(value, type) and issubclass(value, TVTensor)}


def is_pure_tensor(inpt: Any) -> bool:
    """Whether a value is a tensor that does not say what it holds."""
    return isinstance(inpt, Tensor) and not isinstance(inpt, TVTensor)


def unwrapped(inpt: Tensor) -> Tensor:
    """The same data as a plain tensor."""
    return inpt.as_subclass(Tensor) if isinstance(inpt, TVTensor) else inpt


def functional(signature: Callable) -> Callable:
    """Make a function of a signature and docstring: it hands its arguments, by name, to the kernel for the first one.

    Raises: TypeError where there is no kernel for the first argument.
    """
    names = inspect.signature(signature)
    first = next(iter(names.parameters))

    @functools.wraps(signature)
    def dispatched(*args: Any, **kwargs: Any) -> Any:
        bound = names.bind(*args, **kwargs)
        bound.apply_defaults()
        values = dict(bound.arguments)
        inpt = values.pop(first)
        found = find_kernel(dispatched, inpt)
        if found is None:
            kinds = ", ".join("PIL.Image.Image" if k is PIL else k.__name__ for k in _KERNELS[dispatched])
            raise TypeError(
                f"Functional F.{dispatched.__name__} supports inputs of type {kinds}, but got {type(inpt)} instead."
            )
        return found(inpt, **values)

    _KERNELS[dispatched] = {}
    return dispatched


def find_kernel(function: Callable, inpt: Any) -> Callable | None:
    """The kernel of a function for a value, or None."""
    kernels = _KERNELS[function]
    if is_pil(inpt):
        return kernels.get(PIL)
    for cls in type(inpt).__mro__:
        if cls in kernels:
            return kernels[cls]
        if cls is TVTensor:  # what a new class does not name does not fall back to that of plain tensors
            return None
    return None


def kernel(function: Callable, *kinds: type) -> Callable[[C], C]:
    """Register a kernel for kinds of input. It receives plain tensors and the arguments that it names.

    Kernels for boxes and key points also receive their attributes; where they return (tensor, canvas_size), that is the
    new size of the image. Tuples of kernels for images stay tuples.
    """

    def register(work: C) -> C:
        parameters = inspect.signature(work).parameters
        first, *known = parameters

        @functools.wraps(work)
        def of_tensor(inpt: Any, **values: Any) -> Any:
            own = {name: getattr(inpt, name) for name in getattr(inpt, "_attributes", ()) if name in known}
            result = work(unwrapped(inpt), **{name: v for name, v in values.items() if name in known}, **own)
            if not isinstance(inpt, TVTensor):
                return result
            if isinstance(inpt, (BoundingBoxes, KeyPoints)) and isinstance(result, tuple):
                return wrap(result[0], like=inpt, canvas_size=result[1])
            if isinstance(result, tuple):
                return tuple(wrap(part, like=inpt) for part in result)
            return wrap(result, like=inpt) if isinstance(result, Tensor) else result

        @functools.wraps(work)
        def of_pil(inpt: Any, **values: Any) -> Any:
            return work(inpt, **{name: v for name, v in values.items() if name in known})

        for kind in kinds:
            _KERNELS[function][kind] = of_pil if kind is PIL else of_tensor
        return work

    return register


IMAGES = (Tensor, Image, Video)


def mask_kernel(function: Callable) -> Callable[[C], C]:
    """Register a kernel for masks (…, H, W): one of two dimensions has a channel for the time being."""

    def register(work: C) -> C:
        @functools.wraps(work)
        def with_channel(mask: Tensor, *args: Any, **kwargs: Any) -> Any:
            return (
                work(mask, *args, **kwargs) if mask.ndim >= 3 else work(mask.unsqueeze(0), *args, **kwargs).squeeze(0)
            )

        return kernel(function, Mask)(with_channel)  # type: ignore[return-value]

    return register


def register_kernel(functional: Callable | str, tv_tensor_cls: type) -> Callable[[C], C]:
    """Decorate a kernel of a function, or of the name of one, for a class of your own. It receives the tensor as it is.

    Raises: ValueError for what is no function of this module, no subclass of TVTensor, or one of its own classes.
    """
    if isinstance(functional, str):
        found = next((f for f in _KERNELS if f.__name__ == functional), None)
        if found is None:
            raise ValueError(
                f"Could not find functional with name '{functional}' in torchvision.transforms.v2.functional."
            )
        functional = found
    elif functional not in _KERNELS:
        raise ValueError(
            "Kernels can only be registered on functionals from the torchvision.transforms.v2.functional namespace, "
            f"but got {functional}."
        )
    if not (isinstance(tv_tensor_cls, type) and issubclass(tv_tensor_cls, TVTensor)):
        raise ValueError(
            f"Kernels can only be registered for subclasses of torchvision.tv_tensors.TVTensor, but got {tv_tensor_cls}."
        )
    if tv_tensor_cls in _BUILTIN:
        raise ValueError(f"Kernels cannot be registered for the builtin tv_tensor classes, but got {tv_tensor_cls}")
    kernels = _KERNELS[functional]
    if tv_tensor_cls in kernels:
        raise ValueError(f"Functional {functional} already has a kernel registered for type {tv_tensor_cls}.")

    def register(work: C) -> C:
        kernels[tv_tensor_cls] = work
        return work

    return register
