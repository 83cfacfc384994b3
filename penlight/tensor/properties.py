"""Shape, strides, memory: what a tensor says of itself."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import numpy as np

from penlight.base.dims import dimension
from penlight.base.formats import LAYOUTS
from penlight.base.size import Size
from penlight.tensor.memory import memory_of

__all__ = ["Properties"]

new_tuple = tuple.__new__


class Properties:
    """Mixed into Tensor."""

    _a: np.ndarray
    _pending: str | None = None  # the op that a conjugate view stands for, see `conjugate.py`

    @property
    def shape(self) -> Size:
        return new_tuple(Size, self._a.shape)  # unchecked: a third of the time

    def size(self, dim: int | None = None) -> Any:
        """The shape, or one dimension's length."""
        if dim is None:
            return new_tuple(Size, self._a.shape)
        if self._a.ndim == 0:
            dimension(dim, 0)
            raise IndexError("Dimension specified as 0 but tensor has no dimensions")
        return self._a.shape[dimension(dim, self._a.ndim)]

    def dim(self) -> int:
        """The number of dimensions."""
        return self._a.ndim

    ndimension = dim

    @property
    def ndim(self) -> int:
        return self._a.ndim

    def numel(self) -> int:
        """The number of elements."""
        return self._a.size

    nelement = numel

    def stride(self, dim: int | None = None) -> Any:
        """Steps in elements from one index to the next, per dimension."""
        item = self._a.itemsize
        shape = self._a.shape
        strides = tuple(s // item for s in self._a.strides)
        if self._a.size <= 1 or 1 in shape or 0 in shape:
            strides = self._declared_strides(strides)
        return strides if dim is None else strides[dimension(dim, self._a.ndim)]

    def _declared_strides(self, strides: tuple[int, ...]) -> tuple[int, ...]:
        # NumPy gives length-1 dimensions of results any stride, those that None in an index makes 0; PyTorch's step over
        # what is inside
        a, result, step = self._a, [], 1
        plain = 0 in a.shape or a.flags.c_contiguous and self._view is None
        for n, s in zip(reversed(a.shape), reversed(strides)):
            result.append(s if s and not plain else step if n == 1 or plain else 0)
            step = result[-1] * max(n, 1)
        return tuple(reversed(result))

    def element_size(self) -> int:
        """Bytes per element."""
        return self._a.itemsize

    @property
    def itemsize(self) -> int:
        return self._a.itemsize

    @property
    def nbytes(self) -> int:
        return self._a.nbytes

    def storage_offset(self) -> int:
        """Where the first element stands in the storage, in elements."""
        if self._v is None:
            return 0
        root = self._v.root
        return (self._a.__array_interface__["data"][0] - root.__array_interface__["data"][0]) // self._a.itemsize

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self._a.__array_interface__["data"][0] if self._a.size else 0

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """Whether elements lie in row-major order (or in the given memory format's order)."""
        name = getattr(memory_format, "name", "contiguous_format")
        a = self._a
        if name == "channels_last" and a.ndim == 4:
            return a.transpose(0, 2, 3, 1).flags.c_contiguous
        if name == "channels_last_3d" and a.ndim == 5:
            return a.transpose(0, 2, 3, 4, 1).flags.c_contiguous
        return a.flags.c_contiguous and name in ("contiguous_format", "preserve_format")

    @property
    def _version(self) -> int:
        if self.is_inference():
            raise RuntimeError("Inference tensors do not track version counter.")
        return 0 if self._v is None else self._v.version

    @property
    def _base(self) -> Any:
        return self._view

    def _is_view(self) -> bool:
        return self._base is not None

    def _plain(self) -> Any:
        """The tensor itself; for a conjugate view, the tensor of what lies in memory at its place."""
        return self

    def _unshared(self) -> Any:
        """The tensor itself; a copy of a conjugate view, for classes that cannot follow the memory that it views."""
        return self

    def is_floating_point(self) -> bool:
        return self.dtype.is_floating_point

    def is_complex(self) -> bool:
        return self._a.dtype.kind == "c"

    def is_signed(self) -> bool:
        return self.dtype.is_signed

    def is_conj(self) -> bool:
        """Whether this is a conjugate view: it shows the conjugate of what its memory holds."""
        return self._pending == "_conj"

    def is_neg(self) -> bool:
        """Whether this is the imaginary part of a conjugate view: it shows the negative of what its memory holds."""
        return self._pending == "_negated"

    def is_inference(self) -> bool:
        return bool(self._inference if self._v is None else self._v.inference)

    def is_pinned(self, device: Any = None) -> bool:
        return False

    def is_shared(self) -> bool:
        sharing = sys.modules.get("penlight.tensor.shared")  # nothing was moved before it was imported
        return sharing is not None and sharing.is_shared(self._a)

    def is_same_size(self, other: Any) -> bool:
        return self._a.shape == other._a.shape

    def is_set_to(self, other: Any) -> bool:
        """Whether both tensors are the same view of the same memory."""
        a, b = self._plain()._a, other._plain()._a
        same = self.data_ptr() == other.data_ptr() and self._pending == other._pending
        return same and (a.shape, a.strides, a.dtype) == (b.shape, b.strides, b.dtype)

    is_cuda = property(lambda self: False)
    is_cpu = property(lambda self: True)
    is_mps = property(lambda self: False)
    is_xpu = property(lambda self: False)
    is_xla = property(lambda self: False)
    is_ipu = property(lambda self: False)
    is_mtia = property(lambda self: False)
    is_maia = property(lambda self: False)
    is_meta = property(lambda self: False)
    is_sparse = property(lambda self: False)
    is_sparse_csr = property(lambda self: False)
    is_mkldnn = property(lambda self: False)
    is_quantized = property(lambda self: False)
    is_nested = property(lambda self: False)
    is_vulkan = property(lambda self: False)
    names = property(lambda self: (None,) * self._a.ndim)
    name = property(lambda self: None)

    @property
    def layout(self) -> Any:
        """`torch.strided`; `torch.sparse_coo` for a sparse tensor."""
        return LAYOUTS["strided"]

    def has_names(self) -> bool:
        return False

    def get_device(self) -> int:
        """-1: the CPU."""
        return -1

    def dim_order(self, *, ambiguity_check: Any = False) -> tuple[int, ...]:
        """Dimensions from the outermost to the innermost in memory.

        Raises: RuntimeError with `ambiguity_check=True` where sizes of 1 or equal strides leave the order open;
        NotImplementedError for a list of memory formats.
        """
        strides = self.stride()
        if isinstance(ambiguity_check, list):
            raise NotImplementedError("dim_order(): ambiguity_check must be a bool here; lists of formats are not read")
        if not isinstance(ambiguity_check, bool):
            raise TypeError("The ambiguity_check argument must be a bool or a list of memory formats.")
        if ambiguity_check and len(strides) > 1 and (1 in self._a.shape or 0 in strides or len({*strides}) < len(strides)):
            raise RuntimeError("The tensor does not have unique dim order, or cannot map to exact one of the given formats.")
        return tuple(sorted(range(self._a.ndim), key=lambda i: (-strides[i], i)))

    def share_memory_(self) -> Any:
        """Move the data to memory that processes started later see as well, and those that get the tensor sent.

        Raises NotImplementedError where another tensor lies in the same memory.
        """
        # it imports multiprocessing, which few programs need
        importlib.import_module("penlight.tensor.shared").move(self)
        return self

    def _memory(self) -> Any:
        return memory_of(self)
