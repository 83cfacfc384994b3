"""The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x), elementwise in float64.

Below x = a + 1 the power series of P is summed, above it the continued fraction of Q, each until it stands still; the
other function is the complement. Source: https://dlmf.nist.gov/8.11.E4, https://dlmf.nist.gov/8.9.E2
For large a, where both take more and more terms, the uniform expansion: https://dlmf.nist.gov/8.12
"""

import numpy as np

from .special import erfc, lgamma

__all__ = ["gamma_p", "gamma_q"]

_EPS = 2.0**-53
_LARGE = 1e6  # from here on four terms of the expansion are exact in float64


def _bend(u):
    """log1p(u) - u, also where the two nearly cancel."""
    series = np.zeros_like(u)
    for k in range(20, 1, -1):  # -u^2/2 + u^3/3 - …
        series = series * u + (-1.0) ** (k + 1) / k
    return np.where(np.abs(u) < 0.1, series * u * u, np.log1p(u) - u)


def _uniform(a, x):
    """P and Q for large a."""
    with np.errstate(all="ignore"):
        u = (x - a) / a
        bend = _bend(u)
        eta = np.copysign(np.sqrt(-2 * bend), u)
        e = np.clip(eta, -1, 1)  # the remainder vanishes beyond
        terms = -1 / 3 + e * (1 / 12 + e * (-2 / 135 + e / 864)) - (1 / 540 + e / 288) / a
        rest = np.exp(a * bend) * terms / np.sqrt(2 * np.pi * a)
        z = eta * np.sqrt(a / 2)
        return erfc(-z) / 2 - rest, erfc(z) / 2 + rest


def _power(a, x):
    """x**a exp(-x) / Gamma(a + 1)."""
    with np.errstate(all="ignore"):
        # for large a the logarithms would cancel: Stirling's series with a (log1p(u) - u) as one difference
        bend = _bend((x - a) / a)
        a2 = a * a
        stirling = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * a2)) / a2) / a2) / a
        large = np.exp(a * bend - stirling) / np.sqrt(2 * np.pi * a)
        direct = np.exp(a * np.log(x) - x - lgamma(a + 1))
    return np.where(a > 12, large, direct)


def _series(a, x):
    """P by sum over n of x^n / ((a + 1) … (a + n))."""
    term = np.ones_like(a)
    total = np.ones_like(a)
    n = a.copy()
    for _ in range(100000):
        n += 1
        term *= x / n
        total += term
        if not (np.abs(term) > np.abs(total) * _EPS).any():
            break
    return total * _power(a, x)


def _small(a, x):
    """Q for small a and x, where P is nearly 1 (DLMF 8.7.1; the logarithm of Gamma(1 + a) by 5.7.3)."""
    log_gamma = a * (-np.euler_gamma + a * (0.8224670334241132 - a * (0.40068563438653143 - a * 0.27058080842778454)))
    power = a * np.log(x) - log_gamma
    term, total = np.ones_like(x), np.zeros_like(x)
    for n in range(1, 25):
        term = term * -x / n
        total += term / (a + n)
    return -np.expm1(power) - a * np.exp(power) * total


def _fraction(a, x):
    """Q by the continued fraction 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - …)), after Lentz."""
    tiny = 1e-300
    b = x + 1 - a
    c = np.full_like(a, 1 / tiny)
    d = 1 / np.where(b == 0, tiny, b)
    h = d.copy()
    for i in range(1, 100000):
        step = -i * (i - a)
        b = b + 2
        d = step * d + b
        d = 1 / np.where(d == 0, tiny, d)
        c = b + step / c
        c = np.where(c == 0, tiny, c)
        change = d * c
        h *= change
        if not (np.abs(change - 1) > 2 * _EPS).any():
            break
    return h * a * _power(a, x)  # x**a exp(-x) / Gamma(a) = a * _power


def _both(a, x):
    dtype = a.dtype
    shape = np.broadcast_shapes(a.shape, x.shape)
    a, x = np.broadcast_arrays(*np.atleast_1d(a.astype(np.float64), x.astype(np.float64)))
    p = np.full(a.shape, np.nan)
    p[(x == 0) & ~(a <= 0)] = 0  # also where a is NaN, as in PyTorch
    p[(a == 0) & (x > 0)] = 1
    p[np.isinf(a) & (a > 0) & ~(x < 0) & ~np.isinf(x)] = 0  # also where x is NaN
    p[np.isinf(x) & (x > 0) & ~(a < 0) & ~np.isinf(a)] = 1  # also where a is NaN
    q = 1 - p
    usual = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    large = usual & (a > _LARGE)
    if large.any():
        p[large], q[large] = _uniform(a[large], x[large])
    low, high = usual & ~large & (x < a + 1), usual & ~large & (x >= a + 1)
    if low.any():
        p[low] = _series(a[low], x[low])
        q[low] = np.where(a[low] < 1e-3, _small(a[low], x[low]), 1 - p[low])
    if high.any():
        q[high] = _fraction(a[high], x[high])
        p[high] = 1 - q[high]
    return p.astype(dtype).reshape(shape), q.astype(dtype).reshape(shape)


def gamma_p(a, x):
    """The lower one.

    >>> bool(abs(gamma_p(np.array(1.0), np.array(2.0)) - (1 - np.exp(-2.0))) < 1e-15)
    True
    """
    return _both(a, x)[0]


def gamma_q(a, x):
    """The upper one."""
    return _both(a, x)[1]
