"""The kernels in C against the NumPy kernels in float64, over forms drawn with fixed seeds."""

import os
import random
import subprocess
import sys

import numpy as np
import pytest

from penlight.backends import native
from penlight.backends.native import conv as native_conv
from penlight.backends.native import elements as native_elements
from penlight.backends.native import pool as native_pool
from penlight.backends.native import rows as native_rows
from penlight.backends.numpy import conv, elementwise, norm, pool, softmax, special
from penlight.base.defaults import defaults

pytestmark = pytest.mark.skipif(native.built() is None, reason="penlight was installed without its kernels in C")
KERNELS = {**native_conv.TABLE, **native_elements.TABLE, **native_pool.TABLE, **native_rows.TABLE}


def conv_cases(seed, count):
    """(samples, groups, channels and outputs of a group, size, kernel, stride, padding, dilation) of possible calls."""
    draw = random.Random(seed)
    while count:
        dims = draw.choice([1, 2, 2, 2, 3])
        axes = range(dims)
        size = [draw.randint(1, (80, 24, 9)[dims - 1]) for _ in axes]
        kernel = [draw.randint(1, 5) for _ in axes]
        stride, padding = [draw.choice([1, 1, 2, 3]) for _ in axes], [draw.randint(0, 3) for _ in axes]
        dilation = [draw.choice([1, 1, 2]) for _ in axes]
        form = [tuple(v) for v in (size, kernel, stride, padding, dilation)]
        if min(map(conv.output_size, *form)) > 0:
            count -= 1
            yield (
                draw.choice([1, 2, 3, 5]), draw.choice([1, 1, 1, 2, 3]), draw.choice([1, 2, 3, 5, 8]),
                draw.randint(1, 9), *form,
            )  # fmt: skip


def taken(name, arguments):
    faster, when = KERNELS[name]
    return faster(*arguments) if when(*arguments) else None


def check(name, arguments, plain):
    """Whether the kernel in C took the call; its result is within float32's rounding of the one in float64."""
    found = taken(name, arguments)
    if found is None:
        return 0
    wide = [a.astype(np.float64) if isinstance(a, np.ndarray) else a for a in arguments]
    wanted = plain(*wide)
    assert found.shape == wanted.shape and found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5 * max(1.0, np.abs(wanted).max()))
    return 1


@pytest.mark.parametrize("threads", [1, 3])
def test_convolutions(threads, monkeypatch):
    monkeypatch.setattr(defaults, "num_threads", threads)
    rng, calls = np.random.default_rng(threads), 0
    for samples, groups, channels, outputs, size, kernel, stride, padding, dilation in conv_cases(threads, 150):
        x, w, bias = (
            rng.standard_normal(shape, np.float32)
            for shape in ((samples, groups * channels, *size), (groups * outputs, channels, *kernel), groups * outputs)
        )
        form = stride, padding, dilation, groups
        out_size = tuple(map(conv.output_size, size, kernel, stride, padding, dilation))
        g = rng.standard_normal((samples, groups * outputs, *out_size), np.float32)
        calls += check("conv_forward", (x, w, bias, *form), conv.conv_forward)
        calls += check("conv_forward", (x, w, None, *form), conv.conv_forward)
        calls += check("conv_input_grad", (g, w, x.shape, *form), conv.conv_input_grad)
        calls += check("conv_weight_grad", (g, x, w.shape, *form), conv.conv_weight_grad)
    assert calls > 300


@pytest.mark.parametrize("channels, outputs, size, padding", [(40, 6, (9, 11), 1), (70, 9, (8, 8), 0), (33, 1, (300,), 1)])
@pytest.mark.parametrize("threads", [1, 3])
def test_convolutions_of_many_channels(channels, outputs, size, padding, threads, monkeypatch):
    """More taps than are taken at once, with and without positions between the rows, in whole and in part tiles."""
    monkeypatch.setattr(defaults, "num_threads", threads)
    rng, dims = np.random.default_rng(0), len(size)
    kernel = (3,) * dims if dims == 2 else (11,)
    for samples, groups in ((1, 1), (2, 1), (2, 2)):
        x = rng.standard_normal((samples, groups * channels, *size), np.float32)
        w = rng.standard_normal((groups * outputs, channels, *kernel), np.float32)
        bias = rng.standard_normal(groups * outputs, np.float32)
        form = (1,) * dims, (padding,) * dims, (1,) * dims, groups
        assert check("conv_forward", (x, w, bias, *form), conv.conv_forward)
        assert check("conv_forward", (x[..., :5, :] if dims == 2 else x, w, None, *form), conv.conv_forward)


def test_threads_leave_each_others_positions_alone(monkeypatch):
    """The last tile overlaps the one before, whose sums are unfinished where there are many channels."""
    monkeypatch.setattr(defaults, "num_threads", 3)
    x, w = (np.random.default_rng(n).standard_normal(shape, np.float32) for n, shape in enumerate([(1, 33, 300), (1, 33, 11)]))
    form = (1,), (1,), (1,), 1
    wanted = taken("conv_forward", (x, w, None, *form))
    for _ in range(3000):  # it went wrong once in a thousand times
        assert np.array_equal(taken("conv_forward", (x, w, None, *form)), wanted)


def test_gradients_of_fewer_positions_than_the_input_has():
    """As output padding beyond the stride leaves them."""
    rng = np.random.default_rng(0)
    x, g = rng.standard_normal((2, 3, 20, 21), np.float32), rng.standard_normal((2, 4, 5, 6), np.float32)
    form = (3, 2), (1, 2), (2, 2), 1
    assert check("conv_weight_grad", (g, x, (4, 3, 3, 3), *form), conv.conv_weight_grad)
    assert check("conv_input_grad", (g, np.ones((4, 3, 3, 3), np.float32), x.shape, *form), conv.conv_input_grad)


def plain_values(rng, shape):
    """Few different numbers, so that there are ties; NaN and -inf in two thirds of the draws."""
    x = rng.integers(0, 3, shape).astype(np.float32)
    special = rng.choice([0.0, np.nan, -np.inf])
    x[rng.random(shape) < 0.2] = special
    return x


@pytest.mark.parametrize("dims", [1, 2])
def test_max_pooling_chooses_as_the_numpy_kernel(dims):
    rng, draw = np.random.default_rng(dims), random.Random(dims)
    for _ in range(100):
        kernel, stride, dilation = (tuple(draw.randint(1, most) for _ in range(dims)) for most in (4, 4, 2))
        padding = tuple(draw.randint(0, k // 2) for k in kernel)
        x = plain_values(rng, (2, 3, *[draw.randint(8, 15) for _ in range(dims)]))
        arguments = x, kernel, stride, padding, dilation, draw.random() < 0.5, True
        found, wanted = taken("max_pool_forward", arguments), pool.max_pool_forward(*arguments)
        np.testing.assert_array_equal(found[0], wanted[0])
        np.testing.assert_array_equal(found[1], wanted[1])
        g = rng.standard_normal(found[0].shape, np.float32)
        grads = taken("max_pool_backward", (g, found[1], x.shape)), pool.max_pool_backward(g, wanted[1], x.shape)
        np.testing.assert_allclose(*grads, rtol=0, atol=1e-5)


def test_pairs_of_every_width():
    rng = np.random.default_rng(0)
    for height in (2, 3, 6):
        for width in range(2, 40):
            x = plain_values(rng, (2, 3, height, width))
            out = pool.pair_max_pool_forward(x)
            np.testing.assert_array_equal(taken("pair_max_pool_forward", (x,)), out)
            g = rng.standard_normal(out.shape, np.float32)
            found = taken("pair_max_pool_backward", (g, x, out))
            np.testing.assert_array_equal(found, pool.pair_max_pool_backward(g, x, out))


def test_other_types_go_to_numpy():
    x, w = np.ones((1, 1, 9, 9)), np.ones((1, 1, 3, 3))
    assert taken("conv_forward", (x, w, None, (1, 1), (0, 0), (1, 1), 1)) is None
    assert taken("conv_forward", (x.astype("f"), w, None, (1, 1), (0, 0), (1, 1), 1)) is None


def test_wrong_sizes_are_refused():
    form = native_conv._conv_form((1, 1, 9, 9), (1, 1, 3, 3), (1, 1), (0, 0), (1, 1), 1, (7, 7))
    x, w, out = (np.zeros(n, np.float32) for n in (81, 9, 49))
    native.kernels.correlate(form, x, w, None, out, 1)
    for wrong in ((form[:-1], x, w, None, out, 1), (form, x[:-1], w, None, out, 1), (form, x, w, None, out[:-1], 1)):
        with pytest.raises(ValueError, match="bytes"):
            native.kernels.correlate(*wrong)
    with pytest.raises(ValueError, match="contiguous"):
        native.kernels.correlate(form, x, w, None, out[::-1], 1)


def test_the_threads_survive_a_fork():
    program = (
        "import os, penlight as torch\n"
        "torch.set_num_threads(3)\n"
        "x, w = torch.ones(8, 3, 16, 16), torch.ones(4, 3, 3, 3)\n"
        "before = torch.conv2d(x, w)\n"
        "child = os.fork()\n"
        "same = torch.equal(before, torch.conv2d(x, w))\n"
        "if child:\n"
        "    same = same and os.waitpid(child, 0)[1] == 0\n"
        "os._exit(0 if same else 1)\n"
    )
    if hasattr(os, "fork"):
        assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0


@pytest.mark.parametrize("named", ["baseline", "avx2", "0"])
def test_the_set_of_instructions_can_be_named(named):
    program = (
        "from penlight.backends import native\n"
        "from penlight.backends.native.conv import KERNELS\n"
        "import numpy as np, penlight as torch\n"
        "x = torch.arange(2 * 3 * 100.).view(2, 3, 10, 10) / 600\n"
        "print(native.built(), len(KERNELS), float(torch.conv2d(x, torch.ones(5, 3, 3, 3)).sum()))"
    )
    environment = {**os.environ, "PENLIGHT_NATIVE": named}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60)
    found, kernels, total = done.stdout.split()
    assert found in {"baseline": ["baseline"], "avx2": ["avx2", "baseline"]}.get(named, ["avx512", "avx2", "baseline"])
    assert (kernels == "0") == (named == "0")
    assert float(total) == pytest.approx(2 * 3 * 5 * 8 * 8 * 9 * 0.5 * 599 / 600, rel=1e-5)


SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e30, -1e30, 3e38, -3e38, 1e-30, -1e-30, 1e-42, 88.5, -88.5, 14.0, -14.0]


@pytest.mark.parametrize("name", native_elements._EACH[:-1])
def test_functions_of_each_number(name):
    plain = getattr(special, name, None) or getattr(elementwise, name)
    line = np.concatenate([np.linspace(-15, 15, 20011), np.linspace(-1, 1, 1003)]).astype(np.float32)
    found, wanted = taken(name, (line,)), plain(line.astype(np.float64))
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=2e-7)
    edges = np.array(SPECIAL, np.float32)
    with np.errstate(all="ignore"):
        single, double = plain(edges), plain(edges.astype(np.float64))
        found = taken(name, (edges,))
    # where NumPy's kernels in float32 and float64 disagree (overflow inside), one of the two answers
    matches = [np.isclose(found, v.astype(np.float32), rtol=1e-5, atol=1e-37, equal_nan=True) for v in (single, double)]
    assert (matches[0] | matches[1]).all(), [*zip(edges, found, single, double)]
    assert taken(name, (np.float32(0.5).reshape(()),)).shape == ()


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("length", [1, 3, 8, 17, 100])
def test_rows_of_a_softmax(name, length):
    rng = np.random.default_rng(length)
    x = rng.standard_normal((5, 6, length), np.float32) * 20
    x[0, 0, 0], x[0, 1, -1], x[0, 2], x[0, 3, 0] = np.nan, np.inf, -np.inf, -np.inf
    with np.errstate(all="ignore"):
        wanted = getattr(softmax, name)(x.astype(np.float64), -1)
        found = taken(name, (x, -1))
    np.testing.assert_allclose(found, wanted, rtol=2e-6, atol=2e-6)
    y, g = found[1:], rng.standard_normal(found[1:].shape, np.float32)
    check(name + "_backward", (g, y, 2), getattr(softmax, name + "_backward"))


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("shape, axis", [((1, 4), 0), ((7, 130), 0), ((3, 5, 2), 1), ((2, 40, 9, 23), 1), ((4, 3, 70), -2)])
def test_columns_of_a_softmax(shape, axis, threads, monkeypatch):
    monkeypatch.setattr(defaults, "num_threads", threads)
    x, g = np.random.default_rng(1).standard_normal((2, *shape), np.float32) * 20
    lines = np.moveaxis(x, axis, -1)
    lines[(0,) * (x.ndim - 1)], lines[(-1,) * (x.ndim - 1)] = -np.inf, np.nan
    lines[(*(0,) * (x.ndim - 2), 1, 0)] = -np.inf
    for name in ("softmax", "log_softmax"):
        for given in (x, x[..., ::-1]):
            with np.errstate(all="ignore"):
                found, wanted = taken(name, (given, axis)), getattr(softmax, name)(given.astype(np.float64), axis)
            np.testing.assert_allclose(found, wanted, rtol=3e-6, atol=3e-6)
        y = getattr(softmax, name)(g, axis)
        assert check(name + "_backward", (g, y, axis), getattr(softmax, name + "_backward"))


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("shape", [(1,), (5000,), (3, 70), (700, 5, 9), (6, 3, 4, 50), (2, 400, 700)])
def test_sums(shape, threads, monkeypatch):
    monkeypatch.setattr(defaults, "num_threads", threads)
    kernel, takes = KERNELS["sums"]
    x = np.random.default_rng(1).standard_normal(shape, np.float32) + 1
    for axes in (None, (0,), (len(shape) - 1,), tuple(range(len(shape))), tuple(range(0, len(shape), 2)), (-1, 0)):
        axes = axes if axes is None or len(shape) > 1 else axes[:1]
        for keepdims in (False, True):
            assert takes(x, axes, keepdims) and not takes(x.astype(np.float64), axes, keepdims) and not takes(x, (), keepdims)
            found, wanted = kernel(x, axes, keepdims), x.sum(axes, np.float64, keepdims=keepdims)
            assert found.shape == wanted.shape and found.dtype == np.float32
            np.testing.assert_allclose(found, wanted, rtol=3e-6)
    for odd in (np.nan, np.inf, -np.inf):
        x.flat[-1] = odd
        assert np.array_equal(kernel(x, None, False), np.float32(odd), equal_nan=True)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("shape", [(3, 1), (4, 7), (5, 8), (40, 129), (600, 64)])
def test_layer_norm(shape, threads, monkeypatch):
    monkeypatch.setattr(defaults, "num_threads", threads)
    rng = np.random.default_rng(0)
    x, g = (rng.standard_normal(shape, np.float32) + 100 * i for i in (1, 0))
    weight, bias = rng.standard_normal((2, shape[1]), np.float32)
    for w, b in ((weight, bias), (weight, None), (None, None)):
        out, mean, inverse = taken("layer_norm_forward", (x, 1, w, b, 1e-5))
        wide = [None if v is None else v.astype(np.float64) for v in (x, w, b)]
        wanted = norm.layer_norm_forward(wide[0], 1, *wide[1:], 1e-5)
        np.testing.assert_allclose(mean, wanted[1], rtol=1e-6)
        if shape[1] > 1:  # of one number the deviation is rounding alone
            np.testing.assert_allclose(inverse, wanted[2], rtol=2e-4)
            np.testing.assert_allclose(out, wanted[0], atol=2e-4)
        grads = taken("layer_norm_backward", (g, x, w, mean, inverse, 1, (True, w is not None, b is not None)))
        plain = norm.layer_norm_backward(
            g.astype(np.float64), wide[0], wide[1], mean.astype(np.float64), inverse.astype(np.float64), 1,
            (True, w is not None, b is not None),
        )  # fmt: skip
        for found, wanted_grad in zip(grads, plain):
            assert (found is None) == (wanted_grad is None)
            if found is not None:
                np.testing.assert_allclose(found, wanted_grad, atol=2e-5 * max(1, np.abs(wanted_grad).max()))


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("shape", [(2, 3, 4), (5, 4, 7, 7), (1, 9, 3, 3, 5), (16, 8, 20, 20)])
def test_batch_norm(shape, threads, monkeypatch):
    monkeypatch.setattr(defaults, "num_threads", threads)
    rng = np.random.default_rng(1)
    x, g = rng.standard_normal(shape, np.float32) * 3 + 50, rng.standard_normal(shape, np.float32)
    weight, bias = rng.standard_normal((2, shape[1]), np.float32)
    mean, variance = taken("batch_norm_statistics", (x,))
    for found, wanted in zip((mean, variance), norm.batch_norm_statistics(x.astype(np.float64))):
        np.testing.assert_allclose(found, wanted, rtol=2e-6)

    def double(*arrays):
        return [v.astype(np.float64) if isinstance(v, np.ndarray) else v for v in arrays]

    for w, b in ((weight, bias), (None, None)):
        out, inverse = taken("batch_norm_forward", (x, w, b, mean, variance, 1e-5))
        wanted = norm.batch_norm_forward(*double(x, w, b, mean, variance), 1e-5)
        np.testing.assert_allclose(out, wanted[0], atol=2e-5)
        for training in (True, False):
            needed = (True, w is not None, b is not None)
            arguments = g, x, w, mean, inverse
            found = taken("batch_norm_backward", (*arguments, training, needed))
            plain = norm.batch_norm_backward(*double(*arguments), training, needed)
            for one, other in zip(found, plain):
                assert (one is None) == (other is None)
                if one is not None:
                    np.testing.assert_allclose(one, other, atol=2e-5 * max(1, np.abs(other).max()))


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    "times, batch, size, both", [(5, 4, 7, False), (1, 1, 8, False), (6, 13, 16, True), (9, 3, 33, True)]
)
def test_recurrent_layers(kind, threads, times, batch, size, both, monkeypatch):
    import penlight as torch

    monkeypatch.setattr(defaults, "num_threads", threads)
    torch.manual_seed(0)
    single = getattr(torch.nn, kind)(5, size, 2, bidirectional=both)
    double = getattr(torch.nn, kind)(5, size, 2, bidirectional=both).double()
    double.load_state_dict(single.state_dict())
    x, g = torch.randn(times, batch, 5), torch.randn(times, batch, size * (1 + both))
    found = []
    for layer in (single, double):
        given = x.detach().to(layer.weight_ih_l0.dtype).requires_grad_()
        out, last = layer(given)
        states = last if kind == "LSTM" else (last,)
        ((out * g.to(out.dtype)).sum() + sum(s.square().sum() for s in states)).backward()
        found.append([out, *states, given.grad, *[p.grad for p in layer.parameters()]])
    for one, other in zip(*found):
        one, other = one.detach().numpy(), other.detach().numpy()
        np.testing.assert_allclose(one, other, rtol=0, atol=3e-6 * max(1, np.abs(other).max()))


@pytest.mark.parametrize("shape, groups", [((4, 8, 5, 3), 4), ((2, 12, 7), 3), ((3, 6), 2), ((1, 4, 90), 1)])
@pytest.mark.parametrize("weighted", [True, False])
def test_group_norm(shape, groups, weighted):
    rng = np.random.default_rng(1)
    x, g = rng.standard_normal((2, *shape), np.float32)
    w, b = rng.standard_normal((2, shape[1]), np.float32) if weighted else (None, None)
    wide = [None if v is None else v.astype(np.float64) for v in (x, g, w, b)]
    out = taken("group_norm_forward", (x.swapaxes(0, 1).copy().swapaxes(0, 1), groups, w, b, 1e-5))
    wanted = norm.group_norm_forward(wide[0], groups, *wide[2:], 1e-5)
    grads = taken("group_norm_backward", (g, x, w, *out[1:], groups))
    plain = norm.group_norm_backward(wide[1], wide[0], wide[2], *wanted[1:], groups)
    for found, exact in zip((*out, *grads), (*wanted, *plain)):
        np.testing.assert_allclose(found, exact, rtol=1e-4, atol=2e-5)
    assert taken("group_norm_backward", (g, x, w, *out[1:], groups, (False, False, True)))[:2] == (None, None)
