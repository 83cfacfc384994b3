"""Special functions over arrays: error functions, gamma functions, Bessel functions, GELU.

All but GELU and erf of float32 compute in float64 and round to the input's dtype at the end.
Sources: Shepherd & Laframboise 1981 (erfc by one expansion), Abramowitz & Stegun 1964 (recurrences, reflection and
asymptotic series; equation numbers below), Clenshaw 1962 (the Bessel expansions' intervals).
"""

from __future__ import annotations

import functools
import math

import numpy as np

from penlight.backends.numpy import special_tables as tables

SQRT_PI = math.sqrt(math.pi)
SQRT_HALF = math.sqrt(0.5)


def _in_double(function):
    """Hand the function float64 arrays of one dimension; round its result to the first argument's dtype.

    The result of a single argument lies in memory as that does.
    """

    @functools.wraps(function)
    def wrapped(x, *others):
        arrays = [np.asarray(x, np.float64), *[np.asarray(o, np.float64) for o in others]]
        if others:
            arrays = np.broadcast_arrays(*arrays)
        first, axes = arrays[0], None
        if not others and first.ndim > 1 and 0 not in x.strides and not first.flags.c_contiguous:
            axes = np.argsort([-abs(s) for s in x.strides], kind="stable")
            arrays = [first.transpose(axes)]
        with np.errstate(all="ignore"):
            result = function(*[a.reshape(-1) for a in arrays])
        result = result.reshape(arrays[0].shape).astype(np.asarray(x).dtype, copy=False)
        return result if axes is None else result.transpose(np.argsort(axes))

    return wrapped


def _polynomial(coefficients, t):
    """Horner's rule, lowest power first."""
    result = np.full_like(t, coefficients[-1])
    for c in coefficients[-2::-1]:
        result *= t
        result += c
    return result


# --- error functions ---------------------------------------------------------------------------------------------


def _exp_minus_square(x):
    """exp(-x^2) to full relative accuracy: x = h + l with h^2 exact, x^2 = h^2 + l (x + h)."""
    h = x.astype(np.float32).astype(np.float64)
    return np.exp(-h * h) * np.exp(-(x - h) * (x + h))


def _erfcx_positive(x):
    return _polynomial(tables.ERFCX, 1 - 7.5 / (x + 3.75)) * 0.5 / (0.5 + x)


def _erfc_positive(x):
    x = np.minimum(x, 30.0)  # erfc(28) is 0 already, and infinities have no low part
    return _exp_minus_square(x) * _erfcx_positive(x)


def erf(x):
    """The error function 2 / sqrt(pi) * integral of exp(-t^2) from 0 to x.

    >>> float(erf(np.array(0.5)))
    0.5204998778130465
    """
    return _erf_single(x) if x.dtype == np.float32 else _erf_double(x)


def erf_coarse(x):
    """erf of float32 to 5e-7 by A&S 7.1.26, whose products and sums are one step: what PyTorch has for 16-bit numbers."""
    wide = np.abs(x).astype(np.float64)
    t = 1 / (1 + np.float32(0.3275911) * wide).astype(np.float32)
    wide = t.astype(np.float64)
    sum = np.full_like(wide, np.float32(1.061405429))
    for c in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        sum = (sum * wide + np.float32(c)).astype(np.float32).astype(np.float64)
    bell = np.exp(-(x * x).astype(np.float64)).astype(np.float32)
    return np.copysign((1 - (bell * t).astype(np.float64) * sum).astype(np.float32), x)


def tanh_coarse(x):
    """tanh of float32, rounded once and 1 from 8.664 on: what PyTorch has for 16-bit numbers."""
    t = np.tanh(x.astype(np.float64)).astype(np.float32)
    return np.where(np.abs(x) > 8.664339742, np.copysign(np.float32(1), x), t)


@_in_double
def _erf_double(x):
    size = np.abs(x)
    small = size < 1
    result = np.empty_like(x)
    inner = x[small]
    result[small] = inner * _polynomial(tables.ERF, 2 * inner * inner - 1)
    outer = ~small
    result[outer] = np.copysign(1 - _erfc_positive(size[outer]), x[outer])
    return result


@_in_double
def erfc(x):
    """1 - erf(x), accurate where that is tiny."""
    size = np.abs(x)
    tail = _erfc_positive(size)
    middle = 1 - x * _polynomial(tables.ERF, 2 * np.minimum(size, 1) ** 2 - 1)
    return np.where(size < 0.4, middle, np.where(x < 0, 2 - tail, tail))


@_in_double
def erfcx(x):
    """exp(x^2) * erfc(x)."""
    size = np.abs(x)
    positive = _erfcx_positive(size)
    h = x.astype(np.float32).astype(np.float64)
    growth = np.exp(h * h) * np.exp((x - h) * (x + h))
    return np.where(x < -27, np.inf, np.where(x < 0, 2 * growth - positive, positive))


def _erfc_inverse(q):
    """x with erfc(x) = q for 0 < q <= 1: Newton's method on log(erfc(x)) = log(erfcx(x)) - x^2."""
    log_q = np.log(q)
    # erfc(x) ~ exp(-x^2) / (sqrt(pi) x) far out; 1 - q = 2 / sqrt(pi) x near 0
    far = np.sqrt(np.maximum(-log_q - 0.5 * np.log(np.maximum(-log_q, 1) * math.pi), 0))
    x = np.where(q > 0.1, (1 - q) * (SQRT_PI / 2), far)
    for _ in range(6):
        slope = _erfcx_positive(x)
        x = np.maximum(x + (np.log(slope) - x * x - log_q) * slope * (SQRT_PI / 2), 0)
    return x


@_in_double
def erfinv(y):
    """x with erf(x) = y; infinite at -1 and 1, nan beyond."""
    size = np.abs(y)
    result = np.where(size == 1, np.copysign(np.inf, y), np.nan)
    tail = (size > 0.5) & (size < 1)
    result[tail] = np.copysign(_erfc_inverse(1 - size[tail]), y[tail])
    middle = size <= 0.5
    target = y[middle]
    x = target * (SQRT_PI / 2) * (1 + target * target * (math.pi / 12))  # Taylor's series to start with
    for _ in range(4):  # Halley's method: f'' / f' = -2 x
        step = (x * _polynomial(tables.ERF, 2 * x * x - 1) - target) * (SQRT_PI / 2) * np.exp(x * x)
        x = x - step / (1 + x * step)
    result[middle] = x
    return result


@_in_double
def ndtri(p):
    """x with Phi(x) = p, Phi the normal distribution function; nan outside [0, 1]."""
    tail = np.minimum(p, 1 - p)
    result = np.where(tail == 0, np.where(p < 0.5, -np.inf, np.inf), np.nan)
    inside = (p > 0) & (p < 1)
    x = _erfc_inverse(2 * tail[inside]) / SQRT_HALF
    result[inside] = np.where(p[inside] < 0.5, -x, x)
    return result


@_in_double
def log_ndtr(x):
    """log(Phi(x)), accurate where Phi is tiny or nearly 1."""
    size = np.abs(x) * SQRT_HALF
    scaled = _erfcx_positive(size)
    lower = np.log(scaled / 2) - 0.5 * x * x
    tail = _exp_minus_square(np.minimum(size, 30)) * scaled
    return np.where(x < -1, lower, np.log1p(-0.5 * np.where(x < 0, 2 - tail, tail)))


# --- GELU --------------------------------------------------------------------------------------------------------

# Phi(-x) = exp(-x^2 / 2) t P(t), t = 1 / (1 + 0.45 x / sqrt(2)), to 3e-8 relative: the form of A&S 7.1.26, refitted
_TAIL_SCALE = np.float32(0.45 / math.sqrt(2))
_TAIL = [
    np.float32(c / 2)
    for c in (
        0.25388533915927874, 0.253881955342222, 0.22829578200959696, 0.17503198163299016, 0.12103227857342612,
        -0.02545722890869105, 0.14772443026476748, -0.30597465808269303, 0.1936534247800338, -0.0420733317568132,
    )
]  # fmt: skip
_BLOCK = 1 << 14  # elements whose temporaries stay in the second-level cache


def _by_blocks(function):
    """Run an elementwise function on stretches of a long array."""

    @functools.wraps(function)
    def wrapped(x):
        if x.ndim == 0:
            return function(x.reshape(1)).reshape(())
        if x.size <= 2 * _BLOCK:
            return function(x)
        flat = np.ascontiguousarray(x).reshape(-1)
        out = np.empty_like(flat)
        for start in range(0, flat.size, _BLOCK):
            out[start : start + _BLOCK] = function(flat[start : start + _BLOCK])
        return out.reshape(x.shape)

    return wrapped


def _normal_tail(x):
    """(Phi(-|x|), exp(-x^2 / 2))."""
    size = np.abs(x)
    if x.dtype != np.float32:
        return 0.5 * erfc(size * SQRT_HALF), np.exp(-0.5 * size * size)
    t = size * _TAIL_SCALE
    t += 1
    np.reciprocal(t, t)
    bell = np.multiply(size, size, size)
    bell *= np.float32(-0.5)
    np.exp(bell, bell)
    tail = t * _TAIL[-1]
    for c in _TAIL[-2::-1]:
        tail += c
        tail *= t
    tail *= bell
    return tail, bell


# erf(x) / x - 1 in powers of x^2 for |x| <= 1.2, to 6.1e-10: interpolated at Chebyshev's points
_ERF_SINGLE = [
    np.float32(c)
    for c in (
        0.1283791665647145, -0.3761263417942809, 0.11283722369969082, -0.026862275620180898, 0.005213142362639107,
        -0.0008382540276771228, 0.00010615188855233876, -8.019644316308885e-06,
    )
]  # fmt: skip


@_by_blocks
def _erf_single(x):
    outer, _ = _normal_tail(x * np.float32(math.sqrt(2)))
    outer *= np.float32(-2)
    outer += 1
    np.copysign(outer, x, outer)
    square = np.minimum(np.square(x), np.float32(1.44))
    inner = _polynomial(_ERF_SINGLE, square)
    inner *= x
    inner += x  # x + x * (erf(x) / x - 1): the small term's rounding hardly shows
    return np.where(square < np.float32(1.44), inner, outer)


@_by_blocks
def gelu(x):
    """x * Phi(x) = max(x, 0) - |x| * Phi(-|x|).

    >>> gelu(np.array([0.0, 1.0])).round(6).tolist()
    [0.0, 0.841345]
    """
    tail, bell = _normal_tail(x)
    np.minimum(x, x.dtype.type(1e30), out=bell)  # inf * Phi(-inf) is 0 here
    np.abs(bell, bell)
    tail *= bell
    np.maximum(x, 0, out=bell)
    return np.subtract(bell, tail, tail)


@_by_blocks
def gelu_slope(x):
    """The derivative of x * Phi(x): Phi(x) + x * phi(x)."""
    tail, bell = _normal_tail(x)
    bell *= x
    bell *= x.dtype.type(1 / math.sqrt(2 * math.pi))
    np.copysign(tail, x, tail)
    bell -= tail
    bell += ~np.signbit(x)  # Phi(x) = 1 - Phi(-x) on the right, signed zeros included
    return bell


def _gelu_inner(x):
    inner = x * x
    inner *= x.dtype.type(0.044715)
    inner += 1
    inner *= x
    inner *= x.dtype.type(math.sqrt(2 / math.pi))
    return np.tanh(inner, inner)


@_by_blocks
def gelu_tanh(x):
    """x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))."""
    inner = _gelu_inner(x)
    inner += 1
    inner *= x.dtype.type(0.5)  # first, so that 2 x does not overflow
    inner *= x
    return inner


@_by_blocks
def gelu_tanh_slope(x):
    """The derivative of `gelu_tanh`."""
    number = x.dtype.type
    t = _gelu_inner(x)
    slope = x * x
    slope *= number(3 * 0.044715 * math.sqrt(2 / math.pi))
    slope += number(math.sqrt(2 / math.pi))
    slope *= x
    slope *= 1 - t * t
    slope += t
    slope += 1
    slope *= number(0.5)
    return slope


# --- gamma functions ---------------------------------------------------------------------------------------------

_BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330, 854513 / 138,
    -236364091 / 2730,
)  # fmt: skip
_STIRLING = [b / (2 * k * (2 * k - 1)) for k, b in enumerate(_BERNOULLI[:9], 1)]  # A&S 6.1.40
_PSI = [b / (2 * k) for k, b in enumerate(_BERNOULLI[:9], 1)]  # A&S 6.3.18
_HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def _lgamma_positive(x):
    result = np.empty_like(x)
    large = x >= 8
    v = x[large]
    w = 1 / v
    result[large] = (v - 0.5) * (np.log(v) - 1) + (_HALF_LOG_2PI - 0.5) + w * _polynomial(_STIRLING, w * w)
    result[np.isposinf(x)] = np.inf
    low = ~large
    y = x[low]
    tiny = y < 1
    product = np.where(tiny, y, 1.0)
    below_two = np.where(tiny, y - 1, 0.0)  # y + 1 - 2, before the sum rounds
    y = np.where(tiny, y + 1, y)
    for _ in range(6):  # gamma(y) = (y - 1) gamma(y - 1) down to [1, 2]
        above = y > 2
        y = np.where(above, y - 1, y)
        product = np.where(above, product * y, product)
    logarithm = np.where(tiny, -np.log(product), np.log(product))
    factor = np.where(tiny, product * below_two, (y - 1) * (y - 2))
    result[low] = factor * _polynomial(tables.LGAMMA, 2 * y - 3) + logarithm
    return result


def _sin_pi(x):
    """sin(pi x) up to its sign, exact at whole numbers."""
    return np.sin(math.pi * (x - np.rint(x)))


@_in_double
def lgamma(x):
    """log |gamma(x)|; infinite at 0, -1, -2, ... Reflection: gamma(x) gamma(1 - x) = pi / sin(pi x)."""
    result = _lgamma_positive(np.abs(x))
    negative = x < 0
    if negative.any():
        v = x[negative]
        sine = np.abs(_sin_pi(v))
        # gamma(-a) gamma(1 + a) = -pi / sin(pi a), gamma(1 + a) = a gamma(a)
        reflected = math.log(math.pi) - np.log(sine * -v) - result[negative]
        reflected = np.where(v > -1e-17, result[negative], reflected)  # -log |v| on both sides
        result[negative] = np.where((v == np.floor(v)), np.inf, reflected)
    return result


def _digamma_positive(x):
    shift = np.zeros_like(x)
    for _ in range(10):  # psi(x) = psi(x + 1) - 1 / x up to x >= 10
        below = x < 10
        shift = np.where(below, shift - 1 / x, shift)
        x = np.where(below, x + 1, x)
    w = 1 / (x * x)
    return np.log(x) - 0.5 / x - w * _polynomial(_PSI, w) + shift


@_in_double
def digamma(x):
    """The derivative of log(gamma(x)): -inf and inf at 0 by its sign, nan at -1, -2, ..."""
    result = _digamma_positive(np.where(x > 0, x, 1 - x))
    negative = x <= 0
    if negative.any():
        v = x[negative]
        r = v - np.trunc(v)
        reflected = result[negative] - math.pi / np.tan(math.pi * r)
        reflected = np.where(v == np.trunc(v), np.nan, reflected)
        result[negative] = np.where(v == 0, np.copysign(np.inf, -v), reflected)
    return result


def _zeta_positive(s, q):
    """The Hurwitz zeta function for s > 1, q > 0 by the Euler-Maclaurin formula, from the eleventh term on."""
    total = np.zeros_like(s)
    a = q.copy()
    for _ in range(10):
        total += a**-s
        a += 1
    tail = a ** (1 - s) / (s - 1) + 0.5 * a**-s
    factor, power = s * a ** (-s - 1), 1.0 / (a * a)
    for k, b in enumerate(_BERNOULLI, 1):
        tail += b / math.factorial(2 * k) * factor
        factor = factor * (s + (2 * k - 1)) * (s + 2 * k) * power
    result = np.where(np.isposinf(s) & (q >= 1), (q == 1) * 1.0, total + tail)
    return np.where(np.isposinf(q), 0.0, result)


@_in_double
def zeta(s, q):
    """The Hurwitz zeta function, the sum of (q + k)^-s over k >= 0.

    Left of 0, for whole s, the m terms with q + k < 0 are a difference of two zetas of positive arguments.
    """
    negative = (q < 0) & (q > -np.inf)
    m = np.where(negative, np.ceil(-q), 0.0)
    result = _zeta_positive(s, q + m)
    if negative.any():
        order, v, n = s[negative], q[negative], m[negative]
        sign = np.where(np.remainder(order, 2) == 0, 1.0, -1.0)
        result[negative] += sign * (_zeta_positive(order, -(v + (n - 1))) - _zeta_positive(order, 1 - v))
    bad = (s < 1) | ((q <= 0) & (s != np.floor(s)))
    result = np.where(bad, np.nan, np.where((s == np.inf) & (q < 1), np.inf, result))
    lost = np.isnan(s) | np.isnan(q) | (q == np.inf) | (s == np.inf) & (q > 1)  # PyTorch's 0 * inf at the latter two
    result = np.where((s == 1) | lost, np.where(s == 1, np.inf, np.nan), result)
    return np.where((q <= 0) & (q == np.floor(q)) & ~(s <= 1), np.inf, result)  # also where s is NaN, as in PyTorch


def polygamma_coarse(n: int, x, half):
    """polygamma of float32 for n > 1 in PyTorch's steps for 16-bit numbers: float32 sums, rounded before the factor.

    Left of 0 the terms cancel, and powers that float32 does not hold are lost.
    """
    number, s, q = np.float32, np.float32(n + 1), x.reshape(-1)
    with np.errstate(all="ignore"):
        power = lambda v: (v.astype(np.float64) ** -float(s)).astype(number)
        pole = (q <= 0) & (q == np.floor(q))
        left = np.isfinite(q) & ~pole  # where more terms count
        a = np.where(left, q, number(1))
        total = power(a)
        b, i = total.copy(), 0
        while (more := np.flatnonzero(left & ((a <= 9) | (i < 9)))).size:
            i += 1
            a[more] += 1
            b[more] = term = power(a[more])
            total[more] += term
            left[more] = np.abs(term) >= 1.11e-16 * np.abs(total[more])
        sum, factor = total + b * a / (s - 1) - number(0.5) * b, number(1)
        for k, bernoulli in enumerate(_BERNOULLI):
            factor, b = factor * (s + 2 * k), b / a
            sum = sum + factor * b / number(math.factorial(2 * k + 2) / bernoulli)
            factor, b = factor * (s + (2 * k + 1)), b / a
        sum = np.where(pole, number(np.inf), np.where(np.isfinite(q), np.where(left, sum, total), number(np.nan)))
        factor = (-1) ** (n + 1) * np.exp(float(number(math.lgamma(n + 1)))).astype(number)
        return (sum.astype(half).astype(number) * factor).astype(half).reshape(x.shape)


def polygamma(n: int, x):
    """The n-th derivative of digamma: (-1)^(n + 1) n! zeta(n + 1, x) (A&S 6.4.10)."""
    if n == 0:
        return digamma(x)
    if n == 1:
        return _trigamma(x)
    wide = np.asarray(x, np.float64)
    result = (-1) ** (n + 1) * float(math.factorial(n)) * zeta(np.full_like(wide, n + 1), wide)
    return result.astype(x.dtype)


def _trigamma(x):
    """psi'(x), reflected left of 1/2: psi'(x) + psi'(1 - x) = (pi / sin(pi x))^2.

    As in PyTorch, pi x is rounded, so that the poles below 0 are large numbers.
    """
    wide = np.asarray(x, np.float64)
    right = np.where(np.isinf(wide), 0.0, zeta(np.full_like(wide, 2.0), np.where(wide < 0.5, 1 - wide, wide)))
    pole = (math.pi / np.sin(x * x.dtype.type(math.pi))) ** 2
    return np.where(wide < 0.5, pole - right, right).astype(x.dtype)


# --- modified Bessel functions -------------------------------------------------------------------------------------


def _chebyshev(coefficients, x):
    """The sum of c[n] T_n(x / 2) by Clenshaw's recurrence.

    In float32 a product and a difference are one step, as in PyTorch's kernels: with 16 bits, ties depend on that.
    """
    wide, number = x.astype(np.float64), x.dtype.type
    b0 = b1 = b2 = np.zeros_like(x)
    for n in range(len(coefficients) - 1, -1, -1):
        b2, b1 = b1, b0
        b0 = (wide * b1 - b2).astype(x.dtype) + number(coefficients[n] * (1 if n else 2))
    return (b0 - b2) * number(0.5)


def _bessel_i(x, order, scaled, few=(None, None)):
    """exp(-|x|) I(x), or I(x); inf where the exponential exceeds the dtype. `few`: how many terms float32 takes."""
    x = np.asarray(x)
    size = np.abs(x).reshape(-1)
    small, large = (t[:n] if x.dtype == np.float32 else t for t, n in zip(_EXPANSIONS[order], few))
    result, low = np.empty_like(size), size <= 8
    high, number = ~low, x.dtype.type
    with np.errstate(all="ignore"):
        growth = number(1) if scaled else np.exp(size.astype(np.float64)).astype(x.dtype)
        result[low] = _chebyshev(small, size[low] * number(0.5) - number(2))
        result[high] = _chebyshev(large, number(32) / size[high] - number(2))
        if order:
            growth = np.where(low, growth * size, growth)
        result *= growth
        result[high] /= np.sqrt(size[high])
    return (np.where(x.reshape(-1) < 0, -result, result) if order else result).reshape(x.shape)


_EXPANSIONS = (tables.I0_SMALL, tables.I0_LARGE), (tables.I1_SMALL, tables.I1_LARGE)


def i0e(x):
    """exp(-|x|) times the modified Bessel function of order 0."""
    return _bessel_i(x, 0, True)


def i0(x):
    """The modified Bessel function of order 0."""
    return _bessel_i(x, 0, False)


def i1e(x):
    """exp(-|x|) times the modified Bessel function of order 1."""
    return _bessel_i(x, 1, True, (17, 7))


def i1(x):
    """The modified Bessel function of order 1."""
    return _bessel_i(x, 1, False, (17, 7))
