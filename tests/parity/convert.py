"""Carry PyTorch sample inputs to another library that has PyTorch's names, and bring its results back.

Runs in an interpreter that has PyTorch. The other library is called the backend here; it may be PyTorch itself, which
is how the runner is tested and how PyTorch's own call gets inputs that nobody else can change.
"""

from __future__ import annotations

import numpy
import torch

# NumPy has no such types: they travel as integers of the same width and are reinterpreted on the other side.
_BITS_ONLY = {torch.bfloat16: "int16"}
_NUMPY_DIMENSIONS = 64
_WIDER = {
    torch.float16: torch.float64,
    torch.bfloat16: torch.float64,
    torch.float32: torch.float64,
    torch.complex32: torch.complex128,
    torch.complex64: torch.complex128,
}


class CannotCarry(Exception):
    """A sample uses something (a sparse layout, a type) that has no place in the backend."""


def dtype_name(dtype) -> str:
    """The bare name of a dtype of either library: `float32`."""
    return str(dtype).rsplit(".", 1)[-1]


def owns_its_memory(tensor: torch.Tensor) -> bool:
    """Contiguous over the whole of its storage: no view of something larger, which `as_strided` could reach."""
    return tensor.is_contiguous() and tensor.untyped_storage().nbytes() == tensor.numel() * tensor.element_size()


class Carrier:
    """Converts one sample's arguments to the backend; the same tensor object stays one tensor object."""

    spaced = False  # give the backend every tensor as each second element of a larger one

    def __init__(self, backend, functions, widen: bool = False):
        self.backend = backend
        self.functions = functions
        self.widen = widen
        self.tensors: list[tuple[torch.Tensor, object]] = []  # (source, converted), in the order met

    def __call__(self, value):
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if isinstance(value, torch.Size):
            return self.backend.Size(value)
        if isinstance(value, tuple):
            items = [self(item) for item in value]
            return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
        if isinstance(value, list):
            return [self(item) for item in value]
        if isinstance(value, dict):
            return {key: self(item) for key, item in value.items()}
        if isinstance(value, slice):
            return slice(self(value.start), self(value.stop), self(value.step))
        if isinstance(value, torch.dtype):
            return getattr(self.backend, dtype_name(_WIDER.get(value, value) if self.widen else value))
        if isinstance(value, torch.device):
            return self.backend.device(str(value))
        if isinstance(value, (torch.layout, torch.memory_format)):
            return getattr(self.backend, dtype_name(value))
        if isinstance(value, torch.Generator):
            generator = self.backend.Generator()
            generator.manual_seed(value.initial_seed())
            return generator
        if isinstance(value, torch.nn.Module):
            return self._module(value)
        if callable(value) and not isinstance(value, type):
            return self.functions(value)
        return value

    def _tensor(self, source: torch.Tensor):
        for seen, converted in self.tensors:
            if seen is source:
                return converted
        if source.layout is not torch.strided or source.is_quantized:
            raise CannotCarry(f"layout {source.layout}")
        if source.device.type != "cpu" or source.dtype is torch.complex32 or source.dim() > _NUMPY_DIMENSIONS:
            raise CannotCarry(f"{source.device}, {source.dtype}, {source.dim()} dimensions")
        with self.backend.no_grad(), torch.no_grad():
            converted = self._storage_copy(source.detach().resolve_conj().resolve_neg())
        if isinstance(source, torch.nn.Parameter):
            converted = self.backend.nn.Parameter(converted, requires_grad=source.requires_grad)
        elif source.requires_grad:
            converted.requires_grad_()
        self.tensors.append((source, converted))
        return converted

    def _storage_copy(self, source: torch.Tensor):
        """A tensor with the same values, strides and offset over a copy of the whole storage."""
        if self.widen and source.dtype in _WIDER:
            source = source.to(_WIDER[source.dtype])
        if owns_its_memory(source):
            if self.spaced and self.backend is not torch and source.dim() < _NUMPY_DIMENSIONS:
                return self._from_torch(torch.stack((source, source), -1)).select(-1, 0)
            return self._from_torch(source.clone())
        length = source.untyped_storage().nbytes() // source.element_size()
        flat = source.as_strided((length,), (1,), 0)
        return self.backend.as_strided(
            self._from_torch(flat.clone()), tuple(source.shape), source.stride(), source.storage_offset()
        )

    def _from_torch(self, contiguous: torch.Tensor):
        if self.backend is torch:
            return contiguous.clone()  # memory from NumPy could not be resized
        bits = _BITS_ONLY.get(contiguous.dtype)
        if bits is None:
            return self.backend.from_numpy(contiguous.numpy().copy())
        raw = contiguous.view(getattr(torch, bits)).numpy().copy()
        return self.backend.from_numpy(raw).view(getattr(self.backend, dtype_name(contiguous.dtype)))

    def _module(self, module):
        if self.backend is torch:
            return module
        if list(module.parameters()):
            raise CannotCarry(f"a module with parameters: {module}")
        # `PairwiseDistance(p=2)`: the simple modules among the samples can be rebuilt from their attributes.
        twin = getattr(self.backend.nn, type(module).__name__)()
        for name, value in vars(module).items():
            if not name.startswith("_") and name in vars(twin):
                setattr(twin, name, value)
        return twin


def to_torch(backend, value):
    """A PyTorch copy of a backend tensor."""
    with backend.no_grad():
        value = value.detach()
        name = dtype_name(value.dtype)
        dtype = getattr(torch, name)
        if dtype is torch.complex32:
            raise CannotCarry("complex32 has no NumPy type")
        if isinstance(value, torch.Tensor) and value._is_zerotensor():  # PyTorch's lazy zeros have no memory
            return torch.zeros(value.shape, dtype=dtype)
        if hasattr(value, "resolve_conj"):
            value = value.resolve_conj()
        if hasattr(value, "resolve_neg"):
            value = value.resolve_neg()
        if dtype in _BITS_ONLY:
            raw = numpy.array(value.contiguous().view(getattr(backend, _BITS_ONLY[dtype])).numpy(), copy=True)
            return torch.from_numpy(raw.reshape(tuple(value.shape))).view(dtype)
        raw = numpy.array(value.numpy(), copy=True, order="C")
    result = torch.from_numpy(raw)
    if result.dtype != dtype:  # the tensor says one type and its array has another: never hide it
        raise AssertionError(f"tensor says {name} but its array is {raw.dtype}")
    return result


def describe(value, limit: int = 8) -> str:
    """A short text from which a sample can be rebuilt by hand."""
    if isinstance(value, torch.Tensor):
        parts = [str(tuple(value.shape)), dtype_name(value.dtype)]
        if value.layout is torch.strided and (not value.is_contiguous() or value.storage_offset()):
            parts.append(f"stride={value.stride()} offset={value.storage_offset()}")
        if value.requires_grad:
            parts.append("grad")
        if value.layout is torch.strided and value.device.type == "cpu" and 0 < value.numel() <= limit:
            parts.append(f"= {value.detach().tolist()}")
        return f"T[{' '.join(parts)}]"
    if isinstance(value, (list, tuple)):
        inner = ", ".join(describe(item, limit) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={describe(item, limit)}" for key, item in value.items()) + "}"
    return repr(value)


def describe_sample(sample) -> str:
    arguments = [describe(sample.input), *(describe(item) for item in sample.args)]
    arguments += [f"{key}={describe(item)}" for key, item in sample.kwargs.items()]
    return f"({', '.join(arguments)})"
