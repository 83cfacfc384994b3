"""What overwriting in place records: copies, fills, zeros."""

from __future__ import annotations

from penlight.ops.table import composite, op

__all__: list[str] = []


def like(k, g, shape, numpy_dtype):
    """Bring a gradient to the shape and dtype of what was broadcast and cast."""
    if len(shape) > len(g.shape):  # leading dimensions of length 1 that were dropped
        g = k.reshape(g, (1,) * (len(shape) - len(g.shape)) + tuple(g.shape))
    g = k.sum_to_size(g, shape)
    return g if getattr(g.dtype, "np", g.dtype) is numpy_dtype else k.cast(g, numpy_dtype)


@op("_zeros_as(Tensor input)", on="", half="direct", grad_name="ZerosLikeBackward0",
    vjp={"input": lambda k, g: k._zeros_as(g)})  # fmt: skip
def _zeros_as(xp, input):
    """Zeros of the same shape, dtype and layout."""
    return xp.zeros_like(input)


@op(
    "_copy(Tensor input, Tensor src)",
    on="",
    half="direct",
    grad_name="CopyBackwards",
    vjp={
        "input": lambda k, g: k._zeros_as(g),
        "src": lambda k, g, src_shape, src_dtype: like(k, g, src_shape, src_dtype),
    },
)
def _copy(xp, input, src):
    """`src` in the shape and dtype of `input`."""
    return xp.broadcast_to(src, input.shape).astype(input.dtype)


@op(
    "_fill(Tensor input, Tensor value)",
    on="",
    half="direct",
    grad_name="FillBackward3",
    vjp={"input": lambda k, g: k._zeros_as(g), "value": lambda k, g, value_dtype: like(k, g, (), value_dtype)},
)
def _fill(xp, input, value):
    """`value` everywhere."""
    return xp.full_like(input, value)


@op("_zero(Tensor input)", on="", half="direct", grad_name="ZeroBackward0", vjp={"input": lambda k, g: k._zeros_as(g)})
def _zero(xp, input):
    """Zeros."""
    return xp.zeros_like(input)


@composite("fill(Tensor input, number|Tensor value)", on="torch")
def fill(k, input, value):
    """A tensor of the same shape and dtype with one value everywhere."""
    return k.fill_(k.clone(input), value)
