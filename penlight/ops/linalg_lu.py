"""LU factorisation and what is solved with it."""

from __future__ import annotations

import math

from penlight.base.warning import warn_once
from penlight.ops.matrices import (
    batch_element,
    check_floating,
    check_matrix,
    check_square,
    eliminate,
    mh,
    mt,
    named,
    narrow,
)  # fmt: skip
from penlight.ops.table import composite, op

__all__: list[str] = []

# --- LU --------------------------------------------------------------------------------------------------------------


def _lu_gradient(k, g_L, g_U, L, U, m, n):
    """Of A with P^T A = L U, in the row order of L U."""
    r = min(m, n)
    if m == n:
        phi = k.tril(k.matmul(mh(k, L), g_L), -1) + k.triu(k.matmul(g_U, mh(k, U)))
        left = k._solve_triangular(mh(k, L), phi, True, True)
        return k._solve_triangular(mh(k, U), left, False, False, False)
    if m < n:  # wide: A = L [U1 | U2]
        U1, U2 = narrow(k, U, -1, 0, r), narrow(k, U, -1, r, n - r)
        g_1, g_2 = narrow(k, g_U, -1, 0, r), narrow(k, g_U, -1, r, n - r)
        phi = k.tril(k.matmul(mh(k, L), g_L) - k.matmul(g_2, mh(k, U2)), -1) + k.triu(k.matmul(g_1, mh(k, U1)))
        inner = k._solve_triangular(mh(k, U1), phi, False, False, False)
        return k._solve_triangular(mh(k, L), k.cat([inner, g_2], inner.ndim - 1), True, True)
    L1, L2 = narrow(k, L, -2, 0, r), narrow(k, L, -2, r, m - r)  # tall: A = [L1; L2] U
    g_1, g_2 = narrow(k, g_L, -2, 0, r), narrow(k, g_L, -2, r, m - r)
    phi = k.tril(k.matmul(mh(k, L1), g_1), -1) + k.triu(k.matmul(g_U, mh(k, U)) - k.matmul(mh(k, L2), g_2))
    inner = k._solve_triangular(mh(k, L1), phi, True, True)
    return k._solve_triangular(mh(k, U), k.cat([inner, g_2], inner.ndim - 2), False, False, False)


def _split(k, LU):
    m, n = LU.shape[-2:]
    r = min(m, n)
    L = k.tril(narrow(k, LU, -1, 0, r), -1)
    return L + k._eye_like(L.detach() if hasattr(L, "detach") else L), k.triu(narrow(k, LU, -2, 0, r))


@op("_eye_like(Tensor input)", on="", half="direct")
def _eye_like(xp, input):
    """Ones on the diagonal, of the input's shape."""
    return xp.broadcast_to(xp.eye(*input.shape[-2:], dtype=input.dtype), input.shape)


def _lu_factor_rule(k, g, LU, pivots):
    L, U = _split(k, LU)
    m, n = LU.shape[-2:]
    r = min(m, n)
    d = _lu_gradient(k, k.tril(narrow(k, g, -1, 0, r), -1), k.triu(narrow(k, g, -2, 0, r)), L, U, m, n)
    return k.matmul(k._permutation(pivots, d), d)


@op(
    "_lu_factor(Tensor A)",
    half="direct",
    dense="columns",
    on="",
    outputs="LU pivots info",
    non_differentiable="pivots info",
    grad_name="LinalgLuFactorExBackward0",
    vjp={"A": _lu_factor_rule},
)
def _lu_factor(xp, A):
    """L below and U above the diagonal of one matrix, row exchanges counted from 1, the first zero pivot."""
    return eliminate(xp, A)


@op("_permutation(Tensor pivots, Tensor like)", on="", half="direct")
def _permutation(xp, pivots, like):
    """The matrix P of A = P L U, in the dtype of `like` and with its row count."""
    m = like.shape[-2]
    flat = pivots.reshape(math.prod(pivots.shape[:-1]), pivots.shape[-1])
    order = xp.tile(xp.arange(m), (len(flat), 1))
    every = xp.arange(len(flat))
    for j in range(flat.shape[1]):
        at = flat[:, j] - 1
        order[:, j], order[every, at] = order[every, at], order[:, j].copy()
    P = xp.zeros((len(flat), m, m), like.dtype)
    P[every[:, None], order, xp.arange(m)] = 1
    return P.reshape(*pivots.shape[:-1], m, m)


def _check_lu(name, A, pivot):
    check_matrix(name, A)
    check_floating(name, A)
    if not pivot and all(A.shape):
        raise RuntimeError(f"{name}: LU without pivoting is not implemented on the CPU")


@composite("linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False)", on="linalg", out=True)
def linalg_lu_factor_ex(k, A, pivot=True, check_errors=False):
    """(LU, pivots, info).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lu_factor_ex.html
    """
    _check_lu("linalg.lu_factor", A, pivot)
    found = k._lu_factor(A)
    if check_errors:
        _raise_zero_pivot("lu_factor_ex", found[2])
    return named("linalg_lu_factor_ex", found)


def _raise_zero_pivot(name, info):
    if bool((info != 0).any()):
        i, where = batch_element(info._a)
        raise RuntimeError(
            f"torch.linalg.{name}: {where}U[{i},{i}] is zero and using it on lu_solve would result in a division by zero. If "
            "you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, "
            "pivot)"
        )


@composite("linalg_lu_factor(Tensor A, *, bool pivot=True)", on="linalg", out=True)
def linalg_lu_factor(k, A, pivot=True):
    """(LU, pivots) of A = P L U.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lu_factor.html
    """
    _check_lu("linalg.lu_factor", A, pivot)
    LU, pivots, info = k._lu_factor(A)
    _raise_zero_pivot("lu_factor", info)
    return named("linalg_lu_factor", (LU, pivots))


@composite("linalg_lu(Tensor A, *, bool pivot=True)", on="linalg", out=True)
def linalg_lu(k, A, pivot=True):
    """(P, L, U) with A = P L U.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lu.html
    """
    _check_lu("linalg.lu_factor", A, pivot)
    LU, pivots, _ = k._lu_factor(A)
    L, U = _split(k, LU)
    P = k._permutation(pivots, LU.detach()) if pivot else k._nothing_like(LU.detach())
    return named("linalg_lu", (P, L, U))


@composite("lu(Tensor A, bool pivot=True, bool|any get_infos=False)", out=True)
def lu(k, A, pivot=True, get_infos=False):
    """(LU, pivots), and info when asked for; also of singular matrices.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.lu.html
    """
    warn_once(
        "torch.lu is deprecated in favor of torch.linalg.lu_factor / torch.linalg.lu_factor_ex and will be removed in a "
        "future PyTorch release."
    )
    _check_lu("linalg.lu_factor", A, pivot)
    found = k._lu_factor(A)
    return named("_lu_with_info", found) if get_infos else tuple(found[:2])


@composite(
    "lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True)", on="torch", out=True
)
def lu_unpack(k, LU_data, LU_pivots, unpack_data=True, unpack_pivots=True):
    """(P, L, U) from what `torch.linalg.lu_factor` gives.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.lu_unpack.html
    """
    nothing = k._nothing_like(LU_data.detach())
    if unpack_pivots and LU_pivots.dtype.name != "int32":
        raise RuntimeError(
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\nNote: this function "
            f"is intended to be used with the output produced by torch.linalg.lu_factor; got {LU_pivots.dtype!r}"
        )
    P = k._permutation(LU_pivots, LU_data.detach()) if unpack_pivots else nothing
    L, U = _split(k, LU_data) if unpack_data else (nothing, nothing)
    return named("lu_unpack", (P, L, U))


@op("_nothing_like(Tensor input)", on="", half="direct")
def _nothing_like(xp, input):
    """An empty tensor of the input's dtype."""
    return xp.empty(0, input.dtype)


@composite(
    "linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False)", on="linalg", out=True
)
def linalg_lu_solve(k, LU, pivots, B, left=True, adjoint=False):
    """X with A X = B (X A = B, or with A^H) from A's LU.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lu_solve.html
    """
    check_square("torch.linalg.lu_solve", LU, "LU")
    check_matrix("linalg.lu_solve", B, "B")
    if LU.dtype is not B.dtype:
        raise RuntimeError(
            f"linalg.lu_solve: Expected LU and B to have the same dtype, but found LU of type {LU.dtype.legacy} and B of type "
            f"{B.dtype.legacy} instead"
        )
    if not left:  # X A = B is A^H X^H = B^H
        return mh(k, k.linalg_lu_solve(LU, pivots, mh(k, B), left=True, adjoint=not adjoint))
    if LU.shape[-1] != B.shape[-2]:
        raise RuntimeError(
            f"linalg.lu_solve: Incompatible shapes of A and B for the equation AX = B ({LU.shape[-2]}x{LU.shape[-1]} and "
            f"{B.shape[-2]}x{B.shape[-1]})"
        )
    P = k._permutation(pivots, LU.detach())
    batch = k.broadcast_shapes(LU.shape[:-2], B.shape[:-2])
    LU, B = k.expand(LU, (*batch, *LU.shape[-2:])), k.expand(B, (*batch, *B.shape[-2:]))
    L, U = _split(k, LU)
    if adjoint:
        X = k._solve_triangular(mh(k, L), k._solve_triangular(mh(k, U), B, False, False), True, True)
        return mt(k, k.matmul(mt(k, X), mt(k, P)))
    return k._solve_triangular(U, k._solve_triangular(L, k.matmul(mt(k, P), B), False, True), True, False)


@composite("lu_solve(Tensor input, Tensor LU_data, Tensor LU_pivots)", out=True)
def lu_solve(k, input, LU_data, LU_pivots):
    """`torch.linalg.lu_solve` with its arguments in another order."""
    return k.linalg_lu_solve(LU_data, LU_pivots, input)
