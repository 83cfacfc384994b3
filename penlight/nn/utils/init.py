"""A module made without drawing from the random stream."""

from __future__ import annotations

import inspect
from typing import Any

from penlight.nn.modules.module import Module
from penlight.tensor.generator import get_rng_state, set_rng_state

__all__ = ["skip_init"]


def skip_init(module_cls: type, *args: Any, **kwargs: Any) -> Any:
    """`module_cls(*args, **kwargs)` for a caller that sets the parameters: no random number is used.

    PyTorch leaves the parameters uninitialised; here they hold what the constructor put there.

    Raises: RuntimeError for what is no module class or takes no `device`.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.skip_init.html

    >>> import penlight as torch
    >>> torch.nn.utils.skip_init(torch.nn.Linear, 5, 1).weight.shape
    torch.Size([1, 5])
    """
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    before = get_rng_state()
    try:
        return module_cls(*args, **kwargs)
    finally:
        set_rng_state(before)
