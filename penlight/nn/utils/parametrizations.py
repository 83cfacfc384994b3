"""Ready parametrizations of weights: orthogonal, of spectral norm 1, length apart from direction."""

from __future__ import annotations

from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.nn.functional_layers import normalize
from penlight.nn.modules.module import Module
from penlight.nn.utils.parametrize import register_parametrization
from penlight.nn.utils.weight_norm import norm_except_dim
from penlight.tensor.create import eye, zeros
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.random import randn
from penlight.tensor.tensor import Tensor

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]

_MAPS = ("matrix_exp", "cayley", "householder")


def _parameter(module: Module, name: str) -> Tensor:
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return weight


def _is_orthogonal(q: Tensor) -> bool:
    """Whether the columns (n >= k) are orthonormal, to 10 k times the machine's precision."""
    n, k = q.shape[-2:]
    gram = ops.matmul(q.mH, q)
    precision = ops.abs(gram - eye(k, dtype=q.dtype)).max().item()
    epsilon = 2.0**-52 if q.dtype.itemsize >= 8 and not q.is_complex() or q.dtype.itemsize == 16 else 2.0**-23
    return n >= k and precision <= 10 * k * epsilon


def _nearby_orthogonal(a: Tensor) -> Tensor:
    """The Q of A = Q R with the signs that make R's diagonal positive."""
    packed, tau = ops.geqrf(a)
    q = ops.linalg_householder_product(packed, tau)
    return q * packed.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


class _Orthogonal(Module):
    """A free matrix mapped to an orthogonal one; optionally relative to a fixed orthogonal base."""

    base: Tensor | None

    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool = True) -> None:
        super().__init__()
        if weight.is_complex() and orthogonal_map == "householder":
            raise ValueError("The householder parametrization does not support complex tensors.")
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, x: Tensor) -> Tensor:
        n, k = x.shape[-2:]
        transposed = n < k
        if transposed:
            x = x.mT
            n, k = k, n
        if self.orthogonal_map == "householder":
            tau = 2.0 / (1.0 + (x * x).tril(-1).sum(dim=-2))
            q = ops.linalg_householder_product(x, tau)
            q = q * x.diagonal(dim1=-2, dim2=-1).unsqueeze(-2)
        else:
            a = x.tril()
            if n != k:  # columns of zeros make it square
                a = ops.cat([a, zeros(*x.shape[:-2], n, n - k, dtype=x.dtype)], -1)
            a = a - a.mH  # skew-Hermitian: exp and the Cayley map make it orthogonal
            if self.orthogonal_map == "matrix_exp":
                q = ops.linalg_matrix_exp(a)
            else:
                identity = eye(n, dtype=a.dtype)
                q = ops.linalg_solve(identity - 0.5 * a, identity + 0.5 * a)
            if n != k:
                q = q[..., :k]
        if hasattr(self, "base"):
            q = ops.matmul(self.base, q)
        return q.mT if transposed else q

    def right_inverse(self, q: Tensor) -> Tensor:
        if q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {q.shape}."
            )
        original = q
        n, k = q.shape[-2:]
        transposed = n < k
        if transposed:
            q = q.mT
            n, k = k, n
        if not hasattr(self, "base"):
            if self.orthogonal_map != "householder":
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                    "use_trivialization=False."
                )
            packed, tau = ops.geqrf(q)  # reflections and R; where Q was orthogonal, R is the signs
            diagonal = packed.diagonal(dim1=-2, dim2=-1)
            signs = diagonal.sgn().where(diagonal != 0, diagonal.new_ones(diagonal.shape))
            diagonal.copy_(signs.where(tau != 0, -signs))  # where there was no reflection, `forward` makes one
            return packed.mT if transposed else packed
        if n == k:
            q = q.clone() if _is_orthogonal(q) else _nearby_orthogonal(q)
        else:  # complete the columns to a square orthogonal base
            more = randn(*q.shape[:-2], n, n - k, dtype=q.dtype)
            q = _nearby_orthogonal(ops.cat([q, more], -1))
        self.base = q
        negative = original.new_zeros(original.shape)
        negative.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return negative


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> Module:
    """Keep a matrix (or each of a batch) orthogonal: Q^H Q = I where it is tall, Q Q^H = I where it is wide.

    Args:
        orthogonal_map: "matrix_exp" (default for square and complex matrices), "cayley", or "householder" (default
            otherwise).
        use_trivialization: the map is relative to a stored base, which lets one assign any orthogonal matrix.
    Raises: ValueError for a tensor of fewer than 2 dimensions or an unknown map.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.orthogonal.html
    """
    weight = _parameter(module, name)
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        square = weight.shape[-2] == weight.shape[-1]
        orthogonal_map = "matrix_exp" if square or weight.is_complex() else "householder"
    if orthogonal_map not in _MAPS:
        raise ValueError(
            f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}'
        )
    chain = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return register_parametrization(module, name, chain, unsafe=True)


class _WeightNorm(Module):
    """weight = g * v / ||v||."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_v * (weight_g / norm_except_dim(weight_v, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except_dim(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Learn a weight's length (`original0`, per slice along `dim`) and its direction (`original1`) apart.

    State dicts of the older `nn.utils.weight_norm` (`weight_g`, `weight_v`) load.
    Source: Salimans and Kingma, 2016; https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.weight_norm.html
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def rename(state_dict: dict, prefix: str, *rest: Any) -> None:
        old = [f"{prefix}{name}_{part}" for part in "gv"]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{name}.original{i}"] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(rename)
    return module


class _SpectralNorm(Module):
    """weight / sigma, its largest singular value, followed by power iteration."""

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        ndim = weight.ndim
        if not -ndim <= dim < ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{ndim}, {ndim - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim = dim if dim >= 0 else dim + ndim
        self.eps = eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = self._as_matrix(weight)
            rows, columns = matrix.shape
            u = matrix.new_empty(rows).normal_(0, 1)
            v = matrix.new_empty(columns).normal_(0, 1)
            self.register_buffer("_u", normalize(u, dim=0, eps=eps))
            self.register_buffer("_v", normalize(v, dim=0, eps=eps))
            self._power_iteration(matrix.detach(), 15)  # near the singular vectors from the start

    def _as_matrix(self, weight: Tensor) -> Tensor:
        if self.dim != 0:
            weight = weight.permute(self.dim, *[d for d in range(weight.dim()) if d != self.dim])
        return weight.flatten(1)

    def _power_iteration(self, matrix: Tensor, steps: int) -> None:
        with no_grad():
            for _ in range(steps):
                self._u.copy_(normalize(ops.mv(matrix, self._v), dim=0, eps=self.eps))
                self._v.copy_(normalize(ops.mv(matrix.mH, self._u), dim=0, eps=self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = self._as_matrix(weight)
        if self.training:
            self._power_iteration(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # the buffers change at the next call, the graph keeps these
        return weight / ops.vdot(u, ops.mv(matrix, v))

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divide a weight by its largest singular value. Power iteration advances at each reading in training mode.

    Source: Miyato et al., 2018; https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.spectral_norm.html
    """
    weight = _parameter(module, name)
    if dim is None:  # transposed convolutions have their outputs in dimension 1
        dim = 1 if type(module).__name__.startswith("ConvTranspose") else 0
    register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))
    return module
