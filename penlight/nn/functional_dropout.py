"""Dropout in all its forms, in PyTorch's random stream.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
"""

from __future__ import annotations

import math
import warnings

import numpy as np

from penlight.base.dims import read, refused
from penlight.base.dtypes import from_numpy
from penlight.base.mode import mode
from penlight.tensor.create import empty_like
from penlight.tensor.generator import default_generator
from penlight.tensor.override import override
from penlight.tensor.tensor import Tensor

__all__ = ["alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout"]

_ALPHA = 1.7580993408473766  # SELU's alpha * scale


def _check(p: float) -> float:
    if p.__class__ is not float:
        p = read("float", p, "p", "dropout", 2)
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if p != p:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p}")
    return p


def _keep(input: Tensor, p: float, per_channel: bool) -> np.ndarray:
    """1 where a value is kept, in the input's dtype. Shape: the input's, or (N, C, 1, …)."""
    shape = input._a.shape
    if per_channel:
        if len(shape) < 2:
            raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
        shape = (*shape[:2], *(1,) * (len(shape) - 2))
    elif not input._a.flags.c_contiguous:  # drawn in the order of the memory
        return empty_like(input.detach()).bernoulli_(1.0 - p)._a
    return default_generator.bernoulli(shape, 1.0 - p)


def _dropped(input: Tensor, p: float, training: bool, inplace: bool, per_channel: bool = False) -> Tensor:
    if training is not True and training is not False:
        raise refused(training, "training", "bool", "dropout", 3)
    try:
        if not training or p == 0 or not input._a.size:
            return input
    except AttributeError:
        raise refused(input, "input", "Tensor", "dropout", 1) from None
    if mode.levels:
        return mode.levels[-1].draw(_dropped, (input, p, training, inplace, per_channel), {})
    if input.is_meta:
        return override(_dropped, (input, p, training, inplace, per_channel), {})
    d = input._a.dtype
    if d.kind == "c" and p != 1:
        raise NotImplementedError(f"\"bernoulli_scalar_cpu_\" not implemented for '{from_numpy(d).legacy}'")
    if d.kind not in "fcV" and p != 1:
        raise RuntimeError(f"result type Float can't be cast to the desired output type {from_numpy(d).legacy}")
    if p == 1:
        factor = np.zeros((), d)
    else:
        wide = d if d.itemsize > 2 else np.dtype(np.float32)
        # the scale 1 / (1 - p) is rounded to the dtype before it multiplies
        scale = wide.type(1) / wide.type(1.0 - p)
        factor = _keep(input, p, per_channel) * scale
        factor = factor if factor.dtype is d else factor.astype(d)
    return input.mul_(Tensor._wrap(factor)) if inplace else input * Tensor._wrap(factor)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, each element is 0 with probability p and divided by 1 - p otherwise. Shape: (*) -> (*)."""
    p = _check(p)
    return _dropped(input, p, training, inplace)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels. Shape: (N, C, L) or (C, L)."""
    p = _check(p)
    if input.dim() not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an "
            "optional batch "
            "dimension (i.e. 2D or 3D inputs)."
        )
    return _of_channels(input, p, training, inplace, input.dim() == 3)


def _of_channels(input: Tensor, p: float, training: bool, inplace: bool, batched: bool) -> Tensor:
    if batched:
        return _dropped(input, p, training, inplace, True)
    result = _dropped(input.unsqueeze(0), p, training, inplace, True)
    return input if inplace else result.squeeze(0)


def _warn_dims(name: str, dims: int, spatial: int) -> None:
    warnings.warn(
        f"{name}: Received a {dims}-D input to {name}, which is deprecated and will result in an error in a future "
        "release. To retain the behavior and silence this warning, please use dropout instead. Note that "
        f"{name} exists to provide channel-wise dropout on inputs with {spatial} spatial dimensions, a channel "
        "dimension, "
        f"and an optional batch dimension (i.e. {spatial + 1}D or {spatial + 2}D inputs).",
        stacklevel=3,
    )


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels. Shape: (N, C, H, W), or (N, C, L) with a warning."""
    p = _check(p)
    if input.dim() not in (3, 4):
        _warn_dims("dropout2d", input.dim(), 2)
    if input.dim() == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is "
            "desired - "
            "input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a "
            "future "
            "release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D "
            "channel-wise dropout behavior, please switch to using dropout1d instead.",
            stacklevel=2,
        )
    return _dropped(input, p, training, inplace, True)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels. Shape: (N, C, D, H, W) or (C, D, H, W)."""
    p = _check(p)
    if input.dim() not in (4, 5):
        _warn_dims("dropout3d", input.dim(), 3)
    return _of_channels(input, p, training, inplace, input.dim() == 5)


def _alpha_dropped(input: Tensor, p: float, training: bool, inplace: bool, per_channel: bool) -> Tensor:
    p = _check(p)
    if not isinstance(input, Tensor):
        raise refused(input, "input", "Tensor", "alpha_dropout", 1)
    if training is not True and training is not False:
        raise refused(training, "training", "bool", "dropout", 3)
    if not training or p == 0 or not input._a.size:
        return input
    if p == 1 or input._a.dtype.kind not in "fV":  # other dtypes are refused there
        return _dropped(input, p, training, inplace)
    if mode.levels:
        return mode.levels[-1].draw(_alpha_dropped, (input, p, training, inplace, per_channel), {})
    d = input._a.dtype
    # dropped values become -alpha; x -> a x + b restores mean 0 and variance 1
    a = 1.0 / math.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    wide = d if d.itemsize > 2 else np.dtype(np.float32)
    keep = _keep(input, p, per_channel).astype(wide)
    shift = ((keep - 1) * wide.type(_ALPHA * a) + wide.type(_ALPHA * a * p)).astype(d)
    factor = Tensor._wrap((keep * wide.type(a)).astype(d))
    if inplace:
        return input.mul_(factor).add_(Tensor._wrap(shift))
    return input * factor + Tensor._wrap(shift)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean and variance through SELU. Source: Klambauer et al., 2017."""
    return _alpha_dropped(input, p, training, inplace, False)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels. Shape: (N, C, *)."""
    return _alpha_dropped(input, p, training, inplace, True)
