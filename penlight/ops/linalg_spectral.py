"""Eigenvalues, singular values, QR."""

from __future__ import annotations

import warnings

from penlight.base.errors import LinAlgError
from penlight.ops.matrices import check_floating, check_matrix, check_square, mh, named, narrow
from penlight.ops.statistics import pick
from penlight.ops.table import composite, op

__all__: list[str] = []


def _is_complex(value):
    d = value.dtype
    return d.is_complex if hasattr(d, "is_complex") else d.kind == "c"


def _columns(k, value):
    return k.unsqueeze(value, -2)


def _rows(k, value):
    return k.unsqueeze(value, -1)


def _differences(k, values):
    """values_j - values_i, with ones on the diagonal."""
    E = _columns(k, values) - _rows(k, values)
    return E + k._eye_like(E)


# --- symmetric and general eigenvalues --------------------------------------------------------------------------------


def _eigh_rule(k, g, L, V):
    g_L, g_V = pick(g, 0), pick(g, 1)
    if g_V is None:
        return (k.matmul(V * _columns(k, g_L), mh(k, V)),)
    inner = k.matmul(mh(k, V), g_V)
    inner = (inner - mh(k, inner)) * 0.5 / _differences(k, L)  # A is Hermitian: so is its gradient
    inner = inner - k.diag_embed(k.diagonal(inner, 0, -2, -1))
    if g_L is not None:
        inner = inner + k.diag_embed(g_L)
    return (k.matmul(V, k.matmul(inner, mh(k, V))),)


@op(
    "_eigh(Tensor A, bool upper)",
    half="direct",
    dense="columns",
    on="",
    outputs="L V",
    grad_name="LinalgEighBackward0",
    joint=_eigh_rule,
)
def _eigh(xp, A, upper):
    """Eigenvalues (ascending) and eigenvectors of Hermitian matrices, read from one triangle."""
    if not xp.isfinite(A).all():
        return xp.full(A.shape[:-1], xp.nan, A.real.dtype), xp.full(A.shape, xp.nan, A.dtype)
    values, vectors = xp.linalg.eigh(A, "U" if upper else "L")
    return values, vectors


def _read_uplo(name, UPLO):
    if UPLO.upper() not in ("U", "L"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return UPLO.upper() == "U"


@composite("linalg_eigh(Tensor A, str UPLO='L')", on="linalg", out=True)
def linalg_eigh(k, A, UPLO="L"):
    """(eigenvalues, eigenvectors) of symmetric or Hermitian matrices, ascending. Shape: (*, n, n) -> (*, n), (*, n, n).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.eigh.html
    """
    check_square("linalg.eigh", A)
    return named("linalg_eigh", k._eigh(A, _read_uplo("linalg.eigh", UPLO)))


@composite("linalg_eigvalsh(Tensor A, str UPLO='L')", on="linalg", out=True)
def linalg_eigvalsh(k, A, UPLO="L"):
    """Eigenvalues of symmetric or Hermitian matrices, ascending.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.eigvalsh.html
    """
    check_square("linalg.eigh", A)
    return k._eigh(A, _read_uplo("linalg.eigvalsh", UPLO))[0]


def _eig_rule(k, g, A, L, V):
    g_L, g_V = pick(g, 0), pick(g, 1)
    Vh = mh(k, V)
    if g_V is None:
        inner = k.diag_embed(g_L)
    else:
        inner = k.matmul(Vh, g_V)
        # eigenvectors have length 1, so that the part along themselves drops out
        diagonal = k.real(k.diagonal(inner, 0, -2, -1))
        inner = inner - k.matmul(Vh, V * _columns(k, diagonal))
        inner = inner / k.conjugate(_differences(k, L))
        inner = inner - k.diag_embed(k.diagonal(inner, 0, -2, -1))
        if g_L is not None:
            inner = inner + k.diag_embed(g_L)
    d = k._solve(Vh, k.matmul(inner, Vh), True, "")[0]
    return (d if _is_complex(A) else k.real(d),)


@op("_eig(Tensor A)", half="direct", dense="columns", on="", outputs="L V", grad_name="LinalgEigBackward0", joint=_eig_rule)
def _eig(xp, A):
    """Complex eigenvalues and eigenvectors of general matrices."""
    if not xp.isfinite(A).all():
        raise RuntimeError("torch.linalg.eig: input tensor should not contain infs or NaNs.")
    values, vectors = xp.linalg.eig(A)
    target = "complex64" if A.real.dtype == "float32" else "complex128"
    return values.astype(target), vectors.astype(target)


@composite("linalg_eig(Tensor A)", on="linalg", out=True)
def linalg_eig(k, A):
    """(eigenvalues, eigenvectors) of square matrices, complex.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.eig.html
    """
    check_square("linalg.eig", A)
    return named("linalg_eig", k._eig(A))


@composite("linalg_eigvals(Tensor A)", on="linalg", out=True)
def linalg_eigvals(k, A):
    """Eigenvalues of square matrices, complex.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.eigvals.html
    """
    check_square("linalg.eig", A)
    return k._eig(A)[0]


# --- singular values --------------------------------------------------------------------------------------------------


def _skew(k, value):
    return value - mh(k, value)


def _svd_rule(k, g, A_shape, U, S, Vh):
    g_U, g_S, g_Vh = pick(g, 0), pick(g, 1), pick(g, 2)
    m, n = A_shape[-2:]
    r = min(m, n)
    if U.shape[-1] > r:
        U, g_U = narrow(k, U, -1, 0, r), None if g_U is None else narrow(k, g_U, -1, 0, r)
    if Vh.shape[-2] > r:
        Vh, g_Vh = narrow(k, Vh, -2, 0, r), None if g_Vh is None else narrow(k, g_Vh, -2, 0, r)
    if g_U is None and g_Vh is None:
        return (k.matmul(U * _columns(k, g_S), Vh),)
    E = _differences(k, S * S)
    inner = None
    if g_U is not None:
        U_part = _skew(k, k.matmul(mh(k, U), g_U))
        inner = U_part / E * _columns(k, S)
        if _is_complex(U):
            diagonal = k.diagonal(U_part, 0, -2, -1)
            inner = inner - k.diag_embed(diagonal * S) + k.diag_embed(diagonal / (S * 2))
    if g_Vh is not None:
        V_part = _skew(k, k.matmul(g_Vh, mh(k, Vh))) * -1  # skew(V^H gV) with gV = gVh^H
        part = _rows(k, S) * (V_part / E)
        if _is_complex(U):
            part = part - k.diag_embed(k.diagonal(part, 0, -2, -1))
            if g_U is None:
                part = part - k.diag_embed(k.diagonal(V_part, 0, -2, -1) / (S * 2)) * 0
        inner = part if inner is None else inner + part
    if g_S is not None:
        inner = inner + k.diag_embed(g_S)
    d = k.matmul(U, inner)
    if m > r and g_U is not None:
        d = d + (g_U - k.matmul(U, k.matmul(mh(k, U), g_U))) / _columns(k, S)
    d = k.matmul(d, Vh)
    if n > r and g_Vh is not None:
        rest = g_Vh - k.matmul(k.matmul(g_Vh, mh(k, Vh)), Vh)
        d = d + k.matmul(U, rest / _rows(k, S))
    return (d,)


@op(
    "_svd(Tensor A, bool full)",
    half="direct",
    dense="columns",
    on="",
    outputs="U S Vh",
    grad_name="LinalgSvdBackward0",
    joint=_svd_rule,
)
def _svd(xp, A, full):
    """A = U diag(S) Vh, singular values descending."""
    return svd_of(xp, A, full_matrices=full)


def svd_of(xp, A, **options):
    """NumPy's `svd`, but infinities give NaN, and NaN raises."""
    finite = xp.isfinite(A).all((-2, -1))
    if finite.all():
        return xp.linalg.svd(A, **options)
    if xp.isnan(A).any():
        raise LinAlgError(
            "linalg.svd: The algorithm failed to converge because the input matrix contained non-finite values."
        )
    results = xp.linalg.svd(xp.where(finite[..., None, None], A, 0), **options)
    for values in results if isinstance(results, tuple) else (results,):
        values[~finite] = xp.nan
    return results


def _check_svd(A):
    check_matrix("linalg.svd", A)
    check_floating("linalg.svd", A)


@composite("linalg_svd(Tensor A, bool full_matrices=True, *, str driver=None)", on="linalg", out=True)
def linalg_svd(k, A, full_matrices=True, driver=None):
    """(U, S, Vh) with A = U diag(S) Vh. Shape: (*, m, n) -> (*, m, k), (*, k), (*, k, n), k = min(m, n) unless full.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.svd.html
    """
    _check_svd(A)
    if driver is not None:
        raise RuntimeError(
            "linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."
        )
    return named("linalg_svd", k._svd(A, full_matrices))


@composite("linalg_svdvals(Tensor A, *, str driver=None)", on="linalg", out=True)
def linalg_svdvals(k, A, driver=None):
    """Singular values, descending.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.svdvals.html
    """
    _check_svd(A)
    return k._svd(A, False)[1]


@composite("svd(Tensor input, bool some=True, bool compute_uv=True)", out=True)
def svd(k, input, some=True, compute_uv=True):
    """(U, S, V) with A = U diag(S) V^H; `torch.linalg.svd` is its successor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.svd.html
    """
    _check_svd(input)
    if not compute_uv:
        S = k._svd(input, False)[1]
        m, n = input.shape[-2:]
        zero = narrow(k, k.reshape(input.detach(), (-1,)), 0, 0, 0)
        return named(
            "svd",
            (k._zeros_shaped(zero, (*input.shape[:-2], m, m)), S, k._zeros_shaped(zero, (*input.shape[:-2], n, n))),
        )
    U, S, Vh = k._svd(input, not some)
    return named("svd", (U, S, mh(k, Vh)))


@op("_zeros_shaped(Tensor input, any shape)", on="", half="direct")
def _zeros_shaped(xp, input, shape):
    """Zeros of a shape in the input's dtype."""
    return xp.zeros(shape, input.dtype)


# --- QR ---------------------------------------------------------------------------------------------------------------


def _qr_tall(k, g_Q, g_R, Q, R):
    """gA = (gQ + Q M) R^-H with M from triu(gR R^H - Q^H gQ), made Hermitian."""
    parts = None
    if g_R is not None:
        parts = k.matmul(g_R, mh(k, R))
    if g_Q is not None:
        other = k.matmul(mh(k, Q), g_Q)
        parts = -other if parts is None else parts - other
    upper = k.triu(parts)
    diagonal = k.diagonal(upper, 0, -2, -1)
    M = upper + mh(k, upper) - k.diag_embed(k.real(diagonal) if _is_complex(upper) else diagonal)
    if _is_complex(upper):
        M = M - k.diag_embed(k.diagonal(M, 0, -2, -1)) + k.diag_embed(k.real(diagonal) + 0 * diagonal)
    d = k.matmul(Q, M)
    if g_Q is not None:
        d = d + g_Q
    return k._solve_triangular(mh(k, R), d, False, False, False)  # d R^-H


def _qr_rule(k, g, A, Q, R, mode):
    g_Q, g_R = pick(g, 0), pick(g, 1)
    m, n = A.shape[-2:]
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use "
            "linalg.qr(A, mode='reduced') if you are going to require gradients."
        )
    if mode == "complete" and m > n:
        raise RuntimeError(
            "The QR decomposition is not differentiable when mode='complete' and nrows > ncols. Please use mode='reduced'."
        )
    if m >= n:
        return (_qr_tall(k, g_Q, g_R, Q, R),)
    # A = [X | Y] and R = [U | W] with W = Q^H Y
    U, Y = narrow(k, R, -1, 0, m), narrow(k, A, -1, m, n - m)
    if g_R is None:
        g_U, g_Y, extra = None, narrow(k, A, -1, m, n - m) * 0, None
    else:
        g_U, g_W = narrow(k, g_R, -1, 0, m), narrow(k, g_R, -1, m, n - m)
        g_Y = k.matmul(Q, g_W)
        extra = k.matmul(Y, mh(k, g_W))
    g_Q = extra if g_Q is None else g_Q if extra is None else g_Q + extra
    return (k.cat([_qr_tall(k, g_Q, g_U, Q, U), g_Y], A.ndim - 1),)


@op(
    "_qr(Tensor A, str mode)",
    half="direct",
    dense="columns",
    on="",
    outputs="Q R",
    grad_name="LinalgQrBackward0",
    joint=_qr_rule,
)
def _qr(xp, A, mode):
    """A = Q R, with LAPACK's signs."""
    A = A + 0  # the sign of -0.0 would count
    if mode == "r":
        return xp.empty(0, A.dtype), xp.linalg.qr(A, "r")
    Q, R = xp.linalg.qr(A, mode)
    return Q, R


@composite("linalg_qr(Tensor A, str mode='reduced')", on="linalg", out=True)
def linalg_qr(k, A, mode="reduced"):
    """(Q, R) with A = Q R, Q orthonormal, R upper triangular.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.qr.html
    """
    check_matrix("linalg.qr", A)
    check_floating("linalg.qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    return named("linalg_qr", k._qr(A, mode))


@composite("qr(Tensor input, bool some=True)", out=True)
def qr(k, input, some=True):
    """`torch.linalg.qr`, reduced or complete.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.qr.html
    """
    warnings.warn(
        "torch.qr is deprecated in favor of torch.linalg.qr and will be removed in a future PyTorch release.",
        UserWarning, stacklevel=3,
    )  # fmt: skip
    return named("qr", k.linalg_qr(input, "reduced" if some else "complete"))
