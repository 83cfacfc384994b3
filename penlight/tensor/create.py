"""Making tensors: from data, and filled with constants."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.device import on_meta
from penlight.base.dims import int_list, items, read, refused
from penlight.base.dtypes import dtype as dtype_class
from penlight.base.dtypes import from_numpy as dtype_from_numpy
from penlight.base.formats import layout as layout_class
from penlight.base.formats import memory_format as format_class
from penlight.base.geometry import apart
from penlight.base.mode import mode
from penlight.base.promotion import number_dtype
from penlight.base.warning import warn_once
from penlight.ops.kinds import as_element
from penlight.tensor.arguments import MISSING, type_name
from penlight.tensor.memory import memory_of
from penlight.tensor.nested import nested_array
from penlight.tensor.out import KEEPS_SHAPE, check_overlap
from penlight.tensor.override import PLAIN, overridden, override
from penlight.tensor.tensor import Tensor

__all__ = [
    "as_tensor", "asarray", "empty", "empty_like", "empty_permuted", "empty_strided", "eye", "from_dlpack", "from_numpy",
    "frombuffer", "full", "full_like", "ones", "ones_like", "scalar_tensor", "tensor", "zeros", "zeros_like",
]  # fmt: skip


def read_size(function: str, size: tuple, value: Any = None) -> tuple[int, ...]:
    """The sizes of `f(2, 3)`, `f((2, 3))` and `f(size=(2, 3))`."""
    if value is not None:
        size = items(value, "size", function)
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = tuple(size[0])
    elif len(size) == 1 and not hasattr(size[0], "__index__"):
        raise TypeError(f"{function}(): argument 'size' (position 1) must be tuple of ints, not {type_name(size[0])}")
    try:
        shape = int_list(size)
    except TypeError as error:
        raise TypeError(f"{function}(): {error}") from None
    for n in shape:
        if n < 0:
            raise RuntimeError(
                f"zeros: Dimension size must be non-negative: got {list(shape)}"
                if function == "zeros"
                else f"Trying to create tensor with negative dimension {n}: {list(shape)}"
            )
    return shape


def on_device(function: Any, given: dict) -> Any:
    """What `function`, whose local names are `given`, makes on the meta device."""
    create = importlib.import_module("penlight.meta.create")
    return create.made(function, *create.call_of(function, given))


_CONSTANT = ("empty", "eye", "full", "ones", "zeros")  # whose `out` may have several elements on one place


def finish(array: np.ndarray, requires_grad: bool = False, out: Any = None, function: str = "") -> Tensor:
    """Wrap a new array, or store it into `out`."""
    if out is not None:
        if out.requires_grad and mode.grad:
            raise RuntimeError(
                f"{function}(): functions with out=... arguments don't support automatic differentiation"
            )
        if function in KEEPS_SHAPE and out._a.size == array.size:
            array = array.reshape(out._a.shape)
        if out._a.shape != array.shape:
            out._resize(array.shape)
        if out.is_meta:
            return out
        if function not in _CONSTANT:
            check_overlap(out._a.shape, out._a.strides)
        np.copyto(out._a, array, casting="unsafe")
        memory_of(out).changed()
        return out
    if requires_grad is not False and requires_grad is not None:
        read("bool", requires_grad, "requires_grad", function)
    if requires_grad and array.dtype.kind not in "fcV":
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    return Tensor._wrap(array, bool(requires_grad))


def wanted_dtype(dtype: Any, out: Any, default: dtype_class) -> dtype_class:
    """The dtype to make: the one asked for, else that of `out`, else the default."""
    if out is not None and not isinstance(out, Tensor):
        raise refused(out, "out", "Tensor")
    if dtype is None:
        return default if out is None else out.dtype
    dtype = dtypes.of(dtype)
    if out is not None and out.dtype is not dtype:
        raise RuntimeError(f"dtype {dtype.legacy} does not match dtype of out parameter ({out.dtype.legacy})")
    return dtype


def _filled(name: str, fill: Any, doc: str) -> Any:
    def function(
        *size: Any,
        out: Any = None,
        dtype: Any = None,
        layout: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        pin_memory: bool = False,
        memory_format: Any = None,
        **names: Any,
    ) -> Tensor:
        if device is not None and on_meta(device):
            return on_device(function, locals())
        if size and "size" in names:
            raise TypeError(f"{name}() takes `size` once, but got {size} and size={names['size']!r}")
        shape = read_size(name, size or (items(names.pop("size"), "size", name),)) if size or "size" in names else missing(name)
        if names:
            raise TypeError(f"{name}() got an unexpected keyword argument '{next(iter(names))}'")
        check_pinned(pin_memory)
        if layout is not None and _checked(layout).name != "strided":
            return _empty_sparse(name, layout, shape, wanted_dtype(dtype, out, defaults.float_dtype), requires_grad)
        array = fill(shape, wanted_dtype(dtype, out, defaults.float_dtype).np)
        if memory_format is not None:
            array = in_format(array, memory_format)
        return finish(array, requires_grad, out, name)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc + f"\n\n    Source: https://docs.pytorch.org/docs/stable/generated/torch.{name}.html\n    "
    return function


def missing(name: str) -> Any:
    raise TypeError(f'{name}() missing 1 required positional arguments: "size"')


def _checked(value: Any, kind: type = layout_class, name: str = "layout") -> Any:
    if not isinstance(value, kind):
        raise refused(value, name, f"torch.{kind.__name__}")
    return value


def check_pinned(pin_memory: Any) -> None:
    """Refuse pinned memory, for which PyTorch, too, wants an accelerator."""
    if pin_memory is not False and pin_memory is not None:
        if pin_memory is not True:
            raise refused(pin_memory, "pin_memory", "bool")
        raise RuntimeError("Cannot access accelerator device when none is available: leave pin_memory=True out")


def check_layout(layout: Any, pin_memory: Any = False) -> None:
    check_pinned(pin_memory)
    if layout is not None and _checked(layout).name != "strided":
        raise NotImplementedError(f"this function makes no {layout!r} tensors; make a dense one and call to_sparse()")


def _empty_sparse(name: str, layout: Any, shape: tuple, d: dtype_class, requires_grad: bool) -> Tensor:
    if layout.name != "sparse_coo" or name not in ("zeros", "empty"):
        check_layout(layout)
    return importlib.import_module("penlight.sparse.create").zeros(shape, d.np, requires_grad=requires_grad)


def in_format(array: np.ndarray, memory_format: Any) -> np.ndarray:
    """The array in another memory format (values kept)."""
    name = _checked(memory_format, format_class, "memory_format").name
    if name == "channels_last":
        if array.ndim != 4:
            raise RuntimeError("required rank 4 tensor to use channels_last format")
        return np.ascontiguousarray(array.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    if name == "channels_last_3d":
        if array.ndim != 5:
            raise RuntimeError("required rank 5 tensor to use channels_last_3d format")
        return np.ascontiguousarray(array.transpose(0, 2, 3, 4, 1)).transpose(0, 4, 1, 2, 3)
    return np.ascontiguousarray(array) if name == "contiguous_format" and array.ndim else array


zeros = _filled("zeros", np.zeros, "A tensor of zeros. `zeros(2, 3)` and `zeros((2, 3))` are the same.")
ones = _filled("ones", np.ones, "A tensor of ones.")
empty = _filled("empty", np.empty, "A tensor whose values are whatever the memory holds.")


def _filled_like(name: str, fill: Any, doc: str) -> Any:
    def function(
        input: Tensor,
        *,
        dtype: Any = None,
        layout: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        memory_format: Any = None,
        pin_memory: bool = False,
    ) -> Tensor:
        if not isinstance(input, Tensor):
            raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type_name(input)}")
        if overridden((input,)):
            given = {"dtype": dtype, "requires_grad": requires_grad}
            if device is not None and input.is_meta:
                given["device"] = device
            return override(function, (input,), given if layout is None else {**given, "layout": layout})
        if device is not None and on_meta(device):
            return on_device(function, locals())
        check_pinned(pin_memory)
        if layout is not None and _checked(layout).name != "strided":
            d = input.dtype if dtype is None else dtypes.of(dtype)
            return _empty_sparse(name.removesuffix("_like"), layout, input._a.shape, d, requires_grad)
        array = fill(like_array(input._a, None if dtype is None else dtypes.of(dtype).np))
        if memory_format is not None:
            array = in_format(array, memory_format)
        return finish(array, requires_grad)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc + f"\n\n    Source: https://docs.pytorch.org/docs/stable/generated/torch.{name}.html\n    "
    return function


def like_array(a: np.ndarray, d: Any = None) -> np.ndarray:
    """An uninitialised array of the same shape and dimension order."""
    if 0 in a.strides or not a.ndim:
        return np.empty(a.shape, d or a.dtype)
    return np.empty_like(a, dtype=d, order="K")


def _fill_with(value: Any) -> Any:
    def fill(array: np.ndarray) -> np.ndarray:
        array.fill(value)
        return array

    return fill


zeros_like = _filled_like("zeros_like", _fill_with(0), "Zeros in the shape, dtype and layout of `input`.")
ones_like = _filled_like("ones_like", _fill_with(1), "Ones in the shape, dtype and layout of `input`.")
empty_like = _filled_like("empty_like", lambda a: a, "Uninitialised, in the shape, dtype and layout of `input`.")


def full(
    size: Any,
    fill_value: Any,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A tensor filled with one value; its dtype follows the value unless given.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.full.html

    >>> import penlight as torch
    >>> torch.full((2,), 7)
    tensor([7, 7])
    """
    check_layout(layout, pin_memory)
    shape = read_size("full", (items(size, "size", "full", 1),))
    if device is not None and on_meta(device):
        return on_device(full, locals())
    fill_value = plain_number("full", "fill_value", 2, fill_value)
    d = wanted_dtype(dtype, out, number_dtype(fill_value))
    return finish(np.full(shape, cast_number(fill_value, d)), requires_grad, out, "full")


def plain_number(function: str, name: str, position: int, value: Any) -> Any:
    """The number in a tensor without dimensions; others, and those that require grad, are refused."""
    return value if value.__class__ in (float, int) else read("number", value, name, function, position)


def cast_number(value: Any, d: dtype_class) -> Any:
    """A number in a tensor's dtype, refused where it does not fit."""
    return as_element(np, value, d.np)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """`fill_value` in the shape, dtype and layout of `input`."""
    if input.__class__ not in PLAIN and overridden((input,)):
        given = {"dtype": dtype, "requires_grad": requires_grad}
        if device is not None and input.is_meta:
            given["device"] = device
        return override(full_like, (input, fill_value), given)
    if device is not None and on_meta(device):
        return on_device(full_like, locals())
    result = empty_like(input, dtype=dtype, device=device, layout=layout, memory_format=memory_format)
    fill_value = plain_number("full_like", "fill_value", 2, fill_value)
    result._a[...] = cast_number(fill_value, result.dtype)
    return result.requires_grad_() if requires_grad else result


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> Tensor:
    """A new tensor holding a copy of `data`: numbers, nested sequences, arrays or tensors.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.tensor.html

    >>> import penlight as torch
    >>> torch.tensor([[1, 2], [3, 4]]).shape
    torch.Size([2, 2])
    """
    d = None if dtype is None else dtypes.of(dtype)
    check_pinned(pin_memory)
    if device is not None and on_meta(device):
        return on_device(tensor, locals())
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
        if data.is_meta and device is None:
            return on_device(tensor, locals())
    if isinstance(data, (np.ndarray, np.generic)):
        _dtype_of_array(data)
    return finish(nested_array(data, d), requires_grad)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a tensor, sharing memory where it is already an array or tensor of the wanted dtype.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.as_tensor.html
    """
    if device is not None and on_meta(device):
        return on_device(as_tensor, locals())
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtypes.of(dtype))
    if isinstance(data, np.ndarray):
        result = from_numpy(data)
        return result if dtype is None else result.to(dtypes.of(dtype))
    return tensor(data, dtype=dtype)


def _dtype_of_array(array: Any) -> dtype_class:
    """The dtype of an array or NumPy number. Raises for one that no tensor can be made of."""
    if not array.dtype.isnative:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. Conversion between byte orders is "
            "currently not supported."
        )
    d = dtype_from_numpy(array.dtype)
    if array.size and any(s % array.itemsize for s in array.strides):
        raise ValueError(
            "given numpy array strides not a multiple of the element byte size. Copy the numpy array to reallocate the "
            "memory."
        )
    if any(s < 0 for s in array.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not "
            "currently supported. (You can probably work around this by making a copy of your array with array.copy().)"
        )
    return d


def from_numpy(array: np.ndarray) -> Tensor:
    """A tensor on the memory of `array`: a change in one is seen in the other.

    Raises: TypeError for what is no ndarray or has a dtype PyTorch lacks; ValueError for negative strides.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.from_numpy.html

    >>> import numpy, penlight as torch
    >>> a = numpy.zeros(2); t = torch.from_numpy(a); t[0] = 1; float(a[0])
    1.0
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    d = _dtype_of_array(array)
    if not array.flags.writeable:
        warn_once(
            "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means writing "
            "to this tensor will result in undefined behavior. You may want to copy the array to protect its data or make "
            "it writable before converting it to a tensor. This type of warning will be suppressed for the rest of this "
            "program."
        )
    if type(array) is not np.ndarray or array.dtype is not d.np:
        array = np.ndarray.view(array, d.np, np.ndarray)
    result = Tensor._wrap(array)
    if not (array.flags.forc or apart(array.shape, array.strides)):
        memory_of(result).windows = True
    return result


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool | None = None
) -> Tensor:
    """A tensor, an array, a buffer (as elements of `dtype`) or nested sequences as a tensor.

    It shares memory where the dtype allows, unless `copy` is True, and stays in the graph unless `requires_grad` is False.

    Raises: ValueError with copy=False where memory cannot be shared, RuntimeError for a NumPy number.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.asarray.html
    """
    if not isinstance(obj, (Tensor, np.ndarray, np.generic)) and _is_buffer(obj):
        obj = frombuffer(obj, dtype=defaults.float_dtype if dtype is None else dtype)
    result = as_tensor(obj, dtype=dtype, device=device)
    if copy is False:
        if isinstance(obj, np.generic):
            raise RuntimeError("can't alias NumPy scalars. Either remove copy=False or transform it in a ndarray.")
        if not isinstance(obj, (Tensor, np.ndarray)):
            raise ValueError("can't alias arbitrary sequence into a tensor.")
        own = obj.dtype if isinstance(obj, Tensor) else dtype_from_numpy(obj.dtype)
        if own is not result.dtype:
            raise ValueError(f"can't alias tensor with dtype '{own.legacy}' into dtype '{result.dtype.legacy}'.")
    elif copy and isinstance(obj, (Tensor, np.ndarray)):
        result = result.clone()
    if requires_grad is False and result.requires_grad:
        return result.detach()
    return result.requires_grad_() if requires_grad else result


def _is_buffer(value: Any) -> bool:
    try:
        memoryview(value)
    except TypeError:
        return False
    return True


class _Exported:
    """What NumPy asks for DLPack: a capsule itself, or the memory of an array that it took for read-only."""

    def __init__(self, capsule: Any = None, array: Any = None) -> None:
        self.capsule, self.array = capsule, array
        if array is not None:
            pointer = array.__array_interface__["data"][0]
            self.__array_interface__ = {**array.__array_interface__, "data": (pointer, False)}

    def __dlpack__(self, **options: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple:
        return (1, 0)  # the CPU


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor on the memory of an object that speaks DLPack (an array of NumPy, JAX, CuPy …), or of a capsule.

    With `copy`, on memory of its own. Raises: RuntimeError for what is neither, BufferError for tensors that require grad.
    Source: https://docs.pytorch.org/docs/stable/dlpack.html

    >>> import numpy, penlight as torch
    >>> torch.from_dlpack(numpy.arange(3))
    tensor([0, 1, 2])
    """
    if type(ext_tensor).__name__ == "PyCapsule":
        ext_tensor = _Exported(ext_tensor)
    elif not hasattr(ext_tensor, "__dlpack__"):
        raise RuntimeError(
            f"from_dlpack received an invalid capsule: expected one, or an object with __dlpack__, but got "
            f"{type(ext_tensor).__name__}"
        )
    if isinstance(ext_tensor, Tensor):
        ext_tensor.__dlpack__()  # which raises where it must stay
        result = ext_tensor.detach()
    else:
        array = np.from_dlpack(ext_tensor)
        if not (array.flags.writeable or isinstance(ext_tensor, np.ndarray)):  # NumPy's caution with old exporters
            array = np.asarray(_Exported(array=array))
        result = from_numpy(array)
    return result.clone() if copy else result


def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A 1-d tensor on the memory of a buffer. Shape: () -> (count,)."""
    d = dtypes.of(dtype)
    try:
        size = memoryview(buffer).nbytes
    except TypeError:
        raise ValueError(f"object does not implement Python buffer protocol: {type_name(buffer)}") from None
    if not memoryview(buffer).c_contiguous:
        raise RuntimeError("could not retrieve buffer from object: its elements do not follow one another in memory")
    if not size or not count:
        raise ValueError(f"both buffer length ({size}) and count ({count}) must not be 0")
    if not 0 <= offset < size:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({size} bytes) minus 1"
        )
    if count < 0 and (size - offset) % d.itemsize:
        raise ValueError(
            f"buffer length ({size - offset} bytes) after offset ({offset} bytes) must be a multiple of element size "
            f"({d.itemsize})"
        )
    if count > 0 and offset + count * d.itemsize > size:
        raise ValueError(
            f"requested buffer length ({count} * {d.itemsize} bytes) after offset ({offset} bytes) must not be greater "
            f"than actual buffer length ({size} bytes)"
        )
    array = np.frombuffer(buffer, dtype=d.np, count=count, offset=offset)
    return finish(array, requires_grad)


def scalar_tensor(
    s: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A 0-dim tensor, of the default dtype unless told otherwise."""
    check_layout(layout, pin_memory)
    if device is not None and on_meta(device):
        return on_device(scalar_tensor, locals())
    d = defaults.float_dtype if dtype is None else dtypes.of(dtype)
    return finish(cast_number(read("number", s, "s", "scalar_tensor", 1), d), requires_grad)


def eye(
    n: int,
    m: int = MISSING,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Ones on the diagonal, zeros elsewhere. Shape: () -> (n, m)."""
    check_layout(layout, pin_memory)
    n = read("size", n, "n", "eye", 1)
    m = n if m is MISSING else read("size", m, "m", "eye", 2)
    if n < 0 or m < 0:
        raise RuntimeError(f"n must be greater or equal to 0, got {n}")
    if device is not None and on_meta(device):
        return on_device(eye, locals())
    d = wanted_dtype(dtype, out, defaults.float_dtype)
    return finish(np.eye(n, m, dtype=d.np), requires_grad, out, "eye")


def empty_strided(
    size: Any,
    stride: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Uninitialised memory seen with the given strides (in elements)."""
    check_layout(layout, pin_memory)
    if device is not None and on_meta(device):
        return on_device(empty_strided, locals())
    shape = read_size("empty_strided", tuple(items(size, "size", "empty_strided", 1)))
    strides = items(stride, "stride", "empty_strided", 2)
    if len(shape) != len(strides):
        raise RuntimeError(
            f"dimensionality of sizes ({len(shape)}) must match dimensionality of strides ({len(strides)})"
        )
    d = defaults.float_dtype if dtype is None else dtypes.of(dtype)
    extent = 0 if 0 in shape else 1 + sum((n - 1) * s for n, s in zip(shape, strides))
    flat = np.empty(max(extent, 0), d.np)
    return finish(np.ndarray(shape, d.np, flat, 0, tuple(s * d.itemsize for s in strides)), requires_grad)


def empty_permuted(size: Any, physical_layout: Any, *, dtype: Any = None, **options: Any) -> Tensor:
    """Uninitialised, with dimensions lying in memory in the order `physical_layout`."""
    if options.get("device") is not None and on_meta(options.pop("device")):
        return on_device(empty_permuted, locals())
    shape, order = int_list(size), int_list(physical_layout)
    if len(shape) != len(order):
        raise RuntimeError(
            "Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = "
            f"{len(shape)} is not equal to len(physical_layout) = {len(order)}"
        )
    for i, d in enumerate(order):
        if not 0 <= d < len(shape):
            raise RuntimeError(
                f"Dimension out of range (expected to be between 0 and {len(shape) - 1}, but got {d} at index {i}). "
                "Negative dims are not supported here."
            )
        if d in order[:i]:
            raise RuntimeError("Duplicate dim not allowed")
    d = wanted_dtype(dtype, None, defaults.float_dtype)
    array = np.empty([shape[i] for i in order], d.np)
    return finish(array.transpose(np.argsort(order)), options.get("requires_grad", False))
