"""Batch, layer, group and RMS normalisation, forward and joint backward.

Statistics are two-pass: the mean first, then the variance of x - mean, so that a large mean costs no digits. Sums along
contiguous rows are NumPy's pairwise ones or BLAS dot products. float16 and bfloat16 are computed in float32 and rounded
at the end; the statistics saved for the backward stay in float32.

Each backward takes `needed`, three booleans for (x, weight, bias), and returns as many arrays, None where not needed.
"""

from math import prod

import numpy as np

from .softmax import row_sum, widen

_ALL = (True, True, True)


def _row_dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The dot products along the last axis, without the array of products."""
    return np.matmul(a[..., None, :], b[..., :, None])[..., 0, 0]


def _column_sum(a: np.ndarray) -> np.ndarray:
    """The sums of a matrix over its rows' index, as ones @ a (BLAS keeps several partial sums)."""
    return np.matmul(np.ones(len(a), a.dtype), a)


def _channel_sum(x: np.ndarray) -> np.ndarray:
    """Sum of x (N, C, L) per channel, over the samples in float64."""
    if x.shape[2] == 1:
        return np.add.reduce(x[:, :, 0], axis=0, dtype=np.float64)
    return np.add.reduce(np.add.reduce(x, axis=2), axis=0, dtype=np.float64)


def _channel_dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Sum of a * b, both (N, C, L), per channel, over the samples in float64."""
    if a.shape[2] == 1:
        return np.add.reduce(a[:, :, 0] * b[:, :, 0], axis=0, dtype=np.float64)
    return np.add.reduce(_row_dot(a, b), axis=0, dtype=np.float64)


def _as_channels(x: np.ndarray) -> np.ndarray:
    """(N, C, *size) -> (N, C, L), contiguous."""
    x = widen(x)
    return np.ascontiguousarray(x).reshape(*x.shape[:2], prod(x.shape[2:]))


def batch_norm_statistics(x: np.ndarray):
    """Mean and biased variance of x (N, C, *size) per channel, in the type to compute in.

    >>> batch_norm_statistics(np.array([[1.0], [3.0]]))
    (array([2.]), array([1.]))
    """
    flat = _as_channels(x)
    count = flat.shape[0] * flat.shape[2]
    mean = (_channel_sum(flat) / count).astype(flat.dtype)
    centred = flat - mean[:, None]
    rest = _channel_sum(centred) / count  # what rounding left of the mean: channels of one number have that mean
    var = _channel_dot(centred, centred) / count - rest * rest
    return (mean + rest).astype(flat.dtype), np.maximum(var, 0).astype(flat.dtype)


def batch_norm_running(running_mean, running_var, mean, var, count: int, momentum: float):
    """The new running mean and variance: (1 - momentum) * old + momentum * new, the variance unbiased.

    >>> batch_norm_running(np.array([0.0]), np.array([1.0]), np.array([2.0]), np.array([1.0]), 2, 0.5)
    (array([1.]), array([1.5]))
    """
    results = []
    for old, new in ((running_mean, mean), (running_var, var * (count / (count - 1)) if count > 1 else var * np.nan)):
        if old.dtype.name == "bfloat16":  # numbers and products are rounded, but for the product with the variance
            rest, new, share = (widen(np.asarray(v).astype(old.dtype)) for v in (1 - momentum, new, momentum))
            added = new * share if old is running_var else widen((new * share).astype(old.dtype))
            blended = widen((widen(old) * rest).astype(old.dtype)) + added
        else:
            blended = widen(old) * (1 - momentum) + new * momentum
        results.append(blended.astype(old.dtype, copy=False))
    return tuple(results)


def batch_norm_forward(x, weight, bias, mean, var, eps: float):
    """(x - mean) / sqrt(var + eps) * weight + bias per channel.

    Args:
        mean, var: from `batch_norm_statistics` (training) or the running ones (evaluation).

    Shape: x (N, C, *size), the others (C,); weight and bias may be None -> out as x, inverse deviation (C,).
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html

    >>> x = np.array([[1.0], [3.0]])
    >>> batch_norm_forward(x, None, None, *batch_norm_statistics(x), 0.0)[0].ravel()
    array([-1.,  1.])
    """
    flat = _as_channels(x)
    real = flat.dtype.type
    mean, var = widen(mean).astype(flat.dtype, copy=False), widen(var).astype(flat.dtype, copy=False)
    inverse = 1 / np.sqrt(var + real(eps))
    scale = inverse if weight is None else inverse * widen(weight)
    out = flat - mean[:, None]  # not folded into one shift: that would cancel when mean is large
    out *= scale[:, None]
    if bias is not None:
        out += widen(bias)[:, None]
    return out.reshape(x.shape).astype(x.dtype, copy=False), inverse


def batch_norm_backward(g, x, weight, mean, inverse, training: bool, needed=_ALL):
    """The gradients of `batch_norm_forward` for (x, weight, bias).

    With xhat = (x - mean) * inverse: bias gets sum(g), weight sum(g * xhat), and x gets
    weight * inverse * (g - mean(g) - xhat * mean(g * xhat)), or weight * inverse * g in evaluation.

    >>> g, x = np.array([[1.0], [0.0]]), np.array([[1.0], [3.0]])
    >>> batch_norm_backward(g, x, None, np.array([2.0]), np.array([1.0]), True)[1]
    array([-1.])
    """
    shape, dtype = x.shape, x.dtype
    flat, g = _as_channels(x), _as_channels(g)
    real = flat.dtype
    mean, inverse = widen(mean).astype(real, copy=False), widen(inverse).astype(real, copy=False)
    count = flat.shape[0] * flat.shape[2]
    weight_type = real if weight is None else weight.dtype
    scale = inverse if weight is None else inverse * widen(weight)
    whole = needed[0] and training
    total = _channel_sum(g) if whole or needed[2] else None
    grad = dot = None
    if whole or needed[1]:
        centred = flat - mean[:, None]
        dot = _channel_dot(g, centred)
    if whole:
        slope = dot * inverse.astype(np.float64) ** 2 / count
        centred *= slope.astype(real)[:, None]
        grad = np.subtract(g, centred, out=centred)
        grad -= (total / count).astype(real)[:, None]
        grad *= scale[:, None]
    elif needed[0]:
        grad = g * scale[:, None]
    return (
        grad.reshape(shape).astype(dtype, copy=False) if needed[0] else None,
        (dot * inverse).astype(weight_type) if needed[1] else None,
        total.astype(weight_type) if needed[2] else None,
    )


def _rows(x: np.ndarray, size: int) -> np.ndarray:
    return np.ascontiguousarray(widen(x)).reshape(-1, size)


def _centred(rows: np.ndarray):
    """The means along the last axis, kept, and the rows less them; of rows of one number exactly.

    >>> _centred(np.full((1, 3), 0.45, np.float32))[1]
    array([[0., 0., 0.]], dtype=float32)
    """
    size = rows.dtype.type(rows.shape[-1])
    mean = row_sum(rows) / size
    centred = rows - mean
    mean += row_sum(centred) / size  # what rounding left
    return mean, np.subtract(rows, mean, out=centred)


def layer_norm_forward(x, normalized_dims: int, weight, bias, eps: float):
    """(x - mean) / sqrt(var + eps) * weight + bias over the last `normalized_dims` axes.

    Shape: x (*, D...), weight and bias (D...) or None -> out as x, mean and inverse deviation (M, 1), M rows.
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html

    >>> layer_norm_forward(np.array([[1.0, 3.0]]), 1, None, None, 0.0)[0]
    array([[-1.,  1.]])
    """
    size = prod(x.shape[x.ndim - normalized_dims :])
    flat = _rows(x, size) if x.size else np.empty((prod(x.shape[: x.ndim - normalized_dims]), size), widen(x).dtype)
    mean, out = _centred(flat)
    inverse = 1 / np.sqrt(_row_dot(out, out)[:, None] / flat.dtype.type(size) + flat.dtype.type(eps))
    out *= inverse
    if weight is not None:
        out *= widen(weight).reshape(-1)
    if bias is not None:
        out += widen(bias).reshape(-1)
    return out.reshape(x.shape).astype(x.dtype, copy=False), mean, inverse


def layer_norm_backward(g, x, weight, mean, inverse, normalized_dims: int, needed=_ALL):
    """The gradients of `layer_norm_forward` for (x, weight, bias).

    With xhat = (x - mean) * inverse and h = g * weight: x gets inverse * (h - mean(h) - xhat * mean(h * xhat)).

    >>> layer_norm_backward(np.ones((1, 2)), np.array([[1.0, 3.0]]), None, np.array([[2.0]]), np.array([[1.0]]), 1)[1]
    array([-1.,  1.])
    """
    inner = x.shape[x.ndim - normalized_dims :]
    if x.size == 0:
        zeros = np.zeros(inner, x.dtype if weight is None else weight.dtype)
        return tuple(a if n else None for a, n in zip((np.zeros_like(x), zeros, zeros.copy()), needed))
    size = prod(inner)
    flat, g = _rows(x, size), _rows(g, size)
    normal = None
    if needed[0] or needed[1]:
        normal = flat - mean
        normal *= inverse
    weight_type = flat.dtype if weight is None else weight.dtype
    grad_weight = _column_sum(g * normal).reshape(inner).astype(weight_type, copy=False) if needed[1] else None
    grad_bias = _column_sum(g).reshape(inner).astype(weight_type, copy=False) if needed[2] else None
    grad = None
    if needed[0]:
        h = g if weight is None else g * widen(weight).reshape(-1)
        normal *= _row_dot(h, normal)[:, None] / flat.dtype.type(size)
        grad = np.subtract(h, normal, out=normal)
        grad -= row_sum(h) / flat.dtype.type(size)
        grad *= inverse
        grad = grad.reshape(x.shape).astype(x.dtype, copy=False)
    return grad, grad_weight, grad_bias


def rms_norm_forward(x, normalized_dims: int, weight, eps: float):
    """x / sqrt(mean(x * x) + eps) * weight over the last `normalized_dims` axes.

    PyTorch's eps=None is the epsilon of the type computed in: that of float32 for float16 and bfloat16 as well.

    Shape: x (*, D...), weight (D...) or None -> out as x, inverse root mean square (M, 1), M rows.
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html

    >>> rms_norm_forward(np.array([[3.0, 3.0]]), 1, None, 0.0)[0]
    array([[1., 1.]])
    """
    size = prod(x.shape[x.ndim - normalized_dims :])
    flat = _rows(x, size) if x.size else np.empty((prod(x.shape[: x.ndim - normalized_dims]), size), widen(x).dtype)
    inverse = 1 / np.sqrt(_row_dot(flat, flat)[:, None] / flat.dtype.type(size) + flat.dtype.type(eps))
    out = flat * inverse
    if weight is not None:
        out *= widen(weight).reshape(-1)
    return out.reshape(x.shape).astype(x.dtype, copy=False), inverse


def rms_norm_backward(g, x, weight, inverse, normalized_dims: int, needed=(True, True)):
    """The gradients of `rms_norm_forward` for (x, weight).

    With xhat = x * inverse and h = g * weight: x gets inverse * (h - xhat * mean(h * xhat)).

    >>> rms_norm_backward(np.ones((1, 2)), np.array([[3.0, 3.0]]), None, np.array([[1 / 3]]), 1)[1]
    array([1., 1.])
    """
    inner = x.shape[x.ndim - normalized_dims :]
    if x.size == 0:
        zeros = np.zeros(inner, x.dtype if weight is None else weight.dtype)
        return tuple(a if n else None for a, n in zip((np.zeros_like(x), zeros), needed))
    size = prod(inner)
    flat, g = _rows(x, size), _rows(g, size)
    normal = flat * inverse
    weight_type = flat.dtype if weight is None else weight.dtype
    grad_weight = _column_sum(g * normal).reshape(inner).astype(weight_type, copy=False) if needed[1] else None
    grad = None
    if needed[0]:
        h = g if weight is None else g * widen(weight).reshape(-1)
        normal *= _row_dot(h, normal)[:, None] / flat.dtype.type(size)
        grad = np.subtract(h, normal, out=normal)
        grad *= inverse
        grad = grad.reshape(x.shape).astype(x.dtype, copy=False)
    return grad, grad_weight


def group_norm_forward(x, groups: int, weight, bias, eps: float):
    """(x - mean) / sqrt(var + eps) over each group of channels, then weight and bias per channel.

    Shape: x (N, C, *size), weight and bias (C,) or None -> out as x, mean and inverse deviation (N, groups).
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html

    >>> group_norm_forward(np.array([[[1.0], [3.0]]]), 1, None, None, 0.0)[0].ravel()
    array([-1.,  1.])
    """
    samples, channels = x.shape[:2]
    if x.size == 0:
        nothing = np.zeros((samples, groups), widen(x).dtype)
        return np.zeros_like(x), nothing, nothing.copy()
    flat = np.ascontiguousarray(widen(x)).reshape(samples, groups, -1)
    mean, out = _centred(flat)
    mean = mean[..., 0]
    inverse = 1 / np.sqrt(_row_dot(out, out) / flat.dtype.type(flat.shape[2]) + flat.dtype.type(eps))
    out *= inverse[..., None]
    out = out.reshape(samples, channels, -1)
    if weight is not None:
        out *= widen(weight)[:, None]
    if bias is not None:
        out += widen(bias)[:, None]
    return out.reshape(x.shape).astype(x.dtype, copy=False), mean, inverse


def group_norm_backward(g, x, weight, mean, inverse, groups: int, needed=_ALL):
    """The gradients of `group_norm_forward` for (x, weight, bias); as `layer_norm_backward`, over each group.

    >>> x = np.array([[[1.0], [3.0]]])
    >>> group_norm_backward(np.ones_like(x), x, None, np.array([[2.0]]), np.array([[1.0]]), 1)[1]
    array([-1.,  1.])
    """
    samples, channels = x.shape[:2]
    if x.size == 0:
        zeros = np.zeros(channels, x.dtype if weight is None else weight.dtype)
        return tuple(a if n else None for a, n in zip((np.zeros_like(x), zeros, zeros.copy()), needed))
    g = np.ascontiguousarray(widen(g)).reshape(samples, channels, -1)
    normal = np.ascontiguousarray(widen(x)).reshape(samples, groups, -1) - mean[..., None]
    normal *= inverse[..., None]
    by_channel = normal.reshape(g.shape)
    weight_type = normal.dtype if weight is None else weight.dtype
    dots = _row_dot(g, by_channel) if needed[0] or needed[1] else None  # (N, C)
    sums = g.sum(axis=2) if needed[0] or needed[2] else None
    grad = None
    grad_weight = dots.sum(axis=0, dtype=np.float64).astype(weight_type) if needed[1] else None
    grad_bias = sums.sum(axis=0, dtype=np.float64).astype(weight_type) if needed[2] else None
    if needed[0]:
        if weight is not None:
            factor = widen(weight)
            g, dots, sums = g * factor[:, None], dots * factor, sums * factor
        size = normal.dtype.type(normal.shape[2])
        normal *= (dots.reshape(samples, groups, -1).sum(axis=2) / size)[..., None]
        grad = np.subtract(g.reshape(normal.shape), normal, out=normal)
        grad -= (sums.reshape(samples, groups, -1).sum(axis=2) / size)[..., None]
        grad *= inverse[..., None]
        grad = grad.reshape(x.shape).astype(x.dtype, copy=False)
    return grad, grad_weight, grad_bias
