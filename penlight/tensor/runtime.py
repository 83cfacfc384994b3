"""What the generated op functions call when something is not plain: promotion, half precision, views, `out=`, checks."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.deferred import LATER, Deferred
from penlight.base.dims import items, items_or_int, numpy_number, read, whole
from penlight.base.dtypes import from_numpy
from penlight.base.geometry import apart
from penlight.base.mode import mode, tick
from penlight.base.promotion import promote_types
from penlight.engine.engine import FREED
from penlight.engine.node import EXTRAS, LEAF, OP, ORDER, PORT, extras_of
from penlight.ops.kinds import as_element
from penlight.tensor.arguments import MISSING, NUMBERS, common_dtype, fit, number_array, type_error, type_name
from penlight.tensor.memory import memory_of
from penlight.tensor.narrow import is_half, narrowed, plain
from penlight.tensor.out import dtype_of_out, write_out
from penlight.tensor.override import PLAIN, TWINS
from penlight.tensor.tensor import Tensor

__all__ = ["Runtime"]

new = object.__new__
HALF = (np.dtype("float16"),)


def number(value: Any) -> Any:
    """A plain Python number, for NumPy scalars and subclasses of int and float."""
    if value.__class__ in (int, float, bool, complex):
        return value
    if isinstance(value, (np.generic, np.ndarray)):
        return numpy_number(value)
    return int(value) if isinstance(value, int) else float(value) if isinstance(value, float) else complex(value)


def broadcast_error(a: np.ndarray, b: np.ndarray) -> RuntimeError:
    """PyTorch's message for shapes that do not broadcast."""
    x, y = a.shape, b.shape
    for i in range(1, min(len(x), len(y)) + 1):
        if x[-i] != y[-i] and 1 not in (x[-i], y[-i]):
            return RuntimeError(
                f"The size of tensor a ({x[-i]}) must match the size of tensor b ({y[-i]}) at non-singleton dimension "
                f"{max(len(x), len(y)) - i}: the shapes {list(x)} and {list(y)} do not broadcast"
            )
    return RuntimeError(f"cannot combine tensors of shapes {list(x)} and {list(y)}")


def check_broadcast(arrays: list) -> None:
    shape: tuple = ()
    for a in arrays:
        if isinstance(a, np.ndarray):
            try:
                shape = np.broadcast_shapes(shape, a.shape)
            except ValueError:
                raise broadcast_error(np.empty(shape, bool), a) from None


def _as_they_are(values: tuple, after: int) -> list | None:
    """The arrays of tensors of one shape and one dtype (from the `after`th on), float32 or float64, and numbers in it."""
    arrays, shape, d, numbers = [], None, None, False
    for v in values:
        cls = v.__class__
        if cls in PLAIN:
            a = v._a
            if shape is None:
                shape = a.shape
            elif a.shape != shape:
                return None
            if len(arrays) < after:
                pass
            elif d is None:
                d = a.dtype
            elif a.dtype is not d:
                return None
            arrays.append(a)
        elif cls is float or cls is int:
            arrays.append(v)
            numbers = True
        else:
            return None
    if d is None or d.char not in "fd" or numbers and not shape:
        return None
    try:
        return [a if a.__class__ is np.ndarray else np.asarray(a, d) for a in arrays] if numbers else arrays
    except OverflowError:
        return None


def promote_arrays(kind: str, half: str, values: tuple) -> tuple[list, Any]:
    """Arrays in the dtype to compute in, and the dtype to cast the result to (None: as the kernel leaves it)."""
    if kind == "none":
        if len(values) == 1 and values[0].__class__ in PLAIN:
            return [values[0]._a], None
    else:
        arrays = _as_they_are(values, 1 if kind == "where" else 0)
        if arrays is not None:
            return arrays, None
    present = [v for v in values if v is not None]
    arrays = [getattr(v, "_a", None) for v in present]
    if all(a is None for a in arrays):
        raise TypeError(f"expected at least one Tensor among the arguments, but got only numbers: {present}")
    check_broadcast(arrays)
    if kind == "sub" and any(
        v is True or v is False or a is not None and a.dtype.kind == "b" for v, a in zip(present, arrays)
    ):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. Use the `^`, `~`, `logical_xor()` or "
            "`logical_not()` operator instead."
        )
    if kind == "none":
        return [None if v is None else getattr(v, "_a", v) for v in values], None
    if kind == "where":  # the first argument is a condition
        d = common_dtype(present[1:])
    else:
        d = common_dtype(present)
    if kind == "float" and d.category in (dtypes.BOOL, dtypes.SIGNED, dtypes.UNSIGNED):
        d = defaults.float_dtype
    result = d.np
    compute = np.dtype(np.float32) if d.is_half and half != "direct" else result
    out = []
    for i, v in enumerate(values):
        if v is None:
            out.append(None)
            continue
        a = getattr(v, "_a", None)
        if kind == "where" and i == 0:
            out.append(a)
        elif compute is not result and i == 1 and half == "factor" and (a is None or a.size == 1):
            out.append(number_array(v, dtypes.float32) if a is None else a.astype(compute))
        else:
            if a is None:
                a = number_array(v, d)
            elif a.dtype is not result:
                a = a.astype(result, "C" if 0 in a.strides else "K")  # NumPy would turn an expanded array around
            out.append(a if compute is result else np_backend.widened(a))
    return out, (None if compute is result else result)


def promote_tensors(values: tuple) -> tuple[Tensor, ...]:
    """Cast tensors to their common dtype, recorded; numbers become 0-dim tensors."""
    d = common_dtype(list(values))
    out = []
    for v in values:
        if isinstance(v, Tensor):
            out.append(v if v._a.dtype is d.np else v.to(d))
        else:
            out.append(Tensor._wrap(number_array(v, d)))
    return tuple(out)


def to_float(t: Tensor) -> Tensor:
    return t.to(defaults.float_dtype)


def in_float32(kernel: Any, *arguments: Any) -> Any:
    """Run a kernel on float16/bfloat16 arrays in float32 and round its float32 results."""
    target: list = []

    def widen(value: Any) -> Any:
        if isinstance(value, (np.ndarray, np.generic)) and is_half(value.dtype):
            target.append(value.dtype)
            return np_backend.widened(value)
        if type(value) in (list, tuple) and value and isinstance(value[0], np.ndarray):
            return [widen(v) for v in value]
        return value

    result = kernel(np_backend, *[widen(a) for a in arguments])

    def narrow(value: Any) -> Any:
        if isinstance(value, (np.ndarray, np.generic)) and value.dtype == np.float32:
            return np_backend.halved(np.asarray(value), target[0])
        if isinstance(value, (tuple, list)):
            return type(value)([narrow(v) for v in value])
        return value

    return narrow(result)


np_backend: Any = None  # set by the installation, which knows the backend


NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"}


def numpy_call(function: Any, given: dict[str, Any], numpy_names: dict[str, Any]) -> Any:
    """Call `function` again with `axis` as `dim`, `keepdims` as `keepdim`, `x` or `a` as `input` and `x2` as `other`."""
    import inspect  # late, for a short start-up

    parameters = inspect.signature(TWINS.get(function, function)).parameters
    for name, value in numpy_names.items():
        target = NUMPY_NAMES.get(name)
        if target not in given or given[target] is not parameters[target].default:
            raise TypeError(f"{function.__name__}() got an unexpected keyword argument '{name}'")
        given[target] = value
    positional = [given.pop(n) for n, p in parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    return function(*positional, **given)


def missing_argument(function: str, required: dict[str, Any]) -> TypeError:
    names = [n for n, value in required.items() if value is MISSING]
    quoted = ", ".join(f'"{n}"' for n in names)
    return TypeError(f"{function}() missing {len(names)} required positional arguments: {quoted}")


def named_variadic(function: str, name: str, values: tuple, named: dict[str, Any]) -> tuple:
    """The sizes or dims of a call that spells them as one keyword: `permute(x, dims=(1, 0))`."""
    other = next((n for n in named if n != name), None)
    if other is not None:
        raise TypeError(f"{function}() got an unexpected keyword argument '{other}'")
    if values:
        raise TypeError(f"{function}() got multiple values for argument '{name}'")
    if name in ("tensors", "shapes", "matrices", "args"):  # PyTorch's functions of any number of arguments name none
        raise TypeError(f"{function}() got an unexpected keyword argument '{name}': give them one after the other")
    return (items(named[name], name, function) if name != "size" or function != "view" else named[name],)


def check_single(name: str, value: Any) -> None:
    """Raise unless the only size or dimension of a call is an int."""
    whole(value, name, f"tuple of ints, not {type_name(value)}")


_OLD_ORDERS = {"add": ("tnt",), "sub": ("tnt",), "": ("ntntt", "nttt", "tnntt", "tntt")}
_warned: list[bool] = []


def old_order(function: Any, values: tuple, named: dict) -> Any:
    """add(input, alpha, other), addmm(beta, input, alpha, mat1, mat2) and the like: PyTorch's order before 1.5."""
    name = function.__name__
    kinds = "".join("n" if isinstance(v, NUMBERS) else "t" for v in values)
    if kinds not in _OLD_ORDERS.get(name, _OLD_ORDERS[""]):
        raise TypeError(f"{name}() takes {3 - (name in _OLD_ORDERS)} positional arguments but {len(values)} were given")
    if not _warned:
        _warned.append(True)
        warnings.warn(
            f"This overload of {name} is deprecated: give the tensors first, then `alpha=` and `beta=`.", stacklevel=3
        )
    numbers = [v for v in values if isinstance(v, NUMBERS)]
    named.update(zip(("alpha",) if name in _OLD_ORDERS else ("beta", "alpha"), numbers))
    if named.get("out", named) is None:
        del named["out"]
    return function(*[v for v in values if not isinstance(v, NUMBERS)], **named)


def view_of(base: Tensor, array: np.ndarray) -> Tensor:
    """Wrap an array that lies in `base`'s memory."""
    t = new(Tensor)
    t._a = array
    memory = base._v
    if memory is None:
        memory = memory_of(base)
    t._v = memory
    t._view = base if base._view is None else base._view
    if not mode.grad:
        t._view_no_grad = True
    memory.add_view(t)
    return t


def windows_of(base: Tensor, array: np.ndarray) -> Tensor:
    """`view_of` for ops whose elements may lie on one place, or between those of their base."""
    if base._pending is not None:
        return base._shown_at(array)  # type: ignore[attr-defined]
    t = view_of(base, array)
    if not apart(array.shape, array.strides):
        t._v.windows = True
    return t


def _channels_last(a: np.ndarray) -> bool:
    least = 0
    for d in (1, *range(a.ndim - 1, 1, -1), 0):
        step = a.strides[d]
        if step < least or not a.shape[d] or d == 0 and least == a.strides[1]:
            return False
        least = step * a.shape[d]
    return a.strides[1] > 0


def like_channels(result: np.ndarray, *sources: np.ndarray) -> np.ndarray:
    """A result with the channels last in memory where they are in one of its inputs. Shape: (N, C, *in)."""
    for a in sources:
        if a.ndim == result.ndim and not a.flags.c_contiguous and _channels_last(a):
            return np.moveaxis(np.ascontiguousarray(np.moveaxis(result, 1, -1)), -1, 1)
    return result


def tensor_list(function: str, name: str, position: int, values: Any) -> tuple:
    if values.__class__ is list:
        values = tuple(values)
    if not isinstance(values, (tuple, list)):
        raise type_error(function, name, position, values, "tuple of Tensors")
    values = tuple(values)
    for i, v in enumerate(values):
        if not isinstance(v, Tensor) and not hasattr(type(v), "__torch_function__"):
            raise TypeError(f"expected Tensor as element {i} in argument {position - 1}, but got {type_name(v)}")
    return values


# --- backward's side -------------------------------------------------------------------------------------------


def _version_error(node: list, array: np.ndarray, memory: Any, what: str) -> RuntimeError:
    expected = memory.version_at(node[ORDER])
    kind = from_numpy(array.dtype).legacy
    hint = (
        "Hint: the backtrace further above shows the operation that failed to compute its gradient."
        if mode.anomaly
        else "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
        "torch.autograd.set_detect_anomaly(True)."
    )
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[torch.{kind}Tensor {list(array.shape)}]{what} is at version {memory.version}; expected version {expected} "
        f"instead. {hint}"
    )


def narrow(results: tuple, g: Any) -> tuple:
    """Float32 gradients in the half precision of `g` (or of what arrived at several outputs)."""
    d = next(iter(g.values())).dtype if g.__class__ is dict else g.dtype
    if not is_half(d):
        return results
    return tuple(
        [
            r if r is None or r.__class__ is Deferred or r.dtype != np.float32 else np.asarray(r).astype(d)
            for r in results
        ]
    )


def needs(node: list) -> tuple:
    """For a joint rule: which gradients are wanted, LATER where one goes straight to a leaf without hooks."""
    if mode.anomaly:
        return tuple([e is not None for e in node[2]])
    return tuple([0 if e is None else LATER if e[1] is LEAF and e[4] is None else 1 for e in node[2]])


def check_saved(node: list, tensor: Tensor) -> None:
    memory = tensor._v
    if memory.changed_after(node[ORDER]):
        producer = tensor._node
        what = (
            ""
            if producer is None or producer[1].grad_name in ("AccumulateGrad", "Port")
            else (f", which is output 0 of {producer[1].grad_name},")
        )
        raise _version_error(node, tensor._a, memory, what)


def check_output(node: list) -> None:
    memory = node[EXTRAS].get("memory")
    if memory is not None and memory.changed_after(node[ORDER]):
        raise _version_error(node, memory.root, memory, f", which is output 0 of {node[1].grad_name},")


def output(node: list, array: np.ndarray, index: int, through_port: bool) -> Tensor:
    """A saved output as a Tensor that stands in the graph, for recorded backward passes."""
    t = new(Tensor)
    t._a = array
    t._node = [tick(), PORT, (node,), index, None] if through_port else node
    return t


def constant(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return Tensor._wrap(value)
    if isinstance(value, (tuple, list)) and value and isinstance(value[0], np.ndarray):
        return type(value)([Tensor._wrap(v) for v in value])
    return value


def slow_record(node: list, outputs: tuple) -> None:
    """What anomaly mode adds to a record: where in the user's program it was made."""
    if mode.anomaly:
        import traceback  # not loaded at start-up

        frame = sys._getframe(2)
        extras_of(node)["trace"] = traceback.format_list(traceback.extract_stack(frame))


class Runtime:
    """The names that generated code sees, with an underscore before each."""

    names = {
        "ONE": 1,
        "number": number,
        "tensor": lambda value: Tensor._wrap(number_array(value, common_dtype([value]))),
        "MISSING": MISSING,
        "missing_argument": missing_argument,
        "numpy_call": numpy_call,
        "named_variadic": named_variadic,
        "check_single": check_single,
        "broadcast_error": broadcast_error,
        "promote_arrays": promote_arrays,
        "promote_tensors": promote_tensors,
        "to_float": to_float,
        "in_float32": in_float32,
        "view_of": view_of,
        "windows_of": windows_of,
        "like_channels": like_channels,
        "tensor_list": tensor_list,
        "dtype_of_out": dtype_of_out,
        "write_out": write_out,
        "narrow": narrow,
        "narrowed": narrowed,
        "plain": plain,
        "needs": needs,
        "check_saved": check_saved,
        "check_output": check_output,
        "output": output,
        "constant": constant,
        "slow_record": slow_record,
        "FREED": FREED,
        "fit": fit,
        "as_element": as_element,
        "type_error": type_error,
        "read": read,
        "items": items,
        "items_or_int": items_or_int,
        "promote_types": promote_types,
        "OP": OP,
        "old_order": old_order,
    }
