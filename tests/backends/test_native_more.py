"""Sorting, running sums, multiply-adds, normals and permutations in C against the plain ones and what PyTorch 2.13 gives."""

import zlib

import numpy as np
import pytest

import penlight as torch
from penlight.backends import native
from penlight.backends.native import elements as native_elements
from penlight.backends.native import fused as native_fused
from penlight.backends.native import scan as native_scan
from penlight.backends.native import sorting
from penlight.backends.numpy import elementwise, selection
from penlight.backends.numpy import fused as plain_fused
from penlight.backends.numpy import scan as plain_scan
from penlight.backends.numpy import sorting as plain
from penlight.base.defaults import defaults
from penlight.base.random import Generator, faster
from penlight.base.random.normal32 import BoxMuller

pytestmark = pytest.mark.skipif(native.built() is None, reason="penlight was installed without its kernels in C")


def ties(n, dtype, values=13):
    """n numbers of few values, in an order that looks random."""
    return (np.arange(n) * 7919 % 10007 % values).astype(dtype)


@pytest.mark.parametrize("n", [1, 2, 16, 17, 40, 333, 3000])
@pytest.mark.parametrize("dtype", ["?", "b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d"])
def test_equal_elements_lie_where_the_plain_loops_leave_them(n, dtype):
    x = ties(n, dtype)
    keys = x.astype(float).tolist()
    for sign, falling in ((1, False), (-1, True)):
        signed = [sign * key for key in keys]
        assert sorting.ordered(x, 0, falling, False)[1].tolist() == selection.sorted_places(signed)
        assert (
            sorting.ordered(x, 0, falling, True)[1].tolist()
            == plain.ordered(x.astype(float), 0, falling, True)[1].tolist()
        )
        for count in {1, n // 3, n - 1, n} - {0}:
            if count * 64 > n:
                found = sorting.first_ordered(x, count, 0, falling)[1].tolist()
                assert found == selection.first_places(signed, count)
    for k in {0, n // 2, n - 1}:
        assert sorting.kth_ordered(x, k, 0)[1].tolist() == [selection.quickselect(list(keys), k)]


# (call, crc32 of PyTorch's indices as int64)
RECORDED = [
    ("torch.sort(f).indices", 91313443),
    ("torch.sort(f, descending=True).indices", 2864548769),
    ("torch.sort(i).indices", 316860904),
    ("torch.sort(i, descending=True).indices", 2864548769),
    ("torch.sort(i.reshape(2, -1)).indices", 2849306688),
    ("torch.argsort(b)", 2074700697),
    ("torch.topk(f, 9).indices", 3799738825),
    ("torch.topk(f, 600, largest=False).indices", 1596250755),
    ("torch.topk(f, 30000).indices", 2731575469),
    ("torch.kthvalue(f, 20000).indices", 70969111),
    ("torch.topk(f.reshape(40, 1000), 11, 0).indices", 958977212),
    ("torch.sort(nan).indices", 3595206580),
    ("torch.topk(nan, 9000).indices", 1294725393),
]


@pytest.mark.parametrize("call, crc", RECORDED)
def test_large_tensors_are_sorted_as_pytorch_sorts_them(call, crc):
    f, i, b = (torch.from_numpy(ties(40000, dtype, 7)) for dtype in ("f", "q", "?"))
    nan = torch.where(f == 3, torch.tensor(float("nan")), f)
    result = eval(call, {"torch": torch, "f": f, "i": i, "b": b, "nan": nan})
    assert zlib.crc32(result.numpy().tobytes()) == crc


def test_normals_and_permutations_are_those_of_the_plain_methods():
    kernels = faster.kernel("normals"), faster.kernel("shuffle")
    words = np.random.default_rng(3).integers(0, 2**32, 16384, dtype=np.uint32)
    words[:64] = 0
    words[64:128] = 0xFFFFFF
    for mean, deviation in ((0.0, 1.0), (0.25, 3.0)):
        fast, slow = np.empty((2, 16384), np.float32)
        kernels[0](16384, words, mean, deviation, fast)
        BoxMuller(8192)((words & 0xFFFFFF).view(np.int32), mean, deviation, slow)
        assert fast.tobytes() == slow.tobytes()
    try:
        for n in (0, 1, 2, 3, 500, 1000, 5000):
            one, two = Generator().manual_seed(n), Generator().manual_seed(n)
            faster.offer(dict)
            slow = one.randperm(n)
            faster.offer(lambda: dict(zip(("normals", "shuffle"), kernels)))
            assert slow.tolist() == two.randperm(n).tolist() and one.u32(1) == two.u32(1)
    finally:
        faster.offer(lambda: dict(zip(("normals", "shuffle"), kernels)))


@pytest.mark.parametrize("shape, dim", [((5,), 0), ((3, 4), 1), ((3, 4), 0), ((2, 700, 3), 1), ((40, 1100), 0), ((1, 1, 1), 1)])
@pytest.mark.parametrize("threads", [1, 3])
def test_running_sums_and_products_are_those_of_double_precision(shape, dim, threads, monkeypatch):
    monkeypatch.setattr(defaults, "num_threads", threads)
    x = np.random.default_rng(4).standard_normal(shape).astype(np.float32)
    x.flat[0] = -0.0
    for name in ("running_sum", "running_product"):
        kernel, takes = native_scan.TABLE[name]
        for given in (x, x[..., ::-1], np.where(x > 1, np.float32("nan"), x)):
            assert takes(given, dim)
            assert kernel(given, dim).tobytes() == getattr(plain_scan, name)(given, dim).tobytes()


@pytest.mark.parametrize("n", [1, 7, 8, 1000])
def test_multiply_adds_round_once(n):
    a, b, c = np.random.default_rng(5).standard_normal((3, n)).astype(np.float32)
    for call in (("add_scaled", a, b, 0.3), ("approach", a, b, 0.1), ("approach", a, b, 0.7), ("add_product", a, b, c, 0.3)):
        name, *arguments = call
        kernel, takes = native_fused.TABLE[name]
        assert takes(*arguments) and not takes(a, b.astype(np.float64), *arguments[2:])
        wanted = getattr(plain_fused, name)(*arguments)
        np.testing.assert_array_max_ulp(kernel(*arguments), wanted, 1)  # float64 itself rounds once in 2^29
        out = a.copy()
        assert kernel(out, *arguments[1:], out) is out and out.tobytes() == kernel(*arguments).tobytes()


ODD = np.float32([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-30, -1e-30, 88.0, -88.0, -120.0, 1.0, -1.0])


@pytest.mark.parametrize("numbers", [(1.0, 1.0, 1.0), (1.6732632, 1.0507010, 1.0), (0.5, 2.0, 3.0)])
def test_elu(numbers):
    kernel, takes = native_elements.TABLE["elu"]
    line = np.concatenate([np.linspace(-20, 5, 5001), -np.logspace(-30, -1, 400), ODD]).astype(np.float32)
    for x in (line, line[:7], line[:5408].reshape(-1, 4)[:, ::-1]):
        assert takes(x, *numbers) and not takes(x, -1.0, *numbers[1:])
        with np.errstate(all="ignore"):
            wanted = elementwise.elu(x.astype(np.float64), *numbers)
        np.testing.assert_allclose(kernel(x, *numbers), wanted, rtol=4e-7, atol=1e-37)
        assert np.array_equal(np.signbit(kernel(x, *numbers))[x == 0], np.signbit(x)[x == 0])


@pytest.mark.parametrize("threads", [1, 3])
def test_functions_of_pairs(threads, monkeypatch):
    monkeypatch.setattr(defaults, "num_threads", threads)
    x, y = np.random.default_rng(6).standard_normal((2, 4, 40003)).astype(np.float32) * 3
    x[0, : len(ODD)] = y[1, : len(ODD)] = ODD
    y[2] *= y[2] > 0
    for name, numbers in (("gate", ()), ("logits_loss", ()), ("huber", (1.5,))):
        kernel, takes = native_elements.TABLE[name]
        for a, b in ((x, y), (x[:, :-1:2], y[:, 1::2]), (x[0, :3], y[0, :3]), (x.T, y.T)):
            assert takes(a, b, *numbers) and not takes(a, b[..., :1], *numbers) and not takes(a, b.astype(float), *numbers)
            wide = (a, b) if name == "gate" else (a.astype(np.float64), b.astype(np.float64))
            with np.errstate(all="ignore"):
                wanted = getattr(elementwise, name)(*wide, *numbers)
            np.testing.assert_allclose(kernel(a, b, *numbers), wanted, rtol=1e-6, atol=1e-6 if name != "gate" else 0)
