"""Products built on the matrix product: added products, outer products, tensor contractions, powers."""

from __future__ import annotations

import math
import warnings

from penlight.base.dims import dimension, items
from penlight.base.dtypes import from_numpy
from penlight.base.warning import warn_once
from penlight.ops.kinds import refuse, wrapped
from penlight.ops.matmul import _batched, _check_bmm, _check_mm, _check_mv, product, wide
from penlight.ops.sums import accurate_sum
from penlight.ops.table import composite, op

__all__: list[str] = []


def _scaled(value, factor):
    return value if factor == 1 else value * wrapped(factor, value.dtype)


def _combine(xp, input, term, beta, alpha, dtype):
    """beta * input + alpha * term, in the input's dtype; beta 0 ignores the input (NaN in it too).

    For integers, factors are cut to integers, as in PyTorch.
    """
    try:
        input = xp.broadcast_to(input, term.shape)
    except ValueError:
        shape = input.shape
        axis = next((i for i in range(1, len(shape) + 1) if i > term.ndim or shape[-i] not in (1, term.shape[-i])), 1)
        if axis > term.ndim:
            raise RuntimeError(
                f"expand: the number of sizes provided ({term.ndim}) must be greater or equal to the number of dimensions "
                f"in the tensor ({len(shape)})"
            ) from None
        raise RuntimeError(
            f"The expanded size of the tensor ({term.shape[-axis]}) must match the existing size ({shape[-axis]}) at "
            f"non-singleton dimension {term.ndim - axis}.  Target sizes: {list(term.shape)}.  Tensor sizes: {list(shape)}"
        ) from None
    result = _scaled(term, alpha)
    if dtype.kind in "iu":
        beta = int(wrapped(beta, dtype))
    if beta != 0:
        result = result + _scaled(wide(input), beta)
    return result.astype(dtype, copy=False)


def _check_self(input, term):
    if input.dtype != term.dtype:
        raise RuntimeError(
            f"self and mat2 must have the same dtype, but got {from_numpy(input.dtype).legacy} and "
            f"{from_numpy(term.dtype).legacy}"
        )


def conjugate(value):
    return value.conjugate() if isinstance(value, complex) else value


def _times(g, factor):
    return g if factor == 1 else g * conjugate(factor)


def _input_rule(k, g, input_shape, beta):
    return k.sum_to_size(_times(g, beta), input_shape)


@op(
    "addmm(Tensor input, Tensor mat1, Tensor mat2, *, number beta=1, number alpha=1)",
    inplace=True,
    out=True,
    half="direct",
    vjp={
        "input": _input_rule,
        "mat1": lambda k, g, mat2, alpha: _times(k.mm(g, k.conjugate(k.t(mat2))), alpha),
        "mat2": lambda k, g, mat1, alpha: _times(k.mm(k.conjugate(k.t(mat1)), g), alpha),
    },
)
def addmm(xp, input, mat1, mat2, beta, alpha):
    """beta * input + alpha * (mat1 @ mat2).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.addmm.html
    """
    for name, value in (("mat1", mat1), ("mat2", mat2)):
        if value.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix, got {value.ndim}-D tensor")
    _check_mm(mat1, mat2)
    _check_self(input, mat1)
    return _combine(xp, input, product(xp, wide(mat1), wide(mat2)), beta, alpha, mat1.dtype)


@op(
    "addmv(Tensor input, Tensor mat, Tensor vec, *, number beta=1, number alpha=1)",
    inplace=True,
    out=True,
    half="direct",
    vjp={
        "input": _input_rule,
        "mat": lambda k, g, vec, alpha: _times(k.unsqueeze(g, 1) * k.conjugate(vec), alpha),
        "vec": lambda k, g, mat, alpha: _times(k.mv(k.conjugate(k.t(mat)), g), alpha),
    },
)
def addmv(xp, input, mat, vec, beta, alpha):
    """beta * input + alpha * (mat @ vec).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.addmv.html
    """
    refuse("addmv_impl_cpu", "b", mat)
    if mat.ndim != 2 or vec.ndim != 1 or input.ndim > 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {input.ndim}, {mat.ndim}, {vec.ndim}")
    rows = input.shape[0] if input.ndim else 1
    if mat.shape[1] != vec.shape[0] or rows not in (1, mat.shape[0]):
        raise RuntimeError(
            f"size mismatch, got input ({rows}), mat ({mat.shape[0]}x{mat.shape[1]}), vec ({vec.shape[0]})"
        )
    _check_mv(mat, vec, rows)
    _check_self(input, mat)
    return _combine(xp, input, wide(mat).dot(wide(vec)), beta, alpha, mat.dtype)


@op(
    "baddbmm(Tensor input, Tensor batch1, Tensor batch2, *, number beta=1, number alpha=1)",
    inplace=True,
    out=True,
    half="direct",
    vjp={
        "input": _input_rule,
        "batch1": lambda k, g, batch2, alpha: _times(k.bmm(g, k.conjugate(k.transpose(batch2, 1, 2))), alpha),
        "batch2": lambda k, g, batch1, alpha: _times(k.bmm(k.conjugate(k.transpose(batch1, 1, 2)), g), alpha),
    },
)
def baddbmm(xp, input, batch1, batch2, beta, alpha):
    """beta * input + alpha * (batch1 @ batch2), for batches of matrices.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.baddbmm.html
    """
    _check_bmm(batch1, batch2)
    _check_self(input, batch1)
    return _combine(xp, input, _batched(xp, wide(batch1), wide(batch2)), beta, alpha, batch1.dtype)


@op(
    "addbmm(Tensor input, Tensor batch1, Tensor batch2, *, number beta=1, number alpha=1)",
    out=True,
    half="direct",
    vjp={
        "input": _input_rule,
        "batch1": lambda k, g, batch2, alpha: _times(k.matmul(g, k.conjugate(k.transpose(batch2, 1, 2))), alpha),
        "batch2": lambda k, g, batch1, alpha: _times(k.matmul(k.conjugate(k.transpose(batch1, 1, 2)), g), alpha),
    },
)
def addbmm(xp, input, batch1, batch2, beta, alpha):
    """beta * input + alpha * the sum over the batch of batch1 @ batch2. Shape: (n, p), (b, n, m), (b, m, p) -> (n, p).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.addbmm.html
    """
    _check_bmm(batch1, batch2)
    _check_self(input, batch1)
    b, n, m = batch1.shape
    # one product over the joint dimension b * m is the sum over the batch
    term = product(xp, wide(batch1).transpose(1, 0, 2).reshape(n, b * m), wide(batch2).reshape(b * m, batch2.shape[2]))
    return _combine(xp, input, term, beta, alpha, batch1.dtype)


@composite(
    "_addbmm_in_place(Tensor input, Tensor batch1, Tensor batch2, *, number beta=1, number alpha=1)",
    on="Tensor:addbmm_",
)
def _addbmm_in_place(k, input, batch1, batch2, beta, alpha):
    """`addbmm`, stored into this tensor, which takes the result's shape."""
    result = k.addbmm(input, batch1, batch2, beta=beta, alpha=alpha)
    if result.shape != input.shape:
        input.resize_(tuple(result.shape))
    return input.copy_(result)


def _mv(k, matrix, vector):
    """Their product, also of two dtypes."""
    return k.mv(matrix, vector) if matrix.dtype == vector.dtype else k.sum(matrix * vector, (1,))


@op(
    "addr(Tensor input, Tensor vec1, Tensor vec2, *, number beta=1, number alpha=1)",
    inplace=True,
    out=True,
    promote="arith",
    half="direct",
    vjp={
        "input": _input_rule,
        "vec1": lambda k, g, vec2, alpha: _times(_mv(k, g, k.conjugate(vec2)), alpha),
        "vec2": lambda k, g, vec1, alpha: _times(_mv(k, k.t(g), k.conjugate(vec1)), alpha),
    },
)
def addr(xp, input, vec1, vec2, beta, alpha):
    """beta * input + alpha * outer(vec1, vec2).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.addr.html
    """
    for name, value in (("vec1", vec1), ("vec2", vec2)):
        if value.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument {name}, but got {value.ndim}-D")
    for name, value in (("beta", beta), ("alpha", alpha)):
        if value.__class__ is bool and input.dtype != bool:
            raise RuntimeError(f"Boolean {name} only supported for Boolean results.")
        if input.dtype.kind in "biu" and isinstance(value, float):
            raise RuntimeError(f"For integral input tensors, argument {name} must not be a floating point number.")
    shape = (vec1.size, vec2.size)
    if input.ndim > 2 or any(n not in (1, m) for n, m in zip(input.shape[::-1], shape[::-1])):
        raise RuntimeError(f"size mismatch, input: {list(input.shape)}, v1: [{vec1.size}], v2: [{vec2.size}]")
    if input.dtype == bool:
        term = xp.multiply.outer(vec1, vec2) & bool(alpha)
        return term | xp.broadcast_to(input, term.shape) if beta else term
    # in 16 bits PyTorch rounds every product
    return _combine(xp, _scaled(input, beta), xp.multiply.outer(_scaled(vec1, alpha), vec2), int(beta != 0), 1, input.dtype)


@composite("outer(Tensor input, Tensor vec2)", out=True, aliases="ger")
def outer(k, input, vec2):
    """All products of two vectors' elements. Shape: (n), (m) -> (n, m).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.outer.html
    """
    for name, value in (("self", input), ("vec2", vec2)):
        if value.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {value.ndim}-D")
    return k.reshape(input, (-1, 1)) * vec2 if input.shape[0] else k.reshape(input, (0, 1)) * vec2


@composite("inner(Tensor input, Tensor other)", out=True)
def inner(k, input, other):
    """The sum of products over the last dimensions; of a scalar and a tensor, their product.

    Shape: (*, n), (@, n) -> (*, @). Source: https://docs.pytorch.org/docs/stable/generated/torch.inner.html
    """
    if not input.ndim or not other.ndim:
        return input * other
    if input.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            f"inner() the last dimension must match on both input tensors but got shapes {list(input.shape)} and "
            f"{list(other.shape)}"
        )
    if input.ndim == other.ndim == 1:  # which autocast leaves alone
        return k.dot(input, other)
    return k.tensordot(input, other, ([-1], [-1]))


@composite("tensordot(Tensor a, Tensor b, any dims=2)", on="torch", out=True)
def tensordot(k, a, b, dims=2):
    """The sum of products over `dims`: the last and first `dims` dimensions, or two lists of dimensions.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.tensordot.html
    """
    if hasattr(dims, "_a"):
        dims = int(dims) if dims.numel() == 1 else dims.tolist()
    elif not isinstance(dims, (int, tuple, list)):
        raise RuntimeError(f"tensordot expects dims to be int or two lists of dimensions, but got {dims!r}")
    if isinstance(dims, (tuple, list)):
        if len(dims) != 2:
            raise ValueError(f"tensordot expects dims to be int or two lists of dimensions, but got {dims!r}")
        dims_a, dims_b = (items(d, "dims", "tensordot", 3) for d in dims)
    else:
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims_a, dims_b = tuple(range(-dims, 0)), tuple(range(dims))
    if len(dims_a) != len(dims_b):
        raise RuntimeError(f"both dimension lists should have same length, got {list(dims_a)} and {list(dims_b)}")
    for i, j in zip(dims_a, dims_b):
        if a.shape[dimension(i, a.ndim)] != b.shape[dimension(j, b.ndim)] and 1 not in (a.shape[i], b.shape[j]):
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {a.shape[i]} in dim {i} and second has size "
                f"{b.shape[j]} in dim {j}"
            )
    dims_a = [dimension(d, a.ndim) for d in dims_a]
    dims_b = [dimension(d, b.ndim) for d in dims_b]
    for i, j in zip(dims_a, dims_b):  # a length of 1 is broadcast: its partner may be summed first
        if b.shape[j] == 1:
            a = k.sum(a, i, True, dtype=a.dtype)
        elif a.shape[i] == 1:
            b = k.sum(b, j, True, dtype=b.dtype)
    free_a = [i for i in range(a.ndim) if i not in dims_a]
    free_b = [i for i in range(b.ndim) if i not in dims_b]
    shape = [a.shape[i] for i in free_a] + [b.shape[i] for i in free_b]
    joint = math.prod([a.shape[i] for i in dims_a])
    left = k.reshape(k.permute(a, (*free_a, *dims_a)), (math.prod([a.shape[i] for i in free_a]), joint))
    right = k.reshape(k.permute(b, (*dims_b, *free_b)), (joint, math.prod([b.shape[i] for i in free_b])))
    return k.reshape(k.mm(left, right), tuple(shape))


@composite("kron(Tensor input, Tensor other)", out=True)
def kron(k, input, other):
    """The Kronecker product: every element of `input` times all of `other`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.kron.html
    """
    n = max(input.ndim, other.ndim)
    a = (1,) * (n - input.ndim) + tuple(input.shape)
    b = (1,) * (n - other.ndim) + tuple(other.shape)
    left = k.reshape(input, tuple([v for size in a for v in (size, 1)]))
    right = k.reshape(other, tuple([v for size in b for v in (1, size)]))
    return k._unsafe_view(left * right, tuple([x * y for x, y in zip(a, b)]))


def _chain_order(sizes):
    """Where to split a chain of matrix products with the fewest multiplications (dynamic programming)."""
    n = len(sizes) - 1
    cost = [[0] * n for _ in range(n)]
    split = [[0] * n for _ in range(n)]
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i][j], split[i][j] = min(
                (cost[i][s] + cost[s + 1][j] + sizes[i] * sizes[s + 1] * sizes[j + 1], s) for s in range(i, j)
            )
    return split


def _chain(k, matrices):
    split = _chain_order([matrices[0].shape[0]] + [m.shape[1] for m in matrices])

    def multiply(i, j):
        return matrices[i] if i == j else k.mm(multiply(i, split[i][j]), multiply(split[i][j] + 1, j))

    return multiply(0, len(matrices) - 1)


@composite("linalg_multi_dot(Tensors tensors)", on="linalg", out=True)
def multi_dot(k, tensors):
    """The product of several matrices, in the order of fewest multiplications; the first and last may be vectors.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.multi_dot.html
    """
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    tensors = list(tensors)
    drop_first, drop_last = tensors[0].ndim == 1, tensors[-1].ndim == 1
    if drop_first:
        tensors[0] = k.unsqueeze(tensors[0], 0)
    if drop_last:
        tensors[-1] = k.unsqueeze(tensors[-1], 1)
    for i, t in enumerate(tensors):
        if t.ndim != 2:
            place = "1D or 2D" if i in (0, len(tensors) - 1) else "2D"
            raise RuntimeError(f"multi_dot(): tensor {i} must be {place} but got {t.ndim}D")
        if t.dtype is not tensors[0].dtype and t.dtype != tensors[0].dtype:
            raise RuntimeError(
                f"multi_dot(): all tensors must have be the same dtype but tensor 0 is {tensors[0].dtype!r} and tensor "
                f"{i} {t.dtype!r}"
            )
        if i and tensors[i - 1].shape[1] != t.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {i - 1} and {i} with shapes {list(tensors[i - 1].shape)} and {list(t.shape)} cannot "
                "be multiplied"
            )
    result = _chain(k, tensors)
    if drop_first:
        result = k.squeeze(result, 0)
    return k.squeeze(result, -1) if drop_last else result


@composite("chain_matmul(*any matrices)", on="torch")
def chain_matmul(k, matrices):
    """The product of several matrices; `torch.linalg.multi_dot` is its successor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.chain_matmul.html
    """
    warnings.warn(
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot "
        "instead.", UserWarning, stacklevel=3,
    )  # fmt: skip
    for m in matrices:
        if m.ndim != 2:
            raise RuntimeError(f"Tensor dimension is {m.ndim}, expected 2 instead.")
    return k.clone(matrices[0]) if len(matrices) == 1 else k.linalg_multi_dot(matrices)


@op("trace(Tensor input)", vjp={"input": lambda k, g, input_shape: k._trace_grad(g, input_shape)})
def trace(xp, input):
    """The sum of a matrix's diagonal. Shape: (n, m) -> ().

    Source: https://docs.pytorch.org/docs/stable/generated/torch.trace.html
    """
    refuse("trace", "b", input)
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    return accurate_sum(xp, input.diagonal())


@op("_trace_grad(Tensor value, any shape)", on="", vjp={"value": lambda k, g: k.trace(g)})
def _trace_grad(xp, value, shape):
    """A matrix with a scalar on its diagonal."""
    result = xp.zeros(shape, value.dtype)
    xp.fill_diagonal(result[: shape[1]], value)  # a tall matrix would be filled again below
    return result


@composite("linalg_matrix_power(Tensor A, int n)", on="linalg", out=True)
def linalg_matrix_power(k, A, n):
    """The n-th power of square matrices; negative powers are those of the inverse. Shape: (*, m, m) -> same.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.matrix_power.html
    """
    if A.ndim < 2:
        raise RuntimeError("linalg.matrix_power: The input tensor A must have at least 2 dimensions.")
    if A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            f"linalg.matrix_power: A must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} matrices"
        )
    if n == 0:
        return k._identity_like(A)
    if n == 1:
        return k.clone(k.contiguous(A))
    if n < 0:
        A, n = k.linalg_inv(A), -n
    result = None
    while n:  # binary exponentiation
        if n & 1:
            result = A if result is None else k.matmul(result, A)
        n >>= 1
        if n:
            A = k.matmul(A, A)
    return result


@op("_identity_like(Tensor input)", on="", half="direct", vjp={"input": lambda k, g: k._zeros(g)})
def _identity_like(xp, input):
    """Identity matrices of the input's shape and dtype."""
    result = xp.zeros(input.shape, input.dtype)
    result[...] = xp.eye(input.shape[-1]).astype(input.dtype)
    return result


@composite("matrix_power(Tensor input, int n)", out=True)
def matrix_power(k, input, n):
    """The n-th power of square matrices.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.matrix_power.html
    """
    return k.linalg_matrix_power(input, n)


@op(
    "_cross(Tensor input, Tensor other, int dim)",
    on="",
    grad_name="LinalgCrossBackward0",
    vjp={
        "input": lambda k, g, other, input_shape, dim: k.sum_to_size(k._cross(k.conjugate(other), g, dim), input_shape),
        "other": lambda k, g, input, other_shape, dim: k.sum_to_size(k._cross(g, k.conjugate(input), dim), other_shape),
    },
)
def _cross(xp, a, b, dim):
    """Cross products along `dim` of length 3, with broadcasting; dim counts from the end."""
    refuse("cross", "b", a, b)
    a, b = xp.broadcast_arrays(a, b)
    a, b = xp.moveaxis(a, dim, 0), xp.moveaxis(b, dim, 0)
    result = xp.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])
    return xp.ascontiguousarray(xp.moveaxis(result, 0, dim))


@composite("linalg_cross(Tensor input, Tensor other, *, int dim=-1)", on="linalg", out=True)
def linalg_cross(k, input, other, dim=-1):
    """The cross product of vectors of length 3 along `dim`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.cross.html
    """
    if input.ndim != other.ndim:
        raise RuntimeError(
            f"linalg.cross: inputs must have the same number of dimensions. Got {input.ndim} and {other.ndim}"
        )
    at = dimension(dim, input.ndim)
    if input.shape[at] != 3 or other.shape[at] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {input.shape[at]} and {other.shape[at]}"
        )
    if input.dtype is not other.dtype:
        d = k.result_type(input, other)
        input, other = input.to(d), other.to(d)
    if not _broadcastable(input.shape, other.shape):
        raise RuntimeError(f"linalg.cross: the shapes {list(input.shape)} and {list(other.shape)} do not broadcast")
    return k._cross(input, other, at - input.ndim)


def _broadcastable(a, b):
    return all(x == y or 1 in (x, y) for x, y in zip(reversed(a), reversed(b)))


@composite("cross(Tensor input, Tensor other, int dim=None)", out=True)
def cross(k, input, other, dim=None):
    """The cross product along `dim`, or along the first dimension of length 3.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cross.html
    """
    if dim is None:
        warn_once(
            "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or "
            "simply use torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in "
            "a future release."
        )
        dim = next((i for i, n in enumerate(input.shape) if n == 3), None)
        if dim is None:
            raise RuntimeError(f"no dimension of size 3 in input of shape {list(input.shape)}")
    return k.linalg_cross(input, other, dim=dim)


@composite("linalg_vecdot(Tensor x, Tensor y, *, int dim=-1)", on="linalg", out=True)
def linalg_vecdot(k, x, y, dim=-1):
    """sum(conj(x) * y) along `dim`, with broadcasting.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.vecdot.html
    """
    if x.ndim == 1 == y.ndim and x.shape != y.shape:  # two vectors do not broadcast
        raise RuntimeError(f"inconsistent tensor size, expected x and y of one length, but got {x.numel()} and {y.numel()}")
    if not (x.dtype.is_floating_point or x.dtype.is_complex):
        raise RuntimeError(f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {x.dtype.legacy}")
    return k.sum(k.conjugate(x) * y, dim)


@composite("linalg_diagonal(Tensor A, *, int offset=0, int dim1=-2, int dim2=-1)", on="linalg")
def linalg_diagonal(k, A, offset=0, dim1=-2, dim2=-1):
    """`torch.diagonal` of the last two dimensions."""
    return k.diagonal(A, offset, dim1, dim2)


@composite("linalg_matmul(Tensor input, Tensor other)", on="linalg", out=True)
def linalg_matmul(k, input, other):
    """`torch.matmul`."""
    return k.matmul(input, other)
