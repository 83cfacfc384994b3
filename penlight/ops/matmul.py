"""Matrix products: one BLAS call each for the shapes that matter."""

from __future__ import annotations

import math

from penlight.base.deferred import LATER, Deferred
from penlight.base.dtypes import from_numpy
from penlight.ops.table import composite, op

__all__: list[str] = []

_CPP = {"float32": "float", "float64": "double", "int64": "long int", "int32": "int", "float16": "c10::Half",
        "int16": "short int", "bfloat16": "c10::BFloat16", "bool": "bool", "uint8": "unsigned char", "int8": "signed char",
        "complex64": "c10::complex<float>", "complex128": "c10::complex<double>"}  # fmt: skip
OUTER_ELEMENTS = 1 << 16  # larger outer products go through multiply: BLAS gains nothing at K = 1


def _refuse_bool(kernel, array):
    if array.dtype.kind == "b":
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")


def _is_half(array):
    return array.dtype.itemsize == 2 and array.dtype.kind in "fV"


def wide(array):
    """float16 and bfloat16 as float32, in which their products are computed."""
    return array.astype("float32") if _is_half(array) else array


def product(xp, a, b):
    """The product of two matrices of one floating, complex or integer dtype."""
    if a.dtype.char in "fdFD":
        if a.shape[1] == 1 and a.shape[0] * b.shape[1] >= OUTER_ELEMENTS:
            return xp.multiply(a, b)
        return a.dot(b)
    if _is_half(a):
        return a.astype("float32").dot(b.astype("float32")).astype(a.dtype)
    _refuse_bool("addmm_impl_cpu_", a)
    return a.dot(b)


def _check_mm(a, b):
    if a.ndim != 2:
        raise RuntimeError("self must be a matrix" + f", got {a.ndim}-D tensor")
    if b.ndim != 2:
        raise RuntimeError("mat2 must be a matrix" + f", got {b.ndim}-D tensor")
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and {b.shape[0]}x{b.shape[1]})"
        )
    if a.dtype is not b.dtype and a.dtype != b.dtype:
        names = [_CPP.get(v.dtype.name, v.dtype.name) for v in (a, b)]
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {names[0]} != {names[1]}")


@op(
    "mm(Tensor input, Tensor mat2)",
    out=True,
    half="direct",
    vjp={
        "input": lambda k, g, mat2: k.mm(g, k.conjugate(k.t(mat2))),
        "mat2": lambda k, g, input: k.mm(k.conjugate(k.t(input)), g),
    },
)
def mm(xp, input, mat2):
    """The product of two matrices. Shape: (n, m), (m, p) -> (n, p).

    Raises: RuntimeError where shapes or dtypes do not agree.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.mm.html

    >>> import penlight as torch
    >>> torch.mm(torch.ones(2, 3), torch.ones(3, 1))
    tensor([[3.],
            [3.]])
    """
    _check_mm(input, mat2)
    return product(xp, input, mat2)


def _check_bmm(a, b, names=("batch1", "batch2")):
    for value, name in ((a, names[0]), (b, names[1])):
        if value.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor, got {value.ndim}-D tensor")
    if a.shape[0] != b.shape[0] or a.shape[2] != b.shape[1]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{a.shape[0]}, {a.shape[2]}] but got: "
            f"[{b.shape[0]}, {b.shape[1]}]."
        )
    _same_scalar_type(a, b)


def _same_scalar_type(a, b):
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"expected scalar type {from_numpy(a.dtype).legacy} but found {from_numpy(b.dtype).legacy}: both operands of "
            "a matrix product must have one dtype"
        )


def _batched(xp, a, b):
    if _is_half(a):
        return xp.matmul(a.astype("float32"), b.astype("float32")).astype(a.dtype)
    _refuse_bool("baddbmm_kernel", a)
    return xp.matmul(a, b)


@op(
    "bmm(Tensor input, Tensor mat2)",
    out=True,
    half="direct",
    vjp={
        "input": lambda k, g, mat2: k.bmm(g, k.conjugate(k.transpose(mat2, 1, 2))),
        "mat2": lambda k, g, input: k.bmm(k.conjugate(k.transpose(input, 1, 2)), g),
    },
)
def bmm(xp, input, mat2):
    """Products of two batches of matrices. Shape: (b, n, m), (b, m, p) -> (b, n, p).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.bmm.html
    """
    _check_bmm(input, mat2)
    return _batched(xp, input, mat2)


def _outer(k, a, b):
    return k.unsqueeze(a, 1) * b


@op(
    "mv(Tensor input, Tensor vec)",
    out=True,
    half="direct",
    vjp={
        "input": lambda k, g, vec: _outer(k, g, k.conjugate(vec)),
        "vec": lambda k, g, input: k.mv(k.conjugate(k.t(input)), g),
    },
)
def mv(xp, input, vec):
    """The product of a matrix and a vector. Shape: (n, m), (m) -> (n).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.mv.html
    """
    if input.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {input.ndim}, {vec.ndim}")
    _check_mv(input, vec, input.shape[0])
    _refuse_bool("addmv_impl_cpu", input)
    if _is_half(input):
        return wide(input).dot(wide(vec)).astype(input.dtype)
    return input.dot(vec)


def _check_mv(matrix, vector, rows):
    if matrix.shape[1] != vector.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({rows}), mat ({matrix.shape[0]}x{matrix.shape[1]}), vec ({vector.shape[0]})"
        )
    if matrix.dtype != vector.dtype:
        a, b = from_numpy(matrix.dtype).legacy, from_numpy(vector.dtype).legacy
        raise RuntimeError(f"addmv input tensors must have the same dtype, but got {a}, and {b}")


def _check_dot(name, a, b):
    if a.ndim != 1 or b.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {a.ndim}D and {b.ndim}D tensors")
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {from_numpy(a.dtype).legacy} and "
            f"{from_numpy(b.dtype).legacy}"
        )
    if a.shape != b.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{a.shape[0]}] and src [{b.shape[0]}] to have the same number of "
            f"elements, but got {a.shape[0]} and {b.shape[0]} elements respectively"
        )
    _refuse_bool("dot", a)


@op(
    "dot(Tensor input, Tensor tensor)",
    out=True,
    half="direct",
    vjp={"input": lambda k, g, tensor: g * k.conjugate(tensor), "tensor": lambda k, g, input: g * k.conjugate(input)},
)
def dot(xp, input, tensor):
    """The sum of products of two vectors. Shape: (n), (n) -> ().

    Source: https://docs.pytorch.org/docs/stable/generated/torch.dot.html
    """
    _check_dot("dot", input, tensor)
    if _is_half(input):
        return wide(input).dot(wide(tensor)).astype(input.dtype)
    return input.dot(tensor)


@op(
    "vdot(Tensor input, Tensor other)",
    out=True,
    half="direct",
    vjp={"input": lambda k, g, other: k.conjugate(g) * other, "other": lambda k, g, input: g * input},
)
def vdot(xp, input, other):
    """The sum of products of two vectors, the first one conjugated. Shape: (n), (n) -> ().

    Source: https://docs.pytorch.org/docs/stable/generated/torch.vdot.html
    """
    _check_dot("vdot", input, other)
    if _is_half(input):
        return wide(input).dot(wide(other)).astype(input.dtype)
    return xp.vdot(input, other) if input.dtype.kind == "c" else input.dot(other)


# --- matmul: every combination of ranks ------------------------------------------------------------------------------


def _turned(k, value):
    n = value.ndim
    return k.conjugate(k.transpose(value, n - 2, n - 1))


def _fold(k, value):
    return k.reshape(value, (math.prod(value.shape[:-1]), value.shape[value.ndim - 1]))


def _matmul_input(k, g, input_shape, other, other_shape):
    if len(other_shape) == 1:
        g, other = k.unsqueeze(g, -1), k.unsqueeze(other, 0)  # (..., n, 1), (1, m)
        if len(input_shape) == 1:
            g = k.unsqueeze(g, 0)
        return k.reshape(k.sum_to_size(g * k.conjugate(other), input_shape), input_shape)
    if len(other_shape) == 2:
        return k.reshape(k.mm(_fold(k, g), _turned(k, other)), input_shape)
    if len(input_shape) == 1:
        g = k.unsqueeze(g, -2)
    d = k._matmul(g, _turned(k, other))
    return k.reshape(k.sum_to_size(d, (1, *input_shape) if len(input_shape) == 1 else input_shape), input_shape)


def _matmul_other(k, g, input, input_shape, other_shape):
    if len(other_shape) == 1:  # (..., n, m), (m) -> (..., n)
        return k.mv(k.conjugate(k.t(_fold(k, input))), k.reshape(g, (math.prod(g.shape),)))
    if len(other_shape) == 2:
        return k.mm(k.conjugate(k.t(_fold(k, input))), _fold(k, g))
    if len(input_shape) == 1:
        input, g = k.unsqueeze(input, 0), k.unsqueeze(g, -2)
    return k.sum_to_size(k._matmul(_turned(k, input), g), other_shape)


@op(
    "_matmul(Tensor input, Tensor other)",
    dense=True,
    on="",
    half="direct",
    grad_name="UnsafeViewBackward0",
    vjp={"input": _matmul_input, "other": _matmul_other},
)
def _matmul(xp, input, other):
    """A product where an operand has three or more dimensions (or the first is a vector)."""
    n = input.shape[-1]
    if other.ndim <= 2:
        rows = input.reshape(math.prod(input.shape[:-1]), n)
        if other.shape[0] != n:
            if other.ndim == 1:
                _check_mv(rows, other, rows.shape[0])
            shape = other.shape
            raise RuntimeError(
                f"mat1 and mat2 shapes cannot be multiplied ({rows.shape[0]}x{n} and {shape[0]}x{shape[1]})"
            )
        if other.ndim == 1:
            return mv.kernel(xp, rows, other).reshape(input.shape[:-1])
        _check_mm(rows, other)
        return product(xp, rows, other).reshape(*input.shape[:-1], other.shape[1])
    if other.shape[-2] != n:
        if input.ndim <= 2:
            rows = input.shape[0] if input.ndim == 2 else 1
            raise RuntimeError(
                f"mat1 and mat2 shapes cannot be multiplied ({rows}x{n} and {other.shape[-2]}x{other.shape[-1]}): the "
                f"operands have shapes {list(input.shape)} and {list(other.shape)}"
            )
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{input.shape[0]}, {n}] but got: "
            f"[{other.shape[0]}, {other.shape[-2]}]."
        )
    _same_scalar_type(input, other)
    for i in range(3, min(input.ndim, other.ndim) + 1):
        a, b = input.shape[-i], other.shape[-i]
        if a != b and 1 not in (a, b):
            raise RuntimeError(
                f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension "
                f"{max(input.ndim, other.ndim) - i}"
            )
    return _batched(xp, input, other)


@composite("matmul(Tensor input, Tensor other)", out=True)
def matmul(k, input, other):
    """The matrix product: dot product of vectors, matrix-vector, matrix-matrix, or batches of them with broadcasting.

    Shape: (..., n, m), (..., m, p) -> (..., n, p); a vector stands for one row (first) or one column (second).
    Raises: RuntimeError where shapes or dtypes do not agree, or an operand has no dimension.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.matmul.html

    >>> import penlight as torch
    >>> torch.matmul(torch.ones(2, 3, 4), torch.ones(4, 5)).shape
    torch.Size([2, 3, 5])
    """
    a, b = input.ndim, other.ndim
    if a == 2 and b == 2:
        return k.mm(input, other)
    if a > 2 or b > 2:
        if a and b:
            return k._matmul(input, other)
    elif a == 2 and b == 1:
        return k.mv(input, other)
    elif a == 1 and b == 2:
        return k.squeeze(k.mm(k.unsqueeze(input, 0), other), 0)
    elif a == 1 and b == 1:
        return k.dot(input, other)
    raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {a}D and {b}D")


# --- linear ----------------------------------------------------------------------------------------------------------


def _linear_name(record):
    saved, edges = record[3], record[2]
    dimensions = 2 if saved is None else saved[0]._a.ndim
    biased = edges[2] is not None if saved is None else saved[2] is not None
    if dimensions == 2:
        return "AddmmBackward0" if biased else "MmBackward0"
    if biased:
        return "ViewBackward0"
    return "UnsafeViewBackward0" if dimensions > 2 else "SqueezeBackward4"


FEW_ROWS = 64  # with more, the product costs more than adding up


def _weight_gradient(rows, x):
    return rows.T.dot(x)


def _row_sum(rows):
    return rows.sum(0)


def _linear_rule(k, g, need, input, weight, bias_shape):
    if weight.ndim == 1:
        weight, vector, rows = k.unsqueeze(weight, 0), True, k.reshape(g, (math.prod(g.shape), 1))
    else:
        vector, rows = False, g if g.ndim == 2 else _fold(k, g)  # (N, out)
    d_input = d_weight = d_bias = None
    if need[0]:
        d_input = k.mm(rows, k.conjugate(weight))
        if input.ndim != 2:
            d_input = k.reshape(d_input, input.shape)
    if need[1] == LATER and not k.recorded and len(rows) <= FEW_ROWS and rows.dtype.char in "fd" and not vector:
        x = input if input.ndim == 2 else _fold(k, input)
        d_weight = Deferred(_weight_gradient, rows, x)
        if need[2] == LATER and bias_shape == rows.shape[1:]:
            return d_input, d_weight, Deferred(_row_sum, rows)
    elif need[1]:
        d_weight = k.mm(k.t(rows), k.conjugate(input if input.ndim == 2 else _fold(k, input)))
        if vector:
            d_weight = k.reshape(d_weight, (-1,))
    if need[2]:
        d_bias = k._sum_dims(rows, (0,)) if bias_shape == g.shape[g.ndim - 1 :] else k.sum_to_size(g, bias_shape)
    return d_input, d_weight, d_bias


def _check_linear(input, weight, bias):
    if input.ndim == 0 or weight.ndim == 0:
        raise RuntimeError(
            f"both arguments to linear need to be at least 1D, but they are {input.ndim}D and {weight.ndim}D"
        )
    if weight.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {weight.ndim}D")
    if bias is not None and weight.ndim == 1:
        raise RuntimeError("mat2 must be a matrix, got 1-D tensor: a bias needs a weight of shape (out, in)")
    rows = math.prod(input.shape[:-1])
    if weight.ndim == 1 and input.shape[-1] != weight.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({rows}), mat ({rows}x{input.shape[-1]}), vec ({weight.shape[0]})"
        )
    if weight.ndim == 2 and input.shape[-1] != weight.shape[1]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{input.shape[-1]} and {weight.shape[1]}x{weight.shape[0]})"
        )
    if input.dtype != weight.dtype:
        if bias is None:
            names = [_CPP.get(v.dtype.name, v.dtype.name) for v in (input, weight)]
            raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {names[0]} != {names[1]}")
        a, b = from_numpy(input.dtype).legacy, from_numpy(weight.dtype).legacy
        raise RuntimeError(f"mat1 and mat2 must have the same dtype, but got {a} and {b}")
    if bias is not None and bias.dtype != input.dtype:
        a, b = from_numpy(bias.dtype).legacy, from_numpy(input.dtype).legacy
        raise RuntimeError(f"self and mat2 must have the same dtype, but got {a} and {b}")


@op(
    "linear(Tensor input, Tensor weight, Tensor? bias=None)",
    on="F",
    out=True,
    half="direct",
    grad_name=_linear_name,
    joint=_linear_rule,
)
def linear(xp, input, weight, bias):
    """input @ weight.T + bias. Shape: (*, in), (out, in), (out) -> (*, out).

    Raises: RuntimeError where shapes or dtypes do not agree.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html

    >>> import penlight as torch
    >>> torch.nn.functional.linear(torch.ones(1, 2), torch.ones(3, 2), torch.zeros(3))
    tensor([[2., 2., 2.]])
    """
    d = input.dtype
    if (
        d is not weight.dtype
        or weight.ndim != 2
        or not input.ndim
        or input.shape[-1] != weight.shape[1]
        or (bias is not None and bias.dtype is not d)
    ):
        _check_linear(input, weight, bias)
    if d.char not in "fdFD":
        _refuse_bool("addmm_impl_cpu_", input)
        if _is_half(input):
            rounded = linear.kernel(xp, wide(input), wide(weight), None if bias is None else wide(bias))
            return rounded.astype(d)
    if weight.ndim == 1:
        return input.dot(weight)
    out = product(
        xp, input if input.ndim == 2 else input.reshape(math.prod(input.shape[:-1]), input.shape[-1]), weight.T
    )
    if input.ndim != 2:
        out = out.reshape(*input.shape[:-1], weight.shape[0])
    if bias is not None:
        if bias.ndim > out.ndim:
            raise RuntimeError(
                f"expand: the bias has {bias.ndim} dimensions, the result {out.ndim}: {list(bias.shape)} and {list(out.shape)}"
            )
        try:
            out += bias
        except ValueError:
            axis = next(i for i in range(1, bias.ndim + 1) if bias.shape[-i] not in (1, out.shape[-i]))
            raise RuntimeError(
                f"The expanded size of the tensor ({out.shape[-axis]}) must match the existing size ({bias.shape[-axis]}) "
                f"at non-singleton dimension {out.ndim - axis}.  Target sizes: {list(out.shape)}.  Tensor sizes: "
                f"{list(bias.shape)}"
            ) from None
    return out
