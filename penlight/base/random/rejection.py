"""Poisson, gamma and binomial numbers: samplers that reject, one element after the other."""

import math

import numpy as np

from penlight.base.random import precise
from penlight.base.random.engine import DoubleReader
from penlight.base.random.uniform import require_floating


def _require_32_or_64(dtype, what):
    if dtype not in (np.float32, np.float64):
        raise NotImplementedError(f"{what} expects float32 or float64, but got {dtype.name}")


def poisson(engine, rates):
    """Poisson numbers of the given rates. Shape and dtype of `rates` (a float dtype).

    Source: W. Hoermann, The transformed rejection method for generating Poisson random
    variables, Insurance: Mathematics and Economics 12 (1993), from a rate of 10 on.
    """
    rates = np.asarray(rates)
    require_floating(rates.dtype, "poisson")
    flat = rates.astype(np.float64).ravel().tolist()
    uniform = DoubleReader(engine, 4 * len(flat))
    numbers = [_poisson(rate, uniform) for rate in flat]
    uniform.close()
    return precise.round_to(np.array(numbers, np.float64), rates.dtype).reshape(rates.shape)


def _poisson(rate, uniform):
    if rate == 0.0:
        return 0
    if rate < 10.0:
        limit, product, number = math.exp(-rate), 1.0, 0
        while True:
            product *= uniform()
            if product <= limit:
                return number
            number += 1
    log_rate = math.log(rate)
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    accepted_below = 0.9277 - 3.6224 / (b - 2.0)
    while True:
        u = uniform() - 0.5
        v = uniform()
        distance = 0.5 - abs(u)
        if distance == 0.0:
            continue
        number = math.floor((2.0 * a / distance + b) * u + rate + 0.43)
        if distance >= 0.07 and v <= accepted_below:
            return number
        if number < 0 or (distance < 0.013 and v > distance):
            continue
        density = -rate + number * log_rate - math.lgamma(number + 1.0)
        if v == 0.0 or (math.log(v) + math.log(inverse_alpha) - math.log(a / (distance * distance) + b) <= density):
            return number


def standard_gamma(engine, alphas):
    """Gamma numbers of the given shapes and rate 1.

    Shape and dtype of `alphas` (float32 or float64).

    Source: G. Marsaglia, W. Tsang, A simple method for generating gamma variables, ACM TOMS
    26 (2000); below 1, Gamma(a) = Gamma(a + 1) * U**(1/a).
    """
    alphas = np.asarray(alphas)
    _require_32_or_64(alphas.dtype, "standard_gamma")
    double = alphas.dtype.itemsize == 8
    flat = alphas.astype(np.float64).ravel().tolist()
    uniform = DoubleReader(engine, 4 * len(flat))
    numbers = [_gamma(alpha, engine, uniform, double) for alpha in flat]
    uniform.close()
    values = precise.round_to(np.array(numbers, np.float64), alphas.dtype)
    # Never zero: at least the smallest normal number of the dtype.
    return np.maximum(values, np.finfo(alphas.dtype).tiny).reshape(alphas.shape)


def _serial_normal(engine, uniform):
    if engine.spare is not None:
        number, engine.spare = engine.spare, None
        return number
    angle = uniform() * (2 * math.pi)
    radius = math.sqrt(-2.0 * math.log1p(-uniform()))
    engine.spare = radius * math.sin(angle)
    return radius * math.cos(angle)


# PyTorch's third is a float32 one; the values show it in double.
_THIRD = float(np.float32(1.0) / np.float32(3.0))


def _to_single(number):
    return float(np.float32(number))


def _gamma(alpha, engine, uniform, double):
    # What is computed from alpha alone has the precision of the dtype, all else is double.
    narrow = float if double else _to_single
    scale = 1.0
    if alpha < 1.0:
        if alpha == 0.0:
            return 0.0
        scale = (1.0 - uniform()) ** narrow(1.0 / alpha)
        alpha = narrow(alpha + 1.0)
    d = narrow(alpha - _THIRD)
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        y = 0.0
        while y <= 0.0:
            x = _serial_normal(engine, uniform)
            y = 1.0 + c * x
        v = y * y * y
        u = 1.0 - uniform()
        square = x * x
        if u < 1.0 - 0.0331 * square * square:
            return scale * d * v
        if math.log(u) < 0.5 * square + d * (1.0 - v + math.log(v)):
            return scale * d * v


# ---- binomial ------------------------------------------------------------------------------


def binomial(engine, counts, probabilities):
    """Successes among `counts` trials of the given probabilities.

    Shapes broadcast; the dtype is that of `counts` (float32 or float64).

    Source: W. Hoermann, The generation of binomial random variates, Journal of Statistical
    Computation and Simulation 46 (1993) (BTRS) from `count * p >= 10` on, else inversion by
    geometric waiting times.
    """
    counts, probabilities = np.broadcast_arrays(counts, probabilities)
    _require_32_or_64(counts.dtype, "binomial")
    pairs = zip(counts.astype(np.float64).ravel().tolist(),
                probabilities.astype(np.float64).ravel().tolist())  # fmt: skip
    uniform = DoubleReader(engine, 4 * counts.size)
    numbers = [_binomial(count, p, uniform) for count, p in pairs]
    uniform.close()
    return precise.round_to(np.array(numbers, np.float64), counts.dtype).reshape(counts.shape)


def _binomial(count, p, uniform):
    if count <= 0.0 or p <= 0.0:
        return 0.0
    if p >= 1.0:
        return count
    if p > 0.5:
        return count - _binomial_half(count, 1.0 - p, uniform)
    return _binomial_half(count, p, uniform)


def _binomial_half(count, p, uniform):
    """For p up to 1/2 (a NaN also ends here and is returned)."""
    if count * p >= 10.0:
        return _binomial_btrs(count, p, uniform)
    log_failure = math.log1p(-p)
    waited, number = 0.0, 0.0
    while True:
        u = uniform()
        waited += math.ceil(math.log(u) / log_failure) if u > 0.0 else math.inf
        if waited > count:
            return number
        number += 1.0


def _binomial_btrs(count, p, uniform):
    deviation = math.sqrt(count * p * (1.0 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = count * p + 0.5
    accepted_below = 0.92 - 4.2 / b
    odds = p / (1.0 - p)
    alpha = (2.83 + 5.1 / b) * deviation
    mode = math.floor((count + 1.0) * p)
    while True:
        u = uniform() - 0.5
        v = uniform()
        distance = 0.5 - abs(u)
        if distance == 0.0:
            continue
        number = math.floor((2.0 * a / distance + b) * u + c)
        if distance >= 0.07 and v <= accepted_below:
            return float(number)
        if number < 0 or number > count:
            continue
        v = v * alpha / (a / (distance * distance) + b)
        limit = (
            (mode + 0.5) * math.log((mode + 1.0) / (odds * (count - mode + 1.0)))
            + (count + 1.0) * math.log((count - mode + 1.0) / (count - number + 1.0))
            + (number + 0.5) * math.log(odds * (count - number + 1.0) / (number + 1.0))
            + _stirling_tail(mode)
            + _stirling_tail(count - mode)
            - _stirling_tail(number)
            - _stirling_tail(count - number)
        )
        if v <= 0.0 or math.log(v) <= limit:
            return float(number)


def _stirling_tail(k):
    """log k! minus Stirling's formula for it, (k + 1/2) log(k + 1) - (k + 1) + log(2 pi)/2."""
    square = (k + 1.0) ** 2
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1.0)
