"""Making meta tensors: what `device="meta"` does in the functions that make tensors, and `Tensor.to("meta")`."""

from __future__ import annotations

import inspect
from typing import Any

from penlight.base.defaults import defaults
from penlight.base.mode import mode
from penlight.meta.blank import Blank
from penlight.meta.tensor import MetaTensor, blank_like, undrawn, wrap
from penlight.sparse.tensor import SparseTensor, named, refuse
from penlight.tensor.conversion import place_and_rest, read_to
from penlight.tensor.create import missing, read_size, wanted_dtype
from penlight.tensor.override import TWINS
from penlight.tensor.tensor import Tensor

__all__ = ["made", "moved"]

_SIZED = {"empty", "zeros", "ones", "rand", "randn", "new_empty", "new_zeros", "new_ones"}  # sizes say it all


def call_of(function: Any, given: dict) -> tuple[list, dict]:
    """The arguments of a call, from the local names of the function."""
    args: list = []
    kwargs: dict = {}
    for p in inspect.signature(TWINS.get(function, function)).parameters.values():
        if p.name == "device":
            continue
        value = given[p.name]
        if p.kind is p.VAR_POSITIONAL:
            args += value
        elif p.kind is p.VAR_KEYWORD:
            kwargs.update(value)
        elif p.kind is p.POSITIONAL_OR_KEYWORD and not kwargs:
            args.append(value)
        elif value is not p.default:
            kwargs[p.name] = value
    return args, kwargs


def _sized(name: str, args: list, kwargs: dict) -> MetaTensor:
    default = args.pop(0).dtype if name.startswith("new_") else defaults.float_dtype
    if not args and "size" not in kwargs:
        missing(name)
    shape = read_size(name, tuple(args), kwargs.pop("size", None))
    unknown = set(kwargs) - {"dtype", "layout", "requires_grad", "pin_memory", "memory_format", "generator", "out"}
    if unknown:
        raise TypeError(f"{name}() got an unexpected keyword argument '{unknown.pop()}'")
    d = wanted_dtype(kwargs.get("dtype"), None, default)
    if "rand" in name and d.np.kind not in "fcV":
        raise RuntimeError(f"expected a floating-point or complex dtype, but got dtype={d!r}")
    result = wrap(Blank.contiguous(shape, d.np))
    if kwargs.get("memory_format") is not None:
        result = result.contiguous(memory_format=kwargs["memory_format"])
    if kwargs.get("requires_grad") and d.np.kind not in "fcV":
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    return result.requires_grad_(bool(kwargs.get("requires_grad")))


def made(function: Any, args: Any, kwargs: dict) -> Any:
    """What a function that makes tensors makes on the meta device; nothing is drawn or filled."""
    kwargs = {k: v for k, v in kwargs.items() if k != "device"}
    name = function.__name__
    out = kwargs.get("out")
    if out is not None and not isinstance(out, MetaTensor):
        raise RuntimeError("Tensor on device cpu is not on the expected device meta!")
    if name in _SIZED and out is None and kwargs.get("layout") is None:
        return _sized(name, list(args), kwargs)
    first = args[0] if args else None
    if isinstance(first, MetaTensor):
        if name in ("as_tensor", "tensor", "asarray"):
            wanted = kwargs.get("dtype") or (args[1] if len(args) > 1 else None)
            result = first if wanted is None else first.to(wanted)
            result = result if name != "tensor" else result.detach()
            return result.requires_grad_() if kwargs.get("requires_grad") else result
        return MetaTensor.__torch_function__(function, (type(first),), tuple(args), kwargs)
    with undrawn():
        result = function(*args, **kwargs)
    return result if isinstance(result, MetaTensor) else blank_like(result)


def moved(t: Tensor, args: tuple, kwargs: dict) -> Any:
    """`t.to("meta", …)` for a tensor with data."""
    _, args, kwargs = place_and_rest(args, kwargs)
    target, _, memory_format = read_to(args, kwargs)
    if isinstance(t, SparseTensor):
        raise refuse("to", ': call to_dense() before to("meta")')
    if memory_format is not None and memory_format.name != "preserve_format":
        t = t.contiguous(memory_format=memory_format)
    dense = sorted(s for s in t._a.strides if s)
    blank = Blank.like(t._a)
    if 0 in t._a.strides or (dense and blank.extent != blank.size):  # no memory order of its own
        blank = Blank.like(Tensor._wrap(blank.array()).clone()._a)
    if target is not None:
        blank = blank.astype(target.np)
    node = None
    if t._node is not None and mode.grad and blank.dtype.kind in "fcV":
        node = named(t, "ToCopyBackward0")._node
    return wrap(blank, node)
