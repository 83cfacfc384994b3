"""Views that reorder, drop, add or cut dimensions."""

from __future__ import annotations

from penlight.base.dims import dimension, int_list, read, whole
from penlight.base.geometry import apart, placed, span
from penlight.ops.table import composite, op, view
from penlight.ops.views import root_buffer, strided

__all__: list[str] = []


def _inverse(dims):
    result = [0] * len(dims)
    for i, d in enumerate(dims):
        result[d] = i
    return tuple(result)


@view(
    "permute(Tensor input, *any dims)",
    vjp={"input": lambda k, g, dims, input_shape: k.permute(g, _inverse([d % len(input_shape) for d in dims]))},
)
def permute(xp, input, dims):
    """Reorder dimensions; a view.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.permute.html

    >>> import penlight as torch
    >>> torch.zeros(2, 3, 4).permute(2, 0, 1).shape
    torch.Size([4, 2, 3])
    """
    if len(dims) != input.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) = {len(dims)}"
        )
    n = input.ndim
    order = tuple([dimension(d if d.__class__ is int else whole(d, "dims", None, i), n) for i, d in enumerate(dims)])
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return input.transpose(order)


@view(
    "transpose(Tensor input, dim dim0, dim dim1)",
    aliases="swapaxes swapdims",
    vjp={"input": lambda k, g, dim0, dim1: k.transpose(g, dim0, dim1)},
)
def transpose(xp, input, dim0, dim1):
    """Swap two dimensions; a view.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.transpose.html

    >>> import penlight as torch
    >>> torch.zeros(2, 3).transpose(0, 1).shape
    torch.Size([3, 2])
    """
    return input.swapaxes(dim0, dim1) if input.ndim else input[...]


@view("t(Tensor input)", grad_name="TBackward0", vjp={"input": lambda k, g: k.t(g)})
def t(xp, input):
    """The transpose of a matrix; vectors and scalars as they are. A view."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return input.T if input.ndim == 2 else input[...]


@composite("adjoint(Tensor input)")
def adjoint(k, input):
    """The conjugate transpose of the last two dimensions."""
    if input.ndim < 2:
        raise RuntimeError(
            f"tensor.adjoint() is only supported on matrices or batches of matrices. Got {input.ndim}-D tensor."
        )
    moved = k.transpose(input, -2, -1)
    return k.conj(moved)


@composite("movedim(Tensor input, any source, any destination)", aliases="moveaxis")
def movedim(k, input, source, destination):
    """Move dimensions to other places; the rest keep their order. A view.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.movedim.html
    """
    if isinstance(source, (tuple, list)) is not isinstance(destination, (tuple, list)):
        raise TypeError(f"movedim() takes two ints or two tuples of ints, but got {source!r} and {destination!r}")
    if not isinstance(source, (tuple, list)):
        source, destination = read("int", source, "source", "movedim", 2), read("int", destination, "destination", "movedim", 3)
    source, destination = int_list(source), int_list(destination)
    ndim = input.ndim
    if len(source) != len(destination):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(source)} dims) should contain the same "
            "number of "
            f"dims as destination ({list(destination)} dims)"
        )
    source, destination = dimensions_named("source", source, ndim), dimensions_named("destination", destination, ndim)
    if ndim == 0:
        return k._item_alias(input, ...)
    order = [None] * ndim
    for s, d in zip(source, destination):
        order[d] = s
    rest = iter([d for d in range(ndim) if d not in source])
    return k.permute(input, tuple([next(rest) if d is None else d for d in order]))


def dimensions_named(what, dims, ndim):
    wrapped = tuple([dimension(d, ndim) for d in dims])
    if len(set(wrapped)) != len(wrapped):
        raise RuntimeError(f"movedim: repeated dim in `{what}` ({list(dims)})")
    return wrapped


@view(
    "unsqueeze(Tensor input, int dim)",
    vjp={"input": lambda k, g, input_shape: k.reshape(g, input_shape)},
)
def unsqueeze(xp, input, dim):
    """Insert a dimension of length 1 at `dim`; a view.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.unsqueeze.html
    """
    dim = dimension(dim, input.ndim + 1)
    return input[(*(slice(None),) * dim, None)] if dim else input[None]


def _declare_squeeze(name, number, argument):
    return view(
        f"{name}(Tensor input{argument})",
        on="",
        grad_name=f"SqueezeBackward{number}",
        vjp={"input": lambda k, g, input_shape: k.reshape(g, input_shape)},
    )


@_declare_squeeze("_squeeze_all", 0, "")
def _squeeze_all(xp, input):
    """Drop every dimension of length 1."""
    return input.squeeze()


def _squeeze(xp, input, dim):
    """Drop the given dimensions where they have length 1."""
    if input.ndim == 0:
        return input[...]
    dims = tuple([d for d in ((dim,) if dim.__class__ is int else dim) if input.shape[d] == 1])
    return input.squeeze(dims) if dims else input[...]


_declare_squeeze("_squeeze_dim", 1, ", dim dim")(_squeeze)
_declare_squeeze("_squeeze_dims", 2, ", dims dim")(_squeeze)


@composite("squeeze(Tensor input, ints1 dim=_MISSING)")
def squeeze(k, input, dim=None):
    """Drop dimensions of length 1: all of them, or those of `dim` that have length 1. A view.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.squeeze.html
    """
    if dim is None:
        return k._squeeze_all(input)
    if isinstance(dim, (tuple, list)):
        return k._squeeze_dims(input, tuple(dim))
    return k._squeeze_dim(input, dim)


# --- windows, diagonals, free geometry -----------------------------------------------------------------------------


@view(
    "unfold(Tensor input, dim dimension, int size, int step)",
    on="Tensor",
    vjp={
        "input": lambda k, g, input_shape, dimension, size, step: k._unfold_grad(g, input_shape, dimension, size, step)
    },
)
def unfold(xp, input, dimension, size, step):
    """Windows of `size` along a dimension, `step` apart, as a new last dimension; a view.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.unfold.html
    """
    n = input.shape[dimension] if input.ndim else 1
    if size > n:
        raise RuntimeError(f"maximum size for tensor at dimension {dimension} is {n} but size is {size}")
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    if input.ndim == 0:
        return input[None][:size]
    stride = input.strides[dimension]
    shape = list(input.shape)
    strides = list(input.strides)
    shape[dimension] = (n - size) // step + 1
    strides[dimension] = stride * step
    return strided(xp, input, (*shape, size), (*strides, stride))


@op(
    "_unfold_grad(Tensor grad, any input_shape, int dimension, int size, int step)",
    on="",
    grad_name="UnfoldBackwardBackward0",
    vjp={"grad": lambda k, g, dimension, size, step: k.unfold(g, dimension, size, step)},
)
def _unfold_grad(xp, g, input_shape, dimension, size, step):
    """Add windows back into their places."""
    result = xp.zeros(input_shape, g.dtype)
    if not input_shape:
        return result + g.sum(axis=-1).reshape(()) if size else result
    count = g.shape[dimension]
    before = (slice(None),) * dimension
    for i in range(size):
        result[(*before, slice(i, i + step * (count - 1) + 1, step))] += g[..., i]
    return result


@view(
    "diagonal(Tensor input, int offset=0, dim dim1=0, dim dim2=1)",
    vjp={
        "input": lambda k, g, input_shape, offset, dim1, dim2: k._put_diagonal(g, input_shape, offset, dim1, dim2),
    },
)
def diagonal(xp, input, offset, dim1, dim2):
    """The diagonal of two dimensions, as the last one; a view.

    Shape: (n, m) -> (min(n, m),) for offset 0.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.diagonal.html
    """
    if dim1 == dim2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    result = input.diagonal(offset, dim1, dim2)
    if input.flags.writeable:
        result.flags.writeable = True
    return result


@op(
    "_put_diagonal(Tensor grad, any shape, int offset, int dim1, int dim2)",
    on="",
    half="direct",
    grad_name="DiagonalBackwardBackward0",
    vjp={"grad": lambda k, g, offset, dim1, dim2: k.diagonal(g, offset, dim1, dim2)},
)
def _put_diagonal(xp, g, shape, offset, dim1, dim2):
    """Zeros with `g` on a diagonal."""
    result = xp.zeros(shape, g.dtype)
    place = result.diagonal(offset, dim1, dim2)
    place.flags.writeable = True
    place[...] = g
    return result


@composite("diag_embed(Tensor input, int offset=0, int dim1=-2, int dim2=-1)")
def diag_embed(k, input, offset=0, dim1=-2, dim2=-1):
    """Matrices with the last dimension of `input` on a diagonal, zeros elsewhere.

    Shape: (*, n) -> (*, n + |offset|, n + |offset|).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.diag_embed.html
    """
    ndim = input.ndim + 1
    dim1, dim2 = dimension(dim1, ndim), dimension(dim2, ndim)
    if dim1 == dim2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    n = input.shape[-1] + abs(offset)
    rest = iter(input.shape[:-1])
    shape = tuple([n if d in (dim1, dim2) else next(rest) for d in range(ndim)])
    return k._diag_embed(input, shape, offset, dim1, dim2)


@op(
    "_diag_embed(Tensor grad, any shape, int offset, int dim1, int dim2)",
    on="",
    half="direct",
    grad_name="DiagEmbedBackward0",
    vjp={"grad": lambda k, g, offset, dim1, dim2: k.diagonal(g, offset, dim1, dim2)},
)
def _diag_embed(xp, g, shape, offset, dim1, dim2):
    """Zeros with `g` on a diagonal."""
    return _put_diagonal.kernel(xp, g, shape, offset, dim1, dim2)


@composite("diag(Tensor input, int diagonal=0)", out=True)
def diag(k, input, diagonal=0):
    """The matrix with a vector on its diagonal, or the diagonal of a matrix (a copy).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.diag.html
    """
    if input.ndim == 1:
        return k.diag_embed(input, diagonal)
    if input.ndim == 2:
        return k._diagonal_copy(input, diagonal, 0, 1)
    raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")


@op(
    "_diagonal_copy(Tensor input, int offset, int dim1, int dim2)",
    on="",
    half="direct",
    grad_name="DiagonalBackward0_copy",
    vjp={"input": lambda k, g, input_shape, offset, dim1, dim2: k._put_diagonal(g, input_shape, offset, dim1, dim2)},
)
def _diagonal_copy(xp, input, offset, dim1, dim2):
    """The diagonal, copied."""
    if dim1 == dim2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return input.diagonal(offset, dim1, dim2).copy()


@composite("diagonal_copy(Tensor input, int offset=0, dim dim1=0, dim dim2=1)", on="torch", out=True)
def diagonal_copy(k, input, offset, dim1, dim2):
    """`diagonal`, copied."""
    return k._diagonal_copy(input, offset, dim1, dim2)


@composite("diagflat(Tensor input, int offset=0)")
def diagflat(k, input, offset=0):
    """The matrix with all elements on a diagonal."""
    return k.diag_embed(k.reshape(input, (-1,)), offset)


@composite("as_strided(Tensor input, ints size, ints stride, size storage_offset=None)", inplace=False)
def as_strided(k, input, size, stride, storage_offset=None):
    """A view of the storage with any shape, strides and offset (in elements).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.as_strided.html
    """
    size, stride = int_list(size), int_list(stride)
    if len(size) != len(stride):
        raise RuntimeError(f"mismatch in length of strides and shape: {list(size)}, {list(stride)}")
    if any(s < 0 for s in stride):
        raise RuntimeError(
            "as_strided: Negative strides are not supported at the moment, got strides: " + str(list(stride))
        )
    here = input.storage_offset()
    offset = 0 if storage_offset is None else int(storage_offset) - here
    if offset + here < 0:
        raise RuntimeError("Tensor: invalid storage offset " + str(offset + here))
    return k._as_strided(input, size, stride, offset, input.stride())


def _as_strided_rule(k, g, input_shape, size, stride, offset, own):
    return k._as_strided_grad(g, input_shape, size, stride, offset, own)


@view(
    "_as_strided(Tensor input, any size, any stride, int offset, any own)",
    on="",
    grad_name="AsStridedBackward0",
    vjp={"input": _as_strided_rule},
)
def _as_strided(xp, input, size, stride, offset, own):
    """A view with the given geometry; the offset counts from the input's first element."""
    item = input.itemsize
    buffer, start = root_buffer(xp, input)
    start += offset * item
    last = sum((n - 1) * s for n, s in zip(size, stride)) if 0 not in size else -1
    if start + (last + 1) * item > buffer.nbytes:
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {start // item}, and itemsize "
            f"{item} "
            f"requiring a storage size of {start + (last + 1) * item} are out of bounds for storage of size "
            f"{buffer.nbytes}"
        )
    if last < 0:
        start = min(start, buffer.nbytes)
    return xp.ndarray(size, input.dtype, buffer, start, tuple([s * item for s in stride]))


def _reread(xp, g, base, written, read):
    """`g`, added into a memory at one geometry, at another one; elements of the base on one place share what is there."""
    low, count = span(written, read)
    flat = xp.zeros(count, g.dtype)
    if apart(*written[:2]) and apart(*read[:2]):
        placed(flat, low, written)[...] = g
        return placed(flat, low, read)
    places = xp.arange(count)
    xp.add.at(flat, placed(places, low, written), g)
    sharing = xp.bincount(placed(places, low, base).reshape(-1), minlength=count)
    if sharing.max() > 1:
        flat = (flat / xp.maximum(sharing, 1)).astype(g.dtype)
    return flat[placed(places, low, read)]


@op(
    "_as_strided_grad(Tensor grad, any shape, any size, any stride, int offset, any own)",
    on="",
    grad_name="AsStridedBackwardBackward0",
    vjp={"grad": lambda k, g, size, stride, offset, own: k._as_strided_read(g, size, stride, offset, own)},
)
def _as_strided_grad(xp, g, shape, size, stride, offset, own):
    """Add `g` into the storage and read the input's elements from it (elements on one place share their gradient)."""
    return _reread(xp, g, (shape, own, 0), (size, stride, offset), (shape, own, 0))


@op(
    "_as_strided_read(Tensor grad, any size, any stride, int offset, any own)",
    on="",
    grad_name="AsStridedBackward0",
    vjp={
        "grad": lambda k, g, grad_shape, size, stride, offset, own: k._as_strided_grad(
            g, grad_shape, size, stride, offset, own
        )
    },
)
def _as_strided_read(xp, g, size, stride, offset, own):
    """The elements of `g`, laid out with the strides `own`, as a tensor of another geometry reads them."""
    return _reread(xp, g, (g.shape, own, 0), (g.shape, own, 0), (size, stride, offset))
