"""`associative_scan`: running results of a combining function, one step after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from penlight.base.dims import dimension
from penlight.tensor import Tensor
from penlight.tensor.install import tensor_ops as ops
from penlight.transforms.pytree import tree_flatten, tree_unflatten

__all__ = ["associative_scan"]


def associative_scan(
    combine_fn: Callable, xs: Any, dim: int, reverse: bool = False, combine_mode: str = "pointwise"
) -> Any:
    """y_0 = x_0, y_i = combine_fn(y_(i-1), x_i), where x_i are the slices of `xs` (nested tensors) along `dim`.

    combine_mode: "generic"; "pointwise" is for accelerators only, and raises ValueError as in PyTorch.
    Source: https://github.com/pytorch/pytorch/blob/main/torch/_higher_order_ops/associative_scan.py

    >>> import penlight as torch
    >>> from penlight._higher_order_ops import associative_scan
    >>> associative_scan(lambda a, b: a * b, torch.tensor([1.0, 2.0, 3.0, 4.0]), 0, combine_mode="generic")
    tensor([ 1.,  2.,  6., 24.])
    """
    if not callable(combine_fn):
        raise ValueError(f"Combine_fn must be a callable, but got {combine_fn}")
    if combine_mode not in ("pointwise", "generic"):
        raise ValueError(f"Combine_mode must either 'pointwise' or 'generic', but got {combine_mode}")
    if combine_mode == "pointwise":
        raise ValueError("For combine_mode='pointwise', all input tensors need to be on CUDA or XPU")
    leaves, structure = tree_flatten(xs)
    if not leaves or not all(isinstance(leaf, Tensor) for leaf in leaves):
        raise ValueError(f"expected xs to be a tensor, or tensors in tuples, lists and dicts, but got {xs!r}")
    dim = dimension(dim, leaves[0].dim())
    length = leaves[0].shape[dim]
    if any(leaf.dim() <= dim or leaf.shape[dim] != length for leaf in leaves):
        raise ValueError(f"all tensors of xs must have the same size in dimension {dim}, but got "
                         f"{[list(leaf.shape) for leaf in leaves]}")  # fmt: skip
    if not length:
        return xs
    steps = [tree_unflatten([leaf.select(dim, i) for leaf in leaves], structure) for i in range(length)]
    results = [steps.pop() if reverse else steps.pop(0)]
    for step in reversed(steps) if reverse else steps:
        results.append(combine_fn(results[-1], step))
    columns = zip(*[tree_flatten(result)[0] for result in (reversed(results) if reverse else results)])
    return tree_unflatten([ops.stack(column, dim) for column in columns], structure)
