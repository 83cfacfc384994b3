"""Variance, medians, quantiles, covariance."""

from __future__ import annotations

import math

from penlight.base import dtypes
from penlight.base.dims import dimension, dimensions
from penlight.base.dtypes import from_numpy
from penlight.base.warning import warn
from penlight.ops.reduce import axes_of, count_of, spread
from penlight.ops.sums import sum_axes
from penlight.ops.table import composite, op

__all__ = ["pick"]


def pick(g, which):
    """One output's gradient of several; None where it is not used."""
    return g.get(which) if isinstance(g, dict) else g[which]


# --- variance --------------------------------------------------------------------------------------------------------


def _moments(xp, input, dim, correction, keepdim, root=False, alone=False):
    """(variance or its root, mean) by two passes: the second is over differences, so nothing cancels.

    Where float32 may not do (huge or tiny squares, a mean that dwarfs the differences), float64 repeats it, as PyTorch
    counts; but it rounds the mean of everything, where asked for the variance alone (`alone`).
    """
    dtype = input.dtype
    axes = axes_of(dim, input)
    count = count_of(input.shape, dim)
    if dtype.kind == "c":
        parts = [_moments(xp, part, dim, correction, keepdim, False, alone) for part in (input.real, input.imag)]
        variance, mean = xp.asarray(parts[0][0] + parts[1][0]), xp.asarray(parts[0][1] + 1j * parts[1][1], dtype)
        return xp.sqrt(variance) if root else variance, mean
    half = dtype.itemsize == 2
    values = input.astype("float32") if half else input
    number = values.dtype.type
    with xp.errstate(all="ignore"):
        mean = sum_axes(xp, values, axes, True) / number(count)
        difference = values - mean
        variance = sum_axes(xp, xp.multiply(difference, difference), axes, True) / number(max(0, count - correction))
        if number is xp.float32 and variance.size:
            rounded = alone and not half and variance.size == 1
            least = 1e-30 if rounded else xp.maximum(mean * mean * number(1e-8), number(1e-30))
            if not ((variance > least).all() and variance.max() < 1e30):
                values = values.astype("float64")
                mean = mean.astype("float64") if rounded else sum_axes(xp, values, axes, True) / count
                difference = values - mean
                total = sum_axes(xp, xp.multiply(difference, difference), axes, True)
                variance = total / xp.float64(max(0, count - correction))
        result = xp.asarray(xp.sqrt(variance) if root else variance).astype(dtype, copy=False)
        mean = xp.asarray(mean).astype(dtype, copy=False)
    return (result, mean) if keepdim else (result.squeeze(axes), mean.squeeze(axes))


def _var_slope(k, g, input, input_shape, dim, correction, keepdim):
    """d variance / d x = 2 (x - mean) / (n - correction)."""
    count = max(0, count_of(input_shape, dim) - correction)
    factor = 2.0 / count if count else math.inf
    return spread(k, g * factor, input_shape, dim, keepdim) * (input - k._mean_dims(input, dim, True))


@op("_var(Tensor input, dims? dim, number correction, bool keepdim)", dense=True, half="direct", on="", vjp={"input": _var_slope})
def _var(xp, input, dim, correction, keepdim):
    """The variance over some dimensions."""
    return _moments(xp, input, dim, correction, keepdim, alone=True)[0]


def _std_slope(k, g, input, out, input_shape, dim, correction, keepdim):
    g = k._drop(g / (out * 2), out == 0)
    return _var_slope(k, g, input, input_shape, dim, correction, keepdim)


@op("_std(Tensor input, dims? dim, number correction, bool keepdim)", dense=True, half="direct", on="", vjp={"input": _std_slope})
def _std(xp, input, dim, correction, keepdim):
    """The standard deviation over some dimensions."""
    return _moments(xp, input, dim, correction, keepdim, True, True)[0]


def _with_mean(k, g_mean, d_input, input_shape, dim, keepdim):
    if g_mean is None:
        return d_input
    d_mean = spread(k, g_mean / count_of(input_shape, dim), input_shape, dim, keepdim)
    return d_mean if d_input is None else d_input + d_mean


def _var_mean_rule(k, g, input, input_shape, dim, correction, keepdim):
    g_var, g_mean = pick(g, 0), pick(g, 1)
    d = None if g_var is None else _var_slope(k, g_var, input, input_shape, dim, correction, keepdim)
    return (_with_mean(k, g_mean, d, input_shape, dim, keepdim),)


@op(
    "_var_mean(Tensor input, dims? dim, number correction, bool keepdim)",
    dense=True,
    half="direct",
    on="",
    outputs="var mean",
    joint=_var_mean_rule,
)
def _var_mean(xp, input, dim, correction, keepdim):
    """The variance and the mean over some dimensions."""
    return _moments(xp, input, dim, correction, keepdim)


def _std_mean_rule(k, g, input, std, input_shape, dim, correction, keepdim):
    g_std, g_mean = pick(g, 0), pick(g, 1)
    d = None if g_std is None else _std_slope(k, g_std, input, std, input_shape, dim, correction, keepdim)
    return (_with_mean(k, g_mean, d, input_shape, dim, keepdim),)


@op(
    "_std_mean(Tensor input, dims? dim, number correction, bool keepdim)",
    dense=True,
    half="direct",
    on="",
    outputs="std mean",
    joint=_std_mean_rule,
)
def _std_mean(xp, input, dim, correction, keepdim):
    """The standard deviation and the mean over some dimensions."""
    return _moments(xp, input, dim, correction, keepdim, True)


def _read_spread(name, input, dim, unbiased, keepdim, correction):
    """PyTorch's two forms: (dim, unbiased, keepdim), also var(unbiased) alone, and (dim, *, correction, keepdim)."""
    if input.dtype.category not in (dtypes.FLOAT, dtypes.COMPLEX):
        names = "std_mean and var_mean" if name.endswith("_mean") else "std and var"
        raise RuntimeError(f"{names} only support floating point and complex dtypes")
    if isinstance(dim, bool):
        if unbiased is not None:
            raise TypeError(f"{name}(): argument 'dim' must be tuple of ints, not bool")
        dim, unbiased = None, dim
    if isinstance(dim, (tuple, list)) and not dim:
        dim = None
    if dim is not None:
        dim = dimensions(dim, input.ndim)
    if correction is not None:
        if unbiased is not None:
            raise TypeError(f"{name}() takes either 'unbiased' or 'correction', not both")
    else:
        correction = 1 if unbiased is None or unbiased else 0
    if (count_of(input.shape, dim) if math.prod(input.shape) else 0) <= correction:
        warn(
            f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input "
            "numel divided by output numel)."
        )
    return dim, correction, keepdim


_SPREAD = "(Tensor input, any dim=None, bool unbiased=_MISSING, bool keepdim=False, *, real correction=None)"


@composite("var" + _SPREAD, out=True)
def var(k, input, dim=None, unbiased=None, keepdim=False, correction=None):
    """The variance, of all elements or over `dim`: the sum of squared differences from the mean over n - correction.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.var.html

    >>> import penlight as torch
    >>> torch.var(torch.tensor([1., 2., 3.]))
    tensor(1.)
    """
    return k._var(input, *_read_spread("var", input, dim, unbiased, keepdim, correction))


@composite("std" + _SPREAD, out=True)
def std(k, input, dim=None, unbiased=None, keepdim=False, correction=None):
    """The standard deviation, of all elements or over `dim`: the square root of `torch.var`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.std.html
    """
    return k._std(input, *_read_spread("std", input, dim, unbiased, keepdim, correction))


@composite("var_mean" + _SPREAD, on="torch")
def var_mean(k, input, dim=None, unbiased=None, keepdim=False, correction=None):
    """(variance, mean).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.var_mean.html
    """
    return k._var_mean(input, *_read_spread("var_mean", input, dim, unbiased, keepdim, correction))


@composite("std_mean" + _SPREAD, on="torch")
def std_mean(k, input, dim=None, unbiased=None, keepdim=False, correction=None):
    """(standard deviation, mean).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.std_mean.html
    """
    return k._std_mean(input, *_read_spread("std_mean", input, dim, unbiased, keepdim, correction))


# --- values taken along a dimension -----------------------------------------------------------------------------------


@op(
    "_take_along(Tensor input, Tensor index, int dim)",
    on="",
    half="direct",
    grad_name="GatherBackward0",
    vjp={"input": lambda k, g, index, dim, input_shape: k._put_along(g, index, dim, input_shape)},
)
def _take_along(xp, input, index, dim):
    """input's values at `index` along `dim`."""
    if not input.ndim:
        return input.reshape(1)[index]
    return xp.take_along_axis(input, index, dim)


@op(
    "_put_along(Tensor values, Tensor index, int dim, any shape)",
    on="",
    half="direct",
    vjp={"values": lambda k, g, index, dim: k._take_along(g, index, dim)},
)
def _put_along(xp, values, index, dim, shape):
    """Zeros of `shape` with values added in at `index` along `dim`."""
    result = xp.zeros(shape, values.dtype)
    if not shape:
        result[...] = values.sum()
        return result
    places = list(xp.indices(index.shape, sparse=True))
    places[dim] = index
    xp.add.at(result, tuple(places), values)
    return result


def _chosen(k, g, indices, dim, keepdim, input_shape):
    """The gradient of a value picked along a dimension goes to its place."""
    if input_shape and not keepdim:
        g, indices = k.unsqueeze(g, dim), k.unsqueeze(indices, dim)
    return k._put_along(g, indices, dim, input_shape)


def _with_dim(xp, name, input, dim, index_of, kinds="bc"):
    """(values, indices) of one element per row along `dim`; index_of gives it for rows in the last dimension."""
    if not input.ndim:
        return input.copy(), xp.zeros((), "int64")
    if not input.shape[dim]:
        raise IndexError(f"{name}(): Expected reduction dim {dim} to have non-zero size.")
    _refuse(f"{name}_out_impl", input, kinds)
    rows = xp.moveaxis(input, dim, -1)
    index = index_of(rows)[..., None]
    values = xp.take_along_axis(rows, index, -1)
    return xp.moveaxis(values, -1, dim), xp.moveaxis(index, -1, dim)


def _drop(values, indices, dim, keepdim, ndim):
    if keepdim or not ndim:
        return values, indices
    return values.squeeze(dim), indices.squeeze(dim)


def _refuse(name, array, kinds):
    if array.dtype.kind in kinds:
        raise NotImplementedError(f"\"{name}\" not implemented for '{from_numpy(array.dtype).legacy}'")


def _middle(xp, rows, skip_nan):
    """The index of each row's lower median; NaN counts as the largest, or is the median unless skipped."""
    order = xp.ordered(rows, rows.ndim - 1, False, True)[1]
    n = rows.shape[-1]
    if rows.dtype.kind != "f":
        return order[..., (n - 1) // 2]
    nan = xp.isnan(rows)
    if not nan.any():
        return order[..., (n - 1) // 2]
    if skip_nan:
        place = xp.maximum(n - nan.sum(-1) - 1, 0) // 2
        return xp.take_along_axis(order, place[..., None], -1)[..., 0]
    return xp.where(nan.any(-1), nan.argmax(-1), order[..., (n - 1) // 2])


def _evenly(k, g, input, out):
    """The gradient of a value that several elements may hold, shared between them."""
    holds = k.logical_or(input == out, k.logical_and(input != input, out != out))
    return holds * (g / k._how_many(holds, None, False, g))


def _median_op(name, skip_nan, label):
    def kernel(xp, input):
        _refuse("median_cpu", input, "bc")
        flat = input.reshape(-1)
        if not flat.size:
            if input.dtype.kind in "iu":
                return xp.asarray(xp.iinfo(input.dtype).min, input.dtype)
            return xp.asarray(xp.nan, input.dtype)
        if input.dtype.kind == "f" and (nan := xp.isnan(flat)).any():
            if not skip_nan or nan.all():
                return xp.asarray(xp.nan, input.dtype)
            flat = flat[~nan]
        return xp.kth_ordered(flat, (flat.size - 1) // 2, 0)[0][0]

    op(f"_{name}_all(Tensor input)", on="", grad_name=f"{label}Backward0", vjp={"input": _evenly})(kernel)

    def kernel_dim(xp, input, dim, keepdim):
        values, indices = _with_dim(xp, name, input, dim, lambda rows: _middle(xp, rows, skip_nan))
        return _drop(values, indices, dim, keepdim, input.ndim)

    op(
        f"_{name}_dim(Tensor input, dim dim, bool keepdim=False)",
        dense=True,
        on="",
        outputs="values indices",
        non_differentiable="indices",
        returns=name,
        grad_name=f"{label}Backward1",
        vjp={"input": _chosen},
    )(kernel_dim)

    def body(k, input, dim=None, keepdim=False):
        if dim is None:
            return getattr(k, f"_{name}_all")(input)
        return getattr(k, f"_{name}_dim")(input, dim, keepdim)

    body.__doc__ = f"""The median{" of the elements that are not NaN" if skip_nan else ""}; of two in the middle the lower one.

    With `dim`: (values, indices). Source: https://docs.pytorch.org/docs/stable/generated/torch.{name}.html
    """
    composite(f"{name}(Tensor input, int dim=_MISSING, bool keepdim=False)", out=True)(body)


_median_op("median", False, "Median")
_median_op("nanmedian", True, "Nanmedian")


def _inserted(row):
    """The order in which std::sort, whose order NaN breaks, leaves a short row: that of insertion."""
    order = [0]
    for i, value in enumerate(row[1:], 1):
        at = 0 if value < row[order[0]] else i
        while at and value < row[order[at - 1]]:
            at -= 1
        order.insert(at, i)
    return order


def _most_frequent(xp, rows):
    """The last index of each row's most frequent value (the smallest of them at a tie)."""
    n = rows.shape[-1]
    order = xp.ordered(rows[None], rows.ndim, False, False)[1][0]  # with equal elements where std::sort leaves them
    lost = (rows != rows).any(-1)
    if n <= 16 and lost.any():
        order[lost] = [_inserted(row.tolist()) for row in rows[lost]]
    ordered = xp.take_along_axis(rows, order, -1)
    place = xp.arange(n)
    starts = xp.zeros(rows.shape, "int64")
    starts[..., 1:] = xp.where(ordered[..., 1:] != ordered[..., :-1], place[1:], 0)
    run = place - xp.maximum.accumulate(starts, -1)  # how many equal ones came before
    return xp.take_along_axis(order, run.argmax(-1)[..., None], -1)[..., 0]


@op(
    "mode(Tensor input, dim dim=-1, bool keepdim=False)",
    dense=True,
    outputs="values indices",
    non_differentiable="indices",
    returns="mode",
    out=True,
    vjp={"input": _chosen},
)
def mode(xp, input, dim, keepdim):
    """The most frequent value along `dim` and an index of it. More than 16 values with NaN among them PyTorch does not order.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.mode.html
    """
    kinds = "c" if input.size else ""
    values, indices = _with_dim(xp, "mode", input, dim, lambda rows: _most_frequent(xp, rows), kinds)
    return _drop(values, indices, dim, keepdim, input.ndim)


# --- quantiles -------------------------------------------------------------------------------------------------------


@op(
    "_quantile_places(Tensor input, Tensor q, str interpolation, bool skip_nan)",
    on="",
    outputs="below above base count",
    half="direct",
)
def _quantile_places(xp, input, q, interpolation, skip_nan):
    """Indices of each row's neighbours of the quantiles; the upper one's weight is q * count - base."""
    order = xp.argsort(input, axis=-1, kind="stable")
    n = input.shape[-1]
    nan = xp.isnan(input)
    counted = n - nan.sum(-1, keepdims=True) if skip_nan else n
    rank = q * xp.maximum(counted - 1, 0).astype(input.dtype)  # (..., number of quantiles)
    rank = xp.broadcast_to(rank, (*input.shape[:-1], q.size))
    if not skip_nan:
        rank = xp.where(nan.any(-1, keepdims=True), input.dtype.type(n - 1), rank)
    if interpolation == "lower":
        rank = xp.floor(rank)
    elif interpolation == "higher":
        rank = xp.ceil(rank)
    elif interpolation == "nearest":
        rank = xp.round(rank)
    low = xp.floor(rank)
    below = xp.take_along_axis(order, low.astype("int64"), -1)
    above = xp.take_along_axis(order, xp.ceil(rank).astype("int64"), -1)
    steps = xp.broadcast_to(xp.asarray(xp.maximum(counted - 1, 0)).astype(input.dtype), (*input.shape[:-1], 1))
    if not skip_nan and nan.any():
        has_nan = nan.any(-1, keepdims=True)
        steps, low = xp.where(has_nan, 0, steps).astype(input.dtype), xp.where(has_nan, 0, low).astype(input.dtype)
    return below, above, low, steps


def _quantile(k, name, input, q, dim, keepdim, interpolation, skip_nan):
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )
    if input.dtype not in (dtypes.float32, dtypes.float64):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype, but got {input.dtype!r}")
    if not math.prod(input.shape):
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if not hasattr(q, "ndim") or getattr(q, "shape", None) == () and not hasattr(q, "_a"):  # a number, NumPy's too
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q}")
        scalar, q = True, k._full_like(input, float(q))
    else:
        if q.ndim > 1:
            raise RuntimeError(f"{name}() q must be a scalar or 1D tensor, but has {q.ndim} dimensions")
        if q.dtype is not input.dtype:
            raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor, but got {q.dtype!r}")
        scalar = q.ndim == 0
        if not bool(k.all(k.logical_and(q >= 0, q <= 1))):
            raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
        q = k.reshape(q, (-1,)) if not scalar else k.reshape(q, (1,))
    ndim = input.ndim
    if dim is None:
        rows, position = k.reshape(input, (-1,)), None
    else:
        position = dimension(dim, ndim)
        rows = k.movedim(input, position, -1) if ndim else k.reshape(input, (1,))
    below, above, base, count = k._quantile_places(rows.detach(), q.detach(), interpolation, skip_nan)
    low = k._take_along(rows, below, rows.ndim - 1)
    result = low  # (..., number of quantiles)
    if interpolation == "midpoint":
        result = k.lerp(low, k._take_along(rows, above, rows.ndim - 1), 0.5)
    elif interpolation == "linear":
        result = k.lerp(low, k._take_along(rows, above, rows.ndim - 1), q * count - base)
    if keepdim:
        shape = [1] * ndim if dim is None else [1 if i == position else n for i, n in enumerate(input.shape)]
    else:
        shape = [] if dim is None else [n for i, n in enumerate(input.shape) if i != position]
    count = result.shape[-1]
    result = k.movedim(result, -1, 0)
    return k._unsafe_view(result, tuple(shape) if scalar else (count, *shape))


@op("_full_like(Tensor input, number value)", on="", half="direct")
def _full_like(xp, input, value):
    """One element of the input's dtype."""
    return xp.full((1,), value, input.dtype)


_QUANTILE = "(Tensor input, float|Tensor q, int dim=None, bool keepdim=False, *, str interpolation='linear')"


@composite("quantile" + _QUANTILE, out=True)
def quantile(k, input, q, dim=None, keepdim=False, interpolation="linear"):
    """The q-th quantiles, of all elements or along `dim`; NaN in a row gives NaN.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.quantile.html

    >>> import penlight as torch
    >>> torch.quantile(torch.tensor([1., 2., 3., 4.]), 0.5)
    tensor(2.5000)
    """
    return _quantile(k, "quantile", input, q, dim, keepdim, interpolation, False)


@composite("nanquantile" + _QUANTILE, out=True)
def nanquantile(k, input, q, dim=None, keepdim=False, interpolation="linear"):
    """The q-th quantiles of the elements that are not NaN.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nanquantile.html
    """
    return _quantile(k, "quantile", input, q, dim, keepdim, interpolation, True)


# --- covariance ------------------------------------------------------------------------------------------------------


def _weights(name, weights, count, integral):
    if weights.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with {weights.ndim} dimensions"
        )
    if (weights.dtype.category in (dtypes.SIGNED, dtypes.UNSIGNED)) != integral:
        wanted = "integral dtype" if integral else "floating point dtype"
        raise RuntimeError(f"cov(): expected {name} to have {wanted} but got {name} with {weights.dtype.legacy} dtype")
    if math.prod(weights.shape) != count:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got "
            f"{math.prod(weights.shape)} != {count}"
        )
    if count and bool((weights < 0).any()):
        raise RuntimeError(f"cov(): {name} cannot be negative")


@composite("cov(Tensor input, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None)")
def cov(k, input, correction=1, fweights=None, aweights=None):
    """The covariance matrix of variables in rows, observations in columns. Shape: (n, m) -> (n, n), (m) -> ().

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cov.html
    """
    if input.ndim > 2:
        raise RuntimeError(
            f"cov(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions"
        )
    if input.dtype is dtypes.bool_:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    x = k.reshape(input, (1, -1)) if input.ndim < 2 else input
    count = x.shape[1]
    w = None
    if fweights is not None:
        _weights("fweights", fweights, count, True)
        w = fweights.to(x.dtype) if x.dtype.is_floating_point else fweights
    if aweights is not None:
        _weights("aweights", aweights, count, False)
        w = aweights if w is None else w * aweights
    if not count:
        nothing = x.to(dtypes.float32) if x.dtype.category in (dtypes.SIGNED, dtypes.UNSIGNED) else x
        return k.squeeze(k.mm(nothing, k.t(nothing)) + float("nan"))
    w_sum = count if w is None else k.sum(w)
    if w is not None and not bool(w_sum != 0):
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    mean = (k.sum(x, 1) if w is None else k.sum(x * w, 1)) / w_sum
    if w is not None and aweights is not None and correction != 0:
        norm = w_sum - correction * k.sum(w * aweights) / w_sum
    else:
        norm = w_sum - correction
    if norm <= 0:
        warn("cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.")
    if w is None:
        norm = max(norm, 0)
        if not norm:
            norm = k._full_like(mean.detach(), 0.0)
    else:
        norm = k.clamp(norm, min=0)
    x = x - k.unsqueeze(mean, 1)
    right = x if w is None else x * w
    if right.dtype is not x.dtype:
        x = x.to(right.dtype)
    return k.squeeze(k.mm(x, k.conjugate(k.t(right))) / norm)


@composite("corrcoef(Tensor input)")
def corrcoef(k, input):
    """Pearson's correlation coefficients of variables in rows, within [-1, 1].

    Source: https://docs.pytorch.org/docs/stable/generated/torch.corrcoef.html
    """
    if input.ndim > 2:
        raise RuntimeError(
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions"
        )
    c = k.cov(input)
    if not c.ndim:
        return c / c
    deviation = k.sqrt(k.real(k.diagonal(c)) if c.dtype.is_complex else k.diagonal(c))
    c = c / k.reshape(deviation, (-1, 1)) / k.reshape(deviation, (1, -1))
    if c.dtype.is_complex:
        return k.complex(k.clamp(k.real(c), -1, 1), k.clamp(k.imag(c), -1, 1))
    return k.clamp(c, -1, 1)
