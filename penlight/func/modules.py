"""Helpers around modules and wrapped tensors."""

from __future__ import annotations

from typing import Any

from penlight.tensor.tensor import Tensor
from penlight.transforms.levels import Wrapped

__all__ = ["debug_unwrap", "replace_all_batch_norm_modules_"]


def replace_all_batch_norm_modules_(root: Any) -> Any:
    """Take the running statistics from every batch normalisation inside a module, in place; returns the module.

    They are changed in place, which samples of a `vmap` cannot share.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.replace_all_batch_norm_modules_.html
    """
    for module in root.modules():
        if "BatchNorm" in type(module).__name__ and hasattr(module, "track_running_stats"):
            module.running_mean = None
            module.running_var = None
            module.num_batches_tracked = None
            module.track_running_stats = False
    return root


def debug_unwrap(tensor: Any, *, recurse: bool = True) -> Any:
    """The tensor inside a transform's wrapper, to look at; with `recurse`, inside all of them.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.debug_unwrap.html
    """
    if not isinstance(tensor, Tensor):
        raise ValueError(f"tensor must be a Tensor, but got {type(tensor)}")
    while isinstance(tensor, Wrapped):
        tensor = tensor._p
        if not recurse:
            break
    return tensor
