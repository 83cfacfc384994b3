"""Distances and similarities between vectors."""

from __future__ import annotations

import math

from penlight.ops.kinds import refuse
from penlight.ops.sums import sum_axes
from penlight.ops.table import composite, op

__all__: list[str] = []


def _distance(xp, difference, p):
    """p-norms over the last dimension."""
    if p == 2:
        return xp.sqrt(sum_axes(xp, difference * difference, (difference.ndim - 1,), False))
    size = xp.abs(difference)
    if p == 0:
        return xp.add.reduce(size != 0, -1, dtype=size.dtype)
    if p == 1:
        return sum_axes(xp, size, (size.ndim - 1,), False)
    if math.isinf(p):
        return size.max(-1) if size.shape[-1] else xp.zeros(size.shape[:-1], size.dtype)
    return sum_axes(xp, size ** size.dtype.type(p), (size.ndim - 1,), False) ** size.dtype.type(1.0 / p)


def _slope(k, difference, distance, p):
    """d distance / d difference; 0 where the distance is 0."""
    distance = k.unsqueeze(distance, -1)
    if p == 0:
        return difference * 0
    if p == 1:
        return k.sgn(difference)
    if p == 2:
        return k.where(distance == 0, 0.0, difference / k.where(distance == 0, 1.0, distance))
    size = k.abs(difference)
    if math.isinf(p):
        return k.sgn(difference) * (size == distance)
    inner = k.where(size == 0, 0.0, k._pow_number(k.where(size == 0, 1.0, size), p - 1))
    outer = k.where(distance == 0, 0.0, k._pow_number(k.where(distance == 0, 1.0, distance), 1 - p))
    return k.sgn(difference) * inner * outer


def _by_product(xp, x1, x2):
    """|a - b|^2 = |a|^2 + |b|^2 - 2 a.b: one matrix product for many rows."""
    squares1 = xp.add.reduce(x1 * x1, -1, keepdims=True)
    squares2 = xp.add.reduce(x2 * x2, -1, keepdims=True)
    square = squares1 + xp.swapaxes(squares2, -1, -2) - 2 * xp.matmul(x1, xp.swapaxes(x2, -1, -2))
    return xp.sqrt(xp.maximum(square, 0))


def _cdist_rule(k, g, need, x1, x2, out, x1_shape, x2_shape, p):
    difference = k.unsqueeze(x1, -2) - k.unsqueeze(x2, -3)  # (..., P, R, M)
    d = k.unsqueeze(g, -1) * _slope(k, difference, out, p)
    d1 = k.sum_to_size(k.sum(d, -2), x1_shape) if need[0] else None
    d2 = k.sum_to_size(-k.sum(d, -3), x2_shape) if need[1] else None
    return d1, d2


@op("_cdist(Tensor x1, Tensor x2, number p, bool by_product)", dense=True, on="", grad_name="CdistBackward0", joint=_cdist_rule)
def _cdist(xp, x1, x2, p, by_product):
    """All p-distances between two sets of rows."""
    if by_product:
        return _by_product(xp, x1, x2)
    return _distance(xp, x1[..., :, None, :] - x2[..., None, :, :], p)


_MODES = {
    "use_mm_for_euclid_dist_if_necessary": None, "use_mm_for_euclid_dist": True, "donot_use_mm_for_euclid_dist": False,
}  # fmt: skip


@composite(
    "cdist(Tensor x1, Tensor x2, number p=2.0, str|any compute_mode='use_mm_for_euclid_dist_if_necessary')", on="torch"
)
def cdist(k, x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """p-norm distances between all pairs of rows. Shape: (*, P, M), (*, R, M) -> (*, P, R).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cdist.html
    """
    if compute_mode not in _MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    for name, value in (("X1", x1), ("X2", x2)):
        if value.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {value.ndim}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}")
    if not x1.dtype.is_floating_point or not x2.dtype.is_floating_point:
        raise RuntimeError(f"cdist only supports floating-point dtypes, got: {x1.dtype!r} and {x2.dtype!r}")
    if x1.dtype is not x2.dtype:
        raise RuntimeError(f"expected scalar type {x1.dtype.legacy} but found {x2.dtype.legacy}")
    k.broadcast_shapes(x1.shape[:-2], x2.shape[:-2])
    if p < 0:
        raise RuntimeError(f"cdist only supports non-negative p values, got {p}")
    refuse("cdist", "h", x1)
    by_product = _MODES[compute_mode]
    if by_product is None:
        by_product = x1.shape[-2] > 25 or x2.shape[-2] > 25
    return k._cdist(x1, x2, p, by_product and p == 2 and x1.shape[-1] > 0)


def _pdist_rule(k, g, input, out, input_shape, p):
    rows, columns = k._pair_places(input)
    difference = k._take_rows(input, rows) - k._take_rows(input, columns)
    d = k.unsqueeze(g, -1) * _slope(k, difference, out, p)
    return k._put_rows(d, rows, input_shape) - k._put_rows(d, columns, input_shape)


@op("_pair_places(Tensor input)", on="", outputs="rows columns", half="direct")
def _pair_places(xp, input):
    """The places of the pairs (i, j), i < j, of rows."""
    return xp.triu_indices(input.shape[0], 1)


@op(
    "_take_rows(Tensor input, Tensor rows)",
    on="",
    half="direct",
    vjp={"input": lambda k, g, rows, input_shape: k._put_rows(g, rows, input_shape)},
)
def _take_rows(xp, input, rows):
    """Rows by number."""
    return input[rows]


@op("_put_rows(Tensor values, Tensor rows, any shape)", on="", vjp={"values": lambda k, g, rows: k._take_rows(g, rows)})
def _put_rows(xp, values, rows, shape):
    """Zeros with rows added in."""
    result = xp.zeros(shape, values.dtype)
    xp.add.at(result, rows, values)
    return result


@op("pdist(Tensor input, float p=2)", half="direct", on="torch F", vjp={"input": _pdist_rule})
def pdist(xp, input, p):
    """p-norm distances between all pairs of different rows. Shape: (n, m) -> (n (n - 1) / 2).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pdist.html
    """
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if input.dtype.kind not in "fV":
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError(f"pdist only supports non-negative p values, got {p}")
    refuse("pdist", "h", input)
    rows, columns = xp.triu_indices(input.shape[0], 1)
    return _distance(xp, input[rows] - input[columns], p)


@composite("pairwise_distance(Tensor x1, Tensor x2, float p=2.0, float eps=1e-06, bool keepdim=False)", on="torch F")
def pairwise_distance(k, x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """The p-norm of x1 - x2 + eps over the last dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pairwise_distance.html
    """
    last = max(x1.ndim, x2.ndim) - 1
    return k.linalg_vector_norm(x1 - x2 + eps, p, last, keepdim)


@composite("cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08)", on="torch F")
def cosine_similarity(k, x1, x2, dim=1, eps=1e-8):
    """x1 . x2 / (max(|x1|, eps) max(|x2|, eps)) along `dim`, with broadcasting.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html
    """
    if eps < 0:
        raise RuntimeError(f"cosine_similarity: eps must be non-negative, but got {eps}")
    d = k.result_type(x1, x2)
    if not d.is_floating_point:
        raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {d.legacy}")
    x1, x2 = x1.to(d), x2.to(d)
    shape = k.broadcast_shapes(x1.shape, x2.shape)
    x1, x2 = k.expand(x1, shape), k.expand(x2, shape)
    # each is scaled first, so that products of huge or tiny vectors stay in range
    x1 = x1 / k._at_least(k.linalg_vector_norm(x1, 2, dim, True), eps)
    x2 = x2 / k._at_least(k.linalg_vector_norm(x2, 2, dim, True), eps)
    return k.sum(x1 * x2, dim)


@op("_at_least(Tensor input, float low)", on="", vjp={"input": lambda k, g: g})
def _at_least(xp, input, low):
    """max(input, low); the gradient passes as if nothing was limited, as PyTorch's does here."""
    return xp.maximum(input, input.dtype.type(low))
