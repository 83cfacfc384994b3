"""Parameters on the meta device."""

from __future__ import annotations

from typing import Any

from penlight.meta.blank import Blank
from penlight.meta.tensor import MetaTensor
from penlight.nn.parameter import Parameter
from penlight.tensor.override import ALWAYS
from penlight.tensor.tensor import Tensor

__all__ = ["MetaParameter", "become", "parameter"]


class MetaParameter(MetaTensor, Parameter):
    """What `Parameter(t)` gives for a meta tensor `t`; called as a class it is Parameter."""

    def __new__(cls, data: Any = None, requires_grad: bool = True, **state: Any) -> Any:
        return Parameter(data, requires_grad, **state)

    __deepcopy__ = MetaTensor.__deepcopy__
    __reduce_ex__ = MetaTensor.__reduce_ex__

    @property
    def data(self) -> Any:  # type: ignore[override]
        return self.detach()

    @data.setter
    def data(self, value: Tensor) -> None:
        MetaTensor.data.fset(self, value)  # type: ignore[attr-defined]


def parameter(data: MetaTensor, requires_grad: bool) -> MetaParameter:
    """A leaf of the graph with the shape, dtype and strides of `data`."""
    new = object.__new__(MetaParameter)
    new._a = data._a
    return new.requires_grad_(requires_grad)


def become(lazy: Any, shape: tuple, dtype: Any) -> None:
    """Make a parameter or buffer without a shape one on the meta device."""
    lazy._a, lazy._v = Blank.contiguous(shape, dtype), None
    lazy.__class__ = MetaParameter if isinstance(lazy, Parameter) else MetaTensor


MetaParameter.__name__ = MetaParameter.__qualname__ = "Parameter"
MetaParameter.__module__ = Parameter.__module__
ALWAYS.add(MetaParameter)
