"""Convolutions and their transposes, in one, two and three dimensions."""

from __future__ import annotations

import math
from functools import lru_cache

from penlight.base.dims import items, items_or_int
from penlight.base.dtypes import from_numpy
from penlight.ops.kinds import refuse
from penlight.ops.table import composite, op

__all__: list[str] = []


def _expand(value, dims, name):
    if isinstance(value, (tuple, list)):
        if len(value) == 1:
            value = tuple(value) * dims
        if len(value) != dims:
            raise RuntimeError(
                f"expected {name} to be a single integer value or a list of {dims} values to match the convolution "
                f"dimensions, but got {name}={list(value)}"
            )
        if value.__class__ is tuple and all(v.__class__ is int for v in value):
            return value
        return items(value, name)
    return (items_or_int(value, name),) * dims


@lru_cache(maxsize=512, typed=True)
def _plan(name, dims, shape, weight_shape, bias_shape, types, stride, padding, dilation, groups, transposed):
    """The checked (stride, padding, dilation) of a call; calls of one form are checked once.

    types: the dtypes of input, weight and bias.
    """
    types = [None if t is None else from_numpy(t).legacy for t in types]
    stride, dilation = _expand(stride, dims, "stride"), _expand(dilation, dims, "dilation")
    padding = _expand(padding, dims, "padding")
    if len(shape) not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {name}, but got input of size: {list(shape)}"
        )
    if len(weight_shape) != dims + 2:
        raise RuntimeError(
            f"expected weight of {dims + 2} dimensions for {name}, but got weight of size {list(weight_shape)}"
        )
    if types[0] != types[1]:
        raise RuntimeError(
            f"Input type (torch.{types[0]}Tensor) and weight type (torch.{types[1]}Tensor) should be the same or input should "
            "be a MKLDNN tensor and weight is a dense tensor"
        )
    if types[2] not in (None, types[0]):
        raise RuntimeError(
            f"Input type (torch.{types[0]}Tensor) and bias type (torch.{types[2]}Tensor) should be the same"
        )
    for values, lowest, label in (
        (padding, 0, "negative padding"),
        (stride, 1, "non-positive stride"),
        (dilation, 1, "non-positive dilation"),
    ):
        if min(values) < lowest:
            raise RuntimeError(f"{label} is not supported")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    _check_channels(dims, shape, weight_shape, bias_shape, groups, transposed)
    if not transposed:
        padded = [n + 2 * p for n, p in zip(shape[-dims:], padding)]
        reach = [d * (n - 1) + 1 for n, d in zip(weight_shape[2:], dilation)]
        if any(p < r for p, r in zip(padded, reach)):
            shown, wide = (" x ".join(map(str, v)) for v in (padded, reach))
            raise RuntimeError(
                f"Calculated padded input size per channel: ({shown}). Kernel size: ({wide}). Kernel size can't be greater "
                "than actual input size"
            )
    return stride, padding, dilation


def _without_channels(weight_shape, transposed):
    return not weight_shape[1] and weight_shape[0] and not transposed


def _check_channels(dims, shape, weight_shape, bias_shape, groups, transposed):
    shape = shape if len(shape) == dims + 2 else (1, *shape)
    channels = shape[1]
    wanted = weight_shape[0] if transposed else weight_shape[1] * groups
    kind = "transposed=1, weight" if transposed else f"groups={groups}, weight"
    if channels != wanted:
        raise RuntimeError(
            f"Given {kind} of size {list(weight_shape)}, expected input{list(shape)} to have {wanted} channels, but got "
            f"{channels} channels instead"
        )
    if transposed and shape[0] and channels and 0 in shape:
        raise RuntimeError(f"Only zero batch or zero channel inputs are supported, but got input shape: {list(shape)}")
    if 0 in weight_shape and not _without_channels(weight_shape, transposed):
        raise RuntimeError(
            f"kernel size should be greater than zero, and so should the channels, but got weight of size {list(weight_shape)}"
        )
    if weight_shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, and divisible by it, but got "
            f"weight of size {list(weight_shape)} instead"
        )
    out_channels = weight_shape[1] * groups if transposed else weight_shape[0]
    if bias_shape not in (None, (out_channels,)):
        raise RuntimeError(
            f"Given {'transposed=1, ' if transposed else ''}weight of size {list(weight_shape)}, expected bias to be "
            f"1-dimensional with {out_channels} elements, but got bias of size {list(bias_shape)} instead"
        )


def _planned(name, dims, input, weight, bias, stride, padding, dilation, groups, transposed=False):
    x, w, b = [getattr(t, "_a", t) for t in (input, weight, bias)]
    types = (x.dtype, w.dtype, None if b is None else b.dtype)
    shapes = x.shape, w.shape, None if b is None else b.shape
    try:
        plan = _plan(name, dims, *shapes, types, stride, padding, dilation, groups, transposed)
        if stride.__class__ is padding.__class__ is dilation.__class__ is int:
            return plan
        for value, planned in zip((stride, padding, dilation), plan):
            if value is not planned and value.__class__ is not int:
                for n in value:
                    if n.__class__ is not int:  # 2.0 equals the 2 of an earlier plan
                        items_or_int(value, "stride, padding or dilation", name)
        return plan
    except TypeError:  # a list, or what is no int
        given = (stride, "stride"), (padding, "padding"), (dilation, "dilation")
        form = [v if v.__class__ is int else items_or_int(v, n) for v, n in given]
        return _plan(name, dims, *shapes, types, *form, groups, transposed)


def _cropped(k, g, shape):
    """Without the windows that only output padding beyond the stride adds."""
    for axis in range(2, len(shape)):
        if g.shape[axis] != shape[axis]:
            g = k.narrow(g, axis, 0, shape[axis])
    return g


def _convolution_rule(k, g, need, input, weight, stride, padding, dilation, groups):
    return (
        k._conv_input_grad(g, k.conjugate(weight), tuple(input.shape), stride, padding, dilation, groups)
        if need[0]
        else None,
        k._conv_weight_grad(g, k.conjugate(input), tuple(weight.shape), stride, padding, dilation, groups)
        if need[1]
        else None,
        _bias_grad(k, g) if need[2] else None,
    )


def _bias_grad(k, g):
    return k.sum(g, (0, *range(2, len(g.shape))))


@op(
    "_convolution(Tensor input, Tensor weight, Tensor? bias, any stride, any padding, any dilation, int groups)",
    on="",
    dense="channels",
    grad_name="ConvolutionBackward0",
    linked=True,
    joint=_convolution_rule,
)
def _convolution(xp, input, weight, bias, stride, padding, dilation, groups):
    """Cross-correlation of a batch. Shape: (N, C, *in), (O, C / groups, *kernel) -> (N, O, *out)."""
    return xp.conv_forward(input, weight, bias, stride, padding, dilation, groups)


@op(
    "_conv_input_grad(Tensor grad, Tensor weight, any shape, any stride, any padding, any dilation, int groups)",
    on="",
    grad_name="ConvolutionBackwardBackward0",
    vjp={
        "grad": lambda k, h, weight, grad_shape, stride, padding, dilation, groups: _cropped(
            k, k._convolution(h, k.conjugate(weight), None, stride, padding, dilation, groups), grad_shape
        ),
        "weight": lambda k, h, grad, weight_shape, stride, padding, dilation, groups: k._conv_weight_grad(
            k.conjugate(grad), h, weight_shape, stride, padding, dilation, groups
        ),
    },
)
def _conv_input_grad(xp, grad, weight, shape, stride, padding, dilation, groups):
    """The gradient of a convolution for its input of the given shape."""
    return xp.conv_input_grad(grad, weight, shape, stride, padding, dilation, groups)


@op(
    "_conv_weight_grad(Tensor grad, Tensor input, any shape, any stride, any padding, any dilation, int groups)",
    on="",
    grad_name="ConvolutionBackwardBackward0",
    vjp={
        "grad": lambda k, h, input, grad_shape, stride, padding, dilation, groups: _cropped(
            k, k._convolution(k.conjugate(input), h, None, stride, padding, dilation, groups), grad_shape
        ),
        "input": lambda k, h, grad, input_shape, stride, padding, dilation, groups: k._conv_input_grad(
            k.conjugate(grad), h, input_shape, stride, padding, dilation, groups
        ),
    },
)
def _conv_weight_grad(xp, grad, input, shape, stride, padding, dilation, groups):
    """The gradient of a convolution for its weight of the given shape."""
    return xp.conv_weight_grad(grad, input, shape, stride, padding, dilation, groups)


def _batched(k, input, dims):
    """(input with a batch dimension, whether one was added)."""
    return (k.unsqueeze(input, 0), True) if len(input.shape) == dims + 1 else (input, False)


def _same_padding(k, input, weight, dims, dilation):
    """The symmetric padding of padding="same"; an odd total pads one more at the end, which is done here."""
    total = [d * (n - 1) for d, n in zip(dilation, weight.shape[2:])]
    if any(t % 2 for t in total):
        extra = []
        for t in reversed(total):
            extra += [0, t % 2]
        input = k.constant_pad_nd(input, extra, 0.0)
    return input, tuple(t // 2 for t in total)


def _of_no_channels(k, x, weight, bias, stride, padding, dilation):
    """PyTorch's result of a convolution of no channels has none either; the gradients are zero."""
    zero = sum(k.sum(t) * 0 for t in (x, weight, bias) if t is not None)
    sizes = zip(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    return k.expand(zero.to(x.dtype), (x.shape[0], 0, *((n + 2 * p - d * (w - 1) - 1) // s + 1 for n, w, s, p, d in sizes)))


def _conv(k, name, dims, input, weight, bias, stride, padding, dilation, groups):
    if padding.__class__ is str:
        input, padding = _named_padding(k, dims, input, weight, stride, padding, dilation)
    stride, padding, dilation = _planned(name, dims, input, weight, bias, stride, padding, dilation, groups)
    refuse(f"slow_conv{max(dims, 2)}d_cpu", "b", input)
    x, added = _batched(k, input, dims)
    if not weight.shape[1]:
        out = _of_no_channels(k, x, weight, bias, stride, padding, dilation)
    else:
        out = k._convolution(x, weight, bias, stride, padding, dilation, groups)
    return k.squeeze(out, 0) if added else out


def _named_padding(k, dims, input, weight, stride, padding, dilation):
    if padding not in ("same", "valid"):
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    if padding == "valid":
        return input, (0,) * dims
    if any(s != 1 for s in _expand(stride, dims, "stride")):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    return _same_padding(k, input, weight, dims, _expand(dilation, dims, "dilation"))


_SIGNATURE = (
    "(Tensor input, Tensor weight, Tensor? bias=None, any stride=1, any padding=0, any dilation=1, size groups=1)"
)


@composite("conv1d" + _SIGNATURE, on="torch F")
def conv1d(k, input, weight, bias, stride, padding, dilation, groups):
    """1-d convolution (cross-correlation). Shape: (N, C, L) or (C, L), (O, C / groups, K) -> (N, O, L').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html
    """
    return _conv(k, "conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


@composite("conv2d" + _SIGNATURE, on="torch F")
def conv2d(k, input, weight, bias, stride, padding, dilation, groups):
    """2-d convolution (cross-correlation). Shape: (N, C, H, W) or (C, H, W), (O, C / groups, K, L) -> (N, O, H', W').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html

    >>> import penlight as torch
    >>> torch.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2))
    tensor([[[[4., 4.],
              [4., 4.]]]])
    """
    return _conv(k, "conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@composite("conv3d" + _SIGNATURE, on="torch F")
def conv3d(k, input, weight, bias, stride, padding, dilation, groups):
    """3-d convolution (cross-correlation). Shape: (N, C, D, H, W), (O, C / groups, …) -> (N, O, D', H', W').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv3d.html
    """
    return _conv(k, "conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def _transposed(k, name, dims, input, weight, bias, stride, padding, output_padding, groups, dilation):
    stride, padding, dilation = _planned(name, dims, input, weight, bias, stride, padding, dilation, groups, True)
    output_padding = _expand(output_padding, dims, "output_padding")
    if min(output_padding) < 0:
        raise RuntimeError(f"negative output_padding is not supported, but got output_padding={list(output_padding)}")
    for o, s, d in zip(output_padding, stride, dilation):
        if o >= s and o >= d:
            raise RuntimeError(
                f"output padding must be smaller than either stride or dilation, but got output_padding={o}, stride={s}, "
                f"dilation={d}"
            )
    x, added = _batched(k, input, dims)
    size = tuple(
        (n - 1) * s - 2 * p + d * (w - 1) + o + 1
        for n, s, p, d, w, o in zip(x.shape[2:], stride, padding, dilation, weight.shape[2:], output_padding)
    )
    if any(n <= 0 for n in size) and (math.prod(x.shape) or min(size) < 0):
        raise RuntimeError(
            f"Given input size per channel: ({' x '.join(map(str, x.shape[2:]))}). Calculated output size per channel: "
            f"({' x '.join(map(str, size))}). Output size is too small"
        )
    shape = (x.shape[0], weight.shape[1] * groups, *size)
    if input.dtype.np != "int64":
        refuse(f"slow_conv_transpose{max(dims, 2)}d_out_cpu", "biu", input)
    out = k._conv_transpose(x, weight, bias, shape, stride, padding, dilation, groups)
    return k.squeeze(out, 0) if added else out


@op(
    "_conv_transpose(Tensor input, Tensor weight, Tensor? bias, any shape, any stride, any padding, any dilation, int groups)",
    on="",
    dense="channels",
    grad_name="ConvolutionBackward0",
    linked=True,
    joint=lambda k, g, need, input, weight, stride, padding, dilation, groups: (
        _cropped(k, k._convolution(g, k.conjugate(weight), None, stride, padding, dilation, groups), tuple(input.shape))
        if need[0]
        else None,
        k._conv_weight_grad(k.conjugate(input), g, tuple(weight.shape), stride, padding, dilation, groups)
        if need[1]
        else None,
        _bias_grad(k, g) if need[2] else None,
    ),
)
def _conv_transpose(xp, input, weight, bias, shape, stride, padding, dilation, groups):
    """The transpose of a convolution: its input gradient, plus a bias."""
    out = xp.conv_input_grad(input, weight, shape, stride, padding, dilation, groups)
    if bias is not None:
        out = out + bias.reshape(-1, *(1,) * (out.ndim - 2))
    return out


_TRANSPOSED = (
    "(Tensor input, Tensor weight, Tensor? bias=None, any stride=1, any padding=0, any output_padding=0, size groups=1, "
    "any dilation=1)"
)


@composite("conv_transpose1d" + _TRANSPOSED, on="torch F")
def conv_transpose1d(k, input, weight, bias, stride, padding, output_padding, groups, dilation):
    """The transpose (gradient) of a 1-d convolution. Shape: (N, C, L), (C, O / groups, K) -> (N, O, L').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html
    """
    return _transposed(k, "conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


@composite("conv_transpose2d" + _TRANSPOSED, on="torch F")
def conv_transpose2d(k, input, weight, bias, stride, padding, output_padding, groups, dilation):
    """The transpose (gradient) of a 2-d convolution. Shape: (N, C, H, W), (C, O / groups, K, L) -> (N, O, H', W').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html
    """
    return _transposed(k, "conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


@composite("conv_transpose3d" + _TRANSPOSED, on="torch F")
def conv_transpose3d(k, input, weight, bias, stride, padding, output_padding, groups, dilation):
    """The transpose (gradient) of a 3-d convolution.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose3d.html
    """
    return _transposed(k, "conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)
