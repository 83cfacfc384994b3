"""`torch.cond` and `torch.while_loop`, which here are Python's own `if` and `while` over functions.

Source: https://docs.pytorch.org/docs/stable/cond.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from penlight.tensor import Tensor
from penlight.transforms.pytree import tree_flatten

__all__ = ["cond", "while_loop"]


def cond(pred: Any, true_fn: Callable, false_fn: Callable, operands: tuple | list = ()) -> Any:
    """`true_fn(*operands)` if `pred` else `false_fn(*operands)`; only the branch taken runs, under autograd.

    pred: bool, number, or tensor of one element. operands: nested tuples, lists and dicts of tensors.
    Raises RuntimeError for other arguments.

    >>> import penlight as torch
    >>> torch.cond(torch.tensor(True), lambda x: x + 1, lambda x: x - 1, (torch.zeros(1),))
    tensor([1.])
    """
    if not isinstance(pred, (bool, int, float, Tensor)):
        raise RuntimeError(f"Expected pred to be bool or tensor, but got {pred}.")
    if isinstance(pred, Tensor) and pred.numel() != 1:
        raise RuntimeError(f"Expected pred to be bool or single-element tensor, but got {pred}.")
    if not callable(true_fn) or not callable(false_fn):
        raise RuntimeError("Expect both branches to be callable.")
    nested = isinstance(operands, (tuple, list))
    if not nested or not all(isinstance(leaf, (Tensor, int)) for leaf in tree_flatten(operands)[0]):
        raise RuntimeError(
            "Expect operands to be a tuple of possibly nested dict/list/tuple that only consists of tensor leaves, but "
            f"got {operands}."
        )
    return (true_fn if pred else false_fn)(*operands)


def while_loop(cond_fn: Callable, body_fn: Callable, carried_inputs: tuple | list) -> Any:
    """While `cond_fn(*carried)` holds, `carried = body_fn(*carried)`; returns what is carried at the end.

    Raises RuntimeError where the body returns another number of values, or tensors of other shapes or dtypes.

    >>> import penlight as torch
    >>> torch.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2), (torch.tensor(0), torch.ones(1)))
    (tensor(3), tensor([8.]))
    """
    if not callable(cond_fn) or not callable(body_fn):
        raise RuntimeError("Expect cond_fn and body_fn to be callable.")
    if not isinstance(carried_inputs, (tuple, list)):
        raise RuntimeError(f"Expect carried_inputs to be a tuple or list, but got {type(carried_inputs).__name__}")
    carried: Any = carried_inputs
    while True:
        arguments = carried if isinstance(carried, (tuple, list)) else (carried,)
        more = cond_fn(*arguments)
        if not isinstance(more, bool) and not (isinstance(more, Tensor) and more.numel() == 1):
            raise RuntimeError(f"cond_fn must return a bool or a tensor of one element, but got {more}")
        if not more:
            return carried
        carried = body_fn(*arguments)
        _check_same(arguments, carried if isinstance(carried, (tuple, list)) else (carried,))


def _check_same(before: Any, after: Any) -> None:
    old, new = tree_flatten(tuple(before))[0], tree_flatten(tuple(after))[0]
    if len(old) != len(new):
        raise RuntimeError(f"body_fn must return as many values as it takes, but got {len(new)} for {len(old)}")
    for a, b in zip(old, new):
        if isinstance(a, Tensor) and isinstance(b, Tensor) and (a.shape != b.shape or a.dtype is not b.dtype):
            raise RuntimeError(
                f"body_fn must keep shapes and dtypes, but {tuple(a.shape)} of {a.dtype!r} became {tuple(b.shape)} of "
                f"{b.dtype!r}"
            )
