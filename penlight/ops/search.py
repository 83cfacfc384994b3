"""Finding and counting: nonzero, searchsorted, bucketize, bincount, histograms."""

from __future__ import annotations

from math import isfinite

from penlight.base.dims import items, read
from penlight.ops.kinds import refuse
from penlight.ops.matrices import named
from penlight.ops.table import composite, op, underivable

__all__: list[str] = []


@op("_nonzero(Tensor input)", on="", half="direct")
def _nonzero(xp, input):
    """The indices of the elements that are not zero. Shape: (*) -> (count, ndim)."""
    if input.ndim == 0:
        return xp.zeros((int(bool(input)), 0), "int64")
    return xp.argwhere(input).astype("int64", copy=False)


@composite("nonzero(Tensor input, *, bool as_tuple=False)", out=True)
def nonzero(k, input, as_tuple=False):
    """The indices of the elements that are not zero: rows of a matrix, or with `as_tuple` one vector per dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nonzero.html

    >>> import penlight as torch
    >>> torch.nonzero(torch.tensor([0, 3, 0, 4]))
    tensor([[1],
            [3]])
    """
    if as_tuple:
        return k.unbind(k._nonzero(k.reshape(input, (1,)) if input.ndim == 0 else input), 1)
    return k._nonzero(input)


@composite("nonzero_static(Tensor input, *, size size, int fill_value=-1)", out=True)
def nonzero_static(k, input, size, fill_value):
    """`nonzero` with a fixed number of rows: cut off, or filled up with `fill_value`. Shape: (*) -> (size, ndim)."""
    if size < 0:
        raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
    return k._nonzero_rows(input, size, fill_value)


@op("_nonzero_rows(Tensor input, int size, int fill_value)", on="", half="direct")
def _nonzero_rows(xp, input, size, fill_value):
    """The first `size` indices of elements that are not zero."""
    found = xp.argwhere(input)[:size] if input.ndim else xp.zeros((min(int(bool(input)), size), 0), "int64")
    result = xp.full((size, input.ndim), fill_value, "int64")
    result[: len(found)] = found
    return result


@composite("argwhere(Tensor input)")
def argwhere(k, input):
    """The indices of the elements that are not zero, one row each."""
    return k._nonzero(input)


@op("_searchsorted(Tensor sequence, Tensor values, bool right, any sorter)", on="", half="direct")
def _searchsorted(xp, sequence, values, right, sorter):
    """Insertion points into sorted rows."""
    side = "right" if right else "left"
    kind = xp.result_type(sequence, values) if "V" not in sequence.dtype.kind + values.dtype.kind else "float32"
    sequence, values = sequence.astype(kind, copy=False), values.astype(kind, copy=False)
    refuse("searchsorted_out_cpu", "bc", sequence)
    if sequence.ndim == 1:
        return xp.searchsorted(sequence, values, side, sorter).astype("int64", copy=False)
    if not values.size or not sequence.size:
        return xp.zeros(values.shape, "int64")
    rows = sequence.reshape(-1, sequence.shape[-1])
    sorters = [None] * len(rows) if sorter is None else sorter.reshape(rows.shape)
    wanted = values.reshape(len(rows), -1)
    found = [xp.searchsorted(row, v, side, order) for row, v, order in zip(rows, wanted, sorters)]
    return xp.stack(found).reshape(values.shape).astype("int64", copy=False)


@composite(
    "searchsorted(Tensor sorted_sequence, number|Tensor input, *, bool out_int32=False, bool right=False, str side=None, any "
    "sorter=None)",
    on="torch",
    out=True,
)
def searchsorted(k, sorted_sequence, input, out_int32=False, right=False, side=None, sorter=None):
    """Where to insert values into sorted rows: before ("left") or after ("right") equal elements.

    Shape: (*, n), (*, m) -> (*, m); one row serves values of any shape.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.searchsorted.html
    """
    number = not hasattr(input, "_a")
    if number:
        input = k._constant(input)
    if not (input.ndim or input.is_floating_point() or sorted_sequence.is_floating_point()):
        input = input.to(k.result_type(sorted_sequence, input))  # an integer without dimensions wraps around
    if side is not None:
        if side not in ("left", "right"):
            raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
        if side == "left" and right:
            raise RuntimeError(
                "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True"
            )
        right = side == "right"
    if sorted_sequence.ndim == 0:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension"
        )
    if number and sorted_sequence.ndim != 1:
        raise RuntimeError(
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got "
            f"boundaries tensor dim({sorted_sequence.ndim}) and input value's dim(0) numel(1)"
        )
    if sorted_sequence.ndim != 1 and sorted_sequence.shape[:-1] != input.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
            "tensor "
            f"and input value tensor must match, but we got boundaries tensor {list(sorted_sequence.shape)} and "
            "input value "
            f"tensor {list(input.shape)}"
        )
    if sorter is not None:
        if sorter.shape != sorted_sequence.shape:
            raise RuntimeError(
                "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
                f"{list(sorted_sequence.shape)}and got sorter tensor {list(sorter.shape)}"
            )
        if sorter.dtype.name != "int64":
            raise RuntimeError(
                f"torch.searchsorted(): sorter must be a tensor of long dtype but got dtype {sorter.dtype.legacy}"
            )
        sorter = sorter._a
    result = k._searchsorted(sorted_sequence, input, right, sorter)
    return result.int() if out_int32 else result


@composite("bucketize(number|Tensor input, Tensor boundaries, *, bool out_int32=False, bool right=False)", on="torch", out=True)
def bucketize(k, input, boundaries, out_int32=False, right=False):
    """The number of the interval between boundaries that each value falls in.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.bucketize.html
    """
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return k.searchsorted(boundaries, input, out_int32=out_int32, right=right)


@op("bincount(Tensor input, Tensor? weights=None, size minlength=0)", half="direct",
    vjp={"weights": underivable("aten::bincount")})  # fmt: skip
def bincount(xp, input, weights, minlength):
    """How often each non-negative integer occurs, or the sums of their weights (in double unless float32).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.bincount.html
    """
    if input.dtype.kind not in "iu":
        raise NotImplementedError(f"\"bincount_cpu\" not implemented for '{input.dtype.name}'")
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if input.ndim != 1 or input.size and input.min() < 0:
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is not None and weights.shape != input.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    if not input.size:
        return xp.zeros(minlength, "int64")
    if weights is None:
        return xp.bincount(input, None, minlength).astype("int64", copy=False)
    result = xp.zeros(max(minlength, int(input.max()) + 1), "float32" if weights.dtype == "float32" else "float64")
    xp.add.at(result, input, weights.astype(result.dtype, copy=False))
    return result


@op("histc(Tensor input, int bins=100, real min=0, real max=0)", out=True, half="direct")
def histc(xp, input, bins, min, max):
    """Counts of elements in equal bins between min and max (of the data where both are equal); 16 bits round each step.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.histc.html
    """
    if bins <= 0:
        raise RuntimeError("bins must be > 0")
    if input.dtype.kind not in "fV":
        raise NotImplementedError(f"\"histogram_cpu\" not implemented for '{input.dtype.name}'")
    values = input.reshape(-1)
    low, high = float(min), float(max)
    if low == high and values.size:
        low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - 1, high + 1
    if not (xp.isfinite(low) and xp.isfinite(high)):
        raise RuntimeError(f"range of [{low}, {high}] is not finite")
    if low > high:
        raise RuntimeError("max must be larger than min")
    return _counts(xp, values, bins, low, high, None).astype(input.dtype)


def _counts(xp, values, bins, low, high, weight):
    inside = (values >= low) & (values <= high)
    kind = values.dtype
    with xp.errstate(over="ignore"):
        if not xp.isfinite(kind.type(high - low) * kind.type(bins)):
            values, kind = values.astype("float64") * 2.0**-64, xp.dtype("float64")
            low, high = low * 2.0**-64, high * 2.0**-64
    span = kind.type(high - low) if kind.type(high) > kind.type(low) else 0
    if span:
        position = ((values[inside] - kind.type(low)) * kind.type(bins) / span).astype("int64")
    else:  # numbers so large that a range of 2 around them is empty: PyTorch's are in the middle
        position = xp.full(int(inside.sum()), bins // 2)
    return xp.bincount(xp.minimum(position, bins - 1), None if weight is None else weight[inside], bins)


_histogram_rule = underivable("aten::histogram")


@op("_histogram_uniform(Tensor input, int bins, any range, Tensor? weight, bool density)", on="",
    outputs="hist bin_edges",
    returns="histogram", vjp={"input": _histogram_rule, "weight": _histogram_rule})  # fmt: skip
def _histogram_uniform(xp, input, bins, range, weight, density):
    """Counts in equal bins, and the bins' edges."""
    values = input.reshape(-1)
    if bins <= 0:
        raise RuntimeError("torch.histogram(): bins must be > 0")
    if range is not None:
        low, high = map(float, range)
        if low > high:
            raise RuntimeError("torch.histogram(): max must be larger than min")
    else:
        low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    if not (xp.isfinite(low) and xp.isfinite(high)):
        raise RuntimeError(f"torch.histogram(): dimension 0's range [{low}, {high}] is not finite")
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = _even_edges(xp, low, high, bins, input.dtype)
    return _finish(xp, values, edges, weight, density, True)


def _even_edges(xp, low, high, bins, dtype):
    """bins + 1 evenly spaced values, each counted from the nearer end by a fused multiply-add, as PyTorch's."""
    low, high, i = dtype.type(low), dtype.type(high), xp.arange(bins + 1)
    wide = xp.float64 if dtype.itemsize == 4 else xp.longdouble  # the product is rounded only with the sum
    step = wide((high - low) / dtype.type(bins))
    return xp.where(i < (bins + 1) // 2, low + step * i, high - step * (bins - i)).astype(dtype)


def _bin(xp, edges, values, even):
    """The bin of every value. Of even ones PyTorch guesses by division and looks at the neighbours' edges only."""
    bins = len(edges) - 1
    position = xp.searchsorted(edges, values, "right") - 1
    if even:
        guess = xp.nan_to_num((values - edges[0]) * edges.dtype.type(bins) / (edges[-1] - edges[0]), posinf=0, neginf=0)
        guess = xp.clip(guess, -2, bins + 1).astype("int64")
        position = xp.clip(position, xp.maximum(guess - 2, -1), guess + 1)
    return xp.where((values >= edges[0]) & (values <= edges[-1]), xp.minimum(position, bins - 1), -1)


def _finish(xp, values, edges, weight, density, even=False):
    return _histogram_of_rows.kernel(xp, values.reshape(-1, 1), [edges], weight, density, even), edges


@op("_histogram_edges(Tensor input, Tensor bins, Tensor? weight, bool density)", on="", outputs="hist bin_edges",
    returns="histogram", vjp={"input": _histogram_rule, "weight": _histogram_rule})  # fmt: skip
def _histogram_edges(xp, input, bins, weight, density):
    """Counts between given edges."""
    return _finish(xp, input.reshape(-1), bins.copy(), weight, density)


@composite("histogram(Tensor input, int|Tensor bins=100, *, any range=None, any weight=None, bool density=False)", out=True)
def histogram(k, input, bins=100, range=None, weight=None, density=False):
    """(counts or densities, edges) over equal bins (a number) or between given edges (a tensor).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.histogram.html
    """
    if input.dtype.name not in ("float32", "float64"):
        raise NotImplementedError(f"\"histogram_cpu\" not implemented for '{input.dtype.legacy}'")
    if hasattr(bins, "_a"):
        if range is not None:
            raise TypeError("histogram() takes `range` with a number of bins, but got a tensor of edges and a range")
        if bins.dtype is not input.dtype or bins.ndim != 1 or bins.shape[0] < 2:
            raise RuntimeError(
                f"histogram() expects edges of one dimension, at least two of them, in the input's dtype {input.dtype}, but "
                f"got a tensor of shape {tuple(bins.shape)} and dtype {bins.dtype}"
            )
        if weight is not None and weight.shape != input.shape:
            raise RuntimeError(f"histogram() expects weights of the input's shape {input.shape}, but got {weight.shape}")
        return k._histogram_edges(input, bins, weight, density)
    return k._histogram_uniform(input, bins, range, weight, density)


def _edges_of(k, input, bins, range):
    """Per dimension the edges of its bins, as arrays."""
    data = input._a.reshape(-1, input.shape[-1])
    d = data.shape[1]
    if len(bins) != d:
        raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.")
    if hasattr(bins[0], "_a"):
        return tuple(bins)
    for i, n in enumerate(bins):
        if n <= 0:
            raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {n} for dimension {i}")
    if range is not None and len(range) != 2 * d:
        raise RuntimeError(
            f"torch.histogramdd: for a {d}-dimensional histogram range should have {2 * d} elements, but got {len(range)}"
        )
    edges = []
    for i, n in enumerate(bins):
        column = data[:, i]
        if range is not None:
            low, high = float(range[2 * i]), float(range[2 * i + 1])
            if low > high:
                raise RuntimeError(f"torch.histogramdd: dimension {i}'s rightmost bin edge {high} is below {low}")
        else:
            low, high = (float(column.min()), float(column.max())) if column.size else (0.0, 1.0)
        if not (isfinite(low) and isfinite(high)):
            raise RuntimeError(f"torch.histogramdd: dimension {i}'s range [{low}, {high}] is not finite")
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges.append(k.linspace_like(input, low, high, n + 1))
    return tuple(edges)


@op("linspace_like(Tensor like, float low, float high, int steps)", on="", half="direct")
def linspace_like(xp, like, low, high, steps):
    """Evenly spaced values in the dtype of `like`."""
    return _even_edges(xp, low, high, steps - 1, like.dtype)


@op("_histogram_of_rows(Tensor input, Tensors edges, Tensor? weight, bool density, bool even)", on="",
    vjp={"input": underivable("aten::_histogramdd_from_bin_cts")})  # fmt: skip
def _histogram_of_rows(xp, input, edges, weight, density, even):
    """Counts in the boxes between edges. Shape: (*, d), d vectors -> the number of boxes per dimension."""
    rows = input.reshape(-1, len(edges))
    shape = tuple([len(e) - 1 for e in edges])
    inside, place = xp.ones(len(rows), bool), xp.zeros(len(rows), "int64")
    for column, e, n in zip(rows.T, edges, shape):
        position = _bin(xp, e, column, even)
        inside &= position >= 0
        place = place * n + xp.clip(position, 0, n - 1)
    if weight is None:
        counts = xp.bincount(place[inside], None, int(xp.prod(shape))).astype(input.dtype)
    else:  # added up one after another in their own precision, as PyTorch's
        counts = xp.zeros(int(xp.prod(shape)), input.dtype)
        xp.add.at(counts, place[inside], weight.reshape(-1)[inside])
    counts = counts.reshape(shape)
    if density:
        counts = counts / counts.sum()
        for i, e in enumerate(edges):
            counts = counts / xp.diff(e).reshape([-1 if j == i else 1 for j, _ in enumerate(shape)])
    return counts


@composite("histogramdd(Tensor input, any bins, any range=None, Tensor? weight=None, bool density=False)", on="torch")
def histogramdd(k, input, bins, range, weight, density):
    """(counts or densities, edges per dimension) of points. Shape: (*, d) -> one length per dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.histogramdd.html
    """
    if input.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    if input.dtype.name not in ("float32", "float64"):
        raise NotImplementedError(f"\"histogramdd\" not implemented for '{input.dtype.legacy}'")
    if weight is not None and tuple(weight.shape) != tuple(input.shape[:-1]):
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding "
            f"its innermost dimension, but got input with shape {list(input.shape)} and weight with shape "
            f"{list(weight.shape)}"
        )
    if not isinstance(bins, (tuple, list)):
        bins = [read("int", bins, "bins", "histogramdd", 2)] * input.shape[-1]
    elif not all(hasattr(n, "_a") and n.ndim for n in bins):
        bins = items(bins, "bins", "histogramdd", 2)
    if len(bins) != input.shape[-1]:
        raise RuntimeError(
            f"histogramdd: The size of bins must be equal to the innermost dimension of the input, but got {len(bins)} "
            f"and shape {list(input.shape)}"
        )
    edges = _edges_of(k, input, bins, range)
    return named("histogramdd", (k._histogram_of_rows(input, edges, weight, density, not hasattr(bins[0], "_a")), edges))


@composite("unravel_index(Tensor indices, any shape)", on="torch")
def unravel_index(k, indices, shape):
    """The coordinates, one tensor for each dimension, of flat indices into an array of `shape` (in row-major order).

    Raises: TypeError for indices that are no integers, ValueError for a negative size.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.unravel_index.html

    >>> import penlight as torch
    >>> torch.unravel_index(torch.tensor([1, 5]), (2, 3))
    (tensor([0, 1]), tensor([1, 2]))
    """
    if indices.dtype.is_floating_point or indices.dtype.is_complex or indices.dtype.name == "bool":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype!r}")
    if not isinstance(shape, (int, tuple, list, range)):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    for n in shape:
        if not isinstance(n, int):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(n)}")
        if n < 0:
            raise ValueError(f"'shape' cannot have negative values, but got {shape}")
    indices, coordinates = indices.long(), []
    for n in reversed(shape):
        coordinates.append(indices % n)
        indices = k.div(indices, n, rounding_mode="floor")
    return tuple(reversed(coordinates))
