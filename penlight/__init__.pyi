# Written by `penlight stubs --write`; not to be edited.
from builtins import bool as _bool, bytes as _bytes, complex as _complex, dict as _dict, float as _float, int as _int, list as _list, object as _object, set as _set, slice as _slice, str as _str, tuple as _tuple, type as _type
from collections.abc import Callable as _Callable, Iterator as _Iterator, Sequence as _Sequence
from typing import Any as _Any, overload as _overload

import numpy as _np

_Number = _float | _complex

from penlight import return_types as _return_types
from penlight import return_types as return_types
from penlight import _C as _C
from penlight import __config__ as __config__
from penlight import _dynamo as _dynamo
from penlight import _higher_order_ops as _higher_order_ops
from penlight import _jit_internal as _jit_internal
from penlight import _subclasses as _subclasses
from penlight import _tensor as _tensor
from penlight import _tensor_str as _tensor_str
from penlight import _utils as _utils
from penlight import accelerator as accelerator
from penlight import amp as amp
from penlight import ao as ao
from penlight import autograd as autograd
from penlight import backends as backends
from penlight import classes as classes
from penlight import compiler as compiler
from penlight import cpu as cpu
from penlight import cuda as cuda
from penlight import distributed as distributed
from penlight import distributions as distributions
from penlight import export as export
from penlight import fft as fft
from penlight import func as func
from penlight import functional as functional
from penlight import futures as futures
from penlight import fx as fx
from penlight import hub as hub
from penlight import jit as jit
from penlight import library as library
from penlight import linalg as linalg
from penlight import masked as masked
from penlight import monitor as monitor
from penlight import mps as mps
from penlight import multiprocessing as multiprocessing
from penlight import nested as nested
from penlight import nn as nn
from penlight import onnx as onnx
from penlight import optim as optim
from penlight import overrides as overrides
from penlight import package as package
from penlight import profiler as profiler
from penlight import quantization as quantization
from penlight import quasirandom as quasirandom
from penlight import random as random
from penlight import serialization as serialization
from penlight import signal as signal
from penlight import sparse as sparse
from penlight import special as special
from penlight import storage as storage
from penlight import testing as testing
from penlight import text as text
from penlight import types as types
from penlight import utils as utils
from penlight import version as version
from penlight import vision as vision
from penlight import xpu as xpu
from penlight.tensor.generator import Generator as _Generator
from penlight.base.size import Size as _Size
from penlight.base.device import device as _device
from penlight.base.dtypes import dtype as _dtype
from penlight.base.formats import layout as _layout
from penlight.base.formats import memory_format as _memory_format
from penlight.tensor import Tensor as Tensor
from penlight.tensor.generator import Generator as Generator
from penlight.base.size import Size as Size
from penlight.base.device import device as device
from penlight.base.dtypes import dtype as dtype
from penlight.base.formats import layout as layout
from penlight.base.formats import memory_format as memory_format

from penlight._C import DeviceObjType as DeviceObjType
from penlight._C import PyTorchFileReader as PyTorchFileReader
from penlight._C import PyTorchFileWriter as PyTorchFileWriter
from penlight._C import TensorType as TensorType
from penlight.amp.autocast_mode import autocast as autocast
from penlight.amp.grad_scaler import GradScaler as GradScaler
from penlight.autograd.grad_mode import enable_grad as enable_grad
from penlight.autograd.grad_mode import inference_mode as inference_mode
from penlight.autograd.grad_mode import no_grad as no_grad
from penlight.autograd.grad_mode import set_grad_enabled as set_grad_enabled
from penlight.base.typeinfo import finfo as finfo
from penlight.base.typeinfo import iinfo as iinfo
from penlight.cuda import AcceleratorError as AcceleratorError
from penlight.cuda import OutOfMemoryError as OutOfMemoryError
from penlight.futures import Future as Future
from penlight.jit import ScriptFunction as ScriptFunction
from penlight.jit.modules import ScriptModule as ScriptModule
from penlight.nn.native import SymBool as SymBool
from penlight.nn.native import SymFloat as SymFloat
from penlight.nn.native import SymInt as SymInt
from penlight.sparse.functions import sparse_bsc_tensor as sparse_bsc_tensor
from penlight.sparse.functions import sparse_bsr_tensor as sparse_bsr_tensor
from penlight.sparse.functions import sparse_compressed_tensor as sparse_compressed_tensor
from penlight.sparse.functions import sparse_csc_tensor as sparse_csc_tensor
from penlight.sparse.functions import sparse_csr_tensor as sparse_csr_tensor
from penlight.storage import TypedStorage as TypedStorage
from penlight.storage import UntypedStorage as UntypedStorage
from penlight.storage import _Storage as StorageBase
from penlight.streams import Event as Event
from penlight.streams import Stream as Stream
from penlight.tensor.function_mode import DisableTorchFunction as DisableTorchFunction
from penlight.tensor.subclass import DisableTorchFunctionSubclass as DisableTorchFunctionSubclass

Storage: _Any
def abs(input: Tensor, *, out: _Any = None) -> Tensor:
    """The absolute value, elementwise; of complex tensors the modulus, a real tensor."""
def abs_(input: Tensor) -> Tensor:
    """`abs` in place."""
def absolute(input: Tensor, *, out: _Any = None) -> Tensor:
    """The absolute value, elementwise; of complex tensors the modulus, a real tensor."""
def absolute_(input: Tensor) -> Tensor:
    """`abs` in place."""
def acos(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse cosine, in radians; nan outside [-1, 1]."""
def acos_(input: Tensor) -> Tensor:
    """`acos` in place."""
def acosh(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse hyperbolic cosine; nan below 1."""
def acosh_(input: Tensor) -> Tensor:
    """`acosh` in place."""
def adaptive_avg_pool1d(input: Tensor, output_size: _Any) -> Tensor:
    """Means over parts that divide each size into `output_size`."""
def adaptive_max_pool1d(input: Tensor, output_size: _Any, return_indices: _bool = False) -> _tuple[Tensor, Tensor]:
    """`adaptive_max_pool1d` and the flat positions of the maxima."""
def add(input: Tensor | _Number, other: Tensor | _Number, *, alpha: _Number = 1, out: _Any = None) -> Tensor:
    """input + alpha * other, elementwise, with broadcasting."""
def add_(input: Tensor | _Number, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """`add` in place."""
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1, out: _Any = None) -> Tensor:
    """beta * input + alpha * the sum over the batch of batch1 @ batch2. Shape: (n, p), (b, n, m), (b, …"""
def addcdiv(input: Tensor, tensor1: _Any, tensor2: _Any, _third: _Any = None, *, value: _Number = 1, out: _Any = None) -> Tensor:
    """input + value * tensor1 / tensor2, elementwise. The old order (input, value, tensor1, tensor2) …"""
def addcdiv_(input: Tensor, tensor1: _Any, tensor2: _Any, _third: _Any = None, *, value: _Number = 1) -> Tensor:
    """`addcdiv` in place."""
def addcmul(input: Tensor, tensor1: _Any, tensor2: _Any, _third: _Any = None, *, value: _Number = 1, out: _Any = None) -> Tensor:
    """input + value * tensor1 * tensor2, elementwise. The old order (input, value, tensor1, tensor2) …"""
def addcmul_(input: Tensor, tensor1: _Any, tensor2: _Any, _third: _Any = None, *, value: _Number = 1) -> Tensor:
    """`addcmul` in place."""
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: _Number = 1, alpha: _Number = 1, out: _Any = None) -> Tensor:
    """beta * input + alpha * (mat1 @ mat2)."""
def addmm_(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
    """`addmm` in place."""
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: _Number = 1, alpha: _Number = 1, out: _Any = None) -> Tensor:
    """beta * input + alpha * (mat @ vec)."""
def addmv_(input: Tensor, mat: Tensor, vec: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
    """`addmv` in place."""
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: _Number = 1, alpha: _Number = 1, out: _Any = None) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2)."""
def addr_(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
    """`addr` in place."""
def adjoint(input: Tensor) -> Tensor:
    """The conjugate transpose of the last two dimensions."""
def affine_grid_generator(theta: Tensor, size: _Sequence[_int], align_corners: _bool) -> Tensor:
    """`torch.nn.functional.affine_grid`."""
def alias_copy(input: Tensor, *, out: _Any = None) -> Tensor:
    """A copy in row-major order."""
def all(input: Tensor, dim: _Any = None, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """Whether every element is nonzero, over all elements or over dimensions `dim`."""
def allclose(input: Tensor, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
    """Whether `isclose` holds for all elements; a bool."""
def alpha_dropout(input: Tensor, p: _float, train: _bool) -> Tensor:
    """`torch.nn.functional.alpha_dropout`."""
def alpha_dropout_(input: Tensor, p: _float, train: _bool) -> Tensor:
    """`torch.nn.functional.alpha_dropout`, in place."""
def amax(input: Tensor, dim: _int | _Sequence[_int] | None = (), keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The maxima over one or more dimensions; equal ones share the gradient."""
def amin(input: Tensor, dim: _int | _Sequence[_int] | None = (), keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The minima over one or more dimensions; equal ones share the gradient."""
def aminmax(input: Tensor, *, dim: _int | None = None, keepdim: _bool = False, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> _return_types.aminmax:
    """(min, max) of all elements or along a dimension; equal ones share the gradient."""
def angle(input: Tensor, *, out: _Any = None) -> Tensor:
    """The argument of a complex number, in (-pi, pi]; of real ones 0 or, if negative, pi."""
def any(input: Tensor, dim: _Any = None, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """Whether some element is nonzero, over all elements or over dimensions `dim`."""
def arange(*args: _Any, start: _Any = ..., end: _Any = ..., step: _Any = ..., out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """start, start + step, … below end. Shape: () -> (ceil((end - start) / step),)."""
def arccos(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse cosine, in radians; nan outside [-1, 1]."""
def arccos_(input: Tensor) -> Tensor:
    """`acos` in place."""
def arccosh(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse hyperbolic cosine; nan below 1."""
def arccosh_(input: Tensor) -> Tensor:
    """`acosh` in place."""
def arcsin(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse sine, in radians; nan outside [-1, 1]."""
def arcsin_(input: Tensor) -> Tensor:
    """`asin` in place."""
def arcsinh(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse hyperbolic sine."""
def arcsinh_(input: Tensor) -> Tensor:
    """`asinh` in place."""
def arctan(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse tangent, in radians."""
def arctan2(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The angle of the point (other, input), in (-pi, pi]."""
def arctan2_(input: Tensor, other: Tensor) -> Tensor:
    """`atan2` in place."""
def arctan_(input: Tensor) -> Tensor:
    """`atan` in place."""
def arctanh(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse hyperbolic tangent; infinite at -1 and 1."""
def arctanh_(input: Tensor) -> Tensor:
    """`atanh` in place."""
def are_deterministic_algorithms_enabled() -> _bool: ...
def argmax(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """Where the maximum stands: in the flattened tensor, or along `dim`; the first of equal ones."""
def argmin(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """Where the minimum stands: in the flattened tensor, or along `dim`; the first of equal ones."""
def argsort(input: Tensor, dim: _int = -1, descending: _bool = False, stable: _bool = False, *, axis: _Any = ...) -> Tensor:
    """The indices that sort along a dimension."""
def argwhere(input: Tensor) -> Tensor:
    """The indices of the elements that are not zero, one row each."""
def as_strided(input: Tensor, size: _Sequence[_int], stride: _Sequence[_int], storage_offset: _int | None = None) -> Tensor:
    """A view of the storage with any shape, strides and offset (in elements)."""
def as_strided_(input: Tensor, size: _Any, stride: _Any, storage_offset: _Any = None) -> Tensor:
    """`Tensor.as_strided_`."""
def as_strided_copy(input: Tensor, size: _Sequence[_int], stride: _Sequence[_int], storage_offset: _int | None = None, *, out: _Any = None) -> Tensor:
    """`as_strided`, copied."""
def as_strided_scatter(input: Tensor, src: Tensor, size: _Sequence[_int], stride: _Sequence[_int], storage_offset: _int | None = None) -> Tensor:
    """A copy with the elements that `as_strided` would show replaced."""
def as_tensor(data: _Any, dtype: _Any = None, device: _Any = None) -> Tensor:
    """`data` as a tensor, sharing memory where it is already an array or tensor of the wanted dtype."""
def as_torch() -> _Any:
    """Install the alias and return penlight: `torch = penlight.as_torch()` at the top of a notebook."""
def asarray(obj: _Any, *, dtype: _Any = None, device: _Any = None, copy: _bool | None = None, requires_grad: _bool | None = None) -> Tensor:
    """A tensor, an array, a buffer (as elements of `dtype`) or nested sequences as a tensor."""
def asin(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse sine, in radians; nan outside [-1, 1]."""
def asin_(input: Tensor) -> Tensor:
    """`asin` in place."""
def asinh(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse hyperbolic sine."""
def asinh_(input: Tensor) -> Tensor:
    """`asinh` in place."""
def atan(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse tangent, in radians."""
def atan2(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The angle of the point (other, input), in (-pi, pi]."""
def atan2_(input: Tensor, other: Tensor) -> Tensor:
    """`atan2` in place."""
def atan_(input: Tensor) -> Tensor:
    """`atan` in place."""
def atanh(input: Tensor, *, out: _Any = None) -> Tensor:
    """The inverse hyperbolic tangent; infinite at -1 and 1."""
def atanh_(input: Tensor) -> Tensor:
    """`atanh` in place."""
def atleast_1d(*tensors: _Any) -> _Any:
    """Each tensor with at least 1 dimension."""
def atleast_2d(*tensors: _Any) -> _Any:
    """Each tensor with at least 2 dimensions."""
def atleast_3d(*tensors: _Any) -> _Any:
    """Each tensor with at least 3 dimensions."""
def autocast_decrement_nesting() -> _int:
    """Note that a block ends; returns how many are open."""
def autocast_increment_nesting() -> _int:
    """Note that a block begins; returns how many are open."""
def avg_pool1d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True) -> Tensor:
    """The mean of each window. Shape: (N, C, L) or (C, L) -> (N, C, L')."""
def avg_pool2d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, divisor_override: _int | None = None, *, out: _Any = None) -> Tensor:
    """The mean of each window. Shape: (N, C, H, W) or (C, H, W) -> (N, C, H', W')."""
def avg_pool3d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, divisor_override: _int | None = None, *, out: _Any = None) -> Tensor:
    """The mean of each window. Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, D', H', W')."""
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1, out: _Any = None) -> Tensor:
    """beta * input + alpha * (batch1 @ batch2), for batches of matrices."""
def baddbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
    """`baddbmm` in place."""
def bartlett_window(window_length: _int, periodic: _bool = True, *, dtype: _dtype | None = None, layout: _Any = None, device: _Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """The window 1 - |2 i / n - 1|."""
def batch_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None, running_var: Tensor | None, training: _bool, momentum: _float, eps: _float, cudnn_enabled: _bool) -> Tensor:
    """`torch.nn.functional.batch_norm`."""
def bernoulli(input: Tensor, p: _float = ..., *, generator: _Any = None, out: _Any = None) -> Tensor:
    """1 with probability `input` (or `p`), else 0, per element."""
bfloat16: _dtype
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: _Any = None) -> Tensor:
    """x1^T W_k x2 + b_k. Shape: (*, I), (*, J), (O, I, J) -> (*, O)."""
def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, weight: Tensor | None = None, pos_weight: Tensor | None = None, reduction: _int = 0) -> Tensor:
    """`torch.nn.functional.binary_cross_entropy_with_logits`; reduction 0 none, 1 mean, 2 sum."""
def bincount(input: Tensor, weights: Tensor | None = None, minlength: _int = 0) -> Tensor:
    """How often each non-negative integer occurs, or the sums of their weights (in double unless …"""
def binomial(count: Tensor, prob: Tensor, generator: _Any = None) -> Tensor:
    """Binomial counts, elementwise."""
def bitwise_and(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input & other, elementwise; the logical and for bools."""
def bitwise_and_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`bitwise_and` in place."""
def bitwise_left_shift(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input << other, elementwise; 0 where the shift is negative or has no bits to keep."""
def bitwise_left_shift_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`bitwise_left_shift` in place."""
def bitwise_not(input: Tensor, *, out: _Any = None) -> Tensor:
    """~input, elementwise; the logical not for bools."""
def bitwise_not_(input: Tensor) -> Tensor:
    """`bitwise_not` in place."""
def bitwise_or(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input | other, elementwise; the logical or for bools."""
def bitwise_or_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`bitwise_or` in place."""
def bitwise_right_shift(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input >> other, elementwise, the sign kept; 0 or -1 where the shift is negative or too large."""
def bitwise_right_shift_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`bitwise_right_shift` in place."""
def bitwise_xor(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input ^ other, elementwise; the exclusive or for bools."""
def bitwise_xor_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`bitwise_xor` in place."""
def blackman_window(window_length: _int, periodic: _bool = True, *, dtype: _dtype | None = None, layout: _Any = None, device: _Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """The window 0.42 - 0.5 cos(2 pi i / n) + 0.08 cos(4 pi i / n)."""
def block_diag(*tensors: _Any) -> Tensor:
    """A matrix with the given matrices along its diagonal, zeros elsewhere."""
def bmm(input: Tensor, mat2: Tensor, *, out: _Any = None) -> Tensor:
    """Products of two batches of matrices. Shape: (b, n, m), (b, m, p) -> (b, n, p)."""
bool: _dtype
def broadcast_shapes(*shapes: _Any) -> _Size:
    """The shape that all shapes broadcast to."""
def broadcast_tensors(*tensors: _Any) -> _tuple[Tensor, ...]:
    """All expanded to their common shape; views."""
def broadcast_to(input: Tensor, *size: _Any) -> Tensor:
    """`input` expanded to a shape; a view."""
def bucketize(input: _Number | Tensor, boundaries: Tensor, *, out_int32: _bool = False, right: _bool = False, out: _Any = None) -> Tensor:
    """The number of the interval between boundaries that each value falls in."""
def can_cast(source: _dtype, target: _dtype) -> _bool:
    """Whether `source` values may be stored into a `target` tensor by an in-place op (category must …"""
def cartesian_prod(*tensors: _Any) -> Tensor:
    """All combinations of one element from each vector. Shape: (n), (m) -> (n m, 2)."""
def cat(tensors: _Sequence[Tensor], dim: _int = 0, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """Tensors joined along a dimension; dtypes are promoted."""
def ccol_indices_copy(input: Tensor) -> Tensor:
    """`Tensor.ccol_indices` in memory of its own."""
def cdist(x1: Tensor, x2: Tensor, p: _Number = 2.0, compute_mode: _str = 'use_mm_for_euclid_dist_if_necessary') -> Tensor:
    """p-norm distances between all pairs of rows. Shape: (*, P, M), (*, R, M) -> (*, P, R)."""
cdouble: _dtype
def ceil(input: Tensor, *, out: _Any = None) -> Tensor:
    """The smallest whole number not below the input."""
def ceil_(input: Tensor) -> Tensor:
    """`ceil` in place."""
def celu(input: Tensor, alpha: _Number = 1.0) -> Tensor:
    """max(0, x) + min(0, alpha * (exp(x / alpha) - 1))."""
def celu_(input: Tensor, alpha: _Number = 1.0) -> Tensor:
    """`celu` in place."""
cfloat: _dtype
def chain_matmul(*matrices: _Any) -> Tensor:
    """The product of several matrices; `torch.linalg.multi_dot` is its successor."""
chalf: _dtype
def channel_shuffle(input: Tensor, groups: _int) -> Tensor:
    """Channels of `groups` groups interleaved. Shape: (B, C, *) -> (B, C, *)."""
channels_last: _memory_format
channels_last_3d: _memory_format
def cholesky(input: Tensor, upper: _bool = False, *, out: _Any = None) -> Tensor:
    """`torch.linalg.cholesky`."""
def cholesky_inverse(input: Tensor, upper: _bool = False, *, out: _Any = None) -> Tensor:
    """(L L^H)^-1 of a triangle L."""
def cholesky_solve(input: Tensor, input2: Tensor, upper: _bool = False, *, out: _Any = None) -> Tensor:
    """X with L L^H X = B (or U^H U X = B)."""
def chunk(input: Tensor, chunks: _int, dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
    """At most `chunks` parts of one length (the last may be shorter); views."""
def clamp(input: Tensor, min: _Any = None, max: _Any = None, *, out: _Any = None) -> Tensor:
    """min(max(input, min), max), elementwise, with numbers or tensors; one of both may be missing. …"""
def clamp_(input: Tensor, min: _Any = None, max: _Any = None) -> Tensor:
    """`clamp` in place."""
def clamp_max(input: Tensor, max: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """min(input, max), elementwise."""
def clamp_max_(input: Tensor, max: Tensor | _Number) -> Tensor:
    """`clamp_max` in place."""
def clamp_min(input: Tensor, min: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """max(input, min), elementwise."""
def clamp_min_(input: Tensor, min: Tensor | _Number) -> Tensor:
    """`clamp_min` in place."""
def clear_autocast_cache() -> None:
    """Forget the casts of parameters."""
def clip(input: Tensor, min: _Any = None, max: _Any = None, *, out: _Any = None) -> Tensor:
    """min(max(input, min), max), elementwise, with numbers or tensors; one of both may be missing. …"""
def clip_(input: Tensor, min: _Any = None, max: _Any = None) -> Tensor:
    """`clamp` in place."""
def clone(input: Tensor, *, memory_format: _Any = None) -> Tensor:
    """A copy with its own memory, in the graph."""
def col_indices_copy(input: Tensor) -> Tensor:
    """`Tensor.col_indices` in memory of its own."""
def column_stack(tensors: _Sequence[Tensor], *, out: _Any = None) -> Tensor:
    """Joined along dimension 1, vectors as columns."""
def combinations(input: Tensor, r: _int = 2, with_replacement: _bool = False) -> Tensor:
    """All combinations of r elements of a vector. Shape: (n) -> (n over r, r)."""
def compile(model: _Any = None, *, fullgraph: _bool = False, dynamic: _bool | None = None, backend: _Any = 'inductor', mode: _str | None = None, options: _dict[_str, _Any] | None = None, disable: _bool = False, **more: _Any) -> _Any:
    """Return the function itself, or a module wrapped: nothing is compiled, the results are those of …"""
def compiled_with_cxx11_abi() -> _bool:
    """True, as PyTorch's builds answer; penlight itself has no C++ that an extension could be linked …"""
def complex(real: Tensor, imag: Tensor, *, out: _Any = None) -> Tensor:
    """real + 1j * imag. dtypes: two float32 -> complex64, two float64 -> complex128."""
complex128: _dtype
complex32: _dtype
complex64: _dtype
def concat(tensors: _Sequence[Tensor], dim: _int = 0, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """Tensors joined along a dimension; dtypes are promoted."""
def concatenate(tensors: _Sequence[Tensor], dim: _int = 0, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """Tensors joined along a dimension; dtypes are promoted."""
def cond(pred: _Any, true_fn: _Callable, false_fn: _Callable, operands: _tuple | _list = ()) -> _Any:
    """`true_fn(*operands)` if `pred` else `false_fn(*operands)`; only the branch taken runs, under …"""
def conj(input: Tensor | _Number) -> Tensor:
    """The complex conjugate, a view: changes of either are seen in the other. Real tensors as they …"""
def conj_physical(input: Tensor, *, out: _Any = None) -> Tensor:
    """The complex conjugate, stored; real tensors as they are."""
def conj_physical_(input: Tensor) -> Tensor:
    """`conj_physical` in place."""
def constant_pad_nd(input: Tensor, pad: _Sequence[_int], value: _Number = 0) -> Tensor:
    """A border of one value; `pad` gives (before, after) from the last dimension backward."""
contiguous_format: _memory_format
def conv1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, dilation: _Any = 1, groups: _int = 1) -> Tensor:
    """1-d convolution (cross-correlation). Shape: (N, C, L) or (C, L), (O, C / groups, K) -> (N, O, …"""
def conv2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, dilation: _Any = 1, groups: _int = 1) -> Tensor:
    """2-d convolution (cross-correlation). Shape: (N, C, H, W) or (C, H, W), (O, C / groups, K, L) -> …"""
def conv3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, dilation: _Any = 1, groups: _int = 1) -> Tensor:
    """3-d convolution (cross-correlation). Shape: (N, C, D, H, W), (O, C / groups, …) -> (N, O, D', …"""
def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: _int = 0) -> Tensor:
    """Convolution over time. Shape: (T, B, C), (width, C, O), (O) -> (T', B, O)."""
def conv_transpose1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, output_padding: _Any = 0, groups: _int = 1, dilation: _Any = 1) -> Tensor:
    """The transpose (gradient) of a 1-d convolution. Shape: (N, C, L), (C, O / groups, K) -> (N, O, …"""
def conv_transpose2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, output_padding: _Any = 0, groups: _int = 1, dilation: _Any = 1) -> Tensor:
    """The transpose (gradient) of a 2-d convolution. Shape: (N, C, H, W), (C, O / groups, K, L) -> …"""
def conv_transpose3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, output_padding: _Any = 0, groups: _int = 1, dilation: _Any = 1) -> Tensor:
    """The transpose (gradient) of a 3-d convolution."""
def convolution(input: Tensor, weight: Tensor, bias: Tensor | None, stride: _Sequence[_int], padding: _Sequence[_int], dilation: _Sequence[_int], transposed: _bool, output_padding: _Sequence[_int], groups: _int) -> Tensor:
    """Any of `torch.conv1d` … `torch.conv_transpose3d`, by the weight's dimensions."""
def copysign(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """The magnitude of input with the sign of other, elementwise."""
def copysign_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`copysign` in place."""
def corrcoef(input: Tensor) -> Tensor:
    """Pearson's correlation coefficients of variables in rows, within [-1, 1]."""
def cos(input: Tensor, *, out: _Any = None) -> Tensor:
    """The cosine of radians."""
def cos_(input: Tensor) -> Tensor:
    """`cos` in place."""
def cosh(input: Tensor, *, out: _Any = None) -> Tensor:
    """The hyperbolic cosine."""
def cosh_(input: Tensor) -> Tensor:
    """`cosh` in place."""
def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: _float = 0.0, reduction: _int = 0) -> Tensor:
    """`torch.nn.functional.cosine_embedding_loss`; reduction 0 none, 1 mean, 2 sum."""
def cosine_similarity(x1: Tensor, x2: Tensor, dim: _int = 1, eps: _float = 1e-08, *, axis: _Any = ...) -> Tensor:
    """x1 . x2 / (max(|x1|, eps) max(|x2|, eps)) along `dim`, with broadcasting."""
def count_nonzero(input: Tensor, dim: _int | _Sequence[_int] | None = None, *, axis: _Any = ...) -> Tensor:
    """The number of nonzero elements, as int64."""
def cov(input: Tensor, *, correction: _int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None) -> Tensor:
    """The covariance matrix of variables in rows, observations in columns. Shape: (n, m) -> (n, n), …"""
def cross(input: Tensor, other: Tensor, dim: _int | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The cross product along `dim`, or along the first dimension of length 3."""
def crow_indices_copy(input: Tensor) -> Tensor:
    """`Tensor.crow_indices` in memory of its own."""
def ctc_loss(log_probs: Tensor, targets: Tensor, input_lengths: _Any, target_lengths: _Any, blank: _int = 0, reduction: _int = 0, zero_infinity: _bool = False) -> Tensor:
    """`torch.nn.functional.ctc_loss`; reduction 0 none, 1 mean, 2 sum."""
def cummax(input: Tensor, dim: _int = ..., *, out: _Any = None, axis: _Any = ...) -> _return_types.cummax:
    """The running maximum along a dimension and where it stands (the latest of equal ones)."""
def cummin(input: Tensor, dim: _int = ..., *, out: _Any = None, axis: _Any = ...) -> _return_types.cummin:
    """The running minimum along a dimension and where it stands (the latest of equal ones)."""
def cumprod(input: Tensor, dim: _int = ..., *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ...) -> Tensor:
    """Running products along a dimension; integers multiply in int64."""
def cumprod_(input: Tensor, dim: _int = ..., *, dtype: _dtype | None = None, axis: _Any = ...) -> Tensor:
    """`cumprod` in place."""
def cumsum(input: Tensor, dim: _int = ..., *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ...) -> Tensor:
    """Running sums along a dimension; integers sum in int64."""
def cumsum_(input: Tensor, dim: _int = ..., *, dtype: _dtype | None = None, axis: _Any = ...) -> Tensor:
    """`cumsum` in place."""
def cumulative_trapezoid(y: Tensor, x: _Number | Tensor = ..., dx: _Number = ..., *, dim: _int = -1, axis: _Any = ...) -> Tensor:
    """Running integrals of samples by the trapezoid rule."""
default_generator: _Generator
def deg2rad(input: Tensor, *, out: _Any = None) -> Tensor:
    """Degrees to radians, elementwise."""
def deg2rad_(input: Tensor) -> Tensor:
    """`deg2rad` in place."""
def det(input: Tensor) -> Tensor:
    """`torch.linalg.det`."""
def detach(input: Tensor) -> Tensor:
    """`Tensor.detach`."""
def detach_(input: Tensor) -> Tensor:
    """`Tensor.detach_`."""
def detach_copy(input: Tensor, *, out: _Any = None) -> Tensor:
    """A copy without history."""
def diag(input: Tensor, diagonal: _int = 0, *, out: _Any = None) -> Tensor:
    """The matrix with a vector on its diagonal, or the diagonal of a matrix (a copy)."""
def diag_embed(input: Tensor, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
    """Matrices with the last dimension of `input` on a diagonal, zeros elsewhere."""
def diagflat(input: Tensor, offset: _int = 0) -> Tensor:
    """The matrix with all elements on a diagonal."""
def diagonal(input: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """The diagonal of two dimensions, as the last one; a view."""
def diagonal_copy(input: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1, *, out: _Any = None) -> Tensor:
    """`diagonal`, copied."""
def diagonal_scatter(input: Tensor, src: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """A copy with a diagonal replaced."""
def diff(input: Tensor, n: _int = 1, dim: _int = -1, prepend: _Any = None, append: _Any = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The n-th differences along a dimension."""
def digamma(input: Tensor, *, out: _Any = None) -> Tensor:
    """The derivative of log(gamma(input))."""
def digamma_(input: Tensor) -> Tensor:
    """`digamma` in place."""
def dist(input: Tensor, other: Tensor, p: _Number = 2) -> Tensor:
    """The p-norm of input - other."""
def div(input: Tensor | _Number, other: Tensor | _Number, *, rounding_mode: _str | None = None, out: _Any = None) -> Tensor:
    """input / other, elementwise; rounding_mode "trunc" or "floor" rounds the quotient."""
def div_(input: Tensor | _Number, other: Tensor | _Number, *, rounding_mode: _str | None = None) -> Tensor:
    """`div` in place."""
def divide(input: Tensor | _Number, other: Tensor | _Number, *, rounding_mode: _str | None = None, out: _Any = None) -> Tensor:
    """input / other, elementwise; rounding_mode "trunc" or "floor" rounds the quotient."""
def divide_(input: Tensor | _Number, other: Tensor | _Number, *, rounding_mode: _str | None = None) -> Tensor:
    """`div` in place."""
def dot(input: Tensor, tensor: Tensor, *, out: _Any = None) -> Tensor:
    """The sum of products of two vectors. Shape: (n), (n) -> ()."""
double: _dtype
def dropout(input: Tensor, p: _float, train: _bool) -> Tensor:
    """`torch.nn.functional.dropout`."""
def dropout_(input: Tensor, p: _float, train: _bool) -> Tensor:
    """`torch.nn.functional.dropout`, in place."""
def dsmm(input: _Any, mat2: _Any) -> _Any:
    """`mm` under the name that sparse code used."""
def dsplit(input: Tensor, indices_or_sections: _Any = None, *, sections: _Any = None, indices: _Any = None) -> _tuple[Tensor, ...]:
    """`tensor_split` along dimension 2."""
def dstack(tensors: _Sequence[Tensor], *, out: _Any = None) -> Tensor:
    """Joined along dimension 2."""
e: _float
def eig(*args: _Any, **kwargs: _Any) -> _Any:
    """Removed from PyTorch: raises RuntimeError that names torch.linalg.eig, which gives complex …"""
def einsum(*args: _Any) -> Tensor:
    """Sums of products over labelled dimensions: einsum("ij,jk->ik", a, b) is a @ b."""
def embedding(weight: Tensor, indices: Tensor, padding_idx: _int = -1, scale_grad_by_freq: _bool = False, sparse: _bool = False) -> Tensor:
    """Rows of a table; the row `padding_idx` gets no gradient. sparse: the weight's gradient is a …"""
def embedding_bag(weight: Tensor, indices: Tensor, offsets: Tensor, scale_grad_by_freq: _bool = False, mode: _int = 0, sparse: _bool = False, per_sample_weights: _Any = None, include_last_offset: _bool = False, padding_idx: _int | None = None) -> _tuple[Tensor, Tensor, Tensor, Tensor]:
    """(bags, bag of each index, bag sizes, positions of maxima); mode 0 sum, 1 mean, 2 max."""
def embedding_renorm_(input: Tensor, indices: Tensor, max_norm: _float, norm_type: _float) -> Tensor:
    """Scale the rows of `input` that `indices` names to norms of at most `max_norm`, in place."""
def empty(*size: _Any, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False, memory_format: _Any = None, **names: _Any) -> Tensor:
    """A tensor whose values are whatever the memory holds."""
def empty_like(input: Tensor, *, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, memory_format: _Any = None, pin_memory: _bool = False) -> Tensor:
    """Uninitialised, in the shape, dtype and layout of `input`."""
def empty_permuted(size: _Any, physical_layout: _Any, *, dtype: _Any = None, **options: _Any) -> Tensor:
    """Uninitialised, with dimensions lying in memory in the order `physical_layout`."""
def empty_strided(size: _Any, stride: _Any, *, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Uninitialised memory seen with the given strides (in elements)."""
def eq(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input == other, elementwise."""
def eq_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`eq` in place."""
def equal(input: Tensor, other: Tensor) -> _bool:
    """Whether both tensors have the same shape and the same values; a bool."""
def erf(input: Tensor, *, out: _Any = None) -> Tensor:
    """2 / sqrt(pi) * integral of exp(-t^2) from 0 to input."""
def erf_(input: Tensor) -> Tensor:
    """`erf` in place."""
def erfc(input: Tensor, *, out: _Any = None) -> Tensor:
    """1 - erf(input), accurate where that is tiny."""
def erfc_(input: Tensor) -> Tensor:
    """`erfc` in place."""
def erfinv(input: Tensor, *, out: _Any = None) -> Tensor:
    """The x with erf(x) = input; infinite at -1 and 1."""
def erfinv_(input: Tensor) -> Tensor:
    """`erfinv` in place."""
def exp(input: Tensor, *, out: _Any = None) -> Tensor:
    """e ** input, elementwise. Integers give the default float dtype."""
def exp2(input: Tensor, *, out: _Any = None) -> Tensor:
    """2 ** input, elementwise."""
def exp2_(input: Tensor) -> Tensor:
    """`exp2` in place."""
def exp_(input: Tensor) -> Tensor:
    """`exp` in place."""
def expand_copy(input: Tensor, size: _Sequence[_int], *, out: _Any = None) -> Tensor:
    """`expand`, copied. Arguments: size."""
def expm1(input: Tensor, *, out: _Any = None) -> Tensor:
    """e ** input - 1, elementwise, exact near 0."""
def expm1_(input: Tensor) -> Tensor:
    """`expm1` in place."""
def eye(n: _int, m: _int = ..., *, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Ones on the diagonal, zeros elsewhere. Shape: () -> (n, m)."""
def feature_alpha_dropout(input: Tensor, p: _float, train: _bool) -> Tensor:
    """`torch.nn.functional.feature_alpha_dropout`."""
def feature_alpha_dropout_(input: Tensor, p: _float, train: _bool) -> Tensor:
    """`torch.nn.functional.feature_alpha_dropout`, in place."""
def feature_dropout(input: Tensor, p: _float, train: _bool) -> Tensor:
    """Dropout of whole channels."""
def feature_dropout_(input: Tensor, p: _float, train: _bool) -> Tensor:
    """Dropout of whole channels, in place."""
def fill(input: Tensor, value: _Number | Tensor) -> Tensor:
    """A tensor of the same shape and dtype with one value everywhere."""
def fill_(input: Tensor, value: _Number | Tensor) -> Tensor:
    """`fill` in place."""
def fix(input: Tensor, *, out: _Any = None) -> Tensor:
    """The whole part, toward zero."""
def fix_(input: Tensor) -> Tensor:
    """`trunc` in place."""
def flatten(input: Tensor, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
    """Merge the dimensions from `start_dim` to `end_dim`: a view where possible."""
def flip(input: Tensor, *dims: _Any) -> Tensor:
    """The order of elements reversed along `dims`; a copy."""
def fliplr(input: Tensor) -> Tensor:
    """Columns in reverse order."""
def flipud(input: Tensor) -> Tensor:
    """Rows in reverse order."""
float: _dtype
float16: _dtype
float32: _dtype
float64: _dtype
float8_e4m3fn: _dtype
float8_e4m3fnuz: _dtype
float8_e5m2: _dtype
float8_e5m2fnuz: _dtype
float8_e8m0fnu: _dtype
def float_power(input: Tensor | _Number, exponent: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input ** exponent in float64 (complex128 where either is complex)."""
def floor(input: Tensor, *, out: _Any = None) -> Tensor:
    """The largest whole number not above the input."""
def floor_(input: Tensor) -> Tensor:
    """`floor` in place."""
def floor_divide(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """The quotient rounded down, elementwise; no gradient (that of `div(rounding_mode="floor")` is …"""
def floor_divide_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`floor_divide` in place."""
def fmax(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The larger one, elementwise; a number wins over nan."""
def fmin(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The smaller one, elementwise; a number wins over nan."""
def fmod(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """C's remainder, elementwise: the result has the dividend's sign."""
def fmod_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`fmod` in place."""
def fork(func: _Callable, *args: _Any, **kwargs: _Any) -> _Any:
    """Run the function at once; `wait` gives its result."""
def frac(input: Tensor, *, out: _Any = None) -> Tensor:
    """What `trunc` leaves: input - trunc(input), with the input's sign."""
def frac_(input: Tensor) -> Tensor:
    """`frac` in place."""
def frexp(input: Tensor, *, out: _Any = None) -> _return_types.frexp:
    """(mantissa, exponent) with input = mantissa * 2**exponent and 0.5 <= |mantissa| < 1."""
def frobenius_norm(input: Tensor, dim: _Any = ..., keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The root of the sum of squares over `dim`, at most two dimensions."""
def from_dlpack(ext_tensor: _Any, *, device: _Any = None, copy: _bool | None = None) -> Tensor:
    """A tensor on the memory of an object that speaks DLPack (an array of NumPy, JAX, CuPy …), or of …"""
def from_file(filename: _str, shared: _bool | None = None, size: _int | None = 0, *, dtype: _Any = None, layout: _Any = None, device: _Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """A tensor of `size` elements on the bytes of a file. Shape: () -> (size)."""
def from_numpy(array: _np.ndarray) -> Tensor:
    """A tensor on the memory of `array`: a change in one is seen in the other."""
def frombuffer(buffer: _Any, *, dtype: _Any, count: _int = -1, offset: _int = 0, requires_grad: _bool = False) -> Tensor:
    """A 1-d tensor on the memory of a buffer. Shape: () -> (count,)."""
def full(size: _Any, fill_value: _Any, *, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """A tensor filled with one value; its dtype follows the value unless given."""
def full_like(input: Tensor, fill_value: _Any, *, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, memory_format: _Any = None, pin_memory: _bool = False) -> Tensor:
    """`fill_value` in the shape, dtype and layout of `input`."""
def gather(input: Tensor, dim: _int = ..., index: Tensor = ..., *, sparse_grad: _bool = False, out: _Any = None, axis: _Any = ...) -> Tensor:
    """out[i][j] = input[index[i][j]][j] for dim 0, input[i][index[i][j]] for dim 1. Shape: that of …"""
def gcd(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The greatest common divisor, elementwise; gcd(0, 0) = 0."""
def gcd_(input: Tensor, other: Tensor) -> Tensor:
    """`gcd` in place."""
def ge(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input >= other, elementwise."""
def ge_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`ge` in place."""
def geqrf(input: Tensor, *, out: _Any = None) -> _return_types.geqrf:
    """(a, tau): R in the upper triangle of `a`, the vectors of the reflections below. Shape: (*, m, …"""
def ger(input: Tensor, vec2: Tensor, *, out: _Any = None) -> Tensor:
    """All products of two vectors' elements. Shape: (n), (m) -> (n, m)."""
def get_autocast_cpu_dtype() -> _dtype:
    """The dtype that autocast casts to on the CPU (deprecated in PyTorch)."""
def get_autocast_dtype(device_type: _str) -> _dtype:
    """The dtype that autocast casts to on a device type."""
def get_autocast_gpu_dtype() -> _dtype:
    """The dtype that autocast casts to on a GPU (deprecated in PyTorch)."""
def get_default_device() -> _device:
    """Where tensors are made when no device is named: the CPU, unless `set_default_device` or a block …"""
def get_default_dtype() -> _dtype:
    """The dtype of tensors made from Python floats (float32 unless changed)."""
def get_deterministic_debug_mode() -> _int:
    """0 where any algorithm may be used, 1 where others than deterministic ones warn, 2 where they …"""
def get_device(input: Tensor) -> Tensor:
    """`Tensor.get_device`: -1 on the CPU."""
def get_device_module(device: _Any = None) -> _Any:
    """The module of a device type: `torch.cpu`, `torch.cuda` …; that of the CPU where none is named."""
def get_float32_matmul_precision() -> _str: ...
def get_num_interop_threads() -> _int:
    """Threads for running independent ops side by side; penlight runs ops one after another."""
def get_num_threads() -> _int:
    """Threads that kernels may use."""
def get_rng_state() -> Tensor:
    """The global stream's state."""
def gradient(input: Tensor, *, spacing: _Any = None, dim: _Any = None, edge_order: _int = 1, axis: _Any = ...) -> _tuple[Tensor, ...]:
    """The slopes along each dimension (or those of `dim`), as a tuple of tensors of the input's shape."""
def greater(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input > other, elementwise."""
def greater_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`gt` in place."""
def greater_equal(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input >= other, elementwise."""
def greater_equal_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`ge` in place."""
def grid_sampler(input: Tensor, grid: Tensor, interpolation_mode: _int, padding_mode: _int, align_corners: _bool) -> Tensor:
    """`grid_sample` with its modes as numbers: bilinear nearest bicubic, zeros border reflection."""
def grid_sampler_2d(input: Tensor, grid: Tensor, interpolation_mode: _int, padding_mode: _int, align_corners: _bool) -> Tensor:
    """`grid_sample` with its modes as numbers: bilinear nearest bicubic, zeros border reflection."""
def grid_sampler_3d(input: Tensor, grid: Tensor, interpolation_mode: _int, padding_mode: _int, align_corners: _bool) -> Tensor:
    """`grid_sample` with its modes as numbers: bilinear nearest bicubic, zeros border reflection."""
def group_norm(input: Tensor, num_groups: _int, weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05, cudnn_enabled: _bool = True) -> Tensor:
    """`torch.nn.functional.group_norm`."""
def gru(input: Tensor, hx: _Any, params: _Any, has_biases: _Any, num_layers: _Any, dropout: _Any, train: _Any, bidirectional: _Any, batch_first: _Any) -> Tensor:
    """The output and final states of a stack of GRU layers; arguments as rnn_tanh's."""
def gru_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None) -> Tensor:
    """One GRU step. Shape: (B, I), (B, H) -> (B, H)."""
def gt(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input > other, elementwise."""
def gt_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`gt` in place."""
half: _dtype
def hamming_window(window_length: _int, periodic: _bool = True, alpha: _float = 0.54, beta: _float = 0.46, *, dtype: _dtype | None = None, layout: _Any = None, device: _Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """The window alpha - beta cos(2 pi i / n)."""
def hann_window(window_length: _int, periodic: _bool = True, *, dtype: _dtype | None = None, layout: _Any = None, device: _Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """The window 0.5 - 0.5 cos(2 pi i / n)."""
def hardshrink(input: Tensor, lambd: _Number = 0.5, *, out: _Any = None) -> Tensor:
    """The input, but 0 where |input| <= lambd."""
has_lapack: _bool
has_mkl: _bool
has_openmp: _bool
has_spectral: _bool
def hash_tensor(input: Tensor, dim: _int | _Sequence[_int] | None = (), *, keepdim: _bool = False, mode: _int = 0, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The elements' bits, as float64 or int64, combined by exclusive or: equal tensors have equal …"""
def heaviside(input: Tensor, values: Tensor, *, out: _Any = None) -> Tensor:
    """0 below zero, 1 above, `values` at zero; elementwise."""
def heaviside_(input: Tensor, values: Tensor) -> Tensor:
    """`heaviside` in place."""
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: _float = 1.0, reduction: _int = 0) -> Tensor:
    """`torch.nn.functional.hinge_embedding_loss`; reduction 0 none, 1 mean, 2 sum."""
def histc(input: Tensor, bins: _int = 100, min: _Number = 0, max: _Number = 0, *, out: _Any = None) -> Tensor:
    """Counts of elements in equal bins between min and max (of the data where both are equal); 16 …"""
def histogram(input: Tensor, bins: _int | Tensor = 100, *, range: _Any = None, weight: _Any = None, density: _bool = False, out: _Any = None) -> _return_types.histogram:
    """(counts or densities, edges) over equal bins (a number) or between given edges (a tensor)."""
def histogramdd(input: Tensor, bins: _Any, range: _Any = None, weight: Tensor | None = None, density: _bool = False) -> _return_types.histogramdd:
    """(counts or densities, edges per dimension) of points. Shape: (*, d) -> one length per dimension."""
def hsmm(mat1: _Any, mat2: _Any) -> _Any:
    """The product of a sparse and a dense matrix with its rows sparse and its columns dense; no …"""
def hsplit(input: Tensor, indices_or_sections: _Any = None, *, sections: _Any = None, indices: _Any = None) -> _tuple[Tensor, ...]:
    """`tensor_split` along dimension 1."""
def hspmm(mat1: _Any, mat2: _Any) -> _Any:
    """The product of a sparse and a dense matrix with its rows sparse and its columns dense; no …"""
def hstack(tensors: _Sequence[Tensor], *, out: _Any = None) -> Tensor:
    """Joined along dimension 1 (vectors along 0)."""
def hypot(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """sqrt(input**2 + other**2) without overflow, elementwise."""
def hypot_(input: Tensor, other: Tensor) -> Tensor:
    """`hypot` in place."""
def i0(input: Tensor, *, out: _Any = None) -> Tensor:
    """The modified Bessel function of the first kind, order 0."""
def i0_(input: Tensor) -> Tensor:
    """`i0` in place."""
def igamma(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The regularised lower incomplete gamma function of parameter `input` at `other`."""
def igamma_(input: Tensor, other: Tensor) -> Tensor:
    """`igamma` in place."""
def igammac(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The regularised upper incomplete gamma function of parameter `input` at `other`."""
def igammac_(input: Tensor, other: Tensor) -> Tensor:
    """`igammac` in place."""
def imag(input: Tensor) -> Tensor:
    """The imaginary part, a view. Raises: RuntimeError for real tensors."""
def index_add(input: Tensor, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., *, alpha: _Number = 1, out: _Any = None, axis: _Any = ...) -> Tensor:
    """A copy with alpha * source[i] added at index[i] of a dimension; repeated indices add up."""
def index_add_(input: Tensor, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., *, alpha: _Number = 1, axis: _Any = ...) -> Tensor:
    """`index_add` in place."""
def index_copy(input: Tensor, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """A copy with source[i] stored at index[i] of a dimension."""
def index_copy_(input: Tensor, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., *, axis: _Any = ...) -> Tensor:
    """`index_copy` in place."""
def index_fill(input: Tensor, dim: _int = ..., index: Tensor = ..., value: _Number | Tensor = ..., *, axis: _Any = ...) -> Tensor:
    """A copy with one value at the given indices of a dimension."""
def index_fill_(input: Tensor, dim: _int = ..., index: Tensor = ..., value: _Number | Tensor = ..., *, axis: _Any = ...) -> Tensor:
    """`index_fill` in place."""
def index_put(input: Tensor, indices: _Any, values: Tensor, accumulate: _bool = False) -> Tensor:
    """A copy of `input` with input[indices] = values; with `accumulate`, repeated places add up."""
def index_put_(input: Tensor, indices: _Any, values: Tensor, accumulate: _bool = False) -> Tensor:
    """`index_put` in place."""
def index_reduce(input: Tensor, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., reduce: _str = ..., *, include_self: _bool = True, out: _Any = None, axis: _Any = ...) -> Tensor:
    """A copy with slices of `source` combined at indices of a dimension: "prod", "mean", "amax" or …"""
def index_reduce_(input: Tensor, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., reduce: _str = ..., *, include_self: _bool = True, axis: _Any = ...) -> Tensor:
    """`index_reduce` in place."""
def index_select(input: Tensor, dim: _int = ..., index: Tensor = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """The slices at `index` along a dimension."""
def indices_copy(input: Tensor) -> Tensor:
    """`Tensor.indices` in memory of its own."""
inf: _float
def initial_seed() -> _int:
    """The seed that the global stream was last given."""
def inner(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The sum of products over the last dimensions; of a scalar and a tensor, their product."""
def instance_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None, running_var: Tensor | None, use_input_stats: _bool, momentum: _float, eps: _float, cudnn_enabled: _bool) -> Tensor:
    """`torch.nn.functional.instance_norm`."""
int: _dtype
int16: _dtype
int32: _dtype
int64: _dtype
int8: _dtype
def inverse(input: Tensor, *, out: _Any = None) -> Tensor:
    """`torch.linalg.inv`."""
def is_anomaly_check_nan_enabled() -> _bool: ...
def is_anomaly_enabled() -> _bool: ...
def is_autocast_cache_enabled() -> _bool:
    """Whether the casts of parameters are kept for the length of the block."""
def is_autocast_cpu_enabled() -> _bool:
    """Whether autocast is on for the CPU (deprecated in PyTorch)."""
def is_autocast_enabled(device_type: _str | None = None) -> _bool:
    """Whether autocast is on for a device type (without one: for CUDA)."""
def is_complex(input: Tensor) -> _Any:
    """Whether the dtype is complex."""
def is_conj(input: Tensor) -> _Any:
    """Whether a tensor is a conjugate view (`x.conj()`)."""
def is_deterministic_algorithms_warn_only_enabled() -> _bool: ...
def is_distributed(input: Tensor) -> _bool:
    """False, as PyTorch's for every tensor of its own."""
def is_floating_point(input: Tensor) -> _Any:
    """Whether the dtype is a floating one."""
def is_grad_enabled() -> _bool:
    """Whether ops record in this thread."""
def is_inference(input: Tensor) -> _Any:
    """Whether the tensor was made in inference mode."""
def is_inference_mode_enabled() -> _bool: ...
def is_neg(input: Tensor) -> _Any:
    """Whether a tensor is the imaginary part of a conjugate view."""
def is_nonzero(input: Tensor) -> _bool:
    """Whether the only element is not zero."""
def is_same_size(input: Tensor, other: Tensor) -> _bool:
    """Whether both have the same shape."""
def is_signed(input: Tensor) -> _Any:
    """Whether the dtype is signed."""
def is_storage(obj: _Any, /) -> _bool:
    """Whether `obj` is a storage."""
def is_tensor(obj: _Any, /) -> _bool:
    """Whether `obj` is a Tensor."""
def is_warn_always_enabled() -> _bool:
    """What `set_warn_always` was given."""
def isclose(input: Tensor, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> Tensor:
    """|input - other| <= atol + rtol * |other|, elementwise; equal infinities are close."""
def isfinite(input: Tensor) -> Tensor:
    """Whether an element is neither infinite nor nan."""
def isin(elements: Tensor | _Number, test_elements: Tensor | _Number, *, assume_unique: _bool = False, invert: _bool = False, out: _Any = None) -> Tensor:
    """Whether each element is among `test_elements`. Shape: (*), (**) -> (*), bool."""
def isinf(input: Tensor) -> Tensor:
    """Whether an element is infinite; a complex one, where either part is."""
def isnan(input: Tensor) -> Tensor:
    """Whether an element is nan; a complex one, where either part is."""
def isneginf(input: Tensor, *, out: _Any = None) -> Tensor:
    """Whether an element is -inf."""
def isposinf(input: Tensor, *, out: _Any = None) -> Tensor:
    """Whether an element is +inf."""
def isreal(input: Tensor) -> Tensor:
    """Whether the imaginary part is zero."""
def istft(input: Tensor, n_fft: _int, hop_length: _int | None = None, win_length: _int | None = None, window: Tensor | None = None, center: _bool = True, normalized: _bool = False, onesided: _bool | None = None, length: _int | None = None, return_complex: _bool = False) -> Tensor:
    """The inverse of `stft` by overlap-add, divided by the sum of squared windows."""
jagged: _layout
def kaiser_window(window_length: _int, periodic: _bool = True, beta: _float = 12.0, *, dtype: _dtype | None = None, layout: _Any = None, device: _Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """The window I0(beta sqrt(1 - (2 i / n - 1)^2)) / I0(beta)."""
def kl_div(input: Tensor, target: Tensor, reduction: _int = 0, *, log_target: _bool = False) -> Tensor:
    """`torch.nn.functional.kl_div`; reduction 0 none, 1 mean, 2 sum."""
def kron(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The Kronecker product: every element of `input` times all of `other`."""
def kthvalue(input: Tensor, k: _int, dim: _int = -1, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> _return_types.kthvalue:
    """(value, index) of the k-th smallest along a dimension, counted from 1."""
def layer_norm(input: Tensor, normalized_shape: _Sequence[_int], weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05, cudnn_enable: _bool = True) -> Tensor:
    """`torch.nn.functional.layer_norm`."""
def lcm(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The least common multiple, elementwise; 0 where either is 0."""
def lcm_(input: Tensor, other: Tensor) -> Tensor:
    """`lcm` in place."""
def ldexp(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """input * 2 ** other, elementwise."""
def ldexp_(input: Tensor, other: Tensor) -> Tensor:
    """`ldexp` in place."""
def le(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input <= other, elementwise."""
def le_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`le` in place."""
legacy_contiguous_format: _memory_format
def lerp(input: Tensor, end: Tensor, weight: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input + weight * (end - input), elementwise."""
def lerp_(input: Tensor, end: Tensor, weight: Tensor | _Number) -> Tensor:
    """`lerp` in place."""
def less(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input < other, elementwise; complex tensors have no order."""
def less_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`lt` in place."""
def less_equal(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input <= other, elementwise."""
def less_equal_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`le` in place."""
def lgamma(input: Tensor, *, out: _Any = None) -> Tensor:
    """log |gamma(input)|."""
def lgamma_(input: Tensor) -> Tensor:
    """`lgamma` in place."""
def linspace(start: _Any, end: _Any, steps: _int, *, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """`steps` values from start to end, both included, evenly spaced. Shape: () -> (steps,)."""
def load(f: _Any, map_location: _Callable | _str | _dict | _Any = None, pickle_module: _Any = None, *, weights_only: _bool | None = None, mmap: _bool | None = None, **pickle_load_args: _Any) -> _Any:
    """Load what `save` or PyTorch's `torch.save` wrote: zip and legacy files, and `.safetensors` by …"""
def lobpcg(A: Tensor, k: _int | None = None, B: Tensor | None = None, X: Tensor | None = None, n: _int | None = None, iK: Tensor | None = None, niter: _int | None = None, tol: _float | None = None, largest: _bool | None = None, method: _str | None = None, tracker: _Any = None, ortho_iparams: _dict | None = None, ortho_fparams: _dict | None = None, ortho_bparams: _dict | None = None) -> _tuple[Tensor, Tensor]:
    """The k largest (or smallest) eigenvalues of A x = lambda B x, and their vectors."""
def log(input: Tensor, *, out: _Any = None) -> Tensor:
    """The natural logarithm, elementwise: -inf at 0, nan below."""
def log10(input: Tensor, *, out: _Any = None) -> Tensor:
    """The logarithm to base 10, elementwise."""
def log10_(input: Tensor) -> Tensor:
    """`log10` in place."""
def log1p(input: Tensor, *, out: _Any = None) -> Tensor:
    """log(1 + input), elementwise, exact near 0."""
def log1p_(input: Tensor) -> Tensor:
    """`log1p` in place."""
def log2(input: Tensor, *, out: _Any = None) -> Tensor:
    """The logarithm to base 2, elementwise."""
def log2_(input: Tensor) -> Tensor:
    """`log2` in place."""
def log_(input: Tensor) -> Tensor:
    """`log` in place."""
def log_softmax(input: Tensor, dim: _int = ..., dtype: _dtype | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """x - log(sum(exp(x))) along `dim`."""
def logaddexp(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """log(exp(input) + exp(other)) without overflow, to base 2.71828; elementwise."""
def logaddexp2(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """log(exp(input) + exp(other)) without overflow, to base 2; elementwise."""
def logcumsumexp(input: Tensor, dim: _int = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """log(cumsum(exp(x))) along a dimension, without overflow."""
def logdet(input: Tensor) -> Tensor:
    """log(determinant): NaN where it is negative."""
def logical_and(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """Whether both are nonzero, elementwise; any dtypes."""
def logical_and_(input: Tensor, other: Tensor) -> Tensor:
    """`logical_and` in place."""
def logical_not(input: Tensor, *, out: _Any = None) -> Tensor:
    """Whether an element is zero."""
def logical_not_(input: Tensor) -> Tensor:
    """`logical_not` in place."""
def logical_or(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """Whether either is nonzero, elementwise; any dtypes."""
def logical_or_(input: Tensor, other: Tensor) -> Tensor:
    """`logical_or` in place."""
def logical_xor(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """Whether exactly one is nonzero, elementwise; any dtypes."""
def logical_xor_(input: Tensor, other: Tensor) -> Tensor:
    """`logical_xor` in place."""
def logit(input: Tensor, eps: _float | None = None, *, out: _Any = None) -> Tensor:
    """log(input / (1 - input)); with `eps`, the input is first clamped to [eps, 1 - eps]."""
def logit_(input: Tensor, eps: _float | None = None) -> Tensor:
    """`logit` in place."""
def logspace(start: _Any, end: _Any, steps: _int, base: _float = 10.0, *, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """base ** linspace(start, end, steps)."""
def logsumexp(input: Tensor, dim: _int | _Sequence[_int] = ..., keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """log(sum(exp(input))) over `dim`, without overflow."""
long: _dtype
def lstm(input: Tensor, hx: _Any, params: _Any, has_biases: _Any, num_layers: _Any, dropout: _Any, train: _Any, bidirectional: _Any, batch_first: _Any) -> Tensor:
    """The output and final h and c of a stack of LSTM layers; arguments as rnn_tanh's, with hx = (h, …"""
def lstm_cell(input: Tensor, hx: _Any, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None) -> Tensor:
    """One LSTM step. Shape: (B, I), ((B, H), (B, H)) -> (B, H), (B, H)."""
def lstsq(*args: _Any, **kwargs: _Any) -> _Any:
    """Removed from PyTorch: raises RuntimeError that names torch.linalg.lstsq(A, B), its arguments …"""
def lt(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input < other, elementwise; complex tensors have no order."""
def lt_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`lt` in place."""
def lu(A: Tensor, pivot: _bool = True, get_infos: _bool = False, *, out: _Any = None) -> _Any:
    """(LU, pivots), and info when asked for; also of singular matrices."""
def lu_solve(input: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: _Any = None) -> Tensor:
    """`torch.linalg.lu_solve` with its arguments in another order."""
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: _bool = True, unpack_pivots: _bool = True, *, out: _Any = None) -> _return_types.lu_unpack:
    """(P, L, U) from what `torch.linalg.lu_factor` gives."""
def manual_seed(seed: _int) -> _Generator:
    """Seed the global stream; returns its generator."""
def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: _float = 0.0, reduction: _int = 0) -> Tensor:
    """`torch.nn.functional.margin_ranking_loss`; reduction 0 none, 1 mean, 2 sum."""
def masked_fill(input: Tensor, mask: Tensor, value: Tensor | _Number) -> Tensor:
    """The input with `value` where `mask` is true; the mask broadcasts."""
def masked_fill_(input: Tensor, mask: Tensor, value: Tensor | _Number) -> Tensor:
    """`masked_fill` in place."""
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """A copy with elements of `source`, taken in order, where a mask is true."""
def masked_scatter_(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """`masked_scatter` in place."""
def masked_select(input: Tensor, mask: Tensor, *, out: _Any = None) -> Tensor:
    """The elements where a mask (broadcast against `input`) is true, as a vector."""
def matmul(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The matrix product: dot product of vectors, matrix-vector, matrix-matrix, or batches of them …"""
def matrix_exp(input: Tensor) -> Tensor:
    """`torch.linalg.matrix_exp`."""
def matrix_power(input: Tensor, n: _int, *, out: _Any = None) -> Tensor:
    """The n-th power of square matrices."""
def matrix_rank(*args: _Any, **kwargs: _Any) -> _Any:
    """Removed from PyTorch: raises RuntimeError that names torch.linalg.matrix_rank."""
@_overload
def max(input: Tensor) -> Tensor:
    """The maximum of all elements; (values, indices) along `dim`; of two tensors elementwise."""
@_overload
def max(input: Tensor, dim: _int, keepdim: _bool = False, *, out: _Any = None) -> _return_types.max: ...
@_overload
def max(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor: ...
def max_pool1d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _Any:
    """The maximum of each window. Shape: (N, C, L) or (C, L) -> the same with smaller sizes."""
def max_pool1d_with_indices(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _tuple[Tensor, Tensor]:
    """`max_pool1d` and the flat positions of the maxima in each plane."""
def max_pool2d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _Any:
    """The maximum of each window. Shape: (N, C, H, W) or (C, H, W) -> the same with smaller sizes."""
def max_pool2d_with_indices(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _tuple[Tensor, Tensor]:
    """`max_pool2d` and the flat positions of the maxima in each plane."""
def max_pool3d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _Any:
    """The maximum of each window. Shape: (N, C, D, H, W) or (C, D, H, W) -> the same with smaller …"""
def max_pool3d_with_indices(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _tuple[Tensor, Tensor]:
    """`max_pool3d` and the flat positions of the maxima in each plane."""
def maximum(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The larger one, elementwise; nan wins."""
def maximum_(input: Tensor, other: Tensor) -> Tensor:
    """`maximum` in place."""
def mean(input: Tensor, dim: _Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The mean of all elements, or over dimensions `dim`."""
@_overload
def median(input: Tensor) -> Tensor:
    """The median; of two in the middle the lower one."""
@_overload
def median(input: Tensor, dim: _int, keepdim: _bool = False, *, out: _Any = None) -> _return_types.median: ...
def meshgrid(*tensors: _Any, indexing: _str | None = None) -> _tuple[Tensor, ...]:
    """Coordinates of a grid: one tensor per vector, each varying along its own dimension."""
@_overload
def min(input: Tensor) -> Tensor:
    """The minimum of all elements; (values, indices) along `dim`; of two tensors elementwise."""
@_overload
def min(input: Tensor, dim: _int, keepdim: _bool = False, *, out: _Any = None) -> _return_types.min: ...
@_overload
def min(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor: ...
def minimum(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The smaller one, elementwise; nan wins."""
def minimum_(input: Tensor, other: Tensor) -> Tensor:
    """`minimum` in place."""
def mm(input: Tensor, mat2: Tensor, *, out: _Any = None) -> Tensor:
    """The product of two matrices. Shape: (n, m), (m, p) -> (n, p)."""
def mode(input: Tensor, dim: _int = -1, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> _return_types.mode:
    """The most frequent value along `dim` and an index of it. More than 16 values with NaN among them …"""
def moveaxis(input: Tensor, source: _Any, destination: _Any) -> Tensor:
    """Move dimensions to other places; the rest keep their order. A view."""
def movedim(input: Tensor, source: _Any, destination: _Any) -> Tensor:
    """Move dimensions to other places; the rest keep their order. A view."""
def msort(input: Tensor, *, out: _Any = None) -> Tensor:
    """Sorted along the first dimension."""
def mul(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input * other, elementwise."""
def mul_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`mul` in place."""
def multinomial(input: Tensor, num_samples: _int, replacement: _bool = False, *, generator: _Any = None, out: _Any = None) -> Tensor:
    """Indices drawn with the rows of `input` as weights. Shape: (C) or (N, C) -> (num_samples) or (N, …"""
def multiply(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input * other, elementwise."""
def multiply_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`mul` in place."""
def mv(input: Tensor, vec: Tensor, *, out: _Any = None) -> Tensor:
    """The product of a matrix and a vector. Shape: (n, m), (m) -> (n)."""
def mvlgamma(input: Tensor, p: _int, *, out: _Any = None) -> Tensor:
    """The logarithm of the multivariate gamma function of dimension p."""
def mvlgamma_(input: Tensor, p: _int) -> Tensor:
    """`mvlgamma` in place."""
nan: _float
def nan_to_num(input: Tensor, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None, *, out: _Any = None) -> Tensor:
    """nan replaced by `nan` (0), infinities by `posinf` and `neginf` (the dtype's largest and lowest …"""
def nan_to_num_(input: Tensor, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
    """`nan_to_num` in place."""
def nanmean(input: Tensor, dim: _Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The mean of the elements that are not NaN."""
@_overload
def nanmedian(input: Tensor) -> Tensor:
    """The median of the elements that are not NaN; of two in the middle the lower one."""
@_overload
def nanmedian(input: Tensor, dim: _int, keepdim: _bool = False, *, out: _Any = None) -> _return_types.nanmedian: ...
def nanquantile(input: Tensor, q: _float | Tensor, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The q-th quantiles of the elements that are not NaN."""
def nansum(input: Tensor, dim: _Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The sum with NaN counted as 0."""
def narrow(input: Tensor, dim: _int = ..., start: _int | Tensor = ..., length: _int = ..., *, axis: _Any = ...) -> Tensor:
    """`length` indices of a dimension from `start`; a view."""
def narrow_copy(input: Tensor, dim: _int = ..., start: _int = ..., length: _int = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """`narrow`, copied."""
def native_batch_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None, running_var: Tensor | None, training: _bool, momentum: _float, eps: _float, *, out: _Any = None) -> _Any:
    """(batch norm, mean, 1 / deviation); the statistics are empty outside training."""
def native_channel_shuffle(input: Tensor, groups: _int) -> Tensor:
    """`torch.channel_shuffle`."""
def native_dropout(input: Tensor, p: _float, train: _bool | None) -> _tuple[Tensor, Tensor]:
    """(dropout of the input, which elements were kept); `train` None counts as True."""
def native_group_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, N: _int, C: _int, HxW: _int, group: _int, eps: _float) -> _tuple[Tensor, Tensor, Tensor]:
    """(group norm, mean, 1 / deviation) of N samples of C channels. Shape of the statistics: (N, …"""
def native_layer_norm(input: Tensor, normalized_shape: _Sequence[_int], weight: Tensor | None, bias: Tensor | None, eps: _float) -> _tuple[Tensor, Tensor, Tensor]:
    """(layer norm, mean, 1 / deviation); the statistics have no gradient."""
def native_norm(input: Tensor, p: _Any = 2, dim: _Any = None, keepdim: _bool = False, dtype: _Any = None) -> Tensor:
    """The norm of a sparse tensor. Raises NotImplementedError for a dense one, as PyTorch's."""
def ne(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input != other, elementwise."""
def ne_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`ne` in place."""
def neg(input: Tensor, *, out: _Any = None) -> Tensor:
    """-input, elementwise."""
def neg_(input: Tensor) -> Tensor:
    """`neg` in place."""
def negative(input: Tensor, *, out: _Any = None) -> Tensor:
    """-input, elementwise."""
def negative_(input: Tensor) -> Tensor:
    """`neg` in place."""
newaxis: None
def nextafter(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The next representable number after input toward other, elementwise."""
def nextafter_(input: Tensor, other: Tensor) -> Tensor:
    """`nextafter` in place."""
def nonzero(input: Tensor, *, as_tuple: _bool = False, out: _Any = None) -> _Any:
    """The indices of the elements that are not zero: rows of a matrix, or with `as_tuple` one vector …"""
def nonzero_static(input: Tensor, *, size: _int, fill_value: _int = -1, out: _Any = None) -> Tensor:
    """`nonzero` with a fixed number of rows: cut off, or filled up with `fill_value`. Shape: (*) -> …"""
def norm(input: Tensor, p: _Any = 'fro', dim: _Any = None, keepdim: _bool = False, out: _Any = None, dtype: _dtype | None = None) -> Tensor:
    """The norm of all elements, or over `dim`: a p-norm of vectors, or 'fro' or 'nuc'."""
def norm_except_dim(v: Tensor, pow: _int = 2, dim: _int = 0, *, axis: _Any = ...) -> Tensor:
    """The norms of the slices along `dim`, kept as sizes of 1; of everything for dim -1."""
def normal(mean: _Any = 0.0, std: _Any = 1.0, size: _Any = None, *, generator: _Any = None, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Normal numbers, with numbers or tensors as mean and standard deviation."""
def not_equal(input: Tensor, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input != other, elementwise."""
def not_equal_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """`ne` in place."""
def nuclear_norm(input: Tensor, dim: _Any = ..., keepdim: _bool = False, *, out: _Any = None) -> Tensor:
    """The sum of singular values."""
def numel(input: Tensor) -> _Any:
    """The number of elements."""
def ones(*size: _Any, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False, memory_format: _Any = None, **names: _Any) -> Tensor:
    """A tensor of ones."""
def ones_like(input: Tensor, *, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, memory_format: _Any = None, pin_memory: _bool = False) -> Tensor:
    """Ones in the shape, dtype and layout of `input`."""
def orgqr(input: Tensor, tau: Tensor, *, out: _Any = None) -> Tensor:
    """`torch.linalg.householder_product`."""
def ormqr(input: Tensor, tau: Tensor, other: Tensor, left: _bool = True, transpose: _bool = False, *, out: _Any = None) -> Tensor:
    """Q other, Q^H other (transpose), or with left=False other Q, other Q^H; Q as `torch.geqrf` gives …"""
def outer(input: Tensor, vec2: Tensor, *, out: _Any = None) -> Tensor:
    """All products of two vectors' elements. Shape: (n), (m) -> (n, m)."""
def pairwise_distance(x1: Tensor, x2: Tensor, p: _float = 2.0, eps: _float = 1e-06, keepdim: _bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps over the last dimension."""
def pca_lowrank(A: Tensor, q: _int | None = None, center: _bool = True, niter: _int = 2) -> _tuple[Tensor, Tensor, Tensor]:
    """The leading principal components of the rows of `A`: `svd_lowrank` of A, its columns' means …"""
def pdist(input: Tensor, p: _float = 2) -> Tensor:
    """p-norm distances between all pairs of different rows. Shape: (n, m) -> (n (n - 1) / 2)."""
def permute(input: Tensor, *dims: _Any) -> Tensor:
    """Reorder dimensions; a view."""
def permute_copy(input: Tensor, dims: _Sequence[_int], *, out: _Any = None) -> Tensor:
    """`permute`, copied. Arguments: dims."""
pi: _float
def pinverse(input: Tensor, rcond: _float = 1e-15) -> Tensor:
    """`torch.linalg.pinv`."""
def pixel_shuffle(input: Tensor, upscale_factor: _int) -> Tensor:
    """Channels spread over r x r blocks of pixels. Shape: (*, C r^2, H, W) -> (*, C, H r, W r)."""
def pixel_unshuffle(input: Tensor, downscale_factor: _int) -> Tensor:
    """r x r blocks of pixels gathered into channels. Shape: (*, C, H r, W r) -> (*, C r^2, H, W)."""
def poisson(input: Tensor, generator: _Any = None) -> Tensor:
    """Poisson counts with the elements of `input` as rates."""
def poisson_nll_loss(input: Tensor, target: Tensor, log_input: _bool, full: _bool, eps: _float, reduction: _int) -> Tensor:
    """`torch.nn.functional.poisson_nll_loss`; reduction 0 none, 1 mean, 2 sum."""
def polar(abs: Tensor, angle: Tensor, *, out: _Any = None) -> Tensor:
    """abs * exp(1j * angle)."""
def polygamma(n: Tensor | _Number, input: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """The n-th derivative of digamma: torch.polygamma(n, x) or x.polygamma(n)."""
def positive(input: Tensor) -> Tensor:
    """The tensor itself; bool tensors are refused."""
def pow(input: Tensor | _Number, exponent: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input ** exponent, elementwise."""
def pow_(input: Tensor | _Number, exponent: Tensor | _Number) -> Tensor:
    """`pow` in place."""
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """input where positive, weight * input elsewhere; one weight, or one per channel (dimension 1)."""
preserve_format: _memory_format
def prod(input: Tensor, dim: _int = ..., keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The product of all elements, or over dimension `dim`. Integers give int64."""
def promote_types(a: _dtype, b: _dtype) -> _dtype:
    """The smallest dtype that both convert to, by PyTorch's table."""
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
    """A copy with elements stored (or added) at places of the flattened tensor."""
def put_(input: Tensor, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
    """`put` in place."""
qint32: _dtype
qint8: _dtype
def qr(input: Tensor, some: _bool = True, *, out: _Any = None) -> _return_types.qr:
    """`torch.linalg.qr`, reduced or complete."""
def quantile(input: Tensor, q: _float | Tensor, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The q-th quantiles, of all elements or along `dim`; NaN in a row gives NaN."""
quint2x4: _dtype
quint4x2: _dtype
quint8: _dtype
def rad2deg(input: Tensor, *, out: _Any = None) -> Tensor:
    """Radians to degrees, elementwise."""
def rad2deg_(input: Tensor) -> Tensor:
    """`rad2deg` in place."""
def rand(*size: _Any, generator: _Any = None, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False, **named: _Any) -> Tensor:
    """Uniform numbers in [0, 1)."""
def rand_like(input: Tensor, *, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, memory_format: _Any = None, generator: _Any = None) -> Tensor:
    """Uniform numbers in the shape, dtype and layout of `input`."""
def randint(*args: _Any, low: _Any = 0, high: _Any = None, size: _Any = None, generator: _Any = None, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Integers in [low, high); int64 unless `dtype` says otherwise."""
def randint_like(input: Tensor, *args: _Any, low: _Any = None, high: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, memory_format: _Any = None) -> Tensor:
    """Integers in [low, high) in the shape and dtype of `input`."""
def randn(*size: _Any, generator: _Any = None, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False, **named: _Any) -> Tensor:
    """Standard normal numbers."""
def randn_like(input: Tensor, *, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, memory_format: _Any = None, generator: _Any = None) -> Tensor:
    """Standard normal numbers in the shape, dtype and layout of `input`."""
def randperm(n: _int, *, generator: _Any = None, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """A random order of 0 … n - 1. Shape: () -> (n,)."""
def range(start: _Any, end: _Any, step: _Any = 1, **options: _Any) -> Tensor:
    """Like arange with the end included (deprecated in PyTorch)."""
def ravel(input: Tensor) -> Tensor:
    """One dimension: a view where possible."""
def real(input: Tensor) -> Tensor:
    """The real part, a view; real tensors as they are."""
def reciprocal(input: Tensor, *, out: _Any = None) -> Tensor:
    """1 / input, elementwise."""
def reciprocal_(input: Tensor) -> Tensor:
    """`reciprocal` in place."""
def relu(input: Tensor) -> Tensor:
    """max(input, 0), elementwise; nan stays."""
def relu_(input: Tensor) -> Tensor:
    """`relu` in place."""
def remainder(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Python's input % other, elementwise: the result has the divisor's sign."""
def remainder_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`remainder` in place."""
def renorm(input: Tensor, p: _Number, dim: _int = ..., maxnorm: _Number = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """Scale the sub-tensors along `dim` whose p-norm exceeds `maxnorm` down to it."""
def renorm_(input: Tensor, p: _Number, dim: _int = ..., maxnorm: _Number = ..., *, axis: _Any = ...) -> Tensor:
    """`renorm` in place."""
def repeat_interleave(input: _Any, repeats: _int | Tensor = ..., dim: _int | None = None, *, output_size: _int | None = None, axis: _Any = ...) -> Tensor:
    """Each element repeated `repeats` times in place (a number, or one per index of `dim`)."""
def reshape(input: Tensor, *shape: _Any) -> Tensor:
    """The same elements in another shape: a view where possible, else a copy."""
def resize_as_(self: Tensor, other: Tensor, memory_format: _Any = None) -> Tensor:
    """`resize_` to the shape of `other`."""
def resize_as_sparse_(input: _Any, other: _Any) -> _Any:
    """Give a sparse tensor the shape of another one, in place."""
def resolve_conj(input: Tensor) -> Tensor:
    """A copy with the conjugation of a conjugate view carried out; other tensors as they are."""
def resolve_neg(input: Tensor) -> Tensor:
    """A copy with the negation of the imaginary part of a conjugate view carried out; other tensors …"""
def result_type(tensor1: _Any, tensor2: _Any) -> _Any:
    """The dtype that arithmetic on the two gives."""
def rms_norm(input: Tensor, normalized_shape: _Sequence[_int], weight: Tensor | None = None, eps: _float | None = None) -> Tensor:
    """x / sqrt(mean(x**2) + eps) * weight over the last dimensions; eps None is the dtype's epsilon."""
def rnn_relu(input: Tensor, hx: _Any, params: _Any, has_biases: _Any, num_layers: _Any, dropout: _Any, train: _Any, bidirectional: _Any, batch_first: _Any) -> Tensor:
    """The output and final states of a stack of relu layers; see rnn_tanh."""
def rnn_relu_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None) -> Tensor:
    """relu(W_ih x + b_ih + W_hh h + b_hh). Shape: (B, I), (B, H) -> (B, H)."""
def rnn_tanh(input: Tensor, hx: _Any, params: _Any, has_biases: _Any, num_layers: _Any, dropout: _Any, train: _Any, bidirectional: _Any, batch_first: _Any) -> Tensor:
    """The output and final states of a stack of tanh layers: what nn.RNN computes."""
def rnn_tanh_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None) -> Tensor:
    """tanh(W_ih x + b_ih + W_hh h + b_hh). Shape: (B, I), (B, H) -> (B, H)."""
def roll(input: Tensor, shifts: _int | _Sequence[_int], dims: _int | _Sequence[_int] | None = ()) -> Tensor:
    """Elements shifted along dimensions, those pushed out coming in again at the other end."""
def rot90(input: Tensor, k: _int = 1, dims: _Sequence[_int] = ...) -> Tensor:
    """Turned by k quarter turns from the first of two dimensions to the second."""
def round(input: Tensor, *, decimals: _int = ..., out: _Any = None) -> Tensor:
    """The nearest whole number, halves to even; with `decimals`, at that decimal place."""
def round_(input: Tensor, *, decimals: _int = ...) -> Tensor:
    """`round` in place."""
def row_indices_copy(input: Tensor) -> Tensor:
    """`Tensor.row_indices` in memory of its own."""
def row_stack(tensors: _Sequence[Tensor], *, out: _Any = None) -> Tensor:
    """Joined along dimension 0, vectors as rows."""
def rrelu(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, generator: _Any = None) -> Tensor:
    """`torch.nn.functional.rrelu`; only the default generator."""
def rrelu_(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, generator: _Any = None) -> Tensor:
    """`rrelu`, in place."""
def rsqrt(input: Tensor, *, out: _Any = None) -> Tensor:
    """1 / sqrt(input), elementwise."""
def rsqrt_(input: Tensor) -> Tensor:
    """`rsqrt` in place."""
def rsub(input: Tensor, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """other - alpha * input, elementwise."""
def saddmm(input: _Any, mat1: _Any, mat2: _Any, *, beta: _Any = 1, alpha: _Any = 1) -> _Any:
    """beta * input + alpha * mat1 @ mat2 for sparse `input` and `mat1`: a sparse matrix, not …"""
def save(obj: _object, f: _Any, pickle_module: _Any = ..., pickle_protocol: _int = 2, _use_new_zipfile_serialization: _bool = True, _disable_byteorder_record: _bool = False) -> None:
    """Save an object, usually a `state_dict()`, to a file that PyTorch reads too."""
def scalar_tensor(s: _Any, *, dtype: _Any = None, layout: _Any = None, device: _Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """A 0-dim tensor, of the default dtype unless told otherwise."""
def scatter(input: Tensor, dim: _int = ..., index: Tensor = ..., src: _Number | Tensor | None = None, *, value: _Number | None = None, reduce: _str = ..., out: _Any = None, axis: _Any = ...) -> Tensor:
    """A copy of `input` with src[i][j] stored at [index[i][j]][j] (dim 0); `src` is a tensor or a …"""
def scatter_(input: Tensor, dim: _int = ..., index: Tensor = ..., src: _Number | Tensor | None = None, *, value: _Number | None = None, reduce: _str = ..., axis: _Any = ...) -> Tensor:
    """`scatter` in place."""
def scatter_add(input: Tensor, dim: _int = ..., index: Tensor = ..., src: Tensor = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """A copy of `input` with src[i][j] added at [index[i][j]][j] (dim 0); repeated places add up."""
def scatter_add_(input: Tensor, dim: _int = ..., index: Tensor = ..., src: Tensor = ..., *, axis: _Any = ...) -> Tensor:
    """`scatter_add` in place."""
def scatter_reduce(input: Tensor, dim: _int = ..., index: Tensor = ..., src: Tensor = ..., reduce: _str = ..., *, include_self: _bool = True, out: _Any = None, axis: _Any = ...) -> Tensor:
    """A copy of `input` with elements of `src` combined into places given by an index."""
def scatter_reduce_(input: Tensor, dim: _int = ..., index: Tensor = ..., src: Tensor = ..., reduce: _str = ..., *, include_self: _bool = True, axis: _Any = ...) -> Tensor:
    """`scatter_reduce` in place."""
def searchsorted(sorted_sequence: Tensor, input: _Number | Tensor, *, out_int32: _bool = False, right: _bool = False, side: _str | None = None, sorter: _Any = None, out: _Any = None) -> Tensor:
    """Where to insert values into sorted rows: before ("left") or after ("right") equal elements."""
def seed() -> _int:
    """Seed the global stream from the system's entropy; returns the seed."""
def segment_reduce(data: Tensor, reduce: _str, *, lengths: Tensor | None = None, indices: Tensor | None = None, offsets: Tensor | None = None, axis: _int = 0, unsafe: _bool = False, initial: _Number | None = None) -> Tensor:
    """The sum, mean, max, min or prod of consecutive parts of `data` along `axis`, `lengths` or …"""
def select(input: Tensor, dim: _int = ..., index: _int = ..., *, axis: _Any = ...) -> Tensor:
    """The slice at one index of a dimension, which disappears; a view."""
def select_copy(input: Tensor, dim: _int = ..., index: _int = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """`select`, copied. Arguments: dim, index."""
def select_scatter(input: Tensor, src: Tensor, dim: _int = ..., index: _int = ..., *, axis: _Any = ...) -> Tensor:
    """A copy with one index of a dimension replaced."""
def selu(input: Tensor) -> Tensor:
    """scale * (max(0, x) + min(0, alpha * (exp(x) - 1))) with the constants of the paper."""
def selu_(input: Tensor) -> Tensor:
    """`selu` in place."""
def set_anomaly_enabled(enabled: _bool, check_nan: _bool = True) -> None:
    """Switch anomaly detection on or off, for good."""
def set_autocast_cache_enabled(enabled: _bool) -> None:
    """Set whether the casts of parameters are kept for the length of the block."""
def set_autocast_cpu_dtype(dtype: _Any) -> None:
    """Set the dtype that autocast casts to on the CPU (deprecated in PyTorch)."""
def set_autocast_cpu_enabled(enabled: _bool) -> None:
    """Switch autocast for the CPU (deprecated in PyTorch)."""
def set_autocast_dtype(device_type: _str, dtype: _Any) -> None:
    """Set the dtype that autocast casts to on a device type."""
def set_autocast_enabled(*args: _Any) -> None:
    """Switch autocast for a device type: `set_autocast_enabled("cpu", True)`; with one argument, for …"""
def set_autocast_gpu_dtype(dtype: _dtype, /) -> None:
    """Deprecated: `set_autocast_dtype("cuda", dtype)`."""
def set_default_device(device: _Any, /) -> None:
    """Make tensors there when no device is named: the CPU (None), or "meta". Raises for what this …"""
def set_default_dtype(d: _dtype, /) -> None:
    """Set the dtype of tensors made from Python floats."""
def set_default_tensor_type(t: _Any, /) -> None:
    """Set the default dtype by a tensor type or its name (deprecated in PyTorch in favour of …"""
def set_deterministic_debug_mode(debug_mode: _Any) -> None:
    """Remembered; every penlight kernel is deterministic."""
def set_float32_matmul_precision(precision: _str) -> None:
    """Remembered; float32 products are always computed in float32, which satisfies every setting."""
def set_flush_denormal(mode: _bool, /) -> _bool:
    """False: NumPy has no switch for denormal numbers (PyTorch answers so where it is unsupported)."""
def set_num_interop_threads(count: _int, /) -> None:
    """Remembered; penlight runs ops one after another."""
def set_num_threads(count: _int, /) -> None:
    """Set the threads that kernels may use. NumPy's OpenBLAS follows; another BLAS does with …"""
def set_printoptions(precision: _int | None = None, threshold: _float | None = None, edgeitems: _int | None = None, linewidth: _int | None = None, profile: _str | None = None, sci_mode: _bool | None = None) -> None:
    """Set how tensors are printed from now on."""
def set_rng_state(new_state: Tensor) -> None:
    """Continue the global stream from a state."""
def set_warn_always(b: _bool, /) -> None:
    """Remembered; Python's own filters decide here how often a warning is shown."""
def sgn(input: Tensor, *, out: _Any = None) -> Tensor:
    """input / |input|, elementwise, 0 at 0: `sign` for complex numbers too."""
def sgn_(input: Tensor) -> Tensor:
    """`sgn` in place."""
short: _dtype
def sigmoid(input: Tensor, *, out: _Any = None) -> Tensor:
    """1 / (1 + exp(-input)), elementwise."""
def sigmoid_(input: Tensor) -> Tensor:
    """`sigmoid` in place."""
def sign(input: Tensor, *, out: _Any = None) -> Tensor:
    """-1, 0 or 1, elementwise; 0 for nan."""
def sign_(input: Tensor) -> Tensor:
    """`sign` in place."""
def signbit(input: Tensor, *, out: _Any = None) -> Tensor:
    """Whether the sign bit is set (-0.0 has it), elementwise."""
def sin(input: Tensor, *, out: _Any = None) -> Tensor:
    """The sine of radians."""
def sin_(input: Tensor) -> Tensor:
    """`sin` in place."""
def sinc(input: Tensor, *, out: _Any = None) -> Tensor:
    """sin(pi x) / (pi x), 1 at 0."""
def sinc_(input: Tensor) -> Tensor:
    """`sinc` in place."""
def sinh(input: Tensor, *, out: _Any = None) -> Tensor:
    """The hyperbolic sine."""
def sinh_(input: Tensor) -> Tensor:
    """`sinh` in place."""
def slice_copy(input: Tensor, dim: _int = 0, start: _int | None = None, end: _int | None = None, step: _int = 1, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """input[start:end:step] on dimension `dim`, copied."""
def slice_inverse(input: Tensor, src: Tensor, dim: _int = 0, start: _Any = None, end: _Any = None, step: _int = 1) -> Tensor:
    """The tensor that `input` is a slice of: `input`'s memory in the size and strides of `src`."""
def slice_scatter(input: Tensor, src: Tensor, dim: _int = 0, start: _int | None = None, end: _int | None = None, step: _int = 1, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """A copy with input[start:end:step] of a dimension replaced."""
def slogdet(input: Tensor) -> _return_types.slogdet:
    """`torch.linalg.slogdet`."""
def smm(input: _Any, mat: _Any) -> _Any:
    """The product of a sparse and a dense matrix as a sparse matrix that has every column of each row …"""
def softmax(input: Tensor, dim: _int = ..., dtype: _dtype | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """exp(x) / sum(exp(x)) along `dim`."""
def solve(*args: _Any, **kwargs: _Any) -> _Any:
    """Removed from PyTorch: raises RuntimeError that names torch.linalg.solve(A, B), its arguments …"""
def sort(input: Tensor, dim: _int = -1, descending: _bool = False, *, stable: _bool | None = False, out: _Any = None, axis: _Any = ...) -> _return_types.sort:
    """(values, indices) in ascending or descending order along a dimension."""
sparse_bsc: _layout
sparse_bsr: _layout
sparse_coo: _layout
def sparse_coo_tensor(*args: _Any, indices: _Any = None, values: _Any = None, size: _Any = None, dtype: _Any = None, device: _Any = None, pin_memory: _bool = False, requires_grad: _bool = False, check_invariants: _bool | None = None, is_coalesced: _bool | None = None) -> _Any:
    """A sparse tensor with `values` at the coordinates `indices`: `(indices, values)`, `(indices, …"""
sparse_csc: _layout
sparse_csr: _layout
def split(tensor: Tensor, split_size_or_sections: _Any, dim: _int = 0) -> _tuple[Tensor, ...]:
    """Parts of one length (the last may be shorter), or of the lengths of a list; views."""
def split_copy(input: Tensor, split_size: _int, dim: _int = 0, *, out: _Any = None, axis: _Any = ...) -> _tuple[Tensor, ...]:
    """`split`, copied. Arguments: split_size, dim."""
def split_with_sizes(input: Tensor, split_sizes: _Sequence[_int], dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
    """Parts of the given lengths; views."""
def split_with_sizes_copy(input: Tensor, split_sizes: _Sequence[_int], dim: _int = 0, *, out: _Any = None, axis: _Any = ...) -> _tuple[Tensor, ...]:
    """`split_with_sizes`, copied. Arguments: split_sizes, dim."""
def spmm(input: _Any, mat2: _Any) -> _Any:
    """`mm` under the name that sparse code used."""
def sqrt(input: Tensor, *, out: _Any = None) -> Tensor:
    """The square root, elementwise; nan below 0."""
def sqrt_(input: Tensor) -> Tensor:
    """`sqrt` in place."""
def square(input: Tensor, *, out: _Any = None) -> Tensor:
    """input ** 2, elementwise."""
def square_(input: Tensor) -> Tensor:
    """`square` in place."""
def squeeze(input: Tensor, dim: _int | _Sequence[_int] = ..., *, axis: _Any = ...) -> Tensor:
    """Drop dimensions of length 1: all of them, or those of `dim` that have length 1. A view."""
def squeeze_copy(input: Tensor, dim: _int | _Sequence[_int] = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """`squeeze`, copied."""
def sspaddmm(input: _Any, mat1: _Any, mat2: _Any, *, beta: _Any = 1, alpha: _Any = 1) -> _Any:
    """beta * input + alpha * mat1 @ mat2 for sparse `input` and `mat1`: a sparse matrix, not …"""
def stack(tensors: _Sequence[Tensor], dim: _int = 0, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """Tensors of one shape joined along a new dimension."""
def std(input: Tensor, dim: _Any = None, unbiased: _bool = ..., keepdim: _bool = False, *, correction: _Number | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The standard deviation, of all elements or over `dim`: the square root of `torch.var`."""
def std_mean(input: Tensor, dim: _Any = None, unbiased: _bool = ..., keepdim: _bool = False, *, correction: _Number | None = None, axis: _Any = ..., keepdims: _bool = ...) -> _tuple[Tensor, Tensor]:
    """(standard deviation, mean)."""
def stft(input: Tensor, n_fft: _int, hop_length: _int | None = None, win_length: _int | None = None, window: Tensor | None = None, center: _bool = True, pad_mode: _str = 'reflect', normalized: _bool = False, onesided: _bool | None = None, return_complex: _bool | None = None, align_to_window: _Any = None) -> Tensor:
    """Fourier transforms of overlapping windows of a signal. Shape: (*, length) -> (*, frequencies, …"""
strided: _layout
def sub(input: Tensor | _Number, other: Tensor | _Number, *, alpha: _Number = 1, out: _Any = None) -> Tensor:
    """input - alpha * other, elementwise."""
def sub_(input: Tensor | _Number, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """`sub` in place."""
def subtract(input: Tensor | _Number, other: Tensor | _Number, *, alpha: _Number = 1, out: _Any = None) -> Tensor:
    """input - alpha * other, elementwise."""
def subtract_(input: Tensor | _Number, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """`sub` in place."""
def sum(input: Tensor, dim: _Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The sum of all elements, or over dimensions `dim`. Integers and booleans sum to int64."""
def summary(model: _Any, input_size: _Any = None, input_data: _Any = None, batch_dim: _int | None = None, depth: _int = 3, device: _Any = None, dtypes: _Any = None, mode: _str = 'eval', verbose: _int = 1, **kwargs: _Any) -> _Any:
    """Show a model's layers: output shapes, parameters, multiply-adds, memory. Runs it once, without …"""
def svd(input: Tensor, some: _bool = True, compute_uv: _bool = True, *, out: _Any = None) -> _return_types.svd:
    """(U, S, V) with A = U diag(S) V^H; `torch.linalg.svd` is its successor."""
def svd_lowrank(A: Tensor, q: _int | None = 6, niter: _int | None = 2, M: Tensor | None = None) -> _tuple[Tensor, Tensor, Tensor]:
    """(U, S, V) with A - M close to U diag(S) V^H, of rank `q`. Shape: (*, m, n) -> (*, m, q), (*, …"""
def swapaxes(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """Swap two dimensions; a view."""
def swapdims(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """Swap two dimensions; a view."""
def sym_float(a: _Any) -> _Any:
    """float(a)."""
def sym_int(a: _Any) -> _Any:
    """int(a)."""
def sym_ite(b: _bool, t: _Any, f: _Any) -> _Any:
    """t if b else f, which must be of one type."""
def sym_max(a: _Any, b: _Any) -> _Any:
    """max(a, b), a float if one of them is."""
def sym_min(a: _Any, b: _Any) -> _Any:
    """min(a, b), a float if one of them is."""
def sym_not(a: _Any) -> _Any:
    """not a."""
def sym_sqrt(a: _Any) -> _float:
    """The square root."""
def sym_sum(args: _Any) -> _Any:
    """The sum of a list of numbers."""
def symeig(*args: _Any, **kwargs: _Any) -> _Any:
    """Removed from PyTorch: raises RuntimeError that names torch.linalg.eigh, which reads the lower …"""
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; vectors and scalars as they are. A view."""
def t_copy(input: Tensor, *, out: _Any = None) -> Tensor:
    """`t`, copied."""
def take(input: Tensor, index: Tensor, *, out: _Any = None) -> Tensor:
    """Elements of the flattened tensor. Shape: that of `index`."""
def take_along_dim(input: Tensor, indices: Tensor, dim: _int | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """`gather` with broadcasting of the other dimensions; without `dim`, from the flattened tensor."""
def tan(input: Tensor, *, out: _Any = None) -> Tensor:
    """The tangent of radians."""
def tan_(input: Tensor) -> Tensor:
    """`tan` in place."""
def tanh(input: Tensor, *, out: _Any = None) -> Tensor:
    """The hyperbolic tangent, between -1 and 1."""
def tanh_(input: Tensor) -> Tensor:
    """`tanh` in place."""
def tensor(data: _Any, *, dtype: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """A new tensor holding a copy of `data`: numbers, nested sequences, arrays or tensors."""
def tensor_split(input: Tensor, indices_or_sections: _Any = None, dim: _int = 0, *, sections: _Any = None, indices: _Any = None, tensor_indices_or_sections: _Any = None) -> _tuple[Tensor, ...]:
    """`sections` parts whose lengths differ by at most one, or parts that end at the given indices; …"""
def tensordot(a: Tensor, b: Tensor, dims: _Any = 2, *, out: _Any = None) -> Tensor:
    """The sum of products over `dims`: the last and first `dims` dimensions, or two lists of …"""
def threshold(input: Tensor, threshold: _Number, value: _Number) -> Tensor:
    """The input where it is above the threshold, `value` elsewhere."""
def threshold_(input: Tensor, threshold: _Number, value: _Number) -> Tensor:
    """`threshold` in place."""
def tile(input: Tensor, *dims: _Any) -> Tensor:
    """`repeat`, missing leading repetitions being 1."""
def to_dlpack(tensor: Tensor) -> _Any:
    """A DLPack capsule on the tensor's memory."""
def topk(input: Tensor, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True, *, out: _Any = None, axis: _Any = ...) -> _return_types.topk:
    """(values, indices) of the k largest (or smallest) along a dimension, always in order."""
torch_version: _str
def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal. Shape: (n, m) -> ()."""
def transpose(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """Swap two dimensions; a view."""
def transpose_copy(input: Tensor, dim0: _int, dim1: _int, *, out: _Any = None) -> Tensor:
    """`transpose`, copied. Arguments: dim0, dim1."""
def trapezoid(y: Tensor, x: _Number | Tensor = ..., dx: _Number = ..., *, dim: _int = -1, axis: _Any = ...) -> Tensor:
    """Integrals of samples by the trapezoid rule."""
def trapz(y: Tensor, x: _Number | Tensor = ..., *, dx: _float = ..., dim: _int = -1, axis: _Any = ...) -> Tensor:
    """Integrals of samples by the trapezoid rule."""
def triangular_solve(input: Tensor, A: Tensor, upper: _bool = True, transpose: _bool = False, unitriangular: _bool = False, *, out: _Any = None) -> _return_types.triangular_solve:
    """(X, a copy of A) with A X = input for triangular A; `torch.linalg.solve_triangular` is its …"""
def tril(input: Tensor, diagonal: _int = 0, *, out: _Any = None) -> Tensor:
    """The lower triangle of matrices; what lies beyond a diagonal becomes 0."""
def tril_(input: Tensor, diagonal: _int = 0) -> Tensor:
    """`tril` in place."""
def tril_indices(row: _int, col: _int, offset: _int = 0, *, dtype: _dtype | None = None, layout: _Any = None, device: _Any = None, pin_memory: _bool | None = False, requires_grad: _bool | None = False) -> Tensor:
    """Rows and columns of the lower triangle. Shape: (2, count)."""
def triplet_margin_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: _float = 1.0, p: _float = 2.0, eps: _float = 1e-06, swap: _bool = False, reduction: _int = 0) -> Tensor:
    """`torch.nn.functional.triplet_margin_loss`; reduction 0 none, 1 mean, 2 sum."""
def triu(input: Tensor, diagonal: _int = 0, *, out: _Any = None) -> Tensor:
    """The upper triangle of matrices; what lies beyond a diagonal becomes 0."""
def triu_(input: Tensor, diagonal: _int = 0) -> Tensor:
    """`triu` in place."""
def triu_indices(row: _int, col: _int, offset: _int = 0, *, dtype: _dtype | None = None, layout: _Any = None, device: _Any = None, pin_memory: _bool | None = False, requires_grad: _bool | None = False) -> Tensor:
    """Rows and columns of the upper triangle. Shape: (2, count)."""
def true_divide(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input / other, elementwise; integers give the default float dtype."""
def true_divide_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`true_divide` in place."""
def trunc(input: Tensor, *, out: _Any = None) -> Tensor:
    """The whole part, toward zero."""
def trunc_(input: Tensor) -> Tensor:
    """`trunc` in place."""
def typename(obj: _Any, /) -> _str:
    """The type's name: `torch.FloatTensor` for tensors, module and class name otherwise."""
uint16: _dtype
uint32: _dtype
uint64: _dtype
uint8: _dtype
def unbind(input: Tensor, dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
    """The slices along a dimension, which disappears; views that share one node."""
def unbind_copy(input: Tensor, dim: _int = 0, *, out: _Any = None, axis: _Any = ...) -> _tuple[Tensor, ...]:
    """`unbind`, copied. Arguments: dim."""
def unflatten(input: Tensor, dim: _int, sizes: _Sequence[_int]) -> Tensor:
    """Split a dimension into several; one of the sizes may be -1."""
def unfold_copy(input: Tensor, dimension: _int, size: _int, step: _int, *, out: _Any = None) -> Tensor:
    """`unfold`, copied. Arguments: dimension, size, step."""
def unique(input: Tensor, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _Any = None) -> _Any:
    """The distinct values (or slices along `dim`), sorted; with their inverse and counts on request."""
def unique_consecutive(input: Tensor, return_inverse: _bool = False, return_counts: _bool = False, dim: _Any = None) -> _Any:
    """The first of each run of equal values (or slices along `dim`)."""
def unravel_index(indices: Tensor, shape: _Any) -> _tuple[Tensor, ...]:
    """The coordinates, one tensor for each dimension, of flat indices into an array of `shape` (in …"""
def unsafe_chunk(input: Tensor, chunks: _int, dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
    """`chunk` into parts that share memory and are no views for autograd."""
def unsafe_split(input: Tensor, split_size: _int, dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
    """`split` into parts that share memory and are no views for autograd."""
def unsafe_split_with_sizes(input: Tensor, split_sizes: _Sequence[_int], dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
    """`split_with_sizes` into parts that share memory and are no views for autograd."""
def unsqueeze(input: Tensor, dim: _int = ..., *, axis: _Any = ...) -> Tensor:
    """Insert a dimension of length 1 at `dim`; a view."""
def unsqueeze_copy(input: Tensor, dim: _int = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
    """`unsqueeze`, copied. Arguments: dim."""
def use_deterministic_algorithms(mode: _bool, *, warn_only: _bool = False) -> None:
    """Remembered; every penlight kernel is deterministic."""
def values_copy(input: Tensor) -> Tensor:
    """`Tensor.values` in memory of its own."""
def vander(x: Tensor, N: _int | None = None, increasing: _bool = False) -> Tensor:
    """Powers of each element in columns, the highest first unless `increasing`."""
def var(input: Tensor, dim: _Any = None, unbiased: _bool = ..., keepdim: _bool = False, *, correction: _Number | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """The variance, of all elements or over `dim`: the sum of squared differences from the mean over …"""
def var_mean(input: Tensor, dim: _Any = None, unbiased: _bool = ..., keepdim: _bool = False, *, correction: _Number | None = None, axis: _Any = ..., keepdims: _bool = ...) -> _tuple[Tensor, Tensor]:
    """(variance, mean)."""
def vdot(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The sum of products of two vectors, the first one conjugated. Shape: (n), (n) -> ()."""
def view_as_complex(input: Tensor) -> Tensor:
    """Pairs of floats as complex numbers, on the same memory. Shape: (*, 2) -> (*)."""
def view_as_complex_copy(input: Tensor, *, out: _Any = None) -> Tensor:
    """`view_as_complex`, copied."""
def view_as_real(input: Tensor) -> Tensor:
    """Real and imaginary part side by side, on the same memory. Shape: (*) complex -> (*, 2) real."""
def view_as_real_copy(input: Tensor, *, out: _Any = None) -> Tensor:
    """`view_as_real`, copied."""
def view_copy(input: Tensor, size: _Any, *, out: _Any = None) -> Tensor:
    """`view`, copied; with a dtype, the same bytes read as that dtype."""
def vmap(func: _Callable, in_dims: _Any = 0, out_dims: _Any = 0, randomness: _str = 'error', *, chunk_size: _int | None = None) -> _Callable:
    """`func` over a dimension of its inputs: `vmap(f)(x)[i]` is `f(x[i])`, computed for all samples …"""
def vsplit(input: Tensor, indices_or_sections: _Any = None, *, sections: _Any = None, indices: _Any = None) -> _tuple[Tensor, ...]:
    """`tensor_split` along dimension 0."""
def vstack(tensors: _Sequence[Tensor], *, out: _Any = None) -> Tensor:
    """Joined along dimension 0, vectors as rows."""
def wait(future: _Any) -> _Any:
    """The result of `fork`."""
@_overload
def where(condition: Tensor) -> _tuple[Tensor, ...]:
    """input where condition, else other; with the condition alone, the indices where it holds, one …"""
@_overload
def where(condition: Tensor, input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor: ...
def while_loop(cond_fn: _Callable, body_fn: _Callable, carried_inputs: _tuple | _list) -> _Any:
    """While `cond_fn(*carried)` holds, `carried = body_fn(*carried)`; returns what is carried at the …"""
def xlogy(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input * log(other), elementwise; 0 where input is 0, unless other is nan."""
def xlogy_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`xlogy` in place."""
def zero_(self: Tensor) -> Tensor:
    """Store zeros everywhere."""
def zeros(*size: _Any, out: _Any = None, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, pin_memory: _bool = False, memory_format: _Any = None, **names: _Any) -> Tensor:
    """A tensor of zeros. `zeros(2, 3)` and `zeros((2, 3))` are the same."""
def zeros_like(input: Tensor, *, dtype: _Any = None, layout: _Any = None, device: _Any = None, requires_grad: _bool = False, memory_format: _Any = None, pin_memory: _bool = False) -> Tensor:
    """Zeros in the shape, dtype and layout of `input`."""
class BFloat16Tensor(Tensor): ...
class BoolTensor(Tensor): ...
class ByteTensor(Tensor): ...
class CharTensor(Tensor): ...
class DoubleTensor(Tensor): ...
class FloatTensor(Tensor): ...
class HalfTensor(Tensor): ...
class IntTensor(Tensor): ...
class LongTensor(Tensor): ...
class ShortTensor(Tensor): ...
__version__: _str
