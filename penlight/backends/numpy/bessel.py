"""Bessel functions of order 0 and 1 and the Airy function, to float64 accuracy, from one integral and two power series.

From 1 on everything is K_v(z) = integral over t >= 0 of exp(-z cosh t) cosh(v t) (A&S 9.6.24) at z = x, or at z = i x
along the path of steepest descent t = u - i gd(u), where cosh t = 1 - i sinh(u) tanh(u): the integrand decays without
oscillating, and the trapezoidal rule converges exponentially (Trefethen & Weideman 2014). Then J - i Y = 2 i / pi *
exp(i v pi / 2) K_v(i x) (A&S 9.6.4). Below 1 the series of A&S 9.1.10 to 9.1.13 and 9.6.10 to 9.6.13.
"""

from __future__ import annotations

import math

import numpy as np

from penlight.backends.numpy.special import _in_double

_NODES = 32
_TERMS = 12  # of the series at x <= 1: 4^-12 / 12!^2 is 2.6e-25
_EULER = 0.5772156649015329


def _scaled_k(order, x, imaginary):
    """exp(z) K_order(z) for x >= 1 at z = x or z = i x, relative error about 1e-15."""
    width = 2 * np.arcsinh(np.sqrt(20 / x))  # where exp(-x (cosh u - 1)) has fallen to exp(-40)
    step = width * (1.1 / _NODES)
    total, root = np.full(x.shape, 0.5 * (1 - 1j) if imaginary else 0.5), np.sqrt(x)
    for j in range(1, _NODES + 1):
        u = j * step
        if imaginary:
            sine, cosine = np.tanh(u), 1 / np.cosh(u)  # of gd(u)
            along = np.exp(-x * np.sinh(u) * sine) * (1 - 1j * cosine)
            total += along if not order else along * np.cosh(order * (u - 2j * np.arctan(np.tanh(u / 2))))
        else:
            total += np.exp(-2 * (root * np.sinh(u / 2)) ** 2) * np.cosh(order * u)
    return step * total


def _series(x, order, sign):
    """(J_order, Y_order) for sign -1 and (I_order, K_order) for sign 1, 0 < x <= 1."""
    q, half = sign * 0.25 * x * x, 0.5 * x
    term = np.ones_like(x) if not order else half.copy()
    first, other = term.copy(), np.zeros_like(x)
    harmonic = 0.0 if not order else 0.5  # (H_k + H_(k + order)) / 2
    other += harmonic * term
    for k in range(1, _TERMS):
        term = term * (q / (k * (k + order)))
        harmonic += 0.5 / k + 0.5 / (k + order)
        first += term
        other += harmonic * term
    log = np.log(half) + _EULER
    pole = 1 / x if order else 0.0
    if sign < 0:
        return first, 2 / math.pi * (log * first - other - pole)
    return first, (-1 if not order else 1) * (log * first - other) + pole


def _oscillating(x, order):
    """(J_order, Y_order) of x >= 0."""
    J, Y = np.full_like(x, np.nan), np.full_like(x, np.nan)
    low, high = (x > 0) & (x <= 1), (x > 1) & (x < np.inf)
    J[low], Y[low] = _series(x[low], order, -1)
    v = x[high]
    hankel = (2j / math.pi) * 1j**order * np.exp(-1j * v) * _scaled_k(order, v, True)
    J[high], Y[high] = hankel.real, -hankel.imag
    J[x == 0], Y[x == 0] = 1.0 - order, -np.inf
    return J, Y


@_in_double
def bessel_j0(x):
    """The Bessel function of the first kind of order 0."""
    return _oscillating(np.abs(x), 0)[0]


@_in_double
def bessel_j1(x):
    """The Bessel function of the first kind of order 1."""
    return np.copysign(1.0, x) * _oscillating(np.abs(x), 1)[0]


@_in_double
def bessel_y0(x):
    """The Bessel function of the second kind of order 0; -inf at 0, nan below."""
    return _oscillating(x, 0)[1]


@_in_double
def bessel_y1(x):
    """The Bessel function of the second kind of order 1; -inf at 0, nan below."""
    return _oscillating(x, 1)[1]


def _decaying(x, order, scaled):
    result = np.full_like(x, np.nan)
    low, high = (x > 0) & (x <= 1), (x > 1) & (x < np.inf)
    v = x[low]
    result[low] = _series(v, order, 1)[1] * (np.exp(v) if scaled else 1)
    v = x[high]
    result[high] = _scaled_k(order, v, False) * (1 if scaled else np.exp(-v))
    result[x == 0], result[x == np.inf] = np.inf, 0.0
    return result


@_in_double
def bessel_k0(x):
    """The modified Bessel function of the second kind of order 0; inf at 0, nan below."""
    return _decaying(x, 0, False)


@_in_double
def bessel_k1(x):
    """The modified Bessel function of the second kind of order 1; inf at 0, nan below."""
    return _decaying(x, 1, False)


@_in_double
def scaled_bessel_k0(x):
    """exp(x) times the modified Bessel function of the second kind of order 0."""
    return _decaying(x, 0, True)


@_in_double
def scaled_bessel_k1(x):
    """exp(x) times the modified Bessel function of the second kind of order 1."""
    return _decaying(x, 1, True)


@_in_double
def spherical_bessel_j0(x):
    """sin(x) / x."""
    return np.where(np.isinf(x), 0.0, np.where(x == 0, 1.0, np.sin(x) / np.where(x == 0, 1.0, x)))


@_in_double
def airy_ai(x):
    """The Airy function Ai; nan at infinities.

    |x| <= 2: f(x) Ai(0) + g(x) Ai'(0) (A&S 10.4.2); elsewhere K of order 1/3 at 2/3 |x|^(3/2) (10.4.14) or at i times
    that: Ai(-x) = sqrt(x / 3) / pi * 2 Re(i K(i zeta)) by 10.4.15 and 9.6.4.
    """
    result = np.full_like(x, np.nan)
    near = np.abs(x) <= 2
    v = x[near]
    cube = v * v * v
    f, g = np.ones_like(v), v.copy()
    term_f, term_g = f.copy(), g.copy()
    for k in range(3, 60, 3):
        term_f = term_f * (cube / (k * (k - 1)))
        term_g = term_g * (cube / (k * (k + 1)))
        f += term_f
        g += term_g
    result[near] = f / (3 ** (2 / 3) * math.gamma(2 / 3)) - g / (3 ** (1 / 3) * math.gamma(1 / 3))
    size = np.abs(x)
    zeta = 2 / 3 * size * np.sqrt(size)
    result[(x > 1e3) & (x < np.inf)] = 0.0
    far = (x > 2) & (x <= 1e3)
    result[far] = np.sqrt(x[far] / 3) / math.pi * np.exp(-zeta[far]) * _scaled_k(1 / 3, zeta[far], False)
    far = (x < -2) & (x > -np.inf)
    turned = 1j * np.exp(-1j * zeta[far]) * _scaled_k(1 / 3, zeta[far], True)
    result[far] = np.sqrt(size[far] / 3) / math.pi * 2 * turned.real
    return result
