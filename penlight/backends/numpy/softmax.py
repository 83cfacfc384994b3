"""Softmax and log-softmax, forward and backward.

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
_SMALL = 1 << 12  # elements up to which the plain formula beats the kernel that works in blocks


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
    if x.dtype.char in "fd" and 0 < x.size <= _SMALL:
        out = np.subtract(x, np.maximum.reduce(x, axis, None, None, True))
        return np.subtract(out, np.log(np.add.reduce(np.exp(out), axis, None, None, True)), out)
    return _by_rows(_log_softmax, [widen(x)], axis).astype(x.dtype, copy=False)


def log_softmax_backward(g: np.ndarray, out: np.ndarray, axis: int) -> np.ndarray:
    """g - exp(out) * sum(g) along `axis`: the gradient of `log_softmax`, from its output.

    >>> log_softmax_backward(np.array([1.0, 0.0]), np.log(np.array([0.5, 0.5])), 0)
    array([ 0.5, -0.5])
    """
    if g.dtype is out.dtype and g.dtype.char in "fd" and 0 < g.size <= _SMALL:
        soft = np.exp(out)
        soft *= np.add.reduce(g, axis, None, None, True)
        return np.subtract(g, soft, soft)
    return _by_rows(_log_softmax_backward, [widen(g), widen(out)], axis).astype(g.dtype, copy=False)
