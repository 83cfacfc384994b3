"""Cutting a tensor into several views along a dimension."""

from __future__ import annotations

from penlight.base.dims import dimension, items, needs_dimension, read
from penlight.ops.table import composite, op

__all__: list[str] = []


@composite("unbind(Tensor input, dim dim=0)")
def unbind(k, input, dim):
    """The slices along a dimension, which disappears; views that share one node.

    Shape: (n, *) -> n times (*). Source: https://docs.pytorch.org/docs/stable/generated/torch.unbind.html

    >>> import penlight as torch
    >>> torch.unbind(torch.tensor([[1, 2], [3, 4]]))
    (tensor([1, 2]), tensor([3, 4]))
    """
    if input.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    return k._unbind(input, dim)


def _sizes(name, input, split_size, dim):
    if input.ndim == 0:
        raise RuntimeError(f"{name} expects at least a 1-dimensional tensor")
    n = input.shape[dim]
    if split_size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={split_size}")
    if split_size == 0:
        if n:
            raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {n}")
        return (0,)
    return tuple([min(split_size, n - i) for i in range(0, n, split_size)]) or (0,)


@composite("split(Tensor tensor, any split_size_or_sections, dim dim=0)", on="torch")
def split(k, tensor, split_size_or_sections, dim):
    """Parts of one length (the last may be shorter), or of the lengths of a list; views.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.split.html
    """
    if not isinstance(split_size_or_sections, int) and not hasattr(split_size_or_sections, "_a"):
        return k.split_with_sizes(tensor, split_size_or_sections, dim)
    size = split_size_or_sections
    if hasattr(size, "_a") and size.numel() != 1:
        raise TypeError(f"split(): argument 'split_size_or_sections' must be an int or ints, not a Tensor of {size.numel()}")
    sizes = _sizes("split", tensor, int(size) if hasattr(size, "_a") else read("size", size, "split_size", "split", 2), dim)
    return k._split(tensor, sizes, dim, "SplitBackward0")


@composite("_split_method(Tensor input, any split_size, dim dim=0)", on="Tensor:split")
def _split_method(k, input, split_size, dim):
    """`torch.split`, whose second argument the method calls by another name."""
    return k.split(input, split_size, dim)


@composite("split_with_sizes(Tensor input, ints split_sizes, dim dim=0)")
def split_with_sizes(k, input, split_sizes, dim):
    """Parts of the given lengths; views."""
    if input.ndim == 0:
        raise RuntimeError("split_with_sizes expects at least a 1-dimensional tensor")
    if any(n < 0 for n in split_sizes):
        raise RuntimeError(
            f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={list(split_sizes)}"
        )
    if sum(split_sizes) != input.shape[dim]:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {input.shape[dim]} (input tensor's size at "
            "dimension "
            f"{dim}), but got split_sizes={list(split_sizes)}"
        )
    return k._split(input, split_sizes, dim, "SplitWithSizesBackward0")


@op(
    "_unsafe_part(Tensor input, any index)",
    on="",
    half="direct",
    grad_name="UnsafeSplitBackward0",
    vjp={"input": lambda k, g, input_shape, index: k._put_item(g, input_shape, index)},
)
def _unsafe_part(xp, input, index):
    """A slice that shares memory and is no view for autograd: a change in place is not noticed."""
    return input[index]


def _unsafe_parts(k, input, parts, dim):
    before, end, result = (slice(None),) * dim, 0, []
    for part in parts:
        start, end = end, end + part.shape[dim]
        result.append(k._unsafe_part(input, (*before, slice(start, end))))
    return tuple(result)


@composite("unsafe_split(Tensor input, size split_size, dim dim=0)")
def unsafe_split(k, input, split_size, dim):
    """`split` into parts that share memory and are no views for autograd."""
    return _unsafe_parts(k, input, k.split(input.detach(), split_size, dim), dim)


@composite("unsafe_split_with_sizes(Tensor input, ints split_sizes, dim dim=0)")
def unsafe_split_with_sizes(k, input, split_sizes, dim):
    """`split_with_sizes` into parts that share memory and are no views for autograd."""
    return _unsafe_parts(k, input, k.split_with_sizes(input.detach(), split_sizes, dim), dim)


@composite("unsafe_chunk(Tensor input, int chunks, dim dim=0)")
def unsafe_chunk(k, input, chunks, dim):
    """`chunk` into parts that share memory and are no views for autograd."""
    return _unsafe_parts(k, input, k.chunk(input.detach(), chunks, dim), dim)


@composite("chunk(Tensor input, int chunks, dim dim=0)")
def chunk(k, input, chunks, dim):
    """At most `chunks` parts of one length (the last may be shorter); views.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.chunk.html
    """
    if input.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    n = input.shape[dim]
    size = -(-n // chunks)
    if size == 0:
        return k._split(input, (0,) * chunks, dim, "SplitWithSizesBackward0")
    return k._split(input, _sizes("chunk", input, size, dim), dim, "SplitBackward0")


def _one_of(function, *given):
    """How to split: the one argument that was given, under whichever of its overloads' names."""
    given = [v for v in given if v is not None]
    if len(given) != 1:
        raise TypeError(f"{function}() takes one of `sections` and `indices`, but got {len(given) or 'none'} of them")
    return given[0]


@composite("tensor_split(Tensor input, any indices_or_sections=None, int dim=0, *, any sections=None, any indices=None, "
           "any tensor_indices_or_sections=None)")  # fmt: skip
def tensor_split(k, input, indices_or_sections, dim, sections=None, indices=None, tensor_indices_or_sections=None):
    """`sections` parts whose lengths differ by at most one, or parts that end at the given indices; views.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.tensor_split.html
    """
    indices_or_sections = _one_of("tensor_split", indices_or_sections, sections, indices, tensor_indices_or_sections)
    if input.ndim == 0:
        raise RuntimeError(
            f"tensor_split expected at least a 1-dimensional tensor, but got a tensor with {input.ndim} dims"
        )
    dim = dimension(dim, input.ndim)
    n = input.shape[dim]
    if hasattr(indices_or_sections, "_a"):
        if indices_or_sections.dtype.name != "int64":
            raise RuntimeError(
                "tensor_split expected tensor_indices_or_sections to have dtype of long, but got "
                f"{indices_or_sections.dtype.legacy}"
            )
        if indices_or_sections.ndim > 1:
            raise RuntimeError(
                "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional "
                "tensor, but "
                f"got a tensor with {indices_or_sections.ndim} dims"
            )
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, (tuple, list)):
        ends = list(items(indices_or_sections, "indices"))
    else:
        sections = read("size", indices_or_sections, "sections", "tensor_split", 2)
        if sections <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {sections}")
        ends = [i * (n // sections) + min(i, n % sections) for i in range(1, sections)]
    before = (slice(None),) * dim
    starts = [0, *ends]
    return tuple([k._item_slice(input, (*before, slice(a, b))) for a, b in zip(starts, [*ends, n])])


def _declare_split(name, dim, ndim):
    @composite(f"{name}(Tensor input, any indices_or_sections=None, *, any sections=None, any indices=None)")
    def body(k, input, indices_or_sections, sections=None, indices=None):
        if sections is not None:
            sections = read("int", sections, "sections", name)
        indices_or_sections = _one_of(name, indices_or_sections, sections, indices)
        if input.ndim < ndim:
            raise RuntimeError(
                f"torch.{name} requires a tensor with at least {ndim} dimension{'s' * (ndim > 1)}, but got a tensor "
                "with "
                f"{input.ndim} dimensions!"
            )
        if not isinstance(indices_or_sections, (tuple, list)):
            indices_or_sections = read("int", indices_or_sections, "sections", name, 2)
        d = 0 if name == "hsplit" and input.ndim == 1 else dim
        if isinstance(indices_or_sections, int) and (indices_or_sections <= 0 or input.shape[d] % indices_or_sections):
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {d}, but the size of the dimension "
                f"{input.shape[d]} is "
                f"not divisible by the split_size {indices_or_sections}!"
            )
        return k.tensor_split(input, indices_or_sections, d)

    body.body.__doc__ = f"`tensor_split` along dimension {dim}."


for _name, _dim, _ndim in (("hsplit", 1, 1), ("vsplit", 0, 2), ("dsplit", 2, 3)):
    _declare_split(_name, _dim, _ndim)


@composite("select(Tensor input, dim dim, size index)")
def select(k, input, dim, index):
    """The slice at one index of a dimension, which disappears; a view."""
    if input.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    if not -input.shape[dim] <= index < input.shape[dim]:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at dimension {dim}"
        )
    return k._item_select(input, (*(slice(None),) * dim, index))


@composite("narrow(Tensor input, dim dim, size|Tensor start, size length)")
def narrow(k, input, dim, start, length):
    """`length` indices of a dimension from `start`; a view.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.narrow.html
    """
    if input.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    start = _narrow_start(input, dim, start, length)
    return k._item_slice(input, (*(slice(None),) * dim, slice(start, start + length)))


def _narrow_start(input, dim, start, length):
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if hasattr(start, "dtype") and (
        getattr(start, "ndim", 0) or start.dtype.name not in ("int64", "int32", "int16", "int8", "uint8")
    ):
        raise RuntimeError("start must be an 0-dim integral Tensor.")
    start = start.__index__()
    n = input.shape[dim]
    if not -n <= start <= n:
        raise IndexError(f"start out of range (expected to be in range of [{-n}, {n}], but got {start})")
    start = start + n if start < 0 else start
    if start + length > n:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({n}).")
    return start


@composite("narrow_copy(Tensor input, int dim, size start, size length)", out=True)
def narrow_copy(k, input, dim, start, length):
    """`narrow`, copied."""
    if input.ndim == 0:
        raise RuntimeError("narrow_copy() cannot be applied to a 0-dim tensor.")
    if dim >= input.ndim:
        raise RuntimeError(f"narrow_copy: Expected dim < {input.ndim}, the number of dimensions, but got dim={dim}")
    return k._contiguous(k.narrow(input, dim, start, length))


@composite("slice_of(Tensor input, int dim, any start, any end, any step)", on="")
def slice_of(k, input, dim, start, end, step):
    """input[..., start:end:step, ...] on dimension `dim`; a view."""
    needs_dimension("slice", input.ndim)
    dim = dimension(dim, input.ndim)
    return k._item_slice(input, (*(slice(None),) * dim, slice(start, end, step)))
