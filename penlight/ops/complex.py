"""Complex numbers: parts, views, polar form, angles. (`conj` is in `copy.py`.)"""

from __future__ import annotations

from penlight.base.dtypes import from_numpy
from penlight.ops.table import composite, op, view
from penlight.ops.views import strided

__all__: list[str] = []


@view(
    "view_as_real(Tensor input)",
    on="torch",
    vjp={"input": lambda k, g: k.view_as_complex(k.contiguous(g))},
)
def view_as_real(xp, input):
    """Real and imaginary part side by side, on the same memory. Shape: (*) complex -> (*, 2) real."""
    if input.dtype.kind != "c":
        raise RuntimeError("view_as_real is only supported for complex tensors")
    parts = f"f{input.dtype.itemsize // 2}"
    if input.ndim == 0:
        return input.reshape(1).view(parts)
    return strided(xp, input, (*input.shape, 2), (*input.strides, input.dtype.itemsize // 2), parts)


@view(
    "view_as_complex(Tensor input)",
    on="torch",
    vjp={"input": lambda k, g: k.view_as_real(k.contiguous(g))},
)
def view_as_complex(xp, input):
    """Pairs of floats as complex numbers, on the same memory. Shape: (*, 2) -> (*)."""
    if input.dtype.kind != "f":
        name = from_numpy(input.dtype).legacy
        raise RuntimeError(
            "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: "
            + name
        )
    if input.ndim == 0:
        raise RuntimeError("Input tensor must have one or more dimensions")
    if input.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2")
    item = input.dtype.itemsize
    dtype = from_numpy(input.dtype).to_complex().np
    if input.size == 0:
        return xp.empty(input.shape[:-1], dtype)
    if input.strides[-1] != item:
        raise RuntimeError("Tensor must have a last dimension with stride 1")
    if any(s % (2 * item) for s, n in zip(input.strides[:-1], input.shape[:-1]) if n > 1):
        raise RuntimeError("Tensor must have a stride divisible by 2 for all but last dimension")
    return input.view(dtype)[..., 0]


def _part(k, input, i):
    """One of the parts. That of a conjugate view is seen through what it is a view of."""
    turned = k.recorded and input.is_conj()
    part = k.select(k.view_as_real(k.conj(input) if turned else input), input.ndim, i)
    return k._neg_view(part) if turned and i else part


@composite("real(Tensor input)", on="torch property")
def real(k, input):
    """The real part, a view; real tensors as they are."""
    return _part(k, input, 0) if k.is_complex(input) else input


@composite("imag(Tensor input)", on="torch property")
def imag(k, input):
    """The imaginary part, a view. Raises: RuntimeError for real tensors."""
    if not k.is_complex(input):
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return _part(k, input, 1)


def _check_parts(name, first, second):
    a, b = from_numpy(first.dtype), from_numpy(second.dtype)
    if not (a.is_floating_point and b.is_floating_point) or "bfloat16" in (a.name, b.name):
        raise RuntimeError(
            f"Expected both inputs to be Half, Float or Double tensors but got {a.legacy} and {b.legacy}"
        )
    if a is not b:
        raise RuntimeError(
            f"Expected object of scalar type {a.legacy} but got scalar type {b.legacy} for second argument"
        )


@op(
    "complex(Tensor real, Tensor imag)",
    on="torch",
    half="direct",
    out=True,
    vjp={
        "real": lambda k, g, real_shape: k.sum_to_size(k.real(g), real_shape),
        "imag": lambda k, g, imag_shape: k.sum_to_size(k.imag(g), imag_shape),
    },
)
def complex(xp, real, imag):
    """real + 1j * imag. dtypes: two float32 -> complex64, two float64 -> complex128.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.complex.html
    """
    _check_parts("complex", real, imag)
    real, imag = xp.broadcast_arrays(real, imag)
    result = xp.empty(real.shape, from_numpy(real.dtype).to_complex().np)
    result.real, result.imag = real, imag
    return result


@composite("polar(Tensor abs, Tensor angle)", on="torch", out=True)
def polar(k, abs, angle):
    """abs * exp(1j * angle).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.polar.html
    """
    _check_parts("polar", abs._a, angle._a)
    return k.complex(k.mul(abs, k.cos(angle)), k.mul(abs, k.sin(angle)))


def _angle_rule(k, g, input):
    if not k.is_complex(input):
        return k._zeros(g)
    # d arg(z) = Im(conj(z) dz) / |z|^2, so the gradient is i z / |z|^2; 0 at 0
    return k.where(input == 0, 0.0, g * input / k.abs(input) ** 2 * 1j)


@op("angle(Tensor input)", promote="float", out=True, vjp={"input": _angle_rule})
def angle(xp, input):
    """The argument of a complex number, in (-pi, pi]; of real ones 0 or, if negative, pi.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.angle.html
    """
    if input.dtype.kind == "c":
        return xp.arctan2(input.imag, input.real)
    pi = xp.asarray(3.141592653589793, input.dtype)
    return xp.where(input < 0, pi, xp.where(xp.isnan(input), input, xp.zeros((), input.dtype)))
