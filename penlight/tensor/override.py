"""`__torch_function__`: what happens when an argument is no plain tensor."""

from __future__ import annotations

from typing import Any

from penlight.base.mode import mode

__all__ = ["PLAIN", "disabled_torch_function", "override", "overridden", "relevant"]

PLAIN: set[type] = set()  # Tensor, Parameter and other classes that ops take without asking


def disabled_torch_function(cls, func, types, args=(), kwargs=None):
    """`__torch_function__ = torch._C._disabled_torch_function_impl`: results are plain tensors."""
    return NotImplemented


def _active(value: Any) -> bool:
    cls = type(value)
    if cls in PLAIN or isinstance(value, type):
        return False
    function = getattr(cls, "__torch_function__", None)
    return function is not None and function is not disabled_torch_function


def relevant(values: Any) -> list:
    """The arguments whose class overrides ops, one per class, subclasses before their bases."""
    found: list = []
    for value in values:
        for v in value if type(value) in (tuple, list) else (value,):
            if _active(v) and all(type(v) is not type(other) for other in found):
                position = next((i for i, o in enumerate(found) if issubclass(type(v), type(o))), len(found))
                found.insert(position, v)
    return found


def overridden(values: Any) -> bool:
    return not mode.override_off and bool(relevant(values))


def override(function: Any, args: tuple, kwargs: dict) -> Any:
    """Ask each overriding argument in turn; TypeError when none answers."""
    arguments = relevant((*args, *kwargs.values()))
    types = tuple(type(a) for a in arguments)
    for argument in arguments:
        result = type(argument).__torch_function__(function, types, args, kwargs)
        if result is not NotImplemented:
            return result
    name = getattr(function, "__qualname__", function)
    raise TypeError(
        f"no implementation found for 'torch.{name}' on types that implement __torch_function__: {list(types)}"
    )
