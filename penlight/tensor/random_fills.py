"""Filling tensors with random numbers in place."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from penlight.base.dims import read
from penlight.base.mode import mode
from penlight.base.typeinfo import finfo
from penlight.tensor.generator import stream_of
from penlight.tensor.inplace import check_in_place, rebase
from penlight.tensor.memory import memory_of
from penlight.tensor.out import check_overlap
from penlight.tensor.random import (
    bernoulli,
    bernoulli_like,
    check_probability,
    check_range,
    check_std,
    drawing,
    fill_in_memory_order,
    fill_normal,
    floating,
    multinomial,
)
from penlight.tensor.tensor import Tensor


def _of_numbers(function: Any) -> Any:
    """A sampler in place whose arguments are read as PyTorch reads floats."""

    @functools.wraps(function)
    def sampled(self: Tensor, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        args = tuple(read("float", v, "", function.__name__, i) for i, v in enumerate(args, 1))
        named = {n: read("float", v, n, function.__name__, 1) for n, v in named.items()}
        return function(self, *args, generator=generator, **named)

    return sampled


def _filled_in_place(self: Tensor, fill: Any) -> Tensor:
    check_in_place(self)
    check_overlap(self._a.shape, self._a.strides)
    fill(self._a)
    memory_of(self).changed()
    if self._node is not None and mode.grad:
        rebase(self, None)
    return self


@drawing
@_of_numbers
def uniform_(self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Any = None, **named: Any) -> Tensor:
    """Fill with uniform numbers in [from, to)."""
    low = named.pop("from", from_)
    if named:
        raise TypeError(
            f"uniform_() got an unexpected keyword argument '{next(iter(named))}': it takes `from` and `to`"
        )
    floating(self.dtype, "check_uniform_bounds")
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
    fill = lambda a: fill_in_memory_order(a, lambda s: stream_of(generator).uniform(s, a.dtype, low, to))
    return _filled_in_place(self, fill)


@drawing
@_of_numbers
def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with normal numbers."""
    floating(self.dtype, "normal_kernel_cpu")
    check_std(std)
    return _filled_in_place(self, lambda a: fill_normal(a, float(mean), float(std), generator))


@drawing
def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Fill with 1 with probability `p` (a number or a tensor), else 0."""
    if isinstance(p, Tensor):
        try:
            probabilities = np.broadcast_to(p._a, self._a.shape)
        except ValueError:
            raise RuntimeError(
                f"bernoulli_: probabilities of shape {tuple(p.shape)} do not expand to the tensor's shape {tuple(self.shape)}"
            ) from None
        return _filled_in_place(self, lambda a: a.__setitem__(..., bernoulli_like(a, probabilities, generator)))
    p = read("float", p, "p", "bernoulli_", 1)
    check_probability(p)
    return _filled_in_place(
        self, lambda a: fill_in_memory_order(a, lambda s: stream_of(generator).bernoulli(s, float(p)))
    )


@drawing
def random_(self: Tensor, *args: Any, generator: Any = None, **named: Any) -> Tensor:
    """Fill with integers: of the dtype's whole range, in [0, to), or in [from, to)."""
    names = ("to",) if len(args) == 1 and "to" not in named else ("from", "to")
    both = {**dict(zip(names, args)), **named}
    if (
        len(args) > 2
        or len(both) < len(args) + len(named)
        or set(both) - {"from", "to"}
        or "from" in both
        and "to" not in both
    ):
        raise TypeError(
            f"random_() takes (to) or (from, to), but got {len(args)} arguments and the keywords {sorted(named)}"
        )
    low, to = (read("int", both[n], n, "random_") if n in both else 0 for n in ("from", "to"))
    if not both:
        return _filled_in_place(
            self, lambda a: fill_in_memory_order(a, lambda s: stream_of(generator).random(s, a.dtype))
        )
    check_range(low, to, self.dtype)
    return _filled_in_place(
        self, lambda a: fill_in_memory_order(a, lambda s: stream_of(generator).randint(s, low, to, a.dtype))
    )


@drawing
@_of_numbers
def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with exponential numbers of rate `lambd`."""
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    _check_continuous(self, "Exponential")
    return _filled_in_place(
        self, lambda a: fill_in_memory_order(a, lambda s: stream_of(generator).exponential(s, a.dtype, lambd))
    )


def _check_continuous(self: Tensor, name: str) -> None:
    if self._a.dtype.kind not in "fV":
        raise RuntimeError(
            f"{name} distribution is a continuous probability distribution. dtype must be a floating point but you "
            f"specified {self.dtype.legacy}"
        )


@drawing
@_of_numbers
def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with Cauchy numbers."""
    _check_continuous(self, "Cauchy")
    if sigma <= 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    return _filled_in_place(
        self, lambda a: fill_in_memory_order(a, lambda s: stream_of(generator).cauchy(s, a.dtype, median, sigma))
    )


@drawing
@_of_numbers
def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Any = None) -> Tensor:
    """Fill with numbers whose logarithm is normal."""
    floating(self.dtype, "log_normal_cpu")
    if std <= 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    return _filled_in_place(
        self, lambda a: fill_in_memory_order(a, lambda s: stream_of(generator).log_normal(s, a.dtype, mean, std))
    )


@drawing
@_of_numbers
def geometric_(self: Tensor, p: float, *, generator: Any = None) -> Tensor:
    """Fill with geometric counts."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    return _filled_in_place(
        self, lambda a: fill_in_memory_order(a, lambda s: stream_of(generator).geometric(s, a.dtype, p))
    )


def install_random() -> None:
    fills = (uniform_, normal_, bernoulli_, random_, exponential_, cauchy_, log_normal_, geometric_)
    for function in (*fills, multinomial, bernoulli):
        setattr(Tensor, function.__name__, function)
