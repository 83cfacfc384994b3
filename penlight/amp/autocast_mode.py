"""`autocast`: a block in which matrix products and convolutions are computed in half precision.

Source: https://docs.pytorch.org/docs/stable/amp.html#autocasting
"""

from __future__ import annotations

import functools
import warnings
from typing import Any

import penlight.amp.casting  # noqa: F401  (makes ops ask for the state once it is used)
from penlight.amp.state import (
    AVAILABLE,
    autocast_decrement_nesting,
    autocast_increment_nesting,
    clear_autocast_cache,
    device_name,
    get_autocast_dtype,
    set_autocast_enabled,
    state,
)
from penlight.base import dtypes
from penlight.tensor.tensor import Tensor

__all__ = ["autocast", "autocast_decorator", "custom_bwd", "custom_fwd", "is_autocast_available"]

_CPU_DTYPES = (dtypes.bfloat16, dtypes.float16)


def is_autocast_available(device_type: str) -> bool:
    """Whether PyTorch has autocast for a device type (not whether such a device is here).

    >>> import penlight as torch
    >>> torch.amp.is_autocast_available("cpu")
    True
    """
    return device_name(device_type) in AVAILABLE


def autocast_decorator(autocast_instance: Any, func: Any) -> Any:
    """Run `func` inside the block each time it is called."""

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with autocast_instance:
            return func(*args, **kwargs)

    wrapped.__script_unsupported = "@autocast() decorator is not supported in script mode"  # type: ignore[attr-defined]
    return wrapped


class autocast:
    """A block, or a decorator, in which the ops of PyTorch's CPU list take bfloat16 or float16 arguments.

    The lists are PyTorch's for the CPU. `autocast("cuda")` warns and does nothing, as PyTorch's does without a GPU.
    Args: device_type; dtype, default bfloat16 on the CPU; enabled; cache_enabled, whether a parameter is
    cast once a block.
    Raises: ValueError unless `device_type` is a str.
    Source: https://docs.pytorch.org/docs/stable/amp.html#torch.autocast

    >>> import penlight as torch
    >>> with torch.autocast("cpu"):
    ...     (torch.ones(2, 2) @ torch.ones(2, 2)).dtype
    torch.bfloat16
    """

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        self.device = device_name(device_type)
        if self.device not in AVAILABLE:
            raise RuntimeError(f"User specified an unsupported autocast device_type '{self.device}'")
        if dtype is not None and not isinstance(dtype, dtypes.dtype):
            raise ValueError(f"Expected `dtype` of type `torch.dtype`, got: `{type(dtype)}`")
        self.fast_dtype = get_autocast_dtype(self.device) if dtype is None else dtype
        self._cache_enabled = state.cache_enabled if cache_enabled is None else cache_enabled
        self._enabled = enabled and self._is_usable()
        self._before: list = []

    def _is_usable(self) -> bool:
        if self.device == "cuda":
            warnings.warn(
                "CUDA is not available or torch_xla is imported. Disabling autocast.", UserWarning, stacklevel=4
            )
            return False
        if self.device == "cpu" and self.fast_dtype not in _CPU_DTYPES:
            warnings.warn(
                "In CPU autocast, but the target dtype is not supported. Disabling autocast.\n"
                "CPU Autocast only supports dtypes of torch.bfloat16, torch.float16 currently.",
                UserWarning,
                stacklevel=4,
            )
            return False
        return True

    def __enter__(self) -> autocast:
        self._before.append((state.enabled.get(self.device, False), state.dtypes.get(self.device), state.cache_enabled))
        set_autocast_enabled(self.device, self._enabled)
        state.dtypes[self.device] = self.fast_dtype
        state.cache_enabled = self._cache_enabled
        autocast_increment_nesting()
        return self

    def __exit__(self, *exc_info: Any) -> None:
        if autocast_decrement_nesting() == 0:
            clear_autocast_cache()
        enabled, dtype, cache_enabled = self._before.pop()
        state.enabled[self.device] = enabled
        if dtype is None:
            state.dtypes.pop(self.device, None)
        else:
            state.dtypes[self.device] = dtype
        state.cache_enabled = cache_enabled

    def __call__(self, func: Any) -> Any:
        return autocast_decorator(self, func)


def _cast(value: Any, device_type: str, dtype: Any) -> Any:
    if isinstance(value, Tensor):
        eligible = value.is_floating_point() and value.device.type == device_type and value.dtype is not dtypes.float64
        return value.to(dtype) if eligible else value
    if isinstance(value, dict):
        return {_cast(k, device_type, dtype): _cast(v, device_type, dtype) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        cast = [_cast(v, device_type, dtype) for v in value]
        return type(value)(cast) if type(value) in (list, tuple) else tuple(cast)
    return value


def custom_fwd(fwd: Any = None, *, device_type: str, cast_inputs: Any = None) -> Any:
    """Decorate a custom Function's `forward`: under autocast, cast its inputs to `cast_inputs` and switch autocast off.

    Source: https://docs.pytorch.org/docs/stable/amp.html#torch.amp.custom_fwd
    """
    device_type = device_name(device_type)
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        args[0]._dtype = get_autocast_dtype(device_type)
        enabled = state.enabled.get(device_type, False)
        if cast_inputs is None or not enabled:
            args[0]._fwd_used_autocast = enabled if cast_inputs is None else False
            return fwd(*args, **kwargs)
        args[0]._fwd_used_autocast = False
        with autocast(device_type, enabled=False):
            return fwd(*_cast(args, device_type, cast_inputs), **_cast(kwargs, device_type, cast_inputs))

    return decorated


def custom_bwd(bwd: Any = None, *, device_type: str) -> Any:
    """Decorate a custom Function's `backward`: it runs with the autocast state of its forward.

    Source: https://docs.pytorch.org/docs/stable/amp.html#torch.amp.custom_bwd
    """
    device_type = device_name(device_type)
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        with autocast(device_type, enabled=args[0]._fwd_used_autocast, dtype=args[0]._dtype):
            return bwd(*args, **kwargs)

    return decorated
