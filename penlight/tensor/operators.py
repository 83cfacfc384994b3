"""Python's operators on tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.tensor.arguments import NUMBERS
from penlight.tensor.create import from_numpy
from penlight.tensor.install import tensor_ops
from penlight.tensor.override import overridden
from penlight.tensor.tensor import Tensor

__all__: list[str] = []

_BINARY = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "floordiv": "floor_divide", "mod": "remainder",
    "pow": "pow", "matmul": "matmul", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift",
    "lt": "lt", "le": "le", "gt": "gt", "ge": "ge", "eq": "eq", "ne": "ne",
}  # fmt: skip
_COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
_UNARY = {"neg": "neg", "pos": "positive", "invert": "bitwise_not", "abs": "abs"}


def _operand(value: Any) -> bool:
    return isinstance(value, (Tensor, *NUMBERS)) or overridden((value,))


_OF_NUMBERS = ("pow", "remainder", "floor_divide", "bitwise_left_shift", "bitwise_right_shift")
# reflected operators that are Python functions in PyTorch: they look at no class
_LENIENT = ("__rpow__", "__rmod__", "__rfloordiv__", "__rlshift__", "__rrshift__", "__rsub__", "__rmatmul__")


class _Operator:
    """An operator on the class, turned into a function at its first use."""

    def __init__(self, dunder: str, name: str, reflected: bool) -> None:
        self.dunder, self.name, self.reflected = dunder, name, reflected

    def make(self) -> Any:
        op = getattr(tensor_ops, self.name)
        if self.reflected:
            swapped = lambda number, self: op(self, number) if isinstance(number, NUMBERS) else op(number, self)
            way = {"div": _over, "sub": _from, "add": swapped, "mul": swapped}.get(self.name, op)
            name, dunder = self.name, self.dunder

            def operator(self: Tensor, other: Any) -> Any:
                if not isinstance(self, Tensor):  # Tensor.__radd__(2, t), and PyTorch's division is a method call
                    if dunder in _LENIENT:
                        known = isinstance(self, NUMBERS) and isinstance(other, Tensor) and name in _OF_NUMBERS
                        return op(other, self) if known else NotImplemented
                    kind = AttributeError if name == "div" else TypeError
                    raise kind(f"descriptor '{dunder}' of Tensor doesn't apply to a '{type(self).__name__}' object")
                known = isinstance(other, NUMBERS) or _operand(other) or name == "div" and isinstance(other, np.ndarray)
                return way(other, self) if known else NotImplemented

        else:

            def operator(self: Tensor, other: Any) -> Any:
                try:
                    return op(self, other)
                except TypeError:
                    if _operand(other):
                        raise
                    try:  # the one comparison that takes arrays
                        if op is tensor_ops.eq and isinstance(other, np.ndarray):
                            return op(self, from_numpy(other))
                    except TypeError:
                        pass
                    return NotImplemented

        operator.__name__ = operator.__qualname__ = self.dunder
        return operator

    def __get__(self, instance: Any, owner: Any) -> Any:
        function = self.make()
        setattr(Tensor, self.dunder, function)
        return function if instance is None else function.__get__(instance, owner)


class _UnaryOperator(_Operator):
    def make(self) -> Any:
        return getattr(tensor_ops, self.name)


class _InplaceOperator(_Operator):
    def make(self) -> Any:
        op = getattr(tensor_ops, self.name + "_")

        def operator(self: Tensor, other: Any) -> Any:
            return op(self, other) if _operand(other) else NotImplemented

        operator.__name__ = operator.__qualname__ = self.dunder
        return operator


def _over(number: Any, self: Tensor) -> Tensor:
    """number / self, in PyTorch's two roundings."""
    return tensor_ops.reciprocal(self) * number


def _from(number: Any, self: Tensor) -> Tensor:
    return tensor_ops.rsub(self, number)


def _invert(self: Tensor) -> Tensor:
    if self._a.dtype.kind not in "iub":
        raise TypeError(
            f"~ (operator.invert) is only implemented on integer and Boolean-type tensors, but this one is {self.dtype}"
        )
    return tensor_ops.bitwise_not(self)


def install_operators() -> None:
    for short, name in _BINARY.items():
        setattr(Tensor, f"__{short}__", _Operator(f"__{short}__", name, False))
        if short in _COMPARISONS:
            continue
        setattr(Tensor, f"__r{short}__", _Operator(f"__r{short}__", name, True))
        if short != "matmul":
            setattr(Tensor, f"__i{short}__", _InplaceOperator(f"__i{short}__", name, False))
    Tensor.__div__ = Tensor.__dict__["__truediv__"]  # type: ignore[attr-defined]
    Tensor.__rdiv__ = Tensor.__dict__["__rtruediv__"]  # type: ignore[attr-defined]
    Tensor.__idiv__ = Tensor.__dict__["__itruediv__"]  # type: ignore[attr-defined]
    for short, name in _UNARY.items():
        setattr(Tensor, f"__{short}__", _UnaryOperator(f"__{short}__", name, False))
    Tensor.__invert__ = _invert  # type: ignore[attr-defined]
