"""Subclasses of Tensor: `__torch_function__`, `as_subclass`, what a new subclass gets."""

from __future__ import annotations

from typing import Any

from penlight.base.mode import mode
from penlight.engine.node import LEAF
from penlight.tensor.install import tensor_ops
from penlight.tensor.override import PLAIN, disabled_torch_function, override
from penlight.tensor.tensor import Tensor

__all__ = [
    "OVERRIDABLE_METHODS", "DisableTorchFunction", "DisableTorchFunctionSubclass", "convert_result", "install_subclassing",
]  # fmt: skip


class DisableTorchFunctionSubclass:
    """A block in which subclasses count as plain tensors."""

    def __enter__(self) -> None:
        self.before = mode.override_off
        mode.override_off = True

    def __exit__(self, *exc_info: Any) -> None:
        mode.override_off = self.before


DisableTorchFunction = DisableTorchFunctionSubclass


def convert_result(value: Any, cls: type) -> Any:
    """Tensors of a result as `cls`, as the default `__torch_function__` gives them back."""
    if cls is Tensor:
        return value
    if isinstance(value, Tensor):
        return value if isinstance(value, cls) else _as(value, cls)
    if type(value) in (tuple, list):
        return type(value)([convert_result(v, cls) for v in value])
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[convert_result(v, cls) for v in value])
    if isinstance(value, tuple) and hasattr(type(value), "n_sequence_fields"):  # the types of torch.return_types
        return type(value)([convert_result(v, cls) for v in value])
    return value


def _torch_function(cls: type, func: Any, types: tuple, args: tuple = (), kwargs: Any = None) -> Any:
    """Run the function on plain tensors and give its results the subclass."""
    if not all(issubclass(cls, t) or t in PLAIN for t in types):
        return NotImplemented
    with DisableTorchFunctionSubclass():
        result = func(*args, **(kwargs or {}))
    return result if getattr(func, "__name__", "") in _UNCHANGED else convert_result(result, cls)


_UNCHANGED = {"grad", "data_ptr", "numpy", "item", "tolist", "backward"}


def _refuse_dispatch(cls: type, *args: Any, **kwargs: Any) -> Any:
    """`__torch_dispatch__` would be ignored without a word: no instance is made."""
    if hasattr(cls, "__torch_dispatch__"):
        raise NotImplementedError(
            f"{cls.__name__} defines __torch_dispatch__, which penlight does not have: its ops call NumPy and dispatch "
            "nothing below __torch_function__. Override __torch_function__ instead"
        )


def _refuse_meta(t: Tensor, cls: type) -> None:
    if t.is_meta:
        raise NotImplementedError(f"penlight has no tensors of the class {cls.__name__} on the meta device")


def _as(t: Tensor, cls: type) -> Any:
    _refuse_dispatch(cls)
    _refuse_meta(t, cls)
    new, t = object.__new__(cls), t._unshared()
    new._a, new._node, new._v, new._view = t._a, t._node, t._v, t._view
    new._view_no_grad, new._inference = t._view_no_grad, t._inference
    if new._v is not None and new._view is not None:
        new._v.add_view(new)  # a view: it must follow when its base changes
    return new


def as_subclass(self: Tensor, cls: type) -> Any:
    """The same data, at the same place in the graph, as an instance of `cls`."""
    if self._node is not None and self._node[1] is LEAF and mode.grad:
        with DisableTorchFunctionSubclass():
            return _as(tensor_ops._item_alias(self, ...), cls)  # gradients go on to the leaf
    return _as(self, cls)


def _make_subclass(cls: type, data: Tensor, require_grad: bool = False) -> Any:
    """An instance of `cls` on the memory of `data`, outside its graph."""
    _refuse_dispatch(cls)
    _refuse_meta(data, cls)
    new, data = object.__new__(cls), data._unshared()
    new._a = data._a
    new._v = data._v
    if require_grad:
        new.requires_grad_(True)
    return new


def _make_wrapper_subclass(cls: type, *args: Any, **kwargs: Any) -> Any:
    """Raises NotImplementedError: a tensor without memory needs `__torch_dispatch__`, which penlight does not have."""
    raise NotImplementedError(
        f"{cls.__name__}: a wrapper subclass has no memory of its own and lives by __torch_dispatch__, which penlight does not "
        "have. Keep the tensor in an attribute of a class with __torch_function__ instead"
    )


# Methods that are no ops of the table: a subclass gets forms of them that ask `__torch_function__`.
OVERRIDABLE_METHODS = (
    "to", "type", "type_as", "cpu", "cuda", "float", "double", "half", "bfloat16", "short", "int", "long", "bool",
    "byte", "char", "cfloat", "cdouble", "detach", "detach_", "requires_grad_", "numpy", "item", "tolist", "backward",
    "register_hook", "retain_grad", "size", "dim", "numel", "stride", "is_contiguous",
    "new_tensor", "new_zeros", "new_ones", "new_full", "new_empty",
)  # fmt: skip


def _overridable(name: str, plain: Any) -> Any:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        if mode.override_off:
            return plain(self, *args, **kwargs)
        return override(plain, (self, *args), kwargs)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = plain.__doc__
    return method


def _init_subclass(cls: type, **kwargs: Any) -> None:
    super(Tensor, cls).__init_subclass__(**kwargs)
    if "__torch_dispatch__" in cls.__dict__ and "__new__" not in cls.__dict__:
        cls.__new__ = _refuse_dispatch  # type: ignore[assignment]
    function = cls.__torch_function__  # type: ignore[attr-defined]
    if function is disabled_torch_function:
        PLAIN.add(cls)  # ops take it as it is, and return plain tensors
        return
    for name in OVERRIDABLE_METHODS:
        plain = getattr(Tensor, name)
        if getattr(cls, name) is plain:
            setattr(cls, name, _overridable(name, plain))


def install_subclassing() -> None:
    """Give Tensor the class methods of this file."""
    Tensor.__torch_function__ = classmethod(_torch_function)  # type: ignore[assignment]
    Tensor.__init_subclass__ = classmethod(_init_subclass)  # type: ignore[assignment]
    Tensor.as_subclass = as_subclass  # type: ignore[attr-defined]
    Tensor._make_subclass = staticmethod(_make_subclass)  # type: ignore[attr-defined]
    Tensor._make_wrapper_subclass = staticmethod(_make_wrapper_subclass)  # type: ignore[attr-defined]
