"""The gradients of convolutions, as functions of their own.

Each is the vector-Jacobian product of `nn.functional.conv1d` to `conv3d` in one argument; like every op it can be
differentiated again. Source: https://docs.pytorch.org/docs/stable/nn.functional.html#convolution-functions
"""

from __future__ import annotations

from typing import Any

from penlight.autograd import grad
from penlight.autograd.grad_mode import enable_grad
from penlight.base.mode import mode
from penlight.nn import functional as F
from penlight.tensor.create import zeros
from penlight.tensor.tensor import Tensor

__all__ = ["conv1d_input", "conv1d_weight", "conv2d_input", "conv2d_weight", "conv3d_input", "conv3d_weight"]


def _gradient(dims: int, input: Tensor, weight: Tensor, wanted: Tensor, grad_output: Tensor, options: tuple) -> Tensor:
    recorded = mode.grad and any(t.requires_grad for t in (input, weight, grad_output) if t is not wanted)
    with enable_grad():
        stride, padding, dilation, groups = options
        out = getattr(F, f"conv{dims}d")(input, weight, None, stride, padding, dilation, groups)
        if out.shape != grad_output.shape:
            raise RuntimeError(f"Expected grad_output of shape {list(out.shape)}, but got {list(grad_output.shape)}")
        return grad(out, wanted, grad_output, create_graph=recorded)[0]


def _declare(dims: int) -> tuple:
    def for_input(
        input_size: Any, weight: Tensor, grad_output: Tensor, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
        groups: int = 1,
    ) -> Tensor:  # fmt: skip
        point = zeros(input_size, dtype=weight.dtype, requires_grad=True)
        return _gradient(dims, point, weight, point, grad_output, (stride, padding, dilation, groups))

    def for_weight(
        input: Tensor, weight_size: Any, grad_output: Tensor, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
        groups: int = 1,
    ) -> Tensor:  # fmt: skip
        point = zeros(weight_size, dtype=input.dtype, requires_grad=True)
        return _gradient(dims, input, point, point, grad_output, (stride, padding, dilation, groups))

    for function, what in ((for_input, "input"), (for_weight, "weight")):
        function.__name__ = function.__qualname__ = f"conv{dims}d_{what}"
        function.__doc__ = f"The gradient of conv{dims}d with respect to its {what}, of the given size."
    return for_input, for_weight


conv1d_input, conv1d_weight = _declare(1)
conv2d_input, conv2d_weight = _declare(2)
conv3d_input, conv3d_weight = _declare(3)
