"""Pooling: maxima, means and their adaptive forms."""

from __future__ import annotations

import math
from functools import lru_cache

from penlight.base.dims import items, items_or_int
from penlight.ops.kinds import refuse
from penlight.ops.table import composite, op

__all__: list[str] = []


def expand(value, dims, name, function):
    """An int or a sequence as a tuple of `dims` ints."""
    if isinstance(value, (tuple, list)):
        if len(value) == 1:
            value = tuple(value) * dims
        if len(value) != dims:
            raise RuntimeError(
                f"{function}: {name} must either be a single int, or a tuple of {dims} ints, got {list(value)}"
            )
        return value
    return (value,) * dims


@lru_cache(maxsize=256, typed=True)
def _windows(function, dims, kernel_size, stride, padding):
    """The checked (kernel, stride, padding) as tuples; calls of one form are read once."""
    kernel = expand(kernel_size, dims, "kernel_size", function)
    stride = kernel if stride is None or isinstance(stride, tuple) and not stride else expand(stride, dims, "stride", function)
    padding = expand(padding, dims, "padding", function)
    if any(s == 0 for s in stride):
        raise RuntimeError("stride should not be zero")
    if any(n <= 0 for n in kernel):
        raise RuntimeError(f"kernel size should be greater than zero, but got {list(kernel)}")
    return kernel, stride, padding


@lru_cache(maxsize=256, typed=True)
def _check(function, dims, shape, kernel, stride, padding, dilation, ceil_mode):
    if function == "avg_pool2d" and len(shape) < 3:
        raise IndexError(f"{function}: Dimension -3 out of range: expected a 3D or 4D input, but got size {list(shape)}")
    if len(shape) not in (dims + 1, dims + 2) or any(n == 0 for n in shape[-dims - 1 :]):
        kinds = {1: "2D or 3D", 2: "3D or 4D", 3: "4D or 5D"}[dims]
        raise RuntimeError(f"non-empty {kinds} (batch mode) tensor expected for input, got size {list(shape)}")
    for p, n, d in zip(padding, kernel, dilation):
        if d <= 0:
            raise RuntimeError(f"{function}() dilation must be greater than zero, but got {d}")
        if p < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {p}")
        if p > ((n - 1) * d + 1) // 2:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={p}, kernel_size={n} and dilation={d}"
            )
    sizes = []
    for n, w, s, p, d in zip(shape[-dims:], kernel, stride, padding, dilation):
        reach = n + 2 * p - d * (w - 1) - 1
        size = (reach + (s - 1 if ceil_mode else 0)) // s + 1
        if ceil_mode and (size - 1) * s >= n + p:
            size -= 1
        sizes.append(size)
    if any(size < 1 for size in sizes):
        before, after = ("x".join(map(str, (shape[-dims - 1], *v))) for v in (shape[-dims:], sizes))
        raise RuntimeError(f"Given input size: ({before}). Calculated output size: ({after}). Output size is too small")


@op(
    "_max_pool(Tensor input, any kernel, any stride, any padding, any dilation, bool ceil_mode)",
    on="",
    dense="channels",
    outputs="out indices",
    non_differentiable="indices",
    half="direct",
    grad_name="MaxPool2DWithIndicesBackward0",
    linked=True,
    vjp={
        "input": lambda k, g, input_shape, indices, kernel, stride, dilation: k._max_pool_grad(
            g, indices, input_shape, any((n - 1) * d >= s for n, s, d in zip(kernel, stride, dilation))
        )
    },
)
def _max_pool(xp, input, kernel, stride, padding, dilation, ceil_mode):
    """Maxima of windows and where they stand. Shape: (N, C, *in) -> (N, C, *out), (N, C, *out)."""
    refuse("max_pool2d", "bc", input)
    return xp.max_pool_forward(input, kernel, stride, padding, dilation, ceil_mode, True)


@op(
    "_max_pool_grad(Tensor grad, Tensor indices, any size, bool overlapping)",
    on="",
    vjp={"grad": lambda k, h, indices: k._take_plane(h, indices)},
)
def _max_pool_grad(xp, grad, indices, size, overlapping):
    """Put each gradient where its maximum came from."""
    return xp.max_pool_backward(grad, indices, size, overlapping)


@op(
    "_pair_max_pool(Tensor input)",
    on="",
    dense="channels",
    half="direct",
    grad_name="MaxPool2DWithIndicesBackward0",
    linked=True,
    # the maxima are found again: what a node saves must not change, and `relu_` often changes them
    vjp={"input": lambda k, g, input: k._pair_max_pool_grad(g, input, k._pair_max_pool(input))},
)
def _pair_max_pool(xp, input):
    """Maxima of 2 x 2 windows side by side. Shape: (N, C, H, W) -> (N, C, H // 2, W // 2)."""
    return xp.pair_max_pool_forward(input)


def _pair_places(k, input):
    """Where the maxima of 2 x 2 windows stand."""
    return k._max_pool(input, (2, 2), (2, 2), (0, 0), (1, 1), False)[1]


@op(
    "_pair_max_pool_grad(Tensor grad, Tensor input, Tensor result)",
    on="",
    half="direct",
    vjp={
        "grad": lambda k, h, input: k._take_plane(h, _pair_places(k, input)),
        "input": lambda k, h: k._zeros(h),
        "result": lambda k, h, result: k._zeros(result),
    },
)
def _pair_max_pool_grad(xp, grad, input, result):
    """Put each gradient where its maximum came from."""
    return xp.pair_max_pool_backward(grad, input, result)


@op(
    "_place(Tensor input, Tensor indices, any size)",
    on="",
    half="direct",
    grad_name="MaxUnpool2DBackward0",
    vjp={"input": lambda k, g, indices: k._take_plane(g, indices)},
)
def _place(xp, input, indices, size):
    """Put elements at flat positions of zero planes; of several at one place the last stays."""
    planes, count = size[0] * size[1], 1
    for n in size[2:]:
        count *= n
    out = xp.zeros((planes, count), input.dtype)
    if input.size:
        xp.put_along_axis(out, indices.reshape(planes, -1), input.reshape(planes, -1), 1)
    return out.reshape(size)


@op(
    "_take_plane(Tensor input, Tensor indices)",
    on="",
    half="direct",
    vjp={"input": lambda k, g, input_shape, indices: k._max_pool_grad(g, indices, input_shape, True)},
)
def _take_plane(xp, input, indices):
    """The elements at flat positions of each plane. Shape: (N, C, *in), (N, C, *out) -> (N, C, *out)."""
    flat, places = ((*a.shape[:2], math.prod(a.shape[2:])) for a in (input, indices))
    return xp.take_along_axis(input.reshape(flat), indices.reshape(places), 2).reshape(indices.shape)


def _declare_fractional(dims):
    def kernel(xp, input, indices):
        refuse(f"fractional_max_pool{dims}d_out_frame", "c", input)
        return _take_plane.kernel(xp, input, indices)

    kernel.__doc__ = "The elements at the flat positions of the maxima that were found. Shape: as `_take_plane`."
    op(
        f"_fractional_max_pool{dims}d(Tensor input, Tensor indices)",
        on="",
        half="direct",
        grad_name=f"FractionalMaxPool{dims}DBackward0",
        linked=True,
        vjp={"input": lambda k, g, input_shape, indices: k._max_pool_grad(g, indices, input_shape, True)},
    )(kernel)


for _dims in (2, 3):
    _declare_fractional(_dims)


def _alone(k, dims, out):
    """The only sample of a batch: a view in one dimension alone, as PyTorch has it."""
    return k.squeeze(out, 0) if dims == 1 else k._unsafe_view(out, tuple(out.shape[1:]))


def _max_pool_any(k, function, dims, input, kernel_size, stride, padding, dilation, ceil_mode):
    kernel, stride, padding = _windows(function, dims, kernel_size, stride, padding)
    dilation = expand(dilation, dims, "dilation", function)
    _check(function, dims, tuple(input.shape), kernel, stride, padding, dilation, ceil_mode)
    batched = len(input.shape) == dims + 2
    out, indices = k._max_pool(
        input if batched else k.unsqueeze(input, 0), kernel, stride, padding, dilation, ceil_mode
    )
    return (out, indices) if batched else (_alone(k, dims, out), _alone(k, dims, indices))


_PAIR = ((2, 2), (2, 2), (0, 0))  # kernel, stride and padding of the commonest max pooling, which has its own kernel
_MAX = (
    "(Tensor input, ints1 kernel_size, ints1 stride=None, ints1 padding=0, ints1 dilation=1, "
    "bool ceil_mode=False, bool|any return_indices=False)"
)


def _declare_max_pool(dims):
    name = f"max_pool{dims}d"

    def body(k, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices):
        if dims == 1 and not return_indices and input.dtype.name[0] in "iu":
            refuse("max_pool1d_impl", "iu", input)
        if dims == 2 and not (return_indices or ceil_mode) and len(input.shape) == 4 and dilation in (1, (1, 1)):
            windows = _windows(name, 2, kernel_size, stride, padding)
            if windows == _PAIR:
                _check(name, 2, tuple(input.shape), *windows, (1, 1), False)
                return k._pair_max_pool(input)
        out, indices = _max_pool_any(k, name, dims, input, kernel_size, stride, padding, dilation, ceil_mode)
        return (out, indices) if return_indices else out

    def with_indices(k, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices):
        return _max_pool_any(k, name, dims, input, kernel_size, stride, padding, dilation, ceil_mode)

    space = ", ".join("LHD"[:1] if dims == 1 else ("HW" if dims == 2 else "DHW"))
    body.__doc__ = (
        f"The maximum of each window. Shape: (N, C, {space}) or (C, {space}) -> the same with smaller sizes.\n\n"
        f"Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.{name}.html"
    )
    with_indices.__doc__ = f"`{name}` and the flat positions of the maxima in each plane."
    composite(name + _MAX, on="torch F")(body)
    composite(name + "_with_indices" + _MAX, on="torch F")(with_indices)


for _dims in (1, 2, 3):
    _declare_max_pool(_dims)


@op(
    "_avg_pool(Tensor input, any kernel, any stride, any padding, bool ceil_mode, bool count_include_pad, any divisor)",
    on="",
    dense="planes",
    grad_name="AvgPool2DBackward0",
    linked=True,
    vjp={
        "input": lambda k,
        g,
        input_shape,
        kernel,
        stride,
        padding,
        ceil_mode,
        count_include_pad,
        divisor: k._avg_pool_grad(g, input_shape, kernel, stride, padding, ceil_mode, count_include_pad, divisor)
    },
)
def _avg_pool(xp, input, kernel, stride, padding, ceil_mode, count_include_pad, divisor):
    """Means of windows. Shape: (N, C, *in) -> (N, C, *out)."""
    refuse("avg_pool2d", "bc", input)
    return xp.avg_pool_forward(input, kernel, stride, padding, ceil_mode, count_include_pad, divisor)


@op(
    "_avg_pool_grad(Tensor grad, any shape, any kernel, any stride, any padding, bool ceil_mode, "
    "bool count_include_pad, any divisor)",
    on="",
    vjp={
        "grad": lambda k, h, kernel, stride, padding, ceil_mode, count_include_pad, divisor: k._avg_pool(
            h, kernel, stride, padding, ceil_mode, count_include_pad, divisor
        )
    },
)
def _avg_pool_grad(xp, grad, shape, kernel, stride, padding, ceil_mode, count_include_pad, divisor):
    """Spread each gradient over its window."""
    return xp.avg_pool_backward(grad, shape, kernel, stride, padding, ceil_mode, count_include_pad, divisor)


def _avg_pool_any(k, dims, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor):
    function = f"avg_pool{dims}d"
    kernel, stride, padding = _windows(function, dims, kernel_size, stride, padding)
    _check(function, dims, tuple(input.shape), kernel, stride, padding, (1,) * dims, ceil_mode)
    if input.dtype.np != "int64":
        refuse("avg_pool3d_out_frame" if dims == 3 else "avg_pool2d", "biuch" if dims == 3 else "biuc", input)
    if dims == 3 and any(w > n for n, w in zip(input.shape[-3:], kernel)):
        raise RuntimeError(f"input image ({list(input.shape[-3:])}) smaller than kernel size ({list(kernel)})")
    if divisor == 0:
        raise RuntimeError("divisor must be not zero")
    batched = len(input.shape) == dims + 2
    out = k._avg_pool(
        input if batched else k.unsqueeze(input, 0), kernel, stride, padding, ceil_mode, count_include_pad, divisor
    )
    return out if batched else _alone(k, dims, out)


@composite(
    "avg_pool1d(Tensor input, ints1 kernel_size, ints1 stride=None, ints1 padding=0, bool ceil_mode=False, "
    "bool count_include_pad=True)",
    on="torch F",
)
def avg_pool1d(k, input, kernel_size, stride, padding, ceil_mode, count_include_pad):
    """The mean of each window. Shape: (N, C, L) or (C, L) -> (N, C, L').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html
    """
    return _avg_pool_any(k, 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


_AVG = (
    "(Tensor input, ints1 kernel_size, ints1 stride=None, ints1 padding=0, bool ceil_mode=False, bool count_include_pad=True, "
    "int divisor_override=None)"
)


@composite("avg_pool2d" + _AVG, on="torch F", out=True)
def avg_pool2d(k, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """The mean of each window. Shape: (N, C, H, W) or (C, H, W) -> (N, C, H', W').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html
    """
    return _avg_pool_any(k, 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@composite("avg_pool3d" + _AVG, on="torch F", out=True)
def avg_pool3d(k, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """The mean of each window. Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, D', H', W').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool3d.html
    """
    return _avg_pool_any(k, 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@op(
    "_adaptive_avg_pool(Tensor input, any size)",
    on="",
    dense="planes",
    grad_name="AdaptiveAvgPool2DBackward0",
    linked=True,
    vjp={"input": lambda k, g, input_shape: k._adaptive_avg_pool_grad(g, input_shape)},
)
def _adaptive_avg_pool(xp, input, size):
    """Means over nearly equal parts. Shape: (N, C, *in) -> (N, C, *size)."""
    refuse("adaptive_avg_pool2d", "biuc", input)
    return xp.adaptive_avg_pool_forward(input, size)


@op(
    "_adaptive_avg_pool_grad(Tensor grad, any shape)",
    on="",
    vjp={"grad": lambda k, h, grad_shape: k._adaptive_avg_pool(h, grad_shape[2:])},
)
def _adaptive_avg_pool_grad(xp, grad, shape):
    """Spread each gradient over its part."""
    return xp.adaptive_avg_pool_backward(grad, shape)


@op(
    "_adaptive_max_pool(Tensor input, any size)",
    on="",
    dense="planes",
    outputs="out indices",
    non_differentiable="indices",
    half="direct",
    grad_name="AdaptiveMaxPool2DBackward0",
    linked=True,
    vjp={"input": lambda k, g, input_shape, indices: k._max_pool_grad(g, indices, input_shape, True)},
)
def _adaptive_max_pool(xp, input, size):
    """Maxima over nearly equal parts, and where they stand."""
    refuse("adaptive_max_pool2d", "biuc", input)
    return xp.adaptive_max_pool_forward(input, size)


def _adaptive_size(function, dims, input, output_size):
    shape = tuple(input.shape)
    if isinstance(output_size, (tuple, list)) and len(shape) <= len(output_size) and dims > 1:
        raise ValueError(
            f"Input dimension should be at least {dims + 1}, got {len(shape)}: input of shape {list(shape)}"
        )
    if dims > 1 and "avg" in function:
        sizes = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * dims
        if len(sizes) == dims and all(n.__class__ is int and n == 1 for n in sizes):
            return (1,) * dims  # the mean over the last dimensions, however many are before them
    if len(shape) not in (dims + 1, dims + 2):
        kinds = {1: "2D or 3D", 2: "3D or 4D", 3: "4D or 5D"}[dims]
        raise RuntimeError(f"{function}(): Expected {kinds} tensor, but got {list(shape)}")
    if dims == 1 or isinstance(output_size, int):
        output_size = expand(items_or_int(output_size, "output_size"), dims, "output_size", function)
    elif isinstance(output_size, str) or not hasattr(output_size, "__len__"):  # as PyTorch, which asks for its length
        raise TypeError(f"{function}: output_size must be an int or a tuple, not {type(output_size).__name__}")
    if len(output_size) != dims:
        raise RuntimeError(f"{function}: output_size must be {dims}, got {list(output_size)}")
    size = items([n if wanted is None else wanted for wanted, n in zip(output_size, shape[-dims:])], "output_size")
    if any(n < 0 for n in size):
        raise RuntimeError(
            f"{function}: elements of output_size must be greater than or equal to 0 but received {list(size)}"
        )
    average = "avg" in function
    if not average or size != (1,) * dims:  # there it is the mean, of nothing as well
        _refuse_empty(function, shape, len(shape) - dims if average and dims < 3 else 1)
    return size


def _refuse_empty(function, shape, first):
    if 0 in shape[first:]:
        raise RuntimeError(
            f"{function}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes {list(shape)} "
            f"with dimension {shape.index(0, first)} being empty"
        )


def _adaptive_avg(k, dims, input, output_size):
    size = _adaptive_size(f"adaptive_avg_pool{dims}d", dims, input, output_size)
    if size == (1,) * dims:  # PyTorch takes the mean itself there, and shows it in grad_fn
        if dims == 1:
            return k.squeeze(k.mean(k.unsqueeze(input, -2), (-1, -2), True), -2)
        return k.mean(input, tuple(range(-dims, 0)), True)
    batched = len(input.shape) == dims + 2
    out = k._adaptive_avg_pool(input if batched else k.unsqueeze(input, 0), size)
    return out if batched else _alone(k, dims, out)


def _adaptive_max(k, dims, input, output_size, return_indices):
    size = _adaptive_size(f"adaptive_max_pool{dims}d", dims, input, output_size)
    batched = len(input.shape) == dims + 2
    out, indices = k._adaptive_max_pool(input if batched else k.unsqueeze(input, 0), size)
    if not batched:
        out, indices = _alone(k, dims, out), _alone(k, dims, indices)
    return (out, indices) if return_indices else out


def _declare_adaptive(dims):
    def average(k, input, output_size):
        return _adaptive_avg(k, dims, input, output_size)

    def maximum(k, input, output_size, return_indices):
        return _adaptive_max(k, dims, input, output_size, return_indices)

    def maximum_with_indices(k, input, output_size, return_indices):
        return _adaptive_max(k, dims, input, output_size, True)

    source = "Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional."
    average.__doc__ = (
        f"Means over parts that divide each size into `output_size`.\n\n{source}adaptive_avg_pool{dims}d.html"
    )
    maximum.__doc__ = (
        f"Maxima over parts that divide each size into `output_size`.\n\n{source}adaptive_max_pool{dims}d.html"
    )
    maximum_with_indices.__doc__ = f"`adaptive_max_pool{dims}d` and the flat positions of the maxima."
    home, torch_maximum = ("torch F", "torch:adaptive_max_pool1d F") if dims == 1 else ("F", "F")
    composite(f"adaptive_avg_pool{dims}d(Tensor input, any output_size)", on=home)(average)
    signature = "(Tensor input, any output_size, bool|any return_indices=False)"
    composite(f"adaptive_max_pool{dims}d{signature}", on="F")(maximum)
    composite(f"adaptive_max_pool{dims}d_with_indices{signature}", on=torch_maximum)(maximum_with_indices)


for _dims in (1, 2, 3):
    _declare_adaptive(_dims)


def _unpool(k, dims, input, indices, kernel_size, stride, padding, output_size):
    function = f"max_unpool{dims}d"
    refuse(f"max_unpool{max(dims, 2)}d", "biuc", input)
    stride = kernel_size if stride is None else stride
    kernel, stride, padding = (
        tuple(v) if hasattr(v, "__iter__") else (v,) * dims for v in (kernel_size, stride, padding)
    )
    if len(kernel) != dims:
        raise ValueError(f"{function}: kernel_size must be a single int, or a tuple of {dims} ints, got {list(kernel)}")
    batched = len(input.shape) == dims + 2
    if tuple(input.shape) != tuple(indices.shape):
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(input.shape)}) but got indices tensor "
            f"with shape: {list(indices.shape)}"
        )
    if indices.dtype.np.char not in "lq":
        raise RuntimeError(f"elements in indices should be type int64 but got: {indices.dtype.legacy}")
    _refuse_empty(function, tuple(input.shape), 1)
    spatial = input.shape[-dims:]
    default = [(spatial[d] - 1) * stride[d] + kernel[d] - 2 * padding[d] for d in range(dims)]
    size = default if output_size is None else list(output_size)[-dims:]
    for wanted, n, s in zip(size, default, stride):
        if not n - s < wanted < n + s:
            raise ValueError(f"invalid output_size {list(size)} (dim {dims} must be between {n - s} and {n + s})")
    size = items(size, "output_size", function)
    if dims == 3:
        _windows(function, dims, 1, items(stride, "stride"), items(padding, "padding"))
    x, at = (input, indices) if batched else (k.unsqueeze(input, 0), k.unsqueeze(indices, 0))
    plane = 1
    for n in size:
        plane *= n
    if at.numel() and (int(at.max()) >= plane or int(at.min()) < 0):
        raise RuntimeError(
            f"Found an invalid max index: {int(at.max())} (output volumes are of size {'x'.join(map(str, size))}"
        )
    out = k._place(x, at, (*x.shape[:2], *size))
    return out if batched else _alone(k, dims, out)


_UNPOOL = "(Tensor input, Tensor indices, any kernel_size, any stride=None, any padding=0, any output_size=None)"


@composite("max_unpool1d" + _UNPOOL, on="F")
def max_unpool1d(k, input, indices, kernel_size, stride, padding, output_size):
    """Put maxima back to their positions, zeros elsewhere."""
    return _unpool(k, 1, input, indices, kernel_size, stride, padding, output_size)


@composite("max_unpool2d" + _UNPOOL, on="F")
def max_unpool2d(k, input, indices, kernel_size, stride, padding, output_size):
    """Put maxima back to their positions, zeros elsewhere."""
    return _unpool(k, 2, input, indices, kernel_size, stride, padding, output_size)


@composite("max_unpool3d" + _UNPOOL, on="F")
def max_unpool3d(k, input, indices, kernel_size, stride, padding, output_size):
    """Put maxima back to their positions, zeros elsewhere."""
    return _unpool(k, 3, input, indices, kernel_size, stride, padding, output_size)


def _lp(k, dims, input, norm_type, kernel_size, stride, ceil_mode):
    several = isinstance(kernel_size, (tuple, list))
    if several and dims == 1:
        wrong = TypeError if len(kernel_size) == 1 else RuntimeError
        raise wrong(f"lp_pool1d(): argument 'kernel_size' must be one int, not {kernel_size!r}")
    if several and len(kernel_size) != dims:
        raise ValueError(f"lp_pool{dims}d: kernel_size must be one int or {dims}, but got {list(kernel_size)}")
    if hasattr(kernel_size, "_a") and dims > 1:
        raise TypeError(f"lp_pool{dims}d(): argument 'kernel_size' must be int or tuple of ints, not Tensor")
    kernel = items(kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * dims, "kernel_size")
    stride = kernel if stride is None else items_or_int(stride, "stride")
    if norm_type in (math.inf, -math.inf):  # the limits: the largest |x|, and the smallest
        x = k.abs(input) if norm_type > 0 else k.neg(k.abs(input))
        largest = _max_pool_any(k, f"max_pool{dims}d", dims, x, kernel, stride, 0, 1, ceil_mode)[0]
        return largest if norm_type > 0 else k.neg(largest)
    count = 1
    for n in kernel:
        count *= n
    pooled = _avg_pool_any(k, dims, k.pow(input, norm_type), kernel, stride, 0, ceil_mode, True, None)
    return k.pow(k.mul(k.sign(pooled), k.relu(k.abs(pooled))) * count, 1.0 / norm_type)


_LP = "(Tensor input, number norm_type, any kernel_size, any stride=None, bool ceil_mode=False)"


@composite("lp_pool1d" + _LP, on="F")
def lp_pool1d(k, input, norm_type, kernel_size, stride, ceil_mode):
    """(sum of x ** p over each window) ** (1 / p)."""
    return _lp(k, 1, input, norm_type, kernel_size, stride, ceil_mode)


@composite("lp_pool2d" + _LP, on="F")
def lp_pool2d(k, input, norm_type, kernel_size, stride, ceil_mode):
    """(sum of x ** p over each window) ** (1 / p)."""
    return _lp(k, 2, input, norm_type, kernel_size, stride, ceil_mode)


@composite("lp_pool3d" + _LP, on="F")
def lp_pool3d(k, input, norm_type, kernel_size, stride, ceil_mode):
    """(sum of x ** p over each window) ** (1 / p)."""
    return _lp(k, 3, input, norm_type, kernel_size, stride, ceil_mode)
