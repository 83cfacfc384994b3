"""Pseudoinverse, rank, condition, least squares, the matrix exponential, tensors as matrices."""

from __future__ import annotations

import math

from penlight.base import dtypes
from penlight.base.dims import int_list, needs_dimension
from penlight.base.mode import mode
from penlight.ops.linalg_factors import check_reflections
from penlight.ops.linalg_spectral import svd_of
from penlight.ops.matrices import check_floating, check_matrix, check_square, is_vector, mh, mt, named, narrow
from penlight.ops.table import composite, op

__all__: list[str] = []


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
    "_pinv(Tensor A, any atol, any rtol, bool hermitian)",
    half="direct",
    dense=True,
    on="",
    grad_name="LinalgPinvBackward0",
    vjp={"A": _pinv_rule},
)
def _pinv(xp, A, atol, rtol, hermitian):
    """The pseudoinverse, singular values up to max(atol, rtol * the largest) taken as zero."""
    if not A.size:
        return xp.zeros((*A.shape[:-2], A.shape[-1], A.shape[-2]), A.dtype)
    if hermitian:
        values, V = xp.linalg.eigh(A)
        keep = xp.abs(values) > _limit(xp, A, xp.abs(values).max(-1), atol, rtol)[..., None]
        inverse = xp.where(keep, 1 / xp.where(keep, values, 1), 0)
        return xp.matmul(V * inverse[..., None, :], xp.conj(xp.swapaxes(V, -1, -2)))
    U, S, Vh = svd_of(xp, A, full_matrices=False)
    keep = S > _limit(xp, A, S[..., 0], atol, rtol)[..., None]
    inverse = xp.where(keep, 1 / xp.where(keep, S, 1), 0)
    V = xp.conj(xp.swapaxes(Vh, -1, -2))
    return xp.matmul(V * inverse[..., None, :], xp.conj(xp.swapaxes(U, -1, -2)))


def _limit(xp, A, largest, atol, rtol):
    real = A.real.dtype
    if rtol is None:
        given = atol is not None and bool(xp.any(xp.asarray(atol) > 0))
        rtol = 0.0 if given else max(A.shape[-2:]) * xp.finfo(real).eps
    return xp.maximum(xp.asarray(0.0 if atol is None else atol, real), xp.asarray(rtol, real) * largest).astype(
        real, copy=False
    )


@op("_cutoff(Tensor A, any atol, any rtol, bool hermitian)", on="")
def _cutoff(xp, A, atol, rtol, hermitian):
    """max(atol, rtol * the largest singular value); rtol's default is max(m, n) * eps, 0 where only atol is given."""
    real = A.real.dtype
    if not A.shape[-1] or not A.shape[-2]:
        return xp.zeros(A.shape[:-2], real)
    if hermitian:
        largest = xp.abs(xp.linalg.eigvalsh(A)).max(-1)
    else:
        largest = svd_of(xp, A, compute_uv=False)[..., 0]
    return _limit(xp, A, largest, atol, rtol)


def _plain(value):
    """A tolerance given as a tensor, as its array's values; numbers as they are."""
    array = getattr(value, "_a", value)
    if getattr(array, "dtype", None) is not None and array.dtype.kind == "c":
        raise RuntimeError(f"tolerances (rcond, atol, rtol) of complex type are not supported, but got {value.dtype}")
    return array


@composite(
    "linalg_pinv(Tensor A, float|Tensor rcond=None, bool hermitian=False, *, float|Tensor atol=None, float|Tensor rtol=None)",
    on="linalg",
    out=True,
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
    for name, value in (("atol", atol), ("rtol", rtol)):
        if getattr(value, "requires_grad", False) and mode.grad:
            raise RuntimeError(
                f"linalg_pinv: there is no derivative with respect to argument '{name}': give one that requires no gradient"
            )
    return k._pinv(A, _plain(atol), _plain(rtol), hermitian)


@composite("pinverse(Tensor input, float rcond=1e-15)")
def pinverse(k, input, rcond=1e-15):
    """`torch.linalg.pinv`."""
    return k.linalg_pinv(input, rcond)


@op("_rank(Tensor A, Tensor cutoff, bool hermitian)", dense=True, on="")
def _rank(xp, A, cutoff, hermitian):
    """How many singular values exceed the cutoff."""
    if not A.shape[-1] or not A.shape[-2]:
        return xp.zeros(A.shape[:-2], "int64")
    values = xp.abs(xp.linalg.eigvalsh(A)) if hermitian else svd_of(xp, A, compute_uv=False)
    return (values > cutoff[..., None]).sum(-1, dtype="int64")


@composite(
    "linalg_matrix_rank(Tensor A, float|Tensor tol=None, bool hermitian=False, *, float|Tensor atol=None, "
    "float|Tensor rtol=None)",
    on="linalg",
    out=True,
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


@composite("linalg_cond(Tensor A, real|str p=None)", on="linalg", out=True)
def linalg_cond(k, A, p=None):
    """The condition number with respect to inversion, in the norm `p` (None: 2).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.cond.html
    """
    check_matrix("linalg.cond", A)
    if p not in (None, 2, -2, "fro", "nuc", math.inf, -math.inf, 1, -1):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if 0 in A.shape:
        return k._zeros_shaped(k.real(A.detach()), A.shape[:-2])
    check_floating("linalg.cond", A)
    if p is None or p in (2, -2):
        S = k.linalg_svdvals(A)
        if p == -2:
            return k.select(S, -1, -1) / k.select(S, -1, 0)
        return k.select(S, -1, 0) / k.select(S, -1, -1)
    check_square("linalg.cond", A)
    if p == "nuc":
        S = k.linalg_svdvals(A)
        return k.sum(S, -1) * k.sum(1 / S, -1)
    inverse, info = k._inv(A, "linalg.cond", False)
    inverse = k.masked_fill(inverse, k.reshape(info > 0, (*info.shape, 1, 1)), math.inf)
    return k.nan_to_num(k.linalg_matrix_norm(A, p) * k.linalg_matrix_norm(inverse, p), math.inf, math.inf, -math.inf)


@composite("linalg_lstsq(Tensor A, Tensor B, float rcond=None, *, str driver=None)", on="linalg", out=True)
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
    vector = is_vector(A, B)
    if not vector and not 0 <= A.ndim - B.ndim <= 1:
        raise RuntimeError(
            "torch.linalg.lstsq: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1"
        )
    B = k.unsqueeze(B, -1) if vector else B
    if A.shape[-2] != B.shape[-2]:
        raise RuntimeError(
            f"torch.linalg.lstsq: input.size(-2) should match other.size(-2), got {list(A.shape)} and {list(B.shape)}"
        )
    # PyTorch takes the first dimensions of B for a batch, where it has one less than A as well
    B = k.expand(B, (*k.broadcast_shapes(A.shape[:-2], B.shape[: A.ndim - 2]), *B.shape[-2:]))
    if A.dtype is not B.dtype:
        raise RuntimeError(
            f"torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype "
            f"{A.dtype.legacy} and other's dtype {B.dtype.legacy}"
        )
    cutoff = k._cutoff(A.detach(), None, rcond, False)
    m, n = A.shape[-2:]
    solution = k.matmul(mt(k, B), mt(k, k._pinv(A, None, rcond, False)))
    if m > n:  # LAPACK writes the solution over the right hand side
        solution = narrow(k, k._constant_pad(solution, (0, m - n), 0), -1, 0, n)
    solution = mt(k, solution)
    rank = k._rank(A.detach(), cutoff, False) * min(1, B.shape[-1])  # 0 where there is nothing to solve
    nothing = k._nothing_like(k.real(A.detach()))
    residuals = k.clone(narrow(k, k.reshape(k.real(A), (-1,)), 0, 0, 0))
    if driver != "gelsy" and A.shape[-2] > A.shape[-1] and bool((rank == A.shape[-1]).all()):
        rest = k.matmul(A, solution) - B
        residuals = k.sum(k.real(rest * k.conjugate(rest)), -2)
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
    last = A.ndim - 1
    if not n:
        return g
    size = k.amax(k.abs(g.detach() if hasattr(g, "detach") else g), (last - 1, last), True)
    size = k.where(k.logical_and(size > 0, size < math.inf), size, 1.0)  # nothing small is lost beside a large gradient
    block = k.cat([k.cat([Ah, g / size], last), k.cat([g * 0, Ah], last)], last - 1)
    return narrow(k, narrow(k, k.linalg_matrix_exp(block), -2, 0, n), -1, n, n) * size


@op("linalg_matrix_exp(Tensor A)", dense=True, on="linalg", vjp={"A": _exp_rule})
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


@composite("linalg_tensorsolve(Tensor A, Tensor B, ints dims=None)", on="linalg", out=True)
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


@composite("linalg_vander(Tensor x, *, size N=None)", on="linalg")
def linalg_vander(k, x, N=None):
    """Powers 0 … N - 1 of each element, in columns. Shape: (*, n) -> (*, n, N).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.vander.html
    """
    if x.dtype.is_half or x.dtype.category == dtypes.BOOL:
        raise RuntimeError(
            f"linalg.vander supports floating point, complex, and integer tensors, but got {x.dtype.legacy}"
        )
    x = x if x.ndim else k.unsqueeze(x, 0)
    x = x if x.dtype.is_floating_point or x.dtype.is_complex else x.long()  # they are running products
    count = x.shape[-1] if N is None else N
    if count <= 1:
        raise RuntimeError(f"N must be greater than 1, got {count}.")
    x = k.unsqueeze(x, -1)
    columns = [k.pow(x.detach(), 0)]
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
    x = x if x.dtype.is_floating_point or x.dtype.is_complex else x.long()
    column = k.unsqueeze(x, 1)
    columns = [k.pow(column.detach(), 0)]
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
    needs_dimension(name, tau.ndim)
    if n < tau.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    check_reflections(name, "orgqr_cpu", input, tau)
    return k._householder(input, tau, k._eye_like(input.detach()), False, False)


@composite("orgqr(Tensor input, Tensor tau)", out=True)
def orgqr(k, input, tau):
    """`torch.linalg.householder_product`."""
    return k.linalg_householder_product(input, tau)
