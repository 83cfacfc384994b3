"""A convolution or linear layer and the batch normalisation behind it, in one layer (for inference)."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from penlight.nn.modules.module import Module
from penlight.nn.parameter import Parameter
from penlight.tensor.tensor import Tensor

__all__ = ["fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights"]


ConvT = TypeVar("ConvT", bound=Module)
LinearT = TypeVar("LinearT", bound=Module)


def _fused(weight: Tensor, bias: Tensor | None, bn: tuple, outputs_dim: int) -> tuple[Parameter, Parameter]:
    """W' = W * s and b' = (b - mean) * s + beta, with s = gamma / sqrt(var + eps) per output."""
    mean, variance, eps, gamma, beta = bn
    offset = mean.new_zeros(mean.shape) if bias is None else bias
    gamma = mean.new_ones(mean.shape) if gamma is None else gamma
    beta = mean.new_zeros(mean.shape) if beta is None else beta
    scale = gamma * (variance + eps).rsqrt()
    shape = [1] * weight.dim()
    shape[outputs_dim] = -1
    fused_weight = (weight * scale.reshape(shape)).to(weight.dtype)
    fused_bias = ((offset - mean) * scale + beta).to(weight.dtype if bias is None else bias.dtype)
    return (
        Parameter(fused_weight.detach(), weight.requires_grad),
        Parameter(fused_bias.detach(), weight.requires_grad if bias is None else bias.requires_grad),
    )


def fuse_conv_bn_weights(
    conv_w: Tensor, conv_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float, bn_w: Tensor | None,
    bn_b: Tensor | None, transpose: bool = False,
) -> tuple[Parameter, Parameter]:  # fmt: skip
    """(weight, bias) of the fused convolution; `transpose`: outputs are dimension 1 of the weight."""
    return _fused(conv_w, conv_b, (bn_rm, bn_rv, bn_eps, bn_w, bn_b), 1 if transpose else 0)


def fuse_linear_bn_weights(
    linear_w: Tensor, linear_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float, bn_w: Tensor | None,
    bn_b: Tensor | None,
) -> tuple[Parameter, Parameter]:  # fmt: skip
    """(weight, bias) of the fused linear layer."""
    return _fused(linear_w, linear_b, (bn_rm, bn_rv, bn_eps, bn_w, bn_b), 0)


def _fuse(layer: Module, bn: Any, outputs_dim: int) -> Any:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("Fusion needs a batch normalisation that tracks running statistics")
    fused = copy.deepcopy(layer)
    numbers = (bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias)
    fused.weight, fused.bias = _fused(layer.weight, layer.bias, numbers, outputs_dim)
    return fused


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """A copy of `conv` that does what `bn(conv(x))` does; both in eval mode.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.fuse_conv_bn_eval.html
    """
    return _fuse(conv, bn, 1 if transpose else 0)


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """A copy of `linear` that does what `bn(linear(x))` does; both in eval mode.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.fuse_linear_bn_eval.html
    """
    if bn.num_features not in (linear.out_features, 1):
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    return _fuse(linear, bn, 0)
