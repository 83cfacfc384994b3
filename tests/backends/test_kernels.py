"""The NumPy kernels against independent references: naive loops in float64, and numerical derivatives.

A kernel's backward is linear in g, so it is checked against the forward itself by central differences in float64 (error
about 1e-9), in addition to the forward's check against loops.
"""

from itertools import product
from math import ceil, floor

import numpy as np
import pytest

from penlight.backends.numpy import conv, norm, pool, resample, softmax, threads
from penlight.base.defaults import blas_threads, defaults

# float32: sums of some hundred terms of size 1. float16: one rounding at the end, 2**-11 relative, of values up to 30.
TOLERANCE = {np.float64: 1e-10, np.float32: 2e-5, np.float16: 2e-2}


def random(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def assert_close(actual, expected, dtype=np.float64):
    assert actual.shape == np.shape(expected)
    assert actual.dtype == dtype
    np.testing.assert_allclose(actual, expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def numeric_gradient(function, x, g, step=1e-6):
    """sum(g * function(x)) derived by each element of x, by central differences."""
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        moved = x.copy()
        moved[index] += step
        upper = function(moved)
        moved[index] -= 2 * step
        grad[index] = ((upper - function(moved)) * g).sum() / (2 * step)
    return grad


# -- convolution ------------------------------------------------------------------------------------------------------


def naive_conv(x, w, bias, stride, padding, dilation, groups):
    dims = w.ndim - 2
    x = np.pad(x.astype(np.result_type(x, float)), [(0, 0), (0, 0), *((p, p) for p in padding)])
    span = [(k - 1) * d + 1 for k, d in zip(w.shape[2:], dilation)]
    out_size = [(s - n) // st + 1 for s, n, st in zip(x.shape[2:], span, stride)]
    out = np.zeros((x.shape[0], w.shape[0], *out_size), x.dtype)
    per_group, outputs = w.shape[1], w.shape[0] // groups
    for n, o, *place in np.ndindex(out.shape):
        for c, *tap in np.ndindex(w.shape[1:]):
            position = [place[i] * stride[i] + tap[i] * dilation[i] for i in range(dims)]
            out[(n, o, *place)] += x[(n, o // outputs * per_group + c, *position)] * w[(o, c, *tap)]
        if bias is not None:
            out[(n, o, *place)] += bias[o]
    return out


CONVOLUTIONS = {  # x, w, stride, padding, dilation, groups
    "1d": ((2, 3, 9), (4, 3, 3), (1,), (1,), (1,), 1),
    "1d strided": ((2, 3, 9), (4, 3, 3), (2,), (2,), (1,), 1),
    "2d rows": ((2, 4, 7, 6), (3, 4, 3, 2), (1, 1), (0, 0), (1, 1), 1),
    "2d rows, many outputs": ((2, 4, 5, 6), (33, 4, 3, 2), (1, 1), (1, 0), (1, 1), 1),
    "2d full": ((2, 1, 7, 6), (3, 1, 3, 2), (1, 1), (1, 2), (1, 1), 1),
    "2d full, strided": ((2, 2, 7, 6), (3, 2, 3, 3), (2, 3), (1, 1), (1, 1), 1),
    "2d channels last": ((2, 12, 7, 6), (3, 12, 3, 3), (2, 2), (1, 1), (1, 1), 1),
    "2d channels last, many outputs": ((2, 12, 5, 5), (33, 12, 2, 3), (2, 1), (1, 1), (1, 2), 1),
    "2d dilated": ((1, 4, 9, 9), (2, 4, 3, 3), (1, 1), (2, 3), (2, 3), 1),
    "2d strided and dilated": ((1, 4, 11, 9), (2, 4, 3, 3), (4, 2), (2, 3), (2, 3), 1),
    "2d groups": ((2, 4, 5, 5), (6, 2, 3, 3), (1, 1), (1, 1), (1, 1), 2),
    "2d groups, strided": ((2, 4, 6, 5), (6, 2, 3, 3), (2, 2), (1, 1), (1, 1), 2),
    "2d depthwise": ((3, 3, 6, 5), (3, 1, 3, 3), (1, 1), (1, 1), (1, 1), 3),
    "2d depthwise, two outputs": ((2, 3, 6, 5), (6, 1, 3, 2), (2, 1), (1, 1), (1, 2), 3),
    "2d depthwise, dilated": ((2, 3, 7, 6), (3, 1, 3, 2), (1, 1), (2, 1), (2, 3), 3),
    "2d patches": ((2, 3, 9, 8), (5, 3, 3, 2), (3, 3), (0, 0), (1, 1), 1),
    "2d 1x1": ((2, 5, 4, 4), (3, 5, 1, 1), (1, 1), (0, 0), (1, 1), 1),
    "2d 1x1 strided": ((2, 5, 4, 4), (3, 5, 1, 1), (2, 2), (0, 0), (1, 1), 1),
    "2d padding beyond the kernel": ((1, 2, 3, 3), (2, 2, 2, 2), (1, 1), (3, 2), (1, 1), 1),
    "3d": ((1, 2, 4, 5, 4), (3, 2, 2, 3, 2), (1, 1, 1), (1, 0, 1), (1, 1, 1), 1),
    "3d strided": ((1, 8, 4, 5, 4), (2, 8, 2, 3, 3), (2, 1, 2), (1, 0, 1), (1, 2, 1), 1),
}


@pytest.fixture(params=[conv._BLOCK, 40], ids=["whole", "tiny blocks"])
def block(request, monkeypatch):
    """The same work in one block and in many small ones."""
    monkeypatch.setattr(conv, "_BLOCK", request.param)


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_conv_forward(name, block):
    x_shape, w_shape, *rest = CONVOLUTIONS[name]
    x, w, bias = random(*x_shape), random(*w_shape, seed=1), random(w_shape[0], seed=2)
    assert_close(conv.conv_forward(x, w, bias, *rest), naive_conv(x, w, bias, *rest))


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_conv_gradients_are_the_adjoints(name, block):
    """<g, conv(x, w)> is bilinear: its derivatives by x and w, element by element on unit vectors."""
    x_shape, w_shape, *rest = CONVOLUTIONS[name]
    x, w = random(*x_shape), random(*w_shape, seed=1)
    g = random(*conv.conv_forward(x, w, None, *rest).shape, seed=3)
    grad_x = conv.conv_input_grad(g, w, x.shape, *rest)
    grad_w = conv.conv_weight_grad(g, x, w.shape, *rest)
    assert grad_x.shape == x.shape and grad_w.shape == w.shape
    # dense matrices of the naive forward: column i is conv(unit vector i); a few random directions span the check
    for seed in range(4):
        direction = random(*x_shape, seed=10 + seed) * (random(*x_shape, seed=20 + seed) > 0.5)
        expected = (g * naive_conv(direction, w, None, *rest)).sum()
        np.testing.assert_allclose((grad_x * direction).sum(), expected, rtol=1e-9, atol=1e-9)
        direction = random(*w_shape, seed=30 + seed)
        expected = (g * naive_conv(x, direction, None, *rest)).sum()
        np.testing.assert_allclose((grad_w * direction).sum(), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_conv_precision(dtype):
    x, w, bias = random(2, 3, 6, 6, dtype=dtype), random(4, 3, 3, 3, seed=1, dtype=dtype), random(4, dtype=dtype)
    rest = ((1, 1), (1, 1), (1, 1), 1)
    assert_close(conv.conv_forward(x, w, bias, *rest), naive_conv(x, w, bias, *rest), dtype)
    g = random(2, 4, 6, 6, seed=4, dtype=dtype)
    assert conv.conv_input_grad(g, w, x.shape, *rest).dtype == dtype
    assert conv.conv_weight_grad(g, x, w.shape, *rest).dtype == dtype


def test_conv_of_integers_and_complex_is_exact():
    rest = ((1, 1), (1, 1), (1, 1), 1)
    x, w = np.arange(50).reshape(1, 2, 5, 5), np.arange(36).reshape(2, 2, 3, 3)
    out = conv.conv_forward(x, w, None, *rest)
    assert out.dtype == np.int64 and (out == naive_conv(x, w, None, *rest)).all()
    z, v = x * (1 - 2j), w * (3 + 1j)
    assert (conv.conv_forward(z, v, None, *rest) == naive_conv(z, v, None, *rest)).all()


def test_conv_of_no_samples():
    rest = ((1, 1), (0, 0), (1, 1), 1)
    x, w = np.zeros((0, 2, 5, 5)), np.ones((3, 2, 3, 3))
    out = conv.conv_forward(x, w, None, *rest)
    assert out.shape == (0, 3, 3, 3)
    assert conv.conv_input_grad(out, w, x.shape, *rest).shape == x.shape
    assert (conv.conv_weight_grad(out, x, w.shape, *rest) == np.zeros(w.shape)).all()


def test_conv_of_a_transposed_array():
    x = random(5, 6, 3, 2).transpose(3, 2, 0, 1)
    w, rest = random(4, 3, 2, 2), ((1, 1), (0, 0), (1, 1), 1)
    assert_close(conv.conv_forward(x, w, None, *rest), naive_conv(x, w, None, *rest))


# -- pooling ----------------------------------------------------------------------------------------------------------


def naive_windows(size, kernel, stride, padding, dilation, ceil_mode):
    """(output place, the list of input positions inside the input) of each window, in row-major order."""
    lengths = []
    for s, k, st, p, d in zip(size, kernel, stride, padding, dilation):
        exact = (s + 2 * p - d * (k - 1) - 1) / st
        length = (ceil(exact) if ceil_mode else floor(exact)) + 1
        if ceil_mode and (length - 1) * st >= s + p:
            length -= 1
        lengths.append(length)
    for place in product(*map(range, lengths)):
        positions = []
        for tap in product(*map(range, kernel)):
            position = tuple(o * st - p + t * d for o, st, p, t, d in zip(place, stride, padding, tap, dilation))
            if all(0 <= q < s for q, s in zip(position, size)):
                positions.append(position)
        yield lengths, place, positions


POOLS = {  # size, kernel, stride, padding, dilation, ceil
    "2x2": ((6, 8), (2, 2), (2, 2), (0, 0), (1, 1), False),
    "2x2 odd": ((7, 5), (2, 2), (2, 2), (0, 0), (1, 1), False),
    "2x2 ceil": ((7, 5), (2, 2), (2, 2), (0, 0), (1, 1), True),
    "3x3 overlapping": ((7, 8), (3, 3), (2, 2), (1, 1), (1, 1), False),
    "3x2 ceil, padded": ((8, 6), (3, 2), (3, 2), (1, 1), (1, 1), True),
    "dilated": ((9, 8), (2, 3), (1, 2), (1, 1), (3, 2), False),
    "1d": ((9,), (3,), (2,), (1,), (1,), False),
    "3d": ((4, 5, 4), (2, 2, 3), (2, 1, 2), (1, 0, 1), (1, 1, 1), True),
    "1x1": ((4, 4), (1, 1), (1, 1), (0, 0), (1, 1), False),
    "gaps": ((9, 9), (2, 2), (3, 4), (0, 0), (1, 1), False),
}


@pytest.mark.parametrize("fill", ["normal", "ties", "nan", "-inf", "int"])
@pytest.mark.parametrize("name", POOLS)
def test_max_pool(name, fill):
    size, *rest = POOLS[name]
    x = random(2, 3, *size)
    generator = np.random.default_rng(1)
    if fill == "ties":
        x = generator.integers(0, 3, x.shape).astype(float)
    elif fill == "nan":
        x[generator.random(x.shape) < 0.2] = np.nan
    elif fill == "-inf":
        x[generator.random(x.shape) < 0.7] = -np.inf
    elif fill == "int":
        x = generator.integers(-3, 3, x.shape)
    out, indices = pool.max_pool_forward(x, *rest)
    for n, c in np.ndindex(2, 3):
        for lengths, place, positions in naive_windows(size, *rest):
            assert out.shape[2:] == tuple(lengths)
            best = positions[0]
            for position in positions[1:]:
                value = x[(n, c, *position)]
                if value > x[(n, c, *best)] or value != value:
                    best = position
            np.testing.assert_equal(out[(n, c, *place)], x[(n, c, *best)])
            assert indices[(n, c, *place)] == np.ravel_multi_index(best, size)
    np.testing.assert_array_equal(pool.max_pool_forward(x, *rest, want_indices=False)[0], out)
    g = random(*out.shape, seed=2)
    expected = np.zeros((2, 3, int(np.prod(size))))
    for n, c, *place in np.ndindex(out.shape):
        expected[n, c, indices[(n, c, *place)]] += g[(n, c, *place)]
    assert_close(pool.max_pool_backward(g, indices, x.shape), expected.reshape(x.shape))
    if all(k <= s and d == 1 for k, s, d in zip(rest[0], rest[1], rest[3])):
        assert_close(pool.max_pool_backward(g, indices, x.shape, overlapping=False), expected.reshape(x.shape))


def test_max_pool_window_without_elements():
    """Dilation and padding can leave a window all in the padding: -inf, index -1, and no gradient."""
    x = random(1, 2, 1)
    out, indices = pool.max_pool_forward(x, (2,), (1,), (1,), (2,))
    assert (out == -np.inf).all() and (indices == -1).all()
    assert (pool.max_pool_backward(np.ones(out.shape), indices, x.shape) == 0).all()


@pytest.mark.parametrize("include, override", [(True, None), (False, None), (True, 3)])
@pytest.mark.parametrize("name", [n for n in POOLS if n != "dilated"])
def test_avg_pool(name, include, override):
    size, kernel, stride, padding, dilation, ceil_mode = POOLS[name]
    rest = (kernel, stride, padding, ceil_mode, include, override)
    x = random(2, 3, *size)
    out = pool.avg_pool_forward(x, *rest)
    g = random(*out.shape, seed=1)
    grad = np.zeros(x.shape)
    for _, place, positions in naive_windows(size, kernel, stride, padding, dilation, ceil_mode):
        spans = [
            min(o * st - p + k, s + p) - (o * st - p) for o, st, p, k, s in zip(place, stride, padding, kernel, size)
        ]
        divisor = override or (int(np.prod(spans)) if include else len(positions))
        total = sum(x[(..., *position)] for position in positions)
        np.testing.assert_allclose(out[(..., *place)], total / divisor, atol=1e-12)
        for position in positions:
            grad[(..., *position)] += g[(..., *place)] / divisor
    assert_close(pool.avg_pool_backward(g, x.shape, *rest), grad)


def test_avg_pool_of_integers_cuts_toward_zero():
    assert pool.avg_pool_forward(np.array([[[-3, 2, -4, 0]]]), (4,), (4,), (0,)).tolist() == [[[-1]]]


@pytest.mark.parametrize(
    "size, out_size", [((7,), (3,)), ((6, 8), (3, 2)), ((5, 7), (1, 1)), ((3, 4), (5, 4)), ((4, 5, 3), (2, 2, 3))]
)
def test_adaptive_pools(size, out_size):
    x = np.random.default_rng(0).integers(0, 5, (2, 3, *size)).astype(float)
    average = pool.adaptive_avg_pool_forward(x, out_size)
    maximum, indices = pool.adaptive_max_pool_forward(x, out_size)
    g = random(*average.shape, seed=1)
    grad = np.zeros(x.shape)
    for n, c, *place in np.ndindex(average.shape):
        cuts = [slice(floor(i * s / o), ceil((i + 1) * s / o)) for i, s, o in zip(place, size, out_size)]
        window = x[(n, c, *cuts)]
        where = (n, c, *place)
        assert abs(average[where] - window.mean()) < 1e-12
        grad[(n, c, *cuts)] += g[where] / window.size
        first = np.unravel_index(window.argmax(), window.shape)
        assert maximum[where] == window.max()
        assert indices[where] == np.ravel_multi_index([i + cut.start for i, cut in zip(first, cuts)], size)
    assert_close(pool.adaptive_avg_pool_backward(g, x.shape), grad)


# -- normalisation ----------------------------------------------------------------------------------------------------


def naive_normalise(x, axes, eps):
    mean = x.mean(axis=axes, keepdims=True)
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(axis=axes, keepdims=True) + eps)


def channel(vector, x):
    return vector.reshape(1, -1, *(1,) * (x.ndim - 2))


@pytest.mark.parametrize("shape", [(5, 4), (3, 4, 5), (2, 4, 3, 2)])
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm(shape, training):
    x, weight, bias = random(*shape), random(4, seed=1), random(4, seed=2)
    axes = (0, *range(2, x.ndim))
    running = (random(4, seed=3), random(4, seed=4) ** 2 + 0.5)

    def forward(x, weight, bias):
        mean, var = norm.batch_norm_statistics(x) if training else running
        return norm.batch_norm_forward(x, weight, bias, mean, var, 1e-3)

    def naive(x, weight, bias):
        normal = naive_normalise(x, axes, 1e-3)
        if not training:
            normal = (x - channel(running[0], x)) / np.sqrt(channel(running[1], x) + 1e-3)
        return normal * channel(weight, x) + channel(bias, x)

    out, inverse = forward(x, weight, bias)
    assert_close(out, naive(x, weight, bias))
    g = random(*shape, seed=5)
    mean = norm.batch_norm_statistics(x)[0] if training else running[0]
    grads = norm.batch_norm_backward(g, x, weight, mean, inverse, training)
    check_gradients(naive, (x, weight, bias), g, grads)
    only = norm.batch_norm_backward(g, x, weight, mean, inverse, training, (False, True, False))
    assert only[0] is None and only[2] is None
    np.testing.assert_array_equal(only[1], grads[1])


def check_gradients(function, arguments, g, grads):
    for i, grad in enumerate(grads):
        partial = lambda value: function(*arguments[:i], value, *arguments[i + 1 :])  # noqa: B023
        # central differences: 1e-6 squared of truncation, 1e-16 / 1e-6 of rounding, times some ten terms
        np.testing.assert_allclose(grad, numeric_gradient(partial, arguments[i], g), rtol=1e-6, atol=1e-7)


def test_batch_norm_running():
    x = random(6, 3)
    mean, var = norm.batch_norm_running(np.zeros(3), np.ones(3), *norm.batch_norm_statistics(x), 6, 0.1)
    np.testing.assert_allclose(mean, 0.1 * x.mean(0))
    np.testing.assert_allclose(var, 0.9 + 0.1 * x.var(0, ddof=1))


def test_statistics_keep_digits_with_a_large_mean():
    """A one-pass variance in float32 would lose every digit at a mean of 1e4."""
    x = random(64, 2, 50)
    big = (x + 1e4).astype(np.float32)
    exact = naive_normalise(big.astype(np.float64), (0, 2), 1e-5)
    out, _ = norm.batch_norm_forward(big, None, None, *norm.batch_norm_statistics(big), 1e-5)
    np.testing.assert_allclose(out, exact, atol=1e-3)  # the input itself is rounded to 1e-3; the mean to 5e-4
    exact = naive_normalise(big.astype(np.float64), (2,), 1e-5)
    np.testing.assert_allclose(norm.layer_norm_forward(big, 1, None, None, 1e-5)[0], exact, atol=2e-3)


@pytest.mark.parametrize("dims", [1, 2])
def test_layer_and_rms_norm(dims):
    x = random(3, 4, 5)
    weight, bias, g = random(*x.shape[-dims:], seed=1), random(*x.shape[-dims:], seed=2), random(3, 4, 5, seed=3)
    axes = tuple(range(3 - dims, 3))

    def layer(x, weight, bias):
        return naive_normalise(x, axes, 1e-3) * weight + bias

    def rms(x, weight):
        return x / np.sqrt((x**2).mean(axis=axes, keepdims=True) + 1e-3) * weight

    out, mean, inverse = norm.layer_norm_forward(x, dims, weight, bias, 1e-3)
    assert_close(out, layer(x, weight, bias))
    check_gradients(layer, (x, weight, bias), g, norm.layer_norm_backward(g, x, weight, mean, inverse, dims))
    out, inverse = norm.rms_norm_forward(x, dims, weight, 1e-3)
    assert_close(out, rms(x, weight))
    check_gradients(rms, (x, weight), g, norm.rms_norm_backward(g, x, weight, inverse, dims))


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_group_norm(groups):
    x, weight, bias, g = random(2, 4, 3, 2), random(4, seed=1), random(4, seed=2), random(2, 4, 3, 2, seed=3)

    def naive(x, weight, bias):
        normal = naive_normalise(x.reshape(2, groups, -1), (2,), 1e-3).reshape(x.shape)
        return normal * channel(weight, x) + channel(bias, x)

    out, mean, inverse = norm.group_norm_forward(x, groups, weight, bias, 1e-3)
    assert_close(out, naive(x, weight, bias))
    check_gradients(naive, (x, weight, bias), g, norm.group_norm_backward(g, x, weight, mean, inverse, groups))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_norms_keep_the_type(dtype):
    x, weight = random(3, 4, 5, dtype=dtype), random(4, seed=1, dtype=dtype)
    exact = naive_normalise(x.astype(np.float64), (0, 2), 1e-5) * channel(weight.astype(np.float64), x)
    out, inverse = norm.batch_norm_forward(x, weight, None, *norm.batch_norm_statistics(x), 1e-5)
    assert_close(out, exact, dtype)
    mean = norm.batch_norm_statistics(x)[0]
    assert [a.dtype for a in norm.batch_norm_backward(x, x, weight, mean, inverse, True)] == [dtype] * 3


# -- softmax ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_family(axis):
    x, g = random(3, 4, 2), random(3, 4, 2, seed=1)
    exact = np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)
    assert_close(softmax.softmax(x, axis), exact)
    assert_close(softmax.log_softmax(x, axis), np.log(exact))
    check_gradients(lambda x: softmax.softmax(x, axis), (x,), g, [softmax.softmax_backward(g, exact, axis)])
    check_gradients(
        lambda x: softmax.log_softmax(x, axis), (x,), g, [softmax.log_softmax_backward(g, np.log(exact), axis)]
    )


def test_softmax_of_large_arrays():
    """Long rows go through the kernels in blocks, with the sums by BLAS."""
    x, g = random(700, 400), random(700, 400, seed=1)
    exact = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    out = softmax.softmax(x, 1)
    assert_close(out, exact)
    assert_close(softmax.softmax_backward(g, out, -1), exact * (g - (g * exact).sum(axis=1, keepdims=True)))
    out = softmax.log_softmax(x, -1)
    assert_close(out, np.log(exact))
    assert_close(softmax.log_softmax_backward(g, out, 1), g - exact * g.sum(axis=1, keepdims=True))
    assert_close(softmax.softmax(x.T, 0), exact.T)


def test_softmax_extremes():
    infinity = np.inf
    assert softmax.softmax(np.array([1e4, 0.0, -infinity]), 0).tolist() == [1, 0, 0]
    assert np.isnan(softmax.softmax(np.array([-infinity, -infinity]), 0)).all()
    assert softmax.log_softmax(np.array([1e4, 0.0]), 0).tolist() == [0, -1e4]


# -- resampling -------------------------------------------------------------------------------------------------------


def naive_weights(size, out, mode, align_corners=False, scale=None, antialias=False):
    """The dense (out, size) matrix of one axis, from the definitions."""
    matrix = np.zeros((out, size))
    ratio = size / out if scale is None else 1 / scale
    if align_corners:
        ratio = (size - 1) / (out - 1) if out > 1 else 0.0

    def keys(distance, a):
        distance = abs(distance)
        if distance <= 1:
            return (a + 2) * distance**3 - (a + 3) * distance**2 + 1
        return a * (distance**3 - 5 * distance**2 + 8 * distance - 4) if distance < 2 else 0.0

    for i in range(out):
        if mode == "nearest":
            matrix[i, min(floor(i * ratio), size - 1)] = 1
        elif mode == "nearest-exact":
            matrix[i, min(floor((i + 0.5) * ratio), size - 1)] = 1
        elif antialias:
            wide = max(ratio, 1.0)
            support, centre = (1 if mode == "bilinear" else 2) * wide, ratio * (i + 0.5)
            for j in range(max(0, int(centre - support + 0.5)), min(size, int(centre + support + 0.5))):
                distance = abs(j + 0.5 - centre) / wide
                matrix[i, j] = max(0, 1 - distance) if mode == "bilinear" else keys(distance, -0.5)
            matrix[i] /= matrix[i].sum()
        else:
            source = i * ratio if align_corners else (i + 0.5) * ratio - 0.5
            if mode == "bicubic":
                for j in range(floor(source) - 1, floor(source) + 3):
                    matrix[i, min(max(j, 0), size - 1)] += keys(source - j, -0.75)
            else:
                source = min(max(source, 0), size - 1)
                low = floor(source)
                matrix[i, low] += 1 - (source - low)
                matrix[i, min(low + 1, size - 1)] += source - low
    return matrix


RESAMPLES = {
    "nearest": {"mode": "nearest"},
    "nearest-exact": {"mode": "nearest-exact"},
    "bilinear": {"mode": "bilinear"},
    "bilinear corners": {"mode": "bilinear", "align_corners": True},
    "bicubic": {"mode": "bicubic"},
    "bicubic corners": {"mode": "bicubic", "align_corners": True},
    "bilinear antialias": {"mode": "bilinear", "antialias": True},
    "bicubic antialias": {"mode": "bicubic", "antialias": True},
}


@pytest.mark.parametrize("sizes", [((5, 7), (8, 4)), ((4, 3), (8, 6)), ((9, 8), (3, 1)), ((1, 5), (4, 5))])
@pytest.mark.parametrize("name", RESAMPLES)
def test_interpolate(name, sizes):
    size, out_size = sizes
    x = random(2, 3, *size)
    rows, columns = (naive_weights(s, o, **RESAMPLES[name]) for s, o in zip(size, out_size))
    assert_close(resample.interpolate_forward(x, out_size, **RESAMPLES[name]), rows @ x @ columns.T)
    g = random(2, 3, *out_size, seed=1)
    assert_close(resample.interpolate_backward(g, x.shape, **RESAMPLES[name]), rows.T @ g @ columns)


@pytest.mark.parametrize("name", [n for n in RESAMPLES if "corners" not in n])
def test_interpolate_with_given_scales(name):
    """A scale that is not the ratio of the sizes sets the distance of the positions."""
    x, scales = random(1, 2, 5, 7), (1.3, 0.45)
    out_size = 6, 3
    rows, columns = (naive_weights(s, o, scale=f, **RESAMPLES[name]) for s, o, f in zip((5, 7), out_size, scales))
    assert_close(resample.interpolate_forward(x, out_size, scales=scales, **RESAMPLES[name]), rows @ x @ columns.T)


@pytest.mark.parametrize("mode, dims", [("linear", 1), ("trilinear", 3)])
def test_interpolate_other_dimensions(mode, dims):
    size, out_size = (4, 5, 3)[:dims], (7, 3, 6)[:dims]
    expected = x = random(2, 2, *size)
    for axis in range(dims):
        expected = np.moveaxis(
            np.moveaxis(expected, 2 + axis, -1) @ naive_weights(size[axis], out_size[axis], mode).T, -1, 2 + axis
        )
    assert_close(resample.interpolate_forward(x, out_size, mode), expected)


def test_interpolate_keeps_infinities_local():
    """No product with a zero weight: one infinite element must not make the others NaN."""
    x = np.zeros((1, 1, 6))
    x[0, 0, 0] = np.inf
    out = resample.interpolate_forward(x, (3,), "linear")
    assert out.tolist() == [[[np.inf, 0, 0]]]


def test_interpolate_refuses_integers():
    with pytest.raises(NotImplementedError, match="takes no int64"):
        resample.interpolate_forward(np.zeros((1, 1, 4), np.int64), (2,), "linear")
    assert resample.interpolate_forward(np.array([[[1, 2]]], np.uint8), (4,), "nearest").tolist() == [[[1, 1, 2, 2]]]


# -- bfloat16 ---------------------------------------------------------------------------------------------------------


def test_bfloat16_is_float32_rounded_once():
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    x, w = random(2, 3, 6, 6).astype(bfloat16), random(4, 3, 3, 3, seed=1).astype(bfloat16)
    wide, rest = x.astype(np.float32), ((1, 1), (1, 1), (1, 1), 1)
    kernels = {
        "conv": lambda x, w: conv.conv_forward(x, w, None, *rest),
        "weight grad": lambda x, w: conv.conv_weight_grad(x, x, (3, 3, 3, 3), *rest),
        "max_pool": lambda x, w: pool.max_pool_forward(x, (3, 3), (2, 2), (1, 1), (1, 1))[0],
        "max_pool values": lambda x, w: pool.max_pool_forward(x, (3, 3), (2, 2), (1, 1), (1, 1), False, False)[0],
        "max_pool grad": lambda x, w: pool.max_pool_backward(x, np.zeros(x.shape, np.int64), (2, 3, 2, 2)),
        "avg_pool": lambda x, w: pool.avg_pool_forward(x, (3, 3), (2, 2), (1, 1)),
        "adaptive average": lambda x, w: pool.adaptive_avg_pool_forward(x, (4, 1)),
        "adaptive maximum": lambda x, w: pool.adaptive_max_pool_forward(x, (4, 1))[0],
        "layer_norm": lambda x, w: norm.layer_norm_forward(x, 2, None, None, 1e-5)[0],
        "softmax": lambda x, w: softmax.softmax(x, 1),
        "nearest": lambda x, w: resample.interpolate_forward(x, (9, 4), "nearest"),
        "bicubic": lambda x, w: resample.interpolate_forward(x, (9, 4), "bicubic"),
        "bicubic grad": lambda x, w: resample.interpolate_backward(x, (2, 3, 4, 9), "bicubic"),
    }
    for name, kernel in kernels.items():
        out = kernel(x, w)
        assert out.dtype == bfloat16, name
        np.testing.assert_array_equal(out, kernel(wide, w.astype(np.float32)).astype(bfloat16), err_msg=name)


def test_input_gradient_beyond_the_last_window_is_zero():
    draw = np.random.default_rng(0)
    g, w = draw.standard_normal((1, 16, 6)), draw.standard_normal((16, 8, 3))
    exact = conv.conv_input_grad(g, w, (1, 8, 8), (1,), (0,), (1,))
    longer = conv.conv_input_grad(g, w, (1, 8, 9), (1,), (0,), (1,))  # as with the output padding of a transpose
    assert np.array_equal(longer[..., :8], exact) and not longer[..., 8:].any()


@pytest.mark.parametrize("samples, groups, step", [(5, 1, 1), (5, 2, 2), (3, 8, 1), (1, 1, 1), (0, 1, 1)])
def test_convolutions_in_threads(samples, groups, step, monkeypatch):
    monkeypatch.setattr(threads, "_WORTH", 1)
    form = (step, step), (1, 1), (1, 1), groups
    x, w, bias = random(samples, 8, 9, 10), random(16, 8 // groups, 3, 3), random(16)
    found = []
    for count in (1, 3):
        monkeypatch.setattr(defaults, "num_threads", count)
        out = conv.conv_forward(x, w, bias, *form)
        found.append((out, conv.conv_input_grad(out, w, x.shape, *form), conv.conv_weight_grad(out, x, w.shape, *form)))
    for one, three in zip(*found):
        assert_close(three, one)


def test_an_error_in_a_thread_is_raised(monkeypatch):
    monkeypatch.setattr(threads, "_WORTH", 1)
    monkeypatch.setattr(defaults, "num_threads", 2)

    def fails(part):
        if part.start:
            raise ValueError("here")
        assert len(threads.by_samples(4, 1 << 30, lambda inner: inner)) == 1  # inside, the caller does everything

    before = blas_threads(1)
    with pytest.raises(ValueError, match="here"):
        threads.by_samples(2, 1 << 30, fails)
    assert blas_threads(before) == 1
    assert [p.stop - p.start for p in threads.by_samples(5, 1 << 30, lambda part: part)] == [3, 2]
