"""Random tensors: generators over Tensors, the sampling functions and the in-place fills."""

from __future__ import annotations

import functools
import importlib
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.device import CPU, MetaWanted, device, read_device
from penlight.base.dims import items, read, refused
from penlight.base.mode import mode
from penlight.base.random import Generator as ArrayGenerator
from penlight.base.typeinfo import finfo
from penlight.tensor.create import check_layout, finish, like_array, read_size, wanted_dtype
from penlight.tensor.inplace import check_in_place, rebase
from penlight.tensor.install import tensor_ops
from penlight.tensor.memory import memory_of
from penlight.tensor.out import check_overlap
from penlight.tensor.override import PLAIN, overridden, override
from penlight.tensor.runtime import check_broadcast
from penlight.tensor.tensor import Tensor

__all__ = [
    "Generator", "bernoulli", "binomial", "default_generator", "get_rng_state", "initial_seed", "install_random",
    "manual_seed", "multinomial", "normal", "poisson", "rand", "rand_like", "randint", "randint_like", "randn",
    "randn_like", "randperm", "seed", "set_rng_state",
]  # fmt: skip


class Generator(ArrayGenerator):
    """A random stream of its own, equal to PyTorch's CPU generator bit for bit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Generator.html

    >>> import penlight as torch
    >>> torch.rand(2, generator=torch.Generator().manual_seed(0))
    tensor([0.4963, 0.7682])
    """

    __module__ = "penlight"

    def __init__(self, device: Any = "cpu") -> None:
        read_device(device)
        super().__init__()

    @property
    def device(self) -> device:
        return CPU

    @device.setter
    def device(self, value: Any) -> None:
        pass

    def get_state(self) -> Tensor:
        """The state as a uint8 tensor. Shape: () -> (5056,)."""
        return Tensor._wrap(self.get_state_bytes())

    def set_state(self, new_state: Tensor) -> None:
        """Continue from a state that `get_state` gave."""
        if not isinstance(new_state, Tensor) or new_state._a.dtype != np.uint8:
            raise TypeError("expected a torch.ByteTensor, but got " + type(new_state).__name__)
        self.set_state_bytes(new_state._a)

    def get_offset(self) -> int:
        """Raises RuntimeError, as PyTorch's CPU generator."""
        raise RuntimeError("CPU Generator does not use offset")

    def set_offset(self, offset: int) -> Generator:
        """Raises RuntimeError, as PyTorch's CPU generator."""
        raise RuntimeError("CPU Generator does not use offset")

    def graphsafe_get_state(self) -> Generator:
        """Raises NotImplementedError, as PyTorch's CPU generator."""
        raise NotImplementedError("graphsafe_get_state is not supported in this Generator")

    def graphsafe_set_state(self, state: Generator) -> Generator:
        """Raises NotImplementedError, as PyTorch's CPU generator."""
        raise NotImplementedError("graphsafe_set_state is not supported in this Generator")

    def clone_state(self) -> Generator:
        other = Generator()
        other.set_state_bytes(self.get_state_bytes())
        return other

    def manual_seed(self, seed: int) -> Generator:
        super().manual_seed(seed)
        return self


default_generator = Generator()


def _stream(generator: Any) -> ArrayGenerator:
    if generator is None:
        return default_generator
    if not isinstance(generator, ArrayGenerator):
        raise TypeError(f"argument 'generator' must be torch.Generator, not {type(generator).__name__}")
    return generator


def _drawing(function: Any) -> Any:
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


def _of_numbers(function: Any) -> Any:
    """A sampler in place whose arguments are read as PyTorch reads floats."""

    @functools.wraps(function)
    def sampled(self: Tensor, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        args = tuple(read("float", v, "", function.__name__, i) for i, v in enumerate(args, 1))
        named = {n: read("float", v, n, function.__name__, 1) for n, v in named.items()}
        return function(self, *args, generator=generator, **named)

    return sampled


def manual_seed(seed: int) -> Generator:
    """Seed the global stream; returns its generator.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.manual_seed.html
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Seed the global stream from the system's entropy; returns the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the global stream was last given."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The global stream's state."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Continue the global stream from a state."""
    default_generator.set_state(new_state)


def _read(function: str, size: tuple, named: dict, dtype: Any, device: Any, out: Any = None) -> tuple:
    if not size and "size" not in named:
        raise TypeError(f'{function}() missing 1 required positional arguments: "size"')
    shape = read_size(function, size, named.pop("size", None))
    if named:
        raise TypeError(f"{function}() got an unexpected keyword argument '{next(iter(named))}'")
    if device is not None:
        read_device(device)
    return shape, wanted_dtype(dtype, out, defaults.float_dtype)


def _floating(d: dtypes.dtype, kernel: str) -> None:
    if d.category not in (dtypes.FLOAT, dtypes.COMPLEX):
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{d.legacy}'")


@_drawing
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
    check_layout(layout)
    shape, d = _read("rand", size, named, dtype, device, out)
    _floating(d, "check_uniform_bounds")
    return finish(_stream(generator).uniform(shape, d.np), requires_grad, out, "rand")


@_drawing
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
    check_layout(layout)
    shape, d = _read("randn", size, named, dtype, device, out)
    _floating(d, "normal_kernel_cpu")
    return finish(_stream(generator).normal(shape, d.np), requires_grad, out, "randn")


def _fill_normal(array: np.ndarray, mean: float, std: float, generator: Any) -> None:
    stream = _stream(generator)
    if array.flags.c_contiguous:
        array[...] = stream.normal(array.shape, array.dtype, mean, std)
        return
    # not contiguous: the serial method visits elements in memory order
    order = np.argsort([-s for s in array.strides], kind="stable")
    in_memory_order = array.transpose(order)
    in_memory_order[...] = stream.normal(in_memory_order.shape, array.dtype, mean, std, contiguous=False)


def _like(function: str, input: Tensor, dtype: Any, device: Any) -> np.ndarray:
    if not isinstance(input, Tensor):
        raise TypeError(f"{function}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    if device is not None:
        read_device(device)
    return like_array(input._a, None if dtype is None else dtypes.of(dtype).np)


def _fill_in_memory_order(array: np.ndarray, draw: Any) -> None:
    if array.flags.c_contiguous:
        array[...] = draw(array.shape)
        return
    order = np.argsort([-s for s in array.strides], kind="stable")
    in_memory_order = array.transpose(order)
    in_memory_order[...] = draw(in_memory_order.shape)


@_drawing
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
    array = _like("rand_like", input, dtype, device)
    _floating(dtypes.from_numpy(array.dtype), "check_uniform_bounds")
    _fill_in_memory_order(array, lambda shape: _stream(generator).uniform(shape, array.dtype))
    return finish(array, requires_grad)


@_drawing
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
    array = _like("randn_like", input, dtype, device)
    _floating(dtypes.from_numpy(array.dtype), "normal_kernel_cpu")
    _fill_normal(array, 0.0, 1.0, generator)
    return finish(array, requires_grad)


@_drawing
def randint(
    *args: Any,
    low: Any = None,
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
    check_layout(layout)
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
    low = 0 if low is None else low
    if size is None or high is None:
        raise TypeError(
            "randint() received an invalid combination of arguments: expected (int low=0, int high, tuple of ints size)"
        )
    if device is not None:
        read_device(device)
    shape = read_size("randint", (size,))
    low, high = _whole("randint", "low", low), _whole("randint", "high", high)
    d = wanted_dtype(dtype, out, dtypes.int64)
    _check_range(low, high, d)
    return finish(_stream(generator).randint(shape, low, high, d.np), requires_grad, out, "randint")


def _whole(function: str, name: str, value: Any) -> int:
    return value if value.__class__ is int else read("size", value, name, function)


def _check_range(low: int, high: int, d: dtypes.dtype) -> None:
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    if d.is_complex:
        raise RuntimeError("check_random_bounds handles only integral, floating-point and boolean types")
    if d.category in (dtypes.SIGNED, dtypes.UNSIGNED, dtypes.BOOL):
        limits = (0, 1) if d.category == dtypes.BOOL else (np.iinfo(d.np).min, np.iinfo(d.np).max)
        for name, value in (("from", low), ("to - 1", high - 1)):
            if not limits[0] <= value <= limits[1]:
                raise RuntimeError(f"{name} is out of bounds for {d.name}: {value} is not in {list(limits)}")


@_drawing
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
    if len(args) == 2:
        low, high = args
    elif args:
        high = args[0] if high is None else high
    low = 0 if low is None else _whole("randint_like", "low", low)
    high = _whole("randint_like", "high", high)
    array = _like("randint_like", input, dtype, device)
    _check_range(low, high, dtypes.from_numpy(array.dtype))
    _fill_in_memory_order(array, lambda shape: default_generator.randint(shape, low, int(high), array.dtype))
    return finish(array, requires_grad)


@_drawing
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
    check_layout(layout)
    n = _whole("randperm", "n", n)
    if n < 0:
        raise RuntimeError(f"n must be non-negative, got {n}")
    if device is not None:
        read_device(device)
    d = wanted_dtype(dtype, out, dtypes.int64)
    return finish(_stream(generator).randperm(int(n)).astype(d.np, copy=False), requires_grad, out, "randperm")


def _check_std(std: float) -> None:
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")


@_drawing
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
    check_layout(layout)
    if size is not None:
        mean, std = (read("float", v, n, "normal", i) for i, (n, v) in enumerate((("mean", mean), ("std", std)), 1))
        shape, d = _read("normal", (items(size, "size", "normal", 3),), {}, dtype, device, out)
        _check_std(std)
        return finish(_stream(generator).normal(shape, d.np, float(mean), float(std)), requires_grad, out, "normal")
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        raise TypeError(
            "normal() received an invalid combination of arguments: give `size`, or a Tensor as mean or std"
        )
    given = [v._a if isinstance(v, Tensor) else None for v in (mean, std)]
    if given[1] is not None and given[1].dtype.kind == "c":
        raise RuntimeError("normal expects standard deviation to be non-complex")
    if given[1] is not None and given[1].size and (given[1] < 0).any():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    if given[1] is None:
        _check_std(std)
    d = next(a for a in given if a is not None).dtype
    if d.kind not in "fcV":
        raise NotImplementedError(f"\"normal_kernel_cpu\" not implemented for '{dtypes.from_numpy(d).legacy}'")
    check_broadcast([a for a in given if a is not None])
    shape = np.broadcast_shapes(*(a.shape for a in given if a is not None))
    draw = _stream(generator).normal(shape, d)
    result = draw * (given[1] if given[1] is not None else d.type(std)) + (
        given[0] if given[0] is not None else d.type(mean)
    )
    drawn = finish(result.astype(d, copy=False), requires_grad, out, "normal")
    if out is not None:
        return drawn
    if given[0] is None:
        return tensor_ops._sampled(std, drawn._a, "NormalBackward2")
    if given[1] is None:
        return tensor_ops._sampled(mean, drawn._a, "NormalBackward1")
    return tensor_ops._sampled_by_two(mean, std, drawn._a)


@_drawing
def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None, out: Any = None) -> Tensor:
    """1 with probability `input` (or `p`), else 0, per element."""
    if p is not None:
        _check_probability(p)
        return finish(_stream(generator).bernoulli(input._a.shape, float(p)).astype(input._a.dtype), False, out)
    a = input._a
    if a.dtype.kind not in "fV":
        raise NotImplementedError(f"\"bernoulli_tensor_cpu_p_\" not implemented for '{input.dtype.legacy}'")
    if a.size and not ((a >= 0) & (a <= 1)).all():
        raise RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    drawn = _stream(generator).bernoulli_tensor(a).astype(a.dtype)
    return finish(drawn, False, out) if out is not None else tensor_ops._sampled(input, drawn, "BernoulliBackward0")


def _check_probability(p: float) -> None:
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")


@_drawing
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
    drawn = _stream(generator).multinomial(np.atleast_2d(a), num_samples, replacement)
    return finish(np.ascontiguousarray(drawn) if a.ndim == 2 else drawn.reshape(num_samples), False, out)


@_drawing
def poisson(input: Tensor, generator: Any = None) -> Tensor:
    """Poisson counts with the elements of `input` as rates."""
    if not isinstance(input, Tensor):
        raise refused(input, "input", "Tensor", "poisson", 1)
    if input._a.size and (input._a < 0).any():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    return tensor_ops._sampled(input, _stream(generator).poisson(input._a).astype(input._a.dtype), "PoissonBackward0")


@_drawing
def binomial(count: Tensor, prob: Tensor, generator: Any = None) -> Tensor:
    """Binomial counts, elementwise."""
    return finish(_stream(generator).binomial(count._a, prob._a).astype(count._a.dtype))


# --- in-place fills ----------------------------------------------------------------------------------------------


def _filled_in_place(self: Tensor, fill: Any) -> Tensor:
    check_in_place(self)
    check_overlap(self._a.shape, self._a.strides)
    fill(self._a)
    memory_of(self).changed()
    if self._node is not None and mode.grad:
        rebase(self, None)
    return self


@_drawing
@_of_numbers
def uniform_(self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Any = None, **named: Any) -> Tensor:
    """Fill with uniform numbers in [from, to)."""
    low = named.pop("from", named.pop("a", from_))
    _floating(self.dtype, "check_uniform_bounds")
    largest, nothing = finfo(self.dtype).max, self.dtype.is_complex and not self._a.size
    for name, bound in (("from", low), ("to", to)):
        if isinstance(bound, complex):
            raise TypeError(f"uniform_(): argument '{name}' must be float, not complex")
        if not abs(bound) <= largest and not nothing:
            raise RuntimeError(f"{name} is out of bounds for {self.dtype}: {bound}")
    if nothing:
        return self
    if low > to:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={to}")
    if to - low > largest:
        raise RuntimeError(f"uniform_ expects to - from <= {largest}, but found to={to} and from={low}")
    fill = lambda a: _fill_in_memory_order(a, lambda s: _stream(generator).uniform(s, a.dtype, low, to))
    return _filled_in_place(self, fill)


@_drawing
@_of_numbers
def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with normal numbers."""
    _floating(self.dtype, "normal_kernel_cpu")
    _check_std(std)
    return _filled_in_place(self, lambda a: _fill_normal(a, float(mean), float(std), generator))


@_drawing
def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Fill with 1 with probability `p` (a number or a tensor), else 0."""
    if isinstance(p, Tensor):
        probabilities = np.broadcast_to(p._a, self._a.shape)
        return _filled_in_place(self, lambda a: a.__setitem__(..., _stream(generator).bernoulli_tensor(probabilities)))
    _check_probability(p)
    return _filled_in_place(
        self, lambda a: _fill_in_memory_order(a, lambda s: _stream(generator).bernoulli(s, float(p)))
    )


@_drawing
def random_(self: Tensor, *args: Any, generator: Any = None, **named: Any) -> Tensor:
    """Fill with integers: of the dtype's whole range, in [0, to), or in [from, to)."""
    given = list(args)
    to = named.get("to", given[-1] if given else None)
    low = named.get("from", given[0] if len(given) == 2 else 0)
    if to is None:
        return _filled_in_place(
            self, lambda a: _fill_in_memory_order(a, lambda s: _stream(generator).random(s, a.dtype))
        )
    _check_range(int(low), int(to), self.dtype)
    return _filled_in_place(
        self, lambda a: _fill_in_memory_order(a, lambda s: _stream(generator).randint(s, int(low), int(to), a.dtype))
    )


@_drawing
@_of_numbers
def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with exponential numbers of rate `lambd`."""
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    _check_continuous(self, "Exponential")
    return _filled_in_place(
        self, lambda a: _fill_in_memory_order(a, lambda s: _stream(generator).exponential(s, a.dtype, lambd))
    )


def _check_continuous(self: Tensor, name: str) -> None:
    if self._a.dtype.kind not in "fV":
        raise RuntimeError(
            f"{name} distribution is a continuous probability distribution. dtype must be a floating point but you "
            f"specified {self.dtype.legacy}"
        )


@_drawing
@_of_numbers
def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with Cauchy numbers."""
    _check_continuous(self, "Cauchy")
    if sigma <= 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    return _filled_in_place(
        self, lambda a: _fill_in_memory_order(a, lambda s: _stream(generator).cauchy(s, a.dtype, median, sigma))
    )


@_drawing
@_of_numbers
def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Any = None) -> Tensor:
    """Fill with numbers whose logarithm is normal."""
    _floating(self.dtype, "log_normal_cpu")
    if std <= 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    return _filled_in_place(
        self, lambda a: _fill_in_memory_order(a, lambda s: _stream(generator).log_normal(s, a.dtype, mean, std))
    )


@_drawing
@_of_numbers
def geometric_(self: Tensor, p: float, *, generator: Any = None) -> Tensor:
    """Fill with geometric counts."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    return _filled_in_place(
        self, lambda a: _fill_in_memory_order(a, lambda s: _stream(generator).geometric(s, a.dtype, p))
    )


def install_random() -> None:
    fills = (uniform_, normal_, bernoulli_, random_, exponential_, cauchy_, log_normal_, geometric_)
    for function in (*fills, multinomial, bernoulli):
        setattr(Tensor, function.__name__, function)
