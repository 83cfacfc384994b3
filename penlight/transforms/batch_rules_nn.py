"""Batching rules of products, convolutions, normalisation, losses and lookups."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.tensor import Tensor
from penlight.transforms.batch_rules import aligned, bound, call, elementwise, folded
from penlight.transforms.batched import BatchLevel, loop, rule
from penlight.transforms.levels import Wrapped

__all__: list[str] = []


# --- products ---------------------------------------------------------------------------------------------------------


def _product(level: BatchLevel, a: Tensor, b: Tensor) -> Tensor:
    """`matmul` with NumPy's broadcasting. Shape: (…, n, k), (…, k, m) -> (…, n, m)."""
    row, column = a._a.ndim == 1, b._a.ndim == 1
    ndim = max(a._a.ndim + row, b._a.ndim + column)
    x, y = a.unsqueeze(0) if row else a, b.unsqueeze(1) if column else b
    r = ops.matmul(aligned(level, x, ndim), aligned(level, y, ndim))
    if column:
        r = r.squeeze(-1)
    if row:
        r = r.squeeze(-1 if column else -2)
    return level.wrap(r)


@rule("mm", "bmm", "mv", "dot", "_matmul", "matmul")
def _matmul(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    a, b = bound(function, args, kwargs).values()
    need = {"mm": (2, 2), "bmm": (3, 3), "mv": (2, 1), "dot": (1, 1)}.get(function.op.name)
    if need is not None and need != (a._a.ndim, b._a.ndim) or not a._a.ndim or not b._a.ndim:
        return loop(level, function, args, kwargs)  # which raises as the op does
    inner, rows = a._a.shape[-1], b._a.shape[-2 if b._a.ndim > 1 else 0]
    if inner != rows or a._a.dtype is not b._a.dtype:
        return loop(level, function, args, kwargs)
    if function.op.name == "bmm" and a._a.shape[0] != b._a.shape[0]:
        return loop(level, function, args, kwargs)
    return _product(level, a, b)


@rule("vdot")
def _vdot(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    a, b = bound(function, args, kwargs).values()
    return ops.dot(a.conj(), b)


@rule("linear")
def _linear(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    x, weight, bias = bound(function, args, kwargs).values()
    if not level.has(weight) and not level.has(bias):
        return level.wrap(function(x._p, weight, bias))
    r = ops.matmul(x, weight.t())
    return r if bias is None else r + bias


@rule("addmm", "addmv", "baddbmm", "addbmm", "addr")
def _add_product(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    values = bound(function, args, kwargs)
    beta, alpha = values.pop("beta"), values.pop("alpha")
    input, a, b = values.values()
    if a._a.dtype.kind not in "fc":
        return loop(level, function, args, kwargs)
    name = function.op.name
    product = {"addmm": ops.mm, "addmv": ops.mv, "addr": ops.outer}.get(name, ops.bmm)(a, b)
    product = product.sum(0) if name == "addbmm" else product
    product = product if alpha == 1 else product * alpha
    return product if beta == 0 else (input if beta == 1 else input * beta) + product


# --- convolution ------------------------------------------------------------------------------------------------------


def _merged(p: Tensor, dim: int) -> Tensor:
    """The batch in front of dimension `dim` of the sample. Shape: (batch, …, n, …) -> (…, batch n, …)."""
    p = p.movedim(0, dim)
    return p.reshape((*p.shape[:dim], -1, *p.shape[dim + 2 :]))


def _parted(p: Tensor, dim: int, size: int) -> Tensor:
    """The inverse. Shape: (…, batch n, …) -> (batch, …, n, …)."""
    return p.reshape((*p.shape[:dim], size, -1, *p.shape[dim + 1 :])).movedim(dim, 0)


def _with_bias(out: Tensor, bias: Any) -> Tensor:
    return out if bias is None else out + bias.reshape((-1, *(1,) * (out._a.ndim - 2)))


@rule("_convolution", "_conv_transpose")
def _convolution(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    v = bound(function, args, kwargs)
    x, weight, bias, size = v["input"], v["weight"], v["bias"], level.size
    if not size:
        return loop(level, function, args, kwargs)
    if level.has(bias) or level.has(weight) and bias is not None:
        return _with_bias(function(*list({**v, "bias": None}.values())), bias)
    shape = v.get("shape")
    if not level.has(weight):  # the samples' batches join
        v["input"] = _merged(x._p, 0)
        if shape is not None:
            v["shape"] = (size * shape[0], *shape[1:])
        return level.wrap(_parted(call(function, v), 0, size))
    # every sample has its own filters: they are groups of one convolution
    v["input"] = _merged(level.expanded(x), 1)
    v["weight"] = _merged(weight._p, 0)
    v["groups"] = size * v["groups"]
    if shape is not None:
        v["shape"] = (shape[0], size * shape[1], *shape[2:])
    return level.wrap(_parted(call(function, v), 1, size))


@rule("_conv_input_grad", "_conv_weight_grad")
def _convolution_grad(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    v = bound(function, args, kwargs)
    size, shape = level.size, v["shape"]
    if not size:
        return loop(level, function, args, kwargs)
    if function.op.name == "_conv_input_grad":
        if not level.has(v["weight"]):
            v.update(grad=_merged(v["grad"]._p, 0), shape=(size * shape[0], *shape[1:]))
            return level.wrap(_parted(call(function, v), 0, size))
        v.update(grad=_merged(level.expanded(v["grad"]), 1), weight=_merged(v["weight"]._p, 0))
        v.update(shape=(shape[0], size * shape[1], *shape[2:]), groups=size * v["groups"])
        return level.wrap(_parted(call(function, v), 1, size))
    v.update(grad=_merged(level.expanded(v["grad"]), 1), input=_merged(level.expanded(v["input"]), 1))
    v.update(shape=(size * shape[0], *shape[1:]), groups=size * v["groups"])
    return level.wrap(_parted(call(function, v), 0, size))


# --- normalisation ----------------------------------------------------------------------------------------------------


@rule("_layer_norm", "_rms_norm", "_group_norm")
def _norm(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    v = bound(function, args, kwargs)
    x, weight, bias = v["input"], v["weight"], v.get("bias")
    groups = function.op.name == "_group_norm"
    if level.has(weight) or level.has(bias):
        plain = {**v, "weight": None, **({"bias": None} if "bias" in v else {})}
        r = function(*plain.values())
        tail = (-1, *(1,) * (x._a.ndim - 2)) if groups else None
        if weight is not None:
            r = r * (weight if tail is None else weight.reshape(tail))
        return r if bias is None else r + (bias if tail is None else bias.reshape(tail))
    if not groups:
        return level.wrap(function(x._p, *list(v.values())[1:]))
    if not level.size:
        return loop(level, function, args, kwargs)
    return level.wrap(_parted(function(_merged(x._p, 0), *list(v.values())[1:]), 0, level.size))


@rule("batch_norm")
def _batch_norm(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    v = bound(function, args, kwargs)
    x, mean, var, training = v["input"], v["running_mean"], v["running_var"], v["training"]
    if x._a.ndim < 2:
        return loop(level, function, args, kwargs)
    tail = (-1, *(1,) * (x._a.ndim - 2))
    if training:
        if mean is not None and level.has(x) and not (level.has(mean) and level.has(var)):
            raise RuntimeError(
                "Batch norm got a batched tensor as input while the running_mean or running_var, which will be updated "
                "in place, were not batched.\nIf you are using a module and do not need eval mode, please set "
                "`track_running_stats` to be False.If you are using a prebuilt module and do not need eval mode, please "
                "see the functorch website for resources on how to patch your module to work with vmap"
            )
        dims = (0, *range(2, x._a.ndim))
        count = math.prod([x._a.shape[d] for d in dims])
        if count == 1:
            raise ValueError(f"Expected more than 1 value per channel when training, got input size {x.shape}")
        own_var, own_mean = ops.var_mean(x, dims, correction=0)
        if mean is not None:
            momentum = v["momentum"]
            mean.copy_(mean * (1 - momentum) + own_mean.detach() * momentum)
            var.copy_(var * (1 - momentum) + own_var.detach() * (momentum * count / (count - 1)))
        mean, var = own_mean, own_var
    r = (x - mean.reshape(tail)) * ops.rsqrt(var + v["eps"]).reshape(tail)
    if v["weight"] is not None:
        r = r * v["weight"].reshape(tail)
    return r if v["bias"] is None else r + v["bias"].reshape(tail)


# --- losses -----------------------------------------------------------------------------------------------------------


@rule("_mse_loss", "_huber_loss", "_smooth_l1_loss", "_binary_cross_entropy", "_binary_cross_entropy_with_logits",
      "_soft_margin_loss")  # fmt: skip
def _elementwise_loss(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    v = bound(function, args, kwargs)
    reduction, v["reduction"] = v["reduction"], "none"
    r = elementwise(level, function, tuple(v.values()), {})
    return r if reduction == "none" else r.sum() if reduction == "sum" else r.mean()


@rule("_nll_loss")
def _nll_loss(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    v = bound(function, args, kwargs)
    input, target, weight, reduction, ignored = (
        v["input"], v["target"], v["weight"], v["reduction"], v["ignore_index"],
    )  # fmt: skip
    if level.has(weight) or not level.size or target._a.ndim + 1 != max(input._a.ndim, 1):
        return loop(level, function, args, kwargs)
    if input._a.ndim == 1:  # (C): the batch itself is N
        losses = level.wrap(function(level.expanded(input), level.expanded(target), weight, ignored, "none"))
    else:
        losses = folded(level, lambda x, t: function(x, t, weight, ignored, "none"), (input, target), {})
    if reduction == "none":
        return losses
    total = losses.sum()
    if reduction == "sum":
        return total
    used = target != ignored
    if weight is None:
        return total / used.sum().to(total.dtype)
    return total / (weight[ops.where(used, target, 0)] * used).sum()


# --- lookups ----------------------------------------------------------------------------------------------------------


@rule("_embedding")
def _embedding(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    weight, indices, *rest = args
    if not level.has(weight):
        return level.wrap(function(weight, indices._p, *rest))
    padding, by_frequency = rest
    if by_frequency or not level.size or weight._a.ndim != 2:
        return loop(level, function, args, kwargs)
    rows = weight._p if padding < 0 else _without_gradient(weight, padding)._p
    places = level.expanded(indices)
    count = weight._a.shape[0]
    if not isinstance(places, Wrapped) and places._a.size and not 0 <= places._a.min() <= places._a.max() < count:
        raise IndexError("index out of range in self")  # which another sample's rows would hide
    start = Tensor._wrap(np.arange(level.size) * count).reshape((level.size, *(1,) * (places._a.ndim - 1)))
    return level.wrap(function(rows.reshape((-1, rows.shape[-1])), places + start, -1, False))


def _without_gradient(weight: Tensor, row: int) -> Tensor:
    """The table with one row cut out of the graph."""
    return ops.cat([weight[:row], weight[row : row + 1].detach(), weight[row + 1 :]], 0)
