"""Inverses, linear systems, determinants, Cholesky, LU."""

from __future__ import annotations

from penlight.base.errors import LinAlgError
from penlight.ops.matrices import (
    check_floating, check_matrix, check_square, eliminate, mh, mt, named, positive_definite_error, singular_error, substitute,
)  # fmt: skip
from penlight.ops.statistics import pick
from penlight.ops.table import composite, op

__all__: list[str] = []


# --- inverse and solve -----------------------------------------------------------------------------------------------


@op(
    "_inv(Tensor A, str name, bool check)",
    on="",
    outputs="inverse info",
    non_differentiable="info",
    grad_name="LinalgInvExBackward0",
    vjp={"A": lambda k, g, inverse: -k.matmul(k.matmul(mh(k, inverse), g), mh(k, inverse))},
)
def _inv(xp, A, name, check):
    """The inverse, and per matrix 0 or which pivot is zero."""
    check_square(name, A)
    info = xp.zeros(A.shape[:-2], "int32")
    try:
        return xp.linalg.inv(A), info
    except xp.linalg.LinAlgError:
        info = eliminate(xp, A)[2]
        if check:
            raise singular_error(name, info) from None
    result = xp.full(A.shape, xp.nan, A.dtype)
    for at in xp.ndindex(info.shape):
        if not info[at]:
            result[at] = xp.linalg.inv(A[at])
    return result, info


@composite("linalg_inv(Tensor A)", on="linalg", out=True)
def linalg_inv(k, A):
    """The inverse of square matrices. Shape: (*, n, n) -> same.

    Raises: torch.linalg.LinAlgError for a singular matrix.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.inv.html
    """
    return k._inv(A, "linalg.inv", True)[0]


@composite("inverse(Tensor input)", out=True)
def inverse(k, input):
    """`torch.linalg.inv`."""
    return k._inv(input, "linalg.inv", True)[0]


@composite("linalg_inv_ex(Tensor A, *, bool check_errors=False)", on="linalg", out=True)
def linalg_inv_ex(k, A, check_errors=False):
    """(inverse, info): info is 0, or which diagonal element of U is zero.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.inv_ex.html
    """
    return named("linalg_inv_ex", k._inv(A, "linalg.inv_ex", check_errors))


def _solve_rule(k, g, need, A, result, left):
    if left:
        d_B = k._solve(mh(k, A), g, True)
        d_A = -k.matmul(d_B, mh(k, result)) if need[0] else None
    else:
        d_B = k._solve(mh(k, A), g, False)
        d_A = -k.matmul(mh(k, result), d_B) if need[0] else None
    return d_A, d_B if need[1] else None


@op("_solve(Tensor A, Tensor B, bool left)", on="", outputs="result", grad_name="LinalgSolveExBackward0", joint=_solve_rule)
def _solve(xp, A, B, left):
    """A X = B, or X A = B; both of one batch shape, B of matrices."""
    if not left:
        return xp.swapaxes(_solve.kernel(xp, xp.swapaxes(A, -1, -2), xp.swapaxes(B, -1, -2), True), -1, -2)
    try:
        return xp.linalg.solve(A, B)
    except xp.linalg.LinAlgError:
        info = eliminate(xp, A)[2]
        index = int((info.reshape(-1) != 0).argmax())
        where = f"(Batch element {index}): " if info.ndim else ""
        raise LinAlgError(
            f"torch.linalg.solve: {where}The solver failed because the input matrix is singular."
        ) from None


def _is_vector(A, B):
    return B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))


def _joint_batch(k, A, B):
    batch = k.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    return k.expand(A, (*batch, *A.shape[-2:])), k.expand(B, (*batch, *B.shape[-2:]))


@composite("linalg_solve(Tensor A, Tensor B, *, bool left=True)", on="linalg", out=True)
def linalg_solve(k, A, B, left=True):
    """X with A X = B (or X A = B). Shape: (*, n, n), (*, n, k) or (*, n) -> as B.

    Raises: torch.linalg.LinAlgError for a singular matrix.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve.html
    """
    check_square("linalg.solve", A)
    if A.dtype is not B.dtype:
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found A of type {A.dtype.legacy} and B of type "
            f"{B.dtype.legacy} instead"
        )
    vector = _is_vector(A, B)
    if vector and not left:
        raise RuntimeError(
            "linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. In this case "
            "linalg.solve is equivalent to B / A.squeeze(-1)"
        )
    if vector:
        B = k.unsqueeze(B, -1)
    elif B.ndim < 2:
        raise RuntimeError("linalg.solve: The input tensor B must have at least 2 dimensions.")
    if B.shape[-2 if left else -1] != A.shape[-1]:
        equation = "AX = B" if left else "XA = B"
        raise RuntimeError(
            f"linalg.solve: Incompatible shapes of A and B for the equation {equation} ({A.shape[-2]}x{A.shape[-1]} and "
            f"{B.shape[-2]}x{B.shape[-1]})"
        )
    result = k._solve(*_joint_batch(k, A, B), left)
    return k.squeeze(result, -1) if vector else result


@composite("linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False)", on="linalg")
def linalg_solve_ex(k, A, B, left=True, check_errors=False):
    """(result, info). A singular matrix raises also without `check_errors`: PyTorch returns unspecified values there.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve_ex.html
    """
    result = k.linalg_solve(A, B, left=left)
    return named("linalg_solve_ex", (result, k._zero_info(A.detach())))


@op("_zero_info(Tensor A)", on="", half="direct")
def _zero_info(xp, A):
    """Zeros, one per matrix, as int32."""
    return xp.zeros(A.shape[:-2], "int32")


def _triangle(k, value, upper, unit):
    if upper:
        return k.triu(value, 1 if unit else 0)
    return k.tril(value, -1 if unit else 0)


def _triangular_rule(k, g, need, A, out, upper, unit):
    d_B = k._solve_triangular(mh(k, A), g, not upper, unit)
    d_A = _triangle(k, -k.matmul(d_B, mh(k, out)), upper, unit) if need[0] else None
    return d_A, d_B if need[1] else None


@op(
    "_solve_triangular(Tensor A, Tensor B, bool upper, bool unit)",
    on="",
    grad_name="LinalgSolveTriangularBackward0",
    joint=_triangular_rule,
)
def _solve_triangular(xp, A, B, upper, unit):
    """A X = B for triangular A; both of one batch shape."""
    return substitute(xp, A, B, upper, unit)


@composite(
    "linalg_solve_triangular(Tensor A, Tensor B, *, bool upper, bool left=True, bool unitriangular=False)",
    on="linalg",
    out=True,
)
def linalg_solve_triangular(k, A, B, upper, left=True, unitriangular=False):
    """X with A X = B (or X A = B) for triangular A. Shape: (*, n, n), (*, n, k) -> (*, n, k).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve_triangular.html
    """
    check_square("linalg.solve_triangular", A)
    check_matrix("linalg.solve_triangular", B, "B")
    if B.shape[-2 if left else -1] != A.shape[-1]:
        equation = "AX = B" if left else "XA = B"
        raise RuntimeError(
            f"linalg.solve_triangular: Incompatible shapes of A and B for the equation {equation} "
            f"({A.shape[-2]}x{A.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})"
        )
    A, B = _joint_batch(k, A, B)
    if left:
        return k._solve_triangular(A, B, upper, unitriangular)
    return mt(k, k._solve_triangular(mt(k, A), mt(k, B), not upper, unitriangular))


@composite(
    "triangular_solve(Tensor input, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False)", out=True
)
def triangular_solve(k, input, A, upper=True, transpose=False, unitriangular=False):
    """(X, a copy of A) with A X = input for triangular A; `torch.linalg.solve_triangular` is its successor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.triangular_solve.html
    """
    check_matrix("torch.triangular_solve", A)
    check_matrix("torch.triangular_solve", input, "b")
    a, b = _joint_batch(k, A, input)
    a_used, up = (mt(k, a), not upper) if transpose else (a, upper)
    return named("triangular_solve", (k._solve_triangular(a_used, b, up, unitriangular), k.clone(a)))


# --- determinants ----------------------------------------------------------------------------------------------------


def _det_rule(k, g, A, out):
    g = k.unsqueeze(k.unsqueeze(g, -1), -1)
    if not bool((out == 0).any()):
        d = k.unsqueeze(k.unsqueeze(out, -1), -1)
        return g * k.conj(d) * mh(k, k._inv(A, "linalg.det", True)[0])
    # the cofactors from A = U S V^H: det(U) det(V^H) U diag(products of the other singular values) V^H, conjugated
    U, S, Vh = k._svd(A, True)
    n = S.shape[-1]
    columns = []
    for i in range(n):
        others = [k.select(S, -1, j) for j in range(n) if j != i]
        total = k.select(S, -1, i) * 0 + 1
        for other in others:
            total = total * other
        columns.append(total)
    others = k.unsqueeze(k.stack(columns, -1), -2)
    phase = k.unsqueeze(k.unsqueeze(k.conj(k.linalg_det(U) * k.linalg_det(Vh)), -1), -1)
    return g * phase * k.matmul(U * others, Vh)


@op("linalg_det(Tensor A)", on="linalg", out=True, vjp={"A": _det_rule})
def linalg_det(xp, A):
    """The determinant. Shape: (*, n, n) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.det.html
    """
    check_square("linalg.det", A)
    return xp.linalg.det(A)


@composite("det(Tensor input)")
def det(k, input):
    """`torch.linalg.det`."""
    return k.linalg_det(input)


def _slogdet_rule(k, g, A, sign):
    g_sign, g_log = pick(g, 0), pick(g, 1)
    inverse = mh(k, k._inv(A, "linalg.slogdet", True)[0])
    if A.dtype.kind == "c" if hasattr(A.dtype, "kind") else A.dtype.is_complex:
        factor = 0.0 if g_log is None else g_log
        if g_sign is not None:  # d sign = i sign d(angle)
            factor = factor - k.imag(k.conj(g_sign) * sign) * 1j
        return (k.unsqueeze(k.unsqueeze(factor, -1), -1) * inverse,)
    return (None if g_log is None else k.unsqueeze(k.unsqueeze(g_log, -1), -1) * inverse,)


@op(
    "linalg_slogdet(Tensor A)",
    on="linalg",
    outputs="sign logabsdet",
    returns="linalg_slogdet",
    out=True,
    joint=_slogdet_rule,
)
def linalg_slogdet(xp, A):
    """(sign, log|determinant|).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.slogdet.html
    """
    check_square("linalg.slogdet", A)
    sign, logabsdet = xp.linalg.slogdet(A)
    return sign, logabsdet


@composite("slogdet(Tensor input)")
def slogdet(k, input):
    """`torch.linalg.slogdet`."""
    return named("slogdet", k.linalg_slogdet(input))


@composite("logdet(Tensor input)")
def logdet(k, input):
    """log(determinant): NaN where it is negative.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.logdet.html
    """
    check_square("logdet", input)
    sign, logabsdet = k.linalg_slogdet(input)
    if input.dtype.is_complex:
        return k.log(sign) + logabsdet
    return k.where(sign == -1.0, float("nan"), logabsdet)


# --- Cholesky --------------------------------------------------------------------------------------------------------


def _cholesky_rule(k, g, L, upper):
    if upper:
        g, L = mh(k, g), mh(k, L)
    P = k.matmul(mh(k, L), g)
    P = k.tril(P) - k.diag_embed(k.diagonal(P, 0, -2, -1)) * 0.5
    Lh = mh(k, L)
    S = k._solve_triangular(Lh, P, True, False)  # L^-H P
    S = mh(k, k._solve_triangular(Lh, mh(k, S), True, False))  # L^-H P L^-1
    return (S + mh(k, S)) * 0.5


@op(
    "_cholesky(Tensor A, bool upper, str name, bool check)",
    on="",
    outputs="L info",
    non_differentiable="info",
    grad_name="LinalgCholeskyExBackward0",
    vjp={"A": _cholesky_rule},
)
def _cholesky(xp, A, upper, name, check):
    """L with A = L L^H from the lower triangle (or U = L^H from the upper one), and where it failed."""
    check_square(name, A)
    if upper:
        A = xp.conj(xp.swapaxes(A, -1, -2))
    info = xp.zeros(A.shape[:-2], "int32")
    try:
        L = xp.linalg.cholesky(A)
    except xp.linalg.LinAlgError:
        L = xp.zeros_like(A)
        for at in xp.ndindex(info.shape):
            L[at], info[at] = _cholesky_by_rows(xp, A[at])
        if check:
            raise positive_definite_error(name, info) from None
    return (xp.conj(xp.swapaxes(L, -1, -2)) if upper else L), info


def _cholesky_by_rows(xp, A):
    """(L, order of the first leading minor that is not positive, or 0); L is undone from there on."""
    L = xp.tril(A)
    for j in range(len(A)):
        pivot = (A[j, j] - (L[j, :j] * L[j, :j].conj()).sum()).real
        if not pivot > 0:
            return L, j + 1
        L[j, j] = xp.sqrt(pivot)
        L[j + 1 :, j] = (A[j + 1 :, j] - L[j + 1 :, :j] @ L[j, :j].conj()) / L[j, j]
    return L, 0


@composite("linalg_cholesky(Tensor A, *, bool upper=False)", on="linalg", out=True)
def linalg_cholesky(k, A, upper=False):
    """L with A = L L^H, for positive-definite matrices. Shape: (*, n, n) -> same.

    Raises: torch.linalg.LinAlgError where A is not positive-definite.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.cholesky.html
    """
    return k._cholesky(A, upper, "linalg.cholesky", True)[0]


@composite("cholesky(Tensor input, bool upper=False)", out=True)
def cholesky(k, input, upper=False):
    """`torch.linalg.cholesky`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cholesky.html
    """
    return k._cholesky(input, upper, "cholesky", True)[0]


@composite("linalg_cholesky_ex(Tensor A, *, bool upper=False, bool check_errors=False)", on="linalg", out=True)
def linalg_cholesky_ex(k, A, upper=False, check_errors=False):
    """(L, info): info is 0, or the order of the leading minor that is not positive-definite.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.cholesky_ex.html
    """
    return named("linalg_cholesky_ex", k._cholesky(A, upper, "linalg.cholesky_ex", check_errors))


@composite("cholesky_solve(Tensor B, Tensor L, bool upper=False)", out=True)
def cholesky_solve(k, B, L, upper=False):
    """X with L L^H X = B (or U^H U X = B).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cholesky_solve.html
    """
    for name, value in (("b", B), ("u", L)):
        if value.ndim < 2:
            raise RuntimeError(f"{name} should have at least 2 dimensions, but has {value.ndim} dimensions instead")
    check_square("cholesky_solve", L)
    if L.shape[-1] != B.shape[-2]:
        raise RuntimeError(
            f"Incompatible matrix sizes for cholesky_solve: each A matrix is {L.shape[-1]} by {L.shape[-1]} but each b "
            f"matrix is {B.shape[-2]} by {B.shape[-1]}"
        )
    L, B = _joint_batch(k, L, B)
    lower = mh(k, L) if upper else L
    middle = k._solve_triangular(lower, B, False, False)
    return k._solve_triangular(mh(k, lower), middle, True, False)


@composite("cholesky_inverse(Tensor L, bool upper=False)", out=True)
def cholesky_inverse(k, L, upper=False):
    """(L L^H)^-1.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cholesky_inverse.html
    """
    check_square("cholesky_inverse", L)
    return k.cholesky_solve(k._identity_like(L.detach()), L, upper)


# --- LU --------------------------------------------------------------------------------------------------------------


def _lu_gradient(k, g_L, g_U, L, U, m, n):
    """Of A with P^T A = L U, in the row order of L U."""
    r = min(m, n)
    if m == n:
        phi = k.tril(k.matmul(mh(k, L), g_L), -1) + k.triu(k.matmul(g_U, mh(k, U)))
        left = k._solve_triangular(mh(k, L), phi, True, True)
        return mh(k, k._solve_triangular(U, mh(k, left), True, False))
    if m < n:  # wide: A = L [U1 | U2]
        U1, U2 = k.narrow(U, -1, 0, r), k.narrow(U, -1, r, n - r)
        g_1, g_2 = k.narrow(g_U, -1, 0, r), k.narrow(g_U, -1, r, n - r)
        phi = k.tril(k.matmul(mh(k, L), g_L) - k.matmul(g_2, mh(k, U2)), -1) + k.triu(k.matmul(g_1, mh(k, U1)))
        inner = mh(k, k._solve_triangular(U1, mh(k, phi), True, False))
        return k._solve_triangular(mh(k, L), k.cat([inner, g_2], -1), True, True)
    L1, L2 = k.narrow(L, -2, 0, r), k.narrow(L, -2, r, m - r)  # tall: A = [L1; L2] U
    g_1, g_2 = k.narrow(g_L, -2, 0, r), k.narrow(g_L, -2, r, m - r)
    phi = k.tril(k.matmul(mh(k, L1), g_1), -1) + k.triu(k.matmul(g_U, mh(k, U)) - k.matmul(mh(k, L2), g_2))
    inner = k._solve_triangular(mh(k, L1), phi, True, True)
    return mh(k, k._solve_triangular(U, mh(k, k.cat([inner, g_2], -2)), True, False))


def _split(k, LU):
    m, n = LU.shape[-2:]
    r = min(m, n)
    L = k.tril(k.narrow(LU, -1, 0, r), -1)
    return L + k._eye_like(L.detach() if hasattr(L, "detach") else L), k.triu(k.narrow(LU, -2, 0, r))


@op("_eye_like(Tensor input)", on="", half="direct")
def _eye_like(xp, input):
    """Ones on the diagonal, of the input's shape."""
    return xp.broadcast_to(xp.eye(*input.shape[-2:], dtype=input.dtype), input.shape)


def _lu_factor_rule(k, g, LU, pivots):
    L, U = _split(k, LU)
    m, n = LU.shape[-2:]
    r = min(m, n)
    d = _lu_gradient(k, k.tril(k.narrow(g, -1, 0, r), -1), k.triu(k.narrow(g, -2, 0, r)), L, U, m, n)
    return k.matmul(k._permutation(pivots, d), d)


@op(
    "_lu_factor(Tensor A)",
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
    flat = pivots.reshape(-1, pivots.shape[-1])
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
    if not pivot:
        raise RuntimeError(f"{name}: LU without pivoting is not implemented on the CPU")


@composite("linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False)", on="linalg", out=True)
def linalg_lu_factor_ex(k, A, pivot=True, check_errors=False):
    """(LU, pivots, info).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lu_factor_ex.html
    """
    _check_lu("linalg.lu_factor", A, pivot)
    found = k._lu_factor(A)
    if check_errors:
        _raise_zero_pivot(found[2])
    return named("linalg_lu_factor_ex", found)


def _raise_zero_pivot(info):
    if bool((info != 0).any()):
        i = int(info.max())
        raise RuntimeError(
            f"torch.linalg.lu_factor: U[{i},{i}] is zero and using it on lu_solve would result in a division by zero. If "
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
    _raise_zero_pivot(info)
    return named("linalg_lu_factor", (LU, pivots))


@composite("linalg_lu(Tensor A, *, bool pivot=True)", on="linalg", out=True)
def linalg_lu(k, A, pivot=True):
    """(P, L, U) with A = P L U.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lu.html
    """
    _check_lu("linalg.lu_factor", A, pivot)
    LU, pivots, _ = k._lu_factor(A)
    L, U = _split(k, LU)
    return named("linalg_lu", (k._permutation(pivots, LU.detach()), L, U))


@composite("lu(Tensor A, bool pivot=True, bool get_infos=False)")
def lu(k, A, pivot=True, get_infos=False):
    """(LU, pivots), and info when asked for.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.lu.html
    """
    _check_lu("linalg.lu_factor", A, pivot)
    LU, pivots, info = k._lu_factor(A)
    if get_infos:
        return LU, pivots, info
    _raise_zero_pivot(info)
    return LU, pivots


@composite("lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True)", on="torch", out=True)
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


@composite("linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False)", on="linalg", out=True)
def linalg_lu_solve(k, LU, pivots, B, left=True, adjoint=False):
    """X with A X = B (X A = B, or with A^H) from A's LU.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lu_solve.html
    """
    check_square("torch.linalg.lu_solve", LU, "LU")
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
        return k.matmul(P, X)
    return k._solve_triangular(U, k._solve_triangular(L, k.matmul(mt(k, P), B), False, True), True, False)


@composite("lu_solve(Tensor b, Tensor LU_data, Tensor LU_pivots)", out=True)
def lu_solve(k, b, LU_data, LU_pivots):
    """`torch.linalg.lu_solve` with its arguments in another order."""
    return k.linalg_lu_solve(LU_data, LU_pivots, b)
