"""Orthogonal polynomials of `torch.special`, elementwise, by their three-term recurrences.

Chebyshev's of higher degree are trigonometric functions between -1 and 1, as in PyTorch: with x = cos(t), T_n is cos(nt), U_n
sin((n+1)t)/sin(t), V_n cos((n+1/2)t)/cos(t/2) and W_n sin((n+1/2)t)/sin(t/2) (Mason and Handscomb, Chebyshev Polynomials, 1.2).
"""

from __future__ import annotations

from penlight.base.defaults import defaults
from penlight.ops.kinds import NUMBERS
from penlight.ops.table import composite, op

__all__: list[str] = []


def _recurrence(name):
    """(p_1, step) with p_0 = 1 and p_(k+1) = step(k, x, p_k, p_(k-1)), for the argument x."""

    def chebyshev(k, x, now, before):
        return (x + x) * now - before

    kinds = {
        "chebyshev_polynomial_t": (lambda x: x, chebyshev),
        "chebyshev_polynomial_u": (lambda x: x + x, chebyshev),
        "chebyshev_polynomial_v": (lambda x: x + x - 1, chebyshev),
        "chebyshev_polynomial_w": (lambda x: x + x + 1, chebyshev),
        "hermite_polynomial_h": (lambda x: x + x, lambda k, x, now, before: (x + x) * now - (2 * k) * before),
        "hermite_polynomial_he": (lambda x: x, lambda k, x, now, before: x * now - k * before),
        "laguerre_polynomial_l": (
            lambda x: 1 - x,
            lambda k, x, now, before: ((2 * k + 1 - x) * now - k * before) / (k + 1),
        ),
        "legendre_polynomial_p": (
            lambda x: x,
            lambda k, x, now, before: ((2 * k + 1) * x * now - k * before) / (k + 1),
        ),
    }
    return kinds[name.removeprefix("shifted_")]


def _trigonometric(xp, name, x, degree):
    """Chebyshev polynomials of -1 < x < 1; NaN where the quotient is 0/0."""
    t, n = xp.arccos(x), degree.astype(x.dtype)
    kind = name[-1]
    if kind == "t":
        return xp.cos(n * t)
    if kind == "u":
        return xp.sin((n + 1) * t) / xp.sin(t)
    half = x.dtype.type(0.5)
    if kind == "v":
        return xp.cos((n + half) * t) / xp.cos(t / 2)
    return xp.sin((n + half) * t) / xp.sin(t / 2)


def _evaluate(xp, name, x, n):
    """p_n(x), 0 for negative n. Shapes: broadcast together."""
    shape = xp.broadcast_shapes(x.shape, n.shape)
    x, n = xp.broadcast_arrays(*xp.atleast_1d(x, n))
    degree = n.astype("int64")  # toward zero
    if name.startswith("shifted_"):
        x = x + x - 1
    first, step = _recurrence(name)
    result = xp.where(degree < 0, 0, 1).astype(x.dtype)
    if not n.size:
        return result.reshape(shape)
    before, now = xp.ones_like(x), first(x)
    with xp.errstate(over="ignore", invalid="ignore"):
        for k in range(1, int(degree.max()) + 1):
            if k > 1:
                before, now = now, step(k - 1, x, now, before)
            wanted = degree == k
            if wanted.any():
                result[wanted] = now[wanted]
        if "chebyshev" in name:
            inside = (abs(x) < 1) & (degree > (6 if name.startswith("shifted_") or name[-1] == "t" else 8))
            result[inside] = _trigonometric(xp, name, x[inside], degree[inside])
    return result.reshape(shape)


def _declare(name):
    def kernel(xp, input, n):
        return _evaluate(xp, name, input, n)

    kernel.__doc__ = "The polynomial's values; `n` is cut off to an integer."
    op(f"_{name}(Tensor input, Tensor n)", on="", dense=True)(kernel)

    @composite(f"{name}(Tensor|Number input, Tensor|Number n)", on="special", out=True)
    def body(k, input, n):
        if isinstance(input, NUMBERS) and isinstance(n, NUMBERS):
            raise TypeError(f"special_{name}(): expected at least one Tensor, but got two numbers")
        d = k.result_type(input, n)
        if d.is_complex or d.is_half:
            raise NotImplementedError(f"\"{name}_cpu\" not implemented for '{d.legacy}'")
        if not d.is_floating_point:
            d = defaults.float_dtype
        input, n = [(k._constant(v) if isinstance(v, NUMBERS) else v).to(d) for v in (input, n)]
        return getattr(k, f"_{name}")(input.detach(), n.detach())  # PyTorch has no derivative and records none

    body.body.__doc__ = f"""{name.replace("_", " ").capitalize()}_n of `input`, degree `n`, elementwise.

    Source: https://docs.pytorch.org/docs/stable/special.html
    """


for _kind in "tuvw":
    _declare(f"chebyshev_polynomial_{_kind}")
    _declare(f"shifted_chebyshev_polynomial_{_kind}")
for _name in ("hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p"):
    _declare(_name)
