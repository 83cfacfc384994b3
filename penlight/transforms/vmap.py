"""`torch.vmap`: reading its arguments, opening a batch level, taking the results out of it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from penlight.tensor.install import tensor_ops
from penlight.tensor.tensor import Tensor
from penlight.transforms import batch_methods, batch_rules_nn  # noqa: F401  (they register rules)
from penlight.transforms.batched import BatchLevel, batched
from penlight.transforms.pytree import TreeSpec, broadcast, tree_flatten

__all__ = ["check_randomness_flag", "run_flat", "take_out", "vmap"]


def check_randomness_flag(randomness: str) -> None:
    """Raise where the flag is none of the three."""
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")


def _name(func: Callable) -> str:
    return getattr(func, "__name__", None) or repr(func)


def _read_inputs(in_dims: Any, args: tuple, func: Callable) -> tuple[int, list, list, TreeSpec]:
    """(batch size, dimension per leaf, leaves, their containers)."""
    head = f"vmap({_name(func)}, in_dims={in_dims}, ...)(<inputs>): "
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{head}expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got: "
            f"{type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({_name(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over "
            "a function with no inputs. The latter is unsupported."
        )
    leaves, spec = tree_flatten(args)
    dims = broadcast(in_dims, spec)
    if dims is None:
        raise ValueError(
            f"{head}in_dims is not compatible with the structure of `inputs`. in_dims has structure "
            f"{tree_flatten(in_dims)[1]!r} but inputs has structure {spec!r}."
        )
    for i, (t, dim) in enumerate(zip(leaves, dims)):
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise ValueError(
                f"{head}Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
            )
        if not isinstance(t, Tensor):
            raise ValueError(
                f"{head}Got in_dim={dim} for an input but the input is of type {type(t)}. We cannot vmap over non-Tensor "
                "arguments, please use None as the respective in_dim"
            )
        ndim = t._a.ndim
        if not -ndim <= dim < ndim:
            raise ValueError(
                f"{head}Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {ndim} so expected "
                f"in_dim to satisfy -{ndim} <= in_dim < {ndim}."
            )
        dims[i] = dim % ndim
    sizes = [t._a.shape[d] for t, d in zip(leaves, dims) if d is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if len(set(sizes)) > 1:
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the mapped "
            "dimension"
        )
    return sizes[0], dims, leaves, spec


def take_out(level: BatchLevel, t: Tensor, dim: int) -> Tensor:
    """A result outside its level, with the batch dimension at `dim`."""
    p = level.expanded(t)
    return p if dim == 0 else tensor_ops.movedim(p, 0, dim)


def _read_outputs(level: BatchLevel, output: Any, out_dims: Any, func: Callable) -> Any:
    name = _name(func)
    leaves, spec = tree_flatten(output)
    dims = broadcast(out_dims, spec) if not isinstance(out_dims, tuple) or not spec.is_leaf() else None
    if dims is None and isinstance(out_dims, tuple) and len(out_dims) == 1 and spec.is_leaf():
        dims = list(out_dims)
    if dims is None:
        raise ValueError(
            f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of "
            f"`outputs`. out_dims has structure {tree_flatten(out_dims)[1]!r} but outputs has structure {spec!r}."
        )
    for d in dims:
        if d is not None and not isinstance(d, int):
            raise ValueError(
                f"vmap({name}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of ints "
                "representing where in the outputs the vmapped dimension should appear."
            )
    results = []
    for t, d in zip(leaves, dims):
        if d is None:
            if level.has(t):
                raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
            results.append(t)
        elif not isinstance(t, Tensor):
            raise ValueError(
                f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(t)}. Did you mean to set out_dims= "
                "to None for output?"
            )
        else:
            results.append(take_out(level, t, d))
    return spec.unflatten(results)


def run_flat(
    func: Callable, size: int, dims: list, leaves: list, spec: TreeSpec, out_dims: Any, randomness: str, kwargs: dict
) -> Any:
    """One batched call."""
    with BatchLevel(size, randomness) as level:
        inside = [
            t if d is None else batched(t if d == 0 else tensor_ops.movedim(t, d, 0), level)
            for t, d in zip(leaves, dims)
        ]
        return _read_outputs(level, func(*spec.unflatten(inside), **kwargs), out_dims, func)


def _in_chunks(func: Callable, chunk: int, plan: tuple, out_dims: Any, randomness: str, kwargs: dict) -> Any:
    size, dims, leaves, spec = plan
    parts = []
    for start in range(0, size, chunk):
        count = min(chunk, size - start)
        cut = [t if d is None else tensor_ops.narrow(t, d, start, count) for t, d in zip(leaves, dims)]
        parts.append(run_flat(func, count, dims, cut, spec, out_dims, randomness, kwargs))
    flat = [tree_flatten(p)[0] for p in parts]
    spec = tree_flatten(parts[0])[1]
    dims = broadcast(out_dims, spec) or [0] * spec.num_leaves
    joined = [values[0] if d is None else tensor_ops.cat(values, d) for d, values in zip(dims, zip(*flat))]
    return spec.unflatten(joined)


def vmap(
    func: Callable, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None
) -> Callable:
    """`func` over a dimension of its inputs: `vmap(f)(x)[i]` is `f(x[i])`, computed for all samples at once.

    Args: in_dims: the dimension per input, None for one that all samples share; nested as the inputs are. out_dims:
    where the batch stands in the outputs. randomness: "error" refuses random numbers, "same" and "different" say what
    samples draw. chunk_size: so many samples at a time.
    Ops without a rule run in a loop over the batch. Values cannot decide what is computed: `if t:` and `t.item()` raise.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.vmap.html

    >>> import penlight as torch
    >>> torch.vmap(torch.dot)(torch.ones(2, 3), torch.ones(2, 3))
    tensor([3., 3.])
    """
    check_randomness_flag(randomness)
    if chunk_size is not None and not chunk_size > 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        plan = _read_inputs(in_dims, args, func)
        if chunk_size is not None and chunk_size < plan[0]:
            return _in_chunks(func, chunk_size, plan, out_dims, randomness, kwargs)
        return run_flat(func, *plan, out_dims, randomness, kwargs)

    return wrapped
