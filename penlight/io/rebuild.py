"""What the functions named in checkpoints do: make tensors, parameters and small values from storages."""

from __future__ import annotations

import codecs
from collections import Counter, OrderedDict
from typing import Any

import numpy as np

from penlight.io.errors import CheckpointError, ForbiddenContentError
from penlight.io.names import LEGACY_TENSOR_DTYPES, STORAGE_DTYPES, WITHOUT_SUPPORT, dtype_names
from penlight.io.storages import view_storage

__all__ = ["Rebuilder", "StorageType", "StoredValues", "Unread"]

_SLACK = 2**20


class StorageType:
    """A storage class named in a file; `dtype_name` is None for storages without a dtype."""

    __slots__ = ("dtype_name", "name")

    def __init__(self, name: str, dtype_name: str | None) -> None:
        self.name = name
        self.dtype_name = dtype_name


class Unread(np.ndarray):
    """The bytes of a storage that was sent to the meta device."""


class StoredValues:
    """One loaded storage: its bytes, the dtype its class gives it, and what its tensors share."""

    __slots__ = ("dtype_name", "in_use", "memory", "root")

    def __init__(self, root: np.ndarray, dtype_name: str | None) -> None:
        self.root = root  # (bytes,) uint8
        self.dtype_name = dtype_name
        self.in_use = False  # whether a tensor views it
        self.memory: Any = None  # the codec's, once two tensors share the storage


def _expect(condition: bool, what: str) -> None:
    if not condition:
        raise ForbiddenContentError(f"Weights only load failed. The file calls {what}, which PyTorch never writes")


class Rebuilder:
    """The callables of one load. `names` maps "module.name" to what the file means by it.

    Args: codec, makes penlight's objects; allowance, bytes that calls on data may copy (storages add to it), so that a
        small file cannot ask for endless memory.
    """

    def __init__(self, codec: Any, allowance: int) -> None:
        self.codec = codec
        self.allowance = 4 * allowance + _SLACK
        self.names: dict[str, Any] = {}
        self._refused: dict[str, str] = {}
        self._calls: dict[int, Any] = {}
        self._numpy_dtypes: dict[Any, np.dtype] = {}
        self._register()

    def _register(self) -> None:
        codec, names = self.codec, self.names
        for storage, dtype_name in STORAGE_DTYPES.items():
            names[f"torch.{storage}"] = names[f"torch.cuda.{storage}"] = StorageType(storage, dtype_name)
        names["torch.storage.UntypedStorage"] = names["torch.UntypedStorage"] = StorageType("UntypedStorage", None)
        for name in dtype_names():
            dtype = codec.dtype(name)
            if dtype is None:
                self._refused[f"torch.{name}"] = f"the dtype torch.{name}"
            else:
                names[f"torch.{name}"] = dtype
        self._refused.update(WITHOUT_SUPPORT)
        self._refused["torch.storage.TypedStorage"] = "typed storages of their own"
        for name in LEGACY_TENSOR_DTYPES:
            self._refused[f"torch.{name}"] = self._refused[f"torch.cuda.{name}"] = "tensor classes as values"
        for full_name, value, call in (
            ("torch._utils._rebuild_tensor", self.tensor_v1, None),
            ("torch._utils._rebuild_tensor_v2", self.tensor_v2, None),
            ("torch._utils._rebuild_tensor_v3", self.tensor_v3, None),
            ("torch._utils._rebuild_parameter", self.parameter, None),
            ("torch._utils._rebuild_parameter_with_state", self.parameter_with_state, None),
            ("torch._utils._rebuild_sparse_tensor", self.sparse, None),
            ("torch._utils._rebuild_meta_tensor_no_storage", self.meta, None),
            ("torch._tensor._rebuild_from_type_v2", self.from_type, None),
            ("torch.serialization._get_layout", codec.layout, None),
            ("torch.nn.parameter.Parameter", codec.parameter_class, self.parameter),
            ("torch.Tensor", codec.tensor_class, self._no_call),
            ("torch.Size", codec.size_class, self._size),
            ("torch.device", codec.device_class, self._device),
            ("collections.OrderedDict", OrderedDict, self._ordered_dict),
            ("collections.Counter", Counter, self._counter),
            ("builtins.set", set, self._set),
            ("builtins.complex", complex, self._complex),
            ("builtins.bytearray", bytearray, self._bytearray),
            ("_codecs.encode", codecs.encode, self._encode),
        ):
            names[full_name] = value
            self._calls[id(value)] = call or value

    def refusal(self, full_name: str) -> str | None:
        """What penlight lacks that this name of PyTorch's stands for."""
        return self._refused.get(full_name)

    def call_of(self, value: Any) -> Any:
        """The checked callable behind something from `names`; None for everything else."""
        return self._calls.get(id(value))

    def _spend(self, count: int) -> None:
        self.allowance -= count
        if self.allowance < 0:
            raise ForbiddenContentError(
                "Weights only load failed. The file makes far more copies of its data than it holds data"
            )

    # --- tensors -----------------------------------------------------------------------------------------------

    def _array(self, storage: Any, dtype: Any, offset: Any, size: Any, stride: Any) -> np.ndarray:
        numpy_dtype = self._numpy_dtypes.get(dtype)
        if numpy_dtype is None:
            try:
                numpy_dtype = self._numpy_dtypes[dtype] = self.codec.numpy_dtype(dtype)
            except NotImplementedError as error:
                raise CheckpointError(f"checkpoint: {error}") from None
        storage.in_use = True
        return view_storage(storage.root, numpy_dtype, offset, size, stride)

    def _tensor(self, storage: Any, dtype: Any, place: tuple, requires_grad: Any, metadata: Any) -> Any:
        array = self._array(storage, dtype, *place)
        _expect(type(requires_grad) is bool, "a tensor builder with a requires_grad that is no bool")
        if metadata:
            _expect(type(metadata) is dict and set(metadata) <= {"conj", "neg"}, "a tensor builder with odd metadata")
            _expect(array.size <= max(storage.root.nbytes, 1), "for the conjugate of an expanded tensor")
            self._spend(array.nbytes)
            if type(storage.root) is not Unread:
                made = self.codec.tensor(array, False, storage)
                return self.codec.turned(made, bool(metadata.get("conj")), bool(metadata.get("neg")), requires_grad)
        return self.codec.tensor(array, requires_grad, storage)

    def _typed(self, storage: Any) -> Any:
        _expect(type(storage) is StoredValues and storage.dtype_name is not None, "a tensor builder without a storage")
        return self.codec.dtype(storage.dtype_name)

    def tensor_v1(self, storage: Any, offset: Any, size: Any, stride: Any) -> Any:
        return self._tensor(storage, self._typed(storage), (offset, size, stride), False, None)

    def tensor_v2(
        self, storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, metadata: Any = None
    ) -> Any:
        return self._tensor(storage, self._typed(storage), (offset, size, stride), requires_grad, metadata)

    def tensor_v3(
        self, storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, dtype: Any,
        metadata: Any = None,
    ) -> Any:  # fmt: skip
        _expect(type(storage) is StoredValues, "a tensor builder without a storage")
        _expect(isinstance(dtype, self.codec.dtype_class), "a tensor builder without a dtype")
        return self._tensor(storage, dtype, (offset, size, stride), requires_grad, metadata)

    def parameter(self, data: Any, requires_grad: Any = True, hooks: Any = None) -> Any:
        _expect(isinstance(data, self.codec.tensor_class), "Parameter on something that is no tensor")
        _expect(type(requires_grad) is bool, "Parameter with a requires_grad that is no bool")
        return self.codec.parameter(data, requires_grad)

    def sparse(self, layout: Any, data: Any) -> Any:
        if layout is not self.codec.layout("torch.sparse_coo"):
            raise CheckpointError(
                f"checkpoint: the file holds a tensor of layout {layout}; penlight has sparse tensors in coordinate form "
                "(torch.sparse_coo) only"
            )
        _expect(type(data) is tuple and len(data) in (3, 4), "a sparse tensor builder with odd arguments")
        indices, values, size, *rest = data
        tensors = all(type(t) is self.codec.tensor_class for t in (indices, values))
        _expect(tensors and isinstance(size, tuple), "a sparse tensor builder on what are no tensors")
        _expect(rest in ([], [None], [True], [False]), "a sparse tensor builder with an odd flag")
        where, what = indices._a, values._a
        fits = where.ndim == 2 and where.dtype == np.int64 and what.ndim and where.shape[1] == len(what)
        fits = fits and all(type(n) is int and n >= 0 for n in size)
        _expect(
            bool(fits) and size[len(where) :] == what.shape[1:], "a sparse tensor builder on shapes that do not fit"
        )
        _expect(len(size) == len(where) + what.ndim - 1, "a sparse tensor builder on shapes that do not fit")
        return self.codec.sparse(indices, values, tuple(size), bool(rest and rest[0]))

    def meta(self, dtype: Any, size: Any, stride: Any, requires_grad: Any) -> Any:
        _expect(isinstance(dtype, self.codec.dtype_class), "a tensor builder without a dtype")
        whole = all(type(v) is tuple and all(type(n) is int and n >= 0 for n in v) for v in (size, stride))
        _expect(whole and len(size) == len(stride), "a meta tensor builder on odd sizes")
        _expect(type(requires_grad) is bool, "a tensor builder with a requires_grad that is no bool")
        return self.codec.meta(dtype, size, stride, requires_grad)

    def parameter_with_state(self, data: Any, requires_grad: Any, hooks: Any, state: Any) -> Any:
        return self._with_state(self.parameter(data, requires_grad, hooks), state)

    def from_type(self, function: Any, kind: Any, arguments: Any, state: Any) -> Any:
        call = self.call_of(function)
        _expect(call is not None and type(arguments) is tuple, "a tensor builder on an unknown function")
        made = call(*arguments)
        _expect(isinstance(made, self.codec.tensor_class), "a tensor builder that makes no tensor")
        _expect(isinstance(kind, type) and issubclass(kind, self.codec.tensor_class), "for a tensor of no tensor class")
        return self._with_state(self.codec.as_class(made, kind), state)

    def _with_state(self, tensor: Any, state: Any) -> Any:
        slots = None
        if type(state) is tuple and len(state) == 2:  # (__dict__, slots)
            state, slots = state
        attributes = {**(state or {}), **(slots or {})}
        _expect(all(type(name) is str for name in attributes), "for attributes that have no names")
        self.codec.set_attributes(tensor, attributes)
        return tensor

    # --- small values ------------------------------------------------------------------------------------------

    def _no_call(self, *arguments: Any) -> Any:
        raise ForbiddenContentError("Weights only load failed. The file calls Tensor, which PyTorch never writes")

    def _size(self, sizes: Any = ()) -> Any:
        _expect(type(sizes) in (tuple, list) and all(type(n) is int for n in sizes), "Size on something else than ints")
        self._spend(8 * len(sizes))
        return self.codec.size_class(sizes)

    def _device(self, kind: Any, index: Any = None) -> Any:
        _expect(type(kind) is str and (index is None or type(index) is int), "device on odd arguments")
        return self.codec.device_class(kind) if index is None else self.codec.device_class(kind, index)

    def _ordered_dict(self, pairs: Any = ()) -> Any:
        _expect(type(pairs) in (tuple, list), "OrderedDict on something else than a list")
        made: OrderedDict = OrderedDict()
        self._spend(16 * len(pairs))
        for pair in pairs:
            _expect(type(pair) in (tuple, list) and len(pair) == 2, "OrderedDict on something else than pairs")
            made[check_key(pair[0])] = pair[1]
        return made

    def _counter(self, counts: Any = None) -> Any:
        _expect(counts is None or type(counts) is dict, "Counter on something else than a dict")
        self._spend(16 * len(counts or ()))
        return Counter(counts)

    def _set(self, items: Any = ()) -> Any:
        _expect(type(items) in (list, tuple), "set on something else than a list")
        self._spend(16 * len(items))
        return {check_key(item) for item in items}

    def _complex(self, real: Any, imaginary: Any) -> Any:
        _expect(type(real) in (int, float) and type(imaginary) in (int, float), "complex on something else than floats")
        return complex(real, imaginary)

    def _encode(self, text: Any, encoding: Any = "utf-8") -> Any:
        known = type(text) is str and encoding in ("latin1", "latin-1", "utf-8", "utf8", "ascii")
        _expect(known, "_codecs.encode on something else than text")
        self._spend(len(text))
        return text.encode(encoding)

    def _bytearray(self, content: Any = b"", encoding: Any = None) -> Any:
        if type(content) is str:
            content = self._encode(content, encoding)
        _expect(type(content) is bytes, "bytearray on something else than bytes")
        self._spend(len(content))
        return bytearray(content)


_SCALARS = frozenset({str, int, float, complex, bool, bytes, type(None)})


def check_key(key: Any, depth: int = 8) -> Any:
    """Return a dict key or set item after making sure that hashing it is cheap and runs no code from elsewhere."""
    kind = type(key)
    if kind in _SCALARS:
        return key
    if isinstance(key, tuple) and depth:
        for item in key:
            check_key(item, depth - 1)
        return key
    if kind.__module__.partition(".")[0] in ("penlight", "torch") and kind.__name__ in ("dtype", "device", "layout"):
        return key
    raise ForbiddenContentError(
        f"Weights only load failed. Keys may be numbers, strings, dtypes, devices and shallow tuples of these; the "
        f"file has a {kind.__name__}"
    )
