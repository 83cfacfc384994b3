"""The few operations that update rules are made of, over raw arrays of each dtype and over Tensors.

A rule is written once, `rule(k, p, g, *state, **numbers)`; `k` is one of the namespaces here. Names that end in `_`
change their first argument. The others return a new value; `divide`, `shift` and `times` may use up the memory of their
first argument, which therefore must be a temporary of the rule.

PyTorch's CPU kernels round `a + s * b`, `lerp` and `addcmul` once (fused multiply-add), and so does `Float32`. Without the
kernels in C that goes through float64; above `EXACT_LIMIT` elements it would cost more than the rest of the step, and `Plain`
rounds twice: up to one unit in the last place of the sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.backends.registry import numpy_backend as xp

__all__ = ["EXACT_LIMIT", "Float32", "Half", "Plain", "Tensors", "namespace_of"]

EXACT_LIMIT = 16384  # elements; also the block that large arrays are walked in, so that temporaries stay in the cache

_float32 = np.float32


class Plain:
    """Each operation rounded by itself. Right for float64 and complex numbers, and for large float32 arrays."""

    @staticmethod
    def negative(a):
        return np.negative(a)

    @staticmethod
    def copy(a):
        return a.copy()

    @staticmethod
    def plus_scaled(a, b, scale):
        """a + scale * b"""
        t = b * scale
        t += a
        return t

    @staticmethod
    def add_(a, b):
        a += b

    @staticmethod
    def add_scaled_(a, b, scale):
        """a += scale * b"""
        if scale == 1:
            a += b
        else:
            a += b * scale

    @staticmethod
    def scale_(a, scale):
        a *= scale

    @staticmethod
    def lerp_(a, b, weight):
        """a += weight * (b - a), from the nearer end"""
        t = b - a
        if abs(weight) < 0.5:
            t *= weight
            a += t
        else:
            t *= weight - 1
            np.add(b, t, out=a)

    @classmethod
    def lerp(cls, a, b, weight):
        result = a.copy()
        cls.lerp_(result, b, weight)
        return result

    @staticmethod
    def add_product_(a, b, c, scale):
        """a += scale * b * c"""
        t = b * scale
        t *= c
        a += t

    @classmethod
    def plus_product(cls, a, b, c, scale):
        result = a.copy()
        cls.add_product_(result, b, c, scale)
        return result

    @staticmethod
    def add_quotient_(a, b, c, scale):
        """a += scale * b / c"""
        t = b * scale
        t /= c
        a += t

    @staticmethod
    def sqrt(a):
        return np.sqrt(a)

    @staticmethod
    def reciprocal(a):
        return np.reciprocal(a)

    @staticmethod
    def sign(a):
        return np.sign(a)

    @staticmethod
    def absolute(a):
        return np.abs(a)

    @staticmethod
    def product(a, b):
        return a * b

    @staticmethod
    def minus(a, b):
        return a - b

    @staticmethod
    def quotient(a, number):
        return a / number

    @staticmethod
    def plus(a, number):
        return a + number

    @staticmethod
    def divide(a, b):
        a /= b
        return a

    @staticmethod
    def times(a, b):
        a *= b
        return a

    @staticmethod
    def shift(a, number):
        a += number
        return a

    @staticmethod
    def maximum_(a, b):
        np.maximum(a, b, out=a)

    @staticmethod
    def clamp_(a, low, high):
        np.clip(a, low, high, out=a)

    @staticmethod
    def where(condition, a, b):
        return np.where(condition, a, b)

    @staticmethod
    def assign_(a, b):
        a[...] = b

    @staticmethod
    def start_(a, b):
        """a = b, outside the graph"""
        a[...] = b


class Float32(Plain):
    """float32 with the fused multiply-adds of PyTorch's kernels."""

    @staticmethod
    def plus_scaled(a, b, scale):
        return xp.add_scaled(a, b, scale)

    @staticmethod
    def add_scaled_(a, b, scale):
        if scale == 1:
            a += b
        else:
            xp.add_scaled(a, b, scale, a)

    @staticmethod
    def lerp_(a, b, weight):
        xp.approach(a, b, weight, a)

    @staticmethod
    def add_product_(a, b, c, scale):
        xp.add_product(a, b, c, scale, a)


def _rounding(function: Any) -> Any:
    """`function` of Float32 on half-precision arrays: computed in float32, rounded once at the end."""

    def rounded(*arguments):
        half = arguments[0].dtype
        wide = [a.astype(_float32) if isinstance(a, np.ndarray) and a.dtype == half else a for a in arguments]
        result = function(*wide)
        return result.astype(half)

    return rounded


def _rounding_in_place(function: Any) -> Any:
    def rounded(target, *arguments):
        wide = target.astype(_float32)
        function(wide, *[a.astype(_float32) if isinstance(a, np.ndarray) else a for a in arguments])
        target[...] = wide.astype(target.dtype)

    return rounded


class Half(Float32):
    """float16 and bfloat16: every operation in float32, its result rounded."""

    @staticmethod
    def plus_scaled(a, b, scale):
        wide_scale = float(np.asarray(scale).astype(a.dtype))  # this one number is rounded to the dtype as well
        return Float32.plus_scaled(a.astype(_float32), b.astype(_float32), wide_scale).astype(a.dtype)

    @staticmethod
    def add_scaled_(a, b, scale):
        a[...] = Half.plus_scaled(a, b, scale)


for _name in ("negative", "sqrt", "reciprocal", "sign", "absolute", "product", "minus", "quotient", "plus", "divide",
              "times", "shift"):  # fmt: skip
    setattr(Half, _name, staticmethod(_rounding(getattr(Float32, _name))))
for _name in ("add_", "scale_", "lerp_", "add_product_", "add_quotient_", "maximum_", "clamp_"):
    setattr(Half, _name, staticmethod(_rounding_in_place(getattr(Float32, _name))))


def _scaled(b: Any, scale: Any) -> Any:
    """b * scale, of a copy of b (the next step may change it); the scale may be a tensor that requires grad."""
    return b.clone() * (scale.to(b.dtype) if hasattr(scale, "requires_grad") else scale)


class Tensors:
    """The same over Tensors, recorded: for `differentiable=True`."""

    negative = staticmethod(lambda a: -a)
    copy = staticmethod(lambda a: a.clone())
    plus_scaled = staticmethod(lambda a, b, scale: a + _scaled(b, scale))
    add_ = staticmethod(lambda a, b: a.add_(b))
    add_scaled_ = staticmethod(lambda a, b, scale: a.add_(_scaled(b, scale)))
    scale_ = staticmethod(lambda a, scale: a.copy_(_scaled(a, scale)))
    lerp_ = staticmethod(lambda a, b, weight: a.add_(_scaled(b - a, weight)))
    lerp = staticmethod(lambda a, b, weight: a + _scaled(b - a, weight))
    add_product_ = staticmethod(lambda a, b, c, scale: a.add_(_scaled(b * c, scale)))
    plus_product = staticmethod(lambda a, b, c, scale: a + _scaled(b * c, scale))
    add_quotient_ = staticmethod(lambda a, b, c, scale: a.add_(_scaled(b.clone() / c.clone(), scale)))
    sqrt = staticmethod(lambda a: a.sqrt())
    reciprocal = staticmethod(lambda a: a.reciprocal())
    sign = staticmethod(lambda a: a.sign())
    absolute = staticmethod(lambda a: a.abs())
    product = staticmethod(lambda a, b: a * b)
    minus = staticmethod(lambda a, b: a - b)
    quotient = staticmethod(lambda a, number: a / number)
    plus = staticmethod(lambda a, number: a + number)
    divide = staticmethod(lambda a, b: a / b)
    times = staticmethod(lambda a, b: a * b)
    shift = staticmethod(lambda a, number: a + number)
    maximum_ = staticmethod(lambda a, b: a.copy_(a.clone().maximum(b.clone())))
    clamp_ = staticmethod(lambda a, low, high: a.clamp_(low, high))
    where = staticmethod(lambda condition, a, b: a.where(condition, b))
    assign_ = staticmethod(lambda a, b: a.copy_(b))
    start_ = staticmethod(lambda a, b: a.copy_(b.detach()))


def namespace_of(d: np.dtype, size: int) -> Any:
    """The namespace for arrays of a dtype and a number of elements."""
    if d.char == "f":
        return Float32 if size <= EXACT_LIMIT or xp.fuses() else Plain
    if d.itemsize == 2:
        return Half
    return Plain
