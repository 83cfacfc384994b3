"""`torch.masked`: reductions and normalisations of the elements that a mask (True: counts) lets through.

What is masked out is replaced by the reduction's identity, so a slice without elements gives that identity, and nan for
means, variances and softmax. Masks broadcast to the input. `MaskedTensor` is not here: its names raise when used.
Source: https://docs.pytorch.org/docs/stable/masked.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.base.defaults import defaults
from penlight.base.dims import whole
from penlight.base.dtypes import int64
from penlight.ledger.missing import module_getattr, placeholder
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.tensor import Tensor

__all__ = [
    "amax", "amin", "argmax", "argmin", "cumprod", "cumsum", "log_softmax", "logaddexp", "logsumexp", "mean", "median",
    "norm", "normalize", "prod", "softmax", "softmin", "std", "sum", "var",
]  # fmt: skip
_REASON = "use torch.where and boolean masks, or the functions of torch.masked with mask="
MaskedTensor, as_masked_tensor, is_masked_tensor, masked_tensor = (
    placeholder(f"torch.masked.{_name}", _REASON)
    for _name in ("MaskedTensor", "as_masked_tensor", "is_masked_tensor", "masked_tensor")
)
__getattr__ = module_getattr("torch.masked")
_NEGATIVE_INFINITY, _INFINITY = -float("inf"), float("inf")


def _dims(dim: Any, ndim: int) -> tuple[int, ...]:
    """The dimensions to reduce, wrapped and sorted; all of them for None and ()."""
    if dim is None or (isinstance(dim, tuple) and not dim):
        return tuple(range(ndim))
    wrapped: list[int] = []
    if isinstance(dim, (np.generic, np.ndarray)):
        raise ValueError(f"dim must be an int or a tuple of ints, not {type(dim).__name__}")
    for d in (dim,) if isinstance(dim, int) else tuple(dim):
        d = int(d) if isinstance(d, np.bool_) else whole(d, "dim", later=True)
        low, high = (-ndim, ndim - 1) if ndim else (-1, 0)
        if not low <= d <= high:
            raise IndexError(f"Dimension out of range (expected to be in range of [{low}, {high}], but got {d})")
        d = d % ndim if ndim else 0
        if d in wrapped:
            raise RuntimeError(f"dim={d} appears multiple times in the list of dims")
        wrapped.append(d)
    return tuple(sorted(wrapped)) if ndim else ()


def _first(dim: Any, ndim: int) -> int:
    """The one dimension of a function that knows no more: as in PyTorch the first of those that were given."""
    return (_dims(dim, ndim) or (0,))[0]


def _mask_of(input: Tensor, mask: Tensor) -> Tensor:
    if mask.ndim > input.ndim:
        raise IndexError(
            f"_input_mask expected broadcastable mask (got mask dimensionality higher than of the input): the mask has "
            f"{mask.ndim} dimensions, the input {input.ndim}"
        )
    return mask.bool().expand(input.shape)


def _fill(name: str, input: Tensor, mask: Any, identity: Any) -> Tensor:
    """The input with the identity where the mask is False; +-inf is the least or greatest value of an integer type."""
    if mask is None:
        return input
    if identity in (_INFINITY, _NEGATIVE_INFINITY) and not (input.is_floating_point() or input.is_complex()):
        if input.dtype.name == "bool":
            raise NotImplementedError(f"identity of {name} on {input.dtype!r} input")
        bits, signed = 8 * input.dtype.itemsize, input.dtype.is_signed
        greatest = 2 ** (bits - signed) - 1
        identity = greatest if identity > 0 else -greatest - 1 if signed else 0
    return input.masked_fill(~_mask_of(input, mask), identity)


def _cast(input: Tensor, dtype: Any) -> Tensor:
    return input if dtype is None or dtype is input.dtype else input.to(dtype=dtype)


def _summed(input: Tensor, dtype: Any) -> Any:
    """The result type of sums and products: int64 for integers and bool."""
    inexact = input.is_floating_point() or input.is_complex()
    return input.dtype if dtype is None and inexact else int64 if dtype is None else dtype


def sum(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The sum of the elements let through; 0 where there are none.

    >>> import penlight as torch
    >>> sum(torch.tensor([1.0, 2.0, 3.0]), 0, mask=torch.tensor([True, False, True]))
    tensor(4.)
    """
    dtype = _summed(input, dtype)
    return ops.sum(_fill("sum", input, mask, 0), _dims(dim, input.ndim), bool(keepdim), dtype=dtype)


def prod(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The product of the elements let through; 1 where there are none."""
    dtype = _summed(input, dtype)
    result = _fill("prod", input, mask, 1)
    for d in dim if isinstance(dim, (tuple, list)) else ():
        if getattr(d, "ndim", 0):
            raise TypeError(f"prod(): argument 'dim' must be int, not {type(d).__name__} of shape {tuple(d.shape)}")
    for d in reversed(_dims(dim, input.ndim)):
        result = ops.prod(result, d, bool(keepdim))
    return _cast(result, dtype)


def cumsum(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """Running sums that skip what is masked out."""
    dtype = input.dtype if dtype is None else dtype
    if dtype.name == "bool":
        raise NotImplementedError("\"cumsum_out_cpu\" not implemented for 'Bool'")
    d = _first(dim, input.ndim)
    return _cast(ops.cumsum(_fill("cumsum", input, mask, 0), d), dtype)


def cumprod(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """Running products that skip what is masked out."""
    dtype = input.dtype if dtype is None else dtype
    if dtype.name == "bool":
        raise NotImplementedError("\"cumprod_out_cpu\" not implemented for 'Bool'")
    d = _first(dim, input.ndim)
    return _cast(ops.cumprod(_fill("cumprod", input, mask, 1), d), dtype)


def amax(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The greatest of the elements let through; the least value of the dtype where there are none."""
    filled = _fill("amax", input, mask, _NEGATIVE_INFINITY)
    return _cast(ops.amax(filled, _dims(dim, input.ndim), bool(keepdim)), dtype)


def amin(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The least of the elements let through; the greatest value of the dtype where there are none."""
    filled = _fill("amin", input, mask, _INFINITY)
    return _cast(ops.amin(filled, _dims(dim, input.ndim), bool(keepdim)), dtype)


def argmax(
    input: Tensor, dim: int | None = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """Where the greatest element let through is, in the input's dtype if none is given."""
    filled = _fill("argmax", input, mask, _NEGATIVE_INFINITY)
    return _cast(ops.argmax(filled, dim, bool(keepdim)), input.dtype if dtype is None else dtype)


def argmin(
    input: Tensor, dim: int | None = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """Where the least element let through is, in the input's dtype if none is given."""
    filled = _fill("argmin", input, mask, _INFINITY)
    return _cast(ops.argmin(filled, dim, bool(keepdim)), input.dtype if dtype is None else dtype)


def _count(input: Tensor, mask: Tensor, dims: Any, keepdim: bool, dtype: Any) -> Tensor:
    return ops.sum(_mask_of(input, mask), dims, bool(keepdim), dtype=dtype)


def mean(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The mean of the elements let through; nan where there are none."""
    dtype = input.dtype if dtype is None else dtype
    if not (dtype.is_floating_point or dtype.is_complex):
        raise ValueError(
            "mean(): Could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: "
            f"{dtype}"
        )
    dims = _dims(dim, input.ndim)
    if mask is None:
        return ops.mean(input, dims, bool(keepdim), dtype=dtype)
    return sum(input, dim, keepdim=keepdim, dtype=dtype, mask=mask) / _count(input, mask, dim, keepdim, dtype)


def median(
    input: Tensor, dim: int = -1, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The (lower) median of the elements let through; nan where there are none.

    Raises: ValueError where there are none in a slice of integers.
    """
    input, d = _cast(input, dtype), _first(dim, input.ndim)
    if mask is None:
        return ops.median(input, d, keepdim).values
    if input.is_floating_point():
        return ops.nanmedian(_fill("median", input, mask, float("nan")), d, keepdim).values
    count = _count(input, mask, (d,), True, int64)
    if not bool((count > 0).all()):
        raise ValueError("masked median expects no fully masked out rows if dtype is not floating point")
    ordered = ops.sort(_fill("median", input, mask, _INFINITY), d).values
    result = ops.gather(ordered, d, (count - 1) // 2)
    return result if keepdim else result.squeeze(d)


def logsumexp(
    input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """log of the sum of exp of the elements let through; -inf where there are none."""
    filled = _fill("logsumexp", input, mask, _NEGATIVE_INFINITY)
    result = ops.logsumexp(filled, _dims(dim, input.ndim), keepdim)
    return _cast(result, input.dtype if dtype is None else dtype)


def logaddexp(
    input: Tensor,
    other: Tensor,
    *,
    dtype: Any = None,
    input_mask: Tensor | None = None,
    other_mask: Tensor | None = None,
) -> Tensor:
    """log(exp(input) + exp(other)), what is masked out counting as -inf."""
    result = ops.logaddexp(
        _fill("logaddexp", input, input_mask, _NEGATIVE_INFINITY),
        _fill("logaddexp", other, other_mask, _NEGATIVE_INFINITY),
    )
    return _cast(result, input.dtype if dtype is None else dtype)


def norm(
    input: Tensor,
    ord: float | None = 2.0,
    dim: Any = None,
    *,
    keepdim: bool = False,
    dtype: Any = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The vector norm of the elements let through. As in PyTorch they count as 0 (inf for ord=-inf) otherwise."""
    identity = _INFINITY if ord == _NEGATIVE_INFINITY else 0
    filled = _fill("norm", input, mask, identity)
    return ops.linalg_vector_norm(filled, ord, _dims(dim, input.ndim), bool(keepdim), dtype=dtype)


def var(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
    dtype: Any = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The variance of the elements let through, divided by their number - 1 (- correction); nan where that is 0."""
    return _variance(input, dim, unbiased, correction, keepdim, dtype, mask, False)


def std(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
    dtype: Any = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The square root of `var`."""
    return _variance(input, dim, unbiased, correction, keepdim, dtype, mask, True)


def _variance(
    input: Tensor, dim: Any, unbiased: Any, correction: Any, keepdim: bool, dtype: Any, mask: Any, root: bool
) -> Tensor:
    if unbiased is not None and correction is not None:
        raise ValueError("Only one of unbiased and correction may be given")
    correction = (1 if unbiased is None or unbiased else 0) if correction is None else correction
    correction = correction if isinstance(correction, int) else float(correction)
    inexact = input.is_floating_point() or input.is_complex()
    dtype = dtype or (input.dtype if inexact else defaults.float_dtype)
    computed = dtype if dtype.is_floating_point or dtype.is_complex else defaults.float_dtype
    dims = _dims(dim, input.ndim)
    if mask is None:
        function = ops.std if root else ops.var
        return _cast(function(_cast(input, computed), dims, correction=correction, keepdim=bool(keepdim)), dtype)
    count = _count(input, mask, dims, True, computed)
    centre = ops.sum(_fill("var", input, mask, 0), dims, True, dtype=computed) / count
    away = _cast(input, computed) - centre
    squares = sum(away * away.conj(), dim, keepdim=keepdim, dtype=computed, mask=mask)
    if squares.is_complex():
        squares = squares.real
    count = count if keepdim else count.reshape(squares.shape)
    count = count.real if count.is_complex() else count
    result = squares / ops.maximum(count - correction, count.new_zeros(()))
    result = result.sqrt() if root else result
    return _cast(result, dtype)


def _normalized(name: str, function: Callable, identity: float, doc: str) -> Callable[..., Tensor]:
    def normalized(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
        d = _first(dim, input.ndim)
        return function(_fill("amax" if identity < 0 else "amin", input, mask, identity), d, dtype)

    normalized.__name__ = normalized.__qualname__ = name
    normalized.__doc__ = doc
    return normalized


softmax = _normalized(
    "softmax", lambda x, d, dtype: ops.softmax(x, d, dtype), _NEGATIVE_INFINITY,
    "exp(x) / sum exp(x) over the elements let through; 0 for the others, nan where there are none.",
)  # fmt: skip
log_softmax = _normalized(
    "log_softmax", lambda x, d, dtype: ops.log_softmax(x, d, dtype), _NEGATIVE_INFINITY,
    "The logarithm of `softmax`.",
)  # fmt: skip
softmin = _normalized(
    "softmin", lambda x, d, dtype: ops.softmax(-x, d, dtype), _INFINITY,
    "The softmax of -x over the elements let through.",
)  # fmt: skip


def normalize(
    input: Tensor, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None, mask: Tensor | None = None
) -> Tensor:
    """The elements let through, divided by max(their norm, eps)."""
    length = norm(input, ord, dim, keepdim=True, dtype=dtype, mask=mask)
    return _fill("sum", input, mask, 0) / ops.maximum(length, length.new_full((), eps))
