"""Norms of vectors and matrices."""

from __future__ import annotations

import math

from penlight.base import dtypes
from penlight.base.dims import dimension
from penlight.base.promotion import promote_types
from penlight.ops.matrices import check_floating
from penlight.ops.reduce import axes_of, count_of, kept, spread
from penlight.ops.sums import sum_axes
from penlight.ops.table import composite, op

__all__: list[str] = []


def _norm_rule(k, g, input, out, input_shape, ord, dim, keepdim):
    if ord == 0:
        return None
    g = spread(k, g, input_shape, dim, keepdim)
    if ord == 1:
        return k.sgn(input) * g
    norm = kept(k, out, input_shape, dim, keepdim)
    if ord == 2:
        return g * k._drop(input / norm, norm == 0)
    size = k.abs(input)
    if math.isinf(ord):
        holds = k.logical_or(size == norm, k.logical_and(size != size, norm != norm))
        count = k._sum_dims(holds, dim, True)
        return k.sgn(input) * (g / count * holds)  # NaN everywhere where g is, as in PyTorch
    if ord < 1:  # sgn(x) |x|^(p-1) norm^(1-p): the power of |x| has no limit at 0
        return k._drop(k.sgn(input) * k._pow_number(size, ord - 1), input == 0) * g * k._pow_number(norm, 1 - ord)
    power = k.sgn(input) * k._pow_number(size, ord - 1) if ord < 2 else input * k._pow_number(size, ord - 2)
    return power * k._drop(g / k._pow_number(norm, ord - 1), norm == 0)


def _squares(xp, array):
    if array.dtype.kind == "c":
        return array.real**2 + array.imag**2
    return xp.multiply(array, array)


@op(
    "_vector_norm(Tensor input, number ord, dims? dim, bool keepdim)",
    dense=True,
    on="",
    grad_name="LinalgVectorNormBackward0",
    vjp={"input": _norm_rule},
)
def _vector_norm(xp, input, ord, dim, keepdim):
    """(sum |x|^ord)^(1/ord) over some dimensions, with its limits at 0 and at infinity."""
    axes = axes_of(dim, input)
    if ord and count_of(input.shape, dim) == 1:  # exact, whatever its power would do
        return xp.add.reduce(xp.abs(input), axes, keepdims=keepdim)
    if ord == 2:
        return xp.sqrt(sum_axes(xp, _squares(xp, input), axes, keepdim))
    size = xp.abs(input)
    if (ord < 0 or ord == math.inf) and not count_of(input.shape, dim):
        raise RuntimeError(
            f"linalg.vector_norm cannot compute the {ord} norm on an empty tensor because the operation does not have an "
            "identity"
        )
    if math.isinf(ord):
        return (size.max if ord > 0 else size.min)(axis=axes, keepdims=keepdim)
    if ord == 0:
        return xp.add.reduce(input != 0, axes, keepdims=keepdim, dtype=size.dtype)
    if ord == 1:
        return sum_axes(xp, size, axes, keepdim)
    with xp.errstate(divide="ignore"):
        total = sum_axes(xp, size ** size.dtype.type(ord), axes, keepdim)
        return total ** size.dtype.type(1.0 / ord)


def _check_floating(name, input):
    if input.dtype.category not in (dtypes.FLOAT, dtypes.COMPLEX):
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {input.dtype.legacy}")


def _in_dtype(name, input, dtype):
    if dtype is None:
        return input
    if dtype.is_complex != input.dtype.is_complex:
        kind = "complex" if input.dtype.is_complex else "real"
        raise RuntimeError(f"{name}: dtype should be {kind} for {kind} inputs, but got {dtype!r}")
    if not (dtype.is_complex or dtype.is_floating_point):
        raise RuntimeError(f"{name}: dtype should be floating point or complex. Got {dtype.legacy}")
    if promote_types(input.dtype, dtype) is not dtype:
        raise RuntimeError(
            f"{name}: the dtype of the input ({input.dtype.legacy}) should be convertible without narrowing to the "
            f"specified dtype ({dtype.legacy})"
        )
    return input.to(dtype)


@composite(
    "linalg_vector_norm(Tensor x, number ord=2, any dim=None, bool keepdim=False, *, dtype dtype=None)",
    on="linalg",
    out=True,
)
def linalg_vector_norm(k, x, ord=2, dim=None, keepdim=False, dtype=None):
    """The p-norm of vectors, of all elements or over `dim`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html

    >>> import penlight as torch
    >>> torch.linalg.vector_norm(torch.tensor([3., 4.]))
    tensor(5.)
    """
    _check_floating("linalg.vector_norm", x)
    if isinstance(ord, complex):
        raise RuntimeError("linalg.vector_norm: Expected a non-complex scalar as the order of norm.")
    x = _in_dtype("linalg.vector_norm", x, dtype)
    return k._vector_norm(x, float(ord), dim, keepdim)


def _matrix_dims(name, A, dim):
    if A.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
    if len(dim) != 2:
        raise RuntimeError(f"{name}: dim must be a 2-tuple. Got {tuple(dim)}")
    first, second = dimension(dim[0], A.ndim), dimension(dim[1], A.ndim)
    if first == second:
        raise RuntimeError(f"{name}: dims must be different. Got ({dim[0]}, {dim[1]})")
    return first, second


@composite(
    "linalg_matrix_norm(Tensor A, real|str ord='fro', ints dim=(-2, -1), bool keepdim=False, *, dtype dtype=None)",
    on="linalg",
    out=True,
)
def linalg_matrix_norm(k, A, ord="fro", dim=(-2, -1), keepdim=False, dtype=None):
    """A norm of matrices: 'fro', 'nuc', or 1, 2, inf (and their negatives) of the induced norms.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.matrix_norm.html
    """
    name = "linalg.matrix_norm"
    dims = _matrix_dims(name, A, dim)
    _check_floating(name, A)
    if isinstance(ord, str):
        if ord not in ("fro", "nuc"):
            raise RuntimeError(f"{name}: Order {ord} not supported.")
        if ord == "fro":
            return k.linalg_vector_norm(A, 2, dims, keepdim, dtype=dtype)
    elif abs(ord) not in (1, 2, math.inf):
        raise RuntimeError(f"{name}: Order {ord} not supported.")
    spectral = ord == "nuc" or abs(ord) == 2
    if spectral:
        check_floating(name, A)
    A = _in_dtype(name, A, dtype)
    if ord != "nuc" and ord > 0:  # 0 where there is nothing to choose from
        chosen = {1: dims[1:], 2: dims}.get(ord, dims[:1])
        if 0 in [A.shape[d] for d in chosen]:
            return k.linalg_vector_norm(A.detach(), 1, dims, keepdim)
    if spectral:
        values = k.linalg_svdvals(k.movedim(A, dims, (-2, -1)))
        result = k.sum(values, -1) if ord == "nuc" else k.amax(values, -1) if ord > 0 else k.amin(values, -1)
        return _keep(k, result, dims) if keepdim else result
    # the largest (smallest) sum of absolute values, of columns (1) or rows (inf)
    along, over = dims if abs(ord) == 1 else (dims[1], dims[0])
    sums = k.linalg_vector_norm(A, 1, along, True)
    result = (k.amax if ord > 0 else k.amin)(sums, over, True)
    return result if keepdim else k.squeeze(result, dims)


def _keep(k, value, dims):
    for d in sorted(dims):
        value = k.unsqueeze(value, d)
    return value


@composite(
    "linalg_norm(Tensor A, real|str ord=None, ints1 dim=None, bool keepdim=False, *, dtype dtype=None)", on="linalg", out=True
)
def linalg_norm(k, A, ord=None, dim=None, keepdim=False, dtype=None):
    """A vector norm (of everything, or over one dimension) or a matrix norm (over two).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.norm.html
    """
    if dim is not None and not isinstance(dim, (tuple, list)):
        dim = (dim,)
    if dim is not None and len(dim) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dim)}")
    if ord is None:
        return k.linalg_vector_norm(A, 2, dim, keepdim, dtype=dtype)
    if dim is None and A.ndim not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.ndim}D."
        )
    if (len(dim) if dim is not None else A.ndim) == 2:
        return k.linalg_matrix_norm(A, ord, (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    if isinstance(ord, str):
        raise RuntimeError(f"linalg.norm: order {ord!r} is for matrices: expected two dimensions, got {dim or A.ndim}")
    return k.linalg_vector_norm(A, ord, dim, keepdim, dtype=dtype)


@composite("norm(Tensor input, any p='fro', any dim=None, bool keepdim=False, any out=None, dtype dtype=None)")
def norm(k, input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    """The norm of all elements, or over `dim`: a p-norm of vectors, or 'fro' or 'nuc'.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.norm.html

    >>> import penlight as torch
    >>> torch.norm(torch.tensor([3., 4.]))
    tensor(5.)
    """
    if isinstance(p, str):
        if p == "nuc":
            if dim is None:
                dim = (-2, -1)
            result = k.linalg_matrix_norm(input, "nuc", (dim,) if isinstance(dim, int) else dim, keepdim, dtype=dtype)
        elif p == "fro" and (dim is None or isinstance(dim, int) or len(dim) <= 2):
            result = k.linalg_vector_norm(input, 2, dim, keepdim, dtype=dtype)
        elif dim is None:
            result = k.linalg_matrix_norm(input, p, tuple(range(input.ndim)), keepdim, dtype=dtype)
        else:
            result = k.linalg_matrix_norm(input, p, (dim,) if isinstance(dim, int) else dim, keepdim, dtype=dtype)
    else:
        result = k.linalg_vector_norm(input, 2 if p is None else p, dim, keepdim, dtype=dtype)
    return result if out is None else out.resize_(result.shape).copy_(result)


@composite("frobenius_norm(Tensor input, any dim, bool keepdim=False)", on="torch", out=True)
def frobenius_norm(k, input, dim, keepdim=False):
    """The root of the sum of squares over `dim`, at most two dimensions."""
    if isinstance(dim, (tuple, list)) and len(dim) > 2:
        raise RuntimeError(f"Expected at most 2 dimensions, but got {len(dim)} dimensions instead.")
    return k.linalg_vector_norm(input, 2, dim, keepdim)


@composite("nuclear_norm(Tensor input, any dim=(-2, -1), bool keepdim=False)", on="torch", out=True)
def nuclear_norm(k, input, dim=(-2, -1), keepdim=False):
    """The sum of singular values."""
    return k.linalg_matrix_norm(input, "nuc", dim, keepdim)


@composite("dist(Tensor input, Tensor other, number p=2)")
def dist(k, input, other, p=2):
    """The p-norm of input - other.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.dist.html
    """
    return k.linalg_vector_norm(input - other, p)


@composite("renorm(Tensor input, real p, dim dim, real maxnorm)", inplace=True, out=True)
def renorm(k, input, p, dim, maxnorm):
    """Scale the sub-tensors along `dim` whose p-norm exceeds `maxnorm` down to it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.renorm.html
    """
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")
    if isinstance(p, complex) or p <= 0:
        raise RuntimeError(f"renorm: non-positive-norm not supported, got p = {p}")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    _check_floating("renorm", input)
    others = tuple(i for i in range(input.ndim) if i != dim)
    half = input.dtype.itemsize == 2
    wide = dtypes.float32 if half else None
    above = k.linalg_vector_norm(input.detach(), p, others, True, dtype=wide) > maxnorm
    norms = k.linalg_vector_norm(k.where(above, input, 1.0), p, others, True, dtype=wide)  # no gradient where it is NaN
    # 1e-7 is PyTorch's guard against division by zero
    factor = k.where(above, maxnorm / (norms + 1e-7), 1.0)
    return k.contiguous(input * factor.to(input.dtype if half else norms.dtype))
