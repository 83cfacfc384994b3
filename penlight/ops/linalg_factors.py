"""Factorisations in LAPACK's own form: Householder reflections (geqrf, ormqr), L D L^T of symmetric matrices."""

from __future__ import annotations

import math

from penlight.base.dims import needs_dimension
from penlight.ops.kinds import not_implemented
from penlight.ops.matrices import check_matrix, check_square, check_system, mh, mt, named, narrow
from penlight.ops.table import composite, op, underivable

__all__: list[str] = []


# --- Householder reflections ------------------------------------------------------------------------------------------


def _no_rule(name):
    rule = underivable(name)
    return lambda k, g, need: rule(k, g)


@op(
    "_geqrf(Tensor input)",
    half="direct",
    dense="columns",
    on="",
    outputs="a tau",
    grad_name="GeqrfBackward0",
    joint=_no_rule("geqrf"),
)
def _geqrf(xp, input):
    """R above the diagonal, reflections below; the factors of the reflections."""
    if input.dtype.char not in "fdFD":
        raise not_implemented("geqrf_cpu", input.dtype)
    m, n = input.shape[-2:]
    if not input.size:
        return xp.array(input), xp.zeros((*input.shape[:-2], min(m, n)), input.dtype)
    packed, tau = xp.linalg.qr(input + 0, "raw")  # + 0: the sign of -0.0 would count
    return xp.ascontiguousarray(xp.swapaxes(packed, -1, -2)), tau


@composite("geqrf(Tensor input)", out=True)
def geqrf(k, input):
    """(a, tau): R in the upper triangle of `a`, the vectors of the reflections below. Shape: (*, m, n).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.geqrf.html
    """
    check_matrix("torch.geqrf", input, "input")
    return named("geqrf", k._geqrf(input))


def check_reflections(name, kernel, input, tau, other=None):
    """That the shapes (of batches) and dtypes of `input` are those of `tau` and `other`, and have a kernel."""
    batch = tuple(input.shape[:-2])
    for value, label, own in ((tau, "tau", 1), (other, "other", 2)):
        if value is None:
            continue
        if value.ndim != len(batch) + own:
            raise RuntimeError(
                f"{name}: Expected {label} to have {len(batch) + own} dimensions for an input of {input.ndim}, but got "
                f"{value.ndim}"
            )
        if tuple(value.shape[:-own]) != batch:
            raise RuntimeError(
                f"{name}: Expected batch dimensions of {label} to be equal to {list(batch)}, but got "
                f"{list(value.shape[:-own])}"
            )
        if value.dtype is not input.dtype:
            raise RuntimeError(
                f"{name}: Expected input and {label} to have the same dtype, but input has dtype {input.dtype!r} and "
                f"{label} has dtype {value.dtype!r}"
            )
    if input.dtype.np.char not in "fdFD":
        raise not_implemented(kernel, input.dtype.np)


def _order(tau, forward):
    return range(tau.shape[-1]) if forward else range(tau.shape[-1] - 1, -1, -1)


def _reflections_rule(k, g, need, input, tau, other, forward, conjugate):
    """Through y = x - t v (v^H x), one reflection after the other, the last one first."""
    if 0 in (*input.shape, *tau.shape):
        return None, None, k._ormqr(input, tau, g, not forward, not conjugate) if need[2] else None
    count, last = tau.shape[-1], g.ndim - 1
    V = k.tril(input, -1) + k._eye_like(input.detach() if hasattr(input, "detach") else input)
    used = k.unsqueeze(k.conjugate(tau) if conjugate else tau, last - 1)  # (*, 1, count)
    before = []
    for i in _order(tau, forward):
        before.append(other)
        v = narrow(k, V, -1, i, 1)
        other = other - narrow(k, used, -1, i, 1) * k.matmul(v, k.matmul(mh(k, v), other))
    for_v, for_tau = [None] * count, [None] * count
    for i, x in zip(_order(tau, not forward), reversed(before)):
        v, t = narrow(k, V, -1, i, 1), k.conjugate(narrow(k, used, -1, i, 1))
        inner, along = k.matmul(mh(k, v), x), k.matmul(mh(k, v), g)
        for_tau[i] = k.sum(-along * k.conjugate(inner), (last,))
        for_v[i] = -(t * k.matmul(g, mh(k, inner))) - k.matmul(x, k.conjugate(mt(k, t * along)))
        g = g - t * k.matmul(v, along)
    if need[1]:
        d_tau = k.cat(for_tau, tau.ndim - 1)
        d_tau = k.conjugate(d_tau) if conjugate else d_tau
    d_input = None
    if need[0]:
        unused = k.tril(narrow(k, V, -1, count, input.shape[-1] - count), -input.shape[-2])  # zeros
        d_input = k.tril(k.cat([*for_v, unused], input.ndim - 1), -1)
    return d_input, d_tau if need[1] else None, g if need[2] else None


def _declare_reflections(name, grad_name):
    def kernel(xp, input, tau, other, forward, conjugate):
        V = xp.tril(input, -1) + xp.eye(*input.shape[-2:], dtype=input.dtype)
        used = xp.conj(tau) if conjugate else tau
        for i in _order(tau, forward):
            v = V[..., i, None]
            other = other - used[..., i, None, None] * xp.matmul(v, xp.matmul(xp.conj(xp.swapaxes(v, -1, -2)), other))
        return other

    kernel.__doc__ = """`other` under the reflections 1 - tau_i v_i v_i^H, v_i in the columns of `input`."""
    op(
        f"{name}(Tensor input, Tensor tau, Tensor other, bool forward, bool conjugate)",
        half="direct", dense="columns", on="", outputs="result", grad_name=grad_name, joint=_reflections_rule, linked=True,
    )(kernel)  # fmt: skip


_declare_reflections("_householder", "LinalgHouseholderProductBackward0")
_declare_reflections("_ormqr", "OrmqrBackward0")


@composite("ormqr(Tensor input, Tensor tau, Tensor other, bool left=True, bool transpose=False)", out=True)
def ormqr(k, input, tau, other, left, transpose):
    """Q other, Q^H other (transpose), or with left=False other Q, other Q^H; Q as `torch.geqrf` gives it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.ormqr.html
    """
    name = "torch.ormqr"
    for value, label in ((input, "input"), (other, "other")):
        check_matrix(name, value, label)
    m = other.shape[-2 if left else -1]
    side = "other.shape[-2]" if left else "other.shape[-1]"
    if m != input.shape[-2]:
        raise RuntimeError(f"{name}: {side} must be equal to input.shape[-2]: got {m} and {input.shape[-2]}")
    needs_dimension(name, tau.ndim)
    if tau.shape[-1] != min(m, input.shape[-1]):
        raise RuntimeError(f"{name}: tau.shape[-1] must be equal to min({side}, input.shape[-1])")
    check_reflections(name, "ormqr_cpu", input, tau, other)
    if left:
        return k._ormqr(input, tau, other, transpose, transpose)
    return mh(k, k.contiguous(k._ormqr(input, tau, mh(k, other), not transpose, not transpose)))  # other Q = (Q^H other^H)^H


# --- L D L^T ----------------------------------------------------------------------------------------------------------

_GROWTH = (1 + math.sqrt(17)) / 8  # Bunch & Kaufman 1977: what bounds the growth of 1x1 and 2x2 pivots alike


def _size(xp, value):
    return xp.abs(value.real) + xp.abs(value.imag) if value.dtype.kind == "c" else xp.abs(value)  # as LAPACK


def _choose(xp, A, k, hermitian):
    """(the row to exchange with, the pivot's size) for column k."""
    size = abs(A[k, k].real) if hermitian else _size(xp, A[k, k])
    if k + 1 == len(A):
        return k, 1
    below = _size(xp, A[k + 1 :, k])
    at = k + 1 + int(below.argmax())
    column = below.max()
    if size >= _GROWTH * column:
        return k, 1
    row = max(_size(xp, A[at, k:at]).max(), _size(xp, A[at + 1 :, at]).max() if at + 1 < len(A) else 0)
    if size >= _GROWTH * column * (column / row):
        return k, 1
    diagonal = abs(A[at, at].real) if hermitian else _size(xp, A[at, at])
    return (at, 1) if diagonal >= _GROWTH * row else (at, 2)


def _factor_one(xp, A, pivots, hermitian):
    """L below the diagonal and the blocks of D on it, in place; the first zero pivot from 1, or 0."""
    n, k, info = len(A), 0, 0
    bar = xp.conj if hermitian else (lambda value: value)
    while k < n:
        at, step = _choose(xp, A, k, hermitian)
        if not A[k:, k].any():
            at, step, info = k, 1, info or k + 1
        first = k + step - 1
        if at != first:  # exchange rows and columns `first` and `at` of the lower triangle
            A[at + 1 :, [first, at]] = A[at + 1 :, [at, first]]
            middle = A[first + 1 : at, first].copy()
            A[first + 1 : at, first] = bar(A[at, first + 1 : at])
            A[at, first + 1 : at] = bar(middle)
            A[at, first] = bar(A[at, first])
            A[first, first], A[at, at] = A[at, at], A[first, first]
            if step == 2:
                A[k + 1, k], A[at, k] = A[at, k], A[k + 1, k]
        rest = slice(k + step, n)
        if step == 1:
            if hermitian:
                A[k, k] = A[k, k].real
            if A[k, k] != 0:
                column = A[rest, k] / A[k, k]
                A[rest, rest] -= xp.tril(xp.outer(column, bar(A[rest, k])))
                A[rest, k] = column
        else:
            D = A[k : k + 2, k : k + 2].copy()
            D[0, 1] = bar(D[1, 0])
            if hermitian:
                D[0, 0], D[1, 1] = D[0, 0].real, D[1, 1].real
                A[k, k], A[k + 1, k + 1] = D[0, 0], D[1, 1]
            columns = A[rest, k : k + 2].copy()
            solved = xp.linalg.solve(D.T, columns.T).T
            A[rest, rest] -= xp.tril(xp.matmul(solved, bar(columns.T)))
            A[rest, k : k + 2] = solved
        if hermitian and rest.start < n:
            index = xp.arange(rest.start, n)
            A[index, index] = A[index, index].real
        pivots[k : k + step] = at + 1 if step == 1 else -(at + 1)
        k += step
    return info


@op(
    "_ldl_factor(Tensor A, bool hermitian)",
    half="direct",
    dense="columns",
    on="",
    outputs="LD pivots info",
    non_differentiable="pivots info",
    grad_name="NotImplemented",
    joint=_no_rule("linalg_ldl_factor_ex"),
)
def _ldl_factor(xp, A, hermitian):
    """L and D in one lower triangle, LAPACK's pivots, the first zero pivot."""
    LD = xp.tril(A)
    pivots, info = xp.zeros(A.shape[:-1], "int32"), xp.zeros(A.shape[:-2], "int32")
    for at in xp.ndindex(info.shape):
        info[at] = _factor_one(xp, LD[at], pivots[at], hermitian and A.dtype.kind == "c")
    return LD, pivots, info


@composite("linalg_ldl_factor_ex(Tensor A, *, bool hermitian=False, bool check_errors=False)", on="linalg", out=True)
def linalg_ldl_factor_ex(k, A, hermitian, check_errors):
    """(LD, pivots, info) of symmetric (or Hermitian) matrices, of which the lower triangle is read.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.ldl_factor_ex.html
    """
    check_square("torch.linalg.ldl_factor_ex", A)
    found = k._ldl_factor(A, hermitian)
    if check_errors:
        _raise_zero(k, "torch.linalg.ldl_factor_ex", found[2])
    return named("linalg_ldl_factor_ex", found)


def _raise_zero(k, name, info):
    if bool((info != 0).any()):
        raise RuntimeError(
            f"{name}: D[{int(info.max())},{int(info.max())}] is zero, so that no system can be solved with it; the "
            "matrix is singular"
        )


@composite("linalg_ldl_factor(Tensor A, *, bool hermitian=False)", on="linalg", out=True)
def linalg_ldl_factor(k, A, hermitian):
    """(LD, pivots) of symmetric (or Hermitian) matrices. Raises RuntimeError for a zero pivot.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.ldl_factor.html
    """
    check_square("torch.linalg.ldl_factor_ex", A)
    LD, pivots, info = k._ldl_factor(A, hermitian)
    _raise_zero(k, "torch.linalg.ldl_factor", info)
    return named("linalg_ldl_factor", (LD, pivots))


def _solve_one(xp, LD, pivots, X, hermitian):
    """Undo P_1 L_1 P_2 L_2 … D … L_2^T P_2 L_1^T P_1 block by block, in place."""
    n = len(LD)
    bar = xp.conj if hermitian else (lambda value: value)
    blocks, k = [], 0
    while k < n:
        step = 1 if pivots[k] > 0 else 2
        blocks.append((slice(k, k + step), slice(k + step, n), k + step - 1, abs(int(pivots[k])) - 1))
        k += step
    for block, rest, first, at in blocks:
        X[[first, at]] = X[[at, first]]
        X[rest] -= xp.matmul(LD[rest, block], X[block])
        D = LD[block, block]
        X[block] = X[block] / D if len(D) == 1 else xp.linalg.solve(xp.tril(D) + bar(xp.tril(D, -1)).T, X[block])
    for block, rest, first, at in reversed(blocks):
        X[block] -= xp.matmul(bar(LD[rest, block]).T, X[rest])
        X[[first, at]] = X[[at, first]]


@op(
    "_ldl_solve(Tensor LD, Tensor pivots, Tensor B, bool hermitian)",
    half="direct",
    dense="columns",
    on="",
    outputs="result",
    non_differentiable="pivots",
    grad_name="NotImplemented",
    joint=_no_rule("linalg_ldl_solve"),
)
def _ldl_solve(xp, LD, pivots, B, hermitian):
    """X with A X = B from A's factors."""
    X = xp.array(B)
    for at in xp.ndindex(B.shape[:-2]):
        _solve_one(xp, LD[at], pivots[at], X[at], hermitian and B.dtype.kind == "c")
    return X


@composite("linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False)", on="linalg", out=True)
def linalg_ldl_solve(k, LD, pivots, B, hermitian):
    """X with A X = B from `torch.linalg.ldl_factor` of A. Shape: (*, n, n), (*, n), (*, n, k) -> (*, n, k).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.ldl_solve.html
    """
    check_square("torch.linalg.ldl_solve", LD, "LD")
    check_system("torch.linalg.ldl_solve", LD, B)
    if pivots.dtype.is_floating_point or pivots.dtype.is_complex or pivots.dtype.name == "bool":
        raise RuntimeError(f"torch.linalg.ldl_solve: Expected pivots to be integers. Got {pivots.dtype.legacy}")
    if tuple(LD.shape[:-1]) != tuple(pivots.shape):
        raise RuntimeError(
            "torch.linalg.ldl_solve: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
            f"{list(pivots.shape)} instead"
        )
    batch = k.broadcast_shapes(LD.shape[:-2], B.shape[:-2])
    LD = k.expand(LD, (*batch, *LD.shape[-2:]))
    return k._ldl_solve(
        LD, k.expand(pivots, (*batch, pivots.shape[-1])), k.expand(B, (*batch, *B.shape[-2:])), hermitian
    )
