"""Random tensors: the functions that draw them."""

from __future__ import annotations

import functools
import importlib
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.device import MetaWanted, read_device
from penlight.base.dims import items, read, refused
from penlight.base.mode import mode
from penlight.tensor.arguments import MISSING
from penlight.tensor.create import check_layout, finish, in_format, like_array, read_size, wanted_dtype
from penlight.tensor.generator import default_generator, stream_of
from penlight.tensor.install import tensor_ops
from penlight.tensor.override import PLAIN, overridden, override
from penlight.tensor.runtime import check_broadcast
from penlight.tensor.tensor import Tensor

__all__ = [
    "bernoulli", "binomial", "multinomial", "normal", "poisson", "rand", "rand_like", "randint", "randint_like", "randn",
    "randn_like", "randperm",
]  # fmt: skip


def drawing(function: Any) -> Any:
    """A sampling function that asks the open function transforms: each sample of a `vmap` may draw its own numbers."""

    @functools.wraps(function)
    def draw(*args: Any, **kwargs: Any) -> Any:
        if mode.levels:
            return mode.levels[-1].draw(draw, args, kwargs)
        if args and args[0].__class__ not in PLAIN and overridden(args):
            return override(draw, args, kwargs)
        try:
            return function(*args, **kwargs)
        except MetaWanted:
            return importlib.import_module("penlight.meta.create").made(draw, args, kwargs)

    return draw


def _read(function: str, size: tuple, named: dict, dtype: Any, device: Any, out: Any = None) -> tuple:
    if not size and "size" not in named:
        raise TypeError(f'{function}() missing 1 required positional arguments: "size"')
    shape = read_size(function, size, named.pop("size", None))
    if named:
        raise TypeError(f"{function}() got an unexpected keyword argument '{next(iter(named))}'")
    if device is not None:
        read_device(device)
    return shape, wanted_dtype(dtype, out, defaults.float_dtype)


def floating(d: dtypes.dtype, kernel: str) -> None:
    if d.category not in (dtypes.FLOAT, dtypes.COMPLEX):
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{d.legacy}'")


@drawing
def rand(
    *size: Any,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    **named: Any,
) -> Tensor:
    """Uniform numbers in [0, 1).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.rand.html
    """
    check_layout(layout, pin_memory)
    shape, d = _read("rand", size, named, dtype, device, out)
    floating(d, "check_uniform_bounds")
    drawn = _drawn(out, shape, d.np, lambda shape: stream_of(generator).uniform(shape, d.np))
    return finish(drawn, requires_grad, out, "rand")


@drawing
def randn(
    *size: Any,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    **named: Any,
) -> Tensor:
    """Standard normal numbers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.randn.html
    """
    check_layout(layout, pin_memory)
    shape, d = _read("randn", size, named, dtype, device, out)
    floating(d, "normal_kernel_cpu")
    return finish(_drawn_normal(out, shape, d.np, 0.0, 1.0, generator), requires_grad, out, "randn")


def fill_normal(array: np.ndarray, mean: float, std: float, generator: Any) -> None:
    stream = stream_of(generator)
    if array.flags.c_contiguous:
        array[...] = stream.normal(array.shape, array.dtype, mean, std)
        return
    # not contiguous: the serial method visits elements in memory order
    in_memory_order = array.transpose(_memory_order(array))
    in_memory_order[...] = stream.normal(in_memory_order.shape, array.dtype, mean, std, contiguous=False)


def _like(function: str, input: Tensor, dtype: Any, device: Any, memory_format: Any) -> np.ndarray:
    if not isinstance(input, Tensor):
        raise TypeError(f"{function}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    if device is not None:
        read_device(device)
    array = like_array(input._a, None if dtype is None else dtypes.of(dtype).np)
    return array if memory_format is None else in_format(array, memory_format)


def _memory_order(array: np.ndarray) -> np.ndarray:
    return np.argsort([-s for s in array.strides], kind="stable")


def fill_in_memory_order(array: np.ndarray, draw: Any) -> None:
    if array.flags.c_contiguous:
        array[...] = draw(array.shape)
        return
    in_memory_order = array.transpose(_memory_order(array))
    in_memory_order[...] = draw(in_memory_order.shape)


def _turned(out: Any, shape: tuple) -> bool:
    """Whether numbers of this shape are drawn in another order, that of `out` in memory."""
    return out is not None and out._a.shape == tuple(shape) and not out._a.flags.c_contiguous


def _drawn(out: Any, shape: tuple, d: np.dtype, draw: Any) -> np.ndarray:
    if not _turned(out, shape):
        return draw(shape)
    array = np.empty_like(out._a, d)
    fill_in_memory_order(array, draw)
    return array


def _drawn_normal(out: Any, shape: tuple, d: np.dtype, mean: float, std: float, generator: Any) -> np.ndarray:
    if not _turned(out, shape):
        return stream_of(generator).normal(shape, d, mean, std)
    array = np.empty_like(out._a, d)
    fill_normal(array, mean, std, generator)
    return array


def bernoulli_like(target: np.ndarray, probabilities: np.ndarray, generator: Any) -> np.ndarray:
    """Zeros and ones, drawn in the order of `target` in memory."""
    if target.flags.c_contiguous or target is probabilities:
        return stream_of(generator).bernoulli_tensor(probabilities)
    order = _memory_order(target)
    return stream_of(generator).bernoulli_tensor(probabilities.transpose(order)).transpose(np.argsort(order))


@drawing
def rand_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
    generator: Any = None,
) -> Tensor:
    """Uniform numbers in the shape, dtype and layout of `input`."""
    check_layout(layout)
    array = _like("rand_like", input, dtype, device, memory_format)
    floating(dtypes.from_numpy(array.dtype), "check_uniform_bounds")
    fill_in_memory_order(array, lambda shape: stream_of(generator).uniform(shape, array.dtype))
    return finish(array, requires_grad)


@drawing
def randn_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
    generator: Any = None,
) -> Tensor:
    """Standard normal numbers in the shape, dtype and layout of `input`."""
    check_layout(layout)
    array = _like("randn_like", input, dtype, device, memory_format)
    floating(dtypes.from_numpy(array.dtype), "normal_kernel_cpu")
    fill_normal(array, 0.0, 1.0, generator)
    return finish(array, requires_grad)


@drawing
def randint(
    *args: Any,
    low: Any = 0,
    high: Any = None,
    size: Any = None,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Integers in [low, high); int64 unless `dtype` says otherwise.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.randint.html
    """
    check_layout(layout, pin_memory)
    given = list(args)
    if size is None and given and isinstance(given[-1], (tuple, list)):
        size = given.pop()
    if len(given) == 2:
        low, high = given
    elif len(given) == 1:
        if high is None:
            high = given[0]
        else:
            low = given[0]
    if size is None or high is None:
        raise TypeError(
            "randint() received an invalid combination of arguments: expected (int low=0, int high, tuple of ints size)"
        )
    if device is not None:
        read_device(device)
    shape = read_size("randint", (size,))
    low, high = _whole("randint", "low", low), _whole("randint", "high", high)
    d = wanted_dtype(dtype, out, dtypes.int64)
    check_range(low, high, d)
    drawn = _drawn(out, shape, d.np, lambda shape: stream_of(generator).randint(shape, low, high, d.np))
    return finish(drawn, requires_grad, out, "randint")


def _whole(function: str, name: str, value: Any) -> int:
    return value if value.__class__ is int else read("size", value, name, function)


def check_range(low: int, high: int, d: dtypes.dtype) -> None:
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    if d.is_complex:
        raise RuntimeError("check_random_bounds handles only integral, floating-point and boolean types")
    if d.category in (dtypes.SIGNED, dtypes.UNSIGNED, dtypes.BOOL):
        limits = (0, 1) if d.category == dtypes.BOOL else (np.iinfo(d.np).min, np.iinfo(d.np).max)
        for name, value in (("from", low), ("to - 1", high - 1)):
            if not limits[0] <= value <= limits[1]:
                raise RuntimeError(f"{name} is out of bounds for {d.name}: {value} is not in {list(limits)}")


@drawing
def randint_like(
    input: Tensor,
    *args: Any,
    low: Any = None,
    high: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Integers in [low, high) in the shape and dtype of `input`."""
    check_layout(layout)
    if len(args) > 2:
        raise TypeError(f"randint_like() takes (input, high) or (input, low, high), but got {1 + len(args)} arguments")
    if len(args) == 2:
        low, high = args
    elif args:
        high = args[0] if high is None else high
    if hasattr(high, "_a") and low is None:
        if high.ndim:
            raise RuntimeError(f"high must be a scalar tensor and on CPU, but got one of shape {tuple(high.shape)}")
        high = int(high)
    low = 0 if low is None else _whole("randint_like", "low", low)
    high = _whole("randint_like", "high", high)
    array = _like("randint_like", input, dtype, device, memory_format)
    check_range(low, high, dtypes.from_numpy(array.dtype))
    fill_in_memory_order(array, lambda shape: default_generator.randint(shape, low, int(high), array.dtype))
    return finish(array, requires_grad)


@drawing
def randperm(
    n: int,
    *,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A random order of 0 … n - 1. Shape: () -> (n,)."""
    check_layout(layout, pin_memory)
    n = _whole("randperm", "n", n)
    if n < 0:
        raise RuntimeError(f"n must be non-negative, got {n}")
    if device is not None:
        read_device(device)
    d = wanted_dtype(dtype, out, dtypes.int64)
    return finish(stream_of(generator).randperm(int(n)).astype(d.np, copy=False), requires_grad, out, "randperm")


def check_std(std: float) -> None:
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")


@drawing
def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Normal numbers, with numbers or tensors as mean and standard deviation.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.normal.html
    """
    check_layout(layout, pin_memory)
    if size is not None:
        mean, std = (read("float", v, n, "normal", i) for i, (n, v) in enumerate((("mean", mean), ("std", std)), 1))
        shape, d = _read("normal", (items(size, "size", "normal", 3),), {}, dtype, device, out)
        check_std(std)
        drawn = _drawn_normal(out, shape, d.np, float(mean), float(std), generator)
        return finish(drawn, requires_grad, out, "normal")
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        raise TypeError(
            "normal() received an invalid combination of arguments: give `size`, or a Tensor as mean or std"
        )
    given = [v._a if isinstance(v, Tensor) else None for v in (mean, std)]
    if given[1] is not None and given[1].dtype.kind == "c":
        raise RuntimeError("normal expects standard deviation to be non-complex")
    if given[1] is not None and given[1].size and (given[1] < 0).any():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    if given[0] is None:
        mean = read("float", mean, "mean", "normal", 1)
    if given[1] is None:
        std = read("float", std, "std", "normal", 2)
        check_std(std)
    d = next(a for a in given if a is not None).dtype
    if d.kind not in "fcV":
        raise NotImplementedError(f"\"normal_kernel_cpu\" not implemented for '{dtypes.from_numpy(d).legacy}'")
    check_broadcast([a for a in given if a is not None])
    shape = np.broadcast_shapes(*(a.shape for a in given if a is not None))
    result = _drawn_normal(out, shape, d, 0.0, 1.0, generator) * (given[1] if given[1] is not None else d.type(std)) + (
        given[0] if given[0] is not None else d.type(mean)
    )
    tensor = finish(result.astype(d, copy=False), requires_grad, out, "normal")
    if out is not None:
        return tensor
    if given[0] is None:
        return tensor_ops._sampled(std, tensor._a, "NormalBackward2")
    if given[1] is None:
        return tensor_ops._sampled(mean, tensor._a, "NormalBackward1")
    return tensor_ops._sampled_by_two(mean, std, tensor._a)


@drawing
def bernoulli(input: Tensor, p: float = MISSING, *, generator: Any = None, out: Any = None) -> Tensor:
    """1 with probability `input` (or `p`), else 0, per element."""
    if p is not MISSING:
        p = read("float", p, "p", "bernoulli", 2)
        check_probability(p)
        return finish(stream_of(generator).bernoulli(input._a.shape, float(p)).astype(input._a.dtype), False, out)
    a = input._a
    if a.dtype.kind not in "fV":
        raise NotImplementedError(f"\"bernoulli_tensor_cpu_p_\" not implemented for '{input.dtype.legacy}'")
    if a.size and not ((a >= 0) & (a <= 1)).all():
        raise RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    drawn = bernoulli_like(out._a if _turned(out, a.shape) else a, a, generator).astype(a.dtype)
    return finish(drawn, False, out) if out is not None else tensor_ops._sampled(input, drawn, "BernoulliBackward0")


def check_probability(p: float) -> None:
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")


@drawing
def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None, out: Any = None
) -> Tensor:
    """Indices drawn with the rows of `input` as weights. Shape: (C) or (N, C) -> (num_samples) or (N, num_samples).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.multinomial.html
    """
    num_samples = read("size", num_samples, "num_samples", "multinomial", 2)
    replacement = read("bool", replacement, "replacement", "multinomial", 3)
    a = input._a
    if a.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if a.dtype.kind not in "fV":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype.legacy}")
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > a.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if a.size and not (np.isfinite(a.astype(np.float64)).all() and (a >= 0).all()):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if a.size and (a.astype(np.float64).sum(-1) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    if out is not None and out.dtype is not dtypes.int64:
        raise RuntimeError(f"multinomial expects Long tensor out, got: {out.dtype.legacy}")
    drawn = stream_of(generator).multinomial(np.atleast_2d(a), num_samples, replacement)
    return finish(np.ascontiguousarray(drawn) if a.ndim == 2 else drawn.reshape(num_samples), False, out)


@drawing
def poisson(input: Tensor, generator: Any = None) -> Tensor:
    """Poisson counts with the elements of `input` as rates."""
    if not isinstance(input, Tensor):
        raise refused(input, "input", "Tensor", "poisson", 1)
    if input._a.size and (input._a < 0).any():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    return tensor_ops._sampled(input, stream_of(generator).poisson(input._a).astype(input._a.dtype), "PoissonBackward0")


@drawing
def binomial(count: Tensor, prob: Tensor, generator: Any = None) -> Tensor:
    """Binomial counts, elementwise."""
    return finish(stream_of(generator).binomial(count._a, prob._a).astype(count._a.dtype))
