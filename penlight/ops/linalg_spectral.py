"""Eigenvalues, singular values, QR, and what follows from them: pseudoinverse, rank, least squares, exponential."""

from __future__ import annotations

import math

from penlight.base.dims import int_list
from penlight.base.errors import LinAlgError
from penlight.ops.matrices import check_floating, check_matrix, check_square, mh, mt, named
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
    inner = inner / _differences(k, L)
    inner = inner - k.diag_embed(k.diagonal(inner, 0, -2, -1))
    if g_L is not None:
        inner = inner + k.diag_embed(g_L)
    return (k.matmul(V, k.matmul(inner, mh(k, V))),)


@op("_eigh(Tensor A, bool upper)", on="", outputs="L V", grad_name="LinalgEighBackward0", joint=_eigh_rule)
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
        inner = inner / k.conj(_differences(k, L))
        inner = inner - k.diag_embed(k.diagonal(inner, 0, -2, -1))
        if g_L is not None:
            inner = inner + k.diag_embed(g_L)
    d = k._solve(Vh, k.matmul(inner, Vh), True)
    return (d if _is_complex(A) else k.real(d),)


@op("_eig(Tensor A)", on="", outputs="L V", grad_name="LinalgEigBackward0", joint=_eig_rule)
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
        U, g_U = k.narrow(U, -1, 0, r), None if g_U is None else k.narrow(g_U, -1, 0, r)
    if Vh.shape[-2] > r:
        Vh, g_Vh = k.narrow(Vh, -2, 0, r), None if g_Vh is None else k.narrow(g_Vh, -2, 0, r)
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


@op("_svd(Tensor A, bool full)", on="", outputs="U S Vh", grad_name="LinalgSvdBackward0", joint=_svd_rule)
def _svd(xp, A, full):
    """A = U diag(S) Vh, singular values descending."""
    try:
        U, S, Vh = xp.linalg.svd(A, full_matrices=full)
    except xp.linalg.LinAlgError:
        raise LinAlgError(
            "linalg.svd: The algorithm failed to converge because the input matrix contained non-finite values."
        ) from None
    if S.size and not xp.isfinite(S).all():
        raise LinAlgError(
            "linalg.svd: The algorithm failed to converge because the input matrix contained non-finite values."
        )
    return U, S, Vh


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
        raise RuntimeError("linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.")
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
        zero = k.narrow(k.reshape(input.detach(), (-1,)), 0, 0, 0)
        return named("svd", (k._zeros_shaped(zero, (*input.shape[:-2], m, m)), S, k._zeros_shaped(zero, (*input.shape[:-2], n, n))))
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
    # d R^-H: solve X R^H = d, that is R X^H = d^H
    return mh(k, k._solve_triangular(R, mh(k, d), True, False))


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
    U, Y = k.narrow(R, -1, 0, m), k.narrow(A, -1, m, n - m)
    if g_R is None:
        g_U, g_Y, extra = None, k.narrow(A, -1, m, n - m) * 0, None
    else:
        g_U, g_W = k.narrow(g_R, -1, 0, m), k.narrow(g_R, -1, m, n - m)
        g_Y = k.matmul(Q, g_W)
        extra = k.matmul(Y, mh(k, g_W))
    g_Q = extra if g_Q is None else g_Q if extra is None else g_Q + extra
    return (k.cat([_qr_tall(k, g_Q, g_U, Q, U), g_Y], -1),)


@op("_qr(Tensor A, str mode)", on="", outputs="Q R", grad_name="LinalgQrBackward0", joint=_qr_rule)
def _qr(xp, A, mode):
    """A = Q R, with LAPACK's signs."""
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
    return named("qr", k.linalg_qr(input, "reduced" if some else "complete"))


# --- from the singular values -----------------------------------------------------------------------------------------


def _pinv_rule(k, g, A, out):
    """d P = -P dA P + P P^H dA^H (1 - A P) + (1 - P A) dA^H P^H P."""
    P, Ph, gh = out, mh(k, out), mh(k, g)
    first = -k.matmul(Ph, k.matmul(g, Ph))
    left = k.matmul(gh, k.matmul(P, Ph))
    left = left - k.matmul(A, k.matmul(P, left))
    right = k.matmul(k.matmul(Ph, P), gh)
    right = right - k.matmul(k.matmul(right, P), A)
    return first + left + right


@op(
    "_pinv(Tensor A, Tensor cutoff, bool hermitian)",
    on="",
    grad_name="LinalgPinvBackward0",
    vjp={"A": _pinv_rule},
)
def _pinv(xp, A, cutoff, hermitian):
    """The pseudoinverse, singular values up to `cutoff` taken as zero."""
    if not A.size:
        return xp.zeros((*A.shape[:-2], A.shape[-1], A.shape[-2]), A.dtype)
    if hermitian:
        values, V = xp.linalg.eigh(A)
        keep = xp.abs(values) > cutoff[..., None]
        inverse = xp.where(keep, 1 / xp.where(keep, values, 1), 0)
        return xp.matmul(V * inverse[..., None, :], xp.conj(xp.swapaxes(V, -1, -2)))
    U, S, Vh = xp.linalg.svd(A, full_matrices=False)
    keep = S > cutoff[..., None]
    inverse = xp.where(keep, 1 / xp.where(keep, S, 1), 0)
    V = xp.conj(xp.swapaxes(Vh, -1, -2))
    return xp.matmul(V * inverse[..., None, :], xp.conj(xp.swapaxes(U, -1, -2)))


@op("_cutoff(Tensor A, any atol, any rtol, bool hermitian)", on="")
def _cutoff(xp, A, atol, rtol, hermitian):
    """max(atol, rtol * the largest singular value); rtol's default is max(m, n) * eps, 0 where only atol is given."""
    real = A.real.dtype
    if rtol is None:
        rtol = max(A.shape[-2:]) * xp.finfo(real).eps if atol is None or (hasattr(atol, "shape") and not (atol > 0).any()) else 0.0
    atol = 0.0 if atol is None else atol
    if not A.shape[-1] or not A.shape[-2]:
        return xp.zeros(A.shape[:-2], real)
    if hermitian:
        largest = xp.abs(xp.linalg.eigvalsh(A)).max(-1)
    else:
        largest = xp.linalg.svd(A, compute_uv=False)[..., 0]
    return xp.maximum(xp.asarray(atol, real), xp.asarray(rtol, real) * largest).astype(real, copy=False)


def _plain(value):
    """A tolerance given as a tensor, as its array's values; numbers as they are."""
    return value._a if hasattr(value, "_a") else value


@composite(
    "linalg_pinv(Tensor A, any rcond=None, bool hermitian=False, *, any atol=None, any rtol=None)", on="linalg", out=True
)
def linalg_pinv(k, A, rcond=None, hermitian=False, atol=None, rtol=None):
    """The Moore-Penrose pseudoinverse. Shape: (*, m, n) -> (*, n, m).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.pinv.html
    """
    check_matrix("linalg.pinv", A)
    check_floating("linalg.pinv", A)
    if hermitian:
        check_square("linalg.pinv", A)
    rtol = rcond if rtol is None else rtol
    return k._pinv(A, k._cutoff(A.detach(), _plain(atol), _plain(rtol), hermitian), hermitian)


@composite("pinverse(Tensor input, number rcond=1e-15)")
def pinverse(k, input, rcond=1e-15):
    """`torch.linalg.pinv`."""
    return k.linalg_pinv(input, rcond)


@op("_rank(Tensor A, Tensor cutoff, bool hermitian)", on="")
def _rank(xp, A, cutoff, hermitian):
    """How many singular values exceed the cutoff."""
    if not A.shape[-1] or not A.shape[-2]:
        return xp.zeros(A.shape[:-2], "int64")
    values = xp.abs(xp.linalg.eigvalsh(A)) if hermitian else xp.linalg.svd(A, compute_uv=False)
    return (values > cutoff[..., None]).sum(-1, dtype="int64")


@composite(
    "linalg_matrix_rank(Tensor A, any tol=None, bool hermitian=False, *, any atol=None, any rtol=None)", on="linalg", out=True
)
def linalg_matrix_rank(k, A, tol=None, hermitian=False, atol=None, rtol=None):
    """The number of singular values above a tolerance.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.matrix_rank.html
    """
    check_matrix("linalg.matrix_rank", A)
    check_floating("linalg.matrix_rank", A)
    if hermitian:
        check_square("linalg.eigh", A)
    if tol is not None:
        atol, rtol = tol, 0.0
    A = A.detach()
    return k._rank(A, k._cutoff(A, _plain(atol), _plain(rtol), hermitian), hermitian)


@composite("linalg_cond(Tensor A, any p=None)", on="linalg", out=True)
def linalg_cond(k, A, p=None):
    """The condition number with respect to inversion, in the norm `p` (None: 2).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.cond.html
    """
    check_matrix("linalg.cond", A)
    check_floating("linalg.cond", A)
    if p is None or p in (2, -2):
        S = k.linalg_svdvals(A)
        if p == -2:
            return k.select(S, -1, -1) / k.select(S, -1, 0)
        return k.select(S, -1, 0) / k.select(S, -1, -1)
    if p not in ("fro", "nuc", math.inf, -math.inf, 1, -1):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    check_square("linalg.cond", A)
    inverse, info = k._inv(A, "linalg.cond", False)
    return k.linalg_matrix_norm(A, p) * k.where(_ok(k, info), k.linalg_matrix_norm(inverse, p), math.inf)


def _ok(k, info):
    return info == 0


@composite("linalg_lstsq(Tensor A, Tensor B, any rcond=None, *, str driver=None)", on="linalg")
def linalg_lstsq(k, A, B, rcond=None, driver=None):
    """(solution, residuals, rank, singular_values) of min |A X - B|.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lstsq.html
    """
    check_matrix("torch.linalg.lstsq", A)
    check_floating("torch.linalg.lstsq", A)
    driver = "gelsy" if driver is None else driver
    if driver not in ("gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(
            f"torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), but got {driver}"
        )
    vector = B.ndim == A.ndim - 1
    if vector:
        if A.shape[-2] != B.shape[-1]:
            raise RuntimeError("torch.linalg.lstsq: input.size(-2) should match other.size(-1)")
        B = k.unsqueeze(B, -1)
    elif B.ndim < 2 or A.shape[-2] != B.shape[-2]:
        raise RuntimeError(
            f"torch.linalg.lstsq: input.size(-2) should match other.size(-2), got {list(A.shape)} and {list(B.shape)}"
        )
    if A.dtype is not B.dtype:
        raise RuntimeError(
            f"torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype "
            f"{A.dtype.legacy} and other's dtype {B.dtype.legacy}"
        )
    cutoff = k._cutoff(A.detach(), None, rcond, False)
    solution = k.matmul(k._pinv(A, cutoff, False), B)
    rank = k._rank(A.detach(), cutoff, False)
    nothing = k._nothing_like(k.real(A.detach()))
    residuals = nothing
    if driver != "gelsy" and A.shape[-2] > A.shape[-1] and bool((rank == A.shape[-1]).all()):
        rest = k.matmul(A, solution) - B
        residuals = k.sum(k.real(rest * k.conj(rest)), -2)
    values = k.linalg_svdvals(A.detach()) if driver in ("gelsd", "gelss") else nothing
    ranks = k._no_rank(A.detach()) if driver == "gels" else rank
    return named("linalg_lstsq", (k.squeeze(solution, -1) if vector else solution, residuals, ranks, values))


@op("_no_rank(Tensor A)", on="", half="direct")
def _no_rank(xp, A):
    """No ranks, as int64."""
    return xp.empty(0, "int64")


# --- exponential ------------------------------------------------------------------------------------------------------

_PADE = [64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
         670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1]  # fmt: skip


def _exp_rule(k, g, A):
    # exp([[A^H, g], [0, A^H]]) holds the derivative in its upper right corner
    Ah = mh(k, A)
    n = A.shape[-1]
    block = k.cat([k.cat([Ah, g], -1), k.cat([g * 0, Ah], -1)], -2)
    return k.narrow(k.narrow(k.linalg_matrix_exp(block), -2, 0, n), -1, n, n)


@op("linalg_matrix_exp(Tensor A)", on="linalg", vjp={"A": _exp_rule})
def linalg_matrix_exp(xp, A):
    """The matrix exponential, by scaling and squaring with a Pade approximant of order 13.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.matrix_exp.html; Higham (2005), "The scaling and
    squaring method for the matrix exponential revisited".
    """
    check_square("linalg.matrix_exp", A)
    n = A.shape[-1]
    if not A.size:
        return A.copy()
    wide = A.astype("complex128" if A.dtype.kind == "c" else "float64")
    norm = xp.abs(wide).sum(-2).max(-1)
    with xp.errstate(divide="ignore"):
        squarings = xp.maximum(0, xp.ceil(xp.log2(norm / 5.371920351148152)))
    squarings = xp.where(xp.isfinite(squarings), squarings, 0).astype("int64")
    X = wide / (2.0**squarings)[..., None, None]
    b, one = _PADE, xp.eye(n)
    X2 = X @ X
    X4 = X2 @ X2
    X6 = X4 @ X2
    odd = X @ (X6 @ (b[13] * X6 + b[11] * X4 + b[9] * X2) + b[7] * X6 + b[5] * X4 + b[3] * X2 + b[1] * one)
    even = X6 @ (b[12] * X6 + b[10] * X4 + b[8] * X2) + b[6] * X6 + b[4] * X4 + b[2] * X2 + b[0] * one
    result = xp.linalg.solve(even - odd, even + odd)
    for i in range(int(squarings.max())):
        result = xp.where((i < squarings)[..., None, None], result @ result, result)
    return result.astype(A.dtype)


@composite("matrix_exp(Tensor input)")
def matrix_exp(k, input):
    """`torch.linalg.matrix_exp`."""
    return k.linalg_matrix_exp(input)


# --- tensors as matrices ----------------------------------------------------------------------------------------------


@composite("linalg_tensorinv(Tensor A, int ind=2)", on="linalg", out=True)
def linalg_tensorinv(k, A, ind=2):
    """The inverse of A as a map from its last dimensions to its first `ind`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.tensorinv.html
    """
    if ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', but got {ind}")
    rows, columns = tuple(A.shape[:ind]), tuple(A.shape[ind:])
    if math.prod(rows) != math.prod(columns):
        raise RuntimeError(
            f"Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{math.prod(columns)} != {math.prod(rows)}"
        )
    return k.reshape(k.linalg_inv(k.reshape(A, (math.prod(rows), math.prod(columns)))), columns + rows)


@composite("linalg_tensorsolve(Tensor A, Tensor B, any dims=None)", on="linalg", out=True)
def linalg_tensorsolve(k, A, B, dims=None):
    """X with tensordot(A, X, X.ndim) = B.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.tensorsolve.html
    """
    if dims is not None:
        moved = [d % A.ndim for d in int_list(dims)]
        A = k.permute(A, tuple([i for i in range(A.ndim) if i not in moved] + moved))
    shape = tuple(A.shape[B.ndim :])
    if math.prod(shape) != math.prod(B.shape):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but "
            f"got {math.prod(shape)} != {math.prod(B.shape)}"
        )
    n = math.prod(shape)
    return k.reshape(k.linalg_solve(k.reshape(A, (n, n)), k.reshape(B, (n,))), shape)


@composite("linalg_vander(Tensor x, *, int N=None)", on="linalg")
def linalg_vander(k, x, N=None):
    """Powers 0 … N - 1 of each element, in columns. Shape: (*, n) -> (*, n, N).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.vander.html
    """
    if not x.ndim:
        raise RuntimeError("linalg.vander: The input tensor must have at least 1 dimension")
    count = x.shape[-1] if N is None else N
    if count <= 1:
        raise RuntimeError(f"N must be greater than 1, got {count}.")
    x = _rows(k, x)
    columns = [x * 0 + 1]
    for _ in range(1, count):
        columns.append(columns[-1] * x)
    return k.cat(columns, -1)


@composite("vander(Tensor x, int N=None, bool increasing=False)", on="torch")
def vander(k, x, N=None, increasing=False):
    """Powers of each element in columns, the highest first unless `increasing`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.vander.html
    """
    if x.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = x.shape[0] if N is None else N
    if count < 0:
        raise RuntimeError(f"N must be non-negative, got {count}.")
    column = k.unsqueeze(x, 1)
    columns = [column * 0 + 1]
    for _ in range(1, count):
        columns.append(columns[-1] * column)
    columns = columns[:count]
    if not columns:
        return k.reshape(column, (-1, 1))[:, :0]
    return k.cat(columns if increasing else columns[::-1], 1)


@composite("linalg_householder_product(Tensor input, Tensor tau)", on="linalg", out=True)
def linalg_householder_product(k, input, tau):
    """The first columns of the product of reflections 1 - tau_i v_i v_i^H, v_i in the columns of `input`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.householder_product.html
    """
    name = "torch.linalg.householder_product"
    check_matrix(name, input)
    m, n = input.shape[-2:]
    if m < n:
        raise RuntimeError(f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if n < tau.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    V = k.tril(input, -1) + k._eye_like(input.detach())
    result = k._eye_like(input.detach())
    for i in range(tau.shape[-1] - 1, -1, -1):
        v = k.narrow(V, -1, i, 1)
        result = result - _rows(k, k.narrow(tau, -1, i, 1)) * k.matmul(v, k.matmul(mh(k, v), result))
    return result


@composite("orgqr(Tensor input, Tensor tau)", out=True)
def orgqr(k, input, tau):
    """`torch.linalg.householder_product`."""
    return k.linalg_householder_product(input, tau)
