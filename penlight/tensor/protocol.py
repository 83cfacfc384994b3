"""Python's protocols: length, iteration, truth, numbers, printing, copying, pickling."""

from __future__ import annotations

import copy as copy_module
import functools
import warnings
from collections import OrderedDict
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.mode import mode
from penlight.engine.node import LEAF
from penlight.tensor.graph import dressed
from penlight.tensor.printing import format_tensor

__all__ = ["Protocol"]


@functools.cache  # once, as PyTorch
def _warn_of_gradient() -> None:
    warnings.warn(
        "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
        "Consider using tensor.detach() first.",
        stacklevel=3,
    )


class Protocol:
    """Mixed into Tensor."""

    _a: np.ndarray

    def __len__(self) -> int:
        if self._a.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return self._a.shape[0]

    def __iter__(self) -> Any:
        if self._a.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __bool__(self) -> bool:
        if self._a.size == 1:
            return bool(self._a.reshape(())[()])
        if self._a.size == 0:
            raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")

    def _number(self, kind: str) -> Any:
        if self._a.size != 1:
            raise ValueError(
                f"only one element tensors can be converted to Python scalars, but this one has {self._a.size}"
            )
        return self._a.item()

    def __int__(self) -> int:
        value = self._number("int")
        if isinstance(value, complex) and value.imag:
            raise RuntimeError("value cannot be converted to type int64_t without overflow")
        return int(value.real if isinstance(value, complex) else value)

    def __float__(self) -> float:
        value = self._number("float")
        if isinstance(value, complex) and value.imag:
            raise RuntimeError("value cannot be converted to type double without overflow")
        if self._node is not None and mode.grad:
            _warn_of_gradient()
        return float(value.real if isinstance(value, complex) else value)

    def __complex__(self) -> complex:
        if self._node is not None and mode.grad:
            _warn_of_gradient()
        return complex(self._number("complex"))

    def __index__(self) -> int:
        if self._a.size != 1 or self._a.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._a.item())

    def __hash__(self) -> int:
        return id(self)

    def __contains__(self, element: Any) -> bool:
        if hasattr(element, "_a") or isinstance(element, (int, float, complex, bool)):
            return bool((self._a == getattr(element, "_a", element)).any())
        raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.")

    def __format__(self, spec: str) -> str:
        if self._a.ndim == 0 and type(self).__name__ == "Tensor":  # a Parameter shows itself
            return format(self.item(), spec)
        return object.__format__(self, spec)

    def __repr__(self, *, tensor_contents: str | None = None) -> str:
        node = self._node
        name = None
        if node is not None and node[1] is not LEAF:
            name = dressed(node).name()
        return format_tensor(
            self._a,
            self.dtype.name,
            requires_grad=name is None and self.requires_grad,
            grad_fn_name=name,
            default_dtype_name=defaults.float_dtype.name,
            default_complex_name=defaults.complex_dtype.name,
            class_name=self._printed_class(),
            is_parameter=getattr(self, "_is_parameter", False),
            tensor_contents_override=tensor_contents,
        )

    def _printed_class(self) -> str:
        return "tensor" if type(self).__module__.startswith(("penlight.", "torch")) else type(self).__name__

    def __dir__(self) -> list:
        return sorted(set(object.__dir__(self)))

    # --- copies and pickles ------------------------------------------------------------------------------------

    def __deepcopy__(self, memo: dict) -> Any:
        if self._node is not None and self._node[1] is not LEAF:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment. "
                "If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, "
                "see https://github.com/pytorch/pytorch/pull/103001"
            )
        if id(self) in memo:
            return memo[id(self)]
        new = object.__new__(type(self))
        memo[id(self)] = new
        new._a = self._copied_array(memo)
        state = {k: v for k, v in self.__dict__.items() if k not in _INTERNAL}
        new.__dict__.update(copy_module.deepcopy(state, memo))
        if self._node is not None:
            new.requires_grad_(True)
        if self._grad is not None:
            new._grad = copy_module.deepcopy(self._grad, memo)
        return new

    def _copied_array(self, memo: dict) -> np.ndarray:
        """A copy that keeps the layout; tensors on one memory stay so, through `memo`."""
        if self._v is None or self._v.root is self._a:
            result = np.empty_like(self._a) if 0 not in self._a.strides else np.empty(self._a.shape, self._a.dtype)
            np.copyto(result, self._a)
            if self._v is not None:
                memo[id(self._v), "memory"] = result
            return result
        root = self._v.root
        key = (id(self._v), "memory")
        if key not in memo:
            memo[key] = root.copy(order="K")
            memo.setdefault("kept", []).append(self._v)
        copied = memo[key]
        offset = self._a.__array_interface__["data"][0] - root.__array_interface__["data"][0]
        if not (copied.flags.c_contiguous or copied.flags.f_contiguous) or copied.strides != root.strides:
            return self._a.copy()
        return np.ndarray(
            self._a.shape, self._a.dtype, buffer=copied.ravel("K"), offset=offset, strides=self._a.strides
        )

    def __copy__(self) -> Any:
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        if self._node is not None and self._node[1] is LEAF:
            new._node = None
            new.requires_grad_(True)
        return new

    def __reduce_ex__(self, protocol: Any) -> Any:
        state = {k: v for k, v in self.__dict__.items() if k not in _INTERNAL}
        array, name = self._a, self.dtype.name
        if self._a.dtype.kind == "V":
            array = array.view(np.uint16 if array.itemsize == 2 else np.uint8)
        return (_rebuild, (type(self), array, name, self._node is not None, state, OrderedDict()))


_INTERNAL = {"_a", "_node", "_grad", "_v", "_view", "_view_no_grad", "_retains", "_inference"}


def _rebuild(cls: type, array: np.ndarray, dtype_name: str, requires_grad: bool, state: dict, hooks: Any) -> Any:
    new = object.__new__(cls)
    new._a = array.view(dtypes.DTYPES[dtype_name].np)  # a view also where equal: unpickled dtype objects are copies
    new.__dict__.update(state)
    if requires_grad:
        new.requires_grad_(True)
    return new
