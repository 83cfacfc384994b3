"""Batching rules by kind of op: elementwise, over trailing dimensions, folded into the first one, views, joins."""

from __future__ import annotations

import inspect
from typing import Any

from penlight.base import dtypes
from penlight.base.dims import dimension, int_list
from penlight.ops.table import Op
from penlight.ops.views import infer_size
from penlight.tensor.arguments import common_dtype
from penlight.tensor.install import tensor_ops
from penlight.tensor.tensor import Tensor
from penlight.transforms.batched import RULES, BatchLevel, loop, rule
from penlight.transforms.levels import mapped

__all__ = ["aligned", "bound", "elementwise", "shifted"]


def bound(function: Any, args: tuple, kwargs: dict) -> dict[str, Any]:
    """The arguments of a call by name, defaults filled in."""
    call = inspect.signature(function).bind(*args, **kwargs)
    call.apply_defaults()
    values = dict(call.arguments)
    if values.pop("old", ()):
        name = function.op.name
        raise NotImplementedError(f"vmap over {name} with a number before its last tensor: write {name}(…, alpha=number)")
    for name in ("out", "numpy_names", "named"):
        values.pop(name, None)
    return values


def call(function: Any, values: dict[str, Any]) -> Any:
    """Call an op with its arguments by name; those before a `*sizes` go by position."""
    row: Op = function.op
    positional: list = []
    named = {}
    for p in row.schema.parameters:
        if p.variadic:
            positional.append(values[p.name])
        elif p.keyword_only:
            named[p.name] = values[p.name]
        else:
            positional.append(values[p.name])
    return function(*positional, **named)


# --- elementwise ------------------------------------------------------------------------------------------------------


def aligned(level: BatchLevel, t: Any, ndim: int) -> Any:
    """The physical tensor with the batch in front of `ndim` dimensions. Shape: (*) -> (batch, 1, …, *)."""
    if not level.has(t):
        return t
    p = t._p
    missing = ndim + 1 - p._a.ndim
    return p[(slice(None), *(None,) * missing)] if missing > 0 else p


def _promoted(tensors: list, others: list) -> list:
    """0-dim tensors, which count less in type promotion, in the result's dtype before they get a batch dimension."""
    kinds = {t._a.dtype for t in tensors}
    if len(kinds) < 2 and not any(isinstance(v, (int, float, complex)) for v in others):
        return tensors
    if all(t._a.ndim for t in tensors):
        return tensors
    d = common_dtype([*tensors, *(v for v in others if isinstance(v, (int, float, complex)))])
    numeric = [t for t in tensors if t._a.dtype.kind != "b"]
    if d.category == dtypes.BOOL or not numeric:
        return tensors
    return [t if t._a.ndim or t._a.dtype.kind == "b" or t._a.dtype is d.np else t.to(d) for t in tensors]


def elementwise(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    """Physical operands side by side, broadcast as the op does."""
    places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
    numbers = [a for a in args if isinstance(a, (int, float, complex)) and not isinstance(a, bool)]
    tensors = [args[i] for i in places]
    if len(args) > 1:
        tensors = _promoted(tensors, numbers if len(tensors) + len(numbers) == len(args) else [])
    ndim = max(t._a.ndim for t in tensors)
    values = list(args)
    for i, t in zip(places, tensors):
        values[i] = aligned(level, t, ndim)
    return level.wrap(function(*values, **kwargs))


_ELEMENTWISE = """
    relu _relu_backward leaky_relu _leaky_relu_backward hardtanh hardsigmoid hardswish threshold hardshrink softshrink elu
    _celu sigmoid logsigmoid silu mish softplus gelu _gelu_slope _keep _drop _tied _masked_fill_number frexp _clamp
    _clamp_min _clamp_max complex angle cast _conj _conj_physical _zeros_as _zero _ones_as _equal_or_nan isnan
    isinf isfinite isposinf isneginf isreal isclose _round_decimals frac erf erfc erfinv erfcx ndtri log_ndtr lgamma
    digamma _polygamma mvlgamma i0 i0e i1 i1e entr logit sinc rsqrt sign sgn signbit deg2rad rad2deg _zeros nan_to_num
    _stored view_as_real view_as_complex special_airy_ai special_bessel_j0 special_bessel_j1 special_bessel_y0
    special_bessel_y1 special_modified_bessel_i0 special_modified_bessel_k0 special_scaled_modified_bessel_k0
    special_modified_bessel_i1 special_modified_bessel_k1 special_scaled_modified_bessel_k1 special_spherical_bessel_j0
    _chebyshev_polynomial_t _shifted_chebyshev_polynomial_t _chebyshev_polynomial_u _shifted_chebyshev_polynomial_u
    _chebyshev_polynomial_v _shifted_chebyshev_polynomial_v _chebyshev_polynomial_w _shifted_chebyshev_polynomial_w
    _hermite_polynomial_h _hermite_polynomial_he _laguerre_polynomial_l _legendre_polynomial_p _one_hot _at_least
    _view_dtype rrelu_with_noise
"""
for _name in _ELEMENTWISE.split():
    RULES[_name] = elementwise


@rule("clone", "_contiguous", "contiguous")
def _clone(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    p = args[0]._p
    if function.op.name == "contiguous":
        return args[0] if p._a.flags.c_contiguous and not kwargs else level.wrap(p.contiguous())
    return level.wrap(p.clone())


@rule("_cast_like")
def _cast_like(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    return tensor_ops.cast(args[0], args[1]._a.dtype)  # of the other tensor the dtype counts only


@rule("_masked_fill_tensor")
def _masked_fill_tensor(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    input, mask, value = args
    shape = tensor_ops.broadcast_shapes(input.shape, mask.shape)
    return tensor_ops.where(mask, value.to(input.dtype).expand(shape), input)


@rule("_fill")
def _fill(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    input, value = args
    return value.to(input.dtype).expand(input.shape)


# --- trailing dimensions ----------------------------------------------------------------------------------------------


def shifted(dims: Any, ndim: int) -> Any:
    """Logical dimensions, counted from the front, one further back."""
    if isinstance(dims, int):
        return dimension(dims, ndim) + 1
    return tuple([dimension(d, ndim) + 1 for d in dims])


def _everything(value: Any) -> bool:
    return value is None or value == ()


def trailing(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    """An op that leaves leading dimensions alone; its dimensions move back by one."""
    row: Op = function.op
    values = bound(function, args, kwargs)
    first = next(values[p.name] for p in row.schema.tensors)
    ndim = first._a.ndim
    dims = [p for p in row.schema.statics if p.name in _DIMS]
    if dims and ndim == 0:
        return loop(level, function, args, kwargs)
    for p in row.schema.tensors:
        if isinstance(values[p.name], Tensor):
            values[p.name] = level.expanded(values[p.name])
    for p in dims:
        d = values[p.name]
        if not _everything(d):
            values[p.name] = shifted(d, ndim)
        elif d == () and row.name == "_squeeze_dims":
            pass
        elif p.type in ("dims", "dims?", "ints1", "any"):
            values[p.name] = tuple(range(1, ndim + 1))
        else:  # a single dimension or None: flattened
            return _flattened(level, function, values)
    return level.wrap(call(function, values))


def _flattened(level: BatchLevel, function: Any, values: dict) -> Any:
    """argmax(dim=None) and its like: over all elements of a sample."""
    name = function.op.schema.tensors[0].name
    p = values[name]
    keep = values.get("keepdim", False)
    values = {**values, name: p.reshape((level.size, -1)), "dim": 1, "keepdim": False}
    result = call(function, values)
    if keep:
        shape = (level.size, *(1,) * (p._a.ndim - 1))
        result = mapped(result, lambda t: t.reshape(shape))
    return level.wrap(result)


_DIMS = {"dim", "dims", "dim0", "dim1", "dim2", "dimension"}
_TRAILING = """
    glu tril triu pixel_shuffle pixel_unshuffle _repeat_each _roll _flip _rot90 _max_dim _min_dim amax amin argmax argmin
    aminmax logsumexp _sum_dims _mean_dims _nansum _prod_dim count_nonzero _var _std _var_mean _std_mean _median_dim
    _nanmedian_dim mode _cumsum _cumsum_back _cumprod cummax cummin _logcumsumexp _softmax _softmax_grad _log_softmax
    _log_softmax_grad _sort _topk _kthvalue _vector_norm unfold diagonal _diagonal_copy transpose _squeeze_dim
    _squeeze_dims _gather _scatter_src _scatter_combine _scatter_add _scatter_reduce _take_along _fft_c2c _fft_r2c
    _fft_c2r _resize_dims linalg_matrix_exp _lu_factor _permutation _inv _solve _solve_triangular linalg_det
    linalg_slogdet _cholesky _cholesky_solve _eigh _eig _svd _qr _geqrf _householder _ormqr _ldl_factor _ldl_solve
    _cross _cdist _pad_last _unpad_last _constant_pad _scatter_value _eye_like
"""
for _name in _TRAILING.split():
    RULES[_name] = trailing


@rule("any", "all")
def _any_all(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    values = bound(function, args, kwargs)
    t, dim = values["input"], values["dim"]
    if t._a.ndim == 0:
        return t.bool() if t._a.dtype.name != "uint8" else loop(level, function, args, kwargs)
    dim = tuple(range(t._a.ndim)) if _everything(dim) else dim
    return level.wrap(function(t._p, shifted(dim, t._a.ndim), values["keepdim"]))


def _over_all(name: str, along: str, *rest: Any) -> None:
    @rule(name)
    def over_all(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
        p = args[0]._p
        flat = p.reshape((level.size, -1)) if level.size else p.reshape((0, max(args[0].numel(), 1)))
        result = getattr(tensor_ops, along)(flat, 1, *rest)
        return level.wrap(result if isinstance(result, Tensor) else result[0])


for _names in ("_sum_all _sum_dims", "_mean_all _mean_dims", "_prod_all _prod_dim", "_median_all _median_dim",
               "_nanmedian_all _nanmedian_dim"):  # fmt: skip
    _over_all(*_names.split())
for _names in ("_max_all amax", "_min_all amin"):  # equal elements share the gradient, as where all are reduced
    _over_all(*_names.split())


@rule("index_select")
def _index_select(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    input, dim, index = bound(function, args, kwargs).values()
    if input._a.ndim == 0:
        return loop(level, function, args, kwargs)
    dim = dimension(dim, input._a.ndim)
    if not level.has(index) and index._a.ndim <= 1:
        return level.wrap(function(input._p, dim + 1, index))
    return input[(*(slice(None),) * dim, index.reshape(-1))]


@rule("trace")
def _trace(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    if args[0]._a.ndim != 2:
        return loop(level, function, args, kwargs)
    return args[0].diagonal().sum()


@rule("_zeros_of", "zeros_as")
def _zeros_of(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    return level.wrap(function(args[0]._p, (level.size, *args[1])))


# --- folded into the first dimension ----------------------------------------------------------------------------------


def folded(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    """An op on samples (N, *): the batch joins N. Shape: (batch, N, *) -> (batch N, *)."""
    values = list(args)
    for i, t in enumerate(args):
        if isinstance(t, Tensor):
            if t._a.ndim < 2 or not level.size:
                return loop(level, function, args, kwargs)
            p = level.expanded(t)
            values[i] = p.reshape((-1, *p.shape[2:]))
    return level.wrap(mapped(function(*values, **kwargs), lambda t: t.reshape((level.size, -1, *t.shape[1:]))))


_FOLDED = """
    _max_pool _pair_max_pool _avg_pool _adaptive_avg_pool _adaptive_max_pool _interpolate _im2col _col2im _grid_sample
    channel_shuffle
    _reflect_pad1 _reflect_pad2 _reflect_pad3 _replicate_pad1 _replicate_pad2 _replicate_pad3 _circular_pad1
    _circular_pad2 _circular_pad3
"""
for _name in _FOLDED.split():
    RULES[_name] = folded


# --- views ------------------------------------------------------------------------------------------------------------


@rule("_view", "_reshape_copy", "_reshape_alias", "_unsafe_view", "reshape")
def _view(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, size = args[0], int_list(args[1] if len(args) == 2 and not isinstance(args[1], int) else args[1:])
    shape = infer_size(size, t.numel())
    return level.wrap(tensor_ops.reshape(t._p, (level.size, *shape)))


@rule("expand")
def _expand(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, size = args[0], int_list(args[1] if len(args) == 2 and not isinstance(args[1], int) else args[1:])
    if len(size) < t._a.ndim:
        return loop(level, function, args, kwargs)
    if any(n == -1 for n in size[: len(size) - t._a.ndim]):
        return loop(level, function, args, kwargs)
    return level.wrap(function(aligned(level, t, len(size)), (level.size, *size)))


@rule("repeat")
def _repeat(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, repeats = args[0], int_list(args[1] if len(args) == 2 and not isinstance(args[1], int) else args[1:])
    if len(repeats) < t._a.ndim:
        return loop(level, function, args, kwargs)
    return level.wrap(function(aligned(level, t, len(repeats)), (1, *repeats)))


@rule("permute")
def _permute(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, dims = args[0], args[1] if len(args) == 2 and not isinstance(args[1], int) else args[1:]
    if len(dims) != t._a.ndim:
        return loop(level, function, args, kwargs)
    return level.wrap(function(t._p, (0, *shifted(tuple(dims), t._a.ndim))))


@rule("unsqueeze")
def _unsqueeze(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, dim = bound(function, args, kwargs).values()
    return level.wrap(function(t._p, dimension(dim, t._a.ndim + 1) + 1))


@rule("t")
def _t(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t = args[0]
    if t._a.ndim > 2:
        return loop(level, function, args, kwargs)
    return t if t._a.ndim < 2 else level.wrap(tensor_ops.transpose(t._p, 1, 2))


@rule("_squeeze_all")
def _squeeze_all(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t = args[0]
    return level.wrap(tensor_ops.reshape(t._p, (level.size, *(n for n in t.shape if n != 1))))


@rule("_item_select", "_item_slice", "_item_unsqueeze", "_item_alias")
def _item(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, index = args
    index = index if isinstance(index, tuple) else (index,)
    return level.wrap(function(t._p, (slice(None), *index)))


@rule("_put_item")
def _put_item(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, shape, index = args
    index = index if isinstance(index, tuple) else (index,)
    return level.wrap(function(t._p, (level.size, *shape), (slice(None), *index)))


# --- joins ------------------------------------------------------------------------------------------------------------


@rule("_cat")
def _cat(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    tensors, dim = args
    kept = [t for t in tensors if t._a.shape != (0,)] or list(tensors)
    return level.wrap(function([level.expanded(t) for t in kept], dimension(dim, kept[0]._a.ndim) + 1))


@rule("_stack")
def _stack(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    tensors, dim = args
    return level.wrap(function([level.expanded(t) for t in tensors], dimension(dim, tensors[0]._a.ndim + 1) + 1))


RULES["pointwise"] = elementwise  # for every op of that kind
