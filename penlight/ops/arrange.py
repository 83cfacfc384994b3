"""Copies that repeat, shift, mirror, cut to a triangle, or reorder blocks."""

from __future__ import annotations

import math

from penlight.base.device import read_device
from penlight.base.dims import dimension, dimensions, int_list
from penlight.ops.table import composite, op

__all__: list[str] = []


def _repeat_rule(k, g, input_shape, repeats):
    extra = len(repeats) - len(input_shape)
    shape, dims = [], []
    for i, n in enumerate(repeats):
        dims.append(len(shape))
        shape.append(n)
        if i >= extra:
            shape.append(input_shape[i - extra])
    if 0 in repeats:
        return k._zeros_of(g, input_shape)
    return k.sum(k.reshape(g, tuple(shape)), tuple(dims)) if dims else g


@op(
    "_zeros_of(Tensor grad, any shape)",
    on="",
    half="direct",
    vjp={"grad": lambda k, g, grad_shape: k._zeros_of(g, grad_shape)},
)
def _zeros_of(xp, g, shape):
    """Zeros of `shape` in the dtype of `g`."""
    return xp.zeros(shape, g.dtype)


@op("repeat(Tensor input, *size|Tensor repeats)", on="Tensor", half="direct", vjp={"input": _repeat_rule})
def repeat(xp, input, repeats):
    """The tensor repeated along each dimension, copied.

    Shape: (n, m), repeats (a, b, c) -> (a, b n, c m).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.repeat.html
    """
    repeats = int_list(repeats, None, "repeats")
    if len(repeats) < input.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    if any(n < 0 for n in repeats):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(repeats)}: {list(repeats)}")
    return xp.tile(input, repeats)


@composite("tile(Tensor input, *any dims)")
def tile(k, input, dims):
    """`repeat`, missing leading repetitions being 1.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.tile.html
    """
    dims = int_list(dims)
    return k.repeat(input, (1,) * (input.ndim - len(dims)) + dims)


@op(
    "_repeat_each(Tensor input, int repeats, int dim)",
    on="",
    half="direct",
    grad_name="ViewBackward0",
    vjp={
        "input": lambda k, g, input_shape, repeats, dim: k.sum(
            k.reshape(g, (*input_shape[: dim + 1], repeats, *input_shape[dim + 1 :])), (dim + 1,)
        )
    },
)
def _repeat_each(xp, input, repeats, dim):
    """Every index of a dimension repeated."""
    return xp.repeat(input, repeats, dim)


@composite("repeat_interleave(any input, size|Tensor repeats=_MISSING, int dim=None, *, size output_size=None)")
def repeat_interleave(k, input, repeats=None, dim=None, output_size=None):
    """Each element repeated `repeats` times in place (a number, or one per index of `dim`).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.repeat_interleave.html

    >>> import penlight as torch
    >>> torch.repeat_interleave(torch.tensor([1, 2]), 2)
    tensor([1, 1, 2, 2])
    """
    if repeats is None:
        _check_repeats(input)
        return k._repeat_index(input)
    if dim is None:
        input, dim = k.flatten(input), 0
    dim = dimension(dim, input.ndim)
    if isinstance(repeats, int):
        if repeats < 0:
            raise RuntimeError("Repeats must be non-negative")
        result = k._repeat_each(input, repeats, dim)
    else:
        _check_repeats(repeats)
        n = input.shape[dim] if input.ndim else 1
        if repeats.ndim == 0 or repeats.shape[0] == 1:
            result = k._repeat_each(input, int(repeats), dim)
        else:
            if repeats.shape[0] != n:
                raise RuntimeError("repeats must have the same size as input along dim, but got repeats.size(0) = "
                                   f"{repeats.shape[0]} and input.size({dim}) = {n}")  # fmt: skip
            result = k.index_select(input, dim, k._repeat_index(repeats))
    if output_size is not None and result.shape[dim] != output_size:
        raise RuntimeError(f"allocated size does not match required size: {output_size} and {result.shape[dim]}")
    return result


def _check_repeats(repeats):
    if repeats.dtype.name not in ("int64", "int32"):
        raise NotImplementedError(f"\"repeat_interleave_cpu\" not implemented for '{repeats.dtype.legacy}'")
    if repeats.ndim > 1:
        raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
    if math.prod(repeats.shape) and int(repeats.min()) < 0:
        raise RuntimeError("repeats can not be negative")


@op("_repeat_index(Tensor repeats)", on="", half="direct")
def _repeat_index(xp, repeats):
    """[0] * repeats[0] + [1] * repeats[1] + …"""
    return xp.repeat(xp.arange(repeats.shape[0], dtype=repeats.dtype), repeats)


@op("_roll(Tensor input, any shifts, any dims)", on="", half="direct", grad_name="RollBackward0",
    vjp={"input": lambda k, g, shifts, dims: k._roll(g, tuple([-s for s in shifts]), dims)})  # fmt: skip
def _roll(xp, input, shifts, dims):
    """Indices shifted around."""
    result = xp.roll(input, shifts, dims) if input.size else input.copy()
    return result if result.flags.c_contiguous else xp.ascontiguousarray(result)


@composite("roll(Tensor input, ints1 shifts, ints1? dims=())")
def roll(k, input, shifts, dims=()):
    """Elements shifted along dimensions, those pushed out coming in again at the other end.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.roll.html
    """
    shifts = int_list(shifts)
    dims = () if dims is None else int_list(dims)
    if not shifts:
        raise RuntimeError("`shifts` required")
    if not dims and len(shifts) == 1:
        return k._unsafe_view(k._roll(k.reshape(input, (-1,)), shifts, (0,)), input.shape)
    if len(shifts) != len(dims):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    if input.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    return k._roll(input, shifts, tuple([dimension(d, input.ndim) for d in dims]))


@op("_flip(Tensor input, any dims)", on="", half="direct", grad_name="FlipBackward0",
    vjp={"input": lambda k, g, dims: k._flip(g, dims)})  # fmt: skip
def _flip(xp, input, dims):
    """Dimensions in reverse order, copied: strides are never negative."""
    flipped = xp.flip(input, dims) if dims and input.ndim else input
    return flipped.copy("C" if 0 in input.strides else "K")


@composite("flip(Tensor input, *any dims)")
def flip(k, input, dims):
    """The order of elements reversed along `dims`; a copy.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.flip.html
    """
    return k._flip(input, dimensions(int_list(dims), input.ndim))


@composite("fliplr(Tensor input)")
def fliplr(k, input):
    """Columns in reverse order."""
    if input.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return k._flip(input, (1,))


@composite("flipud(Tensor input)")
def flipud(k, input):
    """Rows in reverse order."""
    if input.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return k._flip(input, (0,))


@op("_rot90(Tensor input, int turns, any dims)", on="", half="direct", grad_name="Rot90Backward0",
    vjp={"input": lambda k, g, turns, dims: k._rot90(g, -turns, dims)})  # fmt: skip
def _rot90(xp, input, turns, dims):
    """Quarter turns."""
    return xp.rot90(input, turns, dims).copy("K" if turns % 4 else "C")  # laid out as PyTorch's turned copy


@composite("rot90(Tensor input, int k=1, ints dims=(0, 1))")
def rot90(namespace, input, k=1, dims=(0, 1)):
    """Turned by k quarter turns from the first of two dimensions to the second.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.rot90.html
    """
    dims = int_list(dims)
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    if dims[0] == dims[1] or abs(dims[0] - dims[1]) == input.ndim:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    for i, d in enumerate(dims):
        if not -input.ndim <= d < input.ndim:
            raise RuntimeError(f"Rotation dim{i} out of range, dim{i} = {d}")
    return namespace._rot90(input, k, dims)


def _triangle(name, keep):
    def kernel(xp, input, diagonal):
        if input.ndim < 2:
            raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
        if input.ndim > 2:
            input = xp.ascontiguousarray(input)  # as PyTorch's result, for `view`
        mask = xp.tri(input.shape[-2], input.shape[-1], diagonal - (not keep), dtype=bool)
        return xp.where(mask if keep else ~mask, input, input.dtype.type(0))

    kernel.__doc__ = f"""The {"lower" if keep else "upper"} triangle of matrices; what lies beyond a diagonal becomes 0.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.{name}.html
    """
    rule = getattr
    op(
        f"{name}(Tensor input, size diagonal=0)",
        half="direct",
        inplace=True,
        out=True,
        vjp={"input": lambda k, g, diagonal: rule(k, name)(g, diagonal)},
    )(kernel)


_triangle("tril", True)
_triangle("triu", False)


# --- blocks of channels --------------------------------------------------------------------------------------------


def _check_blocks(name, input, factor):
    if input.ndim < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with {input.ndim} dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(
            f"{name} expects a positive {'up' if name == 'pixel_shuffle' else 'down'}scale_factor, but got {factor}"
        )


@op("pixel_shuffle(Tensor input, int upscale_factor)", on="torch F", half="direct",
    vjp={"input": lambda k, g, upscale_factor: k.pixel_unshuffle(g, upscale_factor)})  # fmt: skip
def pixel_shuffle(xp, input, upscale_factor):
    """Channels spread over r x r blocks of pixels. Shape: (*, C r^2, H, W) -> (*, C, H r, W r).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pixel_shuffle.html
    """
    r = upscale_factor
    _check_blocks("pixel_shuffle", input, r)
    *batch, channels, height, width = input.shape
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            "but "
            f"input.size(-3)={channels} is not divisible by {r * r}"
        )
    blocks = input.reshape((*batch, channels // (r * r), r, r, height, width))
    n = len(batch)
    moved = blocks.transpose((*range(n + 1), n + 3, n + 1, n + 4, n + 2))
    return moved.copy(order="C").reshape((*batch, channels // (r * r), height * r, width * r))


@op("pixel_unshuffle(Tensor input, int downscale_factor)", on="torch F", half="direct",
    vjp={"input": lambda k, g, downscale_factor: k.pixel_shuffle(g, downscale_factor)})  # fmt: skip
def pixel_unshuffle(xp, input, downscale_factor):
    """r x r blocks of pixels gathered into channels. Shape: (*, C, H r, W r) -> (*, C r^2, H, W)."""
    r = downscale_factor
    _check_blocks("pixel_unshuffle", input, r)
    *batch, channels, height, width = input.shape
    for size, which in ((height, "height"), (width, "width")):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {which} to be divisible by downscale_factor, but input.size"
                f"({-2 if which == 'height' else -1})={size} is not divisible by {r}"
            )
    blocks = input.reshape((*batch, channels, height // r, r, width // r, r))
    n = len(batch)
    moved = blocks.transpose((*range(n + 1), n + 2, n + 4, n + 1, n + 3))
    return moved.copy(order="C").reshape((*batch, channels * r * r, height // r, width // r))


@op("channel_shuffle(Tensor input, size groups)", on="torch F", half="direct",
    vjp={"input": lambda k, g, groups, input_shape: k.channel_shuffle(g, input_shape[1] // groups)})  # fmt: skip
def channel_shuffle(xp, input, groups):
    """Channels of `groups` groups interleaved. Shape: (B, C, *) -> (B, C, *)."""
    if input.ndim < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}")
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    batch, channels, *rest = input.shape
    if channels % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {channels} channels and {groups} groups."
        )
    grouped = input.reshape((batch, groups, channels // groups, *rest))
    return grouped.swapaxes(1, 2).copy(order="C").reshape(input.shape)


# --- indices of triangles ------------------------------------------------------------------------------------------


def _declare_triangle_indices(name, lower):
    @composite(
        f"{name}(int row, int col, int offset=0, *, dtype dtype=None, any layout=None, any device=None, "
        "bool? pin_memory=False, bool? requires_grad=False)",
        on="torch",
    )
    def body(k, row, col, offset=0, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
        if device is not None:
            read_device(device)
        if row < 0 or col < 0:
            raise RuntimeError(f"{'row' if row < 0 else 'col'} must be non-negative, got{row if row < 0 else col}")
        ones = k._triangle_places(row, col, offset, lower)
        return ones if dtype is None else ones.to(dtype)

    body.body.__doc__ = f"""Rows and columns of the {"lower" if lower else "upper"} triangle. Shape: (2, count).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.{name}.html
    """


_declare_triangle_indices("tril_indices", True)
_declare_triangle_indices("triu_indices", False)


@composite("_triangle_places(int row, int col, int offset, bool lower)", on="")
def _triangle_places(k, row, col, offset, lower):
    """Rows and columns of a triangle, row by row."""
    pairs = [
        (i, j)
        for i in range(row)
        for j in (range(min(max(i + offset + 1, 0), col)) if lower else range(min(max(i + offset, 0), col), col))
    ]
    return k._constant([[i for i, _ in pairs], [j for _, j in pairs]]).long()
