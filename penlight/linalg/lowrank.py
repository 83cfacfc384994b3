"""`torch.svd_lowrank` and `torch.pca_lowrank`: the leading singular values of a matrix by random projection.

Source: Halko, Martinsson & Tropp 2009, algorithms 4.4 (subspace iteration) and 5.1.
"""

from __future__ import annotations

from penlight.base.dims import read
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.random import randn
from penlight.tensor.tensor import Tensor

__all__ = ["pca_lowrank", "svd_lowrank"]


def svd_lowrank(
    A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """(U, S, V) with A - M close to U diag(S) V^H, of rank `q`. Shape: (*, m, n) -> (*, m, q), (*, q), (*, n, q).

    Draws a normal (n, q) matrix from the default generator. `niter` rounds of subspace iteration sharpen the result.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.svd_lowrank.html

    >>> import penlight as torch
    >>> U, S, V = svd_lowrank(torch.diag(torch.tensor([3.0, 2.0, 0.0])), q=2)
    >>> S.round()
    tensor([3., 2.])
    """
    q = 6 if q is None else q if isinstance(q, bool) else read("size", q, "q", "svd_lowrank", 2)
    m, n = A.shape[-2:]
    if M is not None:
        M = M.broadcast_to(A.shape)
    if m < n:
        U, S, V = _tall(A.mH, q, niter, None if M is None else M.mH)
        return V, S, U
    return _tall(A, q, niter, M)


def _tall(A: Tensor, q: int, niter: int | None, M: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    def times(Q: Tensor, adjoint: bool) -> Tensor:
        product = ops.matmul(A.mH if adjoint else A, Q)
        return product if M is None else product - ops.matmul(M.mH if adjoint else M, Q)

    niter = 2 if niter is None else niter
    R = randn(A.shape[-1], q, dtype=A.dtype)
    Q = ops.linalg_qr(times(R, False))[0]
    for _ in range(niter):
        Q = ops.linalg_qr(times(Q, True))[0]
        Q = ops.linalg_qr(times(Q, False))[0]
    U, S, Vh = ops.linalg_svd(times(Q, True).mH, full_matrices=False)
    return ops.matmul(Q, U), S, Vh.mH


def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    """The leading principal components of the rows of `A`: `svd_lowrank` of A, its columns' means taken off.

    Raises: ValueError unless 0 <= q <= min(m, n) and niter >= 0.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.pca_lowrank.html

    >>> import penlight as torch
    >>> pca_lowrank(torch.tensor([[1.0, 0.0], [3.0, 0.0], [5.0, 0.0]]), q=1)[1]
    tensor([2.8284])
    """
    m, n = A.shape[-2:]
    if q is None:
        q = min(6, m, n)
    elif not 0 <= q <= min(m, n):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    return svd_lowrank(A - A.mean(dim=-2, keepdim=True) if center else A, q, niter)
