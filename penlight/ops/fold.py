"""Windows of images as columns and back: `F.unfold` (im2col) and `F.fold` (col2im)."""

from __future__ import annotations

from penlight.base.dims import items
from penlight.ops.kinds import not_implemented
from penlight.ops.table import composite, op

__all__: list[str] = []


def _places(shape, kernel, dilation, padding, stride):
    """How many windows fit along each dimension."""
    return tuple(
        [(n + 2 * p - d * (m - 1) - 1) // s + 1 for n, m, d, p, s in zip(shape, kernel, dilation, padding, stride)]
    )


@op(
    "_im2col(Tensor input, any kernel, any dilation, any padding, any stride)",
    on="",
    half="direct",
    grad_name="Im2ColBackward0",
    vjp={
        "input": lambda k, g, input_shape, kernel, dilation, padding, stride: k._col2im(
            g, tuple(input_shape)[2:], kernel, dilation, padding, stride
        )
    },
)
def _im2col(xp, input, kernel, dilation, padding, stride):
    """Shape: (N, C, H, W) -> (N, C kh kw, L)."""
    if input.dtype.kind in "iu":
        raise not_implemented("im2col_out_cpu", input.dtype)
    n, c = input.shape[:2]
    rows, columns = _places(input.shape[2:], kernel, dilation, padding, stride)
    if any(padding):
        input = xp.pad(input, ((0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1])))
    sn, sc, sh, sw = input.strides
    windows = xp.lib.stride_tricks.as_strided(
        input,
        (n, c, *kernel, rows, columns),
        (sn, sc, sh * dilation[0], sw * dilation[1], sh * stride[0], sw * stride[1]),
        writeable=False,
    )
    return windows.copy(order="C").reshape(n, c * kernel[0] * kernel[1], rows * columns)


@op(
    "_col2im(Tensor input, any size, any kernel, any dilation, any padding, any stride)",
    on="",
    grad_name="Col2ImBackward0",
    vjp={
        "input": lambda k, g, kernel, dilation, padding, stride: k._im2col(g, kernel, dilation, padding, stride),
    },
)
def _col2im(xp, input, size, kernel, dilation, padding, stride):
    """Shape: (N, C kh kw, L) -> (N, C, H, W)."""
    if input.dtype.kind in "iu":
        raise not_implemented("col2im_out_cpu", input.dtype)
    rows, columns = _places(size, kernel, dilation, padding, stride)
    (kh, kw), (dh, dw), (ph, pw), (sh, sw) = kernel, dilation, padding, stride
    windows = input.reshape(input.shape[0], input.shape[1] // (kh * kw), kh, kw, rows, columns)
    result = xp.zeros((*windows.shape[:2], size[0] + 2 * ph, size[1] + 2 * pw), input.dtype)
    for i in range(kh):
        for j in range(kw):
            place = result[:, :, i * dh : i * dh + rows * sh : sh, j * dw : j * dw + columns * sw : sw]
            xp.add(place, windows[:, :, i, j], place)
    return xp.ascontiguousarray(result[:, :, ph : ph + size[0], pw : pw + size[1]])


def _pair(value, name):
    pair = items(tuple(value) if hasattr(value, "__iter__") else (value, value), name)
    if len(pair) != 2:
        raise RuntimeError(f"It is expected {name} equals to 2, but got size {len(pair)}")
    return pair


def _window(kernel_size, dilation, padding, stride):
    kernel, dilation = _pair(kernel_size, "kernel_size"), _pair(dilation, "dilation")
    padding, stride = _pair(padding, "padding"), _pair(stride, "stride")
    for (a, b), name, what in (
        (kernel, "kernel size", "kernel"), (dilation, "dilation", "dilation"), (stride, "stride", "stride")
    ):  # fmt: skip
        if a <= 0 or b <= 0:
            raise RuntimeError(f"{name} should be greater than zero, but got {what}_height: {a} {what}_width: {b}")
    if min(padding) < 0:
        raise RuntimeError(f"padding should be non-negative, but got pad_height: {padding[0]} pad_width: {padding[1]}")
    return kernel, dilation, padding, stride


@composite(
    "im2col(Tensor input, any kernel_size, any dilation=1, any padding=0, any stride=1)",
    on="",
)
def im2col(k, input, kernel_size, dilation, padding, stride):
    """Every window of a batch of images as a column. Shape: (N, C, H, W) -> (N, C * kh * kw, L); N may be left out.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html

    >>> import penlight as torch
    >>> torch.nn.functional.unfold(torch.ones(1, 2, 4, 4), 3).shape
    torch.Size([1, 18, 4])
    """
    kernel, dilation, padding, stride = _window(kernel_size, dilation, padding, stride)
    shape = tuple(input.shape)
    if len(shape) < 3:
        raise IndexError(f"unfold: Dimension out of range: expected a 3D or 4D input, but got size {list(shape)}")
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
            f"but got: {list(shape)}"
        )
    places = _places(shape[-2:], kernel, dilation, padding, stride)
    if min(places) < 1:
        raise RuntimeError(
            f"Given input with spatial size {shape[-2:]}, kernel_size={kernel}, dilation={dilation}, padding={padding}, "
            f"calculated shape of the array of sliding blocks as {places}, but its components must be at least one."
        )
    if len(shape) == 3:
        return k.squeeze(k._im2col(k.unsqueeze(input, 0), kernel, dilation, padding, stride), 0)
    return k._im2col(input, kernel, dilation, padding, stride)


@composite(
    "col2im(Tensor input, any output_size, any kernel_size, any dilation=1, any padding=0, any stride=1)",
    on="",
)
def col2im(k, input, output_size, kernel_size, dilation, padding, stride):
    """Columns summed back into images, where windows overlap. Shape: (N, C * kh * kw, L) -> (N, C, *output_size).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fold.html
    """
    kernel, dilation, padding, stride = _window(kernel_size, dilation, padding, stride)
    size, shape = _pair(output_size, "output_size"), tuple(input.shape)
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for "
            f"input, but got: {list(shape)}"
        )
    if shape[-2] % (kernel[0] * kernel[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={shape[-2]} and kernel_size={kernel}."
        )
    rows, columns = _places(size, kernel, dilation, padding, stride)
    if shape[-1] != rows * columns or min(rows, columns) < 1:
        raise RuntimeError(
            f"Given output_size={size}, kernel_size={kernel}, dilation={dilation}, padding={padding}, stride={stride}, "
            f"expected size of input's dimension 2 to match the calculated number of sliding blocks {rows} * {columns} "
            f"= {rows * columns}, but got input.size(2)={shape[-1]}."
        )
    if len(shape) == 2:
        return k.squeeze(k._col2im(k.unsqueeze(input, 0), size, kernel, dilation, padding, stride), 0)
    return k._col2im(input, size, kernel, dilation, padding, stride)
