"""Sliding windows as columns (im2col) and columns summed back (col2im), in two dimensions."""

from __future__ import annotations

from penlight.ops.table import composite, op

__all__: list[str] = []


def _pair(value, name, function):
    if isinstance(value, (tuple, list)):
        if len(value) == 1:
            value = (value[0], value[0])
        if len(value) != 2:
            raise RuntimeError(f"{function}: {name} must be an int or two ints, got {list(value)}")
        return (int(value[0]), int(value[1]))
    return (int(value), int(value))


def _counts(size, kernel, dilation, padding, stride):
    """How many windows fit, per dimension."""
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, d, p, s in zip(size, kernel, dilation, padding, stride)
    )


def _places(start, kernel, dilation, count, stride):
    """For the kernel's element `start`: the slice of the padded image that its windows read."""
    return tuple(
        slice(i * d, i * d + s * (n - 1) + 1, s) for i, d, n, s in zip(start, dilation, count, stride)
    )


@op(
    "_im2col(Tensor input, any kernel, any dilation, any padding, any stride)",
    on="",
    half="direct",
    grad_name="Im2ColBackward0",
    vjp={
        "input": lambda k, g, input_shape, kernel, dilation, padding, stride: k._col2im(
            g, tuple(input_shape[2:]), kernel, dilation, padding, stride
        )
    },
)
def _im2col(xp, input, kernel, dilation, padding, stride):
    """Shape: (N, C, H, W) -> (N, C * kernel, windows)."""
    batch, channels = input.shape[:2]
    rows, cols = _counts(input.shape[2:], kernel, dilation, padding, stride)
    padded = xp.pad(input, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2)) if any(padding) else input
    out = xp.empty((batch, channels, *kernel, rows, cols), input.dtype)
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            out[:, :, i, j] = padded[(slice(None), slice(None), *_places((i, j), kernel, dilation, (rows, cols), stride))]
    return out.reshape(batch, channels * kernel[0] * kernel[1], rows * cols)


@op(
    "_col2im(Tensor input, any size, any kernel, any dilation, any padding, any stride)",
    on="",
    grad_name="Col2ImBackward0",
    vjp={
        "input": lambda k, g, size, kernel, dilation, padding, stride: k._im2col(g, kernel, dilation, padding, stride)
    },
)
def _col2im(xp, input, size, kernel, dilation, padding, stride):
    """Shape: (N, C * kernel, windows) -> (N, C, *size), overlapping values added."""
    batch = input.shape[0]
    rows, cols = _counts(size, kernel, dilation, padding, stride)
    columns = input.reshape(batch, -1, *kernel, rows, cols)
    padded = xp.zeros((batch, columns.shape[1], size[0] + 2 * padding[0], size[1] + 2 * padding[1]), input.dtype)
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            at = (slice(None), slice(None), *_places((i, j), kernel, dilation, (rows, cols), stride))
            padded[at] += columns[:, :, i, j]
    h, w = padding
    return xp.ascontiguousarray(padded[:, :, h : h + size[0], w : w + size[1]])


def _read(function, kernel_size, dilation, padding, stride):
    kernel, dilation = _pair(kernel_size, "kernel_size", function), _pair(dilation, "dilation", function)
    padding, stride = _pair(padding, "padding", function), _pair(stride, "stride", function)
    for name, value, least in (("kernel size", kernel, 1), ("dilation", dilation, 1), ("stride", stride, 1), ("padding", padding, 0)):
        if min(value) < least:
            word = "greater than zero" if least else "non-negative"
            raise RuntimeError(f"{name} should be {word}, but got {name.replace(' ', '_')}: {value[0]} x {value[1]}")
    return kernel, dilation, padding, stride


@composite(
    "im2col(Tensor input, any kernel_size, any dilation=1, any padding=0, any stride=1)", on="torch"
)
def im2col(k, input, kernel_size, dilation, padding, stride):
    """The windows of an image as columns; `nn.functional.unfold`."""
    kernel, dilation, padding, stride = _read("unfold", kernel_size, dilation, padding, stride)
    shape = tuple(input.shape)
    if len(shape) not in (3, 4) or any(n == 0 for n in shape[-3:]):
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but "
            f"got: {list(shape)}"
        )
    counts = _counts(shape[-2:], kernel, dilation, padding, stride)
    if min(counts) < 1:
        raise RuntimeError(
            f"Given input with spatial size {shape[-2:]}, kernel_size={kernel}, dilation={dilation}, padding={padding}, "
            f"stride={stride}, calculated shape of the array of sliding blocks as {counts}, but its components must be at "
            "least one."
        )
    x = input if len(shape) == 4 else k.unsqueeze(input, 0)
    out = k._im2col(x, kernel, dilation, padding, stride)
    return out if len(shape) == 4 else k.squeeze(out, 0)


@composite(
    "col2im(Tensor input, any output_size, any kernel_size, any dilation=1, any padding=0, any stride=1)", on="torch"
)
def col2im(k, input, output_size, kernel_size, dilation, padding, stride):
    """Columns summed back into an image; `nn.functional.fold`."""
    kernel, dilation, padding, stride = _read("fold", kernel_size, dilation, padding, stride)
    size = _pair(output_size, "output_size", "fold")
    shape = tuple(input.shape)
    if len(shape) not in (2, 3) or any(n == 0 for n in shape[-2:]):
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, "
            f"but got: {list(shape)}"
        )
    if shape[-2] % (kernel[0] * kernel[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={shape[-2]} and kernel_size={kernel}."
        )
    rows, cols = _counts(size, kernel, dilation, padding, stride)
    if rows * cols != shape[-1] or min(rows, cols) < 1:
        raise RuntimeError(
            f"Given output_size={size}, kernel_size={kernel}, dilation={dilation}, padding={padding}, stride={stride}, "
            f"expected size of input's dimension 2 to match the calculated number of sliding blocks {rows} * {cols} = "
            f"{rows * cols}, but got input.size(2)={shape[-1]}."
        )
    x = input if len(shape) == 3 else k.unsqueeze(input, 0)
    out = k._col2im(x, size, kernel, dilation, padding, stride)
    return out if len(shape) == 3 else k.squeeze(out, 0)
