"""Names of `torch` for what `nn.functional` draws at random or looks up, with that level's argument order.

Also the scalar helpers `torch.sym_*`, which are Python's own functions where no shapes are symbolic.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.base.dtypes import DTYPES
from penlight.ledger.missing import placeholder
from penlight.nn.functional_activation import rrelu as _rrelu
from penlight.nn.functional_dropout import _alpha_dropped, _dropped
from penlight.nn.functional_embedding import _renorm
from penlight.nn.functional_embedding import embedding_bag as _embedding_bag
from penlight.nn.functional_layers import bilinear
from penlight.tensor.tensor import Tensor

__all__ = [
    "SymBool", "SymFloat", "SymInt", "alpha_dropout", "alpha_dropout_", "bilinear", "dropout", "dropout_", "eig",
    "embedding_bag", "embedding_renorm_", "feature_alpha_dropout", "feature_alpha_dropout_", "feature_dropout",
    "feature_dropout_", "lstsq", "matrix_rank", "native_dropout", "rrelu", "rrelu_", "solve", "sym_float", "sym_int",
    "sym_ite", "sym_max", "sym_min", "sym_not", "sym_sqrt", "sym_sum", "symeig",
]  # fmt: skip
SymBool, SymFloat, SymInt = (
    placeholder(f"torch.{name}", "shapes are plain numbers, which Python's own types hold")
    for name in ("SymBool", "SymFloat", "SymInt")
)
_MODES = ("sum", "mean", "max")
boolean = DTYPES["bool"]


def _drop(drop: Callable, input: Tensor, p: float, train: bool, inplace: bool, per_channel: bool) -> Tensor:
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p}")
    return drop(input, p, train, inplace, per_channel)


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """`torch.nn.functional.dropout`."""
    return _drop(_dropped, input, p, train, False, False)


def dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """`torch.nn.functional.dropout`, in place."""
    return _drop(_dropped, input, p, train, True, False)


def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Dropout of whole channels."""
    return _drop(_dropped, input, p, train, False, True)


def feature_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Dropout of whole channels, in place."""
    return _drop(_dropped, input, p, train, True, True)


def alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """`torch.nn.functional.alpha_dropout`."""
    return _drop(_alpha_dropped, input, p, train, False, False)


def alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """`torch.nn.functional.alpha_dropout`, in place."""
    return _drop(_alpha_dropped, input, p, train, True, False)


def feature_alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """`torch.nn.functional.feature_alpha_dropout`."""
    return _drop(_alpha_dropped, input, p, train, False, True)


def feature_alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """`torch.nn.functional.feature_alpha_dropout`, in place."""
    return _drop(_alpha_dropped, input, p, train, True, True)


def native_dropout(input: Tensor, p: float, train: bool | None) -> tuple[Tensor, Tensor]:
    """(dropout of the input, which elements were kept); `train` None counts as True."""
    keep = input.new_ones(input.shape, dtype=boolean)
    if train is False or not input.numel():
        return input.clone(), keep
    if p == 1:
        return input * 0, ~keep
    keep = (keep.to(input.dtype)).bernoulli_(1 - p) != 0
    return input * keep * (1.0 / (1.0 - p)), keep


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, generator: Any = None
) -> Tensor:
    """`torch.nn.functional.rrelu`; only the default generator."""
    return _rrelu(input, lower, upper, training, _only_default(generator))


def _only_default(generator: Any) -> bool:
    if generator is not None:
        raise NotImplementedError("penlight does not have torch.rrelu with a generator; call torch.manual_seed")
    return False


def rrelu_(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, generator: Any = None
) -> Tensor:
    """`rrelu`, in place."""
    return _rrelu(input, lower, upper, training, not _only_default(generator))


def embedding_renorm_(input: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
    """Scale the rows of `input` that `indices` names to norms of at most `max_norm`, in place."""
    _renorm(input, indices._a, max_norm, norm_type)
    return input


def embedding_bag(
    weight: Tensor, indices: Tensor, offsets: Tensor, scale_grad_by_freq: bool = False, mode: int = 0,
    sparse: bool = False, per_sample_weights: Any = None, include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
    """(bags, bag of each index, bag sizes, positions of maxima); mode 0 sum, 1 mean, 2 max.

    Where PyTorch leaves one of the last three unused, it is filled here as in PyTorch: empty, or zeros.
    """
    result = _embedding_bag(
        indices, weight, offsets, None, 2, scale_grad_by_freq, _MODES[mode], sparse, per_sample_weights,
        include_last_offset, padding_idx,
    )  # fmt: skip
    starts = offsets._a[:-1] if include_last_offset else offsets._a
    bag = np.searchsorted(starts, np.arange(indices.numel()), side="right") - 1
    if mode == 0:
        empty, zeros = np.empty(0, np.int64), np.zeros(len(starts), np.int64)
        return result, Tensor._wrap(empty), Tensor._wrap(zeros), Tensor._wrap(zeros.copy())
    counted = indices._a != padding_idx if padding_idx is not None else np.ones(len(bag), bool)
    sizes = np.bincount(bag[counted], minlength=len(starts))
    where = sizes.copy()
    if mode == 2:
        where = np.zeros((len(starts), weight.shape[1]), np.int64)
        rows = weight._a[indices._a]
        for i in range(len(starts)):
            members = np.flatnonzero((bag == i) & counted)
            if len(members):
                where[i] = indices._a[members[rows[members].argmax(0)]]
    return result, Tensor._wrap(bag), Tensor._wrap(sizes), Tensor._wrap(where)


# --- removed from PyTorch, which says so --------------------------------------------------------------------------


def _removed(name: str, successor: str) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            f"This function was deprecated since version 1.9 and is now removed: use {successor} instead of torch.{name}."
        )

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Removed from PyTorch: raises RuntimeError that names {successor}."
    return function


eig = _removed("eig", "torch.linalg.eig, which gives complex tensors,")
lstsq = _removed("lstsq", "torch.linalg.lstsq(A, B), its arguments the other way round,")
matrix_rank = _removed("matrix_rank", "torch.linalg.matrix_rank")
solve = _removed("solve", "torch.linalg.solve(A, B), its arguments the other way round,")
symeig = _removed("symeig", "torch.linalg.eigh, which reads the lower triangle,")


# --- scalars that PyTorch may trace -------------------------------------------------------------------------------


def sym_int(a: Any) -> Any:
    """int(a)."""
    return int(a)


def sym_float(a: Any) -> Any:
    """float(a)."""
    return float(a)


def sym_not(a: Any) -> Any:
    """not a."""
    return not a


def sym_max(a: Any, b: Any) -> Any:
    """max(a, b), a float if one of them is."""
    return float(builtins.max(a, b)) if isinstance(a, float) or isinstance(b, float) else builtins.max(a, b)


def sym_min(a: Any, b: Any) -> Any:
    """min(a, b), a float if one of them is."""
    return float(builtins.min(a, b)) if isinstance(a, float) or isinstance(b, float) else builtins.min(a, b)


def sym_ite(b: bool, t: Any, f: Any) -> Any:
    """t if b else f, which must be of one type."""
    if type(t) is not type(f):
        raise TypeError(f"sym_ite expects two values of one type, but got {type(t).__name__} and {type(f).__name__}")
    return t if b else f


def sym_sqrt(a: Any) -> float:
    """The square root."""
    return math.sqrt(a)


def sym_sum(args: Any) -> Any:
    """The sum of a list of numbers."""
    return builtins.sum(args)
