"""What the linear algebra ops share: checks, triangular substitution, LU elimination, transposes."""

from __future__ import annotations

import math

from penlight.base import dtypes
from penlight.base.dtypes import from_numpy
from penlight.base.errors import LinAlgError
from penlight.return_types import __dict__ as return_types

__all__ = [
    "batch_element", "check_floating", "check_matrix", "check_square", "check_system", "columns", "eliminate", "is_vector",
    "lu_solve", "mh", "mt", "named", "narrow", "positive_definite_error", "singular_error", "substitute",
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
    return k.conjugate(mt(k, value))


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


def check_system(name, A, B):
    """That A X = B has one dtype, a square A and as many rows in B."""
    if B.dtype is not A.dtype:
        raise RuntimeError(
            f"Expected b and A to have the same dtype, but found b of type {B.dtype.legacy} and A of type {A.dtype.legacy} "
            "instead."
        )
    if A.shape[-1] != A.shape[-2]:
        check_square(name, A)
    if B.ndim < 2:
        raise IndexError(f"{name}: Expected B to have at least 2 dimensions, but it has {B.ndim}")
    if A.shape[-1] != B.shape[-2]:
        raise RuntimeError(
            f"Incompatible matrix sizes for {name}: each A matrix is {A.shape[-2]} by {A.shape[-1]} but each b matrix is "
            f"{B.shape[-2]} by {B.shape[-1]}"
        )


def is_vector(A, B):
    """Whether B in A X = B is a vector, or a batch of vectors."""
    return B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))


def batch_element(info):
    """(index, code) of the first failing matrix, and how PyTorch names it."""
    flat = info.reshape(-1)
    index = int((flat != 0).argmax())
    return int(flat[index]), f"(Batch element {index}): " if info.ndim else ""


def singular_error(name, info):
    code, where = batch_element(info)
    return LinAlgError(
        f"{name}: {where}The diagonal element {code} is zero, the inversion could not be completed because the input "
        "matrix is singular."
    )


def positive_definite_error(name, info):
    code, where = batch_element(info)
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
        if (size != size).any():  # NaN is never greater, nor is anything greater than one in front
            first = size[:, :1] != size[:, :1]
            size = xp.where(size != size, -1, size)
            size[:, :1][first] = xp.inf
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


def lu_solve(xp, LU, pivots, B):
    """X with A X = B from what `eliminate` gives for A, of one batch shape; zero pivots give inf and NaN."""
    X = xp.array(B)
    flat = X.reshape(math.prod(X.shape[:-2]), *X.shape[-2:])
    every, places = xp.arange(len(flat)), pivots.reshape(len(flat), -1) - 1
    for j in range(places.shape[1]):
        at = places[:, j]
        flat[every, j], flat[every, at] = flat[every, at], flat[every, j]
    return substitute(xp, LU, substitute(xp, LU, flat.reshape(X.shape), False, True), True)


def columns(xp, value):
    """Matrices one column after the other in memory, as LAPACK leaves them."""
    return xp.swapaxes(xp.ascontiguousarray(xp.swapaxes(value, -1, -2)), -1, -2)


def substitute(xp, A, B, upper, unit=False):
    """Solve A X = B for triangular A by substitution, row by row; zeros on the diagonal give inf and NaN. X in columns."""
    n = A.shape[-1]
    batch = xp.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    A = xp.broadcast_to(A, (*batch, n, n))
    X = xp.empty((*batch, B.shape[-1], n), B.dtype).swapaxes(-1, -2)
    X[...] = B
    with xp.errstate(all="ignore"):
        for i in range(n - 1, -1, -1) if upper else range(n):
            known = slice(i + 1, n) if upper else slice(0, i)
            X[..., i, :] -= xp.matmul(A[..., i, None, known], X[..., known, :])[..., 0, :]
            if not unit:
                X[..., i, :] /= A[..., i, i, None]
    return X
