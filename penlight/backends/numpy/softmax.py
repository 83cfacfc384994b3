"""Softmax, log-softmax, logsumexp and the fused cross-entropy of class indices, forward and backward.

All functions take and return plain arrays. float16 and bfloat16 are computed in float32 and rounded at the end.
"""

import numpy as np


def widen(array: np.ndarray) -> np.ndarray:
    """`array` in the type to compute in: float32 for float16, bfloat16 and float8, else itself.

    NumPy's own `kind` is "f" for float16 and some float8, "V" for bfloat16 and the other ml_dtypes.
    """
    dtype = array.dtype
    if dtype.kind == "V" or (dtype.kind == "f" and dtype.itemsize < 4):
        return array.astype(np.float32)
    return array


def _safe_maximum(x: np.ndarray, axis) -> np.ndarray:
    """The maximum along `axis` (kept), with 0 in place of an infinity, so that x - maximum is never inf - inf."""
    peak = x.max(axis=axis, keepdims=True)
    infinite = np.isinf(peak)
    if infinite.any():
        peak = np.where(infinite, peak.dtype.type(0), peak)
    return peak


def row_sum(x: np.ndarray) -> np.ndarray:
    """The sum along the last axis, kept: x @ ones, which BLAS does faster than NumPy's pairwise sum up to some length.

    >>> row_sum(np.array([[1.0, 2.0]]))
    array([[3.]])
    """
    length = x.shape[-1]
    if x.size < 1024 or x.dtype.kind != "f" or length > 8192:  # beyond that, pairwise sums keep more digits
        return np.add.reduce(x, -1, None, None, True)
    return np.matmul(x, np.ones((length, 1), x.dtype))


def _total(x: np.ndarray, axis: int) -> np.ndarray:
    return row_sum(x) if axis in (-1, x.ndim - 1) else np.add.reduce(x, axis, None, None, True)


# Elements that the passes of one kernel work on at a time, so that they stay in the second-level cache.
_BLOCK = 1 << 16


def _by_rows(kernel, arrays, axis: int) -> np.ndarray:
    """kernel(*arrays, axis, out=...) on blocks of rows where the axis is the last of a large array, else at once."""
    first = arrays[0]
    out = np.empty(first.shape, first.dtype)
    if out.size <= 2 * _BLOCK:  # the usual case: one call
        if out.size:
            kernel(*arrays, axis, out)
        return out
    if axis not in (-1, out.ndim - 1) or not all(a.flags.c_contiguous for a in arrays):
        kernel(*arrays, axis, out)
        return out
    flat = [a.reshape(-1, out.shape[-1]) for a in (*arrays, out)]
    step = max(1, _BLOCK // out.shape[-1])
    for i in range(0, len(flat[0]), step):
        *blocks, result = (a[i : i + step] for a in flat)
        kernel(*blocks, -1, result)
    return out


def _softmax(x, axis, out):
    np.subtract(x, np.maximum.reduce(x, axis, None, None, True), out)  # inf - inf: the row is NaN, as in PyTorch
    np.exp(out, out)
    np.divide(out, _total(out, axis), out)


def _softmax_backward(g, result, axis, out):
    np.multiply(g, result, out=out)
    out -= result * _total(out, axis)


def _log_softmax(x, axis, out):
    np.subtract(x, np.maximum.reduce(x, axis, None, None, True), out)
    np.subtract(out, np.log(_total(np.exp(out), axis)), out)


def _log_softmax_backward(g, result, axis, out):
    np.exp(result, out)
    np.multiply(out, _total(g, axis), out)
    np.subtract(g, out, out)


def softmax(x: np.ndarray, axis: int) -> np.ndarray:
    """exp(x) / sum(exp(x)) along `axis`, as exp(x - max) / sum(exp(x - max)).

    >>> softmax(np.array([0.0, 0.0]), 0)
    array([0.5, 0.5])
    """
    return _by_rows(_softmax, [widen(x)], axis).astype(x.dtype, copy=False)


def softmax_backward(g: np.ndarray, out: np.ndarray, axis: int) -> np.ndarray:
    """out * (g - sum(g * out)) along `axis`: the gradient of `softmax`, from its output.

    >>> softmax_backward(np.array([1.0, 0.0]), np.array([0.5, 0.5]), 0)
    array([ 0.25, -0.25])
    """
    return _by_rows(_softmax_backward, [widen(g), widen(out)], axis).astype(g.dtype, copy=False)


def log_softmax(x: np.ndarray, axis: int) -> np.ndarray:
    """x - logsumexp(x) along `axis`.

    >>> log_softmax(np.array([0.0, 0.0]), 0)
    array([-0.69314718, -0.69314718])
    """
    return _by_rows(_log_softmax, [widen(x)], axis).astype(x.dtype, copy=False)


def log_softmax_backward(g: np.ndarray, out: np.ndarray, axis: int) -> np.ndarray:
    """g - exp(out) * sum(g) along `axis`: the gradient of `log_softmax`, from its output.

    >>> log_softmax_backward(np.array([1.0, 0.0]), np.log(np.array([0.5, 0.5])), 0)
    array([ 0.5, -0.5])
    """
    return _by_rows(_log_softmax_backward, [widen(g), widen(out)], axis).astype(g.dtype, copy=False)


def logsumexp(x: np.ndarray, axis, keepdims: bool = False) -> np.ndarray:
    """log(sum(exp(x))) along `axis` (an int or a tuple), as max + log(sum(exp(x - max))).

    A maximum of +-inf is left out of the subtraction, so that a row of -inf gives -inf. Integers are computed in
    float32. A complex x is shifted by the maximum of its real part.

    >>> float(logsumexp(np.array([0.0, -np.inf]), 0))
    0.0
    """
    dtype = np.dtype(np.float32) if x.dtype.kind in "iub" else x.dtype
    x = x.astype(np.float32) if x.dtype.kind in "iub" else widen(x)
    axes = tuple(range(x.ndim)) if axis is None else axis
    if x.size == 0:  # the sum of no terms: log(0); a reduced axis that is not empty leaves an empty result
        with np.errstate(divide="ignore"):
            return np.log(np.exp(x).sum(axis=axes, keepdims=keepdims)).astype(dtype, copy=False)
    peak = _safe_maximum(x.real, axes)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        out = np.log(np.exp(x - peak).sum(axis=axes, keepdims=True))
    out = out + peak
    if not keepdims:
        out = np.squeeze(out, axis=axes)
    return np.asarray(out).astype(dtype, copy=False)


def logsumexp_backward(g: np.ndarray, x: np.ndarray, out: np.ndarray, axis, keepdims: bool = False) -> np.ndarray:
    """g * exp(x - out): the gradient of `logsumexp`, in the type of `out`; NaN at an infinite x == out, as in PyTorch.

    >>> logsumexp_backward(np.array(1.0), np.zeros(2), np.log(np.array(2.0)), 0)
    array([0.5, 0.5])
    """
    dtype, g, out = out.dtype, widen(g), widen(out)
    x = widen(x)
    if not keepdims:
        axes = tuple(range(x.ndim)) if axis is None else axis
        g, out = np.expand_dims(g, axes), np.expand_dims(out, axes)
    with np.errstate(over="ignore", invalid="ignore"):
        return (g * np.exp(x - out).conj()).astype(dtype, copy=False)


def _picked(target: np.ndarray, ignore_index: int):
    """(target with 0 for the ignored rows, which rows count or None for all)."""
    used = target != ignore_index
    if used.all():
        return target, None
    return np.where(used, target, 0), used


def cross_entropy_forward(
    logits: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
):
    """The cross-entropy of class indices, and what its backward needs.

    Row by row: loss = -(1 - s) * w[t] * logp[t] - s / C * sum(w * logp), with logp = log_softmax(logits) and s the
    label smoothing. "mean" divides by the sum of w[t] over the rows that count; with none it is NaN, as in PyTorch.

    Shape: logits (N, C, ...) or (C,), target (N, ...) or () of integers -> loss (N, ...) or (), log_probability as
    logits. The caller has checked that each target is in [0, C) or equal to `ignore_index`.

    Returns: (loss, log_probability, total_weight); the last two are for `cross_entropy_backward`.
    Source: https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html

    >>> round(float(cross_entropy_forward(np.zeros((1, 2)), np.array([1]))[0]), 4)
    0.6931
    """
    dtype = logits.dtype
    axis = 1 if logits.ndim > 1 else 0
    log_probability = log_softmax(widen(logits), axis)
    classes = logits.shape[axis]
    weight = None if weight is None else widen(weight)
    safe, used = _picked(target, ignore_index)
    if logits.ndim == 2:
        loss = -log_probability[np.arange(len(safe)), safe]
    else:
        loss = -np.take_along_axis(log_probability, np.expand_dims(safe, axis), axis).squeeze(axis)
    row_weight = None if weight is None else weight[safe]
    if row_weight is not None:
        loss = loss * row_weight
    if label_smoothing:
        if weight is None:
            smooth = -log_probability.sum(axis=axis)
        else:
            smooth = -(log_probability * _along(weight, logits.ndim, axis)).sum(axis=axis)
        loss = loss * loss.dtype.type(1 - label_smoothing) + smooth * loss.dtype.type(label_smoothing / classes)
    if used is not None:
        loss = np.where(used, loss, loss.dtype.type(0))
    if row_weight is None:
        count = target.size if used is None else np.count_nonzero(used)
        total = loss.dtype.type(count)
    else:
        total = (row_weight if used is None else row_weight * used).sum(dtype=loss.dtype)
    if reduction == "sum":
        loss = loss.sum()
    elif reduction == "mean":
        with np.errstate(invalid="ignore", divide="ignore"):
            loss = np.divide(loss.sum(), total)
    return np.asarray(loss).astype(dtype, copy=False), log_probability, total


def cross_entropy_backward(
    g: np.ndarray,
    log_probability: np.ndarray,
    target: np.ndarray,
    total_weight,
    weight: np.ndarray | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    dtype=None,
) -> np.ndarray:
    """The gradient of `cross_entropy_forward` with respect to the logits.

    With v = (1 - s) * w[t] * onehot(t) + s / C * w, row by row: g * (sum(v) * exp(logp) - v).
    `dtype` is the type of the logits, for float16 and bfloat16 (log_probability is float32 there).

    >>> cross_entropy_backward(np.array(1.0), np.log(np.full((1, 2), 0.5)), np.array([1]), 1.0)
    array([[ 0.5, -0.5]])
    """
    axis = 1 if log_probability.ndim > 1 else 0
    classes = log_probability.shape[axis]
    real = log_probability.dtype.type
    weight = None if weight is None else widen(weight)
    safe, used = _picked(target, ignore_index)
    scale = widen(np.asarray(g))
    if reduction == "mean":
        with np.errstate(invalid="ignore", divide="ignore"):
            scale = scale / total_weight
    if weight is None and used is None and not label_smoothing and log_probability.ndim == 2:
        grad = np.exp(log_probability)  # the usual case: scale * (exp(logp) - onehot)
        grad[np.arange(len(safe)), safe] -= 1
        grad *= scale if scale.ndim == 0 else scale[:, None]
        return grad.astype(log_probability.dtype if dtype is None else dtype, copy=False)
    if used is not None:
        scale = np.where(used, scale, real(0))
    row = scale if weight is None else scale * weight[safe]  # the gradient of each row's -logp[t]
    row = np.broadcast_to(row * real(1 - label_smoothing) if label_smoothing else row, target.shape)
    grad = np.exp(log_probability)
    if label_smoothing:
        spread = np.asarray(scale * real(label_smoothing / classes))  # of each row's -w * logp, any class
        spread = np.expand_dims(np.broadcast_to(spread, target.shape), axis)
        if weight is None:
            grad *= np.expand_dims(row, axis) + spread * real(classes)
            grad -= spread
        else:
            grad *= np.expand_dims(row, axis) + spread * weight.sum()
            grad -= spread * _along(weight, log_probability.ndim, axis)
    else:
        grad *= np.expand_dims(row, axis)
    if log_probability.ndim == 2:
        grad[np.arange(len(safe)), safe] -= row
    else:
        picked = np.expand_dims(safe, axis)
        np.put_along_axis(grad, picked, np.take_along_axis(grad, picked, axis) - np.expand_dims(row, axis), axis)
    return grad.astype(log_probability.dtype if dtype is None else dtype, copy=False)


def _along(vector: np.ndarray, ndim: int, axis: int) -> np.ndarray:
    """`vector` shaped to broadcast along `axis` of an array of `ndim` dimensions."""
    return vector.reshape([-1 if i == axis else 1 for i in range(ndim)])
