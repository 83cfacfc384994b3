# Written by `penlight stubs --write`; not to be edited.
from builtins import bool as _bool, bytes as _bytes, complex as _complex, dict as _dict, float as _float, int as _int, list as _list, object as _object, set as _set, slice as _slice, str as _str, tuple as _tuple, type as _type
from collections.abc import Callable as _Callable, Iterator as _Iterator, Sequence as _Sequence
from typing import Any as _Any, overload as _overload

import numpy as _np

_Number = _float | _complex

from penlight import Tensor
from penlight import return_types as _return_types
from penlight.tensor.generator import Generator as _Generator
from penlight.base.size import Size as _Size
from penlight.base.device import device as _device
from penlight.base.dtypes import dtype as _dtype
from penlight.base.formats import layout as _layout
from penlight.base.formats import memory_format as _memory_format

def fft(input: Tensor, n: _int | None = None, dim: _int = -1, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The discrete Fourier transform over one dimension."""
def fft2(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] = ..., norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The discrete Fourier transform over several dimensions."""
def fftfreq(n: _int, d: _float = 1.0, *, dtype: _dtype | None = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, out: _Any = None) -> Tensor:
    """The frequencies of `fft`'s results for a sample spacing of d."""
def fftn(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] | None = None, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The discrete Fourier transform over several dimensions."""
def fftshift(input: Tensor, dim: _int | _Sequence[_int] | None = None, *, axis: _Any = ...) -> Tensor:
    """Move the zero frequency to the middle."""
def hfft(input: Tensor, n: _int | None = None, dim: _int = -1, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The real transform of a signal given by its non-negative half."""
def hfft2(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] = ..., norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The real transform of values given by half a dimension."""
def hfftn(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] | None = None, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The real transform of values given by half a dimension."""
def ifft(input: Tensor, n: _int | None = None, dim: _int = -1, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The inverse of `fft`."""
def ifft2(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] = ..., norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The inverse of `fftn`."""
def ifftn(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] | None = None, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The inverse of `fftn`."""
def ifftshift(input: Tensor, dim: _int | _Sequence[_int] | None = None, *, axis: _Any = ...) -> Tensor:
    """The inverse of `fftshift`."""
def ihfft(input: Tensor, n: _int | None = None, dim: _int = -1, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The inverse of `hfft`."""
def ihfft2(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] = ..., norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The inverse of `hfftn`."""
def ihfftn(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] | None = None, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The inverse of `hfftn`."""
def irfft(input: Tensor, n: _int | None = None, dim: _int = -1, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The inverse of `rfft`: n real values (2 (m - 1) unless given)."""
def irfft2(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] = ..., norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The inverse of `rfftn`."""
def irfftn(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] | None = None, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The inverse of `rfftn`."""
def rfft(input: Tensor, n: _int | None = None, dim: _int = -1, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The non-negative frequencies of a real signal."""
def rfft2(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] = ..., norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """`fftn` of real values, the last dimension's half left out."""
def rfftfreq(n: _int, d: _float = 1.0, *, dtype: _dtype | None = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, out: _Any = None) -> Tensor:
    """The frequencies of `rfft`'s results for a sample spacing of d."""
def rfftn(input: Tensor, s: _int | _Sequence[_int] | None = None, dim: _int | _Sequence[_int] | None = None, norm: _str | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """`fftn` of real values, the last dimension's half left out."""
