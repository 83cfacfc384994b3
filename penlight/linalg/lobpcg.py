"""`torch.lobpcg`: extreme eigenpairs of a symmetric matrix."""

from __future__ import annotations

from typing import Any

from penlight.tensor import Tensor
from penlight.tensor import tensor_ops as ops
from penlight.tensor.random import randn

__all__ = ["lobpcg"]


def lobpcg(
    A: Tensor, k: int | None = None, B: Tensor | None = None, X: Tensor | None = None, n: int | None = None,
    iK: Tensor | None = None, niter: int | None = None, tol: float | None = None, largest: bool | None = None,
    method: str | None = None, tracker: Any = None, ortho_iparams: dict | None = None,
    ortho_fparams: dict | None = None, ortho_bparams: dict | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The k largest (or smallest) eigenvalues of A x = lambda B x, and their vectors.

    A: symmetric, dense or sparse. Differs from PyTorch: the pairs come from a full decomposition of the dense matrix, so
    they are exact and the arguments that steer the iteration (X, iK, niter, tol, method, ortho_*) only count for shapes;
    the signs of vectors, there from a random start, may differ. `tracker` raises NotImplementedError.
    Shape: A, B (*, m, m) -> (*, k), (*, m, k).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.lobpcg.html

    >>> import penlight as torch
    >>> torch.lobpcg(torch.diag(torch.tensor([3., 1., 2.])), k=1)[0]
    tensor([3.])
    """
    if tracker is not None:
        raise NotImplementedError("penlight's lobpcg does not iterate, and so calls no tracker")
    if A.ndim < 2 or A.shape[-2] != A.shape[-1]:
        raise AssertionError(f"A must be square, got shape {A.shape}")
    m = A.shape[-1]
    k = (1 if X is None else X.shape[-1]) if k is None else k
    n = (k if X is None else X.shape[-1]) if n is None else n
    if m < 3 * n:
        raise ValueError(
            f"LOBPCG algorithm is not applicable when the number of A rows (={m}) is smaller than 3 x the number of "
            f"requested eigenpairs (={n})"
        )
    if method not in (None, "basic", "ortho"):
        raise ValueError(f"lobpcg: method must be 'basic' or 'ortho', got {method!r}")
    if X is None:
        randn((*A.shape[:-1], n), dtype=A.dtype)  # the random start: the stream goes on as PyTorch's does
    whole = A.to_dense() if A.is_sparse else A
    if B is None:
        values, vectors = ops.linalg_eigh(whole)
    else:
        factor = ops.linalg_cholesky(B.to_dense() if B.is_sparse else B)
        half = ops.linalg_solve_triangular(factor, whole, upper=False)
        inner = ops.linalg_solve_triangular(factor.mT, half, upper=True, left=False)
        values, vectors = ops.linalg_eigh(inner)
        vectors = ops.linalg_solve_triangular(factor.mT, vectors, upper=True)
    if largest is None or largest:
        values, vectors = values.flip(-1), vectors.flip(-1)
    return values[..., :k], vectors[..., :k]
