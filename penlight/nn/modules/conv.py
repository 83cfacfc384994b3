"""Convolution layers."""

from __future__ import annotations

import inspect
import math
from typing import Any

from penlight.nn import functional as F
from penlight.nn import init
from penlight.nn.modules.lazy import LazyModuleMixin
from penlight.nn.modules.module import Module
from penlight.nn.modules.utils import _pair, _reverse_repeat_tuple, _single, _triple
from penlight.nn.parameter import Parameter, UninitializedParameter
from penlight.tensor.create import empty

__all__ = [
    "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "LazyConv1d", "LazyConv2d",
    "LazyConv3d", "LazyConvTranspose1d", "LazyConvTranspose2d", "LazyConvTranspose3d",
]  # fmt: skip

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What all convolutions share. Weight: (out, in / groups, *kernel), transposed (in, out / groups, *kernel)."""

    __constants__ = [
        "stride", "padding", "dilation", "groups", "padding_mode", "output_padding", "in_channels", "out_channels",
        "kernel_size",
    ]  # fmt: skip
    bias: Any

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: tuple, stride: tuple, padding: Any, dilation: tuple,
        transposed: bool, output_padding: tuple, groups: int, bias: bool, padding_mode: str, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups != 0:
            raise ValueError(f"in_channels must be divisible by groups, got in_channels={in_channels}, groups={groups}")
        if out_channels % groups != 0:
            raise ValueError(
                f"out_channels must be divisible by groups, got out_channels={out_channels}, groups={groups}"
            )
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}")
            if padding == "same" and any(s != 1 for s in stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in _PADDING_MODES:
            raise ValueError(
                f"padding_mode must be one of {set(_PADDING_MODES)}, but got padding_mode='{padding_mode}'"
            )
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.transposed = transposed
        self.output_padding = output_padding
        self.groups = groups
        self.padding_mode = padding_mode
        self._reversed_padding_repeated_twice = self._padding_for_pad()
        channels = (in_channels, out_channels // groups) if transposed else (out_channels, in_channels // groups)
        self.weight = Parameter(empty((*channels, *kernel_size), device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _padding_for_pad(self) -> Any:
        """(before, after) per dimension, the last dimension first, as F.pad takes it."""
        if not isinstance(self.padding, str):
            return _reverse_repeat_tuple(self.padding, 2)
        result: list = []
        for d, n in reversed(list(zip(self.dilation, self.kernel_size))):
            total = d * (n - 1) if self.padding == "same" else 0
            result += [total // 2, total - total // 2]
        return result

    def reset_parameters(self) -> None:
        """Draw weight and bias from ±1 / sqrt(fan_in)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))  # sqrt(3) * sqrt(2 / (1 + 5)) = 1
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def _conv_forward(self, input: Any, weight: Any, bias: Any) -> Any:
        if self.padding_mode != "zeros":
            padded = F.pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
            return self._function()(padded, weight, bias, self.stride, 0, self.dilation, self.groups)
        return self._function()(input, weight, bias, self.stride, self.padding, self.dilation, self.groups)

    def _function(self) -> Any:
        return getattr(F, f"conv{len(self.kernel_size)}d")

    def forward(self, input: Any) -> Any:
        return self._conv_forward(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        dims = len(self.padding) if not isinstance(self.padding, str) else len(self.kernel_size)
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        if self.padding != (0,) * dims:
            parts.append(f"padding={self.padding}")
        if self.dilation != (1,) * len(self.dilation):
            parts.append(f"dilation={self.dilation}")
        if self.output_padding != (0,) * len(self.output_padding):
            parts.append(f"output_padding={self.output_padding}")
        if self.groups != 1:
            parts.append(f"groups={self.groups}")
        if self.bias is None:
            parts.append("bias=False")
        if self.padding_mode != "zeros":
            parts.append(f"padding_mode={self.padding_mode}")
        return ", ".join(parts)

    def __setstate__(self, state: dict) -> None:
        super().__setstate__(state)
        if not hasattr(self, "padding_mode"):
            self.padding_mode = "zeros"


def _sizes(expand: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any) -> tuple:
    return (
        expand(kernel_size), expand(stride), padding if isinstance(padding, str) else expand(padding), expand(dilation),
    )  # fmt: skip


class Conv1d(_ConvNd):
    """1-d convolution. Shape: (N, C, L) or (C, L) -> (N, out_channels, L').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        sizes = _sizes(_single, kernel_size, stride, padding, dilation)
        super().__init__(
            in_channels, out_channels, *sizes, False, _single(0), groups, bias, padding_mode, device, dtype
        )


class Conv2d(_ConvNd):
    """2-d convolution. Shape: (N, C, H, W) or (C, H, W) -> (N, out_channels, H', W').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html

    >>> import penlight as torch
    >>> torch.nn.Conv2d(1, 6, 5)(torch.ones(2, 1, 28, 28)).shape
    torch.Size([2, 6, 24, 24])
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        sizes = _sizes(_pair, kernel_size, stride, padding, dilation)
        super().__init__(in_channels, out_channels, *sizes, False, _pair(0), groups, bias, padding_mode, device, dtype)


class Conv3d(_ConvNd):
    """3-d convolution. Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, out_channels, D', H', W').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv3d.html
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        sizes = _sizes(_triple, kernel_size, stride, padding, dilation)
        super().__init__(
            in_channels, out_channels, *sizes, False, _triple(0), groups, bias, padding_mode, device, dtype
        )


class _ConvTransposeNd(_ConvNd):
    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any,
        transposed: bool, output_padding: Any, groups: int, bias: bool, padding_mode: str, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, transposed, output_padding, groups, bias,
            padding_mode, device, dtype,
        )  # fmt: skip

    def _output_padding(
        self, input: Any, output_size: Any, stride: Any, padding: Any, kernel_size: Any, num_spatial_dims: int,
        dilation: Any = None,
    ) -> Any:  # fmt: skip
        """The output padding that leads to `output_size`."""
        if output_size is None:
            return _single(self.output_padding)
        dims = num_spatial_dims
        leading = 2 if input.dim() == dims + 2 else 1
        wanted = list(output_size)
        if len(wanted) == leading + dims:
            wanted = wanted[leading:]
        if len(wanted) != dims:
            raise ValueError(
                f"ConvTranspose{dims}D: for {input.dim()}D input, output_size must have {dims} or "
                f"{leading + dims} elements "
                f"(got {len(wanted)})"
            )
        dilation = dilation or (1,) * dims
        least = [
            (input.size(i + leading) - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel_size[i] - 1) + 1
            for i in range(dims)
        ]
        most = [n + s - 1 for n, s in zip(least, stride)]
        if any(not low <= n <= high for low, n, high in zip(least, wanted, most)):
            raise ValueError(
                f"requested an output size of {wanted}, but valid sizes range from {least} to {most} (for an input of "
                f"{input.size()[2:]})"
            )
        return [n - low for n, low in zip(wanted, least)]

    def forward(self, input: Any, output_size: Any = None) -> Any:
        dims = len(self.kernel_size)
        extra = self._output_padding(
            input, output_size, self.stride, self.padding, self.kernel_size, dims, self.dilation
        )
        function = getattr(F, f"conv_transpose{dims}d")
        return function(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)


class _ConvTransposeMixin(_ConvTransposeNd):
    """The old name of what transposed convolutions share; libraries test for it."""


class ConvTranspose1d(_ConvTransposeNd):
    """The transpose (gradient) of a 1-d convolution. Shape: (N, C, L) -> (N, out_channels, L').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
        output_padding: Any = 0, groups: int = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros",
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        sizes = _sizes(_single, kernel_size, stride, padding, dilation)
        super().__init__(
            in_channels, out_channels, *sizes, True, _single(output_padding), groups, bias, padding_mode, device, dtype
        )


class ConvTranspose2d(_ConvTransposeNd):
    """The transpose (gradient) of a 2-d convolution. Shape: (N, C, H, W) -> (N, out_channels, H', W').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
        output_padding: Any = 0, groups: int = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros",
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        sizes = _sizes(_pair, kernel_size, stride, padding, dilation)
        super().__init__(
            in_channels, out_channels, *sizes, True, _pair(output_padding), groups, bias, padding_mode, device, dtype
        )


class ConvTranspose3d(_ConvTransposeNd):
    """The transpose (gradient) of a 3-d convolution. Shape: (N, C, D, H, W) -> (N, out_channels, D', H', W')."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
        output_padding: Any = 0, groups: int = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros",
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        sizes = _sizes(_triple, kernel_size, stride, padding, dilation)
        super().__init__(
            in_channels, out_channels, *sizes, True, _triple(output_padding), groups, bias, padding_mode, device, dtype
        )


class _LazyConvNd(LazyModuleMixin):
    """A convolution whose in_channels is found at the first call."""

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, **kwargs: Any) -> None:
        bias = kwargs.pop("bias", True)
        groups = kwargs.pop("groups", 1)
        device, dtype = kwargs.pop("device", None), kwargs.pop("dtype", None)
        super().__init__(0, 0, kernel_size, *args, bias=False, **kwargs)
        self.out_channels = out_channels
        self.groups = groups
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        if not self.has_uninitialized_params() and self.in_channels != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Any, *args: Any, **kwargs: Any) -> None:
        if not self.has_uninitialized_params():
            return
        dims = len(self.kernel_size)
        if input.dim() not in (dims + 1, dims + 2):
            raise RuntimeError(
                f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {type(self).__name__}, but "
                "got input "
                f"of size: {input.shape}"
            )
        self.in_channels = input.shape[-dims - 1]
        if self.in_channels % self.groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if self.transposed:
            shape = (self.in_channels, self.out_channels // self.groups, *self.kernel_size)
        else:
            shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        self.weight.materialize(shape)
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()


def _lazy(base: type) -> type:
    signature = inspect.signature(base.__init__)  # type: ignore[misc]
    taken = [p for name, p in signature.parameters.items() if name != "in_channels"]
    order = [p.name for p in taken[3:]]  # after self, out_channels, kernel_size

    def __init__(self: Any, out_channels: int, kernel_size: Any, *args: Any, **kwargs: Any) -> None:
        if len(args) > len(order):
            raise TypeError(f"{type(self).__name__}() takes at most {len(order) + 2} positional arguments")
        kwargs.update(zip(order, args))
        _LazyConvNd.__init__(self, out_channels, kernel_size, **kwargs)

    __init__.__signature__ = signature.replace(parameters=taken)  # type: ignore[attr-defined]
    members = {
        "__init__": __init__,
        "__module__": __name__,
        "__doc__": f"A {base.__name__} whose in_channels is found at the first call.",
        "cls_to_become": base,
    }
    return type(f"Lazy{base.__name__}", (_LazyConvNd, base), members)


LazyConv1d = _lazy(Conv1d)
LazyConv2d = _lazy(Conv2d)
LazyConv3d = _lazy(Conv3d)
LazyConvTranspose1d = _lazy(ConvTranspose1d)
LazyConvTranspose2d = _lazy(ConvTranspose2d)
LazyConvTranspose3d = _lazy(ConvTranspose3d)
