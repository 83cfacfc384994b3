"""Gamma and Dirichlet numbers, and how a gamma number moves with its concentration."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from penlight.autograd.function import Function, once_differentiable
from penlight.base.mode import mode
from penlight.tensor.generator import default_generator
from penlight.tensor.tensor import Tensor

__all__ = ["dirichlet_slope", "sample_dirichlet", "standard_gamma", "standard_gamma_slope"]


def _digamma(x: np.ndarray) -> np.ndarray:
    """psi(x) for x > 0: psi(x) = psi(x + 1) - 1/x up to 10, then the asymptotic series."""
    shift = np.zeros_like(x)
    for _ in range(10):
        small = x < 10
        shift = np.where(small, shift - 1 / x, shift)
        x = np.where(small, x + 1, x)
    s = 1 / (x * x)
    series = s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132)))))
    return shift + np.log(x) - 0.5 / x - series


_lgamma = np.vectorize(math.lgamma, otypes=[np.float64])


def standard_gamma_slope(alphas: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """dx/da of a gamma number x of concentration a at a fixed quantile: -(dP(a, x)/da) / p(x), in float64.

    With P(a, x) = sum_n t_n, t_n = x^(a + n) exp(-x) / Gamma(a + n + 1): dP/da = sum_n t_n (log x - psi(a + n + 1)),
    and p(x) = t_0 a / x. Dividing by t_0 leaves products of ratios, so nothing under- or overflows early.

    Source: M. Figurnov, S. Mohamed, A. Mnih, Implicit reparameterization gradients, NeurIPS 2018.
    """
    a, x = (np.asarray(v, np.float64) for v in np.broadcast_arrays(alphas, numbers))
    if not a.size:
        return np.zeros(a.shape)
    ratio, psi, log_x = np.ones_like(a), _digamma(a + 1), np.log(x)
    total = log_x - psi
    for n in range(1, int(np.max(x) + 12 * math.sqrt(np.max(x)) + 60)):
        psi = psi + 1 / (a + n)
        ratio = ratio * x / (a + n)
        total = total + ratio * (log_x - psi)
        if np.all(ratio < 1e-18 * np.abs(total) + 1e-300):
            break
    return -total * x / a


class StandardGamma(Function):
    """Gamma numbers of rate 1, differentiable in the concentration."""

    @staticmethod
    def forward(ctx: Any, concentration: Tensor) -> Tensor:
        drawn = Tensor._wrap(default_generator.standard_gamma(concentration._a))
        ctx.save_for_backward(concentration, drawn)
        return drawn

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        concentration, drawn = ctx.saved_tensors
        slope = standard_gamma_slope(concentration._a, drawn._a).astype(grad._a.dtype)
        return grad * Tensor._wrap(slope)


def standard_gamma(concentration: Tensor) -> Tensor:
    """Gamma numbers of rate 1. Shape: that of `concentration`."""
    if concentration.requires_grad and mode.grad:
        return StandardGamma.apply(concentration)
    return Tensor._wrap(default_generator.standard_gamma(concentration._a))


def _weighted_series(c: np.ndarray, total: np.ndarray, x: np.ndarray, start: np.ndarray, falls: bool) -> np.ndarray:
    """sum_n s_n L_n with s_n = (total)_n / (c + 1)_n x^n and L_n = start + sum_(k < n) of its logarithm's derivative.

    The derivative is 1 / (total + k), less 1 / (c + 1 + k) where c itself moves (`falls`).
    """
    s, log_slope, found = np.ones_like(x), start.copy(), start.copy()
    for k in range(100_000):
        s = s * x * (total + k) / (c + 1 + k)
        log_slope = log_slope + 1 / (total + k) - (1 / (c + 1 + k) if falls else 0)
        term = s * log_slope
        found = found + term
        if np.all(np.abs(term) <= 1e-17 * np.abs(found) + 1e-300):
            break
    return found


def dirichlet_slope(x: np.ndarray, alpha: np.ndarray, total: np.ndarray) -> np.ndarray:
    """(dx / d alpha) / (1 - x) of a beta number x, alone at a fixed quantile while alpha and the total grow, in float64.

    dx/da = -(dI_x(a, b)/da) / p(x) with b = total - a. With I_x(a, b) = x^a (1 - x)^b / (a B(a, b)) sum_n s_n, whose
    terms' logarithms have simple slopes, all but a factor x (1 - x) / a cancels. It converges fast below the mean; above
    it I_x(a, b) = 1 - I_(1-x)(b, a) is used. PyTorch has approximations that are right to about 0.1 %.

    Source: M. Figurnov, S. Mohamed, A. Mnih, Implicit reparameterization gradients, NeurIPS 2018.
    """
    x, a, total = (np.asarray(v, np.float64) for v in np.broadcast_arrays(x, alpha, total))
    b, y = total - a, 1 - x
    found = np.empty(x.shape)
    low = x <= (a + 1) / (total + 2)
    shared = _digamma(total) - _digamma(a)
    for side, c, part in ((low, a, x), (~low, b, y)):
        c, part, n = c[side], part[side], total[side]
        if not part.size:
            continue
        if side is low:
            series = _weighted_series(c, n, part, np.log(part) - 1 / c + shared[side], True)
            found[side] = -part / c * series
        else:
            series = _weighted_series(c, n, part, np.log1p(-part) + shared[side], False)
            found[side] = (1 - part) / c * series
    return found


class _Dirichlet(Function):
    """Dirichlet vectors, differentiable in the concentration: dx_i / da_j = (delta_ij - x_i) slope_j."""

    @staticmethod
    def forward(ctx: Any, concentration: Tensor) -> Tensor:
        drawn = _drawn_dirichlet(concentration)
        ctx.save_for_backward(concentration, drawn)
        return drawn

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        concentration, drawn = ctx.saved_tensors
        a = concentration._a.astype(np.float64)
        slope = dirichlet_slope(drawn._a, a, a.sum(-1, keepdims=True)).astype(drawn._a.dtype)
        return Tensor._wrap(slope) * (grad - (drawn * grad).sum(-1, True))


def _drawn_dirichlet(concentration: Tensor) -> Tensor:
    dtype = concentration._a.dtype
    if dtype not in (np.float32, np.float64):
        raise NotImplementedError(f"sample_dirichlet expects float32 or float64, but got {dtype}")
    numbers = default_generator.standard_gamma(
        concentration._a.astype(np.float64)
    )  # PyTorch draws and divides in double
    shares = (numbers / numbers.sum(-1, keepdims=True)).astype(dtype)
    return Tensor._wrap(np.clip(shares, np.finfo(dtype).tiny, np.nextafter(dtype.type(1), dtype.type(0))))


def sample_dirichlet(concentration: Tensor) -> Tensor:
    """Dirichlet vectors: gamma numbers divided by their sum. Shape: (..., C)."""
    if concentration.requires_grad and mode.grad:
        return _Dirichlet.apply(concentration)
    return _drawn_dirichlet(concentration)
