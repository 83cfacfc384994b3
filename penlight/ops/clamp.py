"""Limits on values."""

from __future__ import annotations

from penlight.ops.kinds import NUMBERS, as_element, common_dtype, refuse
from penlight.ops.table import composite, op, pointwise

__all__: list[str] = []


def _limit(xp, input, function, bound):
    if bound is None:
        return input
    if input.dtype.kind in "iu" and bound.__class__ is int:
        bound = as_element(xp, bound, input.dtype)
    return function(bound, input) if input.dtype.kind == "V" else function(input, bound)  # bfloat16's -0 stays


def _clamped(xp, input, low, high):
    if input.dtype.kind == "c":
        raise NotImplementedError("clamp is not supported for complex types")
    refuse("clamp_scalar_cpu", "b", input)
    if input.dtype.kind == "f" and -6e4 < (low or 0) + (high or 0) < 6e4:
        return xp.limit(input, low, high)
    low, high = (v if v is None or input.dtype.kind in "iu" else as_element(xp, v, input.dtype) for v in (low, high))
    return _limit(xp, _limit(xp, input, xp.maximum, low), xp.minimum, high)


def _inside(k, input, min, max):
    if max is None:
        return input >= min
    if min is None:
        return input <= max
    return k.logical_and(input >= min, input <= max)


@op(
    "_clamp(Tensor input, number min, number max)",
    on="",
    half="direct",
    grad_name="ClampBackward1",
    vjp={"input": lambda k, g, input, min, max: k._keep(g, _inside(k, input, min, max))},
)
def _clamp(xp, input, min, max):
    """Between two numbers, either of which may be None."""
    return _clamped(xp, input, min, max)


@op(
    "_clamp_min(Tensor input, number min)",
    on="",
    half="direct",
    grad_name="ClampMinBackward0",
    vjp={"input": lambda k, g, input, min: k._keep(g, input >= min)},
)
def _clamp_min(xp, input, min):
    """Not below a number."""
    return _clamped(xp, input, min, None)


@op(
    "_clamp_max(Tensor input, number max)",
    on="",
    half="direct",
    grad_name="ClampMaxBackward0",
    vjp={"input": lambda k, g, input, max: k._keep(g, input <= max)},
)
def _clamp_max(xp, input, max):
    """Not above a number."""
    return _clamped(xp, input, None, max)


def _tensor_limits(xp, input, low, high):
    if input.dtype.kind == "c":
        raise NotImplementedError("clamp is not supported for complex types")
    result = input if low is None else xp.maximum(input, low)
    return result if high is None else xp.minimum(result, high)


def _low_rule(k, g, input, min, max):
    chosen = input < min
    return k._keep(g, chosen if max is None else k.logical_and(chosen, min < max))


def _high_rule(k, g, input, min, max):
    chosen = input > max
    return k._keep(g, chosen if min is None else k.logical_or(chosen, max < min))


@pointwise(
    "_clamp_tensor(Tensor input, Tensor? min, Tensor? max)",
    on="",
    half="direct",
    grad_name="ClampBackward0",
    inplace=False,
    out=False,
    vjp={
        "input": lambda k, g, input, min, max: k._keep(g, _inside(k, input, min, max)),
        "min": _low_rule,
        "max": _high_rule,
    },
)
def _clamp_tensor(xp, input, min, max):
    """Between two tensors, either of which may be None."""
    if min is not None and max is not None:
        refuse("clamp_cpu", "b", input)
    return _tensor_limits(xp, input, min, max)


@pointwise(
    "_clamp_min_tensor(Tensor input, Tensor min)",
    on="",
    half="direct",
    grad_name="ClampMinBackward1",
    inplace=False,
    out=False,
    vjp={
        "input": lambda k, g, input, min: k._keep(g, input >= min),
        "min": lambda k, g, input, min: k._keep(g, input < min),
    },
)
def _clamp_min_tensor(xp, input, min):
    """Not below a tensor."""
    return _tensor_limits(xp, input, min, None)


@pointwise(
    "_clamp_max_tensor(Tensor input, Tensor max)",
    on="",
    half="direct",
    grad_name="ClampMaxBackward1",
    inplace=False,
    out=False,
    vjp={
        "input": lambda k, g, input, max: k._keep(g, input <= max),
        "max": lambda k, g, input, max: k._keep(g, input > max),
    },
)
def _clamp_max_tensor(xp, input, max):
    """Not above a tensor."""
    return _tensor_limits(xp, input, None, max)


def _ready(k, input, *bounds):
    """The input in the common dtype of it and its bounds, which are numbers."""
    if not k.recorded or input._a.dtype.kind in "fV" and complex not in map(type, bounds):
        return input
    d = common_dtype([input, *[b for b in bounds if b is not None]])
    return input if input.dtype is d else k.cast(input, d.np)


def _plain(bound, input):
    """NumPy's scalars, and complex numbers that are real, as numbers. (Scalars have `tobytes` and no length.)"""
    bound = bound.item() if hasattr(bound, "tobytes") and not hasattr(bound, "__len__") else bound
    if bound.__class__ is complex and input.is_floating_point():
        if bound.imag:
            raise RuntimeError("value cannot be converted to type double without overflow")
        return bound.real
    return bound


@composite("clamp(Tensor input, any min=None, any max=None)", inplace=True, out=True, aliases="clip")
def clamp(k, input, min, max):
    """min(max(input, min), max), elementwise, with numbers or tensors; one of both may be missing. nan stays.

    Raises: RuntimeError when both are None.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.clamp.html

    >>> import penlight as torch
    >>> torch.clamp(torch.tensor([-2., 0.5, 3.]), min=-1, max=1)
    tensor([-1.0000,  0.5000,  1.0000])
    """
    min, max = _plain(min, input), _plain(max, input)
    numbers = isinstance(min, NUMBERS), isinstance(max, NUMBERS)
    if any(numbers):
        # a tensor without dimensions counts as a number beside one
        min, max = (
            v.item()
            if getattr(v, "shape", None) == () and not getattr(v, "requires_grad", isinstance(v, NUMBERS))
            else v
            for v in (min, max)
        )
        numbers = isinstance(min, NUMBERS), isinstance(max, NUMBERS)
        if min is not None and not numbers[0] or max is not None and not numbers[1]:
            raise TypeError(
                "clamp() received an invalid combination of arguments: min and max must both be numbers or both be "
                f"tensors, but got {type(min).__name__} and {type(max).__name__}"
            )
        return k._clamp(_ready(k, input, min, max), min, max)
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    return k._clamp_tensor(input, min, max)


@composite("clamp_min(Tensor input, Tensor|Number min)", inplace=True, out=True)
def clamp_min(k, input, min):
    """max(input, min), elementwise.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.clamp.html
    """
    min = _plain(min, input)
    return k._clamp_min(_ready(k, input, min), min) if isinstance(min, NUMBERS) else k._clamp_min_tensor(input, min)


@composite("clamp_max(Tensor input, Tensor|Number max)", inplace=True, out=True)
def clamp_max(k, input, max):
    """min(input, max), elementwise.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.clamp.html
    """
    max = _plain(max, input)
    return k._clamp_max(_ready(k, input, max), max) if isinstance(max, NUMBERS) else k._clamp_max_tensor(input, max)
