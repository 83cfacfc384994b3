# Written by `penlight stubs --write`; not to be edited.
from builtins import bool as _bool, bytes as _bytes, complex as _complex, dict as _dict, float as _float, int as _int, list as _list, object as _object, set as _set, slice as _slice, str as _str, tuple as _tuple, type as _type
from collections.abc import Callable as _Callable, Iterator as _Iterator, Sequence as _Sequence
from typing import Any as _Any, overload as _overload

import numpy as _np

_Number = _float | _complex

from penlight import Tensor
from penlight import return_types as _return_types
from penlight.tensor.generator import Generator as _Generator
from penlight.base.size import Size as _Size
from penlight.base.device import device as _device
from penlight.base.dtypes import dtype as _dtype
from penlight.base.formats import layout as _layout
from penlight.base.formats import memory_format as _memory_format

from penlight.base.errors import _LinAlgError as LinAlgError

def cholesky(A: Tensor, *, upper: _bool = False, out: _Any = None) -> Tensor:
    """L with A = L L^H, for positive-definite matrices. Shape: (*, n, n) -> same."""
def cholesky_ex(A: Tensor, *, upper: _bool = False, check_errors: _bool = False, out: _Any = None) -> _return_types.linalg_cholesky_ex:
    """(L, info): info is 0, or the order of the leading minor that is not positive-definite."""
def cond(A: Tensor, p: _Number | _str | None = None, *, out: _Any = None) -> Tensor:
    """The condition number with respect to inversion, in the norm `p` (None: 2)."""
def cross(input: Tensor, other: Tensor, *, dim: _int = -1, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The cross product of vectors of length 3 along `dim`."""
def det(A: Tensor, *, out: _Any = None) -> Tensor:
    """The determinant. Shape: (*, n, n) -> (*)."""
def diagonal(A: Tensor, *, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
    """`torch.diagonal` of the last two dimensions."""
def eig(A: Tensor, *, out: _Any = None) -> _return_types.linalg_eig:
    """(eigenvalues, eigenvectors) of square matrices, complex."""
def eigh(A: Tensor, UPLO: _str = 'L', *, out: _Any = None) -> _return_types.linalg_eigh:
    """(eigenvalues, eigenvectors) of symmetric or Hermitian matrices, ascending. Shape: (*, n, n) -> …"""
def eigvals(A: Tensor, *, out: _Any = None) -> Tensor:
    """Eigenvalues of square matrices, complex."""
def eigvalsh(A: Tensor, UPLO: _str = 'L', *, out: _Any = None) -> Tensor:
    """Eigenvalues of symmetric or Hermitian matrices, ascending."""
def householder_product(input: Tensor, tau: Tensor, *, out: _Any = None) -> Tensor:
    """The first columns of the product of reflections 1 - tau_i v_i v_i^H, v_i in the columns of …"""
def inv(A: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse of square matrices. Shape: (*, n, n) -> same."""
def inv_ex(A: Tensor, *, check_errors: _bool = False, out: _Any = None) -> _return_types.linalg_inv_ex:
    """(inverse, info): info is 0, or which diagonal element of U is zero."""
def ldl_factor(A: Tensor, *, hermitian: _bool = False, out: _Any = None) -> _Any:
    """(LD, pivots) of symmetric (or Hermitian) matrices. Raises RuntimeError for a zero pivot."""
def ldl_factor_ex(A: Tensor, *, hermitian: _bool = False, check_errors: _bool = False, out: _Any = None) -> _Any:
    """(LD, pivots, info) of symmetric (or Hermitian) matrices, of which the lower triangle is read."""
def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: _bool = False, out: _Any = None) -> Tensor:
    """X with A X = B from `torch.linalg.ldl_factor` of A. Shape: (*, n, n), (*, n), (*, n, k) -> (*, …"""
def lstsq(A: Tensor, B: Tensor, rcond: _float | None = None, *, driver: _str | None = None, out: _Any = None) -> _return_types.linalg_lstsq:
    """(solution, residuals, rank, singular_values) of min |A X - B|."""
def lu(A: Tensor, *, pivot: _bool = True, out: _Any = None) -> _return_types.linalg_lu:
    """(P, L, U) with A = P L U."""
def lu_factor(A: Tensor, *, pivot: _bool = True, out: _Any = None) -> _return_types.linalg_lu_factor:
    """(LU, pivots) of A = P L U."""
def lu_factor_ex(A: Tensor, *, pivot: _bool = True, check_errors: _bool = False, out: _Any = None) -> _return_types.linalg_lu_factor_ex:
    """(LU, pivots, info)."""
def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: _bool = True, adjoint: _bool = False, out: _Any = None) -> Tensor:
    """X with A X = B (X A = B, or with A^H) from A's LU."""
def matmul(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """`torch.matmul`."""
def matrix_exp(A: Tensor) -> Tensor:
    """The matrix exponential, by scaling and squaring with a Pade approximant of order 13."""
def matrix_norm(A: Tensor, ord: _Number | _str = 'fro', dim: _Sequence[_int] = ..., keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """A norm of matrices: 'fro', 'nuc', or 1, 2, inf (and their negatives) of the induced norms."""
def matrix_power(A: Tensor, n: _int, *, out: _Any = None) -> Tensor:
    """The n-th power of square matrices; negative powers are those of the inverse. Shape: (*, m, m) …"""
def matrix_rank(A: Tensor, tol: _float | Tensor | None = None, hermitian: _bool = False, *, atol: _float | Tensor | None = None, rtol: _float | Tensor | None = None, out: _Any = None) -> Tensor:
    """The number of singular values above a tolerance."""
def multi_dot(tensors: _Sequence[Tensor], *, out: _Any = None) -> Tensor:
    """The product of several matrices, in the order of fewest multiplications; the first and last may …"""
def norm(A: Tensor, ord: _Number | _str | None = None, dim: _int | _Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """A vector norm (of everything, or over one dimension) or a matrix norm (over two)."""
def pinv(A: Tensor, rcond: _float | Tensor | None = None, hermitian: _bool = False, *, atol: _float | Tensor | None = None, rtol: _float | Tensor | None = None, out: _Any = None) -> Tensor:
    """The Moore-Penrose pseudoinverse. Shape: (*, m, n) -> (*, n, m)."""
def qr(A: Tensor, mode: _str = 'reduced', *, out: _Any = None) -> _return_types.linalg_qr:
    """(Q, R) with A = Q R, Q orthonormal, R upper triangular."""
def slogdet(A: Tensor, *, out: _Any = None) -> _return_types.linalg_slogdet:
    """(sign, log|determinant|)."""
def solve(A: Tensor, B: Tensor, *, left: _bool = True, out: _Any = None) -> Tensor:
    """X with A X = B (or X A = B). Shape: (*, n, n), (*, n, k) or (*, n) -> as B."""
def solve_ex(A: Tensor, B: Tensor, *, left: _bool = True, check_errors: _bool = False, out: _Any = None) -> _return_types.linalg_solve_ex:
    """(result, info): info is 0, or which diagonal element of U is zero."""
def solve_triangular(A: Tensor, B: Tensor, *, upper: _bool, left: _bool = True, unitriangular: _bool = False, out: _Any = None) -> Tensor:
    """X with A X = B (or X A = B) for triangular A. Shape: (*, n, n), (*, n, k) -> (*, n, k)."""
def svd(A: Tensor, full_matrices: _bool = True, *, driver: _str | None = None, out: _Any = None) -> _return_types.linalg_svd:
    """(U, S, Vh) with A = U diag(S) Vh. Shape: (*, m, n) -> (*, m, k), (*, k), (*, k, n), k = min(m, …"""
def svdvals(A: Tensor, *, driver: _str | None = None, out: _Any = None) -> Tensor:
    """Singular values, descending."""
def tensorinv(A: Tensor, ind: _int = 2, *, out: _Any = None) -> Tensor:
    """The inverse of A as a map from its last dimensions to its first `ind`."""
def tensorsolve(A: Tensor, B: Tensor, dims: _Sequence[_int] | None = None, *, out: _Any = None) -> Tensor:
    """X with tensordot(A, X, X.ndim) = B."""
def vander(x: Tensor, *, N: _int | None = None) -> Tensor:
    """Powers 0 … N - 1 of each element, in columns. Shape: (*, n) -> (*, n, N)."""
def vecdot(x: Tensor, y: Tensor, *, dim: _int = -1, out: _Any = None, axis: _Any = ...) -> Tensor:
    """sum(conj(x) * y) along `dim`, with broadcasting."""
def vector_norm(x: Tensor, ord: _Number = 2, dim: _Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The p-norm of vectors, of all elements or over `dim`."""
