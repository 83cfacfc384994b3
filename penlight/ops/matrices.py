"""What the linear algebra ops share: checks, triangular substitution, LU elimination, transposes."""

from __future__ import annotations

import math

from penlight.base import dtypes
from penlight.base.dtypes import from_numpy
from penlight.base.errors import LinAlgError
from penlight.return_types import __dict__ as return_types

__all__ = [
    "check_floating", "check_matrix", "check_square", "eliminate", "mh", "mt", "named", "narrow", "positive_definite_error",
    "singular_error", "substitute",
]  # fmt: skip


def named(name, values):
    """Several results as the named tuple of `torch.return_types`."""
    return return_types[name](*values)


def narrow(k, value, dim, start, length):
    """`k.narrow` with `dim` counted from the end: ops over raw arrays want it wrapped."""
    return k.narrow(value, dim % value.ndim, start, length)


def mt(k, value):
    """The transpose of the last two dimensions."""
    return k.transpose(value, value.ndim - 2, value.ndim - 1)


def mh(k, value):
    """The conjugate transpose of the last two dimensions."""
    return k.conj(mt(k, value))


def _dtype_of(value):
    d = value.dtype
    return d if isinstance(d, dtypes.dtype) else from_numpy(d)


def check_floating(name, value, low_precision=False):
    d = _dtype_of(value)
    if d.category not in (dtypes.FLOAT, dtypes.COMPLEX):
        raise NotImplementedError(f"{name}: Expected a floating point or complex tensor as input. Got {d.legacy}")
    if d.itemsize < 4 and not low_precision:
        raise NotImplementedError(f"{name}: Low precision dtypes not supported. Got {d.legacy}")


def check_matrix(name, value, argument="A"):
    if value.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor {argument} must have at least 2 dimensions.")


def check_square(name, value, argument="A"):
    check_matrix(name, value, argument)
    if value.shape[-1] != value.shape[-2]:
        raise RuntimeError(
            f"{name}: {argument} must be batches of square matrices, but they are {value.shape[-2]} by {value.shape[-1]} "
            "matrices"
        )
    check_floating(name, value)


def _batch_element(info):
    """(index, code) of the first failing matrix, and how PyTorch names it."""
    flat = info.reshape(-1)
    index = int((flat != 0).argmax())
    return int(flat[index]), f"(Batch element {index}): " if info.ndim else ""


def singular_error(name, info):
    code, where = _batch_element(info)
    return LinAlgError(
        f"{name}: {where}The diagonal element {code} is zero, the inversion could not be completed because the input "
        "matrix is singular."
    )


def positive_definite_error(name, info):
    code, where = _batch_element(info)
    return LinAlgError(
        f"{name}: {where}The factorization could not be completed because the input is not positive-definite (the leading "
        f"minor of order {code} is not positive-definite)."
    )


def eliminate(xp, A):
    """LU with partial pivoting of batches of matrices: (LU in one, pivots from 1, info: the first zero pivot or 0)."""
    LU = xp.array(A)
    *batch, m, n = LU.shape
    count = min(m, n)
    flat = LU.reshape(math.prod(batch), m, n)
    pivots = xp.empty((len(flat), count), "int32")
    info = xp.zeros(len(flat), "int32")
    every = xp.arange(len(flat))
    for j in range(count):
        column = flat[:, j:, j]
        # LAPACK compares |re| + |im|
        size = xp.abs(column.real) + xp.abs(column.imag) if LU.dtype.kind == "c" else xp.abs(column)
        pivot = size.argmax(1) + j
        pivots[:, j] = pivot + 1
        rows = flat[every, pivot]
        flat[every, pivot] = flat[:, j]
        flat[:, j] = rows
        divisor = flat[:, j, j]
        zero = divisor == 0
        info = xp.where((info == 0) & zero, j + 1, info)
        if j + 1 < m:
            flat[:, j + 1 :, j] /= xp.where(zero, 1, divisor)[:, None]
            flat[:, j + 1 :, j + 1 :] -= flat[:, j + 1 :, j, None] * flat[:, j, None, j + 1 :]
    return flat.reshape(LU.shape), pivots.reshape(*batch, count), info.reshape(batch).astype("int32")


def substitute(xp, A, B, upper, unit=False):
    """Solve A X = B for triangular A by substitution, row by row; zeros on the diagonal give inf and NaN."""
    n = A.shape[-1]
    batch = xp.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    A = xp.broadcast_to(A, (*batch, n, n))
    X = xp.array(xp.broadcast_to(B, (*batch, *B.shape[-2:])))
    with xp.errstate(all="ignore"):
        for i in range(n - 1, -1, -1) if upper else range(n):
            known = slice(i + 1, n) if upper else slice(0, i)
            X[..., i, :] -= xp.matmul(A[..., i, None, known], X[..., known, :])[..., 0, :]
            if not unit:
                X[..., i, :] /= A[..., i, i, None]
    return X
