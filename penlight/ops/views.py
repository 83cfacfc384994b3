"""Views: other shapes and strides on the same memory."""

from __future__ import annotations

import math

from penlight.base import dtypes
from penlight.base.dims import dimension, int_list
from penlight.ops.table import composite, op, view

__all__: list[str] = []


def strided(xp, array, shape, strides, parts=None):
    """A view with the given shape and byte strides, starting at the array's first element; `parts`: their dtype."""
    dtype = parts or array.dtype
    if array.__class__ is xp.ndarray:  # 10x faster than as_strided, whose result does not tell whose memory it is
        if array.flags.c_contiguous:
            return xp.ndarray(shape, dtype, array, 0, strides)
        root = array
        while root.base.__class__ is xp.ndarray:
            root = root.base
        if root.flags.c_contiguous and array.size:
            start = array.__array_interface__["data"][0] - root.__array_interface__["data"][0]
            return xp.ndarray(shape, dtype, root, start, strides)
    return xp.lib.stride_tricks.as_strided(array.real if parts else array, shape, strides)


def root_buffer(xp, array):
    """(an array that spans the whole memory, in row-major order; the byte offset of `array` in it)."""
    root = array
    while root.base.__class__ is xp.ndarray:
        root = root.base
    if not root.flags.c_contiguous:
        root = root.transpose(sorted(range(root.ndim), key=lambda d: -root.strides[d]))
    if not root.flags.c_contiguous:
        raise RuntimeError("a tensor on a strided array from outside cannot be viewed with other strides; clone() it")
    return root, array.__array_interface__["data"][0] - root.__array_interface__["data"][0]


def _negative_size(shape):
    i = next((i for i, n in enumerate(shape) if n < -1), None)
    if i is not None:
        raise RuntimeError(f"invalid shape dimension {shape[i]} at index {i} of shape {list(shape)}")


def infer_size(shape, count):
    """Replace the -1 of a shape. Raises RuntimeError where the element count does not fit."""
    if -1 in shape:
        _negative_size(shape)
        if shape.count(-1) > 1:
            raise RuntimeError("only one dimension can be inferred")
        known = -math.prod(shape)
        if known == 0:
            if count == 0:
                raise RuntimeError(
                    f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified dimension "
                    "size "
                    "-1 can be any value and is ambiguous"
                )
            raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
        if count % known:
            raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
        return tuple(count // known if n == -1 else n for n in shape)
    if math.prod(shape) != count:
        _negative_size(shape)
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
    for n in shape:
        if n < 0:
            _negative_size(shape)
    return shape


def view_array(xp, array, shape):
    """A NumPy view of another shape, or None where the strides do not allow it."""
    try:
        return array.reshape(shape, copy=False)
    except ValueError:
        return None


@view(
    "_view(Tensor input, any size)",
    on="",
    grad_name="ViewBackward0",
    vjp={"input": lambda k, g, input_shape: k.reshape(g, input_shape)},
)
def _view(xp, input, size):
    """The same elements in another shape, on the same memory."""
    shape = infer_size(tuple(size), input.size)
    if input.flags.c_contiguous:
        return input.reshape(shape)
    result = view_array(xp, input, shape)
    if result is None:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return result


@op(
    "_reshape_copy(Tensor input, any size)",
    on="",
    grad_name="UnsafeViewBackward0",
    vjp={"input": lambda k, g, input_shape: k.reshape(g, input_shape)},
    half="direct",
)
def _reshape_copy(xp, input, size):
    """The same elements in another shape, copied."""
    return input.reshape(infer_size(tuple(size), input.size)).copy()


@view(
    "_reshape_alias(Tensor input, any size)",
    on="",
    grad_name="ReshapeAliasBackward0",
    vjp={"input": lambda k, g, input_shape: k.reshape(g, input_shape)},
)
def _reshape_alias(xp, input, size):
    """Another shape on the memory of an array that is not contiguous but allows it."""
    return view_array(xp, input, size)


@composite("reshape(Tensor input, *any shape)")
def reshape(k, input, shape):
    """The same elements in another shape: a view where possible, else a copy.

    Raises: RuntimeError when the element counts differ.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.reshape.html

    >>> import penlight as torch
    >>> torch.arange(4).reshape(2, -1)
    tensor([[0, 1],
            [2, 3]])
    """
    a = getattr(input, "_a", None)
    if a is None:
        return input.reshape(shape)
    shape = int_list(shape)
    if a.flags.c_contiguous:
        return k._view(input, shape)
    shape = infer_size(shape, a.size)
    return k._reshape_copy(input, shape) if view_array(None, a, shape) is None else k._reshape_alias(input, shape)


@composite("reshape_as(Tensor input, Tensor other)", on="Tensor")
def reshape_as(k, input, other):
    """`reshape` to the shape of `other`."""
    return k.reshape(input, other.shape)


@composite("view(Tensor input, *any size, *, dtype dtype=None)", on="Tensor")
def view_of_memory(k, input, size, dtype=None):
    """The same memory in another shape, or read as another dtype.

    Raises: RuntimeError where the strides do not allow the shape.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.view.html
    """
    if dtype is not None or len(size) == 1 and not hasattr(size[0], "_a") and (
        hasattr(size[0], "is_floating_point") or size[0] in (float, bool, complex, int)
    ):
        return _view_as_dtype(k, input, dtypes.of(size[0]) if dtype is None else dtype)
    return k._view(input, int_list(size))


def _view_as_dtype(k, input, dtype):
    old, new = input.dtype.itemsize, dtype.itemsize
    if old != new:
        if input.ndim == 0:
            raise RuntimeError(
                f"self.dim() cannot be 0 to view {input.dtype.legacy} as {dtype.legacy} (different element sizes)"
            )
        if input.stride(-1) != 1:
            raise RuntimeError(
                f"self.stride(-1) must be 1 to view {input.dtype.legacy} as {dtype.legacy} (different element "
                "sizes), but "
                f"got {input.stride(-1)}"
            )
        if new > old and input.shape[-1] * old % new:
            raise RuntimeError(
                f"self.size(-1) must be divisible by {new // old} to view {input.dtype.legacy} as {dtype.legacy} "
                "(different "
                f"element sizes), but got {input.shape[-1]}"
            )
    result = k._view_dtype(input, dtype.np)
    result._view = None  # to autograd it is a tensor of its own
    return result


@view("_view_dtype(Tensor input, any numpy_dtype)", on="")
def _view_dtype(xp, input, numpy_dtype):
    """The same bytes as another dtype."""
    return input.view(numpy_dtype)


@composite("view_as(Tensor input, Tensor other)", on="Tensor")
def view_as(k, input, other):
    """`view` with the shape of `other`."""
    return k._view(input, other.shape)


@op(
    "_unsafe_view(Tensor input, ints size)",
    on="torch",
    vjp={"input": lambda k, g, input_shape: k.reshape(g, input_shape)},
    half="direct",
)
def _unsafe_view(xp, input, size):
    """Another shape of what nobody else holds: no view."""
    return input.reshape(infer_size(size, input.size))


@composite("flatten(Tensor input, int start_dim=0, int end_dim=-1)")
def flatten(k, input, start_dim=0, end_dim=-1):
    """Merge the dimensions from `start_dim` to `end_dim`: a view where possible.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.flatten.html
    """
    shape = getattr(input, "_a", input).shape
    start, end = dimension(start_dim, len(shape)), dimension(end_dim, len(shape))
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not shape:
        return k.reshape(input, (1,))
    if start == end:
        return input
    return k.reshape(input, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


@composite("unflatten(Tensor input, int dim, ints sizes)")
def unflatten(k, input, dim, sizes):
    """Split a dimension into several; one of the sizes may be -1.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.unflatten.html
    """
    shape = input.shape
    dim, sizes = dimension(dim, len(shape)), int_list(sizes)
    if not sizes or not shape:
        raise RuntimeError(f"unflatten: expected a tensor with dimensions and sizes for one, got {list(shape)} and {sizes}")
    try:
        sizes = infer_size(sizes, shape[dim] if shape else 1)
    except RuntimeError:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} ({shape[dim]}) in "
            "the input "
            "tensor"
        ) from None
    return k._view(input, (*shape[:dim], *sizes, *shape[dim + 1 :]))


@composite("ravel(Tensor input)")
def ravel(k, input):
    """One dimension: a view where possible."""
    return k._view(k.contiguous(input), (-1,))


@composite("contiguous(Tensor input, *, any memory_format=None)", on="Tensor")
def contiguous(k, input, memory_format=None):
    """Itself where elements lie in row-major order (or that of `memory_format`), else a copy that does.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.contiguous.html
    """
    a = getattr(input, "_a", None)
    if a is None:
        return input.copy()
    if memory_format is None or memory_format.name == "contiguous_format":
        return input if a.flags.c_contiguous else k._contiguous(input)
    if memory_format.name == "preserve_format":
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    return input if input.is_contiguous(memory_format=memory_format) else k.clone(input, memory_format=memory_format)


@op("_contiguous(Tensor input)", on="", half="direct", grad_name="CloneBackward0", vjp={"input": lambda k, g: g})
def _contiguous(xp, input):
    """A copy in row-major order."""
    return input.copy()


@view(
    "expand(Tensor input, *any size)",
    on="Tensor",
    vjp={"input": lambda k, g, input_shape: k.sum_to_size(g, input_shape)},
)
def expand(xp, input, size):
    """Repeat length-1 dimensions without copying; -1 keeps a length.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.expand.html
    """
    size = int_list(size)
    extra = len(size) - input.ndim
    if extra < 0:
        raise RuntimeError(
            f"expand({list(size)}): the number of sizes provided ({len(size)}) must be greater or equal to the "
            "number of "
            f"dimensions in the tensor ({input.ndim})"
        )
    shape, strides = [], []
    for i in reversed(range(len(size))):  # the last dimension that does not fit is named
        n = size[i]
        own = input.shape[i - extra] if i >= extra else 1
        if n == -1:
            if i < extra:
                raise RuntimeError(
                    f"The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {i}"
                )
            n = own
        if own != n and own != 1:
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({own}) at non-singleton "
                f"dimension {i}."
                f"  Target sizes: {list(size)}.  Tensor sizes: {list(input.shape)}"
            )
        shape.append(n)
        strides.append(input.strides[i - extra] if own == n and i >= extra else 0)
    return strided(xp, input, shape[::-1], strides[::-1])


@composite("expand_as(Tensor input, Tensor other)", on="Tensor")
def expand_as(k, input, other):
    """`input` expanded to the shape of `other`."""
    return k.expand(input, other.shape)


@composite("sum_to_size(Tensor input, *any size)", on="Tensor")
def sum_to_size(k, input, size):
    """Sum dimensions so that the result has `size`, which must be broadcastable to the shape of `input`."""
    size = int_list(size)
    if not size:
        return k.sum(input)
    extra = len(input.shape) - len(size)
    dims = tuple(range(extra)) + tuple(i + extra for i, n in enumerate(size) if n == 1 and input.shape[i + extra] != 1)
    if any(n not in (1, input.shape[i + extra]) for i, n in enumerate(size)) or extra < 0:
        raise RuntimeError(f"size {{{list(size)}}} is not expandable to size {{{list(input.shape)}}}.")
    if not dims:
        return input
    return k.reshape(k.sum(input, dims, True), size)


@composite("broadcast_to(Tensor input, *any size)")
def broadcast_to(k, input, size):
    """`input` expanded to a shape; a view.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.broadcast_to.html
    """
    return k.expand(input, int_list(size))
