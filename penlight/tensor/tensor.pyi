# Written by `penlight stubs --write`; not to be edited.
from builtins import bool as _bool, bytes as _bytes, complex as _complex, dict as _dict, float as _float, int as _int, list as _list, object as _object, set as _set, slice as _slice, str as _str, tuple as _tuple, type as _type
from collections.abc import Callable as _Callable, Iterator as _Iterator, Sequence as _Sequence
from typing import Any as _Any, overload as _overload

import numpy as _np

_Number = _float | _complex

from penlight import return_types as _return_types
from penlight.tensor.generator import Generator as _Generator
from penlight.base.size import Size as _Size
from penlight.base.device import device as _device
from penlight.base.dtypes import dtype as _dtype
from penlight.base.formats import layout as _layout
from penlight.base.formats import memory_format as _memory_format

class TensorMeta(_type): ...

class Tensor(metaclass=TensorMeta):
    """An n-dimensional array that records what is done with it."""
    _a: _np.ndarray
    _node: _Any
    _v: _Any
    _view: _Any
    def __hash__(self) -> _int: ...
    @property
    def H(self) -> Tensor:
        """The conjugate transpose of a matrix."""
    @property
    def T(self) -> Tensor:
        """All dimensions in reverse order."""
    def __array__(self, dtype: _Any = None, copy: _bool | None = None) -> _np.ndarray: ...
    def __array_wrap__(self, array: _np.ndarray, context: _Any = None, return_scalar: _bool = False) -> _Any: ...
    def __bool__(self) -> _bool: ...
    def __complex__(self) -> _complex: ...
    def __contains__(self, element: _Any) -> _bool: ...
    def __copy__(self) -> Tensor: ...
    def __deepcopy__(self, memo: _dict) -> Tensor: ...
    def __delitem__(self, index: _Any) -> None: ...
    def __dir__(self) -> _list: ...
    def __dlpack__(self, *, stream: _Any = None, max_version: _Any = None, dl_device: _Any = None, copy: _bool | None = None) -> _Any: ...
    def __dlpack_device__(self) -> _tuple: ...
    def __float__(self) -> _float: ...
    def __format__(self, spec: _str) -> _str: ...
    def __getitem__(self, index: _Any) -> Tensor:
        """The elements at an index: a view for integers, slices, None and Ellipsis, a copy for tensors, …"""
    def __index__(self) -> _int: ...
    def __init__(self, *args: _Any, **kwargs: _Any) -> None: ...
    @classmethod
    def __init_subclass__(cls, **kwargs: _Any) -> None: ...
    def __int__(self) -> _int: ...
    def __iter__(self) -> _Iterator[Tensor]: ...
    def __len__(self) -> _int: ...
    def __long__(self) -> _Any: ...
    @staticmethod
    def __new__(cls: _Any, *args: _Any, device: _Any = None, **kwargs: _Any) -> Tensor: ...
    def __nonzero__(self) -> _Any: ...
    def __reduce_ex__(self, protocol: _Any) -> _Any: ...
    def __repr__(self, *, tensor_contents: _str | None = None) -> _str: ...
    def __reversed__(self) -> Tensor:
        """The tensor flipped in its first dimension."""
    def __setitem__(self, index: _Any, value: _Any) -> None:
        """Store a number or a tensor at an index, in place; it is broadcast and cast to this tensor's …"""
    def __setstate__(self, state: _Any) -> None: ...
    def abs(self, *, out: _Any = None) -> Tensor:
        """The absolute value, elementwise; of complex tensors the modulus, a real tensor."""
    def abs_(self) -> Tensor:
        """`abs`, stored into this tensor."""
    def absolute(self, *, out: _Any = None) -> Tensor:
        """The absolute value, elementwise; of complex tensors the modulus, a real tensor."""
    def absolute_(self) -> Tensor:
        """`abs`, stored into this tensor."""
    def acos(self, *, out: _Any = None) -> Tensor:
        """The inverse cosine, in radians; nan outside [-1, 1]."""
    def acos_(self) -> Tensor:
        """`acos` in place."""
    def acosh(self, *, out: _Any = None) -> Tensor:
        """The inverse hyperbolic cosine; nan below 1."""
    def acosh_(self) -> Tensor:
        """`acosh` in place."""
    def add(self, other: Tensor | _Number, *, alpha: _Number = 1, out: _Any = None) -> Tensor:
        """input + alpha * other, elementwise, with broadcasting."""
    def add_(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """`add` in place."""
    def addbmm(self, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1, out: _Any = None) -> Tensor:
        """beta * input + alpha * the sum over the batch of batch1 @ batch2. Shape: (n, p), (b, n, m), (b, …"""
    def addbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`addbmm`, stored into this tensor, which takes the result's shape."""
    def addcdiv(self, tensor1: _Any, tensor2: _Any, _third: _Any = None, *, value: _Number = 1, out: _Any = None) -> Tensor:
        """input + value * tensor1 / tensor2, elementwise. The old order (input, value, tensor1, tensor2) …"""
    def addcdiv_(self, tensor1: _Any, tensor2: _Any, _third: _Any = None, *, value: _Number = 1) -> Tensor:
        """`addcdiv` in place."""
    def addcmul(self, tensor1: _Any, tensor2: _Any, _third: _Any = None, *, value: _Number = 1, out: _Any = None) -> Tensor:
        """input + value * tensor1 * tensor2, elementwise. The old order (input, value, tensor1, tensor2) …"""
    def addcmul_(self, tensor1: _Any, tensor2: _Any, _third: _Any = None, *, value: _Number = 1) -> Tensor:
        """`addcmul` in place."""
    def addmm(self, mat1: Tensor, mat2: Tensor, *, beta: _Number = 1, alpha: _Number = 1, out: _Any = None) -> Tensor:
        """beta * input + alpha * (mat1 @ mat2)."""
    def addmm_(self, mat1: Tensor, mat2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`addmm` in place."""
    def addmv(self, mat: Tensor, vec: Tensor, *, beta: _Number = 1, alpha: _Number = 1, out: _Any = None) -> Tensor:
        """beta * input + alpha * (mat @ vec)."""
    def addmv_(self, mat: Tensor, vec: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`addmv` in place."""
    def addr(self, vec1: Tensor, vec2: Tensor, *, beta: _Number = 1, alpha: _Number = 1, out: _Any = None) -> Tensor:
        """beta * input + alpha * outer(vec1, vec2)."""
    def addr_(self, vec1: Tensor, vec2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`addr` in place."""
    def adjoint(self) -> Tensor:
        """The conjugate transpose of the last two dimensions."""
    def all(self, dim: _Any = None, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """Whether every element is nonzero, over all elements or over dimensions `dim`."""
    def allclose(self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
        """Whether `isclose` holds for all elements; a bool."""
    def amax(self, dim: _int | _Sequence[_int] | None = (), keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The maxima over one or more dimensions; equal ones share the gradient."""
    def amin(self, dim: _int | _Sequence[_int] | None = (), keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The minima over one or more dimensions; equal ones share the gradient."""
    def aminmax(self, *, dim: _int | None = None, keepdim: _bool = False, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> _return_types.aminmax:
        """(min, max) of all elements or along a dimension; equal ones share the gradient."""
    def angle(self, *, out: _Any = None) -> Tensor:
        """The argument of a complex number, in (-pi, pi]; of real ones 0 or, if negative, pi."""
    def any(self, dim: _Any = None, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """Whether some element is nonzero, over all elements or over dimensions `dim`."""
    def apply_(self, callable: _Any) -> Tensor:
        """Replace each element by callable(element), in Python: slow."""
    def arccos(self, *, out: _Any = None) -> Tensor:
        """The inverse cosine, in radians; nan outside [-1, 1]."""
    def arccos_(self) -> Tensor:
        """`acos` in place."""
    def arccosh(self, *, out: _Any = None) -> Tensor:
        """The inverse hyperbolic cosine; nan below 1."""
    def arccosh_(self) -> Tensor:
        """`acosh` in place."""
    def arcsin(self, *, out: _Any = None) -> Tensor:
        """The inverse sine, in radians; nan outside [-1, 1]."""
    def arcsin_(self) -> Tensor:
        """`asin` in place."""
    def arcsinh(self, *, out: _Any = None) -> Tensor:
        """The inverse hyperbolic sine."""
    def arcsinh_(self) -> Tensor:
        """`asinh` in place."""
    def arctan(self, *, out: _Any = None) -> Tensor:
        """The inverse tangent, in radians."""
    def arctan2(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The angle of the point (other, input), in (-pi, pi]."""
    def arctan2_(self, other: Tensor) -> Tensor:
        """`atan2` in place."""
    def arctan_(self) -> Tensor:
        """`atan` in place."""
    def arctanh(self, *, out: _Any = None) -> Tensor:
        """The inverse hyperbolic tangent; infinite at -1 and 1."""
    def arctanh_(self) -> Tensor:
        """`atanh` in place."""
    def argmax(self, dim: _int | None = None, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """Where the maximum stands: in the flattened tensor, or along `dim`; the first of equal ones."""
    def argmin(self, dim: _int | None = None, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """Where the minimum stands: in the flattened tensor, or along `dim`; the first of equal ones."""
    def argsort(self, dim: _int = -1, descending: _bool = False, stable: _bool = False, *, axis: _Any = ...) -> Tensor:
        """The indices that sort along a dimension."""
    def argwhere(self) -> Tensor:
        """The indices of the elements that are not zero, one row each."""
    def as_strided(self, size: _Sequence[_int], stride: _Sequence[_int], storage_offset: _int | None = None) -> Tensor:
        """A view of the storage with any shape, strides and offset (in elements)."""
    def as_strided_(self, *args: _Any, **kwargs: _Any) -> Tensor:
        """`as_strided` in place: the same memory under another shape or order of dimensions."""
    def as_strided_scatter(self, src: Tensor, size: _Sequence[_int], stride: _Sequence[_int], storage_offset: _int | None = None) -> Tensor:
        """A copy with the elements that `as_strided` would show replaced."""
    def as_subclass(self, cls: _type) -> _Any:
        """The same data, at the same place in the graph, as an instance of `cls`."""
    def asin(self, *, out: _Any = None) -> Tensor:
        """The inverse sine, in radians; nan outside [-1, 1]."""
    def asin_(self) -> Tensor:
        """`asin` in place."""
    def asinh(self, *, out: _Any = None) -> Tensor:
        """The inverse hyperbolic sine."""
    def asinh_(self) -> Tensor:
        """`asinh` in place."""
    def atan(self, *, out: _Any = None) -> Tensor:
        """The inverse tangent, in radians."""
    def atan2(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The angle of the point (other, input), in (-pi, pi]."""
    def atan2_(self, other: Tensor) -> Tensor:
        """`atan2` in place."""
    def atan_(self) -> Tensor:
        """`atan` in place."""
    def atanh(self, *, out: _Any = None) -> Tensor:
        """The inverse hyperbolic tangent; infinite at -1 and 1."""
    def atanh_(self) -> Tensor:
        """`atanh` in place."""
    def backward(self, gradient: _Any = None, retain_graph: _bool | None = None, create_graph: _bool = False, inputs: _Any = None) -> None:
        """Accumulate the gradients of this tensor into the leaves' `.grad`."""
    def baddbmm(self, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1, out: _Any = None) -> Tensor:
        """beta * input + alpha * (batch1 @ batch2), for batches of matrices."""
    def baddbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`baddbmm` in place."""
    def bernoulli(input, p: _float = ..., *, generator: _Any = None, out: _Any = None) -> Tensor:
        """1 with probability `input` (or `p`), else 0, per element."""
    def bernoulli_(self, p: _Any = 0.5, *, generator: _Any = None) -> Tensor:
        """Fill with 1 with probability `p` (a number or a tensor), else 0."""
    def bfloat16(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.bfloat16."""
    def bincount(self, weights: Tensor | None = None, minlength: _int = 0) -> Tensor:
        """How often each non-negative integer occurs, or the sums of their weights (in double unless …"""
    def bitwise_and(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input & other, elementwise; the logical and for bools."""
    def bitwise_and_(self, other: Tensor | _Number) -> Tensor:
        """`bitwise_and` in place."""
    def bitwise_left_shift(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input << other, elementwise; 0 where the shift is negative or has no bits to keep."""
    def bitwise_left_shift_(self, other: Tensor | _Number) -> Tensor:
        """`bitwise_left_shift` in place."""
    def bitwise_not(self, *, out: _Any = None) -> Tensor:
        """~input, elementwise; the logical not for bools."""
    def bitwise_not_(self) -> Tensor:
        """`bitwise_not` in place."""
    def bitwise_or(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input | other, elementwise; the logical or for bools."""
    def bitwise_or_(self, other: Tensor | _Number) -> Tensor:
        """`bitwise_or` in place."""
    def bitwise_right_shift(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input >> other, elementwise, the sign kept; 0 or -1 where the shift is negative or too large."""
    def bitwise_right_shift_(self, other: Tensor | _Number) -> Tensor:
        """`bitwise_right_shift` in place."""
    def bitwise_xor(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input ^ other, elementwise; the exclusive or for bools."""
    def bitwise_xor_(self, other: Tensor | _Number) -> Tensor:
        """`bitwise_xor` in place."""
    def bmm(self, mat2: Tensor, *, out: _Any = None) -> Tensor:
        """Products of two batches of matrices. Shape: (b, n, m), (b, m, p) -> (b, n, p)."""
    def bool(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.bool."""
    def broadcast_to(self, *size: _Any) -> Tensor:
        """`input` expanded to a shape; a view."""
    def byte(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.uint8."""
    def cauchy_(self, median: _float = 0.0, sigma: _float = 1.0, *, generator: _Any = None) -> Tensor:
        """Fill with Cauchy numbers."""
    def ccol_indices(self) -> _Any:
        """Raises RuntimeError: penlight has no compressed sparse tensors."""
    def cdouble(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.complex128."""
    def ceil(self, *, out: _Any = None) -> Tensor:
        """The smallest whole number not below the input."""
    def ceil_(self) -> Tensor:
        """`ceil` in place."""
    def cfloat(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.complex64."""
    def chalf(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.complex32."""
    def char(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.int8."""
    def cholesky(self, upper: _bool = False, *, out: _Any = None) -> Tensor:
        """`torch.linalg.cholesky`."""
    def cholesky_inverse(self, upper: _bool = False, *, out: _Any = None) -> Tensor:
        """(L L^H)^-1 of a triangle L."""
    def cholesky_solve(self, input2: Tensor, upper: _bool = False, *, out: _Any = None) -> Tensor:
        """X with L L^H X = B (or U^H U X = B)."""
    def chunk(self, chunks: _int, dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
        """At most `chunks` parts of one length (the last may be shorter); views."""
    def clamp(self, min: _Any = None, max: _Any = None, *, out: _Any = None) -> Tensor:
        """min(max(input, min), max), elementwise, with numbers or tensors; one of both may be missing. …"""
    def clamp_(self, min: _Any = None, max: _Any = None) -> Tensor:
        """`clamp` in place."""
    def clamp_max(self, max: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """min(input, max), elementwise."""
    def clamp_max_(self, max: Tensor | _Number) -> Tensor:
        """`clamp_max` in place."""
    def clamp_min(self, min: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """max(input, min), elementwise."""
    def clamp_min_(self, min: Tensor | _Number) -> Tensor:
        """`clamp_min` in place."""
    def clip(self, min: _Any = None, max: _Any = None, *, out: _Any = None) -> Tensor:
        """min(max(input, min), max), elementwise, with numbers or tensors; one of both may be missing. …"""
    def clip_(self, min: _Any = None, max: _Any = None) -> Tensor:
        """`clamp` in place."""
    def clone(self, *, memory_format: _Any = None) -> Tensor:
        """A copy with its own memory, in the graph."""
    def coalesce(self) -> _Any:
        """The same with sorted coordinates, each once."""
    def col_indices(self) -> _Any:
        """Raises RuntimeError: penlight has no compressed sparse tensors."""
    def conj(self) -> Tensor:
        """The complex conjugate, a view: changes of either are seen in the other. Real tensors as they …"""
    def conj_physical(self, *, out: _Any = None) -> Tensor:
        """The complex conjugate, stored; real tensors as they are."""
    def conj_physical_(self) -> Tensor:
        """`conj_physical` in place."""
    def const_data_ptr(self) -> _int:
        """The address of the first element."""
    def contiguous(self, *, memory_format: _Any = None) -> Tensor:
        """Itself where elements lie in row-major order (or that of `memory_format`), else a copy that …"""
    def copy_(self, src: _Any, non_blocking: _bool = False) -> Tensor:
        """Copy `src`, broadcast and cast, into this tensor."""
    def copysign(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """The magnitude of input with the sign of other, elementwise."""
    def copysign_(self, other: Tensor | _Number) -> Tensor:
        """`copysign` in place."""
    def corrcoef(self) -> Tensor:
        """Pearson's correlation coefficients of variables in rows, within [-1, 1]."""
    def cos(self, *, out: _Any = None) -> Tensor:
        """The cosine of radians."""
    def cos_(self) -> Tensor:
        """`cos` in place."""
    def cosh(self, *, out: _Any = None) -> Tensor:
        """The hyperbolic cosine."""
    def cosh_(self) -> Tensor:
        """`cosh` in place."""
    def count_nonzero(self, dim: _int | _Sequence[_int] | None = None, *, axis: _Any = ...) -> Tensor:
        """The number of nonzero elements, as int64."""
    def cov(self, *, correction: _int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None) -> Tensor:
        """The covariance matrix of variables in rows, observations in columns. Shape: (n, m) -> (n, n), …"""
    def cpu(self, memory_format: _Any = None) -> Tensor:
        """Itself: penlight's tensors live on the CPU."""
    def cross(self, other: Tensor, dim: _int | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """The cross product along `dim`, or along the first dimension of length 3."""
    def crow_indices(self) -> _Any:
        """Raises RuntimeError: penlight has no compressed sparse tensors."""
    def cuda(self, device: _Any = None, non_blocking: _bool = False, memory_format: _Any = None) -> Tensor:
        """Raises as PyTorch does where no GPU is."""
    def cummax(self, dim: _int = ..., *, out: _Any = None, axis: _Any = ...) -> _return_types.cummax:
        """The running maximum along a dimension and where it stands (the latest of equal ones)."""
    def cummin(self, dim: _int = ..., *, out: _Any = None, axis: _Any = ...) -> _return_types.cummin:
        """The running minimum along a dimension and where it stands (the latest of equal ones)."""
    def cumprod(self, dim: _int = ..., *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ...) -> Tensor:
        """Running products along a dimension; integers multiply in int64."""
    def cumprod_(self, dim: _int = ..., *, dtype: _dtype | None = None, axis: _Any = ...) -> Tensor:
        """`cumprod` in place."""
    def cumsum(self, dim: _int = ..., *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ...) -> Tensor:
        """Running sums along a dimension; integers sum in int64."""
    def cumsum_(self, dim: _int = ..., *, dtype: _dtype | None = None, axis: _Any = ...) -> Tensor:
        """`cumsum` in place."""
    @property
    def data(self) -> Tensor:
        """The same memory outside the graph; changes through it are not seen by autograd's checks."""
    @data.setter
    def data(self, value: Tensor) -> None: ...
    def data_ptr(self) -> _int:
        """The address of the first element."""
    def deg2rad(self, *, out: _Any = None) -> Tensor:
        """Degrees to radians, elementwise."""
    def deg2rad_(self) -> Tensor:
        """`deg2rad` in place."""
    def dense_dim(self) -> _int:
        """The number of dimensions that each entry has of its own."""
    def det(self) -> Tensor:
        """`torch.linalg.det`."""
    def detach(self) -> Tensor:
        """The same memory, outside the graph."""
    def detach_(self) -> Tensor:
        """Cut this tensor out of the graph, in place."""
    @property
    def device(self) -> _device: ...
    def diag(self, diagonal: _int = 0, *, out: _Any = None) -> Tensor:
        """The matrix with a vector on its diagonal, or the diagonal of a matrix (a copy)."""
    def diag_embed(self, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
        """Matrices with the last dimension of `input` on a diagonal, zeros elsewhere."""
    def diagflat(self, offset: _int = 0) -> Tensor:
        """The matrix with all elements on a diagonal."""
    def diagonal(self, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """The diagonal of two dimensions, as the last one; a view."""
    def diagonal_scatter(self, src: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """A copy with a diagonal replaced."""
    def diff(self, n: _int = 1, dim: _int = -1, prepend: _Any = None, append: _Any = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """The n-th differences along a dimension."""
    def digamma(self, *, out: _Any = None) -> Tensor:
        """The derivative of log(gamma(input))."""
    def digamma_(self) -> Tensor:
        """`digamma` in place."""
    def dim(self) -> _int:
        """The number of dimensions."""
    def dim_order(self, *, ambiguity_check: _Any = False) -> _tuple[_int, ...]:
        """Dimensions from the outermost to the innermost in memory."""
    def dist(self, other: Tensor, p: _Number = 2) -> Tensor:
        """The p-norm of input - other."""
    def div(self, other: Tensor | _Number, *, rounding_mode: _str | None = None, out: _Any = None) -> Tensor:
        """input / other, elementwise; rounding_mode "trunc" or "floor" rounds the quotient."""
    def div_(self, other: Tensor | _Number, *, rounding_mode: _str | None = None) -> Tensor:
        """`div` in place."""
    def divide(self, other: Tensor | _Number, *, rounding_mode: _str | None = None, out: _Any = None) -> Tensor:
        """input / other, elementwise; rounding_mode "trunc" or "floor" rounds the quotient."""
    def divide_(self, other: Tensor | _Number, *, rounding_mode: _str | None = None) -> Tensor:
        """`div` in place."""
    def dot(self, tensor: Tensor, *, out: _Any = None) -> Tensor:
        """The sum of products of two vectors. Shape: (n), (n) -> ()."""
    def double(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.float64."""
    def dsplit(self, indices_or_sections: _Any = None, *, sections: _Any = None, indices: _Any = None) -> _tuple[Tensor, ...]:
        """`tensor_split` along dimension 2."""
    @property
    def dtype(self) -> _dtype: ...
    def eig(self, *args: _Any, **kwargs: _Any) -> _Any:
        """Raises RuntimeError, as PyTorch's: torch.eig was removed."""
    def element_size(self) -> _int:
        """Bytes per element."""
    def eq(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input == other, elementwise."""
    def eq_(self, other: Tensor | _Number) -> Tensor:
        """`eq` in place."""
    def equal(self, other: Tensor) -> _bool:
        """Whether both tensors have the same shape and the same values; a bool."""
    def erf(self, *, out: _Any = None) -> Tensor:
        """2 / sqrt(pi) * integral of exp(-t^2) from 0 to input."""
    def erf_(self) -> Tensor:
        """`erf` in place."""
    def erfc(self, *, out: _Any = None) -> Tensor:
        """1 - erf(input), accurate where that is tiny."""
    def erfc_(self) -> Tensor:
        """`erfc` in place."""
    def erfinv(self, *, out: _Any = None) -> Tensor:
        """The x with erf(x) = input; infinite at -1 and 1."""
    def erfinv_(self) -> Tensor:
        """`erfinv` in place."""
    def exp(self, *, out: _Any = None) -> Tensor:
        """e ** input, elementwise. Integers give the default float dtype."""
    def exp2(self, *, out: _Any = None) -> Tensor:
        """2 ** input, elementwise."""
    def exp2_(self) -> Tensor:
        """`exp2` in place."""
    def exp_(self) -> Tensor:
        """`exp` in place."""
    def expand(self, *size: _Any) -> Tensor:
        """Repeat length-1 dimensions without copying; -1 keeps a length."""
    def expand_as(self, other: Tensor) -> Tensor:
        """`input` expanded to the shape of `other`."""
    def expm1(self, *, out: _Any = None) -> Tensor:
        """e ** input - 1, elementwise, exact near 0."""
    def expm1_(self) -> Tensor:
        """`expm1` in place."""
    def exponential_(self, lambd: _float = 1.0, *, generator: _Any = None) -> Tensor:
        """Fill with exponential numbers of rate `lambd`."""
    def fill_(self, value: _Any) -> Tensor:
        """Store one number (or 0-dim tensor) everywhere."""
    def fill_diagonal_(self, fill_value: _Any, wrap: _bool = False) -> Tensor:
        """Store a number on the main diagonal; with `wrap`, a tall matrix's diagonal starts again below."""
    def fix(self, *, out: _Any = None) -> Tensor:
        """The whole part, toward zero."""
    def fix_(self) -> Tensor:
        """`trunc` in place."""
    def flatten(self, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
        """Merge the dimensions from `start_dim` to `end_dim`: a view where possible."""
    def flip(self, *dims: _Any) -> Tensor:
        """The order of elements reversed along `dims`; a copy."""
    def fliplr(self) -> Tensor:
        """Columns in reverse order."""
    def flipud(self) -> Tensor:
        """Rows in reverse order."""
    def float(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.float32."""
    def float_power(self, exponent: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input ** exponent in float64 (complex128 where either is complex)."""
    def float_power_(self, exponent: Tensor | _Number) -> Tensor:
        """`float_power`, stored into a tensor that is float64 (complex128) already."""
    def floor(self, *, out: _Any = None) -> Tensor:
        """The largest whole number not above the input."""
    def floor_(self) -> Tensor:
        """`floor` in place."""
    def floor_divide(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """The quotient rounded down, elementwise; no gradient (that of `div(rounding_mode="floor")` is …"""
    def floor_divide_(self, other: Tensor | _Number) -> Tensor:
        """`floor_divide` in place."""
    def fmax(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The larger one, elementwise; a number wins over nan."""
    def fmin(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The smaller one, elementwise; a number wins over nan."""
    def fmod(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """C's remainder, elementwise: the result has the dividend's sign."""
    def fmod_(self, other: Tensor | _Number) -> Tensor:
        """`fmod` in place."""
    def frac(self, *, out: _Any = None) -> Tensor:
        """What `trunc` leaves: input - trunc(input), with the input's sign."""
    def frac_(self) -> Tensor:
        """`frac` in place."""
    def frexp(self, *, out: _Any = None) -> _return_types.frexp:
        """(mantissa, exponent) with input = mantissa * 2**exponent and 0.5 <= |mantissa| < 1."""
    def gather(self, dim: _int = ..., index: Tensor = ..., *, sparse_grad: _bool = False, out: _Any = None, axis: _Any = ...) -> Tensor:
        """out[i][j] = input[index[i][j]][j] for dim 0, input[i][index[i][j]] for dim 1. Shape: that of …"""
    def gcd(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The greatest common divisor, elementwise; gcd(0, 0) = 0."""
    def gcd_(self, other: Tensor) -> Tensor:
        """`gcd` in place."""
    def ge(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input >= other, elementwise."""
    def ge_(self, other: Tensor | _Number) -> Tensor:
        """`ge` in place."""
    def geometric_(self, p: _float, *, generator: _Any = None) -> Tensor:
        """Fill with geometric counts."""
    def geqrf(self, *, out: _Any = None) -> _return_types.geqrf:
        """(a, tau): R in the upper triangle of `a`, the vectors of the reflections below. Shape: (*, m, …"""
    def ger(self, vec2: Tensor, *, out: _Any = None) -> Tensor:
        """All products of two vectors' elements. Shape: (n), (m) -> (n, m)."""
    def get_device(self) -> _int:
        """-1: the CPU."""
    @property
    def grad(self) -> _Any:
        """The accumulated gradient; None until a backward pass reached this leaf."""
    @grad.setter
    def grad(self, value: _Any) -> None: ...
    @grad.deleter
    def grad(self) -> None: ...
    @property
    def grad_dtype(self) -> _Any: ...
    @grad_dtype.setter
    def grad_dtype(self, value: _Any) -> None: ...
    @property
    def grad_fn(self) -> _Any:
        """The node that made this tensor, None for leaves."""
    def greater(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input > other, elementwise."""
    def greater_(self, other: Tensor | _Number) -> Tensor:
        """`gt` in place."""
    def greater_equal(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input >= other, elementwise."""
    def greater_equal_(self, other: Tensor | _Number) -> Tensor:
        """`ge` in place."""
    def gt(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input > other, elementwise."""
    def gt_(self, other: Tensor | _Number) -> Tensor:
        """`gt` in place."""
    def half(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.float16."""
    def hardshrink(self, lambd: _Number = 0.5, *, out: _Any = None) -> Tensor:
        """The input, but 0 where |input| <= lambd."""
    def has_names(self) -> _bool: ...
    def hash_tensor(self, dim: _int | _Sequence[_int] | None = (), *, keepdim: _bool = False, mode: _int = 0, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The elements' bits, as float64 or int64, combined by exclusive or: equal tensors have equal …"""
    def heaviside(self, values: Tensor, *, out: _Any = None) -> Tensor:
        """0 below zero, 1 above, `values` at zero; elementwise."""
    def heaviside_(self, values: Tensor) -> Tensor:
        """`heaviside` in place."""
    def histc(self, bins: _int = 100, min: _Number = 0, max: _Number = 0, *, out: _Any = None) -> Tensor:
        """Counts of elements in equal bins between min and max (of the data where both are equal); 16 …"""
    def histogram(self, bins: _int | Tensor = 100, *, range: _Any = None, weight: _Any = None, density: _bool = False, out: _Any = None) -> _return_types.histogram:
        """(counts or densities, edges) over equal bins (a number) or between given edges (a tensor)."""
    def hsplit(self, indices_or_sections: _Any = None, *, sections: _Any = None, indices: _Any = None) -> _tuple[Tensor, ...]:
        """`tensor_split` along dimension 1."""
    def hypot(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """sqrt(input**2 + other**2) without overflow, elementwise."""
    def hypot_(self, other: Tensor) -> Tensor:
        """`hypot` in place."""
    def i0(self, *, out: _Any = None) -> Tensor:
        """The modified Bessel function of the first kind, order 0."""
    def i0_(self) -> Tensor:
        """`i0` in place."""
    def igamma(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The regularised lower incomplete gamma function of parameter `input` at `other`."""
    def igamma_(self, other: Tensor) -> Tensor:
        """`igamma` in place."""
    def igammac(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The regularised upper incomplete gamma function of parameter `input` at `other`."""
    def igammac_(self, other: Tensor) -> Tensor:
        """`igammac` in place."""
    @property
    def imag(self) -> Tensor: ...
    @imag.setter
    def imag(self, value: Tensor) -> None: ...
    def index_add(self, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., *, alpha: _Number = 1, out: _Any = None, axis: _Any = ...) -> Tensor:
        """A copy with alpha * source[i] added at index[i] of a dimension; repeated indices add up."""
    def index_add_(self, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., *, alpha: _Number = 1, axis: _Any = ...) -> Tensor:
        """`index_add` in place."""
    def index_copy(self, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """A copy with source[i] stored at index[i] of a dimension."""
    def index_copy_(self, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., *, axis: _Any = ...) -> Tensor:
        """`index_copy` in place."""
    def index_fill(self, dim: _int = ..., index: Tensor = ..., value: _Number | Tensor = ..., *, axis: _Any = ...) -> Tensor:
        """A copy with one value at the given indices of a dimension."""
    def index_fill_(self, dim: _int = ..., index: Tensor = ..., value: _Number | Tensor = ..., *, axis: _Any = ...) -> Tensor:
        """`index_fill` in place."""
    def index_put(self, indices: _Any, values: Tensor, accumulate: _bool = False) -> Tensor:
        """A copy of `input` with input[indices] = values; with `accumulate`, repeated places add up."""
    def index_put_(self, indices: _Any, values: Tensor, accumulate: _bool = False) -> Tensor:
        """`index_put` in place."""
    def index_reduce(self, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., reduce: _str = ..., *, include_self: _bool = True, out: _Any = None, axis: _Any = ...) -> Tensor:
        """A copy with slices of `source` combined at indices of a dimension: "prod", "mean", "amax" or …"""
    def index_reduce_(self, dim: _int = ..., index: Tensor = ..., source: Tensor = ..., reduce: _str = ..., *, include_self: _bool = True, axis: _Any = ...) -> Tensor:
        """`index_reduce` in place."""
    def index_select(self, dim: _int = ..., index: Tensor = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """The slices at `index` along a dimension."""
    def indices(self) -> Tensor:
        """The coordinates of a coalesced tensor. Shape: (sparse_dim, nnz)."""
    def inner(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The sum of products over the last dimensions; of a scalar and a tensor, their product."""
    def int(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.int32."""
    def inverse(self, *, out: _Any = None) -> Tensor:
        """`torch.linalg.inv`."""
    def is_coalesced(self) -> _bool:
        """Whether the coordinates are sorted and each stands once."""
    def is_complex(self) -> _bool: ...
    def is_conj(self) -> _bool:
        """Whether this is a conjugate view: it shows the conjugate of what its memory holds."""
    def is_contiguous(self, memory_format: _Any = None) -> _bool:
        """Whether elements lie in row-major order (or in the given memory format's order)."""
    @property
    def is_cpu(self) -> _Any: ...
    @property
    def is_cuda(self) -> _Any: ...
    def is_distributed(input) -> _bool:
        """False, as PyTorch's for every tensor of its own."""
    def is_floating_point(self) -> _bool: ...
    def is_inference(self) -> _bool: ...
    @property
    def is_ipu(self) -> _Any: ...
    @property
    def is_leaf(self) -> _bool: ...
    @property
    def is_maia(self) -> _Any: ...
    @property
    def is_meta(self) -> _Any: ...
    @property
    def is_mkldnn(self) -> _Any: ...
    @property
    def is_mps(self) -> _Any: ...
    @property
    def is_mtia(self) -> _Any: ...
    def is_neg(self) -> _bool:
        """Whether this is the imaginary part of a conjugate view: it shows the negative of what its …"""
    @property
    def is_nested(self) -> _Any: ...
    def is_nonzero(self) -> _bool:
        """Whether a one-element tensor is not zero."""
    def is_pinned(self, device: _Any = None) -> _bool: ...
    @property
    def is_quantized(self) -> _Any: ...
    def is_same_size(self, other: _Any) -> _bool: ...
    def is_set_to(self, other: _Any) -> _bool:
        """Whether both tensors are the same view of the same memory."""
    def is_shared(self) -> _bool: ...
    def is_signed(self) -> _bool: ...
    @property
    def is_sparse(self) -> _Any: ...
    @property
    def is_sparse_csr(self) -> _Any: ...
    @property
    def is_vulkan(self) -> _Any: ...
    @property
    def is_xla(self) -> _Any: ...
    @property
    def is_xpu(self) -> _Any: ...
    def isclose(self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> Tensor:
        """|input - other| <= atol + rtol * |other|, elementwise; equal infinities are close."""
    def isfinite(self) -> Tensor:
        """Whether an element is neither infinite nor nan."""
    def isinf(self) -> Tensor:
        """Whether an element is infinite; a complex one, where either part is."""
    def isnan(self) -> Tensor:
        """Whether an element is nan; a complex one, where either part is."""
    def isneginf(self, *, out: _Any = None) -> Tensor:
        """Whether an element is -inf."""
    def isposinf(self, *, out: _Any = None) -> Tensor:
        """Whether an element is +inf."""
    def isreal(self) -> Tensor:
        """Whether the imaginary part is zero."""
    def istft(self, n_fft: _int, hop_length: _int | None = None, win_length: _int | None = None, window: Tensor | None = None, center: _bool = True, normalized: _bool = False, onesided: _bool | None = None, length: _int | None = None, return_complex: _bool = False) -> Tensor:
        """The inverse of `stft` by overlap-add, divided by the sum of squared windows."""
    def item(self) -> _Any:
        """The only element as a Python number."""
    @property
    def itemsize(self) -> _int: ...
    def kron(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The Kronecker product: every element of `input` times all of `other`."""
    def kthvalue(self, k: _int, dim: _int = -1, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> _return_types.kthvalue:
        """(value, index) of the k-th smallest along a dimension, counted from 1."""
    @property
    def layout(self) -> _Any:
        """`torch.strided`; `torch.sparse_coo` for a sparse tensor."""
    def lcm(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The least common multiple, elementwise; 0 where either is 0."""
    def lcm_(self, other: Tensor) -> Tensor:
        """`lcm` in place."""
    def ldexp(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """input * 2 ** other, elementwise."""
    def ldexp_(self, other: Tensor) -> Tensor:
        """`ldexp` in place."""
    def le(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input <= other, elementwise."""
    def le_(self, other: Tensor | _Number) -> Tensor:
        """`le` in place."""
    def lerp(self, end: Tensor, weight: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input + weight * (end - input), elementwise."""
    def lerp_(self, end: Tensor, weight: Tensor | _Number) -> Tensor:
        """`lerp` in place."""
    def less(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input < other, elementwise; complex tensors have no order."""
    def less_(self, other: Tensor | _Number) -> Tensor:
        """`lt` in place."""
    def less_equal(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input <= other, elementwise."""
    def less_equal_(self, other: Tensor | _Number) -> Tensor:
        """`le` in place."""
    def lgamma(self, *, out: _Any = None) -> Tensor:
        """log |gamma(input)|."""
    def lgamma_(self) -> Tensor:
        """`lgamma` in place."""
    def log(self, *, out: _Any = None) -> Tensor:
        """The natural logarithm, elementwise: -inf at 0, nan below."""
    def log10(self, *, out: _Any = None) -> Tensor:
        """The logarithm to base 10, elementwise."""
    def log10_(self) -> Tensor:
        """`log10` in place."""
    def log1p(self, *, out: _Any = None) -> Tensor:
        """log(1 + input), elementwise, exact near 0."""
    def log1p_(self) -> Tensor:
        """`log1p` in place."""
    def log2(self, *, out: _Any = None) -> Tensor:
        """The logarithm to base 2, elementwise."""
    def log2_(self) -> Tensor:
        """`log2` in place."""
    def log_(self) -> Tensor:
        """`log` in place."""
    def log_normal_(self, mean: _float = 1.0, std: _float = 2.0, *, generator: _Any = None) -> Tensor:
        """Fill with numbers whose logarithm is normal."""
    def log_softmax(self, dim: _int = ..., dtype: _dtype | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """x - log(sum(exp(x))) along `dim`."""
    def logaddexp(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """log(exp(input) + exp(other)) without overflow, to base 2.71828; elementwise."""
    def logaddexp2(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """log(exp(input) + exp(other)) without overflow, to base 2; elementwise."""
    def logcumsumexp(self, dim: _int = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """log(cumsum(exp(x))) along a dimension, without overflow."""
    def logdet(self) -> Tensor:
        """log(determinant): NaN where it is negative."""
    def logical_and(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """Whether both are nonzero, elementwise; any dtypes."""
    def logical_and_(self, other: Tensor) -> Tensor:
        """`logical_and` in place."""
    def logical_not(self, *, out: _Any = None) -> Tensor:
        """Whether an element is zero."""
    def logical_not_(self) -> Tensor:
        """`logical_not` in place."""
    def logical_or(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """Whether either is nonzero, elementwise; any dtypes."""
    def logical_or_(self, other: Tensor) -> Tensor:
        """`logical_or` in place."""
    def logical_xor(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """Whether exactly one is nonzero, elementwise; any dtypes."""
    def logical_xor_(self, other: Tensor) -> Tensor:
        """`logical_xor` in place."""
    def logit(self, eps: _float | None = None, *, out: _Any = None) -> Tensor:
        """log(input / (1 - input)); with `eps`, the input is first clamped to [eps, 1 - eps]."""
    def logit_(self, eps: _float | None = None) -> Tensor:
        """`logit` in place."""
    def logsumexp(self, dim: _int | _Sequence[_int] = ..., keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """log(sum(exp(input))) over `dim`, without overflow."""
    def long(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.int64."""
    def lstsq(self, *args: _Any, **kwargs: _Any) -> _Any:
        """Raises RuntimeError, as PyTorch's: torch.lstsq was removed."""
    def lt(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input < other, elementwise; complex tensors have no order."""
    def lt_(self, other: Tensor | _Number) -> Tensor:
        """`lt` in place."""
    def lu(self, pivot: _bool = True, get_infos: _bool = False, *, out: _Any = None) -> _Any:
        """(LU, pivots), and info when asked for; also of singular matrices."""
    def lu_solve(self, LU_data: Tensor, LU_pivots: Tensor, *, out: _Any = None) -> Tensor:
        """`torch.linalg.lu_solve` with its arguments in another order."""
    @property
    def mH(self) -> Tensor:
        """The conjugate transpose of the last two dimensions; of a number, its conjugate."""
    @property
    def mT(self) -> Tensor:
        """The last two dimensions swapped."""
    def map2_(self, x: Tensor, y: Tensor, callable: _Any) -> Tensor:
        """Replace each element by callable(element, those of `x` and `y`), in Python: slow."""
    def map_(self, tensor: Tensor, callable: _Any) -> Tensor:
        """Replace each element by callable(element, the element of `tensor`), in Python: slow."""
    def masked_fill(self, mask: Tensor, value: Tensor | _Number) -> Tensor:
        """The input with `value` where `mask` is true; the mask broadcasts."""
    def masked_fill_(self, mask: Tensor, value: Tensor | _Number) -> Tensor:
        """`masked_fill` in place."""
    def masked_scatter(self, mask: Tensor, source: Tensor) -> Tensor:
        """A copy with elements of `source`, taken in order, where a mask is true."""
    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Tensor:
        """`masked_scatter` in place."""
    def masked_select(self, mask: Tensor, *, out: _Any = None) -> Tensor:
        """The elements where a mask (broadcast against `input`) is true, as a vector."""
    def matmul(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The matrix product: dot product of vectors, matrix-vector, matrix-matrix, or batches of them …"""
    def matrix_exp(self) -> Tensor:
        """`torch.linalg.matrix_exp`."""
    def matrix_power(self, n: _int, *, out: _Any = None) -> Tensor:
        """The n-th power of square matrices."""
    @_overload
    def max(self) -> Tensor:
        """The maximum of all elements; (values, indices) along `dim`; of two tensors elementwise."""
    @_overload
    def max(self, dim: _int, keepdim: _bool = False, *, out: _Any = None) -> _return_types.max: ...
    @_overload
    def max(self, other: Tensor, *, out: Tensor | None = None) -> Tensor: ...
    def maximum(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The larger one, elementwise; nan wins."""
    def maximum_(self, other: Tensor) -> Tensor:
        """`maximum` in place."""
    def mean(self, dim: _Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The mean of all elements, or over dimensions `dim`."""
    @_overload
    def median(self) -> Tensor:
        """The median; of two in the middle the lower one."""
    @_overload
    def median(self, dim: _int, keepdim: _bool = False, *, out: _Any = None) -> _return_types.median: ...
    @_overload
    def min(self) -> Tensor:
        """The minimum of all elements; (values, indices) along `dim`; of two tensors elementwise."""
    @_overload
    def min(self, dim: _int, keepdim: _bool = False, *, out: _Any = None) -> _return_types.min: ...
    @_overload
    def min(self, other: Tensor, *, out: Tensor | None = None) -> Tensor: ...
    def minimum(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The smaller one, elementwise; nan wins."""
    def minimum_(self, other: Tensor) -> Tensor:
        """`minimum` in place."""
    def mm(self, mat2: Tensor, *, out: _Any = None) -> Tensor:
        """The product of two matrices. Shape: (n, m), (m, p) -> (n, p)."""
    def mode(self, dim: _int = -1, keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> _return_types.mode:
        """The most frequent value along `dim` and an index of it. More than 16 values with NaN among them …"""
    def module_load(self, other: Tensor, assign: _bool = False) -> Tensor:
        """What `Module.load_state_dict` puts in this tensor's place: `other`, or this tensor with its …"""
    def moveaxis(self, source: _Any, destination: _Any) -> Tensor:
        """Move dimensions to other places; the rest keep their order. A view."""
    def movedim(self, source: _Any, destination: _Any) -> Tensor:
        """Move dimensions to other places; the rest keep their order. A view."""
    def msort(self, *, out: _Any = None) -> Tensor:
        """Sorted along the first dimension."""
    def mul(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input * other, elementwise."""
    def mul_(self, other: Tensor | _Number) -> Tensor:
        """`mul` in place."""
    def multinomial(input, num_samples: _int, replacement: _bool = False, *, generator: _Any = None, out: _Any = None) -> Tensor:
        """Indices drawn with the rows of `input` as weights. Shape: (C) or (N, C) -> (num_samples) or (N, …"""
    def multiply(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input * other, elementwise."""
    def multiply_(self, other: Tensor | _Number) -> Tensor:
        """`mul` in place."""
    def mv(self, vec: Tensor, *, out: _Any = None) -> Tensor:
        """The product of a matrix and a vector. Shape: (n, m), (m) -> (n)."""
    def mvlgamma(self, p: _int, *, out: _Any = None) -> Tensor:
        """The logarithm of the multivariate gamma function of dimension p."""
    def mvlgamma_(self, p: _int) -> Tensor:
        """`mvlgamma` in place."""
    @property
    def name(self) -> _Any: ...
    @property
    def names(self) -> _Any: ...
    def nan_to_num(self, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None, *, out: _Any = None) -> Tensor:
        """nan replaced by `nan` (0), infinities by `posinf` and `neginf` (the dtype's largest and lowest …"""
    def nan_to_num_(self, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
        """`nan_to_num` in place."""
    def nanmean(self, dim: _Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The mean of the elements that are not NaN."""
    @_overload
    def nanmedian(self) -> Tensor:
        """The median of the elements that are not NaN; of two in the middle the lower one."""
    @_overload
    def nanmedian(self, dim: _int, keepdim: _bool = False, *, out: _Any = None) -> _return_types.nanmedian: ...
    def nanquantile(self, q: _float | Tensor, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The q-th quantiles of the elements that are not NaN."""
    def nansum(self, dim: _Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The sum with NaN counted as 0."""
    def narrow(self, dim: _int = ..., start: _int | Tensor = ..., length: _int = ..., *, axis: _Any = ...) -> Tensor:
        """`length` indices of a dimension from `start`; a view."""
    def narrow_copy(self, dim: _int = ..., start: _int = ..., length: _int = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """`narrow`, copied."""
    @property
    def nbytes(self) -> _int: ...
    @property
    def ndim(self) -> _int: ...
    def ndimension(self) -> _int:
        """The number of dimensions."""
    def ne(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input != other, elementwise."""
    def ne_(self, other: Tensor | _Number) -> Tensor:
        """`ne` in place."""
    def neg(self, *, out: _Any = None) -> Tensor:
        """-input, elementwise."""
    def neg_(self) -> Tensor:
        """`neg` in place."""
    def negative(self, *, out: _Any = None) -> Tensor:
        """-input, elementwise."""
    def negative_(self) -> Tensor:
        """`neg` in place."""
    def nelement(self) -> _int:
        """The number of elements."""
    def new(self, *args: _Any, **kwargs: _Any) -> Tensor:
        """The old constructor: sizes or data, in this tensor's dtype."""
    def new_empty(self, *size: _Any, dtype: _Any = None, device: _Any = None, requires_grad: _bool = False, layout: _Any = None, pin_memory: _bool = False, **named: _Any) -> Tensor:
        """Uninitialised, in this tensor's dtype."""
    def new_empty_strided(self, size: _Any, stride: _Any, *, dtype: _Any = None, layout: _Any = None, device: _Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
        """Uninitialised, with the given strides, in this tensor's dtype."""
    def new_full(self, size: _Any, fill_value: _Any, *, dtype: _Any = None, device: _Any = None, requires_grad: _bool = False, layout: _Any = None, pin_memory: _bool = False) -> Tensor:
        """One value in this tensor's dtype."""
    def new_ones(self, *size: _Any, dtype: _Any = None, device: _Any = None, requires_grad: _bool = False, layout: _Any = None, pin_memory: _bool = False, **named: _Any) -> Tensor:
        """Ones in this tensor's dtype."""
    def new_tensor(self, data: _Any, *, dtype: _Any = None, device: _Any = None, requires_grad: _bool = False, **_: _Any) -> Tensor:
        """A copy of `data` in this tensor's dtype."""
    def new_zeros(self, *size: _Any, dtype: _Any = None, device: _Any = None, requires_grad: _bool = False, layout: _Any = None, pin_memory: _bool = False, **named: _Any) -> Tensor:
        """Zeros in this tensor's dtype."""
    def nextafter(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The next representable number after input toward other, elementwise."""
    def nextafter_(self, other: Tensor) -> Tensor:
        """`nextafter` in place."""
    def nonzero(self, *, as_tuple: _bool = False, out: _Any = None) -> _Any:
        """The indices of the elements that are not zero: rows of a matrix, or with `as_tuple` one vector …"""
    def nonzero_static(self, *, size: _int, fill_value: _int = -1, out: _Any = None) -> Tensor:
        """`nonzero` with a fixed number of rows: cut off, or filled up with `fill_value`. Shape: (*) -> …"""
    def norm(self, p: _Any = 'fro', dim: _Any = None, keepdim: _bool = False, out: _Any = None, dtype: _dtype | None = None) -> Tensor:
        """The norm of all elements, or over `dim`: a p-norm of vectors, or 'fro' or 'nuc'."""
    def normal_(self, mean: _float = 0.0, std: _float = 1.0, *, generator: _Any = None) -> Tensor:
        """Fill with normal numbers."""
    def not_equal(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input != other, elementwise."""
    def not_equal_(self, other: Tensor | _Number) -> Tensor:
        """`ne` in place."""
    def numel(self) -> _int:
        """The number of elements."""
    def numpy(self, *, force: _bool = False) -> _np.ndarray:
        """An ndarray on the same memory. With `force`, a detached one whatever the tensor is."""
    def orgqr(self, tau: Tensor, *, out: _Any = None) -> Tensor:
        """`torch.linalg.householder_product`."""
    def ormqr(self, tau: Tensor, other: Tensor, left: _bool = True, transpose: _bool = False, *, out: _Any = None) -> Tensor:
        """Q other, Q^H other (transpose), or with left=False other Q, other Q^H; Q as `torch.geqrf` gives …"""
    def outer(self, vec2: Tensor, *, out: _Any = None) -> Tensor:
        """All products of two vectors' elements. Shape: (n), (m) -> (n, m)."""
    @property
    def output_nr(self) -> _int: ...
    def permute(self, *dims: _Any) -> Tensor:
        """Reorder dimensions; a view."""
    def pin_memory(self, device: _Any = None) -> Tensor:
        """Raises as PyTorch does where there is no accelerator."""
    def pinverse(self, rcond: _float = 1e-15) -> Tensor:
        """`torch.linalg.pinv`."""
    def polygamma(self, input: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """The n-th derivative of digamma: torch.polygamma(n, x) or x.polygamma(n)."""
    def polygamma_(self, n: _int) -> Tensor:
        """`polygamma`, stored into this tensor."""
    def positive(self) -> Tensor:
        """The tensor itself; bool tensors are refused."""
    def pow(self, exponent: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input ** exponent, elementwise."""
    def pow_(self, exponent: Tensor | _Number) -> Tensor:
        """`pow` in place."""
    def prelu(self, weight: Tensor) -> Tensor:
        """input where positive, weight * input elsewhere; one weight, or one per channel (dimension 1)."""
    def prod(self, dim: _int = ..., keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The product of all elements, or over dimension `dim`. Integers give int64."""
    def put(self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
        """A copy with elements stored (or added) at places of the flattened tensor."""
    def put_(self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
        """`put` in place."""
    def qr(self, some: _bool = True, *, out: _Any = None) -> _return_types.qr:
        """`torch.linalg.qr`, reduced or complete."""
    def quantile(self, q: _float | Tensor, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The q-th quantiles, of all elements or along `dim`; NaN in a row gives NaN."""
    def rad2deg(self, *, out: _Any = None) -> Tensor:
        """Radians to degrees, elementwise."""
    def rad2deg_(self) -> Tensor:
        """`rad2deg` in place."""
    def random_(self, *args: _Any, generator: _Any = None, **named: _Any) -> Tensor:
        """Fill with integers: of the dtype's whole range, in [0, to), or in [from, to)."""
    def ravel(self) -> Tensor:
        """One dimension: a view where possible."""
    @property
    def real(self) -> Tensor: ...
    @real.setter
    def real(self, value: Tensor) -> None: ...
    def reciprocal(self, *, out: _Any = None) -> Tensor:
        """1 / input, elementwise."""
    def reciprocal_(self) -> Tensor:
        """`reciprocal` in place."""
    def record_stream(self, stream: _Any) -> None:
        """Raises NotImplementedError, as PyTorch's for a tensor on the CPU."""
    def register_hook(self, hook: _Any) -> _Any:
        """Call `hook(grad)` whenever a gradient for this tensor is computed; what it returns replaces the …"""
    def register_post_accumulate_grad_hook(self, hook: _Any) -> _Any:
        """Call `hook(tensor)` after a gradient was added into this leaf's `.grad`."""
    def reinforce(self, reward: _Any) -> None:
        """Raises RuntimeError: removed from PyTorch."""
    def relu(self) -> Tensor:
        """max(input, 0), elementwise; nan stays."""
    def relu_(self) -> Tensor:
        """`relu` in place."""
    def remainder(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """Python's input % other, elementwise: the result has the divisor's sign."""
    def remainder_(self, other: Tensor | _Number) -> Tensor:
        """`remainder` in place."""
    def renorm(self, p: _Number, dim: _int = ..., maxnorm: _Number = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """Scale the sub-tensors along `dim` whose p-norm exceeds `maxnorm` down to it."""
    def renorm_(self, p: _Number, dim: _int = ..., maxnorm: _Number = ..., *, axis: _Any = ...) -> Tensor:
        """`renorm` in place."""
    def repeat(self, *repeats: _Any) -> Tensor:
        """The tensor repeated along each dimension, copied."""
    def repeat_interleave(self, repeats: _int | Tensor = ..., dim: _int | None = None, *, output_size: _int | None = None, axis: _Any = ...) -> Tensor:
        """Each element repeated `repeats` times in place (a number, or one per index of `dim`)."""
    @property
    def requires_grad(self) -> _bool:
        """Whether gradients flow to this tensor."""
    @requires_grad.setter
    def requires_grad(self, value: _bool) -> None: ...
    def requires_grad_(self, requires_grad: _bool = True) -> Tensor:
        """Set `requires_grad` in place."""
    def reshape(self, *shape: _Any) -> Tensor:
        """The same elements in another shape: a view where possible, else a copy."""
    def reshape_as(self, other: Tensor) -> Tensor:
        """`reshape` to the shape of `other`."""
    def resize(self, *sizes: _Any) -> Tensor:
        """The elements in another shape with as many of them: `reshape` (deprecated)."""
    def resize_(self, *size: _Any, memory_format: _Any = None) -> Tensor:
        """Another shape; elements keep their order in memory, new ones are not initialised (here: zeros)."""
    def resize_as(self, tensor: Tensor) -> Tensor:
        """The elements in the shape of another tensor with as many of them (deprecated)."""
    def resize_as_(self, other: Tensor, memory_format: _Any = None) -> Tensor:
        """`resize_` to the shape of `other`."""
    def resize_as_sparse_(self, other: _Any) -> _Any:
        """The shape of another sparse tensor, in place."""
    def resolve_conj(self) -> Tensor:
        """A copy with the conjugation of a conjugate view carried out; other tensors as they are."""
    def resolve_neg(self) -> Tensor:
        """A copy with the negation of the imaginary part of a conjugate view carried out; other tensors …"""
    def retain_grad(self) -> None:
        """Keep the gradient of this non-leaf tensor in `.grad`."""
    @property
    def retains_grad(self) -> _bool: ...
    def roll(self, shifts: _int | _Sequence[_int], dims: _int | _Sequence[_int] | None = ()) -> Tensor:
        """Elements shifted along dimensions, those pushed out coming in again at the other end."""
    def rot90(self, k: _int = 1, dims: _Sequence[_int] = ...) -> Tensor:
        """Turned by k quarter turns from the first of two dimensions to the second."""
    def round(self, *, decimals: _int = ..., out: _Any = None) -> Tensor:
        """The nearest whole number, halves to even; with `decimals`, at that decimal place."""
    def round_(self, *, decimals: _int = ...) -> Tensor:
        """`round` in place."""
    def row_indices(self) -> _Any:
        """Raises RuntimeError: penlight has no compressed sparse tensors."""
    def rsqrt(self, *, out: _Any = None) -> Tensor:
        """1 / sqrt(input), elementwise."""
    def rsqrt_(self) -> Tensor:
        """`rsqrt` in place."""
    def rsub(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """other - alpha * input, elementwise."""
    def scatter(self, dim: _int = ..., index: Tensor = ..., src: _Number | Tensor | None = None, *, value: _Number | None = None, reduce: _str = ..., out: _Any = None, axis: _Any = ...) -> Tensor:
        """A copy of `input` with src[i][j] stored at [index[i][j]][j] (dim 0); `src` is a tensor or a …"""
    def scatter_(self, dim: _int = ..., index: Tensor = ..., src: _Number | Tensor | None = None, *, value: _Number | None = None, reduce: _str = ..., axis: _Any = ...) -> Tensor:
        """`scatter` in place."""
    def scatter_add(self, dim: _int = ..., index: Tensor = ..., src: Tensor = ..., *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """A copy of `input` with src[i][j] added at [index[i][j]][j] (dim 0); repeated places add up."""
    def scatter_add_(self, dim: _int = ..., index: Tensor = ..., src: Tensor = ..., *, axis: _Any = ...) -> Tensor:
        """`scatter_add` in place."""
    def scatter_reduce(self, dim: _int = ..., index: Tensor = ..., src: Tensor = ..., reduce: _str = ..., *, include_self: _bool = True, out: _Any = None, axis: _Any = ...) -> Tensor:
        """A copy of `input` with elements of `src` combined into places given by an index."""
    def scatter_reduce_(self, dim: _int = ..., index: Tensor = ..., src: Tensor = ..., reduce: _str = ..., *, include_self: _bool = True, axis: _Any = ...) -> Tensor:
        """`scatter_reduce` in place."""
    def select(self, dim: _int = ..., index: _int = ..., *, axis: _Any = ...) -> Tensor:
        """The slice at one index of a dimension, which disappears; a view."""
    def select_scatter(self, src: Tensor, dim: _int = ..., index: _int = ..., *, axis: _Any = ...) -> Tensor:
        """A copy with one index of a dimension replaced."""
    def set_(self, source: _Any = None, storage_offset: _int = 0, size: _Any = None, stride: _Any = None) -> Tensor:
        """Share the memory of another tensor or storage, with its geometry or the given one."""
    def sgn(self, *, out: _Any = None) -> Tensor:
        """input / |input|, elementwise, 0 at 0: `sign` for complex numbers too."""
    def sgn_(self) -> Tensor:
        """`sgn` in place."""
    @property
    def shape(self) -> _Size: ...
    def share_memory_(self) -> Tensor:
        """Move the data to memory that processes started later see as well, and those that get the tensor …"""
    def short(self, memory_format: _Any = None) -> Tensor:
        """This tensor as torch.int16."""
    def sigmoid(self, *, out: _Any = None) -> Tensor:
        """1 / (1 + exp(-input)), elementwise."""
    def sigmoid_(self) -> Tensor:
        """`sigmoid` in place."""
    def sign(self, *, out: _Any = None) -> Tensor:
        """-1, 0 or 1, elementwise; 0 for nan."""
    def sign_(self) -> Tensor:
        """`sign` in place."""
    def signbit(self, *, out: _Any = None) -> Tensor:
        """Whether the sign bit is set (-0.0 has it), elementwise."""
    def sin(self, *, out: _Any = None) -> Tensor:
        """The sine of radians."""
    def sin_(self) -> Tensor:
        """`sin` in place."""
    def sinc(self, *, out: _Any = None) -> Tensor:
        """sin(pi x) / (pi x), 1 at 0."""
    def sinc_(self) -> Tensor:
        """`sinc` in place."""
    def sinh(self, *, out: _Any = None) -> Tensor:
        """The hyperbolic sine."""
    def sinh_(self) -> Tensor:
        """`sinh` in place."""
    def size(self, dim: _int | None = None) -> _Any:
        """The shape, or one dimension's length."""
    def slice_inverse(input, src: Tensor, dim: _int = 0, start: _Any = None, end: _Any = None, step: _int = 1) -> Tensor:
        """The tensor that `input` is a slice of: `input`'s memory in the size and strides of `src`."""
    def slice_scatter(self, src: Tensor, dim: _int = 0, start: _int | None = None, end: _int | None = None, step: _int = 1, *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """A copy with input[start:end:step] of a dimension replaced."""
    def slogdet(self) -> _return_types.slogdet:
        """`torch.linalg.slogdet`."""
    def smm(input, mat: _Any) -> _Any:
        """The product of a sparse and a dense matrix as a sparse matrix that has every column of each row …"""
    def softmax(self, dim: _int = ..., dtype: _dtype | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """exp(x) / sum(exp(x)) along `dim`."""
    def solve(self, *args: _Any, **kwargs: _Any) -> _Any:
        """Raises RuntimeError, as PyTorch's: torch.solve was removed."""
    def sort(self, dim: _int = -1, descending: _bool = False, *, stable: _bool | None = False, out: _Any = None, axis: _Any = ...) -> _return_types.sort:
        """(values, indices) in ascending or descending order along a dimension."""
    def sparse_dim(self) -> _int:
        """The number of leading dimensions that coordinates stand for; 0 for a dense tensor."""
    def sparse_mask(self, mask: _Any) -> _Any:
        """The values of `self` at the places where `mask` has entries."""
    def sparse_resize_(self, size: _Any, sparse_dim: _int, dense_dim: _int) -> _Any:
        """Change the shape in place; it may not shrink while there are entries."""
    def sparse_resize_and_clear_(self, size: _Any, sparse_dim: _int, dense_dim: _int) -> _Any:
        """Give up all entries and take a new shape, in place."""
    def split(self, split_size: _Any, dim: _int = 0) -> _tuple[Tensor, ...]:
        """`torch.split`, whose second argument the method calls by another name."""
    def split_with_sizes(self, split_sizes: _Sequence[_int], dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
        """Parts of the given lengths; views."""
    def sqrt(self, *, out: _Any = None) -> Tensor:
        """The square root, elementwise; nan below 0."""
    def sqrt_(self) -> Tensor:
        """`sqrt` in place."""
    def square(self, *, out: _Any = None) -> Tensor:
        """input ** 2, elementwise."""
    def square_(self) -> Tensor:
        """`square` in place."""
    def squeeze(self, dim: _int | _Sequence[_int] = ..., *, axis: _Any = ...) -> Tensor:
        """Drop dimensions of length 1: all of them, or those of `dim` that have length 1. A view."""
    def squeeze_(self, *args: _Any, **kwargs: _Any) -> Tensor:
        """`squeeze` in place: the same memory under another shape or order of dimensions."""
    def sspaddmm(input, mat1: _Any, mat2: _Any, *, beta: _Any = 1, alpha: _Any = 1) -> _Any:
        """beta * input + alpha * mat1 @ mat2 for sparse `input` and `mat1`: a sparse matrix, not …"""
    def std(self, dim: _Any = None, unbiased: _bool = ..., keepdim: _bool = False, *, correction: _Number | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The standard deviation, of all elements or over `dim`: the square root of `torch.var`."""
    def stft(self, n_fft: _int, hop_length: _int | None = None, win_length: _int | None = None, window: Tensor | None = None, center: _bool = True, pad_mode: _str = 'reflect', normalized: _bool = False, onesided: _bool | None = None, return_complex: _bool | None = None, align_to_window: _Any = None) -> Tensor:
        """Fourier transforms of overlapping windows of a signal. Shape: (*, length) -> (*, frequencies, …"""
    def storage(self) -> _Any: ...
    def storage_offset(self) -> _int:
        """Where the first element stands in the storage, in elements."""
    def storage_type(self) -> _Any:
        """The class of the tensor's typed storage."""
    def stride(self, dim: _int | None = None) -> _Any:
        """Steps in elements from one index to the next, per dimension."""
    def sub(self, other: Tensor | _Number, *, alpha: _Number = 1, out: _Any = None) -> Tensor:
        """input - alpha * other, elementwise."""
    def sub_(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """`sub` in place."""
    def subtract(self, other: Tensor | _Number, *, alpha: _Number = 1, out: _Any = None) -> Tensor:
        """input - alpha * other, elementwise."""
    def subtract_(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """`sub` in place."""
    def sum(self, dim: _Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The sum of all elements, or over dimensions `dim`. Integers and booleans sum to int64."""
    def sum_to_size(self, *size: _Any) -> Tensor:
        """Sum dimensions so that the result has `size`, which must be broadcastable to the shape of …"""
    def svd(self, some: _bool = True, compute_uv: _bool = True, *, out: _Any = None) -> _return_types.svd:
        """(U, S, V) with A = U diag(S) V^H; `torch.linalg.svd` is its successor."""
    def swapaxes(self, dim0: _int, dim1: _int) -> Tensor:
        """Swap two dimensions; a view."""
    def swapaxes_(self, *args: _Any, **kwargs: _Any) -> Tensor:
        """`transpose` in place: the same memory under another shape or order of dimensions."""
    def swapdims(self, dim0: _int, dim1: _int) -> Tensor:
        """Swap two dimensions; a view."""
    def swapdims_(self, *args: _Any, **kwargs: _Any) -> Tensor:
        """`transpose` in place: the same memory under another shape or order of dimensions."""
    def symeig(self, *args: _Any, **kwargs: _Any) -> _Any:
        """Raises RuntimeError, as PyTorch's: torch.symeig was removed."""
    def t(self) -> Tensor:
        """The transpose of a matrix; vectors and scalars as they are. A view."""
    def t_(self, *args: _Any, **kwargs: _Any) -> Tensor:
        """`t` in place: the same memory under another shape or order of dimensions."""
    def take(self, index: Tensor, *, out: _Any = None) -> Tensor:
        """Elements of the flattened tensor. Shape: that of `index`."""
    def take_along_dim(self, indices: Tensor, dim: _int | None = None, *, out: _Any = None, axis: _Any = ...) -> Tensor:
        """`gather` with broadcasting of the other dimensions; without `dim`, from the flattened tensor."""
    def tan(self, *, out: _Any = None) -> Tensor:
        """The tangent of radians."""
    def tan_(self) -> Tensor:
        """`tan` in place."""
    def tanh(self, *, out: _Any = None) -> Tensor:
        """The hyperbolic tangent, between -1 and 1."""
    def tanh_(self) -> Tensor:
        """`tanh` in place."""
    def tensor_split(self, indices_or_sections: _Any = None, dim: _int = 0, *, sections: _Any = None, indices: _Any = None, tensor_indices_or_sections: _Any = None) -> _tuple[Tensor, ...]:
        """`sections` parts whose lengths differ by at most one, or parts that end at the given indices; …"""
    def tile(self, *dims: _Any) -> Tensor:
        """`repeat`, missing leading repetitions being 1."""
    def to(self, *args: _Any, **kwargs: _Any) -> Tensor:
        """This tensor with another dtype and/or on another device; itself when nothing changes."""
    def to_dense(self, dtype: _Any = None, *, masked_grad: _bool = True) -> _Any:
        """Itself: penlight's tensors are dense."""
    def to_padded_tensor(self, padding: _float, output_size: _Any = None) -> Tensor:
        """Raises NotImplementedError, as PyTorch's for a tensor that is not nested; penlight has no …"""
    def to_sparse(self, sparse_dim: _Any = None, *, layout: _Any = None, blocksize: _Any = None, dense_dim: _Any = None) -> _Any:
        """The places of `self` that are not zero. `sparse_dim`: how many leading dimensions are sparse."""
    def to_sparse_bsc(self, *args: _Any, **kwargs: _Any) -> _Any:
        """Raises NotImplementedError: penlight has sparse tensors in coordinate form only."""
    def to_sparse_bsr(self, *args: _Any, **kwargs: _Any) -> _Any:
        """Raises NotImplementedError: penlight has sparse tensors in coordinate form only."""
    def to_sparse_coo(self) -> _Any:
        """`to_sparse()`: the coordinate form."""
    def to_sparse_csc(self, *args: _Any, **kwargs: _Any) -> _Any:
        """Raises NotImplementedError: penlight has sparse tensors in coordinate form only."""
    def to_sparse_csr(self, *args: _Any, **kwargs: _Any) -> _Any:
        """Raises NotImplementedError: penlight has sparse tensors in coordinate form only."""
    def tolist(self) -> _Any:
        """Nested lists of Python numbers."""
    def topk(self, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True, *, out: _Any = None, axis: _Any = ...) -> _return_types.topk:
        """(values, indices) of the k largest (or smallest) along a dimension, always in order."""
    def trace(self) -> Tensor:
        """The sum of a matrix's diagonal. Shape: (n, m) -> ()."""
    def transpose(self, dim0: _int, dim1: _int) -> Tensor:
        """Swap two dimensions; a view."""
    def transpose_(self, *args: _Any, **kwargs: _Any) -> Tensor:
        """`transpose` in place: the same memory under another shape or order of dimensions."""
    def triangular_solve(self, A: Tensor, upper: _bool = True, transpose: _bool = False, unitriangular: _bool = False, *, out: _Any = None) -> _return_types.triangular_solve:
        """(X, a copy of A) with A X = input for triangular A; `torch.linalg.solve_triangular` is its …"""
    def tril(self, diagonal: _int = 0, *, out: _Any = None) -> Tensor:
        """The lower triangle of matrices; what lies beyond a diagonal becomes 0."""
    def tril_(self, diagonal: _int = 0) -> Tensor:
        """`tril` in place."""
    def triu(self, diagonal: _int = 0, *, out: _Any = None) -> Tensor:
        """The upper triangle of matrices; what lies beyond a diagonal becomes 0."""
    def triu_(self, diagonal: _int = 0) -> Tensor:
        """`triu` in place."""
    def true_divide(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input / other, elementwise; integers give the default float dtype."""
    def true_divide_(self, other: Tensor | _Number) -> Tensor:
        """`true_divide` in place."""
    def trunc(self, *, out: _Any = None) -> Tensor:
        """The whole part, toward zero."""
    def trunc_(self) -> Tensor:
        """`trunc` in place."""
    def type(self, dtype: _Any = None, non_blocking: _bool = False) -> _Any:
        """Without an argument the type's name (`'torch.FloatTensor'`); with one, the tensor cast to it."""
    def type_as(self, other: _Any) -> Tensor:
        """This tensor in the dtype of `other`."""
    def unbind(self, dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
        """The slices along a dimension, which disappears; views that share one node."""
    def unflatten(self, dim: _int, sizes: _Sequence[_int]) -> Tensor:
        """Split a dimension into several; one of the sizes may be -1."""
    def unfold(self, dimension: _int, size: _int, step: _int) -> Tensor:
        """Windows of `size` along a dimension, `step` apart, as a new last dimension; a view."""
    def uniform_(self, from_: _float = 0.0, to: _float = 1.0, *, generator: _Any = None, **named: _Any) -> Tensor:
        """Fill with uniform numbers in [from, to)."""
    def unique(self, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _Any = None) -> _Any:
        """The distinct values (or slices along `dim`), sorted; with their inverse and counts on request."""
    def unique_consecutive(self, return_inverse: _bool = False, return_counts: _bool = False, dim: _Any = None) -> _Any:
        """The first of each run of equal values (or slices along `dim`)."""
    def unsafe_chunk(self, chunks: _int, dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
        """`chunk` into parts that share memory and are no views for autograd."""
    def unsafe_split(self, split_size: _int, dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
        """`split` into parts that share memory and are no views for autograd."""
    def unsafe_split_with_sizes(self, split_sizes: _Sequence[_int], dim: _int = 0, *, axis: _Any = ...) -> _tuple[Tensor, ...]:
        """`split_with_sizes` into parts that share memory and are no views for autograd."""
    def unsqueeze(self, dim: _int = ..., *, axis: _Any = ...) -> Tensor:
        """Insert a dimension of length 1 at `dim`; a view."""
    def unsqueeze_(self, *args: _Any, **kwargs: _Any) -> Tensor:
        """`unsqueeze` in place: the same memory under another shape or order of dimensions."""
    def untyped_storage(self) -> _Any: ...
    def values(self) -> Tensor:
        """The values of a coalesced tensor, in the graph. Shape: (nnz, *dense shape)."""
    def var(self, dim: _Any = None, unbiased: _bool = ..., keepdim: _bool = False, *, correction: _Number | None = None, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
        """The variance, of all elements or over `dim`: the sum of squared differences from the mean over …"""
    def vdot(self, other: Tensor, *, out: _Any = None) -> Tensor:
        """The sum of products of two vectors, the first one conjugated. Shape: (n), (n) -> ()."""
    def view(self, *size: _Any, dtype: _dtype | None = None) -> Tensor:
        """The same memory in another shape, or read as another dtype."""
    def view_as(self, other: Tensor) -> Tensor:
        """`view` with the shape of `other`."""
    @property
    def volatile(self) -> _bool: ...
    @volatile.setter
    def volatile(self, value: _bool) -> None: ...
    def vsplit(self, indices_or_sections: _Any = None, *, sections: _Any = None, indices: _Any = None) -> _tuple[Tensor, ...]:
        """`tensor_split` along dimension 0."""
    def where(self, condition: Tensor, other: _Any) -> Tensor:
        """This tensor where condition, else other."""
    def xlogy(self, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
        """input * log(other), elementwise; 0 where input is 0, unless other is nan."""
    def xlogy_(self, other: Tensor | _Number) -> Tensor:
        """`xlogy` in place."""
    def xpu(self, device: _Any = None, non_blocking: _bool = False) -> Tensor:
        """Raises as PyTorch does where no such device is."""
    def zero_(self) -> Tensor:
        """Store zeros everywhere."""
    def __abs__(self) -> Tensor: ...
    def __add__(self, other: _Any) -> Tensor: ...
    def __and__(self, other: _Any) -> Tensor: ...
    def __div__(self, other: _Any) -> Tensor: ...
    def __eq__(self, other: _Any) -> Tensor: ...  # type: ignore[override]
    def __floordiv__(self, other: _Any) -> Tensor: ...
    def __ge__(self, other: _Any) -> Tensor: ...
    def __gt__(self, other: _Any) -> Tensor: ...
    def __iadd__(self, other: _Any) -> Tensor: ...
    def __iand__(self, other: _Any) -> Tensor: ...
    def __ifloordiv__(self, other: _Any) -> Tensor: ...
    def __ilshift__(self, other: _Any) -> Tensor: ...
    def __imod__(self, other: _Any) -> Tensor: ...
    def __imul__(self, other: _Any) -> Tensor: ...
    def __invert__(self) -> Tensor: ...
    def __ior__(self, other: _Any) -> Tensor: ...
    def __ipow__(self, other: _Any) -> Tensor: ...
    def __irshift__(self, other: _Any) -> Tensor: ...
    def __isub__(self, other: _Any) -> Tensor: ...
    def __itruediv__(self, other: _Any) -> Tensor: ...
    def __ixor__(self, other: _Any) -> Tensor: ...
    def __le__(self, other: _Any) -> Tensor: ...
    def __lshift__(self, other: _Any) -> Tensor: ...
    def __lt__(self, other: _Any) -> Tensor: ...
    def __matmul__(self, other: _Any) -> Tensor: ...
    def __mod__(self, other: _Any) -> Tensor: ...
    def __mul__(self, other: _Any) -> Tensor: ...
    def __ne__(self, other: _Any) -> Tensor: ...  # type: ignore[override]
    def __neg__(self) -> Tensor: ...
    def __or__(self, other: _Any) -> Tensor: ...
    def __pos__(self) -> Tensor: ...
    def __pow__(self, other: _Any) -> Tensor: ...
    def __radd__(self, other: _Any) -> Tensor: ...
    def __rand__(self, other: _Any) -> Tensor: ...
    def __rfloordiv__(self, other: _Any) -> Tensor: ...
    def __rlshift__(self, other: _Any) -> Tensor: ...
    def __rmatmul__(self, other: _Any) -> Tensor: ...
    def __rmod__(self, other: _Any) -> Tensor: ...
    def __rmul__(self, other: _Any) -> Tensor: ...
    def __ror__(self, other: _Any) -> Tensor: ...
    def __rpow__(self, other: _Any) -> Tensor: ...
    def __rrshift__(self, other: _Any) -> Tensor: ...
    def __rshift__(self, other: _Any) -> Tensor: ...
    def __rsub__(self, other: _Any) -> Tensor: ...
    def __rtruediv__(self, other: _Any) -> Tensor: ...
    def __rxor__(self, other: _Any) -> Tensor: ...
    def __sub__(self, other: _Any) -> Tensor: ...
    def __truediv__(self, other: _Any) -> Tensor: ...
    def __xor__(self, other: _Any) -> Tensor: ...

def legacy_array(args: _tuple, d: _dtype) -> _np.ndarray: ...
