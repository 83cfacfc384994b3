"""Batching rules of what is no op of the table: methods, indexing, changes in place, random numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base.mode import mode
from penlight.tensor.generator import default_generator
from penlight.tensor.indexing import getitem, setitem
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.tensor import Tensor
from penlight.transforms.batch_rules import aligned
from penlight.transforms.batched import BatchLevel, DataDependent, batched, loop, rule
from penlight.transforms.levels import mapped

__all__: list[str] = []


# --- methods ----------------------------------------------------------------------------------------------------------


@rule("detach", "to", "type", "type_as", "cpu", "float", "double", "half", "bfloat16", "short", "int", "long", "bool",
      "byte", "char", "cfloat", "cdouble", "retain_grad", "zeros_like", "ones_like", "empty_like", "full_like")  # fmt: skip
def _inside(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    return level.wrap(function(*mapped(args, level.inside), **mapped(kwargs, level.inside)))


@rule("item", "numpy", "tolist", "__array__")
def _read(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    if function.__name__ == "item":
        args[0]._value()
    raise DataDependent("Cannot access data pointer of Tensor that doesn't have storage: it is inside torch.vmap")


@rule("backward")
def _backward(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    raise RuntimeError(
        "backward() called inside a functorch transform. This is not supported, please use functorch.grad or "
        "functorch.vjp instead or call backward() outside of functorch transforms."
    )


@rule("allclose", "equal", "is_nonzero")
def _compared(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    raise RuntimeError(
        f"vmap over torch.{function.__name__} isn't supported yet. Please file an issue at "
        "https://github.com/pytorch/pytorch/issues if you need this feature."
    )


@rule("nonzero", "_nonzero", "argwhere", "unique", "unique_consecutive", "_unique", "_unique_consecutive",
      "masked_select", "_masked_select")  # fmt: skip
def _dynamic(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    name = function.op.name
    if name == "masked_select":
        raise RuntimeError(
            "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot support this because for "
            "each batch this would return a differently shaped Tensor. Please file an issue at "
            "https://github.com/pytorch/pytorch/issues if you need this feature."
        )
    raise RuntimeError(
        "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over "
        f"aten::{name.lstrip('_')}. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this "
        "feature."
    )


@rule("size")
def _size(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    return function(ops._zeros_of(Tensor._wrap(np.zeros(())), args[0]._a.shape), *args[1:], **kwargs)


@rule("dim")
def _dim(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    return args[0]._a.ndim


@rule("numel")
def _numel(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    return args[0]._a.size


@rule("stride", "is_contiguous")
def _layout(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    return function(args[0]._p.select(0, 0) if level.size else args[0]._p.new_empty(args[0].shape), *args[1:], **kwargs)


@rule("new_zeros", "new_ones", "new_full", "new_empty")
def _new(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, *rest = args
    size = kwargs.pop("size", None) if not rest else rest[0] if function.__name__ == "new_full" else rest
    size = size[0] if isinstance(size, list) and len(size) == 1 and isinstance(size[0], (tuple, list)) else size
    values = rest[1:] if function.__name__ == "new_full" else ()
    return level.wrap(function(t._p, (level.size, *size), *values, **kwargs))


@rule("new_tensor")
def _new_tensor(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    return function(args[0]._p, *args[1:], **kwargs)


@rule("register_hook")
def _register_hook(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, hook = args

    def inner(g: Tensor) -> Any:
        replaced = hook(batched(g, level))
        return None if replaced is None else level.expanded(replaced)

    return function(t._p, inner)


# --- indexing ---------------------------------------------------------------------------------------------------------


def _items(t: Tensor, index: Any) -> list:
    """An index expression as a list, `...` written out; unbatched 0-dim integer tensors as numbers."""
    items = list(index) if isinstance(index, tuple) else [index]
    used = sum(
        i._a.ndim if isinstance(i, Tensor) and i._a.dtype.kind == "b" else 1
        for i in items
        if i is not None and i is not ... and not isinstance(i, bool)
    )
    result: list = []
    for i in items:
        if i is ...:
            result += [slice(None)] * max(t._a.ndim - used, 0)
        elif isinstance(i, (list, np.ndarray, range)):
            result.append(Tensor._wrap(np.asarray(i)))
        else:
            result.append(i)
    return result


def _is_index(i: Any) -> bool:
    return isinstance(i, Tensor)


@rule("__getitem__")
def _getitem(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, index = args
    items = _items(t, index)
    places = [n for n, i in enumerate(items) if _is_index(i)]
    if any(level.has(items[n]) and items[n]._a.dtype.kind == "b" for n in places):
        raise RuntimeError(
            "vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over "
            "indexing with a boolean mask."
        )
    if any(isinstance(i, bool) for i in items):
        return loop(level, function, args, kwargs)
    if not any(level.has(items[n]) for n in places):
        r = t._p[(slice(None), *items)]
        # index tensors apart from each other: their dimensions come first
        wide = [n for n in places if items[n]._a.ndim]
        if len(places) != len(wide) or not _apart(items, wide):
            return level.wrap(r)
        return level.wrap(r.movedim(_broadcast_ndim([items[n] for n in wide]), 0))
    return _batched_getitem(level, t, items, places)


def _apart(items: list, places: list[int]) -> bool:
    between = [i for i in items[places[0] : places[-1]] if not isinstance(i, int)] if places else []
    return any(not isinstance(i, Tensor) for i in between)


def _broadcast_ndim(tensors: list) -> int:
    return max([t._a.ndim if t._a.dtype.kind != "b" else 1 for t in tensors], default=0)


def _batched_getitem(level: BatchLevel, t: Tensor, items: list, places: list[int]) -> Any:
    """Indices that differ between samples: one more index, the sample's number."""
    if any(items[n]._a.dtype.kind == "b" for n in places):
        return loop(level, getitem, (t, tuple(items)), {})
    own = level.has(t)
    basic = [slice(None) if _is_index(i) else i for i in items]
    p = t._p if own else t
    p = p[((slice(None), *basic) if own else tuple(basic))]
    where, dim = [], 0  # where the index tensors stand in the basic view
    for i in items:
        if _is_index(i):
            where.append(dim)
        if not isinstance(i, (int, np.integer)) or isinstance(i, bool):
            dim += 1
    ndim = max(items[n]._a.ndim for n in places)
    indices = [aligned(level, items[n], ndim) for n in places]
    if any(i._a.dtype.kind not in "iu" for i in indices):
        raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
    full: list = [slice(None)] * (where[-1] + 1)
    for d, i in zip(where, indices):
        full[d] = i
    adjacent = where == list(range(where[0], where[0] + len(where)))
    if not own:
        r = p[tuple(full)]
        return level.wrap(r.movedim(where[0], 0) if adjacent else r)
    number = Tensor._wrap(np.arange(level.size)).reshape((level.size, *(1,) * ndim))
    r = p[(number, *full)]
    if adjacent and where[0]:  # NumPy put the indexed dimensions in front
        r = r.movedim(tuple(range(1, 1 + ndim)), tuple(range(1 + where[0], 1 + where[0] + ndim)))
    return level.wrap(r)


@rule("_index")
def _index(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, where, indices = args
    items: list = [slice(None)] * (where[-1] + 1)
    for d, i in zip(where, indices):
        items[d] = i
    if any(i._a.dtype.kind == "b" for i in indices):
        return loop(level, function, args, kwargs)
    return getitem(t, tuple(items))


_UNBATCHED = (
    "vmap: inplace arithmetic(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that "
    "has more elements than `self`. This happened due to `other` being vmapped over but `self` not being vmapped over in a "
    "vmap. Please try to use out-of-place operators instead of inplace arithmetic. If said operator is being called inside "
    "the PyTorch framework, please file a bug report instead."
)


def _target(level: BatchLevel, t: Any) -> Tensor:
    """The physical tensor to change in place."""
    if not level.has(t):
        raise RuntimeError(_UNBATCHED)
    return t._p


@rule("__setitem__")
def _setitem(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> None:
    t, index, value = args
    p = _target(level, t)
    items = _items(t, index)
    places = [n for n, i in enumerate(items) if _is_index(i)]
    if any(level.has(items[n]) for n in places) or any(isinstance(i, bool) for i in items) or len(places) > 1:
        for i in range(level.size):
            own_index, own_value = _sample(level, (tuple(items), value), i)
            p.select(0, i)[own_index] = own_value
        return
    if level.has(value):
        shape = getitem(ops._zeros_of(Tensor._wrap(np.zeros(())), t.shape), tuple(items))._a.ndim
        while value._a.ndim > shape and value._a.shape[0] == 1:
            value = value.squeeze(0)
        value = aligned(level, value, shape)
    setitem(p, (slice(None), *items), value)


def _sample(level: BatchLevel, tree: Any, i: int) -> Any:
    """One sample's arguments."""
    return mapped(tree, lambda t: t._p.select(0, i) if level.has(t) else t)


# --- in place ---------------------------------------------------------------------------------------------------------


def _active(values: Any) -> bool:
    return mode.grad and any(isinstance(v, Tensor) and v._node is not None for v in values)


@rule("in place")
def _in_place(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    """`f_`: the op's result, copied into the tensor."""
    t, *rest = args
    p = _target(level, t)
    name = function.__name__.removesuffix("_")
    source = t.clone() if _active((*args, *kwargs.values())) else t
    result = getattr(ops, name)(source, *rest, **kwargs)
    own = result._p if level.has(result) else level.expanded(result)
    if own._a.shape != p._a.shape:
        raise RuntimeError(f"output with shape {list(t.shape)} doesn't match the broadcast shape {list(own.shape[1:])}")
    if own._a.dtype is not p._a.dtype:
        from_, to = own.dtype, p.dtype
        if (from_.is_complex, from_.is_floating_point) > (to.is_complex, to.is_floating_point) or to.name == "bool":
            raise RuntimeError(f"result type {from_.legacy} can't be cast to the desired output type {to.legacy}")
    p.copy_(own)
    return t


@rule("copy_")
def _copy(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, source = args[:2]
    _target(level, t).copy_(aligned(level, source, t._a.ndim))
    return t


@rule("fill_")
def _fill(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, value = args
    p = _target(level, t)
    if isinstance(value, Tensor) and level.has(value):
        p.copy_(aligned(level, value, t._a.ndim))
    else:
        p.fill_(value)
    return t


@rule("zero_", "requires_grad_", "detach_")
def _itself(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    function(_target(level, args[0]), *args[1:], **kwargs)
    return args[0]


# --- random numbers ---------------------------------------------------------------------------------------------------

_RANDOM = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness "
    "flags on vmap or perform the randomness operation out of vmap"
)


def check_randomness(level: BatchLevel) -> bool:
    """Whether every sample draws its own numbers. Raises where random numbers are refused."""
    if level.randomness == "error":
        raise RuntimeError(_RANDOM)
    return level.randomness == "different"


@rule("fresh random")
def draw_fresh(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    """`rand(size)` and its like, which have no tensor argument."""
    if not check_randomness(level):
        return function(*args, **kwargs)
    name = function.__name__
    if name not in ("rand", "randn", "randint", "normal") or any(isinstance(a, Tensor) for a in args):
        return loop_draw(level, function, args, kwargs)
    kwargs = dict(kwargs)
    args = list(args)  # type: ignore[assignment]
    if "size" in kwargs:
        kwargs["size"] = (level.size, *kwargs["size"])
        return level.wrap(function(*args, **kwargs))
    lead = {"randint": len(args) - 1, "normal": 2}.get(name, 0)  # type: ignore[arg-type]
    size = args[lead:]
    size = size[0] if len(size) == 1 and isinstance(size[0], (tuple, list)) else size
    return level.wrap(function(*args[:lead], (level.size, *size), **kwargs))


def loop_draw(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    """One call per sample, results stacked."""
    return level.wrap(ops.stack([function(*args, **kwargs) for _ in range(level.size)], 0))


@rule("rand_like", "randn_like", "randint_like", "bernoulli", "poisson", "binomial", "multinomial", "normal", "rrelu",
      "_dropped", "_alpha_dropped")  # fmt: skip
def _draw(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    different = check_randomness(level)
    name = function.__name__
    if name.endswith("_like"):
        shaped = args[0]._p if different else args[0]._p.select(0, 0)
        r = function(shaped, *args[1:], **kwargs)
        return level.wrap(r) if different else r
    alone = not any(level.has(v) for v in args[1:]) and not (args[4:] and args[4])  # not whole channels
    if different and alone and name in ("bernoulli", "poisson", "_dropped", "_alpha_dropped"):
        return level.wrap(function(args[0]._p, *args[1:], **kwargs))
    if different:
        return loop(level, function, args, kwargs)
    state = None
    results = []
    for i in range(level.size):  # the same numbers for every sample
        if state is None:
            state = default_generator.get_state()
        else:
            default_generator.set_state(state)
        own_args, own_kwargs = _sample(level, (args, kwargs), i)
        results.append(function(*own_args, **own_kwargs))
    return level.wrap(ops.stack(results, 0))


@rule("uniform_", "normal_", "bernoulli_", "random_", "exponential_", "cauchy_", "log_normal_", "geometric_")
def _random_in_place(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    different = check_randomness(level)
    p = _target(level, args[0])
    rest = mapped(args[1:], level.inside)
    if different:
        function(p, *rest, **kwargs)
    elif level.size:
        own = function(p.select(0, 0).clone(), *rest, **kwargs)
        p.copy_(own.expand(p.shape))
    return args[0]
