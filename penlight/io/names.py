"""The names that stand in checkpoint files, and penlight's own names for the same things."""

from __future__ import annotations

import sys
from typing import Any

__all__ = [
    "BLOCKED_MODULES",
    "LEGACY_TENSOR_DTYPES",
    "PYTHON_3_MODULES",
    "PYTHON_3_NAMES",
    "STORAGE_DTYPES",
    "STORAGE_OF_DTYPE",
    "WITHOUT_SUPPORT",
    "dtype_names",
    "penlight_modules",
    "torch_home",
]

# Storage classes that carry a dtype. Every other dtype travels in an UntypedStorage and is named by the tensor.
STORAGE_DTYPES = {
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
}
STORAGE_OF_DTYPE = {dtype_name: storage for storage, dtype_name in STORAGE_DTYPES.items()}

_LEGACY_KINDS = {
    "Float": "float32",
    "Double": "float64",
    "Half": "float16",
    "BFloat16": "bfloat16",
    "Long": "int64",
    "Int": "int32",
    "Short": "int16",
    "Char": "int8",
    "Byte": "uint8",
    "Bool": "bool",
}
LEGACY_TENSOR_DTYPES = {f"{kind}Tensor": dtype_name for kind, dtype_name in _LEGACY_KINDS.items()}

_PLAIN_DTYPES = (
    "bool uint8 int8 int16 int32 int64 uint16 uint32 uint64 float16 bfloat16 float32 float64 complex32 complex64 "
    "complex128 float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu float4_e2m1fn_x2 "
    "bits8 bits16 bits1x8 bits2x4 bits4x2 qint8 qint32 quint8 quint2x4 quint4x2 "
    "int1 int2 int3 int4 int5 int6 int7 uint1 uint2 uint3 uint4 uint5 uint6 uint7"
)
_QUANTISED_STORAGES = ("QInt8Storage", "QInt32Storage", "QUInt8Storage", "QUInt2x4Storage", "QUInt4x2Storage")
_SCHEMES = (
    "per_tensor_affine",
    "per_tensor_symmetric",
    "per_channel_affine",
    "per_channel_symmetric",
    "per_channel_affine_float_qparams",
)


def dtype_names() -> list[str]:
    """Every dtype a file may name, whether or not penlight can hold it."""
    return _PLAIN_DTYPES.split()


def _without_support() -> dict[str, str]:
    """Names PyTorch's weights_only loader knows and penlight refuses: name -> what it stands for."""
    refused = {f"torch.{name}": "quantised tensors" for name in (*_QUANTISED_STORAGES, *_SCHEMES)}
    refused["torch._utils._rebuild_qtensor"] = "quantised tensors"
    refused["torch._utils._rebuild_nested_tensor"] = "nested tensors"
    refused["torch._utils._rebuild_wrapper_subclass"] = "wrapper subclasses"
    refused["torch._utils._rebuild_device_tensor_from_numpy"] = "tensors of other devices"
    refused["torch._utils._rebuild_device_tensor_from_cpu_tensor"] = "tensors of other devices"
    for kind in _LEGACY_KINDS:
        if kind != "Bool":
            for package in ("torch.sparse", "torch.cuda.sparse"):
                refused[f"{package}.{kind}Tensor"] = "sparse tensors"
    return refused


WITHOUT_SUPPORT = _without_support()

# Refused even when a user allow-lists something in them.
BLOCKED_MODULES = frozenset({"sys", "os", "posix", "nt"})

# Protocol 2 spells builtins as Python 2 did. The short table keeps what PyTorch's own files contain.
PYTHON_3_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}
PYTHON_3_NAMES = {("builtins", "xrange"): ("builtins", "range"), ("builtins", "unicode"): ("builtins", "str")}

_PACKAGES = (("torchvision", "penlight.vision"), ("torchtext", "penlight.text"), ("torch", "penlight"))
# penlight's inner packages; what they define is public under another name
_INNER = frozenset({"base", "backends", "ops", "tensor", "io"})
# files that hold part of what is one module in PyTorch
_SPLIT = {
    "penlight.nn.modules.attention": "torch.nn.modules.activation",
    "penlight.nn.modules.parameter_containers": "torch.nn.modules.container",
    "penlight.distributions.transform_base": "torch.distributions.transforms",
    "penlight.distributions.transform_parts": "torch.distributions.transforms",
    "penlight.optim.adafactor": "torch.optim",
    "penlight.optim.muon": "torch.optim",
}
_PUBLIC_HOMES = ("penlight", "penlight.nn.functional", "penlight.autograd", "penlight.serialization")


def torch_home(value: Any, module: str, name: str) -> tuple[str, str] | None:
    """Return the (module, name) PyTorch has for something that penlight defines; None for what penlight does not.

    >>> torch_home(object(), "penlight.nn.modules.linear", "Linear")
    ('torch.nn.modules.linear', 'Linear')
    """
    for theirs, ours in _PACKAGES:  # classes are named after PyTorch's modules where `import torch` finds penlight
        if module == theirs or module.startswith(theirs + "."):
            module = ours + module[len(theirs) :]
    if module != "penlight" and not module.startswith("penlight."):
        return None
    parts = module.split(".")
    if len(parts) > 1 and parts[1] in _INNER:
        for home in _PUBLIC_HOMES:
            if getattr(sys.modules.get(home), name, None) is value:
                module = home
                break
    if module in _SPLIT:
        return _SPLIT[module], name
    for whole in ("optim.lr_scheduler", "nn.functional"):  # split over the files of a package, or of `functional_*.py`
        if module.startswith((f"penlight.{whole}.", f"penlight.{whole}_")):
            return f"torch.{whole}", name
    if name == "AdamW":
        return "torch.optim.adamw", name
    for theirs, ours in _PACKAGES:
        if module == ours or module.startswith(ours + "."):
            return theirs + module[len(ours) :], name
    return None


def penlight_modules(module: str) -> list[str]:
    """Where something of PyTorch's module may be found here: the same place, then each package above it.

    >>> penlight_modules("torch.nn.modules.linear")
    ['penlight.nn.modules.linear', 'penlight.nn.modules', 'penlight.nn', 'penlight']
    """
    if module == "torch._C._nn":  # functions of nn.functional that are not written in Python
        return ["penlight.nn.functional"]
    for theirs, ours in _PACKAGES:
        if module == theirs or module.startswith(theirs + "."):
            parts = (ours + module[len(theirs) :]).split(".")
            shortest = ours.count(".") + 1
            return [".".join(parts[:end]) for end in range(len(parts), shortest - 1, -1)]
    return []
