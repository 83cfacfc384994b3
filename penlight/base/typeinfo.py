"""`penlight.finfo` and `penlight.iinfo`: the numerical limits of a dtype."""

from __future__ import annotations

from typing import Any

from penlight.base.defaults import get_default_dtype
from penlight.base.dtypes import DTYPES, dtype

__all__ = ["finfo", "iinfo"]

# name: bits, eps, max, min, smallest normal number, resolution (10**-digits that always hold).
# e8m0 holds powers of two alone: no sign, so its min is its smallest number.
_FLOATS: dict[str, tuple[int, float, float, float, float, float]] = {
    "float16": (16, 2.0**-10, 65504.0, -65504.0, 2.0**-14, 1e-3),
    "bfloat16": (16, 2.0**-7, (2 - 2.0**-7) * 2.0**127, -(2 - 2.0**-7) * 2.0**127, 2.0**-126, 1e-2),
    "float32": (32, 2.0**-23, (2 - 2.0**-23) * 2.0**127, -(2 - 2.0**-23) * 2.0**127, 2.0**-126, 1e-6),
    "float64": (64, 2.0**-52, (2 - 2.0**-52) * 2.0**1023, -(2 - 2.0**-52) * 2.0**1023, 2.0**-1022, 1e-15),
    "float8_e4m3fn": (8, 2.0**-3, 448.0, -448.0, 2.0**-6, 1.0),
    "float8_e4m3fnuz": (8, 2.0**-3, 240.0, -240.0, 2.0**-7, 1.0),
    "float8_e5m2": (8, 2.0**-2, 57344.0, -57344.0, 2.0**-14, 1.0),
    # PyTorch reports an eps of 2**-3 here; two mantissa bits make 2**-2.
    "float8_e5m2fnuz": (8, 2.0**-3, 57344.0, -57344.0, 2.0**-15, 1.0),
    "float8_e8m0fnu": (8, 1.0, 2.0**127, 2.0**-127, 2.0**-127, 1.0),
}
_PART_OF_COMPLEX = {"complex32": "float16", "complex64": "float32", "complex128": "float64"}
_INTEGERS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
_PYTHON_TYPES: dict[Any, str] = {float: "float64", complex: "complex128", int: "int64", bool: "bool"}


class _Limits:
    __module__ = "penlight"
    __slots__ = ("_dtype_name", "_values")
    _dtype_name: str
    _values: tuple[Any, ...]

    @property
    def dtype(self) -> str:
        """Name of the dtype described, as text."""
        return self._dtype_name

    @property
    def bits(self) -> int:
        """Bits a number occupies."""
        return self._values[0]

    def __setattr__(self, name: str, value: Any) -> None:
        kind = type(self).__name__
        if hasattr(type(self), name):
            raise AttributeError(f"attribute '{name}' of 'torch.{kind}' objects is not writable")
        raise AttributeError(f"'torch.{kind}' object has no attribute '{name}'")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._dtype_name == other._dtype_name

    __hash__ = None  # type: ignore[assignment]

    def __reduce_ex__(self, protocol: Any) -> Any:
        kind = type(self).__name__
        raise TypeError(f"cannot pickle 'torch.{kind}' object; keep its dtype and ask again")


class finfo(_Limits):
    """Limits of a floating dtype; of its parts, for a complex one; of the default dtype, without argument.

    Attributes: bits, eps (the distance from 1 to the next number), max, min, tiny = smallest_normal (the smallest
    number of full precision), resolution, dtype (a name).

    Raises: TypeError for a dtype that is not floating or complex.
    Source: https://docs.pytorch.org/docs/stable/type_info.html#torch.finfo

    >>> import penlight as torch
    >>> torch.finfo(torch.float16).max
    65504.0
    >>> torch.finfo(torch.float16)
    finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float16)
    """

    __module__ = "penlight"
    __slots__ = ()

    def __new__(cls, *arguments: Any, **named: Any) -> finfo:
        if arguments or named:
            described = _read_dtype("finfo", *arguments, **named)
        else:
            described = get_default_dtype()
        name = _PART_OF_COMPLEX.get(described.name, described.name)
        if name not in _FLOATS:
            raise TypeError(
                "torch.finfo() requires a floating point input type. "
                f"Use torch.iinfo to handle 'torch.{described.name}'"
            )
        return _make(cls, name, _FLOATS[name])

    @property
    def eps(self) -> float:
        """Distance from 1 to the next number."""
        return self._values[1]

    @property
    def max(self) -> float:
        """Largest finite number."""
        return self._values[2]

    @property
    def min(self) -> float:
        """Smallest finite number: the most negative one, where there is a sign."""
        return self._values[3]

    @property
    def smallest_normal(self) -> float:
        """Smallest positive number of full precision."""
        return self._values[4]

    tiny = smallest_normal

    @property
    def resolution(self) -> float:
        """Power of ten of the last decimal digit that always holds, at 1."""
        return self._values[5]

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo(_Limits):
    """Limits of an integer dtype: bits, max, min, dtype (a name).

    Raises: TypeError for a dtype that is not an integer one.
    Source: https://docs.pytorch.org/docs/stable/type_info.html#torch.iinfo

    >>> import penlight as torch
    >>> torch.iinfo(torch.int8).min
    -128
    >>> torch.iinfo(torch.int64)
    iinfo(min=-9.22337e+18, max=9.22337e+18, dtype=int64)
    """

    __module__ = "penlight"
    __slots__ = ()

    def __new__(cls, *arguments: Any, **named: Any) -> iinfo:
        described = _read_dtype("iinfo", *arguments, **named)
        name = described.name
        if name == "bool":
            raise TypeError("torch.bool is not supported by torch.iinfo")
        if name.startswith(("qint", "quint")):
            raise NotImplementedError(f"torch.iinfo() does not know the quantized dtype 'torch.{name}'")
        if name not in _INTEGERS:
            raise TypeError(f"torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.{name}'")
        bits = int(name.removeprefix("u").removeprefix("int"))
        unsigned = name[0] == "u"
        highest = 2**bits - 1 if unsigned else 2 ** (bits - 1) - 1
        return _make(cls, name, (bits, highest, 0 if unsigned else -highest - 1))

    @property
    def max(self) -> int:
        """Largest number."""
        return self._values[1]

    @property
    def min(self) -> int:
        """Smallest number."""
        return self._values[2]

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


def _make(cls: type, dtype_name: str, values: tuple[Any, ...]) -> Any:
    made: Any = object.__new__(cls)
    object.__setattr__(made, "_dtype_name", dtype_name)
    object.__setattr__(made, "_values", values)
    return made


def _read_dtype(function: str, *arguments: Any, **named: Any) -> dtype:
    """Return the one argument, given by place or as `type`, as a dtype."""
    if len(arguments) + len(named) > 1:
        raise TypeError(f"{function}() takes one dtype, but {len(arguments) + len(named)} arguments were given")
    if not arguments and "type" not in named:
        raise TypeError(f'{function}() missing 1 required positional arguments: "type"')
    value = arguments[0] if arguments else named["type"]
    if isinstance(value, dtype):
        return value
    try:
        return DTYPES[_PYTHON_TYPES[value]]
    except (KeyError, TypeError):
        place = " (position 1)" if arguments else ""
        raise TypeError(
            f"{function}(): argument 'type'{place} must be torch.dtype, not {type(value).__name__}"
        ) from None
