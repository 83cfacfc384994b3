"""Inverses, linear systems, determinants, Cholesky."""

from __future__ import annotations

import warnings

from penlight.base.errors import LinAlgError
from penlight.ops.kinds import refuse
from penlight.ops.matrices import (
    batch_element,
    check_floating,
    check_matrix,
    check_square,
    check_system,
    columns,
    eliminate,
    is_vector,
    lu_solve,
    mh,
    mt,
    named,
    positive_definite_error,
    singular_error,
    substitute,
)  # fmt: skip
from penlight.ops.statistics import pick
from penlight.ops.table import composite, op

__all__: list[str] = []


# --- inverse and solve -----------------------------------------------------------------------------------------------


@op(
    "_inv(Tensor A, str name, bool check)",
    half="direct",
    dense="columns",
    on="",
    outputs="inverse info",
    non_differentiable="info",
    grad_name="LinalgInvExBackward0",
    vjp={"A": lambda k, g, inverse: -k.matmul(k.matmul(mh(k, inverse), g), mh(k, inverse))},
)
def _inv(xp, A, name, check):
    """The inverse, and per matrix 0 or which pivot is zero."""
    check_square(name, A)
    try:
        return xp.linalg.inv(A), xp.zeros(A.shape[:-2], "int32")
    except xp.linalg.LinAlgError:  # also where a pivot is NaN
        LU, pivots, info = eliminate(xp, A)
        if check and info.any():
            raise singular_error(name, info) from None
    return lu_solve(xp, LU, pivots, xp.broadcast_to(xp.eye(A.shape[-1], dtype=A.dtype), A.shape)), info


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
    d_B = k._solve(mh(k, A), g, left, "")[0]
    d_A = None
    if need[0]:
        d_A = -(k.matmul(d_B, mh(k, result)) if left else k.matmul(mh(k, result), d_B))
    return d_A, d_B if need[1] else None


@op(
    "_solve(Tensor A, Tensor B, bool left, str name)",
    half="direct",
    on="",
    outputs="result info",
    non_differentiable="info",
    grad_name="LinalgSolveExBackward0",
    joint=_solve_rule,
)
def _solve(xp, A, B, left, name):
    """A X = B, or X A = B, and which pivot is zero; both of one batch shape, B of matrices. Raises if it has a name."""
    if not left:
        result, info = _solve.kernel(xp, xp.swapaxes(A, -1, -2), xp.swapaxes(B, -1, -2), True, name)
        return xp.swapaxes(result, -1, -2), info
    try:
        return columns(xp, xp.linalg.solve(A, B)), xp.zeros(A.shape[:-2], "int32")
    except xp.linalg.LinAlgError:  # also where a pivot is NaN
        LU, pivots, info = eliminate(xp, A)
        if name and info.any():
            where = batch_element(info)[1]
            raise LinAlgError(
                f"torch.{name}: {where}The solver failed because the input matrix is singular."
            ) from None
        return lu_solve(xp, LU, pivots, B), info


def _joint_batch(k, A, B):
    batch = k.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    return k.expand(A, (*batch, *A.shape[-2:])), k.expand(B, (*batch, *B.shape[-2:]))


@composite("linalg_solve(Tensor A, Tensor B, *, bool left=True)", on="linalg", out=True)
def linalg_solve(k, A, B, left=True):
    """X with A X = B (or X A = B). Shape: (*, n, n), (*, n, k) or (*, n) -> as B.

    Raises: torch.linalg.LinAlgError for a singular matrix.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve.html
    """
    return _solved(k, A, B, left, "linalg.solve")[0]


def _solved(k, A, B, left, name):
    check_square("linalg.solve", A)
    if A.dtype is not B.dtype:
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found A of type {A.dtype.legacy} and B of type "
            f"{B.dtype.legacy} instead"
        )
    vector = is_vector(A, B)
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
    result, info = k._solve(*_joint_batch(k, A, B), left, name)
    if tuple(info.shape) != tuple(A.shape[:-2]) and 0 not in info.shape:  # each matrix of A is reported once
        info = info[(0,) * (info.ndim - A.ndim + 2) + tuple([slice(n) for n in A.shape[:-2]])]
    if vector:
        result = k.squeeze(result, -1)
        if result.ndim > 1:  # the vectors of a batch lie as the columns of a matrix do
            result = mt(k, k.contiguous(mt(k, result)))
    return result, info


@composite("linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False)", on="linalg", out=True)
def linalg_solve_ex(k, A, B, left=True, check_errors=False):
    """(result, info): info is 0, or which diagonal element of U is zero.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve_ex.html
    """
    return named("linalg_solve_ex", _solved(k, A, B, left, "linalg.solve_ex" if check_errors else ""))


def _triangle(k, value, upper, unit):
    if upper:
        return k.triu(value, 1 if unit else 0)
    return k.tril(value, -1 if unit else 0)


def _triangular_rule(k, g, need, A, out, upper, unit, left):
    d_B = k._solve_triangular(mh(k, A), g, not upper, unit, left)
    d_A = None
    if need[0]:
        d_A = -(k.matmul(d_B, mh(k, out)) if left else k.matmul(mh(k, out), d_B))
    return None if d_A is None else _triangle(k, d_A, upper, unit), d_B if need[1] else None


@op(
    "_solve_triangular(Tensor A, Tensor B, bool upper, bool unit, bool left=True)",
    half="direct",
    on="",
    grad_name="LinalgSolveTriangularBackward0",
    joint=_triangular_rule,
)
def _solve_triangular(xp, A, B, upper, unit, left):
    """A X = B, or X A = B, for triangular A; both of one batch shape."""
    if left:
        return substitute(xp, A, B, upper, unit)
    return columns(xp, xp.swapaxes(substitute(xp, xp.swapaxes(A, -1, -2), xp.swapaxes(B, -1, -2), not upper, unit), -1, -2))


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
    B = B if A.dtype is B.dtype else B.to(A.dtype)
    if B.shape[-2 if left else -1] != A.shape[-1]:
        equation = "AX = B" if left else "XA = B"
        raise RuntimeError(
            f"linalg.solve_triangular: Incompatible shapes of A and B for the equation {equation} "
            f"({A.shape[-2]}x{A.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})"
        )
    return k._solve_triangular(*_joint_batch(k, A, B), upper, unitriangular, left)


@composite(
    "triangular_solve(Tensor input, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False)",
    out=True,
)
def triangular_solve(k, input, A, upper=True, transpose=False, unitriangular=False):
    """(X, a copy of A) with A X = input for triangular A; `torch.linalg.solve_triangular` is its successor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.triangular_solve.html
    """
    check_matrix("torch.triangular_solve", A)
    check_matrix("torch.triangular_solve", input, "b")
    check_floating("triangular_solve", A, True)
    check_system("triangular_solve", A, input)
    refuse("triangular_solve_cpu", "h", A)
    a, b = _joint_batch(k, A, input)
    a_used, up = (mt(k, a), not upper) if transpose else (a, upper)
    copy = mt(k, k.clone(k.contiguous(mt(k, a))))
    return named("triangular_solve", (k._solve_triangular(a_used, b, up, unitriangular), copy))


# --- determinants ----------------------------------------------------------------------------------------------------


def _det_rule(k, g, A, out):
    g = k.unsqueeze(k.unsqueeze(g, -1), -1)
    if not bool((out == 0).any()):
        d = k.unsqueeze(k.unsqueeze(out, -1), -1)
        return g * k.conjugate(d) * mh(k, k._inv(A, "linalg.det", True)[0])
    # the cofactors from A = U S V^H: det(U) det(V^H) U diag(products of the other singular values) V^H, conjugated
    U, S, Vh = k._svd(A, True)
    n = S.shape[-1]
    columns = []
    for i in range(n):
        others = [k.select(S, S.ndim - 1, j) for j in range(n) if j != i]
        total = k.select(S, S.ndim - 1, i) * 0 + 1
        for other in others:
            total = total * other
        columns.append(total)
    others = k.unsqueeze(k.stack(columns, S.ndim - 1), -2)
    phase = k.unsqueeze(k.unsqueeze(k.conjugate(k.linalg_det(U) * k.linalg_det(Vh)), -1), -1)
    return g * phase * k.matmul(U * others, Vh)


@op("linalg_det(Tensor A)", half="direct", dense=True, on="linalg", out=True, vjp={"A": _det_rule})
def linalg_det(xp, A):
    """The determinant. Shape: (*, n, n) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.det.html
    """
    check_square("linalg.det", A)
    result = xp.linalg.det(A)
    if not result.all() and xp.isnan(A).any():  # of which NumPy makes 0
        diagonal, odd = _pivots(xp, A)
        return xp.where(odd, -1, 1).astype(A.dtype) * diagonal.prod(-1)
    return result


def _pivots(xp, A):
    """The diagonal of U in A = P L U, and whether P is odd."""
    LU, pivots, _ = eliminate(xp, A)
    return xp.diagonal(LU, 0, -2, -1), (pivots != xp.arange(1, A.shape[-1] + 1)).sum(-1) % 2


@composite("det(Tensor input)")
def det(k, input):
    """`torch.linalg.det`."""
    return k.linalg_det(input)


def _slogdet_rule(k, g, A, sign):
    g_sign, g_log = pick(g, 0), pick(g, 1)
    inverse = mh(k, k._inv(A, "linalg.solve", k.recorded)[0])  # a second derivative needs a solution
    if A.dtype.kind == "c" if hasattr(A.dtype, "kind") else A.dtype.is_complex:
        factor = 0.0 if g_log is None else g_log
        if g_sign is not None:  # d sign = i sign d(angle)
            factor = factor - k.imag(k.conjugate(g_sign) * sign) * 1j
        return (k.unsqueeze(k.unsqueeze(factor, -1), -1) * inverse,)
    return (None if g_log is None else k.unsqueeze(k.unsqueeze(g_log, -1), -1) * inverse,)


@op(
    "linalg_slogdet(Tensor A)",
    half="direct",
    dense=True,
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
    if not sign.all() and xp.isnan(A).any():
        diagonal, odd = _pivots(xp, A)
        signs = xp.sign(diagonal)
        signs = signs if A.dtype.kind == "c" else xp.where(diagonal != diagonal, 0, signs)
        with xp.errstate(divide="ignore"):
            logabsdet = xp.log(xp.abs(diagonal)).sum(-1)
        sign = (xp.where(odd, -1, 1) * signs.prod(-1)).astype(A.dtype)
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
    P = (k.tril(P) + mh(k, k.tril(P, -1))) * 0.5  # Hermitian but for the diagonal, which counts for nothing
    Lh = mh(k, L)
    S = k._solve_triangular(Lh, P, True, False)  # L^-H P
    return k._solve_triangular(L, S, False, False, False)  # L^-H P L^-1


@op(
    "_cholesky(Tensor A, bool upper, str name, bool check)",
    half="direct",
    dense="columns",
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
    warnings.warn(
        "torch.cholesky is deprecated in favor of torch.linalg.cholesky and will be removed in a future PyTorch release.",
        UserWarning, stacklevel=3,
    )  # fmt: skip
    return k._cholesky(input, upper, "cholesky", True)[0]


@composite("linalg_cholesky_ex(Tensor A, *, bool upper=False, bool check_errors=False)", on="linalg", out=True)
def linalg_cholesky_ex(k, A, upper=False, check_errors=False):
    """(L, info): info is 0, or the order of the leading minor that is not positive-definite.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.cholesky_ex.html
    """
    return named("linalg_cholesky_ex", k._cholesky(A, upper, "linalg.cholesky_ex", check_errors))


@composite("cholesky_solve(Tensor input, Tensor input2, bool upper=False)", out=True)
def cholesky_solve(k, input, input2, upper=False):
    """X with L L^H X = B (or U^H U X = B).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cholesky_solve.html
    """
    B, L = input, input2
    for name, value in (("b", B), ("u", L)):
        if value.ndim < 2:
            raise RuntimeError(f"{name} should have at least 2 dimensions, but has {value.ndim} dimensions instead")
    check_system("cholesky_solve", L, B)
    check_square("cholesky_solve", L)
    L, B = _joint_batch(k, L, B)
    return k._cholesky_solve(B, L, upper, "")


def _cholesky_solve_rule(k, g, need, L, out, upper):
    d_B = k._cholesky_solve(g, L, upper, "")
    d_L = None
    if need[1]:
        common = k.matmul(d_B, mh(k, out))
        common = common + mh(k, common)
        d_L = -k.matmul(L, common) if upper else -k.matmul(common, L)
    return d_B if need[0] else None, d_L


@op(
    "_cholesky_solve(Tensor B, Tensor L, bool upper, str name)",
    half="direct",
    dense="columns",
    on="",
    grad_name="CholeskySolveBackward0",
    joint=_cholesky_solve_rule,
)
def _cholesky_solve(xp, B, L, upper, name):
    """X with L L^H X = B; both of one batch shape. Raises for a zero on the diagonal if it has a name."""
    zero = xp.diagonal(L, 0, -2, -1) == 0
    if name and zero.any():
        raise singular_error(name, xp.where(zero.any(-1), zero.argmax(-1) + 1, 0))
    lower = xp.conj(xp.swapaxes(L, -1, -2)) if upper else L
    middle = substitute(xp, lower, B, False)
    return substitute(xp, xp.conj(xp.swapaxes(lower, -1, -2)), middle, True)


@composite("cholesky_inverse(Tensor input, bool upper=False)", out=True)
def cholesky_inverse(k, input, upper=False):
    """(L L^H)^-1 of a triangle L.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cholesky_inverse.html
    """
    check_square("cholesky_inverse", input)
    return k._cholesky_solve(k._identity_like(input.detach()), input, upper, "cholesky_inverse")
