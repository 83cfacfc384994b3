"""A tensor's side of autograd: `.grad`, `backward`, hooks, `grad_fn`."""

from __future__ import annotations

import warnings
from typing import Any

from penlight.base.mode import mode
from penlight.engine.node import LEAF, extras_of
from penlight.tensor import backward
from penlight.tensor.graph import RemovableHandle, dressed

__all__ = ["Gradient"]

_CPP_NAMES = {
    "float32": "float", "float64": "double", "float16": "c10::Half", "bfloat16": "c10::BFloat16", "int8": "signed char",
    "complex64": "c10::complex<float>", "complex128": "c10::complex<double>", "uint8": "unsigned char",
    "int16": "short int", "int32": "int", "int64": "long int",
}  # fmt: skip


class Gradient:
    """Mixed into Tensor."""

    _node: list | None

    @property
    def grad(self) -> Any:
        """The accumulated gradient; None until a backward pass reached this leaf."""
        g = self._grad
        if g is None and self._node is not None and self._node[1] is not LEAF and not self._retains:
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute "
                "won't "
                "be populated during autograd.backward(). If you indeed want the .grad field to be populated for a "
                "non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by "
                "mistake, make sure you access the leaf Tensor instead.",
                UserWarning,
                stacklevel=2,
            )
        return g

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None:
            if not hasattr(value, "_a"):
                raise TypeError(
                    f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}"
                )
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value._a.shape != self._a.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value._a.shape)}' to a tensor of size "
                    f"'{list(self._a.shape)}'. Please ensure that the gradient and the tensor are the same size"
                )
            if value.is_meta is not self.is_meta:
                raise RuntimeError(
                    f"attempting to assign a gradient with device type '{value.device.type}' to a tensor with device type "
                    f"'{self.device.type}'. Please ensure that the gradient and the tensor are on the same device"
                )
            if value._a.dtype is not self._a.dtype:
                raise RuntimeError(
                    f"attempting to assign a gradient with dtype '{_CPP_NAMES.get(value._a.dtype.name, value.dtype)}' "
                    f"to a tensor with grad_dtype '{self.dtype.legacy}'. The gradient must match the tensor's dtype: "
                    f"assign grad.to({self.dtype!r})"
                )
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def grad_fn(self) -> Any:
        """The node that made this tensor, None for leaves."""
        node = self._node
        return None if node is None or node[1] is LEAF else dressed(node)

    @property
    def output_nr(self) -> int:
        node = self._node
        return node[3] if node is not None and node[1].grad_name == "Port" else 0

    def backward(
        self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None
    ) -> None:
        """Accumulate the gradients of this tensor into the leaves' `.grad`.

        Args: gradient: the gradient of some scalar with respect to this tensor, of its shape; may be left out for a
        tensor of one element. Raises RuntimeError when this tensor is not in a graph or the graph was freed.
        Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html

        >>> import penlight as torch
        >>> x = torch.tensor([1., 2.], requires_grad=True); (x * x).sum().backward(); x.grad
        tensor([2., 4.])
        """
        backward.backward((self,), (gradient,), retain_graph, create_graph, inputs=inputs)

    def register_hook(self, hook: Any) -> RemovableHandle:
        """Call `hook(grad)` whenever a gradient for this tensor is computed; what it returns replaces the gradient."""
        if self._node is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        hooks = extras_of(self._node).setdefault("hooks", {})
        return RemovableHandle(hooks, hook)

    def register_post_accumulate_grad_hook(self, hook: Any) -> RemovableHandle:
        """Call `hook(tensor)` after a gradient was added into this leaf's `.grad`."""
        if self._node is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self._node[1] is not LEAF:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        return RemovableHandle(extras_of(self._node).setdefault("post_accumulate", {}), hook)

    def retain_grad(self) -> None:
        """Keep the gradient of this non-leaf tensor in `.grad`."""
        if self._node is None:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self._node[1] is not LEAF and not self._retains:
            self._retains = True
            extras_of(self._node)["retain"] = backward.weak(self)

    @property
    def retains_grad(self) -> bool:
        return self._retains

    @property
    def _backward_hooks(self) -> Any:
        return None if self._node is None or self._node[4] is None else self._node[4].get("hooks")

    def _grad_enabled(self) -> bool:
        return mode.grad
