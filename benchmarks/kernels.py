"""Time the NumPy kernels beside PyTorch's, one thread each, the two interleaved in one process.

    PYTHONPATH=. python benchmarks/kernels.py [conv] [pool] [norm] [softmax] [resample]

Needs PyTorch. Each line: microseconds of PyTorch, microseconds of the kernel, and their ratio (> 1: the kernel is
faster). A figure is the lower quartile over rounds in which the two take turns.
"""

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

# ruff: noqa: E402, E741, B023 (threads are set before NumPy loads; each lambda runs inside its own round of the loop)
import sys
import time

import torch
import torch.nn.functional as F

from penlight.backends.numpy import conv, norm, pool, resample, softmax

torch.set_num_threads(1)
SECONDS = 0.2  # for each of the two


def compare(name, theirs, ours):
    """Print one line of the table."""
    theirs(), ours()
    start = time.perf_counter()
    theirs(), ours()
    rounds = max(5, int(2 * SECONDS / (time.perf_counter() - start)))
    times = [[], []]
    for _ in range(rounds):
        for run, record in ((theirs, times[0]), (ours, times[1])):
            start = time.perf_counter()
            run()
            record.append(time.perf_counter() - start)
    first, second = (sorted(record)[len(record) // 4] * 1e6 for record in times)
    print(f"{name:44s} {first:9.0f} {second:9.0f} {first / second:7.2f}", flush=True)


def grad_of(out, inputs, g):
    """A function that runs PyTorch's backward alone."""
    return lambda: torch.autograd.grad(out, inputs, g, retain_graph=True)


CONVOLUTIONS = [  # name, N, C, size, O, kernel, stride, padding, groups, dimensions
    ("lenet conv1 b4", 4, 3, 32, 6, 5, 1, 0, 1, 2),
    ("lenet conv2 b4", 4, 6, 14, 16, 5, 1, 0, 1, 2),
    ("lenet conv1 b64", 64, 3, 32, 6, 5, 1, 0, 1, 2),
    ("lenet conv2 b64", 64, 6, 14, 16, 5, 1, 0, 1, 2),
    ("mnist conv1 b64", 64, 1, 28, 16, 3, 2, 1, 1, 2),
    ("mnist conv2 b64", 64, 16, 14, 16, 3, 2, 1, 1, 2),
    ("mnist conv3 b64", 64, 16, 7, 10, 3, 2, 1, 1, 2),
    ("resnet 64ch 3x3 28x28 b8", 8, 64, 28, 64, 3, 1, 1, 1, 2),
    ("resnet 128ch 3x3 14x14 b8", 8, 128, 14, 128, 3, 1, 1, 1, 2),
    ("resnet 64->128 3x3/2 b8", 8, 64, 28, 128, 3, 2, 1, 1, 2),
    ("stem 3->64 7x7/2 112 b4", 4, 3, 112, 64, 7, 2, 3, 1, 2),
    ("1x1 64->128 28x28 b8", 8, 64, 28, 128, 1, 1, 0, 1, 2),
    ("patches 3->192 16x16/16 224 b2", 2, 3, 224, 192, 16, 16, 0, 1, 2),
    ("depthwise 64 3x3 28x28 b8", 8, 64, 28, 64, 3, 1, 1, 64, 2),
    ("conv1d 32->64 k5 256 b16", 16, 32, 256, 64, 5, 1, 2, 1, 1),
    ("conv3d 8->16 k3 16 b2", 2, 8, 16, 16, 3, 1, 1, 1, 3),
]


def bench_conv():
    for name, N, C, size, O, k, s, p, groups, dims in CONVOLUTIONS:
        x = torch.randn(N, C, *(size,) * dims, requires_grad=True)
        w = torch.randn(O, C // groups, *(k,) * dims, requires_grad=True)
        b = torch.randn(O)
        call = (F.conv1d, F.conv2d, F.conv3d)[dims - 1]
        y = call(x, w, b, s, p, 1, groups)
        g = torch.randn_like(y)
        X, W, B, G = x.detach().numpy(), w.detach().numpy(), b.numpy(), g.numpy()
        rest = ((s,) * dims, (p,) * dims, (1,) * dims, groups)
        xd, wd = x.detach(), w.detach()
        compare(name + " forward", lambda: call(xd, wd, b, s, p, 1, groups), lambda: conv.conv_forward(X, W, B, *rest))
        compare("  input grad", grad_of(y, (x,), g), lambda: conv.conv_input_grad(G, W, X.shape, *rest))
        compare("  weight grad", grad_of(y, (w,), g), lambda: conv.conv_weight_grad(G, X, W.shape, *rest))


def bench_pool():
    for name, shape, k, s, p in [
        ("max_pool 2x2 lenet1 b4", (4, 6, 28, 28), 2, 2, 0),
        ("max_pool 2x2 lenet1 b64", (64, 6, 28, 28), 2, 2, 0),
        ("max_pool 2x2 lenet2 b64", (64, 16, 10, 10), 2, 2, 0),
        ("max_pool 3x3/2 64ch 56 b4", (4, 64, 56, 56), 3, 2, 1),
    ]:
        x = torch.randn(*shape, requires_grad=True)
        y = F.max_pool2d(x, k, s, p)
        g = torch.randn_like(y)
        X, G, xd = x.detach().numpy(), g.numpy(), x.detach()
        rest = ((k, k), (s, s), (p, p), (1, 1))
        indices = pool.max_pool_forward(X, *rest)[1]
        compare(
            name + " values only",
            lambda: F.max_pool2d(xd, k, s, p),
            lambda: pool.max_pool_forward(X, *rest, False, False),
        )
        compare("  with indices", lambda: F.max_pool2d(x, k, s, p), lambda: pool.max_pool_forward(X, *rest))
        compare("  backward", grad_of(y, x, g), lambda: pool.max_pool_backward(G, indices, X.shape, k > s))
    for name, shape, k in [
        ("avg_pool 2x2 64ch 28 b8", (8, 64, 28, 28), 2),
        ("avg_pool 4x4 mnist b64", (64, 10, 4, 4), 4),
    ]:
        x = torch.randn(*shape, requires_grad=True)
        y = F.avg_pool2d(x, k)
        g = torch.randn_like(y)
        X, G, xd = x.detach().numpy(), g.numpy(), x.detach()
        rest = ((k, k), (k, k), (0, 0))
        compare(name, lambda: F.avg_pool2d(xd, k), lambda: pool.avg_pool_forward(X, *rest))
        compare("  backward", grad_of(y, x, g), lambda: pool.avg_pool_backward(G, X.shape, *rest))
    for name, shape, o in [
        ("adaptive_avg 7->1 512ch b8", (8, 512, 7, 7), 1),
        ("adaptive_avg 4->1 mnist b64", (64, 10, 4, 4), 1),
    ]:
        x = torch.randn(*shape, requires_grad=True)
        y = F.adaptive_avg_pool2d(x, o)
        g = torch.randn_like(y)
        X, G, xd = x.detach().numpy(), g.numpy(), x.detach()
        compare(name, lambda: F.adaptive_avg_pool2d(xd, o), lambda: pool.adaptive_avg_pool_forward(X, (o, o)))
        compare("  backward", grad_of(y, x, g), lambda: pool.adaptive_avg_pool_backward(G, X.shape))


def bench_norm():
    for shape in [(64, 16, 14, 14), (8, 64, 28, 28), (128, 256)]:
        x = torch.randn(*shape, requires_grad=True)
        w, b = (torch.randn(shape[1], requires_grad=True) for _ in range(2))
        y = F.batch_norm(x, None, None, w, b, True)
        g = torch.randn_like(y)
        X, W, B, G = x.detach().numpy(), w.detach().numpy(), b.detach().numpy(), g.numpy()

        def forward():
            mean, var = norm.batch_norm_statistics(X)
            return mean, norm.batch_norm_forward(X, W, B, mean, var, 1e-5)[1]

        saved = forward()
        compare(f"batch_norm {shape}", lambda: F.batch_norm(x, None, None, w, b, True), forward)
        compare("  backward", grad_of(y, (x, w, b), g), lambda: norm.batch_norm_backward(G, X, W, *saved, True))
    for shape in [(20, 35, 200), (8, 128, 512)]:
        x = torch.randn(*shape, requires_grad=True)
        w, b = (torch.randn(shape[-1], requires_grad=True) for _ in range(2))
        X, W, B = x.detach().numpy(), w.detach().numpy(), b.detach().numpy()
        y = F.layer_norm(x, shape[-1:], w, b)
        g = torch.randn_like(y)
        G = g.numpy()
        saved = norm.layer_norm_forward(X, 1, W, B, 1e-5)[1:]
        compare(
            f"layer_norm {shape}",
            lambda: F.layer_norm(x, shape[-1:], w, b),
            lambda: norm.layer_norm_forward(X, 1, W, B, 1e-5),
        )
        compare("  backward", grad_of(y, (x, w, b), g), lambda: norm.layer_norm_backward(G, X, W, *saved, 1))
        y = F.rms_norm(x, shape[-1:], w, 1e-5)
        root = norm.rms_norm_forward(X, 1, W, 1e-5)[1]
        compare(
            f"rms_norm {shape}",
            lambda: F.rms_norm(x, shape[-1:], w, 1e-5),
            lambda: norm.rms_norm_forward(X, 1, W, 1e-5),
        )
        compare("  backward", grad_of(y, (x, w), g), lambda: norm.rms_norm_backward(G, X, W, root, 1))
    x = torch.randn(8, 64, 28, 28, requires_grad=True)
    w, b = (torch.randn(64, requires_grad=True) for _ in range(2))
    X, W, B = x.detach().numpy(), w.detach().numpy(), b.detach().numpy()
    y = F.group_norm(x, 8, w, b)
    g = torch.randn_like(y)
    G = g.numpy()
    saved = norm.group_norm_forward(X, 8, W, B, 1e-5)[1:]
    compare(
        "group_norm 8 of (8, 64, 28, 28)",
        lambda: F.group_norm(x, 8, w, b),
        lambda: norm.group_norm_forward(X, 8, W, B, 1e-5),
    )
    compare("  backward", grad_of(y, (x, w, b), g), lambda: norm.group_norm_backward(G, X, W, *saved, 8))


def bench_softmax():
    for shape in [(4, 10), (64, 10), (700, 5000), (64, 2, 35, 35)]:
        x = torch.randn(*shape, requires_grad=True)
        X = x.detach().numpy()
        for name in ("softmax", "log_softmax"):
            y = getattr(torch, name)(x, -1)
            g = torch.randn_like(y)
            Y, G = y.detach().numpy(), g.numpy()
            forward, backward = getattr(softmax, name), getattr(softmax, name + "_backward")
            compare(f"{name} {shape}", lambda: getattr(torch, name)(x, -1), lambda: forward(X, -1))
            compare("  backward", grad_of(y, x, g), lambda: backward(G, Y, -1))


def bench_resample():
    for shape, out, mode, antialias in [
        ((4, 16, 32, 32), (64, 64), "nearest", False),
        ((4, 16, 32, 32), (64, 64), "bilinear", False),
        ((4, 16, 64, 64), (32, 32), "bilinear", False),
        ((4, 16, 32, 32), (64, 64), "bicubic", False),
        ((1, 3, 256, 256), (96, 96), "bilinear", True),
        ((1, 3, 256, 256), (96, 96), "bicubic", True),
    ]:
        x = torch.randn(*shape, requires_grad=True)
        corners = None if mode == "nearest" else False
        call = lambda x: F.interpolate(x, out, mode=mode, align_corners=corners, antialias=antialias)
        y = call(x)
        g = torch.randn_like(y)
        X, G, xd = x.detach().numpy(), g.numpy(), x.detach()
        rest = (mode, False, None, antialias)
        compare(
            f"{mode}{' antialias' * antialias} {shape[2]} to {out[0]}",
            lambda: call(xd),
            lambda: resample.interpolate_forward(X, out, *rest),
        )
        compare("  backward", grad_of(y, x, g), lambda: resample.interpolate_backward(G, X.shape, *rest))


def main(names):
    for name in names or ("conv", "pool", "norm", "softmax", "resample"):
        print(f"{name:44s} {'torch us':>9s} {'us':>9s} {'ratio':>7s}")
        globals()["bench_" + name]()


if __name__ == "__main__":
    main(sys.argv[1:])
