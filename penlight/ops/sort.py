"""Order: sort, argsort, topk, kthvalue, unique. NaN counts as the largest number, as in PyTorch."""

from __future__ import annotations

from penlight.base.dims import dimension, needs_dimension, whole
from penlight.ops.kinds import not_implemented, refuse
from penlight.ops.table import composite, op

__all__: list[str] = []


def _key(input):
    """What to compare: NumPy sorts no bfloat16 NaNs to the end."""
    if input.dtype.kind == "c":
        raise RuntimeError(f"Sort does not support complex dtypes on CPU, got {input.dtype.name}")
    return input.astype("float32") if input.dtype.kind == "V" else input


def _with_values(input, found):
    """(values, places) that were found among keys, the values in the input's dtype."""
    values, places = found
    return values if values.dtype is input.dtype else values.astype(input.dtype), places


@op(
    "_sort(Tensor input, dim dim, bool descending, bool stable)",
    on="",
    outputs="values indices",
    returns="sort",
    half="direct",
    grad_name="SortBackward0",
    non_differentiable="indices",
    vjp={"input": lambda k, g, input_shape, indices, dim: k._put_selected(g, indices, input_shape, dim, True)},
)
def _sort(xp, input, dim, descending, stable):
    """Sorted values and where they came from."""
    if input.ndim == 0:
        _key(input)
        return input.copy(), xp.zeros((), "int64")
    return _with_values(input, xp.ordered(_key(input), dim, descending, stable))


@composite("sort(Tensor input, dim dim=-1, bool descending=False, *, bool? stable=False)", out=True)
def sort(k, input, dim, descending=False, stable=False):
    """(values, indices) in ascending or descending order along a dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sort.html

    >>> import penlight as torch
    >>> torch.sort(torch.tensor([3, 1, 2])).indices
    tensor([1, 2, 0])
    """
    return k._sort(input, dim, descending, stable)


@composite("argsort(Tensor input, dim dim=-1, bool descending=False, bool stable=False)")
def argsort(k, input, dim, descending=False, stable=False):
    """The indices that sort along a dimension."""
    return k._sort(input, dim, descending, stable)[1]


@composite("msort(Tensor input)", out=True)
def msort(k, input):
    """Sorted along the first dimension."""
    return k._sort(input, 0, False, False)[0]


@op(
    "_topk(Tensor input, int count, dim dim, bool largest)",
    dense=True,
    on="",
    outputs="values indices",
    returns="topk",
    half="direct",
    grad_name="TopkBackward0",
    non_differentiable="indices",
    vjp={"input": lambda k, g, input_shape, indices, dim: k._put_selected(g, indices, input_shape, dim, True)},
)
def _topk(xp, input, count, dim, largest):
    """The `count` largest or smallest in order, and where they stand."""
    n = input.shape[dim] if input.ndim else 1
    if not 0 <= count <= n:
        raise RuntimeError("selected index k out of range")
    if input.dtype.kind == "c":
        raise RuntimeError("topk does not support complex dtypes on CPU")
    if input.dtype.kind == "b":
        raise RuntimeError("topk does not support bool dtypes on CPU")
    if input.ndim == 0:
        return input.copy(), xp.zeros((), "int64")
    return _with_values(input, xp.first_ordered(_key(input), count, dim, largest))


@composite("topk(Tensor input, size k, dim dim=-1, bool largest=True, bool sorted=True)", out=True)
def topk(namespace, input, k, dim, largest=True, sorted=True):
    """(values, indices) of the k largest (or smallest) along a dimension, always in order.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.topk.html

    >>> import penlight as torch
    >>> torch.topk(torch.tensor([1., 5., 3.]), 2).values
    tensor([5., 3.])
    """
    return namespace._topk(input, whole(k, "k"), dim, largest)


@op(
    "_kthvalue(Tensor input, int count, dim dim, bool keepdim)",
    dense=True,
    on="",
    outputs="values indices",
    returns="kthvalue",
    half="direct",
    grad_name="KthvalueBackward0",
    non_differentiable="indices",
    vjp={
        "input": lambda k, g, input_shape, indices, dim, keepdim: k._put_selected(g, indices, input_shape, dim, keepdim)
    },
)
def _kthvalue(xp, input, count, dim, keepdim):
    """The k-th smallest along a dimension and where it stands."""
    n = input.shape[dim] if input.ndim else 1
    if input.ndim and not n:
        raise IndexError(f"kthvalue(): Expected reduction dim {dim} to have non-zero size.")
    if not 1 <= count <= n:
        raise RuntimeError("selected number k out of range for dimension " + str(dim))
    if input.ndim == 0:
        return input.copy(), xp.zeros((), "int64")
    if input.dtype.kind in "bc":
        raise not_implemented("kthvalue_cpu", input.dtype)
    values, index = _with_values(input, xp.kth_ordered(_key(input), count - 1, dim))
    return (values, index) if keepdim else (values.squeeze(dim), index.squeeze(dim))


@composite("kthvalue(Tensor input, size k, dim dim=-1, bool keepdim=False)", out=True)
def kthvalue(namespace, input, k, dim, keepdim=False):
    """(value, index) of the k-th smallest along a dimension, counted from 1."""
    return namespace._kthvalue(input, whole(k, "k"), dim, keepdim)


# --- distinct values -----------------------------------------------------------------------------------------------


def _tuple(values, inverse, counts, want_inverse, want_counts):
    result = (values, *((inverse,) if want_inverse else ()), *((counts,) if want_counts else ()))
    return result[0] if len(result) == 1 else result


def _underived(name):
    def rule(k, g):
        raise NotImplementedError(f"the derivative for '{name}' is not implemented.")

    return {"input": rule}


@op("_unique(Tensor input, any dim)", on="", outputs="values inverse counts", non_differentiable="inverse counts",
    half="direct", grad_name="Unique2Backward0", vjp=_underived("_unique2"))  # fmt: skip
def _unique(xp, input, dim):
    """Distinct sorted values (or slices), where each element went, how often each occurs."""
    refuse("unique", "c", input)
    key = _key(input)
    if dim is None:
        values, inverse, counts = xp.unique(key, return_inverse=True, return_counts=True, equal_nan=False)
        inverse = inverse.reshape(input.shape)
    elif input.shape[dim] == 0:
        return input.copy(), xp.zeros(0, "int64"), xp.zeros(0, "int64")
    else:
        values, inverse, counts = xp.unique(key, return_inverse=True, return_counts=True, axis=dim, equal_nan=False)
        inverse = inverse.reshape(-1)
    return values.astype(input.dtype, copy=False), inverse, counts


@composite("unique(Tensor input, bool sorted=True, bool return_inverse=False, bool return_counts=False, any dim=None)")
def unique(k, input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The distinct values (or slices along `dim`), sorted; with their inverse and counts on request.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.unique.html

    >>> import penlight as torch
    >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    if dim is not None:
        needs_dimension("unique", input.ndim)
        dim = dimension(dim, input.ndim)
    return _tuple(*k._unique(input, dim), return_inverse, return_counts)


@op("_unique_consecutive(Tensor input, any dim)", on="", outputs="values inverse counts", half="direct",
    non_differentiable="inverse counts", vjp=_underived("unique_consecutive"))  # fmt: skip
def _unique_consecutive(xp, input, dim):
    """Runs of equal values or slices, each reduced to one."""
    refuse("unique", "c", input)
    a = input.reshape(-1) if dim is None else xp.moveaxis(input, dim, 0)
    n = a.shape[0]
    if not n:
        return (
            input.reshape(-1).copy() if dim is None else input.copy(),
            xp.zeros(input.shape if dim is None else (0,), "int64"),
            xp.zeros(0, "int64"),
        )
    differs = a[1:] != a[:-1]
    new = xp.concatenate((xp.ones(1, bool), differs.reshape(n - 1, -1).any(1) if n > 1 else xp.zeros(0, bool)))
    starts = xp.flatnonzero(new)
    values = a[starts]
    inverse = xp.cumsum(new) - 1
    counts = xp.diff(xp.append(starts, n))
    if dim is None:
        return values, inverse.reshape(input.shape), counts
    return xp.moveaxis(xp.ascontiguousarray(values), 0, dim), inverse, counts  # laid out as PyTorch's


@composite("unique_consecutive(Tensor input, bool return_inverse=False, bool return_counts=False, any dim=None)")
def unique_consecutive(k, input, return_inverse=False, return_counts=False, dim=None):
    """The first of each run of equal values (or slices along `dim`).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.unique_consecutive.html
    """
    if dim is not None:
        needs_dimension("unique", input.ndim)
        dim = dimension(dim, input.ndim)
    return _tuple(*k._unique_consecutive(input, dim), return_inverse, return_counts)
