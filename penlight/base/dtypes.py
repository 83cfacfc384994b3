"""The dtype objects (`penlight.float32` …) and their NumPy counterparts."""

from __future__ import annotations

import importlib

import numpy as np

__all__ = ["ALIASES", "DTYPES", "dtype", "from_numpy", "of"]

BOOL, UNSIGNED, SIGNED, FLOAT, COMPLEX, OPAQUE = range(6)


class dtype:
    """An element type. Compared by identity, printed as PyTorch prints it (`torch.float32`).

    Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.dtype
    """

    __module__ = "penlight"

    def __init__(self, name: str, category: int, itemsize: int, numpy_name: str | None, legacy: str) -> None:
        self.name = name
        self.category = category
        self.itemsize = itemsize
        self.legacy = legacy  # the C++ scalar type's name, as PyTorch's messages spell it ("Float", "Long")
        self.is_floating_point = category == FLOAT
        self.is_complex = category == COMPLEX
        self.is_signed = category in (SIGNED, FLOAT, COMPLEX)
        self._numpy_name = numpy_name

    def __getattr__(self, attribute: str):
        # `np` is filled in on first use, so that ml_dtypes loads only when somebody asks for bfloat16
        if attribute != "np":
            raise AttributeError(f"'torch.dtype' object has no attribute '{attribute}'")
        self.np = _numpy_dtype(self)
        return self.np

    @property
    def is_half(self) -> bool:
        """Whether arithmetic runs in float32 and is rounded at the end (float16, bfloat16)."""
        return self.name in ("float16", "bfloat16")

    def to_real(self) -> dtype:
        return DTYPES[_REAL_OF.get(self.name, self.name)]

    def to_complex(self) -> dtype:
        try:
            return DTYPES[_COMPLEX_OF.get(self.name, self.name if self.is_complex else "")]
        except KeyError:
            raise RuntimeError(f"{self!r} has no complex counterpart") from None

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name  # pickled as the global `penlight.float32`

    def __copy__(self) -> dtype:
        return self

    def __deepcopy__(self, memo: dict) -> dtype:
        return self


_ROWS = [
    # name, category, bytes, numpy name, PyTorch's scalar type name
    ("bool", BOOL, 1, "bool", "Bool"),
    ("uint8", UNSIGNED, 1, "uint8", "Byte"),
    ("int8", SIGNED, 1, "int8", "Char"),
    ("int16", SIGNED, 2, "int16", "Short"),
    ("int32", SIGNED, 4, "int32", "Int"),
    ("int64", SIGNED, 8, "int64", "Long"),
    ("uint16", UNSIGNED, 2, "uint16", "UInt16"),
    ("uint32", UNSIGNED, 4, "uint32", "UInt32"),
    ("uint64", UNSIGNED, 8, "uint64", "UInt64"),
    ("float16", FLOAT, 2, "float16", "Half"),
    ("bfloat16", FLOAT, 2, "ml:bfloat16", "BFloat16"),
    ("float32", FLOAT, 4, "float32", "Float"),
    ("float64", FLOAT, 8, "float64", "Double"),
    ("complex32", COMPLEX, 4, None, "ComplexHalf"),
    ("complex64", COMPLEX, 8, "complex64", "ComplexFloat"),
    ("complex128", COMPLEX, 16, "complex128", "ComplexDouble"),
    ("float8_e4m3fn", FLOAT, 1, "ml:float8_e4m3fn", "Float8_e4m3fn"),
    ("float8_e4m3fnuz", FLOAT, 1, "ml:float8_e4m3fnuz", "Float8_e4m3fnuz"),
    ("float8_e5m2", FLOAT, 1, "ml:float8_e5m2", "Float8_e5m2"),
    ("float8_e5m2fnuz", FLOAT, 1, "ml:float8_e5m2fnuz", "Float8_e5m2fnuz"),
    ("float8_e8m0fnu", FLOAT, 1, "ml:float8_e8m0fnu", "Float8_e8m0fnu"),
    ("quint8", OPAQUE, 1, None, "QUInt8"),
    ("qint8", OPAQUE, 1, None, "QInt8"),
    ("qint32", OPAQUE, 4, None, "QInt32"),
    ("quint4x2", OPAQUE, 1, None, "QUInt4x2"),
    ("quint2x4", OPAQUE, 1, None, "QUInt2x4"),
]
_REAL_OF = {"complex32": "float16", "complex64": "float32", "complex128": "float64"}
_COMPLEX_OF = {"float16": "complex32", "float32": "complex64", "float64": "complex128", "bfloat16": "complex64"}

DTYPES: dict[str, dtype] = {row[0]: dtype(*row) for row in _ROWS}
ALIASES = {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "short": "int16",
    "int": "int32",
    "long": "int64",
    "cfloat": "complex64",
    "cdouble": "complex128",
    "chalf": "complex32",
}

_BY_NUMPY: dict[np.dtype, dtype] = {}


def _numpy_dtype(d: dtype) -> np.dtype:
    name = d._numpy_name
    if name is None:
        raise NotImplementedError(f"{d!r} has no NumPy counterpart; penlight cannot hold tensors of this dtype")
    if name.startswith("ml:"):
        try:
            ml_dtypes = importlib.import_module("ml_dtypes")
        except ImportError:
            raise ImportError(f'{d!r} needs the package ml_dtypes: pip install "penlight[bfloat16]"') from None
        result = np.dtype(getattr(ml_dtypes, name[3:]))
    else:
        result = np.dtype(name)
    _BY_NUMPY[result] = d
    return result


for _d in DTYPES.values():
    if _d._numpy_name and not _d._numpy_name.startswith("ml:"):
        _d.np = _numpy_dtype(_d)

bool_ = DTYPES["bool"]
uint8, int8, int16, int32, int64 = (DTYPES[n] for n in ("uint8", "int8", "int16", "int32", "int64"))
float16, bfloat16, float32, float64 = (DTYPES[n] for n in ("float16", "bfloat16", "float32", "float64"))
complex64, complex128 = DTYPES["complex64"], DTYPES["complex128"]


def from_numpy(d: np.dtype) -> dtype:
    """The dtype for a NumPy dtype; TypeError where PyTorch has none (strings, objects, dates)."""
    found = _BY_NUMPY.get(d)
    if found is None:
        for candidate in DTYPES.values():  # an ml_dtypes array from outside, before bfloat16 was ever used
            if candidate.name == d.name and candidate._numpy_name and d.isnative:
                return _BY_NUMPY.setdefault(candidate.np, candidate)
        raise TypeError(
            f"can't convert np.ndarray of type {d.type.__module__}.{d.type.__name__}. The only supported types are: "
            "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, "
            "uint8, and bool."
        )
    return found


def of(value) -> dtype:
    """Read a user's dtype argument: a dtype, or Python's `float`, `int`, `bool`, `complex`."""
    if type(value) is dtype:
        return value
    if value is float:
        return float64
    if value is int:
        return int64
    if value is bool:
        return bool_
    if value is complex:
        return complex128
    raise TypeError(f"dtype must be torch.dtype, not {type(value).__name__}: expected e.g. torch.float32")
