"""`torch.overrides`: asking about and calling `__torch_function__`.

Source: https://docs.pytorch.org/docs/stable/torch.overrides.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from penlight.ledger.missing import module_getattr, placeholder
from penlight.tensor.function_mode import BaseTorchFunctionMode, TorchFunctionMode, current_modes
from penlight.tensor.install import public_function, public_names
from penlight.tensor.override import overridden, override
from penlight.tensor.subclass import OVERRIDABLE_METHODS, DisableTorchFunctionSubclass
from penlight.tensor.tensor import Tensor

__all__ = [
    "BaseTorchFunctionMode", "TorchFunctionMode",
    "get_overridable_functions", "handle_torch_function", "has_torch_function", "is_tensor_like",
    "is_tensor_method_or_property", "resolve_name", "wrap_torch_function",
]  # fmt: skip


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether an argument's class has a `__torch_function__` of its own (plain tensors do not count)."""
    return overridden(tuple(relevant_args))


def has_torch_function_unary(value: Any) -> bool:
    """`has_torch_function` of one argument."""
    return overridden((value,))


def has_torch_function_variadic(*values: Any) -> bool:
    """`has_torch_function` of several arguments."""
    return overridden(values)


def handle_torch_function(public_api: Callable, relevant_args: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
    """Ask the arguments' `__torch_function__`, subclasses before their bases, to carry out `public_api(*args,
    **kwargs)`.

    Raises: TypeError when all answer NotImplemented.
    """
    return override(public_api, args, kwargs)


def wrap_torch_function(dispatcher: Callable) -> Callable:
    """Decorate a function: `dispatcher(*args)` names the arguments whose `__torch_function__` is asked first."""

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if overridden(tuple(dispatcher(*args, **kwargs))):
                return override(wrapped, args, kwargs)
            return function(*args, **kwargs)

        return wrapped

    return decorate


def redispatch_function(func: Callable, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
    """`func(*args, **kwargs)` without asking the arguments' classes; for `__torch_function__` methods and modes."""
    with DisableTorchFunctionSubclass():
        return func(*args, **(kwargs or {}))


def get_default_nowrap_functions() -> set:
    """The functions whose results keep their class: the getters of `_base`, `grad` and `_grad`."""
    return {vars(cls)[n].fget for cls in Tensor.__mro__ for n in ("_base", "grad") if n in vars(cls)}


def _get_current_function_mode_stack() -> list:
    return current_modes()


def _get_current_function_mode() -> Any:
    modes = current_modes()
    return modes[-1] if modes else None


def is_tensor_like(inp: Any) -> bool:
    """Whether a value is a Tensor or its class has `__torch_function__`.

    >>> import penlight as torch
    >>> torch.overrides.is_tensor_like(torch.zeros(1)), torch.overrides.is_tensor_like(0)
    (True, False)
    """
    return isinstance(inp, Tensor) or hasattr(inp, "__torch_function__")


def _method_name(function: Callable) -> str | None:
    name = getattr(function, "__name__", "")
    return name if name and getattr(Tensor, name, None) is function else None


def is_tensor_method_or_property(func: Callable) -> bool:
    """Whether a function is a method of Tensor, or a property's getter."""
    return _method_name(func) is not None or getattr(func, "__name__", None) == "__get__"


def resolve_name(f: Callable) -> str | None:
    """The public name of a function: "torch.add"; None for one that is not PyTorch's.

    Differs from PyTorch: `torch.add` and `torch.Tensor.add` are one function here, named as the former.
    """
    name = getattr(f, "__name__", "")
    for home, prefix in (("torch", "torch"), ("F", "torch.nn.functional"), ("linalg", "torch.linalg")):
        if name in public_names(home):
            return f"{prefix}.{name}"
    method = _method_name(f)
    return None if method is None else f"torch.Tensor.{method}"


def get_overridable_functions() -> dict[Any, list]:
    """The functions that ask `__torch_function__`, by namespace: the ops of the table, and methods that are no ops.

    >>> import penlight as torch
    >>> torch.add in torch.overrides.get_overridable_functions()[torch.Tensor]
    True
    """
    found: dict[Any, list] = {Tensor: [getattr(Tensor, name) for name in OVERRIDABLE_METHODS]}
    for home in ("torch", "Tensor", "F", "linalg", "fft", "special"):
        owner = Tensor if home == "Tensor" else {"F": "nn.functional"}.get(home, home)
        key = owner if owner is Tensor else "torch" if owner == "torch" else f"torch.{owner}"
        functions = [public_function(home, name) for name in sorted(public_names(home))]
        found.setdefault(key, []).extend(f for f in functions if f is not None)
    return found


get_testing_overrides = placeholder("torch.overrides.get_testing_overrides", "the list is not kept")
enable_reentrant_dispatch = placeholder("torch.overrides.enable_reentrant_dispatch", "there is no dispatcher below ops")
get_ignored_functions = placeholder("torch.overrides.get_ignored_functions", "the list is not kept")
__getattr__ = module_getattr(__name__)
