"""The NumPy kernels beside PyTorch on random geometries; runs only where PyTorch is importable."""

import random

import numpy as np
import pytest

from penlight.backends.numpy import conv, norm, pool, resample, softmax

torch = pytest.importorskip("torch")
F = torch.nn.functional

# relative and absolute. float64: the same sums in another order. float32: the same, over some hundred terms.
TOLERANCE = {torch.float64: 1e-9, torch.float32: 3e-5}
# A mean or a norm over few elements divides by a small deviation, which magnifies float32's rounding; so float64 there.
TYPES = (torch.float64, torch.float32)


def close(actual, expected, dtype=torch.float64, detail=None):
    expected = expected.detach().numpy()
    assert actual.shape == expected.shape, detail
    assert actual.dtype == expected.dtype, detail
    tolerance = TOLERANCE.get(dtype, 0)
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance, err_msg=str(detail))


def numpy_of(tensor):
    return None if tensor is None else tensor.detach().numpy()


def pick(generator, low, high, dims):
    return tuple(generator.randint(low, high) for _ in range(dims))


@pytest.mark.parametrize("dtype", TYPES)
def test_convolution(dtype):
    generator = random.Random(0)
    torch.manual_seed(0)
    for _ in range(150):
        dims, groups = generator.choice([1, 2, 2, 3]), generator.choice([1, 1, 2, 3])
        channels, outputs = groups * generator.choice([1, 2, 8]), groups * generator.choice([1, 3, 40])
        kernel, stride, padding, dilation = (pick(generator, *r, dims) for r in ((1, 4), (1, 3), (0, 4), (1, 3)))
        size = pick(generator, 1, 9, dims)
        if any(s + 2 * p < d * (k - 1) + 1 for s, p, d, k in zip(size, padding, dilation, kernel)):
            continue
        x = torch.randn(2, channels, *size, dtype=dtype, requires_grad=True)
        w = torch.randn(outputs, channels // groups, *kernel, dtype=dtype, requires_grad=True)
        b = torch.randn(outputs, dtype=dtype)
        y = (F.conv1d, F.conv2d, F.conv3d)[dims - 1](x, w, b, stride, padding, dilation, groups)
        g = torch.randn_like(y)
        grad_x, grad_w = torch.autograd.grad(y, (x, w), g)
        X, W, G, rest = numpy_of(x), numpy_of(w), g.numpy(), (stride, padding, dilation, groups)
        detail = (size, kernel, rest, channels, outputs)
        wide = outputs**0.5  # float32: the gradients sum over the outputs or positions too
        close(conv.conv_forward(X, W, b.numpy(), *rest), y, dtype, detail)
        close(conv.conv_input_grad(G, W, X.shape, *rest) / wide, grad_x / wide, dtype, detail)
        close(conv.conv_weight_grad(G, X, W.shape, *rest) / wide, grad_w / wide, dtype, detail)


@pytest.mark.parametrize("fill", ["normal", "ties", "nan", "-inf"])
def test_max_pool(fill):
    generator = random.Random(0)
    torch.manual_seed(0)
    for _ in range(120):
        dims = generator.choice([1, 2, 2, 3])
        kernel, stride, dilation = (pick(generator, *r, dims) for r in ((1, 4), (1, 4), (1, 2)))
        padding, size = tuple(generator.randint(0, k // 2) for k in kernel), pick(generator, 1, 9, dims)
        ceil_mode = generator.random() < 0.5
        x = torch.randn(2, 2, *size)
        if fill == "ties":
            x = torch.randint(0, 3, x.shape).float()
        elif fill != "normal":
            x[torch.rand(x.shape) < 0.4] = float(fill)
        x.requires_grad_()
        rest = (kernel, stride, padding, dilation, ceil_mode)
        try:
            y, chosen = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[dims - 1](x, *rest, return_indices=True)
        except RuntimeError:  # an empty output
            continue
        out, indices = pool.max_pool_forward(numpy_of(x), *rest)
        if (indices < 0).any():
            continue  # a window all in the padding: PyTorch's backward would write out of bounds
        np.testing.assert_array_equal(out, numpy_of(y), err_msg=str((size, rest)))
        np.testing.assert_array_equal(indices, chosen.numpy(), err_msg=str((size, rest)))
        g = torch.randn_like(y)
        grad = pool.max_pool_backward(g.numpy(), indices, tuple(x.shape))
        close(grad, torch.autograd.grad(y, x, g)[0], torch.float32, (size, rest))


@pytest.mark.parametrize("fill", ["normal", "ties", "nan"])
def test_average_and_adaptive_pools(fill):
    generator = random.Random(0)
    torch.manual_seed(0)
    for _ in range(120):
        dims = generator.choice([1, 2, 2, 3])
        kernel, stride = pick(generator, 1, 4, dims), pick(generator, 1, 4, dims)
        padding, size = tuple(generator.randint(0, k // 2) for k in kernel), pick(generator, 1, 9, dims)
        x = torch.randn(2, 2, *size, dtype=torch.float64)
        if fill == "ties":
            x = torch.randint(0, 3, x.shape).double()
        elif fill == "nan":
            x[torch.rand(x.shape) < 0.2] = float("nan")
        x.requires_grad_()
        X = numpy_of(x)
        rest = (kernel, stride, padding, generator.random() < 0.5, generator.random() < 0.5)
        rest += (generator.choice([None, 3]),) if dims > 1 else ()
        try:
            y = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[dims - 1](x, *rest)
        except RuntimeError:  # an empty output
            y = None
        if y is not None:
            g = torch.randn_like(y)
            close(pool.avg_pool_forward(X, *rest), y, detail=(size, rest))
            close(
                pool.avg_pool_backward(g.numpy(), X.shape, *rest), torch.autograd.grad(y, x, g)[0], detail=(size, rest)
            )
        out_size = pick(generator, 1, 6, dims)
        y = (F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d)[dims - 1](x, out_size)
        g = torch.randn_like(y)
        close(pool.adaptive_avg_pool_forward(X, out_size), y, detail=(size, out_size))
        close(
            pool.adaptive_avg_pool_backward(g.numpy(), X.shape),
            torch.autograd.grad(y, x, g)[0],
            detail=(size, out_size),
        )
        adaptive = (F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d)[dims - 1]
        y, chosen = adaptive(x, out_size, return_indices=True)
        out, indices = pool.adaptive_max_pool_forward(X, out_size)
        np.testing.assert_array_equal(out, numpy_of(y))
        np.testing.assert_array_equal(indices, chosen.numpy())


@pytest.mark.parametrize("affine", [False, True])
@pytest.mark.parametrize("shape", [(5, 6), (4, 6, 7), (2, 6, 5, 3), (2, 6, 2, 3, 2)])
def test_norms(shape, affine):
    torch.manual_seed(0)

    def make(*sizes):
        return torch.randn(*sizes, dtype=torch.float64, requires_grad=True) if affine else None

    def check(y, arguments, backward):
        g = torch.randn_like(y)
        present = [t for t in arguments if t is not None]
        for actual, expected in zip(backward(g.numpy()), torch.autograd.grad(y, present, g)):
            close(actual, expected)

    x = (torch.randn(shape, dtype=torch.float64) + 3).requires_grad_()
    w, b = make(6), make(6)
    X, W, B = numpy_of(x), numpy_of(w), numpy_of(b)
    for training in (True, False):
        running = torch.randn(6, dtype=torch.float64), torch.rand(6, dtype=torch.float64) + 0.5
        mean, var = norm.batch_norm_statistics(X) if training else (r.numpy().copy() for r in running)
        if training:
            updated = norm.batch_norm_running(*(r.numpy() for r in running), mean, var, x.numel() // 6, 0.1)
        y = F.batch_norm(x, *running, w, b, training, 0.1, 1e-5)
        if training:
            for actual, expected in zip(updated, running):
                close(actual, expected)
        out, inverse = norm.batch_norm_forward(X, W, B, mean, var, 1e-5)
        close(out, y)
        check(y, (x, w, b), lambda g: norm.batch_norm_backward(g, X, W, mean, inverse, training))  # noqa: B023
    for groups in (1, 2, 3):
        y = F.group_norm(x, groups, w, b)
        out, *saved = norm.group_norm_forward(X, groups, W, B, 1e-5)
        close(out, y)
        check(y, (x, w, b), lambda g: norm.group_norm_backward(g, X, W, *saved, groups))  # noqa: B023
    for dims in (1, 2):
        inner = shape[-dims:]
        w, b = make(*inner), make(*inner)
        W, B = numpy_of(w), numpy_of(b)
        y = F.layer_norm(x, inner, w, b)
        out, *saved = norm.layer_norm_forward(X, dims, W, B, 1e-5)
        close(out, y)
        check(y, (x, w, b), lambda g: norm.layer_norm_backward(g, X, W, *saved, dims))  # noqa: B023
        y = F.rms_norm(x, inner, w, 1e-5)
        out, root = norm.rms_norm_forward(X, dims, W, 1e-5)
        close(out, y)
        check(y, (x, w), lambda g: norm.rms_norm_backward(g, X, W, root, dims))  # noqa: B023


@pytest.mark.parametrize("special", [None, "-inf", "inf", "all -inf"])
def test_softmax(special):
    torch.manual_seed(0)
    for shape, axis in (((7, 5), 1), ((5,), 0), ((3, 4, 2, 2), 1), ((300, 700), -1)):
        x = torch.randn(shape, dtype=torch.float64)
        if special == "all -inf":
            x[:] = -float("inf")
        elif special:
            x[torch.rand(shape) < 0.3] = float(special)
        x.requires_grad_()
        X = numpy_of(x)
        for name in ("softmax", "log_softmax"):
            y = getattr(torch, name)(x, axis)
            g = torch.randn_like(y)
            out = getattr(softmax, name)(X, axis)
            close(out, y)
            close(getattr(softmax, name + "_backward")(g.numpy(), out, axis), torch.autograd.grad(y, x, g)[0])


@pytest.mark.parametrize("dtype", TYPES)
def test_interpolate(dtype):
    """All modes. Left out are three cases where PyTorch 2.13 contradicts itself:

    - antialias to width 1, and antialias between equal sizes with a scale: its forward skips the width, its own
      Jacobian does not;
    - nearest with a scale s where the output is once or twice as long as the input and s is not 1 or 2: some of its
      kernels, and its backward, then use 1 or 2.
    """
    generator = random.Random(0)
    torch.manual_seed(0)
    for _ in range(500):
        dims = generator.choice([1, 2, 2, 3])
        own = (["linear"], ["bilinear", "bicubic", "bilinear antialias", "bicubic antialias"], ["trilinear"])[dims - 1]
        mode, _, antialias = generator.choice(["nearest", "nearest-exact", "area", *own]).partition(" ")
        corners = generator.choice([None, True, False]) if "linear" in mode or mode == "bicubic" else None
        size, scales = pick(generator, 1, 12, dims), None
        x = torch.randn(1, 2, *size, dtype=dtype, requires_grad=True)
        options = {"mode": mode, "align_corners": corners, "antialias": bool(antialias)}
        if generator.random() < 0.5:
            out_size = pick(generator, 1, 30, dims)
            call = {"size": out_size}
        else:
            factors = tuple(generator.choice([generator.uniform(0.2, 3), 0.5, 2.0, 1 / 3, 1.0]) for _ in range(dims))
            out_size = tuple(int(s * f) for s, f in zip(size, factors))
            recompute = mode == "area" or generator.random() < 0.5
            scales = None if recompute else factors
            call = {"scale_factor": factors, "recompute_scale_factor": recompute}
        if 0 in out_size or (antialias and (out_size[-1] == 1 or (scales and out_size[-1] == size[-1]))):
            continue
        if (
            mode == "nearest"
            and scales
            and any(o in (s, 2 * s) and f != o / s for o, s, f in zip(out_size, size, scales))
        ):
            continue
        y = F.interpolate(x, **call, **options)
        g = torch.randn_like(y)
        rest = (mode, bool(corners), scales, bool(antialias))
        detail = (size, out_size, rest)
        close(resample.interpolate_forward(numpy_of(x), out_size, *rest), y, dtype, detail)
        grad = torch.autograd.grad(y, x, g)[0]
        many = max(1, (g.numel() / x.numel()) ** 0.5)  # an input's gradient sums over that many outputs, squared
        close(resample.interpolate_backward(g.numpy(), tuple(x.shape), *rest) / many, grad / many, dtype, detail)
