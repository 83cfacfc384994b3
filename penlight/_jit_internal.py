"""`torch._jit_internal`: marks that libraries set for TorchScript, without effect here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from penlight.jit.eager import _overload, _overload_method, export, ignore, is_scripting, unused
from penlight.ledger.missing import module_getattr

__all__ = ["Final", "_overload", "_overload_method", "export", "ignore", "is_scripting", "unused"]


def _copy_to_script_wrapper(fn: Callable) -> Callable:
    """The method itself."""
    return fn


def boolean_dispatch(
    arg_name: str,
    arg_index: int,
    default: bool,
    if_true: Callable,
    if_false: Callable,
    module_name: Any,
    func_name: str,
) -> Callable:
    """A function that calls one of two, by the value of an argument."""

    def chosen(*args: Any, **kwargs: Any) -> Any:
        flag = kwargs.get(arg_name, args[arg_index] if arg_index < len(args) else default)
        return (if_true if flag else if_false)(*args, **kwargs)

    chosen.__name__, chosen.__doc__ = func_name, if_true.__doc__ or if_false.__doc__
    return chosen


__getattr__ = module_getattr(__name__)
