"""Copies and casts."""

from __future__ import annotations

from numbers import Number

from penlight.ops.table import composite, op

__all__: list[str] = []


@op(
    "cast(Tensor input, any numpy_dtype)",
    on="",
    half="direct",
    grad_name="ToCopyBackward0",
    vjp={"input": lambda k, g, input_dtype: k.cast(g, input_dtype)},
)
def cast(xp, input, numpy_dtype):
    """A copy in another dtype (floats to integers toward zero)."""
    if input.dtype.kind == "c" and xp.dtype(numpy_dtype).kind not in "bc":
        input = input.real
    size, width = input.dtype.itemsize, xp.dtype(numpy_dtype).itemsize
    if input.dtype.kind == "V" and xp.dtype(numpy_dtype).kind in "biuc":
        input = input.astype("float32")
    if input.dtype.kind == "f" and xp.dtype(numpy_dtype).kind in "iu":
        with xp.errstate(invalid="ignore"):
            order = "C" if 0 in input.strides else "K"
            # which conversion of C's PyTorch cuts a number out of range down from: seen in the results
            short = numpy_dtype == "int32" or width == 2 < size or numpy_dtype == "int8" and size == 8
            wide = input.astype("int32" if short else "int64", order) if width < 8 else input
            return wide.astype(numpy_dtype, order)
    if size == 4 and width == 2 and input.flags.c_contiguous:  # (integers and bfloat16 were dealt with)
        return xp.halved(input, xp.dtype(numpy_dtype))
    if size == 2 and xp.dtype(numpy_dtype).char == "f" and input.flags.c_contiguous:
        return xp.widened(input)
    with xp.errstate(over="ignore"):
        return input.astype(
            numpy_dtype, "C" if 0 in input.strides else "K"
        )  # NumPy would turn an expanded array around


@op("clone(Tensor input, *, any memory_format=None)", half="direct", vjp={"input": lambda k, g: g})
def clone(xp, input, memory_format):
    """A copy with its own memory, in the graph."""
    name = getattr(memory_format, "name", "preserve_format")
    if name == "contiguous_format" or 0 in input.strides:
        return input.copy(order="C")
    if name == "channels_last":
        if input.ndim != 4:
            raise RuntimeError("required rank 4 tensor to use channels_last format")
        return xp.ascontiguousarray(input.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    if name == "channels_last_3d":
        if input.ndim != 5:
            raise RuntimeError("required rank 5 tensor to use channels_last_3d format")
        return xp.ascontiguousarray(input.transpose(0, 2, 3, 4, 1)).transpose(0, 4, 1, 2, 3)
    return input.copy(order="K")


@composite("conj(Tensor|Number input)")
def conj(k, input):
    """The complex conjugate, a view: changes of either are seen in the other. Real tensors as they are."""
    if not isinstance(input, Number):
        return k._conj_view(input) if input.is_complex() else input
    return input.conjugate()


@composite("conjugate(Tensor|Number input)", on="")
def conjugate(k, input):
    """`conj` in formulas: on memory of its own."""
    try:
        plain = not input.is_complex() if k.recorded else input.dtype.kind != "c"
    except AttributeError:  # a number
        return input.conjugate()
    return input if plain else k._conj(input)


@op("_conj(Tensor input)", on="", half="direct", grad_name="ConjBackward0", vjp={"input": lambda k, g: k.conjugate(g)})
def _conj(xp, input):
    """The complex conjugate of complex numbers."""
    return input.conjugate()


@op("_conj_physical(Tensor input)", on="", grad_name="ConjPhysicalBackward0", vjp={"input": lambda k, g: k.conjugate(g)})
def _conj_physical(xp, input):
    """The complex conjugate of complex numbers."""
    return input.conjugate()


@op("_negated(Tensor input)", on="", half="direct", grad_name="NegViewBackward0", vjp={"input": lambda k, g: k.neg(g)})
def _negated(xp, input):
    """The negative of real numbers, where it is a view."""
    return -input


@composite("conj_physical(Tensor input)", inplace=True, out=True)
def conj_physical(k, input):
    """The complex conjugate, stored; real tensors as they are."""
    return k._conj_physical(input) if input.is_complex() else input


@composite("resolve_conj(Tensor input)")
def resolve_conj(k, input):
    """A copy with the conjugation of a conjugate view carried out; other tensors as they are."""
    return k.clone(input) if input.is_conj() else input


@composite("resolve_neg(Tensor input)")
def resolve_neg(k, input):
    """A copy with the negation of the imaginary part of a conjugate view carried out; other tensors as they are."""
    return k.clone(input) if input.is_neg() else input


@op(
    "_sampled(Tensor input, any values, str shown_as)",
    on="",
    half="direct",
    grad_name=lambda record: record[3][0],
    vjp={"input": lambda k, g, shown_as, input_shape: k.zeros_as(g, input_shape)},
)
def _sampled(xp, input, values, shown_as):
    """Values drawn with `input` as parameter: in the graph, with zero gradient, as PyTorch has it."""
    return values


@op(
    "_sampled_by_two(Tensor mean, Tensor std, any values)",
    on="",
    half="direct",
    grad_name="NormalBackward3",
    vjp={
        "mean": lambda k, g, mean_shape: k.zeros_as(g, mean_shape),
        "std": lambda k, g, std_shape: k.zeros_as(g, std_shape),
    },
)
def _sampled_by_two(xp, mean, std, values):
    """`_sampled` with two parameters."""
    return values


@op("zeros_as(Tensor like, any shape)", on="", half="direct")
def zeros_as(xp, like, shape):
    """Zeros of a shape, in the dtype of `like`."""
    return xp.zeros(shape, like.dtype)
